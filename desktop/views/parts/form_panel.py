"""A panel with a form: what is half filled in is asked about before it is lost, however the panel closes.

API: FormPanel(theme, host, title): begin_form(content), is_dirty, unsaved() -> Question or None; see SidePanel.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs import About, Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.views.parts.form import typed_in
from desktop.widgets.frame.side_panel import SidePanel
from engine.words.tr import tr


class FormPanel(SidePanel):
    """Signals: ``task_failed`` carries an exception of a question that nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, theme: Theme, host: QWidget, title: str = "") -> None:
        super().__init__(theme, host, title)
        self._form: QWidget | None = None
        self._begun: tuple[object, ...] = ()
        self.questions = TaskScope(self)
        self.questions.failed.connect(self.task_failed)

    def begin_form(self, form: QWidget) -> None:
        """What *form* shows now is saved, or was never typed."""
        self._form, self._begun = form, typed_in(form)

    def forget_form(self) -> None:
        """It was sent, or thrown away."""
        self._form = None

    @property
    def is_dirty(self) -> bool:
        return self.is_open and self._form is not None and typed_in(self._form) != self._begun

    def unsaved(self) -> Question | None:
        """See ``Told.unsaved``."""
        if not self.is_dirty:
            return None
        return Question(
            tr("Leave without saving?"),
            tr("What you filled in is not saved yet and would be lost."),
            tr("Leave, lose the changes"),
            tr("Go on editing"),
            about=About(self.windowTitle() or self.accessibleName()),
            grave=True,
            final=True,
        )

    def close_panel(self) -> None:
        """Asks first where something would be lost."""
        self.instead(super().close_panel)

    def instead(self, go_on: Callable[[], None]) -> None:
        """*go_on* takes the place of what is filled in, once nothing would be lost by it."""
        question = self.unsaved()
        if question is None:
            go_on()
        else:
            self.questions.once("lose", self._lose(question, go_on))

    def stop(self) -> None:
        """The session ends."""
        self.questions.stop("lose")
        self.hide()

    async def _lose(self, question: Question, go_on: Callable[[], None]) -> None:
        if await confirm(self.window(), question):
            self.forget_form()
            go_on()
