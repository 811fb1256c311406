"""The cars of a fleet on one model, as cards or as a table, with their phases."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.messages import plural, say
from desktop.models.pages import PAGE_SIZE, PagesModel, PageTicket
from desktop.theme.icons import Icon
from desktop.viewmodels.owner.fleet import FleetState, FleetViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.content import Content
from desktop.views.owner.fleet_row import FleetLine, columns_of, line_of
from desktop.views.photos import Photos
from desktop.views.tools import Tools, Workspace, announce
from desktop.widgets.card_grid import CardGrid
from desktop.widgets.card_layout import GAP, PICTURE
from desktop.widgets.loading import Loading
from desktop.widgets.phases import Look, Showing, Word
from desktop.widgets.record_table import RecordTable
from engine.domain.car import Car
from engine.domain.errors import DriveSphereError
from engine.domain.fleet import FleetQuery

_BONES = 24


class FleetRowsView(QWidget):
    """Signals: ``chosen`` carries a Car; ``add_wanted`` and ``clear_wanted`` are first steps of an empty page."""

    chosen = Signal(object)
    add_wanted = Signal()
    clear_wanted = Signal()
    told = Signal(str)

    def __init__(self, tools: Tools, workspace: Workspace, fleet: FleetViewModel, photos: Photos) -> None:
        super().__init__()
        self._vm, self._now, self._photos = fleet, workspace.now, photos
        self._shown: FleetQuery | None = None
        self._filled: FleetState | None = None
        self._bones = False
        self._run = 0
        self._orders: dict[int, PageTicket] = {}
        self.loading = Loading(self)
        self.model: PagesModel[FleetLine] = PagesModel(columns_of(owners=fleet.any_owner), self._order, PAGE_SIZE)
        self.grid = CardGrid(tools.theme, tools.shimmer, lambda line: line.text)
        self.grid.set_photo_of(self._photo)
        self.table = RecordTable(tools.theme, tools.shimmer)
        self.table.setAccessibleName("Cars")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.table)
        self.content = Content(tools, self._stack, inset=GAP // 2)
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
        if state.phase is Phase.LOADING:
            if state.run != self._run:
                self._run = state.run
                self.loading.begin(has_rows=self._shown == state.query)
        elif state.phase is Phase.READY:
            self.loading.settle()
        else:
            self.loading.fail()
        if state.phase is not Phase.LOADING and self.loading.showing.look is Look.CONTENT:
            self._fill(state)

    def take_focus(self) -> None:
        self.content.take_focus()

    def _look(self, showing: Showing) -> None:
        state = self._vm.state
        self.content.line.set_active(active=showing.progress)
        if state.phase is not Phase.FAILED:
            self.content.tell_stuck(stuck=showing.word is Word.OFFER_RETRY and state.phase is Phase.LOADING)
        if showing.look is Look.BONES:
            self._put_up_bones()
        elif showing.look is Look.CONTENT and state.phase is not Phase.LOADING:
            self._fill(state)

    def _put_up_bones(self) -> None:
        if not self._bones:
            self._bones, self._shown = True, None
            self._orders.clear()
            self.model.reset(_BONES)
            self.content.show_rows()
            self.told.emit("Loading")

    def _fill(self, state: FleetState) -> None:
        if state is self._filled:
            return
        self._filled, self._bones = state, False
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
        self._orders.clear()
        self.model.reset(state.first.total)
        lines = [line_of(row, state, self._now()) for row in state.first.rows]
        self.model.put_page(self.model.ticket(0), lines)
        self.content.show_rows()
        wanted = current.row.car.id if current and again else None
        at = next((at for at, line in enumerate(lines) if line.row.car.id == wanted), -1)
        self._select(at)
        for view, value in zip((self.grid, self.table), scrolled, strict=True):
            view.verticalScrollBar().setValue(value)
        self.told.emit(plural(state.first.total, "car"))
        announce(self, plural(state.first.total, "car"))

    def _empty(self, state: FleetState) -> None:
        self._shown = state.query
        self.model.reset(0)
        self.told.emit(" ")
        if state.query.filters:
            words = "With fewer filters there may be one."
            self.content.show_empty(Icon.NO_CAR, "No car fits", words, "Clear filters")
        else:
            words = "A car that is added here can be booked at its branch at once."
            self.content.show_empty(Icon.FLEET, "No cars yet", words, "Add the first car")

    def _fail(self, state: FleetState, problem: DriveSphereError) -> None:
        if self._shown == state.query and self.model.rowCount():
            for ticket in self._orders.values():
                self.model.page_failed(ticket)
            self.content.tell_stale(f"{say(problem).text} These cars are as they were loaded before.")
            return
        self._shown = None
        self.model.reset(0)
        self.told.emit(" ")
        self.content.show_problem(problem, "The cars did not come")

    def _stepped(self) -> None:
        if self._vm.state.phase is Phase.FAILED:
            self._vm.load()
        elif self._vm.state.query.filters:
            self.clear_wanted.emit()
        else:
            self.add_wanted.emit()

    def _order(self, ticket: PageTicket) -> None:
        """Only while the answer is there: until then nobody knows which query the rows belong to."""
        if self._shown is None:
            return
        self._orders[ticket.first_row] = ticket
        if self._vm.state.phase is not Phase.LOADING:
            self._vm.need_page(ticket.first_row)

    def _page_arrived(self, run: int, offset: int, page: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self._vm.state.run else None
        if ticket is not None:
            state = self._vm.state
            self.model.put_page(ticket, [line_of(row, state, self._now()) for row in getattr(page, "rows", ())])

    def _page_failed(self, run: int, offset: int, _problem: object) -> None:
        ticket = self._orders.pop(offset, None) if run == self._vm.state.run else None
        if ticket is not None:
            self.model.page_failed(ticket)

    def _choose(self, line: FleetLine) -> None:
        car: Car = line.row.car
        self.chosen.emit(car)

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
        self.content.retried.connect(self._vm.load)
        self.loading.changed.connect(self._look)
        self._photos.changed.connect(self.grid.viewport().update)
        self._vm.page_arrived.connect(self._page_arrived)
        self._vm.page_failed.connect(self._page_failed)
