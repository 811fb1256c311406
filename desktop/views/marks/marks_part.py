"""The marks of a car in its panel: drawn from all sides, in a list, and what may be done about them.

API: MarksPart(theme, vm, now): draw(online=..., shown=...), may_mark(), ask(), stop(); task_failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.marks.marks import MarksState, MarksViewModel
from desktop.views.marks.closing_dialog import ask_follow, ask_repair
from desktop.views.marks.diagram import Dot, MarkDiagram
from desktop.views.marks.mark_list import ROW, MarkList
from desktop.views.marks.marks_dialog import ask_marks
from desktop.views.parts.view_context import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.mark_words import closed_words, found_words
from desktop.words.messages import counted, damage_words, say
from engine.domain.car.condition import CarMarks, Mark
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

#: Seen without scrolling in the panel.
_ROWS = 6


class MarksPart(QWidget):
    task_failed = Signal(object)

    def __init__(self, theme: Theme, vm: MarksViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self._now = vm, now
        self._online, self._shown = True, True
        self._told = ""
        self.tasks = TaskScope(self)
        self.heading = Text(theme, tr("Marks"), size=TypeSize.LEAD, bold=True)
        self.mark = Button(theme, tr("Mark …"), ButtonKind.QUIET)
        self.again = Button(theme, tr("Try again"), ButtonKind.QUIET)
        self.problem = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.diagram, self.list = MarkDiagram(theme), MarkList(theme)
        self.none = Text(theme, ink="muted", wrap=True)
        self.closed = Button(theme, "", ButtonKind.QUIET)
        self.closed.setCheckable(True)
        self.past = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.found = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.damaged = Text(theme, size=TypeSize.SMALL, ink="warning", wrap=True)
        self.repair = Button(theme, tr("Repaired …"), ButtonKind.QUIET)
        self.follow = Button(theme, tr("Replace …"), ButtonKind.QUIET)
        self._lay_out()
        self._connect()
        self._draw(vm.state)

    def draw(self, *, online: bool, shown: bool = True) -> None:
        """*shown* says whether the car is looked at, and not its form."""
        self._online, self._shown = online, shown
        self._draw(self.vm.state)

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        self.tasks.stop("ask")

    def may_mark(self) -> bool:
        return self.isVisible() and self.mark.isVisible() and self.mark.isEnabled()

    def ask(self) -> None:
        """What was found on the car is set, and written down."""
        self.tasks.once("ask", self._mark())

    @property
    def chosen(self) -> Mark | None:
        """The open mark that is stepped to."""
        known = self.vm.state.known
        every = () if known is None else known.open
        return next((mark for mark in every if mark.n == self.list.number), None)

    def _draw(self, state: MarksState) -> None:
        known, usable = state.known, self._online and not state.busy
        self.setVisible(self._shown and self.vm.may_see and state.car is not None)
        self.mark.setVisible(self.vm.may_mark)
        self.mark.setEnabled(usable and known is not None)
        told = say(state.problem).text if state.problem is not None else ""
        self.problem.setText(told)
        self.problem.setVisible(bool(told))
        self.again.setVisible(bool(told) and known is None)
        if told and told != self._told and self.isVisible():
            announce(self, told)
        self._told = told
        self._draw_known(known)
        self._draw_chosen()

    def _draw_known(self, known: CarMarks | None) -> None:
        shown = () if known is None else known.open
        if known is not None:
            self.diagram.show_body(known.car.body)
        self.diagram.show_dots([Dot(mark.n, mark.place) for mark in shown], self.list.number)
        self.list.show_marks(shown, ())
        self.list.setFixedHeight(min(len(shown), _ROWS) * ROW)
        for part in (self.diagram, self.list):
            part.setVisible(bool(shown))
        self.none.setText(tr("No mark is known on this car."))
        self.none.setVisible(known is not None and not shown)
        self._draw_closed(known)
        damaged = [] if known is None else [each for each in known.marks if isinstance(each, Damaged)]
        self.damaged.setText("\n".join(map(damage_words, damaged)))
        self.damaged.setVisible(bool(damaged))

    def _draw_closed(self, known: CarMarks | None) -> None:
        """Behind a button: who looks at a car asks what is there now."""
        every = () if known is None else known.marks
        closed = [mark for mark in every if isinstance(mark, Mark) and not mark.is_open]
        self.closed.setText(counted("{count} closed mark", "{count} closed marks", len(closed)))
        self.closed.setVisible(bool(closed))
        self.past.setText("\n".join(closed_words(mark, self._now()) for mark in closed))
        self.past.setVisible(bool(closed) and self.closed.isChecked())

    def _draw_chosen(self) -> None:
        mark, usable = self.chosen, self._online and not self.vm.state.busy
        self.found.setText("" if mark is None else found_words(mark, self._now()))
        self.found.setVisible(mark is not None)
        for button in (self.repair, self.follow):
            button.setVisible(self.vm.may_close and mark is not None)
            button.setEnabled(usable)
        if mark is not None:
            self.repair.setAccessibleName(tr("Mark {n} repaired", n=str(mark.n)))
            self.follow.setAccessibleName(tr("Replace mark {n}", n=str(mark.n)))

    def _stepped(self, number: int) -> None:
        known = self.vm.state.known
        if known is not None:
            self.diagram.show_dots([Dot(mark.n, mark.place) for mark in known.open], number)
        self._draw_chosen()

    async def _mark(self) -> None:
        known = self.vm.state.known
        new = None if known is None else await ask_marks(self.window(), known)
        if new and self.vm.state.car is not None and known is not None and self.vm.state.car.id == known.car.id:
            self.vm.add(new)

    async def _repair(self) -> None:
        known, mark = self.vm.state.known, self.chosen
        if known is not None and mark is not None:
            why = await ask_repair(self.window(), known.car, mark)
            if why is not None:
                self.vm.repair(mark, why)

    async def _follow(self) -> None:
        known, mark = self.vm.state.known, self.chosen
        if known is not None and mark is not None:
            told = await ask_follow(self.window(), known.car, mark)
            if told is not None:
                self.vm.follow(mark, *told)

    def _connect(self) -> None:
        self.tasks.failed.connect(self.task_failed)
        self.mark.clicked.connect(lambda _checked: self.ask())
        self.repair.clicked.connect(lambda _checked: self.tasks.once("ask", self._repair()))
        self.follow.clicked.connect(lambda _checked: self.tasks.once("ask", self._follow()))
        self.closed.toggled.connect(lambda _on: self._draw_closed(self.vm.state.known))
        self.again.clicked.connect(lambda _checked: self.vm.load())
        self.list.chosen.connect(self._stepped)
        self.diagram.pressed.connect(self.list.step_to)
        self.vm.changed.connect(self._draw)

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.again)
        head.addWidget(self.mark)
        foot.setSpacing(GRID)
        for button in (self.repair, self.follow):
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(head)
        for part in (self.problem, self.none, self.diagram, self.list, self.found, self.damaged):
            column.addWidget(part)
        column.addLayout(foot)
        column.addWidget(self.closed, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.past)
