"""Name and password, and the accounts that a demo offers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.session.session import OfferedAccount, SessionPhase, SessionState
from desktop.views.session.password_field import PasswordField
from desktop.views.session.stored_copies import StoredCopies
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.text import Text, isolated
from desktop.words.messages import ROLES, say
from engine.words.tr import tr

CAPS_LOCK = tr("Caps Lock seems to be on.")
_LONGEST = 200


class SignInForm(QWidget):
    """Signals: ``submitted`` carries name and password; ``ask_wanted`` by who has no account yet.

    ``copy_wanted`` carries the account whose stored copy is to be opened.
    """

    submitted = Signal(str, str)
    ask_wanted = Signal()
    copy_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._offered: tuple[OfferedAccount, ...] = ()
        self._busy = False
        self._problem: object = None
        self.account = QLineEdit(maxLength=_LONGEST)
        self.account.setAccessibleName(tr("Name"))
        self.password = PasswordField()
        self.sign_in = Button(theme, tr("Sign in"), ButtonKind.PRIMARY)
        self.ask = Button(theme, tr("No account yet? Ask for one"), ButtonKind.QUIET)
        self.caps = Text(theme, " ", size=TypeSize.SMALL, ink="warning")
        self.reveal = QCheckBox(tr("Show password"))
        self.banner = Banner(theme)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(2 * GRID)
        self.copies = StoredCopies(theme)
        self.copies.chosen.connect(self.copy_wanted)
        self._lay_out()
        self.setFocusProxy(self.account)
        self.account.returnPressed.connect(self._submit)
        self.password.returnPressed.connect(self._submit)
        self.sign_in.clicked.connect(self._submit)
        self.ask.clicked.connect(self.ask_wanted)
        self.reveal.toggled.connect(self.password.reveal)
        self.password.caps_lock.connect(self._tell_caps)

    def draw(self, state: SessionState) -> None:
        self._offer(state.offered)
        self.copies.draw(state.copies)
        self._set_busy(busy=state.phase is SessionPhase.SIGNING_IN)
        if state.phase is SessionPhase.SIGNED_IN:
            self.password.clear()
            self.reveal.setChecked(False)
        if state.problem is None or state.phase is SessionPhase.BROKEN:
            self.banner.clear()
        elif state.problem is not self._problem:
            self.banner.tell(Tone.DANGER, say(state.problem).text, closable=False)
            self._refocus()
        self._problem = state.problem

    def choose_by_digit(self, digit: str) -> bool:
        """Sign in with the demo account of that number; says whether there is one."""
        if self._busy or not digit.isdecimal() or not 1 <= int(digit) <= len(self._offered):
            return False
        self._sign_in_as(self._offered[int(digit) - 1])
        return True

    def _submit(self) -> None:
        if self._busy:
            return
        if not self.account.text().strip():
            self.account.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.password.text():
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.submitted.emit(self.account.text(), self.password.text())

    def _sign_in_as(self, offered: OfferedAccount) -> None:
        if not self._busy:
            self.account.setText(offered.account)
            self.submitted.emit(offered.account, offered.password)

    def _refocus(self) -> None:
        field = self.password if self.account.text() else self.account
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _set_busy(self, *, busy: bool) -> None:
        # Fields stay enabled: a disabled one loses the focus, and the person their place.
        self._busy = busy
        self.account.setReadOnly(busy)
        self.password.setReadOnly(busy)
        self.sign_in.setText(tr("Signing in …") if busy else tr("Sign in"))

    def _tell_caps(self, on: bool) -> None:  # noqa: FBT001 -- Qt's signal
        self.caps.setText(CAPS_LOCK if on else " ")

    def _offer(self, offered: tuple[OfferedAccount, ...]) -> None:
        if offered == self._offered:
            return
        self._offered = offered
        while (item := self._offers.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if offered:
            self._offers.addWidget(Text(self._theme, tr("Or look around the demo as"), ink="muted"))
        for number, account in enumerate(offered, 1):
            button = Button(
                self._theme, f"{ROLES[account.role]}: {isolated(account.name)}   ·   {number}", icon=Icon.PERSON
            )
            button.setAccessibleName(f"{ROLES[account.role]}, {account.name}")
            button.setToolTip(tr("Sign in at once ({number} or Alt+{number})", number=number))
            button.clicked.connect(lambda _checked=False, chosen=account: self._sign_in_as(chosen))
            key = QShortcut(QKeySequence(f"Alt+{number}"), button)
            key.activated.connect(button.click)
            self._offers.addWidget(button)
        first = self._offers.itemAt(1)
        self.setFocusProxy((first.widget() if first is not None else None) or self.account)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addStretch(1)
        column.addWidget(Text(self._theme, tr("Sign in"), size=TypeSize.TITLE, bold=True))
        column.addSpacing(3 * GRID)
        column.addWidget(self.banner)
        column.addSpacing(GRID)
        for words, field in ((tr("Name"), self.account), (tr("Password"), self.password)):
            label = Text(self._theme, words, ink="muted")
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
            column.addSpacing(GRID)
        below = QHBoxLayout()
        below.addWidget(self.reveal)
        below.addStretch(1)
        below.addWidget(self.caps)
        column.addLayout(below)
        column.addSpacing(2 * GRID)
        column.addWidget(self.sign_in)
        column.addWidget(self.ask)
        column.addSpacing(4 * GRID)
        column.addLayout(self._offers)
        column.addSpacing(2 * GRID)
        column.addWidget(self.copies)
        column.addStretch(1)
