"""The lines of a branch's day in words: each a frozen record that the table paints.

API: DayLine, lines_of(today, now, wanted), Wanted (which lines), TITLES, away(at, now), facts_of(today).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from operator import itemgetter
from types import MappingProxyType
from typing import assert_never

from PySide6.QtCore import QDate

from desktop.theme.icons import Icon
from desktop.theme.tokens import Tone
from desktop.widgets.countdown import clock_text
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import amount, branch_name, clock_time, counted, locale, whole
from desktop.words.hours_words import day_text, weekday_names
from desktop.words.messages import DAMAGED, booking_number
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import FACTS, BookingState, MoneyExpected
from engine.domain.booking.today import CarNow, DaySection, Section, Today
from engine.domain.car.opening_hours import WEEK
from engine.domain.money.money import Money
from engine.domain.people.phone import phone_spellings, phone_text
from engine.domain.shared.damage import Damaged
from engine.domain.shared.sought import Sought, joined, sought, words
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

TITLES = MappingProxyType(
    {
        Section.OVERDUE: tr("Overdue"),
        Section.GOING_OUT: tr("Going out"),
        Section.COMING_BACK: tr("Coming back"),
        Section.HOLDS: tr("Holds"),
        Section.NOT_COME: tr("No-shows"),
    }
)
_HOUR_MIN = 60
#: From here on a day is told with its year.
_FAR_DAYS = 300
#: Less than this between a return and the next pick-up of the same car is little.
_TIGHT = timedelta(minutes=90)
HAND_OVER, TAKE_BACK, OPEN = (tr("Hand over"), "F2"), (tr("Take back"), "F6"), (tr("Open"), "Enter")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """Two lines of one cell. Attributes: ``tone`` is that of the upper one; None is plain text, which ``bold`` may be.

    ``low`` is the tone of the lower one, ``sign`` what stands before both.
    """

    upper: str = ""
    lower: str = ""
    tone: Tone | None = None
    low: Tone = Tone.NEUTRAL
    bold: bool = False
    sign: Icon | None = None

    @property
    def text(self) -> str:
        return ", ".join(filter(None, (self.upper, self.lower)))


@dataclass(frozen=True, slots=True)
class DayLine:
    """All words of a line, or the head of a section, which has no booking.

    Attributes:
        car: Of a head its title and how many there are.
        now: Of a head the one thing to know of its section, in its upper line.
        step: What is next, and its key; empty where nothing is.
    """

    key: str
    section: Section
    booking: Booking | Damaged | None = None
    time: Shown = Shown()
    car: Shown = Shown()
    renter: Shown = Shown()
    now: Shown = Shown()
    money: Shown = Shown()
    step: Pair = ("", "")

    @property
    def head(self) -> bool:
        return self.booking is None

    @property
    def sound(self) -> Booking | None:
        return self.booking if isinstance(self.booking, Booking) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are looked at. Attributes: ``section`` None is all of them; ``text`` as it was typed."""

    section: Section | None = None
    text: str = ""
    _sought: Sought = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sought", sought(self.text))

    def takes(self, row: Booking | Damaged, today: Today) -> bool:
        if not self.text.strip():
            return True
        if isinstance(row, Damaged):
            return self._sought.within((joined(row.line),))
        told = (row.car_label, row.plate, row.renter_name, booking_number(row.id))
        spelt = phone_spellings(phone) if (phone := today.phones.get(row.renter_id, "")) else ()
        alone = tuple(word for each in told for word in words(each))
        return self._sought.within((*map(joined, (*told, *spelt)), *alone))


def facts_of(today: Today) -> str:
    """``Wed 9 Dec 2026 · Berlin Spreebogen, open 07:30 to 20:00 · as of 09:42``."""
    zone = shown_zone(today.branch.zone)
    there = today.at.astimezone(zone)
    day = locale().toString(QDate(there.year, there.month, there.day), "ddd d MMM yyyy")
    hours = day_text(today.branch.hours, there.date())
    open_then = tr("open {hours}", hours=hours) if today.branch.hours.on(there.date()) else hours
    return tr(
        "{day} · {branch}, {open_then} · as of {at}",
        day=day,
        branch=branch_name(today.branch),
        open_then=open_then,
        at=clock_time(today.at, zone),
    )


def heads_only() -> list[DayLine]:
    """What stands before anything is known."""
    return [_head(DaySection(section, (), 0), None, "") for section in Section]


def lines_of(today: Today, now: datetime, wanted: Wanted = Wanted()) -> list[DayLine]:
    """Each section that has lines of the *wanted*, below its head."""
    lines: list[DayLine] = []
    for section in today.sections:
        rows = [row for row in section.rows if wanted.takes(row, today)]
        if rows and wanted.section in (None, section.section):
            count = section.total if len(rows) == len(section.rows) else len(rows)
            lines.append(_head(section, count, _note(section, today, now)))
            lines += (_line(row, section.section, today, now) for row in rows)
    return lines


SIGNS = MappingProxyType(
    {
        Section.OVERDUE: Icon.ERROR,
        Section.GOING_OUT: Icon.CAR_OUT,
        Section.COMING_BACK: Icon.CAR_BACK,
        Section.HOLDS: Icon.HOLD,
        Section.NOT_COME: Icon.NOT_COME,
    }
)


def _head(section: DaySection, count: int | None, note: str) -> DayLine:
    kind = section.section
    tone = Tone.DANGER if kind is Section.OVERDUE and count is not None else None
    said = whole(count) if count is not None else ""
    return DayLine(kind, kind, car=Shown(TITLES[kind], said, tone, bold=True, sign=SIGNS[kind]), now=Shown(note))


def _note(section: DaySection, today: Today, now: datetime) -> str:
    """The one thing to know of a section; empty where there is none."""
    if more := section.total - len(section.rows):
        return tr("{more} more are not listed", more=whole(more))
    rows = [row for row in section.rows if isinstance(row, Booking)]
    match section.section:
        case Section.OVERDUE:
            waiting = min(_next_of(rows, today), key=itemgetter(0), default=None)
            return _waits(*waiting, now) if waiting is not None else ""
        case Section.GOING_OUT:
            ready = sum(_is_ready(row, today.cars.get(row.car_id)) for row in rows)
            return tr("{ready} of {all} ready", ready=whole(ready), all=whole(len(rows)))
        case Section.COMING_BACK:
            out = [row.period.ends_at for row in rows if row.state is BookingState.OUT]
            return tr("next {away}", away=away(min(out), now)) if out else ""
        case Section.HOLDS:
            held = [row.hold_until for row in rows if row.state is BookingState.HELD]
            return _left(min(held), now) if held else ""
        case Section.NOT_COME:
            return ""
    assert_never(section.section)


def _next_of(rows: list[Booking], today: Today) -> Iterator[tuple[datetime, Booking]]:
    for row in rows:
        car = today.cars.get(row.car_id)
        at = car.next_after(row) if car is not None and row.state is BookingState.OUT else None
        if at is not None and at < today.until:
            yield at, row


def _waits(at: datetime, row: Booking, now: datetime) -> str:
    return tr("a rental at {at} waits for {plate}", at=_time(at, now, shown_zone(row.zone)), plate=row.plate)


def _line(row: Booking | Damaged, section: Section, today: Today, now: datetime) -> DayLine:
    if isinstance(row, Damaged):
        said = Shown(row.line, DAMAGED, Tone.DANGER, sign=Icon.ERROR)
        return DayLine(row.id, section, row, car=said, renter=Shown(row.reason), step=OPEN)
    car, _, plate = row.car_label.rpartition(" · ")
    phone = phone_text(today.phones.get(row.renter_id, ""))
    return DayLine(
        key=row.id,
        section=section,
        booking=row,
        time=_when(row, section, now),
        car=Shown(car or plate, plate, bold=True),
        renter=Shown(row.renter_name, phone),
        now=_car_now(row, today, now),
        money=_money(row, today.open(row)),
        step=_step(row, now),
    )


def _when(row: Booking, section: Section, now: datetime) -> Shown:
    """The time that counts in its section, and how far away it is."""
    zone = shown_zone(row.zone)
    if section is Section.HOLDS:
        left = _left(row.hold_until, now) if row.state is BookingState.HELD else ""
        return Shown(_time(row.hold_until, now, zone), left, low=Tone.WARNING, bold=True)
    back = section in (Section.OVERDUE, Section.COMING_BACK)
    at = row.period.ends_at if back else row.period.starts_at
    over = row.state is not (BookingState.OUT if back else BookingState.CONFIRMED)
    low = Tone.NEUTRAL if over or at >= now else Tone.DANGER if back else Tone.WARNING
    return Shown(_time(at, now, zone), "" if over else away(at, now), low=low, bold=True)


def _time(at: datetime, now: datetime, zone: tzinfo) -> str:
    """The clock's, with its day of the week where that is not today; beyond a week the day alone."""
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if not days:
        return clock_time(at, zone)
    if abs(days) < WEEK:
        weekday = weekday_names(short=True)[at.astimezone(zone).weekday()]
        return f"{weekday} {clock_time(at, zone)}"
    there = at.astimezone(zone)
    return locale().toString(QDate(there.year, there.month, there.day), "d MMM yyyy" if days > _FAR_DAYS else "d MMM")


def _left(until: datetime, now: datetime) -> str:
    return tr("{total_seconds} left", total_seconds=clock_text(max((until - now).total_seconds(), 0)))


def away(at: datetime, now: datetime) -> str:
    """``in 1 h 5 min``, ``12 min late``."""
    minutes = int(abs((at - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, _HOUR_MIN)
    days, left = divmod(hours, 24)
    if days:
        days_long = counted("{count} day", "{count} days", days)
        long = tr("{days} d {left} h", days=days, left=left) if left else days_long
    else:
        long = tr("{hours} h {rest} min", hours=hours, rest=rest) if hours else tr("{rest} min", rest=rest)
    return tr("{long} late", long=long) if at < now else tr("in {long}", long=long)


def _is_ready(row: Booking, car: CarNow | None) -> bool:
    if row.state is BookingState.OUT:
        return True
    return car is not None and car.active and not car.out_with and car.at == row.branch_id


def _car_now(row: Booking, today: Today, now: datetime) -> Shown:
    """What is with the car of *row*; its own booking's word goes before what was asked of the fence."""
    car, zone = today.cars.get(row.car_id), shown_zone(row.zone)
    following = car.next_after(row) if car is not None else None
    after = _time(following, now, zone) if following is not None else ""
    then = tr("next rental {at}", at=after) if after else tr("free after it") if car is not None else ""
    if row.state is BookingState.OUT:
        return _out(row, following, then, now)
    if car is None or not row.blocking:
        words = tr("Not known") if row.blocking else STANDINGS[row.standing]
        return Shown(words, "", Tone.NEUTRAL, sign=Icon.CIRCLE)
    return _here(row, car, then, now)


def _here(row: Booking, car: CarNow, then: str, now: datetime) -> Shown:
    """Of a car that waits for its renter, or should."""
    if car.out_with and car.out_with != row.id and car.until is not None:
        due = tr("due {until}", until=_time(car.until, now, shown_zone(row.zone)))
        return Shown(tr("Not back yet"), due, Tone.DANGER, sign=Icon.ERROR)
    if not car.active:
        return Shown(tr("In maintenance"), "", Tone.WARNING, sign=Icon.MAINTENANCE)
    if car.at != row.branch_id:
        return Shown(tr("At another branch"), "", Tone.WARNING, sign=Icon.WARNING)
    return Shown(tr("Ready"), then, Tone.POSITIVE, sign=Icon.DONE)


def _out(row: Booking, following: datetime | None, then: str, now: datetime) -> Shown:
    late = row.period.ends_at < now
    if late and following is not None and following - now < timedelta(days=1):
        return Shown(tr("Out, promised again"), then, Tone.DANGER, sign=Icon.ERROR)
    if late:
        return Shown(tr("Out, late"), then, Tone.DANGER, sign=Icon.ERROR)
    if following is not None and following - row.period.ends_at < _TIGHT:
        return Shown(tr("Out, tight"), then, Tone.WARNING, sign=Icon.WARNING)
    return Shown(tr("Out"), then, Tone.NEUTRAL, sign=Icon.CIRCLE)


def _money(row: Booking, still: Money) -> Shown:
    expected = FACTS[row.state].money
    match expected:
        case MoneyExpected.PAID if still.minor <= 0:
            return Shown(tr("Paid"), amount(row.price), Tone.POSITIVE)
        case MoneyExpected.PAID:
            return Shown(amount(still), tr("to pay"), bold=True)
        case MoneyExpected.ASKED:
            return Shown(amount(row.price), tr("to pay"), bold=True)
        case MoneyExpected.NONE | MoneyExpected.RETURNED:
            return Shown(amount(row.price), STANDINGS[row.standing])
    assert_never(expected)


def _step(row: Booking, now: datetime) -> Pair:
    if row.state is BookingState.OUT:
        return TAKE_BACK
    if row.state is BookingState.CONFIRMED:
        return HAND_OVER if now < row.missed_at else OPEN
    return OPEN if row.blocking else ("", "")
