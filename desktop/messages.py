"""What the window says: problems and the next step in plain words; money, times, places and cars as people read them.

API: say(problem, zone) -> Message(text, step); Step; amount, clock_time, day_time, period_text, days_text, zone_name,
zone_line, zone_note, branch_name, branch_line, booking_number, plural and the tables of words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from types import MappingProxyType

from PySide6.QtCore import QDate, QLocale

from engine.domain import errors
from engine.domain.booking import BookingId, Standing
from engine.domain.car import BodyType, Branch, Fuel, Transmission
from engine.domain.catalogue import CarOrder
from engine.domain.money import Money
from engine.domain.people import Role
from engine.domain.period import RentalPeriod

_HOUR = timedelta(hours=1)
_GROUP = 4
_ALIKE = 3


class Step(Enum):
    """What to do next; the value stands on the button, the view knows what it does."""

    NONE = ""
    RETRY = "Try again"
    SIMILAR = "Show similar cars"
    SEARCH_AGAIN = "Search again"
    SHOW_BOOKING = "Show the booking"


@dataclass(frozen=True, slots=True)
class Message:
    """Attributes: ``text`` is one or two short sentences: what happened, and what to do where no button does it."""

    text: str
    step: Step = Step.NONE


_Sentence = Callable[[errors.DriveSphereError], Message]


def say(problem: errors.DriveSphereError, zone: tzinfo = UTC, *, now: datetime | None = None) -> Message:
    """The words for *problem*; times in it are shown in *zone*. *now* is the server's time, where it is at hand."""
    if isinstance(problem, errors.PeriodTaken):
        return _taken(problem, zone, now)
    sentence = _SENTENCES.get(problem.code)
    if sentence is None:
        return Message(f"Something went wrong ({problem.code}).", Step.RETRY if problem.retryable else Step.NONE)
    return sentence(problem) if callable(sentence) else sentence


def _taken(problem: errors.PeriodTaken, zone: tzinfo, now: datetime | None) -> Message:
    if problem.until is None:
        return Message("This car was just taken for these days.", Step.SIMILAR)
    if now is not None and problem.until <= now:
        return Message("This car is overdue: it has not come back yet.", Step.SIMILAR)
    return Message(f"This car was just taken until {day_time(problem.until, zone)}.", Step.SIMILAR)


def _text(problem: errors.DriveSphereError) -> Message:
    field, trouble = getattr(problem, "field", ""), getattr(problem, "problem", "is not valid")
    name = FIELDS.get(field, field.capitalize()) or "The text"
    if trouble.startswith("is "):
        return Message(f"This {trouble}.")
    return Message(f"{name} {trouble}." if trouble.startswith(_VERBS) else f"{name}: {trouble}.")


_VERBS = ("must", "holds", "begins")

_SERVERS = MappingProxyType(
    {
        "mongodb": "The database does not answer. Trying again is safe.",
        "redis": "The cache does not answer. Bookings go on, searching may be slower.",
        "stripe": "The payment service does not answer. Nothing is lost; it is asked again.",
        "embedded": "The servers on this computer did not start.",
    }
)


def _away(problem: errors.DriveSphereError) -> Message:
    server = str(getattr(problem, "server", ""))
    # Our own servers say in a sentence why they did not start and what to do.
    own = str(getattr(problem, "detail", "")) if server == "embedded" else ""
    return Message(own or _SERVERS.get(server, "A server does not answer."), Step.RETRY)


def _missing(problem: errors.DriveSphereError) -> Message:
    kind = str(getattr(problem, "kind", "")) or "record"
    return Message(f"This {kind} is no longer there.", Step.SEARCH_AGAIN)


def _period(problem: errors.DriveSphereError) -> Message:
    return Message(f"These times do not work: {problem}.")


def _asked(problem: errors.DriveSphereError) -> Message:
    number = booking_number(BookingId(str(getattr(problem, "booking_id", ""))))
    return Message(f"This was booked a moment ago, as {number}.", Step.SHOW_BOOKING)


def _own_words(problem: errors.DriveSphereError) -> Message:
    return Message(str(problem), Step.RETRY)


#: Code -> what is said.
_SENTENCES: MappingProxyType[str, Message | _Sentence] = MappingProxyType(
    {
        errors.RuleBroken.code: Message("This is not allowed by the rules of booking."),
        errors.InvalidPeriod.code: _period,
        errors.InvalidMoney.code: Message("This price cannot be charged. Choose other days or another car."),
        errors.CurrencyMismatch.code: Message("Two currencies cannot be added up. Please tell head office."),
        errors.InvalidText.code: _text,
        errors.Forbidden.code: Message("Your account may not do this. Ask an administrator."),
        errors.NotFound.code: _missing,
        errors.CarNotRentable.code: Message("This car is not for rent at present.", Step.SIMILAR),
        errors.AlreadyAsked.code: _asked,
        errors.PriceChanged.code: Message("The price has changed meanwhile. Nothing was booked.", Step.SEARCH_AGAIN),
        errors.MoveRefused.code: Message("The booking is already further on. What you see now is up to date."),
        errors.PaymentMismatch.code: Message("The payment does not fit this booking. Please tell head office."),
        errors.PaymentRefused.code: Message("The payment service refused the payment page. Please tell head office."),
        errors.SignInRefused.code: Message("The name or the password is not right."),
        errors.AccountDisabled.code: Message("This account is disabled. Ask an administrator to enable it."),
        errors.Misconfigured.code: _own_words,
        errors.Contended.code: Message("Somebody else is being served for this car right now.", Step.RETRY),
        errors.Overtaken.code: Message("This was changed on another desk meanwhile.", Step.RETRY),
        errors.Unavailable.code: _away,
    }
)

#: Codes that have words of their own; a test holds this complete over the classes of ``errors``.
TOLD = _SENTENCES.keys() | {errors.PeriodTaken.code}


# Words.

FIELDS = MappingProxyType(
    {"name": "Name", "email": "E-mail", "phone": "Phone", "licence": "Licence number", "search": "Search text"}
)
ROLES = MappingProxyType(
    {
        Role.CLIENT: "Counter",
        Role.OWNER: "Fleet owner",
        Role.ADMIN: "Administrator",
        Role.WORKER: "Head office",
        Role.RENTER: "Renter",
    }
)
STANDINGS = MappingProxyType(
    {
        Standing.PENDING: "Pending",
        Standing.CONFIRMED: "Confirmed",
        Standing.COMPLETED: "Completed",
        Standing.EXPIRED: "Expired",
        Standing.CANCELLED: "Cancelled",
    }
)
BODIES = MappingProxyType({body: "SUV" if body is BodyType.SUV else body.value.capitalize() for body in BodyType})
FUELS = MappingProxyType({fuel: fuel.value.capitalize() for fuel in Fuel})
TRANSMISSIONS = MappingProxyType({gears: gears.value.capitalize() for gears in Transmission})
ORDERS = MappingProxyType(
    {
        CarOrder.PRICE: "Lowest price",
        CarOrder.PRICE_DOWN: "Highest price",
        CarOrder.NEWEST: "Newest car",
        CarOrder.NAME: "Name",
    }
)


def plural(count: int, one: str, many: str = "") -> str:
    return f"{whole(count)} {one if count == 1 else many or one + 's'}"


def days_text(count: int) -> str:
    return plural(count, "day")


def booking_number(booking_id: BookingId) -> str:
    """In groups of four, so that it can be read out: ``G8ET-6JAM-QZ04``. One with marks of its own stays as it is."""
    if not booking_id.isalnum():
        return booking_id
    return "-".join(booking_id[at : at + _GROUP] for at in range(0, len(booking_id), _GROUP))


# Numbers and money.


def locale() -> QLocale:
    """English words with the numbers of this person's country."""
    return QLocale(QLocale.Language.English, QLocale().territory())


def whole(number: int) -> str:
    return str(locale().toString(number))


def amount(money: Money) -> str:
    """``1,250.00 EUR``: digits by the country's custom, never through a float."""
    units, rest = divmod(abs(money.minor), 10**money.exponent)
    sign = locale().negativeSign() if money.minor < 0 else ""
    cents = f"{locale().decimalPoint()}{rest:0{money.exponent}d}" if money.exponent else ""
    return f"{sign}{whole(units)}{cents} {money.currency}"


def rate(money: Money) -> str:
    return f"{amount(money)} a day"


# Times; *desk* is the zone of this computer, handed in by tests only.


def clock_time(at: datetime, zone: tzinfo | None = None) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def day_time(at: datetime, zone: tzinfo, *, now: datetime | None = None) -> str:
    """``Fri 27 Nov 10:00`` on the wall in *zone*; with the year if it is another than *now*'s."""
    local = at.astimezone(zone)
    year = " yyyy" if now is not None and local.year != now.astimezone(zone).year else ""
    day = locale().toString(QDate(local.year, local.month, local.day), f"ddd d MMM{year}")
    return f"{day} {local:%H:%M}"


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
    if _same_time(at, branch.tzinfo, desk):
        return ""
    here, there = at.astimezone(desk).utcoffset(), at.astimezone(branch.tzinfo).utcoffset()
    ahead = (there or timedelta(0)) - (here or timedelta(0))
    side = "ahead of" if ahead > timedelta(0) else "behind"
    hours = f"{abs(ahead) / _HOUR:g}"
    plain = "1 hour" if hours == "1" else f"{hours} hours"
    return f"Times are those of {branch.city} ({zone_name(at, branch.tzinfo)}), {plain} {side} this desk."


def branch_name(branch: Branch) -> str:
    """With its city, unless the name begins with it in any spelling: Lisboa is Lisbon."""
    same = branch.name[:_ALIKE].casefold() == branch.city[:_ALIKE].casefold()
    return branch.name if same else f"{branch.city} {branch.name}"


def branch_line(branch: Branch, at: datetime) -> str:
    return f"{branch_name(branch)} · {zone_line(at, branch.tzinfo)}"


def _same_time(at: datetime, zone: tzinfo, desk: tzinfo | None) -> bool:
    return at.astimezone(zone).utcoffset() == at.astimezone(desk).utcoffset()


def _offset(offset: timedelta | None) -> str:
    """``+1``, ``-3:30``, or nothing at Greenwich."""
    minutes = round((offset or timedelta(0)) / timedelta(minutes=1))
    if minutes == 0:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'+' if minutes > 0 else '-'}{hours}{f':{rest:02d}' if rest else ''}"
