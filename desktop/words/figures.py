"""Numbers, money, times and places as people read them.

Words stay English; numbers are written and read as in this person's country (``habits``), with the digits 0 to 9 that
times and booking numbers have as well.

API: amount, short_amount, digits, minor_of, unclear_amount, rate, whole, count_of, decimals, percent,
basis_points_of, counted, days_text, country_names, clock_of, desk_zone, desk_time, clock_time, day_time, period_text,
branch_time, zone_name, zone_line, zone_note, branch_name, branch_line.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Protocol

from PySide6.QtCore import QDate, QLocale, QTimeZone

from engine.domain.car.branches import name_with_city
from engine.domain.car.car import Branch
from engine.domain.money.money import Money
from engine.domain.shared.errors import UnknownZone
from engine.domain.shared.numerals import Numerals, TwoReadings, digits_of, read_number
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key
from engine.domain.shared.zones import AnyZone, countries, zone_of
from engine.words.tr import counted as counted_plainly
from engine.words.tr import tr

_HOUR = timedelta(hours=1)
_LONGEST_AMOUNT = 9
_MANY_DIGITS = 1_234_567
_THOUSAND = 1_000
_SIZES = ((_THOUSAND, "k"), (_THOUSAND**2, "M"))
#: From a hundred on, nobody reads the tenths.
_NO_TENTHS = 1_000


def counted(one: str, many: str, count: int, /, **facts: object) -> str:
    """``engine.words.tr.counted`` with ``{count}`` as this person's country writes it."""
    return counted_plainly(one, many, count, **{"count": whole(count), **facts})


def days_text(count: int) -> str:
    return counted("{count} day", "{count} days", count)


@cache
def country_names() -> dict[str, str]:
    """ISO 3166 code -> English name, by name."""
    named = {code: QLocale.territoryToString(QLocale.codeToTerritory(code)) for code in countries()}
    return dict(sorted(named.items(), key=lambda pair: search_key(pair[1])))


# Numbers and money.


def locale() -> QLocale:
    """English names of days and months, as they are written in this person's country."""
    return QLocale(QLocale.Language.English, QLocale().territory())


def custom() -> QLocale:
    """Who writes our numbers: the system's locale, until there is a page for settings.

    Where it has digits of its own, or parts them as nobody could read back, English with its country: one screen has
    one kind of digits.
    """
    user = QLocale()
    own = user.language() is not QLocale.Language.C and user.zeroDigit() == "0"
    return user if own and _reads_back(user) else locale()


def _reads_back(user: QLocale) -> bool:
    signs = Numerals(user.decimalPoint(), user.groupSeparator())
    return read_number(user.toString(_MANY_DIGITS), 0, signs) == _MANY_DIGITS


def habits() -> Numerals:
    """The same, for reading what is typed."""
    user = custom()
    return Numerals(user.decimalPoint(), user.groupSeparator())


def whole(number: int) -> str:
    return str(custom().toString(number))


def decimals(tenths: int) -> str:
    """``12.5``: a number of tenths."""
    return f"{whole(tenths // 10)}{custom().decimalPoint()}{tenths % 10}"


def count_of(text: str) -> int | None:
    """What was typed as a whole number; None for what is none."""
    read = read_number(text, 0, habits())
    return read if isinstance(read, int) else None


def percent(basis_points: int) -> str:
    """``15 %``, ``17.5 %``."""
    units, rest = divmod(basis_points, 100)
    tail = f"{custom().decimalPoint()}{rest:02d}".rstrip("0") if rest else ""
    return f"{whole(units)}{tail} %"


def basis_points_of(text: str) -> int | None:
    """What was typed as percent with at most two decimals, a percent sign or not; None for what is none."""
    read = read_number(text.strip().removesuffix("%"), 2, habits())
    return read if isinstance(read, int) else None


def amount(money: Money) -> str:
    """``1,250.00 EUR``: digits by the country's custom, never through a float."""
    units, rest = divmod(abs(money.minor), 10**money.exponent)
    sign = custom().negativeSign() if money.minor < 0 else ""
    cents = f"{custom().decimalPoint()}{rest:0{money.exponent}d}" if money.exponent else ""
    return f"{sign}{whole(units)}{cents} {money.currency}"


def short_amount(money: Money) -> str:
    """``12.4k`` for what stands on a bar or a tile; the exact figure is beside it. Halves are rounded up."""
    one = 10**money.exponent
    units = (abs(money.minor) + one // 2) // one
    short, mark, count = whole(units), "", units
    for size, letter in _SIZES:
        if count < _THOUSAND:
            break
        tenths, count = (units * 10 + size // 2) // size, (units + size // 2) // size
        short = decimals(tenths) if tenths % 10 and tenths < _NO_TENTHS else whole(count)
        mark = letter
    return f"{custom().negativeSign() if money.minor < 0 and units else ''}{short}{mark}"


def digits(money: Money) -> str:
    """``1250.00``, as one would type it into a field beside which the currency stands."""
    units, rest = divmod(abs(money.minor), 10**money.exponent)
    return f"{units}{custom().decimalPoint()}{rest:0{money.exponent}d}" if money.exponent else str(units)


def minor_of(text: str, currency: str) -> int | None:
    """What was typed as an amount of *currency*, in minor units, the currency beside it or not.

    None for what is no amount, is too large for a field, or may be one of two: ``unclear_amount``.
    """
    exponent = Money(0, currency).exponent
    read = _typed(text, currency)
    return read if isinstance(read, int) and 0 <= read < 10 ** (_LONGEST_AMOUNT + exponent) else None


def unclear_amount(text: str, currency: str) -> str:
    """Both readings of what was typed, to choose from; empty where there is only one."""
    read = _typed(text, currency)
    if not isinstance(read, TwoReadings):
        return ""
    more, less = (amount(Money(each, currency)) for each in (read.thousands, read.decimals))
    return tr("This may be {more} or {less}: write it with its decimals.", more=more, less=less)


def _typed(text: str, currency: str) -> int | TwoReadings | None:
    plain = re.sub(rf"^\s*{currency}\b|\b{currency}\s*$", "", text, count=1, flags=re.IGNORECASE)
    return read_number(plain, Money(0, currency).exponent, habits())


def clock_of(text: str) -> str:
    """``8:00``, ``08.00``, ``0800`` and the digits of other scripts as ``08:00``; anything else as it was typed."""
    plain = digits_of(text).strip()
    read = re.fullmatch(r"([0-9]{1,2})\s*[:.hH]\s*([0-9]{2})|([0-9]{2})([0-9]{2})", plain)
    if read is None:
        return plain
    hour, minute = read[1] or read[3], read[2] or read[4]
    return f"{int(hour):02d}:{minute}"


def rate(money: Money) -> str:
    return tr("{money} a day", money=amount(money))


# Times; *desk* is the zone of this computer, handed in by tests only.


def desk_zone() -> AnyZone:
    """This computer's own zone by its name, with the pinned data; asked anew each time, because it may change.

    Where it has no name that is known, what the system's clock says now.
    """
    try:
        return zone_of(bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace"))
    except UnknownZone:
        return datetime.now().astimezone().tzinfo or UTC


def clock_time(at: datetime, zone: tzinfo | None = None) -> str:
    return at.astimezone(zone or desk_zone()).strftime("%H:%M")


def date_text(day: date) -> str:
    """``14 Mar 1987``."""
    return locale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy")


def day_time(at: datetime, zone: tzinfo, *, now: datetime | None = None) -> str:
    """``Fri 27 Nov 10:00`` on the wall in *zone*; with the year if it is another than *now*'s."""
    local = at.astimezone(zone)
    year = " yyyy" if now is not None and local.year != now.astimezone(zone).year else ""
    day = locale().toString(QDate(local.year, local.month, local.day), f"ddd d MMM{year}")
    return f"{day} {local:%H:%M}"


def desk_time(at: datetime, beside: tzinfo | None = None, *, now: datetime) -> str:
    """What happened on this computer, on its own wall clock; named where the times *beside* it are another clock's.

    One copy has one time, on every page and in the status bar.
    """
    here = desk_zone()
    named = "" if beside is None or _same_time(at, beside, here) else f" {zone_name(at, here)}"
    return f"{day_time(at, here, now=now)}{named}"


def period_text(period: RentalPeriod, zone: tzinfo, *, desk: tzinfo | None = None) -> str:
    """Pick-up, return and billed days; the zone is named where it is not this desk's."""
    starts, ends = day_time(period.starts_at, zone), day_time(period.ends_at, zone)
    named = "" if _same_time(period.starts_at, zone, desk) else f" ({zone_name(period.starts_at, zone)})"
    return f"{starts} – {ends}{named} · {days_text(period.billable_days(zone))}"  # noqa: RUF001 -- a range's dash


def branch_time(at: datetime, zone: tzinfo, *, now: datetime | None = None, desk: tzinfo | None = None) -> str:
    """One end of a period in branch time, the zone named where it is not this desk's."""
    named = "" if _same_time(at, zone, desk) else f" {zone_name(at, zone)}"
    return f"{day_time(at, zone, now=now)}{named}"


def zone_name(at: datetime, zone: tzinfo) -> str:
    """``EET`` where the zone has a name, else ``UTC+4``."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{_offset(local.utcoffset())}"


def zone_line(at: datetime, zone: tzinfo) -> str:
    """``CET, UTC+1``."""
    name, offset = zone_name(at, zone), f"UTC{_offset(at.astimezone(zone).utcoffset())}"
    return name if name == offset else f"{name}, {offset}"


def zone_note(at: datetime, branch: Branch, *, desk: tzinfo | None = None) -> str:
    """What to know about the branch's clock; empty where it shows what this desk's shows."""
    if _same_time(at, branch.clock, desk):
        return ""
    here, there = at.astimezone(desk or desk_zone()).utcoffset(), at.astimezone(branch.clock).utcoffset()
    ahead = (there or timedelta(0)) - (here or timedelta(0))
    hours = f"{abs(ahead) / _HOUR:g}"
    facts = {"city": branch.city, "zone": zone_name(at, branch.clock)}
    facts["hours"] = tr("1 hour") if hours == "1" else tr("{hours} hours", hours=hours)
    if ahead > timedelta(0):
        return tr("Times are those of {city} ({zone}), {hours} ahead of this desk.", **facts)
    return tr("Times are those of {city} ({zone}), {hours} behind this desk.", **facts)


class Named(Protocol):
    """Anything that knows a branch's name and city."""

    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...


def branch_name(branch: Named) -> str:
    """With its city, unless the name begins with it."""
    return name_with_city(branch.name, branch.city)


def branch_line(branch: Branch, at: datetime) -> str:
    return f"{branch_name(branch)} · {zone_line(at, branch.clock)}"


def _same_time(at: datetime, zone: tzinfo, desk: tzinfo | None) -> bool:
    return at.astimezone(zone).utcoffset() == at.astimezone(desk or desk_zone()).utcoffset()


def _offset(offset: timedelta | None) -> str:
    """``+1``, ``-3:30``, or nothing at Greenwich."""
    minutes = round((offset or timedelta(0)) / timedelta(minutes=1))
    if minutes == 0:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'+' if minutes > 0 else '-'}{hours}{f':{rest:02d}' if rest else ''}"
