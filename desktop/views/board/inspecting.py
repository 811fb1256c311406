"""What is said of the chosen cell or bar, and which keys act on it.

API: told_of(view, words, acting) -> head, facts, hints.
"""

from __future__ import annotations

from datetime import timedelta

from desktop.views.board.acting import BoardActing
from desktop.views.board.inspector import BOOK, END, HAND_OVER, MOVE, NEXT_BAR, NEXT_GAP, OPEN, TAKE_BACK
from desktop.views.board.lines import Words
from desktop.views.board.view import BoardView
from desktop.words.figures import day_time, rate
from desktop.words.messages import DAMAGED
from engine.domain.booking.board import BoardRow
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_AROUND = timedelta(days=92)
Told = tuple[str, str, tuple[tuple[str, str], ...]]


def told_of(view: BoardView, words: Words, acting: BoardActing | None) -> Told:
    """*acting* is None for who looks on."""
    line, bar = view.line, view.bar
    if line is None or line.row is None:
        return "", "", ()
    if isinstance(line.row, Damaged):
        return f"{DAMAGED}: {line.row.id}", line.row.reason, (NEXT_BAR,)
    row = line.row
    if bar is not None:
        head = " · ".join(part for part in (words.name(bar), f"{row.plate} {row.title}") if part)
        return head, words.facts(row, bar), (OPEN, *_steps(acting), NEXT_BAR, NEXT_GAP)
    head = f"{row.plate} {row.title} · {words.mark(row).words}"
    facts = f"{_gap(view, row, words)} · {rate(row.daily_rate)}"
    return head, facts, ((BOOK,) if acting is not None else ()) + (NEXT_BAR, NEXT_GAP)


def _steps(acting: BoardActing | None) -> tuple[tuple[str, str], ...]:
    """What can be done with the chosen bar now."""
    if acting is None:
        return ()
    steps = (
        (acting.may_hand_over, HAND_OVER),
        (acting.may_take_back, TAKE_BACK),
        (acting.may_move, MOVE),
        (acting.may_end, END),
    )
    return tuple(hint for may, hint in steps if may())


def _gap(view: BoardView, row: BoardRow, words: Words) -> str:
    """Within what is known, how long the car could be had around the chosen cell."""
    start, end = view.cell()
    if end <= words.now:
        return tr("{at}, past", at=day_time(start, words.zone, now=words.now))
    if view.placing is None or not words.knows(start, end):
        return tr("of that time nothing is known yet")
    since, known = max(start, words.now), view.placing.until
    here = next(((a, b) for a, b in row.gaps(since, known, words.now) if a < end), None)
    if row.unread:
        return tr("something of its time cannot be read")
    if here is None:
        return tr("not to be had {at}", at=day_time(since, words.zone, now=words.now))
    until = day_time(here[1], words.zone, now=words.now)
    if here[1] >= known:
        return tr("free from {at} beyond these days", at=day_time(here[0], words.zone, now=words.now))
    return tr("free from {at} to {until}", at=day_time(here[0], words.zone, now=words.now), until=until)
