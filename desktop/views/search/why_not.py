"""Why a car cannot be had: what is in the way, what is left of a hold, and the two ways out."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button
from desktop.widgets.countdown import Countdown, spoken_time
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from desktop.words.messages import booking_number, branch_time, counted, day_time, days_text, rate
from engine.domain.car.availability import Blocked, WhyTaken
from engine.domain.car.car import Branch
from engine.domain.people.people import AccountName
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr


class WhyNot(Panel):
    """Signals: ``other_wanted`` when the car offered instead is to be shown.

    Attributes:
        spoken: All of it, as one would say it; empty for a car that is free.
    """

    other_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, padding=3 * GRID)
        self.spoken = ""
        self.title = Text(theme, size=TypeSize.LEAD, bold=True, wrap=True)
        self.countdown = Countdown(theme, size=TypeSize.LEAD)
        self.countdown.set_name(tr("Time left of the hold"))
        self.sentence = Text(theme, wrap=True)
        self.free = Text(theme, wrap=True, bold=True)
        self.other = Button(theme)
        self.other.clicked.connect(self.other_wanted)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.countdown)
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addLayout(head)
        for part in (self.sentence, self.free):
            column.addWidget(part)
        column.addSpacing(GRID)
        column.addWidget(self.other)
        self.body.addLayout(column)
        self.hide()

    def draw(self, found: object, branch: Branch | None, now: datetime, hold_left_s: float, own: AccountName) -> None:
        """Hidden for a car that is free. *own* is the account that looks."""
        taken = isinstance(found, Blocked) and branch is not None
        self.setVisible(taken)
        if not isinstance(found, Blocked) or branch is None:
            self.countdown.stop()
            self.spoken = ""
            return
        self.title.setText(_title(found, own, branch, now))
        self.sentence.setText(way_text(found, branch, now, own))
        free = found.next_free
        self.free.setText(_next_text(free, branch, now) if free else "")
        self.free.setVisible(free is not None)
        self.other.setVisible(found.instead is not None)
        if found.instead is not None:
            car = found.instead.car
            self.other.setText(
                tr("Show {title} instead, {daily_rate}", title=car.title, daily_rate=rate(car.daily_rate))
            )
        left = tr("{hold_left_s} left", hold_left_s=spoken_time(hold_left_s)) if hold_left_s > 0 else ""
        said = (self.title.text(), left, self.sentence.text(), self.free.text())
        self.spoken = ". ".join(part.rstrip(".") for part in said if part)
        self.countdown.setVisible(hold_left_s > 0)
        if hold_left_s > 0:
            self.countdown.start(hold_left_s)
        else:
            self.countdown.stop()


_TITLES = {
    WhyTaken.BOOKED: tr("Booked for these days"),
    WhyTaken.HELD: tr("Held for somebody who has not paid yet"),
    WhyTaken.OVERDUE: tr("Overdue: it has not come back"),
    WhyTaken.MAINTENANCE: tr("In maintenance"),
    WhyTaken.SERVICE: tr("In service"),
    WhyTaken.ELSEWHERE: tr("At another branch then, or promised there next"),
    WhyTaken.RESERVED: tr("Needed by the firm itself in these days"),
}

_OWN_HOLD = tr("Held by you, not paid yet")


def _next_text(free: RentalPeriod, branch: Branch, now: datetime) -> str:
    days = days_text(free.billable_days(branch.clock))
    return tr(
        "Free for {days} from {starts_at}", days=days, starts_at=branch_time(free.starts_at, branch.clock, now=now)
    )


def _title(found: Blocked, own: AccountName, branch: Branch, now: datetime) -> str:
    way = found.obstacle
    if way.why is WhyTaken.SERVICE and way.period is not None:
        return tr("In service until {ends_at}", ends_at=branch_time(way.period.ends_at, branch.clock, now=now))
    return _OWN_HOLD if way.why is WhyTaken.HELD and way.by == own else _TITLES[way.why]


def way_text(found: Blocked, branch: Branch, now: datetime, own: AccountName) -> str:
    """Until when, by whom, under which number, and how many more are in the way."""
    way = found.obstacle
    if way.period is None:
        return tr("Nobody knows yet when it comes back.") if way.why is WhyTaken.MAINTENANCE else ""
    zone = branch.clock
    ends = branch_time(way.period.ends_at, zone, now=now)
    if way.why is WhyTaken.OVERDUE:
        said = tr("It was due on {ends}", ends=ends)
    else:
        said = tr("From {starts_at} until {ends}", starts_at=day_time(way.period.starts_at, zone, now=now), ends=ends)
    if way.by is not None:
        said = tr("{said}, by {account}", said=said, account=tr("you") if way.by == own else way.by)
    if way.booking_id is not None:
        said = tr("{said}, booking {number}", said=said, number=booking_number(way.booking_id))
    if not found.more:
        return f"{said}."
    more = counted("{count} more booking in the way.", "{count} more bookings in the way.", found.more)
    return f"{said}. {more}"
