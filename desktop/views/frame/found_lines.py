"""What the search over everything found, as lines under headings, with what was typed marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from typing import Any

from desktop.theme.icons import Icon
from desktop.viewmodels.search.lookup import Hit, HitKind, HitRows
from desktop.views.parts.near import more_renters_words, slip_words
from desktop.widgets.palette.palette import PaletteLine
from desktop.widgets.text import kept_apart
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import period_text, rate, whole
from desktop.words.messages import ROLES, booking_number, say
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import Car, CarStatus
from engine.domain.people.accounts import PersonRow
from engine.domain.people.people import Renter
from engine.domain.people.phone import phone_text
from engine.domain.reports.owner_books import Rental
from engine.domain.reports.report_period import moment
from engine.domain.shared.marks import is_exactly, marks
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_ALL = "all:"
_TITLES = {
    HitKind.RENTERS: tr("Renters"),
    HitKind.BOOKINGS: tr("Bookings"),
    HitKind.CARS: tr("Cars"),
    HitKind.PEOPLE: tr("Accounts"),
}
_STATUSES = {CarStatus.ACTIVE: "", CarStatus.MAINTENANCE: tr("In maintenance"), CarStatus.RETIRED: tr("Retired")}


@dataclass(frozen=True, slots=True)
class Offers:
    """What else the window does with what is found.

    Attributes:
        pages: HitKind -> the line that leads to its page with the same text; ``{count}`` stands for how many there are.
        booking: A car can be booked for a renter.
    """

    pages: Mapping[HitKind, str] = field(default_factory=dict)
    booking: bool = False


def things_of(found: Hit) -> dict[str, Any]:
    """The id of each line -> what is opened by it."""
    return {_id(kind, each): each for kind, rows in found.kinds.items() for each in rows.rows} | {
        f"{_ALL}{kind}": (kind, found.scope) for kind in found.kinds
    }


def is_page(name: str) -> bool:
    """Whether the line of that id leads to a page with all of a kind."""
    return name.startswith(_ALL)


def lines_of(found: Hit, text: str, offers: Offers) -> list[PaletteLine]:
    return list(chain.from_iterable(_under(kind, rows, text, found, offers) for kind, rows in found.kinds.items()))


def note_of(found: Hit, text: str) -> str:
    """What stands above the lines: that something failed, that they come from a copy, or that a slip is forgiven."""
    told = []
    if found.problem is not None:
        told.append(tr("Not everything could be searched: {problem}", problem=say(found.problem).text))
    if found.stored:
        told.append(tr("From the stored copy."))
    if _all_slipped(found):
        told.append(slip_words(text, _shown(found)))
    if found.more_renters:
        told.append(more_renters_words())
    return " ".join(told)


def _all_slipped(found: Hit) -> bool:
    return bool(found.kinds) and all(rows.slip for rows in found.kinds.values())


def _shown(found: Hit) -> list[str]:
    """The words of the first line of each kind, and of the others behind."""
    lines = [[_words(kind, each) for each in rows.rows] for kind, rows in found.kinds.items()]
    return [line for some in zip_longest(*lines) for line in some if line]


def _words(kind: HitKind, thing: Any) -> str:
    line = _LINES[kind](thing, "")
    return f"{line.title} {line.detail}"


def nothing_of(found: Hit, text: str) -> str:
    if found.problem is not None:
        return tr("Nothing was found where it could be searched.")
    return tr("Nothing found for “{text_}”. Try a part of it.", text_=text)


def _under(kind: HitKind, found: HitRows[Any], text: str, every: Hit, offers: Offers) -> list[PaletteLine]:
    """A heading, the lines, and the way to the page that has all of them."""
    shown = len(found.rows)
    count = (
        whole(found.total)
        if found.total <= shown
        else tr("{shown} of {total}", shown=whole(shown), total=whole(found.total))
    )
    title = _TITLES[kind]
    if found.slip and not _all_slipped(every):
        title = tr("{kind}, differing by one slip", kind=title)
    lines = [
        PaletteLine("", count, title, enabled=False, heading=True),
        *(_LINES[kind](each, text) for each in found.rows),
    ]
    if kind is HitKind.RENTERS and offers.booking:
        lines[1:] = [replace(line, second=tr("Book for this renter")) for line in lines[1:]]
    if found.total > shown and (words := offers.pages.get(kind)):
        lines.append(PaletteLine(f"{_ALL}{kind}", "", words.format(count=whole(found.total))))
    return lines


def _marked(text: str, name: str, group: str, title: str, detail: str, icon: Icon) -> PaletteLine:
    spans = [marks(shown, text) for shown in (title, detail)]
    if not any(spans):
        spans = [marks(shown, text, slip=True) for shown in (title, detail)]
    exact = is_exactly(text, (*detail.split(" · "), *title.split(" · ")))
    return PaletteLine(
        name, group, title, detail=detail, icon=icon, marked=spans[0], detail_marked=spans[1], exact=exact
    )


def _renter(renter: Renter, text: str) -> PaletteLine:
    detail = " · ".join(filter(None, (phone_text(renter.phone), renter.email, renter.licence)))
    return _marked(text, f"renter:{renter.id}", "", renter.name, detail, Icon.PERSON)


def _booking(booking: Booking | Rental, text: str) -> PaletteLine:
    """Of a stored booking's renter nothing is known."""
    renter = booking.renter_name if isinstance(booking, Booking) else ""
    title = f"{booking_number(BookingId(booking.id))} · {booking.car_label}"
    standing = STANDINGS[booking.standing]
    return _marked(text, f"booking:{booking.id}", standing, title, kept_apart(renter, _days(booking)), Icon.BOOKINGS)


def _days(booking: Booking | Rental) -> str:
    if isinstance(booking, Booking):
        return period_text(booking.period, shown_zone(booking.zone))
    return period_text(RentalPeriod(moment(booking.starts), moment(booking.ends)), shown_zone(booking.zone))


def _car(car: Car, text: str) -> PaletteLine:
    return _marked(
        text, f"car:{car.id}", _STATUSES[car.status] or rate(car.daily_rate), car.label, str(car.year), Icon.CAR
    )


def _person(row: PersonRow, text: str) -> PaletteLine:
    person = row.person
    detail = " · ".join(filter(None, (person.account, person.email, phone_text(person.phone) if person.phone else "")))
    standing = tr("Disabled") if person.disabled else ROLES[person.post.role]
    return _marked(text, f"account:{person.account}", standing, person.name, detail, Icon.PEOPLE)


def _id(kind: HitKind, thing: Any) -> str:
    """Of its line."""
    return _LINES[kind](thing, "").id


_LINES: dict[HitKind, Callable[[Any, str], PaletteLine]] = {
    HitKind.RENTERS: _renter,
    HitKind.BOOKINGS: _booking,
    HitKind.CARS: _car,
    HitKind.PEOPLE: _person,
}
