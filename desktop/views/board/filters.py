"""The row above the board: what is looked for, which cars, which days, how close and how dense.

API: BoardFilters(theme, with_branches): wanted, bodies, branch_id; changed, asked, stepped, now_wanted, zoomed, dense.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.board.board import ZOOMS
from desktop.views.board.lines import SHAPES, Wanted
from desktop.views.board.scale import Density
from desktop.views.board.segments import Segments
from desktop.views.parts.filter_button import FilterButton
from desktop.widgets.button import Button
from desktop.widgets.flow import FlowLayout
from desktop.widgets.search_field import SearchField
from desktop.words.figures import branch_name
from desktop.words.messages import BODIES
from engine.domain.booking.board import BarShape
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId
from engine.words.tr import tr

_WIDE_PX = 1240
_DENSITIES = tuple(Density)


class BoardFilters(QWidget):
    """Signals: ``changed`` after others of the known cars are wanted, ``asked`` after others must be asked for.

    ``stepped`` carries -1 or +1 windows, ``zoomed`` a number of days, ``dense`` a Density.
    """

    changed = Signal()
    asked = Signal()
    stepped = Signal(int)
    now_wanted = Signal()
    zoomed = Signal(int)
    dense = Signal(object)

    def __init__(self, theme: Theme, *, with_branches: bool) -> None:
        super().__init__()
        self._names: dict[BranchId, str] = {}
        self._text = ""
        self.search = SearchField(theme, tr("Plate or renter"), pause_ms=0)
        self.search.setMinimumWidth(self.search.hint_width)
        self.branch: FilterButton[BranchId] = FilterButton(
            theme, tr("Branch"), lambda each: self._names.get(each, each), many=False, by_words=True
        )
        self.body: FilterButton[BodyType] = FilterButton(theme, tr("Body"), lambda each: BODIES[each])
        self.shape: FilterButton[BarShape] = FilterButton(theme, tr("State"), lambda each: SHAPES[each])
        self.body.set_choices(BodyType)
        self.shape.set_choices(SHAPES)
        if not with_branches:
            self.branch.hide()
        self.earlier, self.later = Button(theme, icon=Icon.BACK), Button(theme, icon=Icon.FORWARD)
        self.now = Button(theme, tr("Today"))
        days = [tr("{count} d", count=count) for count in ZOOMS]
        names, short = [each.value for each in Density], [each.value[:1] for each in Density]
        self.density = Segments(theme, names, tr("Height of rows"), short=short)
        self.zoom = Segments(theme, days, tr("Days shown"), short=[str(count) for count in ZOOMS])
        self.density.choose(_DENSITIES.index(Density.NORMAL))
        for button, words in (
            (self.earlier, tr("Earlier (Page Up)")),
            (self.later, tr("Later (Page Down)")),
            (self.now, tr("Today (T)")),
        ):
            button.setToolTip(words)
            button.setAccessibleName(words)
        self._lay_out()
        self._connect()

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.shape.chosen(), self._text)

    @property
    def bodies(self) -> frozenset[BodyType]:
        return self.body.chosen()

    @property
    def branch_id(self) -> BranchId | None:
        return next(iter(self.branch.chosen()), None)

    def know_branches(self, branches: tuple[Branch, ...]) -> None:
        names = {branch.id: branch_name(branch) for branch in branches if not branch.closed}
        if names != self._names:
            self._names = names
            self.branch.set_choices(names)

    def show_days(self, days: int) -> None:
        self.zoom.choose(ZOOMS.index(days))

    def show_density(self, density: Density) -> None:
        self.density.choose(_DENSITIES.index(density))

    def reset(self) -> None:
        """All cars are wanted again."""
        self._text = ""
        self.search.reset()
        self.shape.show_chosen(frozenset())
        if self.body.chosen():
            self.body.show_chosen(frozenset())
            self.asked.emit()
        self.changed.emit()

    @property
    def narrows(self) -> bool:
        return bool(self._text.strip() or self.shape.chosen() or self.body.chosen())

    def _lay_out(self) -> None:
        flow = FlowLayout(gap=2 * GRID)
        for widget in (self.search, self.branch, self.body, self.shape):
            flow.addWidget(widget)
        steps: tuple[QWidget, ...] = (self.earlier, self.now, self.later, self.density, self.zoom)
        for step in steps:
            flow.add_tail(step)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(flow)

    def _connect(self) -> None:
        self.search.searched.connect(self._typed)
        self.shape.edited.connect(self.changed)
        self.body.edited.connect(self.asked)
        self.branch.edited.connect(self.asked)
        self.earlier.clicked.connect(lambda: self.stepped.emit(-1))
        self.later.clicked.connect(lambda: self.stepped.emit(1))
        self.now.clicked.connect(self.now_wanted)
        self.zoom.picked.connect(lambda n: self.zoomed.emit(ZOOMS[n]))
        self.density.picked.connect(lambda n: self.dense.emit(_DENSITIES[n]))

    def _typed(self, text: str) -> None:
        self._text = text
        self.changed.emit()

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for each in (self.density, self.zoom):
            each.set_narrow(narrow=event.size().width() < _WIDE_PX)
