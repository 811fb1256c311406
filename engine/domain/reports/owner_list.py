"""A list of bookings out of the plain rows of a stored copy; the database must tell the same of the same query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.domain.booking.listing import BookingOrder, BookingSelection
from engine.domain.reports.owner_books import Rental
from engine.domain.reports.report_period import milliseconds
from engine.domain.shared.sought import Sought, joined, parts

#: What each order compares; the booking's number decides between equals. Nothing is kept of a renter to sort by.
_KEYS: MappingProxyType[BookingOrder, Callable[[Rental], tuple[Any, ...]]] = MappingProxyType(
    {
        BookingOrder.CREATED: lambda row: (row.created, row.booking_id),
        BookingOrder.PICK_UP: lambda row: (row.starts, row.booking_id),
        BookingOrder.RETURN: lambda row: (row.ends, row.booking_id),
        BookingOrder.PRICE: lambda row: (row.currency, row.minor, row.booking_id),
    }
)


def listed(rentals: Iterable[Rental], chosen: BookingSelection) -> list[Rental]:
    """All rows of *chosen* in its order, whichever page it asks for."""
    states = {state.value for state in chosen.states}
    since, until = _ms(chosen.since), _ms(chosen.until)
    found = [
        row
        for row in rentals
        if (not states or row.state in states)
        and chosen.car_id in (None, row.car_id)
        and chosen.branch_id in (None, row.branch_id)
        and (since is None or row.starts >= since)
        and (until is None or row.starts < until)
    ]
    if chosen.sought is not None:
        found = _named(found, chosen.sought)
    return sorted(found, key=_KEYS[chosen.order], reverse=chosen.descending)


def keys_of(row: Rental) -> tuple[str, ...]:
    """As the booking's own, without its renter."""
    return parts((joined(row.booking_id), joined(row.plate)))


def _named(rows: list[Rental], wanted: Sought) -> list[Rental]:
    """Those whose number or plate holds it; the plates are few, so each is brought to that form once."""
    plates: dict[str, str] = {}
    found = []
    for row in rows:
        if (plate := plates.get(row.car_label)) is None:
            plate = plates[row.car_label] = joined(row.plate)
        if wanted.within((plate, joined(row.booking_id))):
            found.append(row)
    return found


def _ms(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)
