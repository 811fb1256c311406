"""What the moment field says: what it understood, and which word it did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from desktop.theme.icons import Icon
from desktop.theme.tokens import Tone
from desktop.words.hours_words import outside_words
from desktop.words.messages import amount, counted
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Handing
from engine.domain.car.openings import fee_for, is_open, next_opening
from engine.domain.moments.reading import Misread, NotUnderstood
from engine.domain.moments.write import coming_names, day_written
from engine.domain.shared.wall import OnWall, wall_of
from engine.domain.shared.zones import AnyZone
from engine.words.tr import tr

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_FAR, _WEEK = timedelta(days=14), timedelta(days=7)
_MOST_READINGS = 2

#: Typed, and what it means; the card of F1 shows what the field itself reads there.
EXAMPLES = (
    "2.12. 18",
    tr("tomorrow 9:30"),
    tr("fri 10"),
    "now",
    "+3",
    "+3d 18:00",
    tr("in 2 weeks"),
    tr("2 dec 6pm"),
    "2026-12-02",
)
DAY_EXAMPLES = ("2.12.", "2 dec", "fri", "yesterday", "-7", tr("2 weeks ago"), "2026-12-02", tr("25 Mar 2026"))


@dataclass(frozen=True, slots=True)
class Hint:
    """What stands beneath the field."""

    text: str = ""
    tone: Tone = Tone.NEUTRAL

    @property
    def icon(self) -> Icon | None:
        shapes = {Tone.POSITIVE: Icon.CHECK, Tone.WARNING: Icon.WARNING, Tone.DANGER: Icon.CLOSE}
        return shapes.get(self.tone)


def spelt(at: datetime, *, days_only: bool = False) -> str:
    """``Fri 27 Nov 2026, 10:00``."""
    return day_written(at) if days_only else f"{day_written(at)}, {at:%H:%M}"


def placed_hint(
    placed: OnWall, now: datetime, zone: AnyZone, branch: Branch | None, handing: Handing | None = None
) -> Hint:
    """Of a moment that is understood: which it is, how far off, and what is the matter with it."""
    if placed.skipped is not None:
        text = tr(
            "{skipped:%H:%M} does not exist that night: the clocks go forward. Moved to {at}.",
            skipped=placed.skipped,
            at=spelt(placed.at),
        )
        return Hint(text, Tone.WARNING)
    if placed.twice:
        names = coming_names(placed.at, zone)
        return Hint(
            tr("{at:%H:%M} comes twice that night. The first ({names}) or the second?", at=placed.at, names=names[0]),
            Tone.WARNING,
        )
    words = f"{spelt(placed.at)}  {distance(placed.moment, now)}"
    closed = closed_words(placed.moment, zone, branch, handing)
    if closed:
        return Hint(f"{words}. {closed}", Tone.WARNING)
    return Hint(tr("{words}, open then", words=words) if branch is not None else words, Tone.POSITIVE)


def held_hint(
    moment: datetime, now: datetime, zone: AnyZone, branch: Branch | None, handing: Handing | None = None
) -> Hint:
    """Of what the field holds: quiet, but for closed hours."""
    closed = closed_words(moment, zone, branch, handing)
    return Hint(closed, Tone.WARNING) if closed else Hint(distance(moment, now))


def closed_words(moment: datetime, zone: AnyZone, branch: Branch | None, handing: Handing | None = None) -> str:
    """``Closed then, opens Sat 07:30.``, and what *handing* costs then; empty while it is open and costs nothing."""
    if branch is None:
        return ""
    hours, clock = branch.hours, branch.clock
    if is_open(hours, clock, moment):
        fee = fee_for(hours, clock, handing, moment) if handing is not None else None
        return "" if fee is None else tr("{fee} extra on that day.", fee=amount(fee.amount))
    opening = next_opening(hours, clock, moment)
    if opening is None:
        return tr("Closed then.")
    opens = wall_of(opening, zone)
    # A weekday alone says which within a week.
    day = day_written(opens)[:3] if opening - moment < _WEEK - _DAY else day_written(opens)
    told = tr("Closed then, opens {opens} {opens2:%H:%M}.", opens=day, opens2=opens)
    return " ".join(filter(None, (told, outside_words(hours, handing))))


def distance(moment: datetime, now: datetime) -> str:
    """``in 1 day 20 h``, ``5 min ago``, ``now``."""
    off = moment - now.replace(second=0, microsecond=0)
    span = abs(off)
    days, rest = divmod(span, _DAY)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    parts = [counted("{count} day", "{count} days", days)] if days else []
    if hours and span < _FAR:
        parts.append(f"{hours} h")
    if minutes and not days:
        parts.append(tr("{minutes} min", minutes=minutes))
    if not parts:
        return "now"
    return tr("in {parts}", parts=" ".join(parts)) if off > timedelta(0) else tr("{parts} ago", parts=" ".join(parts))


def misread_words(misread: Misread, *, days_only: bool = False) -> str:
    """One sentence that names the word."""
    word = f"“{misread.word}”"
    if misread.why is NotUnderstood.AMBIGUOUS:
        told = [spelt(each, days_only=days_only) for each in misread.readings[:_MOST_READINGS]]
        return tr(
            "{word} can be read in two ways{what}. Write it out.",
            word=word,
            what=": " + ", or ".join(told) if len(told) > 1 else "",
        )
    if misread.why is NotUnderstood.WEEKDAY and misread.readings:
        return tr("{word} does not fit: that day is {readings}.", word=word, readings=day_written(misread.readings[0]))
    return _SENTENCES[misread.why].format(word=word)


_SENTENCES = MappingProxyType(
    {
        NotUnderstood.NOTHING: tr("A day and a time are missing."),
        NotUnderstood.WORD: tr("Not understood: {word}."),
        NotUnderstood.DAY: tr("There is no such day: {word}."),
        NotUnderstood.TIME: tr("There is no such time: {word}."),
        NotUnderstood.YEAR: tr("The year is too far off: {word}."),
        NotUnderstood.WEEKDAY: tr("The day of the week does not fit: {word}."),
        NotUnderstood.AMBIGUOUS: tr("{word} can be read in two ways. Write it out."),
        NotUnderstood.COMING: tr("{word}: that time comes once."),
        NotUnderstood.TOO_LONG: tr("That is too long for a day and a time."),
        NotUnderstood.TURNED: tr("Its signs stand in another order than they are shown. Type it by hand."),
    }
)
