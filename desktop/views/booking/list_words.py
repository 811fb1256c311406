"""What a list of bookings says: its scopes, orders, days, and why it is empty."""

from __future__ import annotations

from datetime import datetime, tzinfo
from types import MappingProxyType

from PySide6.QtCore import QDate

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.day_span import Days
from desktop.views.parts.near import more_renters_words
from desktop.words.messages import locale, plural, whole
from engine.domain.booking.listing import BookingOrder, BookingRows, BookingScope, Listed

SCOPES = MappingProxyType(
    {
        BookingScope.MINE: "Booked by me",
        BookingScope.BRANCH: "Picked up at my branch",
        BookingScope.FLEET: "Of my cars",
        BookingScope.ALL: "All bookings",
    }
)
#: Order and whether it descends -> its words, also as the end of a sentence.
ORDERS = MappingProxyType(
    {
        (BookingOrder.CREATED, True): "Newest first",
        (BookingOrder.CREATED, False): "Oldest first",
        (BookingOrder.PICK_UP, False): "Pick-up, earliest first",
        (BookingOrder.PICK_UP, True): "Pick-up, latest first",
        (BookingOrder.RETURN, False): "Return, earliest first",
        (BookingOrder.RETURN, True): "Return, latest first",
        (BookingOrder.RENTER, False): "Renter, A to Z",
        (BookingOrder.RENTER, True): "Renter, Z to A",
        (BookingOrder.PRICE, False): "Price, lowest first",
        (BookingOrder.PRICE, True): "Price, highest first",
    }
)
DAYS = MappingProxyType(
    {
        Days.TODAY: "Today",
        Days.TOMORROW: "Tomorrow",
        Days.NEXT_7: "Next 7 days",
        Days.LAST_7: "Last 7 days",
        Days.THIS_MONTH: "This month",
        Days.LAST_MONTH: "Last month",
        Days.CHOSEN: "From … to …",
    }
)
_EMPTY = MappingProxyType(
    {
        BookingScope.MINE: "A booking shows up here as soon as a car is held for a renter.",
        BookingScope.BRANCH: "Bookings that are picked up at your branch show up here.",
        BookingScope.FLEET: "Bookings of your cars show up here as soon as somebody rents one.",
        BookingScope.ALL: "Bookings of all branches show up here.",
    }
)


def orders_for(scopes: tuple[BookingScope, ...]) -> list[tuple[BookingOrder, bool]]:
    """Owners are not told renters' names, and sort by none."""
    discreet = scopes == (BookingScope.FLEET,)
    return [key for key in ORDERS if not (discreet and key[0] is BookingOrder.RENTER)]


def hint_for(scopes: tuple[BookingScope, ...]) -> str:
    return "Part of a plate or number" if scopes == (BookingScope.FLEET,) else "Part of plate, number or renter"


def count_line(state: BookingsState, rows: BookingRows[Listed]) -> str:
    order = ORDERS[state.query.order, state.query.descending]
    order = f"{order[0].lower()}{order[1:]}"
    if rows.capped and rows.more_renters:
        return f"More than {whole(rows.total)} bookings, {order}. {more_renters_words()}"
    if rows.capped:
        return f"More than {whole(rows.total)} bookings; the first of them, {order}. Narrow the list to see the others."
    told = plural(rows.total, "booking")
    if rows.more_renters:
        return f"{told}, {order}. {more_renters_words()}"
    if rows.slip:
        differ = "differs" if rows.total == 1 else "differ"
        return f"Nothing is spelt “{state.query.text}”. {told} {differ} by one slip, {order}"
    return f"{told}, {order}"


def empty_words(state: BookingsState) -> tuple[str, str]:
    """Title and sentence of a list without rows."""
    if state.first is not None and state.first.more_renters:
        return "Nothing found", more_renters_words()
    if state.query.text:
        return "Nothing found", f"No booking on this list has “{state.query.text}” in it. Try a part of it."
    if state.narrowed:
        return "Nothing found", "No booking on this list fits all of the filters."
    return "No bookings yet", _EMPTY[state.query.scope]


def short_day(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """``27 Nov`` on the wall in *zone*; with the year if it is another than *now*'s."""
    local = at.astimezone(zone)
    year = " yyyy" if local.year != now.astimezone(zone).year else ""
    return str(locale().toString(QDate(local.year, local.month, local.day), f"d MMM{year}"))
