"""What would be done with what is taken up, in words.

API: why_words(plan, words), plan_words(plan, words, quoted), lift_told(plan, words, quoted).
"""

from __future__ import annotations

from typing import assert_never

from desktop.views.board.lines import Words
from desktop.words.agreement_words import end_words
from desktop.words.figures import amount, day_time
from engine.domain.agreement.extending import NewEnd
from engine.domain.booking.board_plan import Plan, PlanKind, WhyNot
from engine.words.tr import tr

_DROP, _BACK = ("Enter", tr("Drop")), ("Esc", tr("Put back"))
Told = tuple[str, str, tuple[tuple[str, str], ...]]


def why_words(plan: Plan, words: Words) -> str:  # noqa: C901, PLR0911 -- one for each
    """Why it cannot be; empty where it can."""
    match plan.why:
        case None:
            return ""
        case WhyNot.SAME:
            return tr("As it is now.")
        case WhyNot.CHANGED:
            return tr("Somebody else changed this booking meanwhile. Put it back and look again.")
        case WhyNot.SOLD:
            return _sold(plan, words)
        case WhyNot.NOT_CONFIRMED:
            return tr("Only a booking that is promised, and whose car is here, goes on with another car.")
        case WhyNot.NOT_OUT:
            return tr("Only a rental whose car is out ends at another time.")
        case WhyNot.OTHER_BODY:
            return tr("{plate} is another kind of car.", plate=plan.row.plate)
        case WhyNot.OTHER_BRANCH:
            return tr("{plate} stands at another branch.", plate=plan.row.plate)
        case WhyNot.IN_SERVICE:
            return tr("{plate} is in service.", plate=plan.row.plate)
        case WhyNot.ELSEWHERE:
            return tr("{plate} will stand elsewhere then, or has to be elsewhere next.", plate=plan.row.plate)
        case WhyNot.UNREAD:
            return tr("Something of the time of {plate} cannot be read.", plate=plan.row.plate)
        case WhyNot.PAST:
            return tr("That has passed.")
    assert_never(plan.why)


def _sold(plan: Plan, words: Words) -> str:
    """Whose it is, and from when to when."""
    first = plan.conflicts[0]
    more = len(plan.conflicts) - 1
    told = {
        "name": words.name(first) or words.state(plan.row, first),
        "since": day_time(first.taken.starts_at, words.zone, now=words.now),
        "until": day_time(first.taken.free_at, words.zone, now=words.now),
    }
    if more:
        return tr("Sold: {name} has it from {since} to {until}, and {more} more.", more=more, **told)
    return tr("Sold: {name} has it from {since} to {until}.", **told)


def plan_words(plan: Plan, words: Words, quoted: NewEnd | None) -> str:
    """*quoted* is what another end costs, once that is known."""
    if plan.why is not None:
        return why_words(plan, words)
    parts: list[str] = []
    if plan.kind is PlanKind.MOVE and plan.bar.booking is not None:
        parts.append(tr("The price stays {price}.", price=amount(plan.bar.booking.price)))
    elif plan.kind is PlanKind.END:
        until = day_time(plan.bar.taken.ends_at, words.zone, now=words.now)
        costs = tr("asking what that costs") if quoted is None else end_words(quoted.by, quoted.costs)
        parts.append(tr("Until {until}: {costs}.", until=until, costs=costs))
    else:
        parts.append(words.times(plan.bar))
    if plan.before is not None:
        parts.append(tr("Ready {span} before.", span=words.span(plan.before)))
    if plan.after is not None:
        parts.append(tr("The next one comes {span} after.", span=words.span(plan.after)))
    return " ".join(parts)


def lift_told(plan: Plan, words: Words, quoted: NewEnd | None) -> Told:
    """For the line below the rows: what is taken up, what that would do, and the keys."""
    name = words.name(plan.bar) if plan.bar.id else ""
    keys: tuple[tuple[str, str], ...]
    match plan.kind:
        case PlanKind.MOVE:
            head = tr("Moving {name} to {plate} · nothing is written yet", name=name, plate=plan.row.plate)
            keys = (("↑ ↓", tr("Other car")), _DROP, _BACK)
        case PlanKind.END:
            head = tr("Another end for {name} · nothing is written yet", name=name)
            keys = (("← →", tr("15 min, Shift: a day")), _DROP, _BACK)
        case PlanKind.NEW:
            head = tr("New booking of {plate} · nothing is written yet", plate=plan.row.plate)
            keys = (_BACK,)
    return head, plan_words(plan, words, quoted), keys
