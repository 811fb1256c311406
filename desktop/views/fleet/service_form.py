"""From, until and why a car is in service; what that would be cut around stands beneath."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.moments.lengths import LengthChips
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from engine.domain.car.car import Branch
from engine.domain.car.movement import LONGEST_REASON, Movement
from engine.domain.shared.errors import InvalidPeriod
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import on_wall, wall_of
from engine.words.tr import tr

_DAY = timedelta(days=1)


class ServiceForm(Panel):
    """Signals: ``asked`` carries the RentalPeriod that is filled in, or None; ``submitted`` and ``left`` by button."""

    asked = Signal(object)
    submitted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__(theme, padding=3 * GRID)
        self._now = now
        self._branch: Branch | None = None
        self._length = _DAY
        #: What is filled in is a period.
        self.whole = False
        self.title = Text(theme, bold=True)
        self.start = MomentField(theme, tr("In service from"), now=now)
        self.end = MomentField(theme, tr("In service until"), now=now)
        self.lengths = LengthChips(theme)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText(tr("Brakes, inspection, tyres"))
        self.form = Form(theme)
        self.hint = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.problem = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.save, self.leave = (
            Button(theme, tr("Plan the service"), ButtonKind.PRIMARY),
            Button(theme, tr("Do not plan it")),
        )
        self._lay_out()
        self._connect()
        self.hide()

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose what somebody typed."""
        return not self.isHidden() and self.form.is_edited

    def begin(self, branch: Branch, movement: Movement | None, plate: str) -> None:
        """For a new one from now on, a day long; or with what *movement* says."""
        self._branch = branch
        zone = branch.clock
        start = wall_of(self._now() if movement is None else movement.period.starts_at, zone)
        if movement is None:
            start = start.replace(second=0, microsecond=0)
        end = start.replace(fold=0) + _DAY if movement is None else wall_of(movement.period.ends_at, zone)
        for field, wall in ((self.start, start), (self.end, end)):
            field.set_clock(zone, branch)
            field.show_moment(wall)
        # What has begun keeps its beginning.
        self.start.setEnabled(movement is None or not movement.begun(self._now()))
        self.reason.setText("" if movement is None else movement.reason)
        self.title.setText(
            tr("Plan a service of {plate}", plate=plate)
            if movement is None
            else tr("Change this service of {plate}", plate=plate)
        )
        self.save.setText(tr("Plan the service") if movement is None else tr("Change the service"))
        self.leave.setText(tr("Do not plan it") if movement is None else tr("Leave it as it is"))
        self.problem.hide()
        self.form.show_mistakes({})
        self._mark()
        self.form.begin()
        self.show()
        self.form.focus_field("start" if self.start.isEnabled() else "end")
        self._ask()

    def period(self) -> RentalPeriod | None:
        """What is filled in; None while it is none, which is said at the field."""
        if self._branch is None or self.start.undecided or self.end.undecided:
            return None
        zone = self._branch.clock
        ends = [on_wall(field.moment(), zone).moment for field in (self.start, self.end)]
        if ends[1] <= ends[0]:
            self.end.warn(tr("It ends before it begins."))
            return None
        if ends[1] <= self._now():
            self.end.warn(tr("That has passed."))
            return None
        try:
            period = RentalPeriod(*ends)
        except InvalidPeriod:
            self.end.warn(tr("A service lasts 366 days at the most."))
            return None
        self.end.warn("")
        return period

    def tell(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def hint_at(self, words: str) -> None:
        self.hint.setText(words or " ")

    def _start_moved(self) -> None:
        """The service keeps its length."""
        if self._length > timedelta(0):
            blocked = QSignalBlocker(self.end)
            self.end.propose(self.start.moment().replace(fold=0) + self._length)
            del blocked
        self._edited()

    def _length_chosen(self, days: int) -> None:
        self.end.propose(self.start.moment().replace(fold=0) + days * _DAY)
        self._edited()

    def _edited(self) -> None:
        self._mark()
        self._ask()

    def _mark(self) -> None:
        start, end = self.start.moment(), self.end.moment()
        self._length = end - start
        self.end.set_base(start)
        days, rest = divmod(end - start, _DAY)
        self.lengths.show_days(None if rest else days)
        for field in (self.start, self.end):
            field.set_tinted(start.date(), end.date())

    def _ask(self) -> None:
        period = self.period()
        self.whole = period is not None
        self.asked.emit(period)

    def _submit(self) -> None:
        if not all(field.take() for field in (self.start, self.end) if field.isEnabled()):
            return
        said = bool(self.reason.text().strip())
        self.form.mark("reason", "" if said else tr("Say why: whoever looks at the car's weeks reads it."))
        if not said:
            self.form.focus_mistake()
            return
        if self.save.isEnabled():
            self.submitted.emit()

    def _connect(self) -> None:
        self.start.taken.connect(self._start_moved)
        self.end.taken.connect(self._edited)
        self.lengths.chosen.connect(self._length_chosen)
        self.form.submitted.connect(self._submit)
        self.save.clicked.connect(self._submit)
        self.leave.clicked.connect(self.left)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(GRID)
        column.addWidget(self.title)
        self.form.add("start", tr("From"), self.start)
        self.form.add("end", tr("Until"), self.end)
        self.form.add_row(self.lengths)
        self.form.add("reason", tr("Reason"), self.reason)
        column.addWidget(self.form)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.leave)
        foot.addWidget(self.save, 1)
        for part in (self.problem, self.hint):
            column.addWidget(part)
        column.addLayout(foot)
        self.body.addLayout(column)
        stops = (self.start.edit, self.end.edit, *self.lengths.chips.values(), self.reason, self.leave, self.save)
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)
