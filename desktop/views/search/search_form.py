"""Where, from when to when, and what kind of car: any change searches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.search.search import SearchForm, SearchState
from desktop.views.parts.filter_button import FilterChips
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.moments.lengths import LengthChips
from desktop.views.search.filters import FilterRow
from desktop.widgets.combo import Combo
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from desktop.words.hours_words import open_line
from desktop.words.messages import branch_line, branch_name, zone_note
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.opening_hours import Handing
from engine.domain.shared.errors import InvalidPeriod
from engine.words.refused import period_sentence
from engine.words.tr import tr

PAUSE_MS = 250
_BRANCH_SIGNS = 7
_DAY = timedelta(days=1)
#: Below this width the branch has a line of its own.
_NARROW_PX = 170 * GRID


class SearchFormPanel(Panel):
    """Signals: ``edited`` carries the SearchForm once the person pauses."""

    edited = Signal(object)

    def __init__(self, theme: Theme, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        """*now* is the server's time (UTC)."""
        super().__init__(theme, parent, padding=4 * GRID)
        self._branch: Branch | None = None
        self._form: SearchForm | None = None
        self._offered: list[tuple[str, Branch]] = []
        self.branch = Combo()
        self.branch.setAccessibleName(tr("Branch"))
        # Beside an open panel the form is narrow; the list that drops down shows the names in full.
        self.branch.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.branch.setMinimumContentsLength(_BRANCH_SIGNS)
        self.pick_up = MomentField(theme, tr("Pick-up"), now=now)
        self.drop_off = MomentField(theme, tr("Return"), now=now, beneath=False)
        self.lengths = LengthChips(theme)
        self.hint = Text(theme, " ", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.filters = FilterRow(theme)
        self.chips = FilterChips(theme, self.filters.buttons())
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._lay_out(theme)
        self.branch.currentIndexChanged.connect(self._branch_moved)
        self.pick_up.taken.connect(self._pick_up_moved)
        self.drop_off.taken.connect(self._edited)
        for field in (self.pick_up, self.drop_off):
            field.entered.connect(self._entered)
        self.lengths.chosen.connect(self._length_chosen)
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
        self._stand_at(state.branch)
        for field, moment in ((self.pick_up, form.pick_up), (self.drop_off, form.drop_off)):
            if not field.at_odds:
                field.show_moment(moment)
        self._mark_length()
        self.filters.draw(state.facets, form)
        self.chips.draw()
        del blocked

    def _stand_at(self, branch: Branch | None) -> None:
        """Both times are those of the wall clock there."""
        self._branch = branch
        for field, handing in ((self.pick_up, Handing.PICKUP), (self.drop_off, Handing.RETURN)):
            field.set_clock(branch.clock if branch is not None else UTC, branch, handing)

    def _mark_length(self) -> None:
        if self._form is None:
            return
        out, back = self._form.pick_up, self._form.drop_off
        self.drop_off.set_base(out)
        days, rest = divmod(back - out, _DAY)
        self.lengths.show_days(None if rest else days)
        for field in (self.pick_up, self.drop_off):
            field.set_tinted(out.date(), back.date())

    def _offer(self, branches: tuple[Branch, ...], at: datetime) -> None:
        ordered = in_language_order(branches, branch_name)
        offered = [(branch_line(branch, at), branch) for branch in ordered]
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
        """Below the branch whose times they are and when it is open; what is wrong with the times, at the return."""
        note = zone_note(at, state.branch) if state.branch else ""
        hours = f"{open_line(state.branch.hours, at.date())} " if state.branch else ""
        self.hint.setText(f"{hours}{note}" or " ")
        if isinstance(state.problem, InvalidPeriod):
            self.drop_off.warn(period_sentence(state.problem))

    def _branch_moved(self) -> None:
        """The same times on another wall, where one of them may not exist or come twice."""
        chosen = BranchId(str(self.branch.currentData()))
        self._stand_at(next((branch for _, branch in self._offered if branch.id == chosen), self._branch))
        blocked = [QSignalBlocker(field) for field in (self.pick_up, self.drop_off)]
        if self._form is not None:
            self.pick_up.propose(self._form.pick_up)
            self.drop_off.propose(self._form.drop_off)
        del blocked
        self._edited()

    def _pick_up_moved(self) -> None:
        """The rental keeps its length; only the return is changed by itself."""
        if self._form is not None:
            self._return_after(self._form.drop_off - self._form.pick_up)
        self._edited()

    def _length_chosen(self, days: int) -> None:
        self._return_after(days * _DAY)
        self._edited()

    def _return_after(self, length: timedelta) -> None:
        blocked = QSignalBlocker(self.drop_off)
        self.drop_off.propose(self.pick_up.moment().replace(fold=0) + length)
        del blocked

    def one_day_later(self) -> None:
        if self._form is not None:
            self.pick_up.propose(self._form.pick_up.replace(fold=0) + _DAY)

    def _entered(self) -> None:
        if self._pause.isActive():
            self._tell()

    def _edited(self) -> None:
        if self._form is None:
            return
        if self.pick_up.undecided or self.drop_off.undecided:
            self._pause.stop()
            return
        self._form = self.filters.filled(
            replace(
                self._form,
                branch_id=BranchId(str(self.branch.currentData())),
                pick_up=self.pick_up.moment(),
                drop_off=self.drop_off.moment(),
            )
        )
        self._mark_length()
        self.chips.draw()
        self._pause.start()

    def _tell(self) -> None:
        self._pause.stop()
        self.edited.emit(self._form)

    def _clear_filters(self) -> None:
        for button in self.filters.buttons():
            button.show_chosen(frozenset())
        self.filters.words.reset()
        self._edited()

    def _set_fields_enabled(self, *, enabled: bool) -> None:
        for field in (self.branch, self.pick_up, self.drop_off, self.filters):
            field.setEnabled(enabled)

    def _lay_out(self, theme: Theme) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setVerticalSpacing(2 * GRID)
        self._places = (
            _labelled(theme, tr("Branch"), self.branch, self.hint),
            _labelled(theme, tr("Pick-up"), self.pick_up),
            _labelled(theme, tr("Return"), self.drop_off, self.lengths),
        )
        self._narrow: bool | None = None
        self._arrange(narrow=False)
        self.body.setSpacing(GRID)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.chips)

    def _arrange(self, *, narrow: bool) -> None:
        if narrow is self._narrow:
            return
        self._narrow = narrow
        top = Qt.AlignmentFlag.AlignTop
        branch, out, back = self._places
        self._grid.addWidget(branch, 0, 0, 1, 2 if narrow else 1, top)
        self._grid.addWidget(out, 1 if narrow else 0, 0 if narrow else 1, top)
        self._grid.addWidget(back, 1 if narrow else 0, 1 if narrow else 2, top)
        for column, stretch in enumerate((1, 1, 0) if narrow else (4, 4, 4)):
            self._grid.setColumnStretch(column, stretch)

    # Qt names below.

    def hideEvent(self, event: QHideEvent) -> None:
        if self._pause.isActive():
            self._tell()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(narrow=event.size().width() < _NARROW_PX)


def _labelled(theme: Theme, words: str, field: QWidget, *beneath: QWidget) -> QWidget:
    """A field under its name, and what stands beneath it."""
    labelled = QWidget()
    label = Text(theme, words, size=TypeSize.SMALL, ink="muted")
    label.setBuddy(field)
    column = QVBoxLayout(labelled)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    for widget in (label, field, *beneath):
        column.addWidget(widget)
    return labelled
