"""The board of a branch, a firm or a fleet: its line in the rail, its page, and its keys.

API: BoardPart(context, workspace, frame, open_number, open_offer): entries, page, commands(), took(booking).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.board.board import BoardViewModel
from desktop.views.board.acting import BoardActing
from desktop.views.board.keys import BOARD
from desktop.views.board.page import BoardPage
from desktop.views.board.scale import Density
from desktop.views.parts.area import Entry, Frame
from desktop.views.parts.view_context import ViewContext, Workspace
from engine.domain.booking.board import Bar
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import Offer
from engine.domain.people.people import Deed
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr

_GROUP = tr("Board")
_HEIGHTS = (
    (Density.COMPACT, tr("Low rows")),
    (Density.NORMAL, tr("Rows as usual")),
    (Density.LARGE, tr("High rows")),
)


Act = Callable[[BoardActing], None]
May = Callable[[BoardActing], bool]


class BoardPart(QObject):
    """Signals: ``new_wanted`` as the page has it, ``changed`` carries a Booking that was changed on it."""

    changed = Signal(object)
    new_wanted = Signal()

    def __init__(
        self,
        context: ViewContext,
        workspace: Workspace,
        frame: Frame,
        open_number: Callable[[BookingId], object],
        open_offer: Callable[[Offer, RentalPeriod, Branch], object] | None = None,
    ) -> None:
        """*open_number* shows a booking of which the number is known, *open_offer* begins one."""
        super().__init__(frame.host)
        self._context, self._workspace, self._frame = context, workspace, frame
        self._open_number, self._open_offer = open_number, open_offer
        self.vm: BoardViewModel | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Who stands at no branch, and sees no others, has no board."""
        actor = self._workspace.actor
        sees = actor.may(Deed.SEE_BRANCH_BOOKINGS) and (actor.branch_id or actor.may(Deed.SEE_ALL_BOOKINGS))
        if not (sees or actor.owner_id):
            return ()
        return (Entry(BOARD, tr("Board"), Icon.CALENDAR, self._make, key="Ctrl+D"),)

    @property
    def page(self) -> BoardPage | None:
        """Once somebody went to it."""
        page = self._frame.built(BOARD)
        return page if isinstance(page, BoardPage) else None

    def commands(self) -> tuple[Command, ...]:
        if not self.entries:
            return ()
        here, on = partial(self._frame.at, BOARD), self._on

        def key(name: str, title: str, act: Callable[[BoardPage], object], keys: str) -> Command:
            return Command(f"board.{name}", title, on(act), keys, here, _GROUP, here)

        return (
            key("now", tr("To this moment"), BoardPage.go_now, "T"),
            key("gap", tr("To the next gap"), BoardPage.next_gap, "G"),
            key("risk", tr("To the next promise at risk"), BoardPage.next_at_risk, "A"),
            key("closer", tr("Fewer days"), lambda page: page.zoom(1), "+"),
            key("further", tr("More days"), lambda page: page.zoom(-1), "-"),
            *self._act_commands(),
            *(key(f"rows.{n}", title, partial(_set_density, to), str(n)) for n, (to, title) in enumerate(_HEIGHTS, 1)),
        )

    def _act_commands(self) -> tuple[Command, ...]:
        """Not for those who look on."""
        if self._open_offer is None:
            return ()
        here = partial(self._frame.at, BOARD)

        def act(name: str, title: str, run: Act, may: May, keys: str) -> Command:
            def when() -> bool:
                return self.page is not None and here() and may(self.page.acting)

            return Command(f"board.{name}", title, self._on(lambda page: run(page.acting)), keys, when, _GROUP, here)

        of = BoardActing
        return (
            act("hand_over", tr("Hand over …"), of.hand_over, of.may_hand_over, "F2"),
            act("take_back", tr("Take the car back …"), of.take_back, of.may_take_back, "F6"),
            act("move", tr("To another car"), of.move, of.may_move, "M"),
            act("end", tr("To another end"), of.end, of.may_end, "E"),
            act("undo", tr("Undo the last move"), of.undo, of.may_undo, "Z"),
        )

    def took(self, booking: Booking) -> None:
        """This desk changed a booking."""
        if self.vm is not None:
            self.vm.heard(booking)

    def _on(self, act: Callable[[BoardPage], object]) -> Callable[[], None]:
        def run() -> None:
            if self.page is not None:
                act(self.page)

        return run

    def _make(self) -> BoardPage:
        workspace, actor = self._workspace, self._workspace.actor
        branch_id = None if actor.owner_id else actor.branch_id
        self.vm = BoardViewModel(workspace.desk, workspace.tasks, branch_id)
        page = BoardPage(self._context, self.vm, workspace.now, self._frame.host)
        page.opened.connect(self._open)
        if self._open_offer is not None:
            page.book_wanted.connect(self.vm.look_for_offer)
            self.vm.offered.connect(self._open_offer)
        page.at_risk.connect(partial(self._frame.badge, BOARD))
        page.acting.changed.connect(self.changed)
        page.new_wanted.connect(self.new_wanted)
        workspace.connection.changed.connect(self._tell_online)
        page.set_online(online=workspace.connection.state.problem is None)
        return page

    def _open(self, bar: Bar) -> None:
        if bar.booking_id is not None:
            self._open_number(bar.booking_id)

    def _tell_online(self) -> None:
        if self.page is not None:
            self.page.set_online(online=self._workspace.connection.state.problem is None)


def _set_density(density: Density, page: BoardPage) -> None:
    page.set_density(density)
