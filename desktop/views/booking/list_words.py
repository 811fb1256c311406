"""What a list of bookings says: its scopes, orders, days, and why it is empty."""

from __future__ import annotations

from datetime import datetime, tzinfo
from types import MappingProxyType

from PySide6.QtCore import QDate

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.day_span import Days
from desktop.views.parts.near import more_renters_words
from desktop.words.messages import counted, locale, whole
from engine.domain.booking.listing import BookingOrder, BookingRows, BookingScope, Listed
from engine.words.tr import tr

SCOPES = MappingProxyType(
    {
        BookingScope.MINE: tr("Booked by me"),
        BookingScope.BRANCH: tr("Picked up at my branch"),
        BookingScope.FLEET: tr("Of my cars"),
        BookingScope.ALL: tr("All bookings"),
    }
)
#: Order and whether it descends -> its words, also as the end of a sentence.
ORDERS = MappingProxyType(
    {
        (BookingOrder.CREATED, True): tr("Newest first"),
        (BookingOrder.CREATED, False): tr("Oldest first"),
        (BookingOrder.PICK_UP, False): tr("Pick-up, earliest first"),
        (BookingOrder.PICK_UP, True): tr("Pick-up, latest first"),
        (BookingOrder.RETURN, False): tr("Return, earliest first"),
        (BookingOrder.RETURN, True): tr("Return, latest first"),
        (BookingOrder.RENTER, False): tr("Renter, A to Z"),
        (BookingOrder.RENTER, True): tr("Renter, Z to A"),
        (BookingOrder.PRICE, False): tr("Price, lowest first"),
        (BookingOrder.PRICE, True): tr("Price, highest first"),
    }
)
DAYS = MappingProxyType(
    {
        Days.TODAY: tr("Today"),
        Days.TOMORROW: tr("Tomorrow"),
        Days.NEXT_7: tr("Next 7 days"),
        Days.LAST_7: tr("Last 7 days"),
        Days.THIS_MONTH: tr("This month"),
        Days.LAST_MONTH: tr("Last month"),
        Days.CHOSEN: tr("From … to …"),
    }
)
_EMPTY = MappingProxyType(
    {
        BookingScope.MINE: tr("A booking shows up here as soon as a car is held for a renter."),
        BookingScope.BRANCH: tr("Bookings that are picked up at your branch show up here."),
        BookingScope.FLEET: tr("Bookings of your cars show up here as soon as somebody rents one."),
        BookingScope.ALL: tr("Bookings of all branches show up here."),
    }
)


def orders_for(scopes: tuple[BookingScope, ...]) -> list[tuple[BookingOrder, bool]]:
    """Owners are not told renters' names, and sort by none."""
    discreet = scopes == (BookingScope.FLEET,)
    return [key for key in ORDERS if not (discreet and key[0] is BookingOrder.RENTER)]


def hint_for(scopes: tuple[BookingScope, ...]) -> str:
    return tr("Part of a plate or number") if scopes == (BookingScope.FLEET,) else tr("Part of plate, number or renter")


def count_line(state: BookingsState, rows: BookingRows[Listed]) -> str:
    order = ORDERS[state.query.order, state.query.descending]
    order = f"{order[0].lower()}{order[1:]}"
    if rows.capped and rows.more_renters:
        return tr(
            "More than {total} bookings, {order}. {more_renters_words}",
            total=whole(rows.total),
            order=order,
            more_renters_words=more_renters_words(),
        )
    if rows.capped:
        return tr(
            "More than {total} bookings; the first of them, {order}. Narrow the list to see the others.",
            total=whole(rows.total),
            order=order,
        )
    told = counted("{count} booking", "{count} bookings", rows.total)
    if rows.more_renters:
        return f"{told}, {order}. {more_renters_words()}"
    if rows.slip:
        return counted(
            "Nothing is spelt “{query}”. {count} booking differs by one slip, {order}",
            "Nothing is spelt “{query}”. {count} bookings differ by one slip, {order}",
            rows.total,
            query=state.query.text,
            order=order,
        )
    return f"{told}, {order}"


def empty_words(state: BookingsState) -> tuple[str, str]:
    """Title and sentence of a list without rows."""
    if state.first is not None and state.first.more_renters:
        return tr("Nothing found"), more_renters_words()
    if state.query.text:
        return tr("Nothing found"), tr(
            "No booking on this list has “{query}” in it. Try a part of it.", query=state.query.text
        )
    if state.narrowed:
        return tr("Nothing found"), tr("No booking on this list fits all of the filters.")
    return tr("No bookings yet"), _EMPTY[state.query.scope]


def short_day(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """``27 Nov`` on the wall in *zone*; with the year if it is another than *now*'s."""
    local = at.astimezone(zone)
    year = " yyyy" if local.year != now.astimezone(zone).year else ""
    return str(locale().toString(QDate(local.year, local.month, local.day), f"d MMM{year}"))
