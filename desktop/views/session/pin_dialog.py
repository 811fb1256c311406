"""The PIN of the copy on this computer: typed to open it, set, changed, taken away.

API: PinDialog(theme, question, send, parent): a QDialog for ``dialogs.ask``; UNLOCK, SET, CHANGE, REMOVE, FORGOTTEN.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import TypeSize
from desktop.views.parts.form import column_of
from desktop.views.parts.view_context import announce
from desktop.views.session.password_field import PasswordField
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.words.tr import tr

UNLOCK = Question(
    tr("Unlock the copy on this computer?"),
    tr("It opens with your PIN, which is kept nowhere."),
    tr("Unlock the copy"),
    tr("Leave it locked"),
    harmless=True,
)
SET = Question(
    tr("Set a PIN for the copy?"),
    tr(
        "It is asked for when the copy is opened without a network, and once after signing in, to bring "
        "it up to date. Whoever forgets it loses the copy, not the books: a new copy is made after "
        "signing in."
    ),
    tr("Set the PIN"),
    tr("Go on without a PIN"),
    harmless=True,
)
CHANGE = Question(
    tr("Change the PIN of the copy?"),
    tr("The copy stays as it is, and opens with the new PIN from now on."),
    tr("Change the PIN"),
    tr("Keep the PIN"),
    harmless=True,
)
REMOVE = Question(
    tr("Remove the PIN of the copy?"),
    tr("What protects the copy then is the sign-in of this computer."),
    tr("Remove the PIN"),
    tr("Keep the PIN"),
    harmless=True,
)
FORGOTTEN = Question(
    tr("Throw the locked copy away?"),
    tr("Without its PIN nobody can read it. A new copy, without a PIN, is made when its owner next signs in here."),
    tr("Throw the copy away"),
    tr("Keep the copy"),
    grave=True,
    final=True,
)
_LABELS = {"pin": tr("PIN"), "new_pin": tr("New PIN, six digits or more"), "again": tr("New PIN once more")}
_FIELDS = {UNLOCK: ("pin",), SET: ("new_pin", "again"), CHANGE: ("pin", "new_pin", "again"), REMOVE: ("pin",)}

#: The PIN so far and the new one; raises what went wrong.
Send = Callable[[str, str], Awaitable[None]]


class PinDialog(QuestionBox):
    """Stays until the PIN was right or the person thinks better of it.

    Attributes: ``forgot`` is whether "Forgot the PIN" was pressed.
    """

    def __init__(self, theme: Theme, question: Question, send: Send, parent: QWidget | None = None) -> None:
        super().__init__(theme, question, parent)
        self._send, self._words = send, question.yes
        self.tasks = TaskScope(self)
        self.failed = self.tasks.failed
        self.forgot = False
        names = _FIELDS[question]
        self.form = column_of(theme, {name: PasswordField() for name in names}, _LABELS)
        self.mistake = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.mistake.hide()
        self.forget = Button(theme, tr("Forgot the PIN …"), ButtonKind.QUIET)
        self.forget.setAutoDefault(False)
        self.forget.setVisible(question is UNLOCK)
        self.forget.clicked.connect(self._give_up)
        self.add(self.form, self.mistake)
        if question is UNLOCK:
            self.add(self.forget)

    def _agree(self) -> None:
        form = self.form
        empty = [field for field in form.lines.values() if not field.text()]
        if empty:
            empty[0].setFocus(Qt.FocusReason.OtherFocusReason)
        elif "again" in form.fields and form.value("again") != form.value("new_pin"):
            self._tell(InvalidText("again", "field.not_same"))
        else:
            self.tasks.once("pin", self._try())

    async def _try(self) -> None:
        values = {name: field.text() for name, field in self.form.lines.items()}
        self._set_busy(busy=True)
        try:
            await self._send(values.get("pin", ""), values.get("new_pin", ""))
        except DriveSphereError as problem:
            self._set_busy(busy=False)
            self._tell(problem)
        else:
            self.pressed_yes = True
            self.accept()

    def _tell(self, problem: DriveSphereError) -> None:
        words = say(problem).text
        at_field = self.form.tell(problem)
        self.mistake.setText("" if at_field else words)
        self.mistake.setVisible(not at_field)
        if not at_field:
            first = next(iter(self.form.lines.values()))
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            first.selectAll()
        announce(self, words)
        self._fit()

    def _set_busy(self, *, busy: bool) -> None:
        # Fields stay enabled: a disabled one loses the focus, and the person their place.
        for field in self.form.lines.values():
            field.setReadOnly(busy)
        self.yes.setText(tr("One moment …") if busy else self._words)

    def _give_up(self) -> None:
        self.forgot = True
        self.reject()

    # Qt names below.

    def reject(self) -> None:
        self.tasks.stop("pin")
        super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus_first()
