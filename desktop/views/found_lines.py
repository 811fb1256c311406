"""What the search over everything found, as lines under headings, with what was typed marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from desktop.figures import period_text, rate, whole
from desktop.messages import ROLES, STANDINGS, booking_number, say
from desktop.theme.icons import Icon
from desktop.viewmodels.lookup import Found
from desktop.widgets.palette import PaletteLine
from desktop.widgets.text import kept_apart
from engine.domain.accounts import PersonRow
from engine.domain.booking import Booking, BookingId
from engine.domain.car import Car, CarStatus
from engine.domain.marks import marks
from engine.domain.ownbooks import Rental
from engine.domain.people import Renter
from engine.domain.period import RentalPeriod
from engine.domain.phone import phone_text
from engine.domain.span import moment
from engine.domain.zones import shown_zone

_STATUSES = {CarStatus.ACTIVE: "", CarStatus.MAINTENANCE: "In maintenance", CarStatus.RETIRED: "Retired"}


def things_of(found: Found) -> dict[str, Any]:
    """The id of each line -> what is opened by it."""
    kinds = (("renter", found.renters), ("booking", found.bookings), ("car", found.cars))
    things: dict[str, Any] = {f"{kind}:{each.id}": each for kind, rows in kinds for each in rows}
    return things | {f"account:{each.person.account}": each for each in found.people}


def lines_of(found: Found, text: str) -> list[PaletteLine]:
    kinds: tuple[tuple[str, Sequence[Any], int, Callable[[Any, str], PaletteLine]], ...] = (
        ("Renters", found.renters, len(found.renters), _renter),
        ("Bookings", found.bookings, found.total, _booking),
        ("Cars", found.cars, len(found.cars), _car),
        ("Accounts", found.people, len(found.people), _person),
    )
    return list(chain.from_iterable(_under(title, rows, total, line, text) for title, rows, total, line in kinds))


def note_of(found: Found, text: str) -> str:
    """What stands above the lines: that something failed, that they come from a copy, or that a slip is forgiven."""
    told = []
    if found.problem is not None:
        told.append(f"Not everything could be searched: {say(found.problem).text}")
    if found.stored:
        told.append("From the stored copy.")
    if found.slip and found.count:
        told.append(f"Nothing is spelt “{text}”. These differ by one slip.")
    return " ".join(told)


def nothing_of(found: Found, text: str) -> str:
    if found.problem is not None:
        return "Nothing was found where it could be searched."
    return f"Nothing found for “{text}”. Try a part of it."


def _under(
    title: str, rows: Sequence[Any], total: int, line: Callable[[Any, str], PaletteLine], text: str
) -> list[PaletteLine]:
    if not rows:
        return []
    count = whole(total) if total == len(rows) else f"{whole(len(rows))} of {whole(total)}"
    return [PaletteLine("", count, title, enabled=False, heading=True), *(line(each, text) for each in rows)]


def _marked(text: str, name: str, group: str, title: str, detail: str, icon: Icon) -> PaletteLine:
    spans = [marks(shown, text) for shown in (title, detail)]
    if not any(spans):
        spans = [marks(shown, text, slip=True) for shown in (title, detail)]
    return PaletteLine(name, group, title, detail=detail, icon=icon, marked=spans[0], detail_marked=spans[1])


def _renter(renter: Renter, text: str) -> PaletteLine:
    detail = " · ".join((phone_text(renter.phone), renter.email, renter.licence))
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
    standing = "Disabled" if person.disabled else ROLES[person.post.role]
    return _marked(text, f"account:{person.account}", standing, person.name, detail, Icon.PEOPLE)
