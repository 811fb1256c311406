"""How this computer's user writes days: the system's order and names, and English beside them."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from engine.domain.moments.habits import ENGLISH, GERMAN, Habits, Order, Words, joined, named
from engine.domain.moments.near_days import near_days

_LONG, _SHORT = QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat


def habits_of(user: QLocale | None = None) -> Habits:
    """Of *user*, who is this computer's unless a test hands one in."""
    user = QLocale() if user is None else user
    tables: list[Words] = [ENGLISH]
    if user.language() is QLocale.Language.German:
        tables.append(GERMAN)
    elif user.language() is not QLocale.Language.English:
        tables += [_names(user), near_days(QLocale.languageToCode(user.language()))]
    return joined(order_of(user), *tables)


def order_of(user: QLocale) -> Order:
    """Of day, month and year in the short date; nobody's own language (``C``) has none that could be relied on."""
    if user.language() is QLocale.Language.C:
        return Order.UNKNOWN
    form = user.dateFormat(_SHORT)
    places = [form.find(letter) for letter in "dMy"]
    if -1 in places:
        return Order.UNKNOWN
    day, month, year = places
    if year < min(day, month):
        return Order.YMD
    return Order.DMY if day < month else Order.MDY


def _names(user: QLocale) -> Words:
    months = [
        {call(number, form) for call in (user.monthName, user.standaloneMonthName) for form in (_LONG, _SHORT)}
        for number in range(1, 13)
    ]
    weekdays = [
        {call(number, form) for call in (user.dayName, user.standaloneDayName) for form in (_LONG, _SHORT)}
        for number in range(1, 8)
    ]
    return named(months, weekdays)
