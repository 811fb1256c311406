"""The place of a page's rows: rows, the empty page or the error, with the thin line and the warning above."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from desktop.widgets.frame.banner import Banner
from desktop.widgets.loading.empty_state import EmptyState
from desktop.widgets.loading.progress_line import ProgressLine
from desktop.words.messages import NextStep, say
from engine.domain.shared.errors import DriveSphereError, Unavailable
from engine.words.tr import tr

STUCK = tr("This takes unusually long.")


class Content(QWidget):
    """Signals: ``stepped`` from the empty page's button, ``retried`` from the warning's."""

    stepped = Signal()
    retried = Signal()

    def __init__(self, context: ViewContext, rows: QWidget, *, inset: int = 0) -> None:
        """*inset* is how far warnings stand in from the rows' edges, in px."""
        super().__init__()
        self._rows = rows
        self.empty = EmptyState(context.theme)
        self.banner = Banner(context.theme)
        self.line = ProgressLine(context.theme, context.shimmer)
        self._stack = QStackedWidget()
        self._stack.addWidget(rows)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        above = QVBoxLayout()
        above.setContentsMargins(inset, 0, inset, 0)
        above.setSpacing(GRID)
        above.addWidget(self.banner)
        above.addWidget(self.line)
        column.addLayout(above)
        column.addWidget(self._stack, 1)
        self.empty.stepped.connect(self.stepped)
        self.banner.acted.connect(self.retried)

    @property
    def shows_rows(self) -> bool:
        return self._stack.currentWidget() is self._rows

    def show_rows(self) -> None:
        self.banner.clear()
        self._show(self._rows)

    def show_empty(self, icon: Icon, title: str, sentence: str, step: str) -> None:
        self.banner.clear()
        self.empty.say(icon, title, sentence, step)
        self._show(self.empty)

    def show_problem(self, problem: DriveSphereError, title: str, step: str = NextStep.RETRY.value) -> None:
        """Nothing can be shown; *title* names what did not work, unless it is the connection; *step* is what helps."""
        away = isinstance(problem, Unavailable)
        icon, head = (Icon.OFFLINE, tr("No connection")) if away else (Icon.ERROR, title)
        self.show_empty(icon, head, say(problem).text, step)

    def tell_stale(self, text: str) -> None:
        """The rows stay; they are older than the person may think."""
        self.banner.tell(Tone.WARNING, text, NextStep.RETRY.value, closable=False)

    def tell_stuck(self, *, stuck: bool) -> None:
        if stuck:
            self.banner.tell(Tone.WARNING, STUCK, NextStep.RETRY.value)
        else:
            self.banner.clear()

    def take_focus(self) -> None:
        field = self._rows if self.shows_rows else self.empty.findChild(Button) or self.empty
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, page: QWidget) -> None:
        """What takes the place of a page that had the focus gets it."""
        old = self._stack.currentWidget()
        focused = self.window().focusWidget()
        had_focus = old is not None and old is not page and focused is not None and old.isAncestorOf(focused)
        self._stack.setCurrentWidget(page)
        if had_focus:
            self.take_focus()
