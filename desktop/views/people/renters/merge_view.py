"""Two renters side by side: which value stays of each field, and how many bookings move."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.dialogs import About, Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.people.renters import RentersState, RentersViewModel
from desktop.views.booking.renter_list import RenterList
from desktop.views.parts.near import found_words
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.panel import Panel
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text
from desktop.words.messages import FIELDS, counted, say
from engine.domain.people.people import Renter
from engine.domain.people.phone import phone_text
from engine.domain.people.renters import Merge, RenterLook
from engine.words.tr import tr

_FIELDS = ("name", "email", "phone", "licence")


class MergeView(QWidget):
    """Nothing is chosen beforehand where the two differ. Signals: ``left`` when nothing is to be merged."""

    left = Signal()
    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: RentersViewModel) -> None:
        super().__init__()
        self._theme, self.vm = context.theme, vm
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self._pair: tuple[RenterLook, RenterLook] | None = None
        self._groups: dict[str, QButtonGroup] = {}
        self.back = Button(context.theme, tr("Back to the renter"), ButtonKind.QUIET, Icon.BACK)
        self.header = PageHeader(context.theme, tr("Compare and merge"), " ")
        self.banner = Banner(context.theme)
        self.search = SearchField(context.theme, tr("Who else is it? Any part of name, phone or e-mail"))
        self.found = RenterList(context.theme)
        self.word = Text(context.theme, ink="muted", wrap=True)
        self.merge = Button(context.theme, tr("Merge into one …"), ButtonKind.DANGER)
        self._grid_room = QWidget()
        self._lay_out()
        self.back.clicked.connect(self.leave)
        self.search.searched.connect(vm.find)
        self.search.stepped_down.connect(lambda: self.found.setFocus(Qt.FocusReason.OtherFocusReason))
        self.found.chosen.connect(lambda renter: vm.compare(renter.id))
        self.merge.clicked.connect(lambda: self.tasks.once("merge", self._ask()))
        vm.changed.connect(self.draw)

    def begin(self) -> None:
        self._pair, self._groups = None, {}
        self.search.reset()
        self.found.show_renters(())
        self.draw(self.vm.state)
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_begun(self) -> bool:
        """Whether something was chosen that would be lost."""
        return any(group.checkedId() >= 0 for group in self._groups.values())

    def leave(self) -> None:
        """Back to the renter; asks first where something was chosen."""
        if self.is_begun:
            self.tasks.once("merge", self._ask_to_leave())
        else:
            self.left.emit()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("merge")

    async def _ask_to_leave(self) -> None:
        question = Question(
            tr("Leave without merging?"),
            tr("What you chose for the two renters is not merged yet and would be lost."),
            tr("Leave, lose the choices"),
            tr("Go on comparing"),
            grave=True,
            final=True,
        )
        if await confirm(self.window(), question):
            self.left.emit()

    def draw(self, state: RentersState) -> None:
        seeking = state.other is None
        self.search.setVisible(seeking)
        self.found.setVisible(seeking)
        self.found.show_renters(state.found.rows if seeking else (), state.country)
        self.merge.setVisible(not seeking)
        self._grid_room.setVisible(not seeking)
        if state.problem is None:
            self.banner.clear()
        else:
            self.banner.tell(Tone.DANGER, say(state.problem).text, closable=False)
        if state.look is None:
            return
        if state.other is None:
            self._pair = None
            self.header.say(
                tr("Compare and merge"), tr("Who is the same person as {renter}?", renter=state.look.file.renter.name)
            )
            self.word.setText(found_words(state.found, state.found_for))
            return
        if self._pair != (state.look, state.other):
            self._pair = (state.look, state.other)
            self._fill(*self._pair)
            self._take_focus()
        self._judge()

    def _take_focus(self) -> None:
        """To the first choice that is open, where the search has just gone."""
        window = self.window()
        focused = window.focusWidget()
        if focused is None or focused is self.search or not self._grid_room.isAncestorOf(focused):
            open_ones = (group.button(0) for group in self._groups.values() if group.checkedId() < 0)
            target: QWidget = next(open_ones, self.merge)
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, keep: RenterLook, other: RenterLook) -> None:
        self.header.say(
            tr("Compare and merge"), tr("Choose what stays of each line. The other one leads here afterwards.")
        )
        chosen = {name: group.checkedId() for name, group in self._groups.items()}
        self._groups = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * GRID)
        grid.setVerticalSpacing(3 * GRID)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for at, look in enumerate((keep, other), 1):
            title = Text(self._theme, look.file.renter.name, size=TypeSize.LEAD, bold=True, wrap=True)
            grid.addWidget(title, 0, at)
            grid.addWidget(
                Text(self._theme, counted("{count} booking", "{count} bookings", look.bookings), ink="muted"), 1, at
            )
        for row, name in enumerate(_FIELDS, 2):
            grid.addWidget(Text(self._theme, FIELDS[name], ink="muted"), row, 0)
            self._add_choice(grid, row, name, (keep.file.renter, other.file.renter), chosen.get(name, -1))
        room = QWidget()
        room.setLayout(grid)
        self._room.takeAt(0)
        self._grid_room.deleteLater()
        self._grid_room = room
        self._room.addWidget(room)

    def _add_choice(self, grid: QGridLayout, row: int, name: str, pair: tuple[Renter, Renter], chosen: int) -> None:
        values = [getattr(renter, name) for renter in pair]
        shown = [phone_text(value) if name == "phone" else value for value in values]
        if values[0] == values[1]:
            grid.addWidget(Text(self._theme, tr("{shown} (the same)", shown=shown[0]), wrap=True), row, 1, 1, 2)
            return
        group = self._groups[name] = QButtonGroup(self)
        for at, words in enumerate(shown):
            button = Button(self._theme, words, ButtonKind.PLAIN)
            button.setCheckable(True)
            button.setAccessibleName(f"{FIELDS[name]}: {words}")
            # The chosen one is told by a tick, not by its colour alone.
            button.toggled.connect(partial(_tick, button))
            group.addButton(button, at)
            grid.addWidget(button, row, at + 1)
        if chosen >= 0:
            group.button(chosen).setChecked(True)
        group.idToggled.connect(lambda _id, _on: self._judge())

    def _judge(self) -> None:
        if self._pair is None:
            return
        left = [FIELDS[name] for name, group in self._groups.items() if group.checkedId() < 0]
        keep, other = self._pair
        self.merge.setEnabled(not left and not self.vm.state.busy)
        if left:
            self.word.setText(tr("Still to choose: {left}.", left=", ".join(left)))
        else:
            moves = counted("{count} booking", "{count} bookings", other.bookings)
            self.word.setText(
                tr(
                    "{moves} of {renter} will be {renter2}'s. Payments stay as they are.",
                    moves=moves,
                    renter=other.file.renter.name,
                    renter2=keep.file.renter.name,
                )
            )

    def _chosen(self) -> Merge | None:
        if self._pair is None or any(group.checkedId() < 0 for group in self._groups.values()):
            return None
        keep, other = self._pair
        pair = (keep.file.renter, other.file.renter)
        at = {name: group.checkedId() for name, group in self._groups.items()}
        values = {name: getattr(pair[at.get(name, 0)], name) for name in _FIELDS}
        return Merge(keep.file.id, keep.file.version, other.file.id, other.file.version, **values)

    async def _ask(self) -> None:
        merge, pair = self._chosen(), self._pair
        if merge is None or pair is None:
            return
        keep, other = pair
        question = Question(
            tr("Merge {renter} into {renter2}?", renter=other.file.renter.name, renter2=keep.file.renter.name),
            tr(
                "{bookings} will move. The audit says which; there is no way to part them again.",
                bookings=counted("{count} booking", "{count} bookings", other.bookings),
            ),
            tr("Merge into one renter"),
            tr("Keep two renters"),
            about=About(merge.name, "", merge.email, phone_text(merge.phone)),
            grave=True,
            final=True,
        )
        if await confirm(self.window(), question):
            self.vm.merge(merge)

    def _lay_out(self) -> None:
        panel = Panel(self._theme)
        for part in (self.search, self.found):
            panel.body.addWidget(part)
        self._room = QVBoxLayout()
        self._room.addWidget(self._grid_room)
        panel.body.addLayout(self._room)
        panel.body.addWidget(self.word)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.merge)
        panel.body.addLayout(foot)
        room = QScrollArea(widgetResizable=True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(panel)
        inner.addStretch(1)
        room.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        room.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 3 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeading)
        for widget in (self.header, self.banner):
            column.addWidget(widget)
        column.addWidget(room, 1)


def _tick(button: Button, chosen: bool) -> None:  # noqa: FBT001 -- as the signal says it
    button.set_icon(Icon.CHECK if chosen else None)
