"""What is said where nothing is spelt as it was typed, and where more fits than is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from desktop.words.figures import whole
from engine.domain.booking.listing import MOST_RENTERS
from engine.domain.people.people import Renter
from engine.domain.people.phone import phone_text
from engine.domain.people.renters import RentersFound
from engine.domain.shared.damage import Damaged
from engine.domain.shared.marks import near_words
from engine.words.tr import tr

#: So many rows are enough to tell what was meant.
_ROWS = 5


def more_renters_words() -> str:
    """Where more renters fit than bookings are found by."""
    many = whole(MOST_RENTERS)
    return tr(
        "More than {many} renters fit, and bookings of some may be missing here. Type more of the text.", many=many
    )


def slip_words(text: str, shown: Iterable[str]) -> str:
    """``Nothing is spelt "vogle". These differ by one slip: Vogel.``; *shown* are the rows as they are read."""
    near = near_words(islice(shown, _ROWS), text)
    return tr(
        "Nothing is spelt “{text_}”. These differ by one slip{what}{near}.",
        text_=text,
        what=": " if near else "",
        near=", ".join(near),
    )


def renter_line(renter: Renter) -> str:
    """What a renter is found by."""
    return " ".join((renter.name, renter.email, phone_text(renter.phone), renter.licence))


def renter_lines(rows: Sequence[Renter | Damaged]) -> list[str]:
    return [renter_line(each) for each in rows if isinstance(each, Renter)]


def found_words(found: RentersFound, text: str) -> str:
    """How those who are shown fit *text*; empty before anybody was looked for, and where they simply fit."""
    if not text:
        return ""
    if not found.rows:
        return tr("Nobody found for “{text_}”. Try a part of it.", text_=text)
    told = [slip_words(text, renter_lines(found.rows))] if found.slip else []
    if found.total > len(found.rows):
        told.append(
            tr(
                "{total} fit, the first {rows} are here; type more.",
                total=whole(found.total),
                rows=whole(len(found.rows)),
            )
        )
    return " ".join(told)
