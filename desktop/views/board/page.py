"""*Board*: what the time of all cars is promised for, on one page.

API: BoardPage(context, vm, now, host): opened(Bar), book_wanted(row, since, until), new_wanted; next_gap(), go_now(),
zoom(by), set_density(density), set_online(online).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.board.board import ZOOMS, BoardState, BoardViewModel, Look
from desktop.viewmodels.phases import Phase
from desktop.views.board.acting import BoardActing
from desktop.views.board.axis import BoardAxis
from desktop.views.board.filters import BoardFilters
from desktop.views.board.gaps import next_at_risk, next_gap, rental_in
from desktop.views.board.heading import heading_of
from desktop.views.board.inspecting import told_of
from desktop.views.board.inspector import Inspector, Legend
from desktop.views.board.lifting_view import LiftingView
from desktop.views.board.lines import BoardLine, Group, Words, lines_of
from desktop.views.board.scale import Density
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.widgets.loading.painted import Painted
from desktop.widgets.panel import Panel
from desktop.words.figures import branch_name, clock_time, desk_zone, zone_name
from desktop.words.messages import say
from engine.domain.booking.board import MOST_CARS, Bar, Board, BoardRow, sound_rows
from engine.domain.firm.events import Fact
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_TITLE = tr("Board")
#: How often the words are told anew: every second while a hold in sight counts down.
_TICK_MS, _HOLD_TICK_MS = 15_000, 1_000
_LEGEND_FROM_PX = 1200


class BoardPage(Page):
    """Signals: ``opened`` carries the Bar that is to be looked at; ``book_wanted`` row, pick-up and return.

    ``new_wanted`` comes where a booking is to be made, ``looked_at`` when another cell was chosen, ``painted`` after a
    board came to the screen; ``at_risk`` carries how many promises are.
    """

    opened = Signal(object)
    book_wanted = Signal(object, object, object)
    new_wanted = Signal()
    looked_at = Signal()
    painted = Signal()
    at_risk = Signal(int)

    def __init__(self, context: ViewContext, vm: BoardViewModel, now: Callable[[], datetime], host: QWidget) -> None:
        """*host* is where a refusal slides in."""
        super().__init__()
        self.vm, self._now, self._online = vm, now, True
        self._filled, self._folded = False, frozenset[Group]()
        self.view = LiftingView(context)
        self.axis = BoardAxis(context.theme, self.view)
        self.inspector, self.legend = Inspector(context.theme), Legend(context.theme)
        self.frame = Panel(context.theme, padding=1)
        self.content = Content(context, self.frame)
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.new = Button(context.theme, tr("New booking"), icon=Icon.ADD)
        self.fewer, self.more = Button(context.theme, tr("Cars before")), Button(context.theme, tr("More cars"))
        self.filters = BoardFilters(context.theme, with_branches=vm.may_choose_branch)
        self.toast, self.damage = Toast(context.theme, host), DamageBox(self)
        self.acting = BoardActing(self, self.view, vm.acts, self.toast, now)
        self._on_screen = Painted(self, self.view.viewport(), self.content.empty)
        self._tick = QTimer(self)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: self._filled and state.board is not None,
        )
        self._lay_out()
        self._connect()
        self.filters.show_days(vm.state.look.days)

    # What the window tells it.

    def focus_first(self) -> None:
        if self.content.shows_rows:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.content.take_focus()

    def focus_search(self) -> bool:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()
        return True

    def start(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def come_back(self) -> None:
        self.vm.load()

    def apply(self, fact: Fact) -> None:
        self.vm.took(fact)

    def stop(self) -> None:
        self._tick.stop()
        self.acting.stop()
        self.damage.stop()

    def set_online(self, *, online: bool) -> None:
        """Offline the board can be read, and nothing be done on it."""
        self._online = self.acting.online = online
        self.view.acts = online and not self.vm.own_fleet
        if not online:
            self.view.put_back()
        self.new.setEnabled(online)
        self._inspect()

    # What a person does.

    @property
    def bar(self) -> Bar | None:
        return self.view.bar

    @property
    def zone(self) -> tzinfo:
        """The clock of the days: the branch's, or that of the first car."""
        board, own = self.vm.state.board, self.vm.state.look.branch_id
        if board is None:
            return desk_zone()
        chosen = next((branch.zone for branch in board.branches if branch.id == own), "")
        known = chosen or next((row.zone for row in sound_rows(board.rows)), "")
        return shown_zone(known) if known else desk_zone()

    def go_now(self) -> None:
        """To the cell in which it is now, of the chosen car."""
        self._look(replace(self.vm.state.look, first=None))
        self.view.go_now(self._now())

    def zoom(self, by: int) -> None:
        """Closer, or further away; what is chosen stays in sight."""
        look = self.vm.state.look
        n = min(max(ZOOMS.index(look.days) - by, 0), len(ZOOMS) - 1)
        self.show_days(ZOOMS[n])

    def show_days(self, days: int) -> None:
        """As many days, with the chosen cell among them; along with today where it is in sight by that."""
        look, chosen = self.vm.state.look, self.view.cell()[0].astimezone(self.zone).date()
        wanted = replace(look, days=days, first=None)
        usual = wanted.first_day(self._now(), self.zone)
        if not usual <= chosen < usual + timedelta(days=days):
            wanted = replace(wanted, first=chosen - timedelta(days=days // 3))
        self.filters.show_days(days)
        self._look(wanted)

    def shift(self, days: int) -> None:
        look = self.vm.state.look
        first = look.first_day(self._now(), self.zone) + timedelta(days=days)
        self._look(replace(look, first=first))

    def set_density(self, density: Density) -> None:
        self.filters.show_density(density)
        self.view.set_density(density)
        self.axis.update()

    def turn(self, pages: int) -> None:
        """To other cars, where there are more than one page has."""
        look = self.vm.state.look
        self.vm.look_at(replace(look, offset=max(0, look.offset + pages * MOST_CARS)))

    def next_gap(self) -> None:
        """To the next time in which a car could be had, of this one or of those below it."""
        self._go_to(next_gap(self.view, self._now()), tr("No car below has a gap in these days."))

    def next_at_risk(self) -> None:
        """To the next promise that a late car may break."""
        self._go_to(next_at_risk(self.view), tr("No promise is at risk."))

    def _go_to(self, found: tuple[str, datetime, str] | None, otherwise: str) -> None:
        if found is None:
            self.toast.tell(otherwise)
        else:
            self.view.go_to(*found)

    def _look(self, look: Look) -> None:
        self.vm.look_at(look)
        self._show_window()

    def _ask(self) -> None:
        look = self.vm.state.look
        branch = self.filters.branch_id if self.vm.may_choose_branch else look.branch_id
        self.vm.look_at(replace(look, branch_id=branch, bodies=self.filters.bodies, offset=0))

    def _fold(self, group: Group | None) -> None:
        if group is not None:
            self._folded ^= {group}
            self._narrow()

    def _book(self, row: BoardRow, since: datetime) -> None:
        """In the gap that is there: from the cell's beginning, for a day or as long as there is."""
        now = self._now()
        placing, end = self.view.placing, self.view.cell()[1]
        if end <= now or placing is None:
            return
        rental = rental_in(row, since, placing.until, now)
        if rental is not None and self._online and not self.vm.own_fleet:
            self.book_wanted.emit(row, *rental)

    # What is shown.

    def _put_up_skeleton(self) -> None:
        self._filled = False
        self._show_window()
        self.view.show_skeleton(Words(self.zone, self._now(), {}))
        self.axis.put((), "")
        self.inspector.say(tr("Days and hours are already right; bars follow."), "", ())
        self.header.say(_TITLE, tr("Loading"))
        self.content.show_rows()

    def _fill(self, state: BoardState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            self._fail(state.problem, state.board)
        elif state.board is not None:
            self._put(state.board)

    def _fail(self, problem: DriveSphereError, board: Board | None) -> None:
        if self._filled and board is not None:
            at = clock_time(board.at, self.zone)
            self.content.tell_stale(tr("{problem} What you see is as of {at}.", problem=say(problem).text, at=at))
        else:
            self.header.say(_TITLE, " ")
            self.content.show_problem(problem, tr("The board did not come"))

    def _put(self, board: Board) -> None:
        self._filled = True
        self._on_screen.expect()
        self.filters.know_branches(board.branches)
        words = self._words(board)
        lines = lines_of(board, self.filters.wanted, words.now, self._folded, many=self.vm.state.look.branch_id is None)
        self._show_window()
        if not lines:
            self._show_none()
            return
        begins = self.view.line is None
        self.view.acts = self._online and not self.vm.own_fleet
        self.view.put(lines, words)
        if begins:
            self.view.go_now(words.now)
        self._head(board, lines)
        self.content.show_rows()
        self._inspect()
        self._tick.setInterval(self._pace())

    def _words(self, board: Board) -> Words:
        return Words(self.zone, self._now(), {branch.id: branch for branch in board.branches}, board.asked.span)

    def _show_window(self) -> None:
        look = self.vm.state.look
        self.view.show_window(look.first_day(self._now(), self.zone), look.days, self.zone)
        self.axis.tell_time()
        if self.vm.state.board is not None and self._filled:
            self._subtitle(self.vm.state.board)

    def _head(self, board: Board, lines: list[BoardLine]) -> None:
        cars = tuple(row for line in lines if line.head for row in line.cars)
        branch = self._branch(board)
        zone = zone_name(board.at, self.zone)
        self.axis.put(cars, f"{branch} · {zone}" if branch else zone)
        self._subtitle(board)
        self.at_risk.emit(self.axis.at_risk)

    def _branch(self, board: Board) -> str:
        own = self.vm.state.look.branch_id
        return next((branch_name(branch) for branch in board.branches if branch.id == own), "")

    def _subtitle(self, board: Board) -> None:
        before, shown = board.asked.offset, len(board.rows)
        self.fewer.setVisible(before > 0)
        self.more.setVisible(before + shown < board.total)
        self.header.say(_TITLE, heading_of(board, self._branch(board), self.view.scale))

    def _show_none(self) -> None:
        if self.filters.narrows:
            words = tr("No car fits that."), tr("Try other words, or look at everything.")
            self.content.show_empty(Icon.SEARCH, *words, tr("Show all"))
        else:
            self.content.show_empty(Icon.FLEET, tr("No cars stand here."), tr("Choose another branch."), "")

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        else:
            self.filters.reset()

    def _narrow(self) -> None:
        if self._filled and self.vm.state.board is not None:
            self._put(self.vm.state.board)

    def _inspect(self) -> None:
        words = self.view.table.words
        if words is not None and not self.view.skeleton:
            acting = self.acting if self._online and not self.vm.own_fleet else None
            self.inspector.say(*(self.acting.told or told_of(self.view, words, acting)))
        self.looked_at.emit()

    def _say_lifted(self) -> None:
        """What is taken up is read out, too: no other cell is chosen meanwhile."""
        self._inspect()
        if self.view.lift is not None:
            announce(self, f"{self.inspector.head.text()}. {self.inspector.facts.text()}")

    def _pace(self) -> int:
        return _HOLD_TICK_MS if any(bar.held for line in self.view.table.lines for bar in line.bars) else _TICK_MS

    def _tell_time(self) -> None:
        """The line of now goes on, what is late grows, holds count down; nothing is asked for."""
        board = self.vm.state.board
        if self._filled and board is not None and self.isVisible():
            self.view.tell_time(self._words(board))
            self.axis.tell_time()
            self.at_risk.emit(self.axis.at_risk)

    def _lay_out(self) -> None:
        for action in (self.fewer, self.more, self.new):
            self.header.add_action(action)
        self.new.setVisible(not self.vm.own_fleet)
        self.frame.body.setSpacing(0)
        for widget in (self.axis, self.view, self.inspector, self.legend):
            self.frame.body.addWidget(widget, 1 if widget is self.view else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.filters)
        column.addWidget(self.content, 1)

    def _connect(self) -> None:
        self.view.opened.connect(lambda _row, bar: self.opened.emit(bar))
        self.view.book_wanted.connect(self._book)
        self.view.moved.connect(self._inspect)
        self.view.shifted.connect(self.shift)
        self.view.zoomed.connect(self.zoom)
        self.view.folded.connect(self._fold)
        self.view.unread.connect(self.damage.tell)
        self.filters.changed.connect(self._narrow)
        self.filters.asked.connect(self._ask)
        self.filters.stepped.connect(lambda by: self.shift(by * self.vm.state.look.days))
        self.filters.now_wanted.connect(self.go_now)
        self.filters.zoomed.connect(self.show_days)
        self.filters.dense.connect(self.set_density)
        self.filters.search.stepped_down.connect(self.focus_first)
        self.new.clicked.connect(self.new_wanted)
        self.fewer.clicked.connect(lambda: self.turn(-1))
        self.more.clicked.connect(lambda: self.turn(1))
        self._on_screen.painted.connect(self.painted)
        self.content.retried.connect(self.vm.load)
        self.content.stepped.connect(self._stepped)
        self._tick.timeout.connect(self._tell_time)
        self.acting.said.connect(self._say_lifted)
        self.acting.book_wanted.connect(self.book_wanted)
        for failed in (self.damage.task_failed, self.acting.task_failed):
            failed.connect(self.task_failed)
        self.vm.changed.connect(self.loading.draw)
        self.vm.sold.connect(lambda row: self.toast.tell(tr("{plate} is not to be had then.", plate=row.plate)))
        self.vm.refused.connect(lambda problem: self.toast.tell(say(problem).text))

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.setVisible(event.size().width() >= _LEGEND_FROM_PX)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start(_TICK_MS)
        self._tell_time()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)
