"""Where, from when to when, and what kind of car: any change searches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.messages import branch_line, branch_name, say, zone_note
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.search import SearchForm, SearchState
from desktop.views.client.filters import FilterChips, FilterRow
from desktop.views.client.moment_edit import MomentEdit
from desktop.widgets.combo import Combo
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from engine.domain.car import Branch, BranchId
from engine.domain.errors import InvalidPeriod

PAUSE_MS = 250
_BRANCH_SIGNS = 7


class SearchFormPanel(Panel):
    """Signals: ``edited`` carries the SearchForm once the person pauses."""

    edited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, padding=4 * GRID)
        self._form: SearchForm | None = None
        self._offered: list[tuple[str, Branch]] = []
        self.branch = Combo()
        self.branch.setAccessibleName("Branch")
        # Beside an open panel the form is narrow; the list that drops down shows the names in full.
        self.branch.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.branch.setMinimumContentsLength(_BRANCH_SIGNS)
        self.pick_up, self.drop_off = MomentEdit("Pick-up"), MomentEdit("Return")
        self.hint = Text(theme, " ", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.filters = FilterRow(theme)
        self.chips = FilterChips(theme, self.filters)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._lay_out(theme)
        self.branch.currentIndexChanged.connect(self._edited)
        self.pick_up.dateTimeChanged.connect(self._pick_up_moved)
        self.drop_off.dateTimeChanged.connect(self._edited)
        self.filters.edited.connect(self._edited)
        self.chips.cleared.connect(self._clear_filters)
        self._set_fields_enabled(enabled=False)

    def draw(self, state: SearchState, now: datetime) -> None:
        """Fields in the middle of being edited are left alone."""
        if state.form is None or self._pause.isActive():
            return
        # A clock is told as it stands when the car is fetched: summer time may begin or end before.
        at = state.form.pick_up.replace(tzinfo=state.branch.clock) if state.branch else now
        self._offer(state.branches, at)
        self._fill(state.form, state)
        self._hint_at(state, at)
        self._set_fields_enabled(enabled=True)

    def _fill(self, form: SearchForm, state: SearchState) -> None:
        self._form = form
        blocked = [QSignalBlocker(field) for field in (self.branch, self.pick_up, self.drop_off)]
        self.branch.setCurrentIndex(self.branch.findData(form.branch_id))
        for field, moment in ((self.pick_up, form.pick_up), (self.drop_off, form.drop_off)):
            if field.moment() != moment:
                field.show_moment(moment)
        self.filters.draw(state.facets, form)
        self.chips.draw()
        del blocked

    def _offer(self, branches: tuple[Branch, ...], at: datetime) -> None:
        offered = [(branch_line(branch, at), branch) for branch in branches]
        if offered == self._offered:
            return
        self._offered = offered
        blocked = QSignalBlocker(self.branch)
        self.branch.clear()
        for line, branch in offered:
            self.branch.addItem(line, branch.id)
            self.branch.setItemData(self.branch.count() - 1, branch_name(branch), Qt.ItemDataRole.AccessibleTextRole)
        del blocked

    def _hint_at(self, state: SearchState, at: datetime) -> None:
        """Below the times: what is wrong with them, or whose times they are."""
        if isinstance(state.problem, InvalidPeriod):
            self.hint.set_ink("danger")
            self.hint.setText(say(state.problem).text)
        else:
            self.hint.set_ink("muted")
            self.hint.setText((zone_note(at, state.branch) if state.branch else "") or " ")

    def _pick_up_moved(self) -> None:
        """The rental keeps its length; only the return is changed by itself."""
        if self._form is not None:
            blocked = QSignalBlocker(self.drop_off)
            self.drop_off.show_moment(self.pick_up.moment() + (self._form.drop_off - self._form.pick_up))
            del blocked
        self._edited()

    def _edited(self) -> None:
        if self._form is None:
            return
        self._form = self.filters.filled(
            replace(
                self._form,
                branch_id=BranchId(str(self.branch.currentData())),
                pick_up=self.pick_up.moment(),
                drop_off=self.drop_off.moment(),
            )
        )
        self.chips.draw()
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        self.edited.emit(self._form)

    def _clear_filters(self) -> None:
        for button in self.filters.buttons():
            button.show_chosen(frozenset())
        self._edited()

    def _set_fields_enabled(self, *, enabled: bool) -> None:
        for field in (self.branch, self.pick_up, self.drop_off, self.filters):
            field.setEnabled(enabled)

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(GRID)
        for column, (words, field) in enumerate(
            (("Branch", self.branch), ("Pick-up", self.pick_up), ("Return", self.drop_off))
        ):
            label = Text(theme, words, size=TypeSize.SMALL, ink="muted")
            label.setBuddy(field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 4 if column == 0 else 3)
        grid.addWidget(self.hint, 2, 0, 1, 3)
        self.body.setSpacing(GRID)
        self.body.addLayout(grid)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.chips)

    # Qt names below.

    def hideEvent(self, event: QHideEvent) -> None:
        if self._pause.isActive():
            self._tell()
        super().hideEvent(event)
