"""The PIN of the copy on this computer, for an owner who is signed in: typed once, set, changed, taken away."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question, ask, confirm
from desktop.tasks import TaskScope
from desktop.viewmodels.offline.copy import CopyStatus, CopyViewModel
from desktop.views.parts.view_context import ViewContext
from desktop.views.session.pin_dialog import CHANGE, FORGOTTEN, REMOVE, SET, UNLOCK, PinDialog, Send
from desktop.widgets.button import Button
from engine.words.tr import tr


class PinPart(QObject):
    """Signals: ``task_failed`` carries an exception nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: CopyViewModel, host: QWidget) -> None:
        super().__init__(host)
        self._theme, self.vm, self._host = context.theme, vm, host
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)

    def commands(self) -> tuple[Command, ...]:
        group = tr("Earnings")
        return (
            Command("copy.unlock", tr("Unlock the copy …"), self.ask_next, when=self._is_locked, group=group),
            Command("copy.pin", tr("Set a PIN for the copy …"), self.ask_next, when=self._is_bare, group=group),
            Command(
                "copy.pin.change", tr("Change the PIN of the copy …"), self.ask_next, when=self._is_open, group=group
            ),
            Command(
                "copy.pin.remove", tr("Remove the PIN of the copy …"), self._remove, when=self._is_open, group=group
            ),
        )

    def stop(self) -> None:
        self.tasks.stop("pin")

    def draw(self, button: Button) -> None:
        """What can be done next; without a copy nothing."""
        if self._is_locked():
            button.setText(tr("Unlock the copy …"))
        elif self._is_bare():
            button.setText(tr("Set a PIN …"))
        else:
            button.setText(tr("Change the PIN …"))
        button.setVisible(self.vm.is_kept)

    def ask_next(self) -> None:
        vm = self.vm
        if self._is_locked():
            self._ask(UNLOCK, lambda pin, _new: vm.unlock(pin))
        elif self._is_bare():
            self._ask(SET, vm.change_pin)
        elif self._is_open():
            self._ask(CHANGE, vm.change_pin)

    def _remove(self) -> None:
        self._ask(REMOVE, lambda pin, _new: self.vm.change_pin(pin, ""))

    def _ask(self, question: Question, send: Send) -> None:
        self.tasks.once("pin", self._asked(question, send))

    async def _asked(self, question: Question, send: Send) -> None:
        box = PinDialog(self._theme, question, send, self._host.window())
        box.failed.connect(self.task_failed)
        await ask(box)
        if box.forgot and await confirm(self._host.window(), FORGOTTEN):
            self.vm.forget()

    def _is_locked(self) -> bool:
        return self.vm.state.status is CopyStatus.LOCKED

    def _is_bare(self) -> bool:
        return self.vm.source is not None and not self.vm.state.pin

    def _is_open(self) -> bool:
        return self.vm.source is not None and self.vm.state.pin
