"""A desk's first start at a firm, step by step: each server is tried, then this desk's branch; all is kept at the end.

API: await ask_servers(parent, context, send) -> whether they are kept; TITLE is what leads there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.collation import in_language_order
from desktop.dialogs import Question, ask
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form, column_of
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.session.password_field import PasswordField
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.messages import branch_name, say
from engine.domain.car.car import Branch
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

TITLE = tr("Servers of the firm …")
_QUESTION = Question(
    tr("Work with the firm's servers?"),
    tr("Whoever looks after them knows what is asked here. Each step is tried; nothing is kept before the last."),
    tr("Next"),
    tr("Change nothing"),
    harmless=True,
)
CLOSE = Question(
    tr("Close DriveSphere now?"),
    tr("Both servers are fine, and are kept on this computer. DriveSphere works with them when it is started again."),
    tr("Close it now"),
    tr("Close it later"),
    harmless=True,
)
_LONGEST = 2_000
_HIDDEN = frozenset({"redis_password", "stripe_key", "password"})
_ANY = tr("That of whoever signs in")


@dataclass(frozen=True, slots=True)
class _Step:
    """Attributes: ``labels`` by the fields' names; *needed* may not be empty."""

    name: str
    title: str
    labels: Mapping[str, str]
    needed: tuple[str, ...] = ()


_STEPS = (
    _Step(
        "mongodb",
        tr("The database"),
        {
            "mongo_url": tr("MongoDB, such as mongodb://db.firm.example/?replicaSet=rs0"),
            "ca_file": tr("File with the firm's certificates (PEM), if it has its own"),
        },
        ("mongo_url",),
    ),
    _Step(
        "redis",
        tr("The cache"),
        {
            "redis_url": tr("Redis, such as rediss://cache.firm.example:6380/0"),
            "redis_password": tr("Password of Redis for desks"),
        },
        ("redis_url",),
    ),
    _Step(
        "payments",
        tr("Payments"),
        {"stripe_key": tr("Stripe key of this desk, for the system's keyring; may be left out")},
    ),
    _Step(
        "account",
        tr("Your account"),
        {
            "account": tr("Your account, to choose this desk's branch; may be left out"),
            "password": tr("Your password; it is not kept"),
        },
    ),
    _Step("branch", tr("This desk's branch"), {}),
)


class SetUpOutcome(Protocol):
    """What came of a step."""

    @property
    def wrong(self) -> Mapping[str, str]: ...

    @property
    def branches(self) -> Sequence[Branch]: ...


#: A step's name, and all that was typed; "branch" keeps it. Raises what is wrong with all of it.
Send = Callable[[str, Mapping[str, str]], Awaitable[SetUpOutcome]]


class ServersDialog(QuestionBox):
    """Stays until all is kept or the person thinks better of it. Attributes: ``step`` counts from 0."""

    def __init__(self, context: ViewContext, send: Send, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, _QUESTION, parent)
        self._send = send
        self.tasks = TaskScope(self)
        self.failed = self.tasks.failed
        self.step = 0
        self.forms = [_form(context.theme, step) for step in _STEPS]
        self.fields = {name: field for form in self.forms for name, field in form.lines.items()}
        self.mistakes = {name: text for form in self.forms for name, text in form.mistakes.items()}
        self.progress = Text(context.theme, bold=True, wrap=True)
        self.branch = Combo()
        self.branch.setAccessibleName(_STEPS[-1].title)
        self.forms[-1].add_row(self.branch)
        self.mistake = Text(context.theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.back = Button(context.theme, tr("Back"), ButtonKind.PLAIN)
        self.back.clicked.connect(self._go_back)
        self._foot_row.insertWidget(0, self.back)
        self._column.addSpacing(3 * GRID)
        self.add(self.progress, *self.forms, self.mistake)
        self._go_to(0)

    def _agree(self) -> None:
        form = self.forms[self.step]
        empty = [name for name in _STEPS[self.step].needed if not form.value(name).strip()]
        if empty:
            form.focus_field(empty[0])
        else:
            self.tasks.once("servers", self._try())

    async def _try(self) -> None:
        step = _STEPS[self.step]
        typed = {name: field.text().strip() for name, field in self.fields.items()}
        typed["branch"] = str(self.branch.currentData() or "")
        self._set_busy(busy=True)
        try:
            outcome = await self._send(step.name, typed)
            if step.name == "account" and not outcome.wrong and not outcome.branches:
                outcome = await self._send("branch", typed)  # nothing to choose from
                step = _STEPS[-1]
        except DriveSphereError as problem:
            self._tell({}, say(problem).text)
        else:
            self._take(step, outcome)
        finally:
            self._set_busy(busy=False)

    def _take(self, step: _Step, outcome: SetUpOutcome) -> None:
        if outcome.wrong:
            self._tell(outcome.wrong, "")
        elif step is _STEPS[-1]:
            self.pressed_yes = True
            self.accept()
        else:
            if step.name == "account":
                self._offer(outcome.branches)
            self._go_to(self.step + 1)

    def _offer(self, branches: Sequence[Branch]) -> None:
        chosen = self.branch.currentData()
        self.branch.clear()
        self.branch.addItem(_ANY, "")
        for each in in_language_order(branches, branch_name):
            self.branch.addItem(branch_name(each), each.id)
        self.branch.setCurrentIndex(max(self.branch.findData(chosen), 0))

    def _go_back(self) -> None:
        self.tasks.stop("servers")
        self._go_to(self.step - 1)

    def _go_to(self, step: int) -> None:
        self.step = step
        for at, form in enumerate(self.forms):
            form.setVisible(at == step)
        self.progress.setText(
            tr("Step {step} of {steps}: {title}", step=step + 1, steps=len(_STEPS), title=_STEPS[step].title)
        )
        self.back.setVisible(step > 0)
        self._tell({}, "")
        self._set_busy(busy=False)
        announce(self, self.progress.text())
        self._take_focus()

    def _take_focus(self) -> None:
        if self.forms[self.step].fields:
            self.forms[self.step].focus_first()
        else:
            self.branch.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, wrong: Mapping[str, str], more: str) -> None:
        """At their fields; of another step's, the step is gone back to."""
        elsewhere = [at for at, form in enumerate(self.forms) if wrong.keys() & form.fields.keys()]
        if elsewhere and self.step not in elsewhere:
            self._go_to(elsewhere[0])
        for form in self.forms:
            form.show_mistakes(wrong)
        self.mistake.setText(more)
        self.mistake.setVisible(bool(more))
        self.forms[self.step].focus_mistake()
        if said := " ".join(filter(None, (*wrong.values(), more))):
            announce(self, said)
        self._fit()

    def _set_busy(self, *, busy: bool) -> None:
        # Fields stay enabled: a disabled one loses the focus, and the person their place.
        for field in self.fields.values():
            field.setReadOnly(busy)
        last = self.step == len(_STEPS) - 1
        self.yes.setText(tr("Trying …") if busy else tr("Keep all of it") if last else _QUESTION.yes)

    # Qt names below.

    def reject(self) -> None:
        self.tasks.stop("servers")
        super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_focus()


def _form(theme: Theme, step: _Step) -> Form:
    fields: dict[str, QLineEdit] = {
        name: PasswordField() if name in _HIDDEN else QLineEdit(maxLength=_LONGEST) for name in step.labels
    }
    return column_of(theme, fields, step.labels)


async def ask_servers(parent: QWidget, context: ViewContext, send: Send) -> bool:
    dialog = ServersDialog(context, send, parent)
    await ask(dialog)
    return dialog.pressed_yes
