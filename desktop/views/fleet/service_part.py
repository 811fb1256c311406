"""A car's periods of service in its panel: a line for each with what can be done about it, and the form.

API: ServicePart(context, vm, now): draw(car, branch, online), unsaved, leave_form(), stop(); task_failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.fleet.service import ServiceState, ServiceViewModel
from desktop.views.fleet.service_form import ServiceForm
from desktop.views.fleet.service_words import (
    cut_words,
    problem_words,
    sold_words,
    times_words,
    to_cancel,
    to_end,
    to_lose_service,
    visit_title,
)
from desktop.views.parts.view_context import ViewContext, announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.messages import damage_words
from engine.domain.car.car import Branch, Car, CarStatus
from engine.domain.car.movement import Movement, Visit
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_LOOKING = tr("Looking which bookings lie in that time …")


class VisitLine(QWidget):
    """One period: when, why, which bookings wait, and Change / End now / Cancel."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.visit: Visit | None = None
        self.title = Text(theme, wrap=True)
        self.reason = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.sold = Text(theme, size=TypeSize.SMALL, ink="warning", wrap=True)
        self.change, self.end = (
            Button(theme, tr("Change …"), ButtonKind.QUIET),
            Button(theme, tr("End now …"), ButtonKind.QUIET),
        )
        self.cancel = Button(theme, tr("Cancel …"), ButtonKind.QUIET)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID)
        column.setSpacing(GRID // 2)
        for part in (self.title, self.reason, self.sold):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for button in (self.change, self.end, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def show_visit(self, visit: Visit | Damaged, branch: Branch, now: datetime, *, usable: bool) -> None:
        self.visit = visit if isinstance(visit, Visit) else None
        for button in (self.change, self.end, self.cancel):
            button.setEnabled(usable)
        if isinstance(visit, Damaged):
            self.title.setText(damage_words(visit))
            for part in (self.reason, self.sold, self.change, self.end, self.cancel):
                part.hide()
            return
        movement, begun = visit.movement, visit.movement.begun(now)
        self.title.setText(visit_title(movement, branch.clock, now))
        self.reason.setText(tr("{reason} · by {by}", reason=movement.reason, by=movement.by))
        told = sold_words(visit.crossing.sold, now)
        self.sold.setText(told)
        self.sold.setVisible(bool(told))
        self.reason.show()
        self.change.show()
        self.end.setVisible(begun)
        self.cancel.setVisible(not begun)
        when = times_words(movement.period, branch.clock, now)
        for button in (self.change, self.end, self.cancel):
            button.setAccessibleName(tr("{what}: service {when}", what=button.text().rstrip(" …"), when=when))


class ServicePart(QWidget):
    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: ServiceViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self._theme, self._now = vm, context.theme, now
        self._branch: Branch | None = None
        self._online, self._open = True, False
        self.tasks = TaskScope(self)
        self.heading = Text(context.theme, tr("Service"), bold=True)
        self.plan = Button(context.theme, tr("Plan a service …"), ButtonKind.QUIET)
        self.none = Text(context.theme, ink="muted", wrap=True)
        self.problem = Text(context.theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.lines: list[VisitLine] = []
        self._filled_in: ServiceForm | None = None
        self._lay_out()
        self._connect()

    @cached_property
    def form(self) -> ServiceForm:
        """Built when a service is first planned or changed: most who open a car do neither."""
        form = ServiceForm(self._theme, self._now)
        form.asked.connect(self.vm.ask)
        form.submitted.connect(lambda: self.vm.save(form.reason.text()))
        form.left.connect(self.leave_form)
        self._column.addWidget(form)
        self._filled_in = form
        return form

    @property
    def unsaved(self) -> bool:
        return self.vm.state.filling and self.form.unsaved

    def to_lose(self) -> Question | None:
        """What is asked before the form is thrown away; None where nothing is lost."""
        car = self.vm.state.car
        return to_lose_service(car) if car is not None and self.unsaved else None

    def draw(self, branch: Branch | None, *, online: bool) -> None:
        self._branch, self._online = branch, online
        self._draw(self.vm.state)

    def leave_form(self) -> None:
        """Back to the list; what is typed is asked about."""
        if self.unsaved:
            self.tasks.once("lose", self._lose())
        else:
            self._close_form()

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        for name in ("lose", "ask"):
            self.tasks.stop(name)

    def _draw(self, state: ServiceState) -> None:
        branch, now = self._branch, self._now()
        usable = self._online and not state.busy
        self.setVisible(state.car is not None and branch is not None)
        if state.car is None or branch is None:
            return
        self.plan.setVisible(not state.filling and state.car.status is not CarStatus.RETIRED)
        self.plan.setEnabled(usable)
        visits = state.visits or ()
        self.none.setVisible(not visits and not state.filling)
        self.none.setText(tr("Nothing is planned.") if state.visits is not None else "")
        self._draw_lines(visits, branch, now, usable=usable and not state.filling)
        told = problem_words(state.problem, branch.clock, now) if state.problem is not None else ""
        self.problem.setText(told)
        self.problem.setVisible(bool(told) and not state.filling)
        self._draw_form(state, branch, now, told)

    def _draw_lines(self, visits: tuple[Visit | Damaged, ...], branch: Branch, now: datetime, *, usable: bool) -> None:
        while len(self.lines) < len(visits):
            self._add_line()
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(visits))
            if at < len(visits):
                line.show_visit(visits[at], branch, now, usable=usable)

    def _draw_form(self, state: ServiceState, branch: Branch, now: datetime, told: str) -> None:
        opened, self._open = state.filling and not self._open, state.filling
        if opened:
            self.form.begin(branch, state.changing, state.car.plate if state.car else "")
            state = self.vm.state
        if not state.filling:
            if self._filled_in is not None:
                self._filled_in.hide()
            return
        new = told and told != self.form.problem.text()
        self.form.tell(told)
        if new:
            announce(self, told)
        looking = _LOOKING if self.form.whole else ""
        self.form.hint_at(cut_words(state.crossing, now) if state.crossing is not None else looking)
        ready = state.crossing is not None and bool(state.crossing.parts)
        self.form.save.setEnabled(self._online and not state.busy and ready)

    def _add_line(self) -> None:
        line = VisitLine(self._theme)
        self.lines.append(line)
        self._list.addWidget(line)
        line.change.clicked.connect(lambda: self._on(line, self.vm.begin))
        line.end.clicked.connect(lambda: self._on(line, lambda it: self._ask(to_end, it, self.vm.end)))
        line.cancel.clicked.connect(lambda: self._on(line, lambda it: self._ask(to_cancel, it, self.vm.cancel)))

    def _on(self, line: VisitLine, deed: Callable[[Movement], None]) -> None:
        if line.visit is not None:
            deed(line.visit.movement)

    def _ask(
        self,
        question: Callable[[Car, Movement, Branch, datetime], Question],
        movement: Movement,
        deed: Callable[[Movement], None],
    ) -> None:
        car, branch = self.vm.state.car, self._branch
        if car is not None and branch is not None:
            asked = question(car, movement, branch, self._now())
            self.tasks.once("ask", self._agree(asked, movement, deed))

    async def _agree(self, question: Question, movement: Movement, deed: Callable[[Movement], None]) -> None:
        if await confirm(self.window(), question):
            # As it was asked about: one that was changed meanwhile is refused by its version.
            deed(movement)

    async def _lose(self) -> None:
        question = self.to_lose()
        if question is None or await confirm(self.window(), question):
            self._close_form()

    def _close_form(self) -> None:
        self.vm.give_up()
        self.plan.setFocus()

    def _connect(self) -> None:
        self.tasks.failed.connect(self.task_failed)
        self.plan.clicked.connect(lambda _checked: self.vm.begin())
        self.vm.changed.connect(self._draw)

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.plan)
        column.addLayout(head)
        for part in (self.problem, self.none):
            column.addWidget(part)
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID)
        column.addLayout(self._list)
