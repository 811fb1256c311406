"""The firm's servers: typed, tried, and kept for the next start once both are fine.

API: await ask_servers(parent, tools, send) -> whether they are kept; TITLE is what leads there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Question, ask
from desktop.messages import say
from desktop.tasks import TaskScope
from desktop.theme.tokens import TypeSize
from desktop.views.labelled import LabelledFields
from desktop.views.password_field import PasswordField
from desktop.views.tools import Tools, announce
from desktop.widgets.question_box import QuestionBox
from desktop.widgets.text import Text
from engine.domain.errors import DriveSphereError

TITLE = "Servers of the firm …"
_QUESTION = Question(
    "Work with the firm's servers?",
    "Whoever looks after them knows these addresses. Both servers are tried; nothing is kept before they are fine.",
    "Try and keep",
    "Change nothing",
    harmless=True,
)
CLOSE = Question(
    "Close DriveSphere now?",
    "Both servers are fine, and are kept on this computer. DriveSphere works with them when it is started again.",
    "Close it now",
    "Close it later",
    harmless=True,
)
_LABELS = {
    "mongo_url": "MongoDB, such as mongodb://db.firm.example/?replicaSet=rs0",
    "redis_url": "Redis, such as rediss://cache.firm.example:6380/0",
    "redis_password": "Password of Redis for desks",
    "ca_file": "File with the firm's certificates (PEM), if it has its own",
    "stripe_key": "Stripe key of this desk, for the system's keyring; may be left out",
}
_NEEDED = ("mongo_url", "redis_url")
_LONGEST = 2_000

#: What was typed by name; back comes what is in the way at each, nothing once it is kept. Raises what is wrong with it.
Send = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]


class ServersDialog(QuestionBox):
    """Stays until both are fine or the person thinks better of it."""

    def __init__(self, tools: Tools, send: Send, parent: QWidget | None = None) -> None:
        super().__init__(tools.theme, _QUESTION, parent)
        self._send = send
        self._tasks = TaskScope(self)
        self.failed = self._tasks.failed
        hidden = ("redis_password", "stripe_key")
        fields: dict[str, QLineEdit] = {
            name: PasswordField() if name in hidden else QLineEdit(maxLength=_LONGEST) for name in _LABELS
        }
        self.form = LabelledFields(tools.theme, fields, _LABELS)
        self.mistake = Text(tools.theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.mistake.hide()
        self.add(self.form, self.mistake)

    def _agree(self) -> None:
        empty = [self.form.fields[name] for name in _NEEDED if not self.form.value(name).strip()]
        if empty:
            empty[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._tasks.once("servers", self._try())

    async def _try(self) -> None:
        typed = {name: field.text().strip() for name, field in self.form.fields.items()}
        self._set_busy(busy=True)
        try:
            wrong = await self._send(typed)
        except DriveSphereError as problem:
            self._tell({}, say(problem).text)
        else:
            if not wrong:
                self.pressed_yes = True
                self.accept()
                return
            self._tell(wrong, "")
        finally:
            self._set_busy(busy=False)

    def _tell(self, wrong: Mapping[str, str], more: str) -> None:
        for name, mistake in self.form.mistakes.items():
            mistake.setText(wrong.get(name, ""))
            mistake.setVisible(name in wrong)
        self.mistake.setText(more)
        self.mistake.setVisible(bool(more))
        first = next((name for name in _LABELS if name in wrong), _NEEDED[0])
        self.form.fields[first].setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, " ".join(filter(None, (*wrong.values(), more))))
        self._fit()

    def _set_busy(self, *, busy: bool) -> None:
        # Fields stay enabled: a disabled one loses the focus, and the person their place.
        for field in self.form.fields.values():
            field.setReadOnly(busy)
        self.yes.setText("Trying …" if busy else _QUESTION.yes)

    # Qt names below.

    def reject(self) -> None:
        self._tasks.stop("servers")
        super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus_first()


async def ask_servers(parent: QWidget, tools: Tools, send: Send) -> bool:
    dialog = ServersDialog(tools, send, parent)
    await ask(dialog)
    return dialog.pressed_yes
