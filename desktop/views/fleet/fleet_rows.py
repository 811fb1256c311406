"""The cars of a fleet on one model, as cards or as a table, with their phases."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.viewmodels.fleet.fleet import FleetState, FleetViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.fleet.fleet_row import FleetLine, columns_of, line_of
from desktop.views.parts.asked_slices import AskedSlices
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace, announce
from desktop.views.parts.waiting import Waiting
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.cards.card_layout import GAP, PICTURE
from desktop.widgets.table.record_table import RecordTable
from desktop.words.messages import counted, say
from engine.domain.car.fleet import FleetQuery, FleetRows
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

_SKELETON = 24


class FleetRowsView(QWidget):
    """Signals: ``chosen`` carries a Car; ``add_wanted`` and ``clear_wanted`` are first steps of an empty page."""

    chosen = Signal(object)
    add_wanted = Signal()
    clear_wanted = Signal()
    told = Signal(str)

    def __init__(self, context: ViewContext, workspace: Workspace, fleet: FleetViewModel, photos: Photos) -> None:
        super().__init__()
        self.vm, self._now, self._photos = fleet, workspace.now, photos
        self._shown: FleetQuery | None = None
        self.model: AskedSlices[FleetLine] = AskedSlices(columns_of(owners=fleet.any_owner), fleet, self._lines)
        self.grid = CardGrid(context.theme, context.shimmer, lambda line: line.text)
        self.grid.set_photo_of(self._photo)
        self.damage = DamageBox(self)
        self.table = RecordTable(context.theme, context.shimmer)
        self.table.setAccessibleName(tr("Cars"))
        self.table.narrow_px = 0  # columns go one by one
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.table)
        self.content = Content(context, self._stack, inset=GAP // 2)
        self.loading = Waiting(
            self,
            fleet,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: self._shown == state.query,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.content)
        self._connect()
        self.show_as(table=False)

    @property
    def as_table(self) -> bool:
        return self._stack.currentWidget() is self.table

    def show_as(self, *, table: bool) -> None:
        """The same cars, the same one current."""
        wanted = self.table if table else self.grid
        self._stack.setCurrentWidget(wanted)
        self._stack.setFocusProxy(wanted)
        # Cards keep half of their gap at each side; the table stands flush with the page.
        edge = GAP // 2 if table else 0
        self._stack.setContentsMargins(edge, 0, edge, 0)

    def draw(self, state: FleetState) -> None:
        self.loading.draw(state)

    def take_focus(self) -> None:
        self.content.take_focus()

    def _put_up_skeleton(self) -> None:
        self._shown = None
        self.model.forget(_SKELETON)
        self.content.show_rows()
        self.told.emit(tr("Loading"))

    def _fill(self, state: FleetState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            self._fail(state, state.problem)
        elif state.first is not None and state.first.total:
            self._put(state)
        else:
            self._empty(state)

    def _put(self, state: FleetState) -> None:
        if state.first is None:
            return
        again = self._shown == state.query
        current = self.model.row_at(self._current().row())
        scrolled = [view.verticalScrollBar().value() if again else 0 for view in (self.grid, self.table)]
        self._shown = state.query
        lines = self._lines(state.first)
        self.model.begin(state.first.total, lines)
        self.content.show_rows()
        wanted = current.car_id if current and again else None
        at = next((at for at, line in enumerate(lines) if line.car_id == wanted), -1)
        self._select(at)
        for view, value in zip((self.grid, self.table), scrolled, strict=True):
            view.verticalScrollBar().setValue(value)
        self.told.emit(counted("{count} car", "{count} cars", state.first.total))
        announce(self, counted("{count} car", "{count} cars", state.first.total))

    def _empty(self, state: FleetState) -> None:
        self._shown = state.query
        self.model.forget()
        self.told.emit(" ")
        if state.query.filters:
            words = tr("With fewer filters there may be one.")
            self.content.show_empty(Icon.NO_CAR, tr("No car fits"), words, tr("Clear filters"))
        else:
            words = tr("A car that is added here can be booked at its branch at once.")
            self.content.show_empty(Icon.FLEET, tr("No cars yet"), words, tr("Add the first car"))

    def _fail(self, state: FleetState, problem: DriveSphereError) -> None:
        if self._shown == state.query and self.model.rowCount():
            self.model.fail_asked()
            self.content.tell_stale(
                tr("{problem} These cars are as they were loaded before.", problem=say(problem).text)
            )
            return
        self._shown = None
        self.model.forget()
        self.told.emit(" ")
        self.content.show_problem(problem, tr("The cars did not come"))

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        elif self.vm.state.query.filters:
            self.clear_wanted.emit()
        else:
            self.add_wanted.emit()

    def _lines(self, page: FleetRows) -> list[FleetLine]:
        state, now = self.vm.state, self._now()
        return [line_of(row, state, now) for row in page.rows]

    def _choose(self, line: FleetLine) -> None:
        if isinstance(line.row, Damaged):
            self.damage.tell(line.row)
        else:
            self.chosen.emit(line.row.car)

    def _photo(self, line: FleetLine) -> QPixmap | None:
        size: QSize = PICTURE
        return self._photos.pixmap(line.photo_id, size, self.devicePixelRatioF()) if line.photo_id else None

    def _current(self) -> QModelIndex:
        return (self.table if self.as_table else self.grid).currentIndex()

    def _select(self, at: int) -> None:
        flag = QItemSelectionModel.SelectionFlag
        how = (flag.NoUpdate if at < 0 else flag.ClearAndSelect) | flag.Rows
        self.grid.selectionModel().setCurrentIndex(self.model.index(max(at, 0), 0), how)

    def _connect(self) -> None:
        for view in (self.grid, self.table):
            view.setModel(self.model)
            view.visible_rows.connect(self.model.want_rows)
            view.retry_wanted.connect(self.model.retry)
            view.chosen.connect(self._choose)
        self.table.setSelectionModel(self.grid.selectionModel())
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self._photos.changed.connect(self.grid.viewport().update)
