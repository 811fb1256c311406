"""The page of renters: the list, one of them, and two side by side, each in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs import About, Question
from desktop.viewmodels.people.renters import RentersState, RentersViewModel
from desktop.views.parts.area import Page
from desktop.views.parts.view_context import ViewContext
from desktop.views.people.renters.list_view import RenterListView
from desktop.views.people.renters.merge_view import MergeView
from desktop.views.people.renters.one_view import RenterView
from desktop.views.people.renters.panels import BlockPanel, DetailsPanel
from desktop.widgets.frame.side_panel import SidePanel
from engine.domain.firm.events import Fact
from engine.domain.people.people import RenterId
from engine.domain.people.renters import RenterFile
from engine.words.tr import tr

_SHOWN_NOTE = 60


class RentersPage(Page):
    """Signals: ``booking_wanted`` carries a Booking to be shown, ``new_wanted`` the Renter to book for.

    ``task_failed`` carries an exception of a question that nobody foresaw.
    """

    booking_wanted = Signal(object)
    new_wanted = Signal(object)

    def __init__(self, context: ViewContext, vm: RentersViewModel, now: Callable[[], datetime], host: QWidget) -> None:
        super().__init__()
        self.vm = vm
        #: Until it is known who it is, nothing that is likely wanted can be pressed.
        self._awaited = self._addressed = False
        self.everybody = RenterListView(context, vm, now)
        self.one = RenterView(context, vm, now)
        self.two = MergeView(context, vm)
        self.details, self.block = DetailsPanel(context, vm, host), BlockPanel(context, vm, host)
        self._stack = QStackedWidget()
        for view in (self.everybody, self.one, self.two):
            self._stack.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()

    @property
    def renter_id(self) -> RenterId | None:
        """Whose page is open."""
        return self.vm.state.wanted

    def focus_first(self) -> None:
        if self._stack.currentWidget() is self.everybody:
            self.everybody.list.focus_first()
        elif self._stack.currentWidget() is self.one:
            self.one.focus_first()

    def focus_search(self) -> bool:
        if self._stack.currentWidget() is not self.everybody:
            self.to_list()
        self.everybody.focus_search()
        return True

    def come_back(self) -> None:
        self.vm.reload()

    def reload(self) -> None:
        self.vm.reload()

    def apply(self, fact: Fact) -> None:
        self.vm.apply(fact)

    def open_renter(self, renter_id: RenterId) -> None:
        """The page of one; of somebody merged, of whom it is now."""
        self.leave()
        self.vm.open(renter_id)
        self.one.past.begin()
        self._show(self.one)
        self.one.focus_first()
        self._awaited, self._addressed = True, False

    def to_list(self) -> None:
        self._addressed = False
        self.leave()
        self.vm.leave()
        self._show(self.everybody)

    def search_for(self, text: str) -> None:
        """Everybody who has *text*, whoever is blocked or not."""
        self.to_list()
        self.everybody.search_for(text)

    def change(self) -> None:
        look = self.vm.state.look
        if look is not None and self.one.change.isEnabled():
            self._instead_of(self.block, lambda: self.details.begin(look.file))

    def give_address(self, renter_id: RenterId) -> None:
        """To that renter's page, and to where invoices go, as soon as it is there."""
        self.open_renter(renter_id)
        self._addressed = True

    def new_booking(self) -> None:
        look = self.vm.state.look
        if look is not None and self.one.new.isEnabled():
            self.new_wanted.emit(look.file.renter)

    def add(self) -> None:
        self._instead_of(self.block, lambda: self.details.begin(None))

    def set_online(self, *, online: bool) -> None:
        self.one.set_online(online=online)

    def leave(self) -> None:
        for panel in (self.details, self.block):
            panel.close_panel()

    def unsaved(self) -> Question | None:
        return self.details.unsaved() or self.block.unsaved() or self._unsaved_note()

    def _unsaved_note(self) -> Question | None:
        """A note that was begun: it waits for whoever comes back to the renter, but not for the next session."""
        begun = next((text for text in self.vm.drafts.values() if text.strip()), None)
        if begun is None:
            return None
        return Question(
            tr("Leave without adding this note?"),
            tr("A note on a renter is not added yet and would be lost."),
            tr("Leave, lose the note"),
            tr("Keep the note"),
            about=About(begun[:_SHOWN_NOTE]),
            grave=True,
            final=True,
        )

    def stop(self) -> None:
        """The session ends."""
        self.details.stop()
        self.block.stop()
        self.two.stop()
        self.everybody.list.damage.stop()
        self.one.past.stop()

    def _begin_block(self) -> None:
        look = self.vm.state.look
        if look is not None:
            self._instead_of(self.details, lambda: self.block.begin(look.file))

    def _instead_of(self, other: DetailsPanel | BlockPanel, go_on: Callable[[], None]) -> None:
        """Another panel comes in the same place, once nothing would be lost by it."""

        def clear() -> None:
            other.give_way()
            go_on()

        if other.is_open:
            other.instead(clear)
        else:
            go_on()

    def _compare(self, other: RenterId | None) -> None:
        self.leave()
        self.vm.compare_no_more()
        self._show(self.two)
        self.two.begin()
        if other is not None:
            self.vm.compare(other)

    def _compared(self) -> None:
        self.vm.compare_no_more()
        self._show(self.one)
        self.one.focus_first()

    def _draw(self, state: RentersState) -> None:
        if state.done == "merged" and self._stack.currentWidget() is self.two and not state.busy:
            self._compared()
        if self._awaited and state.look is not None:
            self._awaited = False
            focused = self.window().focusWidget()
            if focused is None or self.one.isAncestorOf(focused):
                self.one.focus_first()
        if state.wanted is not None and self._stack.currentWidget() is self.everybody:
            self._show(self.one)
            self.one.focus_first()

        if state.look is not None and self._addressed:
            self._addressed, file = False, state.look.file
            self._instead_of(self.block, lambda: self.details.begin(file, "street"))

    def _opened(self, file: RenterFile) -> None:
        self.open_renter(file.id)

    def _show(self, view: QWidget) -> None:
        self._stack.setCurrentWidget(view)

    def _connect(self) -> None:
        self.everybody.opened.connect(self._opened)
        self.everybody.new_wanted.connect(self.add)
        self.one.left.connect(self._back)
        self.one.change_wanted.connect(self.change)
        self.one.block_wanted.connect(self._begin_block)
        self.one.merge_wanted.connect(self._compare)
        self.one.new_wanted.connect(self.new_booking)
        self.one.booking_wanted.connect(self.booking_wanted)
        self.two.left.connect(self._compared)
        for panel in (self.details, self.block):
            panel.closed.connect(self._closed)
        for part in (self.details, self.block, self.two):
            part.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self._draw)

    def _closed(self) -> None:
        """What the panel was opened from may not be pressable any more, and Qt then moves on to the rail."""
        if not self.one.isVisible():
            return
        focused = self.window().focusWidget()
        if focused is None or not (self.isAncestorOf(focused) or _in_a_panel(focused)):
            self.one.focus_first()

    def _back(self) -> None:
        self.to_list()
        self.everybody.list.focus_first()

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads one step back."""
        if event.key() == Qt.Key.Key_Escape and self._stack.currentWidget() is self.two:
            self.two.leave()
        elif event.key() == Qt.Key.Key_Escape and self._stack.currentWidget() is self.one:
            self._back()
        else:
            super().keyPressEvent(event)


def _in_a_panel(widget: QWidget) -> bool:
    """Whether the keyboard is in something that slid in meanwhile."""
    above: QWidget | None = widget
    while above is not None and not isinstance(above, SidePanel):
        above = above.parentWidget()
    return above is not None
