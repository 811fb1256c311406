"""The lines of a branch's day in words: made once, when they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import assert_never

from desktop.theme.tokens import Tone
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import amount, clock_time, counted, day_time, whole
from desktop.words.messages import DAMAGED
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import FACTS, BookingState, MoneyExpected
from engine.domain.booking.today import CarNow, DaySection, Section, Today
from engine.domain.money.payment import AttemptState
from engine.domain.people.phone import phone_text
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

TITLES = MappingProxyType(
    {
        Section.OVERDUE: tr("Overdue"),
        Section.GOING_OUT: tr("Going out"),
        Section.COMING_BACK: tr("Coming back"),
        Section.HOLDS: tr("Holds"),
        Section.NOT_COME: tr("Not come"),
    }
)
_HOUR_MIN = 60
HAND_OVER, TAKE_BACK, OPEN = (tr("Hand over"), "F2"), (tr("Take back"), "F6"), (tr("Open"), "Enter")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DayLine:
    """All words of a line, or the head of a section, which has no booking.

    Attributes:
        time, car, renter, now, money: Two lines each.
        tone: Of what is with the car now.
        late: The second line of *time* is a delay.
        step: What is next, and its key; empty where nothing is.
    """

    key: str
    section: Section
    booking: Booking | Damaged | None = None
    time: Pair = ("", "")
    car: Pair = ("", "")
    renter: Pair = ("", "")
    now: Pair = ("", "")
    money: Pair = ("", "")
    step: Pair = ("", "")
    tone: Tone = Tone.NEUTRAL
    late: bool = False

    @property
    def head(self) -> bool:
        return self.booking is None

    @property
    def sound(self) -> Booking | None:
        return self.booking if isinstance(self.booking, Booking) else None


def lines_of(today: Today, now: datetime) -> list[DayLine]:
    """Each section that has lines, below its head."""
    lines: list[DayLine] = []
    for section in today.sections:
        if section.rows:
            lines += (_head(section), *(_line(row, section.section, today, now) for row in section.rows))
    return lines


def _head(section: DaySection) -> DayLine:
    more = section.total - len(section.rows)
    rest = tr("{more} more are not listed", more=whole(more)) if more else ""
    return DayLine(
        section.section, section.section, car=(TITLES[section.section], whole(section.total)), now=(rest, "")
    )


def _line(row: Booking | Damaged, section: Section, today: Today, now: datetime) -> DayLine:
    if isinstance(row, Damaged):
        return DayLine(row.id, section, row, car=(row.line, DAMAGED), now=(row.reason, ""), tone=Tone.DANGER)
    zone = shown_zone(row.zone)
    at = row.period.ends_at if section in (Section.OVERDUE, Section.COMING_BACK) else row.period.starts_at
    if section is Section.HOLDS:
        at = row.hold_until
    car, _, plate = row.car_label.rpartition(" · ")
    phone = phone_text(today.phones.get(row.renter_id, ""))
    said, tone = _car_now(row, today.cars.get(row.car_id), now, zone)
    return DayLine(
        key=row.id,
        section=section,
        booking=row,
        time=(_time(at, now, zone), _away(at, now)),
        car=(car or plate, plate),
        renter=(row.renter_name, phone),
        now=said,
        money=_money(row),
        step=_step(row, now),
        tone=tone,
        late=at < now,
    )


def _time(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The clock's, with its day where that is not today."""
    same = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock_time(at, zone) if same else day_time(at, zone, now=now)


def _away(at: datetime, now: datetime) -> str:
    minutes = int(abs((at - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, _HOUR_MIN)
    days, left = divmod(hours, 24)
    if days:
        long = (
            counted("{count} day", "{count} days", days) if not left else tr("{days} d {left} h", days=days, left=left)
        )
    else:
        long = tr("{hours} h {rest} min", hours=hours, rest=rest) if hours else tr("{rest} min", rest=rest)
    return tr("{long} late", long=long) if at < now else tr("in {long}", long=long)


def _car_now(row: Booking, car: CarNow | None, now: datetime, zone: tzinfo) -> tuple[Pair, Tone]:
    """Where the car of *row* is; what its own booking says goes before what was asked of the fence."""
    if row.state is BookingState.OUT:
        until = _time(row.period.ends_at, now, zone)
        late = row.period.ends_at < now
        return (tr("Out"), tr("until {until}", until=until)), Tone.DANGER if late else Tone.NEUTRAL
    if row.state not in (BookingState.CONFIRMED, BookingState.HELD, BookingState.AWAITING_FUNDS):
        return (STANDINGS[row.standing], ""), Tone.NEUTRAL
    if car is None:
        return ("", ""), Tone.NEUTRAL
    if car.out_with and car.out_with != row.id and car.until is not None:
        until = _time(car.until, now, zone)
        return (tr("Still out"), tr("with another renter until {until}", until=until)), Tone.DANGER
    if not car.active:
        return (tr("In maintenance"), ""), Tone.WARNING
    return (tr("Here"), ""), Tone.POSITIVE


def _money(row: Booking) -> Pair:
    expected = FACTS[row.state].money
    match expected:
        case MoneyExpected.PAID:
            lapsed = row.payment.attempt.state is AttemptState.LAPSED
            return amount(row.price), tr("to pay") if lapsed else tr("paid")
        case MoneyExpected.ASKED:
            return amount(row.price), tr("to pay")
        case MoneyExpected.NONE | MoneyExpected.RETURNED:
            return amount(row.price), STANDINGS[row.standing]
    assert_never(expected)


def _step(row: Booking, now: datetime) -> Pair:
    if row.state is BookingState.OUT:
        return TAKE_BACK
    if row.state is BookingState.CONFIRMED:
        return HAND_OVER if now < row.missed_at else OPEN
    return OPEN if row.blocking else ("", "")
