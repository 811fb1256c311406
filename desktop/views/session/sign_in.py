"""The first page: servers coming up, or what keeps them down, or name and password."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs import ask, confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, SCROLL_BAR
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.viewmodels.session.session import SessionPhase, SessionState, SessionViewModel
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.session.appearance_menu import AppearanceMenu
from desktop.views.session.ask_account import AskAccount
from desktop.views.session.brand import BrandSide
from desktop.views.session.choose_password import ChoosePassword
from desktop.views.session.pin_dialog import FORGOTTEN, UNLOCK, PinDialog
from desktop.views.session.servers_dialog import TITLE as SERVERS
from desktop.views.session.sign_in_form import SignInForm
from desktop.views.session.starting import Broken, Starting
from desktop.widgets.button import Button, ButtonKind
from desktop.words.messages import say
from engine.domain.people.people import AccountName
from engine.words.tr import tr

_FORM_WIDTH = 380
_ENTRY = (SessionPhase.SIGNED_OUT, SessionPhase.SIGNING_IN, SessionPhase.SIGNED_IN)


class SignInPage(QWidget):
    """Signals: ``task_failed`` carries an exception nobody foresaw."""

    task_failed = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        session: SessionViewModel,
        asking: AccountRequestViewModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._theme = session, context.theme
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self._asks = False
        self.starting = Starting(context)
        self.broken = Broken(context.theme)
        self.form = SignInForm(context.theme)
        self.choose = ChoosePassword(context.theme)
        self.ask = AskAccount(context.theme, asking)
        self._phases = QStackedWidget()
        for page in (self.starting, self.broken, self.form, self.choose, self.ask):
            self._phases.addWidget(page)
        self._appearance = Button(context.theme, tr("Look"), ButtonKind.QUIET, Icon.LOOK)
        self.menu = AppearanceMenu(context.theme, context.preferences, self)
        self._appearance.clicked.connect(self._show_appearance)
        self.servers = Button(context.theme, SERVERS, ButtonKind.QUIET)
        self.servers.hide()
        self.form.submitted.connect(session.sign_in)
        self.broken.retried.connect(session.start)
        self.broken.copy_wanted.connect(session.open_copy)
        self.choose.chosen.connect(session.choose)
        self.choose.left.connect(session.back)
        self.form.ask_wanted.connect(self._begin_request)
        self.form.copy_wanted.connect(session.open_copy)
        self.ask.left.connect(self._end_request)
        self._lay_out(context)
        session.changed.connect(self.draw)
        self.draw(session.state)

    def draw(self, state: SessionState) -> None:
        page = self._page(state)
        moved = page is not self._phases.currentWidget()
        self.starting.tell(state.progress)
        if state.problem is not None and state.phase is SessionPhase.BROKEN:
            self.broken.tell(say(state.problem).text, state.copies)
        self.form.draw(state)
        self.choose.draw(state)
        if moved:
            self._phases.setCurrentWidget(page)
            if page is self.choose:
                self.choose.take_focus()
            else:
                page.setFocus(Qt.FocusReason.OtherFocusReason)
        if state.problem is not None:
            announce(self, say(state.problem).text)
        if state.locked:
            self.tasks.once("pin", self._ask_pin(AccountName(state.locked)))

    def offer_servers(self, wanted: Callable[[], None] | None) -> None:
        """A way to a firm's servers, where they can be set here."""
        if wanted is not None:
            self.servers.clicked.connect(wanted)
            self.servers.show()

    def take_focus(self) -> None:
        """To the field that is filled in first; this page itself takes no keys but digits."""
        if (page := self._phases.currentWidget()) is not None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _ask_pin(self, account: AccountName) -> None:
        box = PinDialog(self._theme, UNLOCK, lambda pin, _new: self._session.unlock_copy(pin), self.window())
        box.failed.connect(self.task_failed)
        await ask(box)
        if box.forgot and await confirm(self.window(), FORGOTTEN):
            self._session.forget_copy(account)
        elif not box.pressed_yes:
            self._session.leave_locked()

    def _page(self, state: SessionState) -> QWidget:
        if state.phase is SessionPhase.CHOOSING:
            return self.choose
        if state.phase in _ENTRY:
            return self.ask if self._asks and state.phase is SessionPhase.SIGNED_OUT else self.form
        return self.broken if state.phase is SessionPhase.BROKEN else self.starting

    def _begin_request(self) -> None:
        self._asks = True
        self.draw(self._session.state)
        self.ask.begin()

    def _end_request(self) -> None:
        self._asks = False
        self.draw(self._session.state)

    def _show_appearance(self) -> None:
        # popup, not exec: no second event loop.
        self.menu.popup(self._appearance.mapToGlobal(self._appearance.rect().bottomLeft()))

    def _lay_out(self, context: ViewContext) -> None:
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self.servers)
        top.addWidget(self._appearance)
        self._phases.setFixedWidth(_FORM_WIDTH)
        side = QVBoxLayout()
        side.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        side.addLayout(top)
        side.addWidget(self._room(), 1, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(BrandSide(context.theme), 6)
        row.addLayout(side, 5)

    def _room(self) -> QScrollArea:
        """With stored copies, demo accounts and a mistake it is higher than a small window."""
        content, room = QWidget(), QScrollArea(widgetResizable=True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(2)
        column.addWidget(self._phases, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.viewport().setAutoFillBackground(False)
        room.setWidget(content)
        content.setAutoFillBackground(False)
        room.setFixedWidth(_FORM_WIDTH + 2 * SCROLL_BAR)
        return room

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A plain digit that no field took chooses a demo account."""
        if not self.form.isVisible() or not self.form.choose_by_digit(event.text()):
            super().keyPressEvent(event)
