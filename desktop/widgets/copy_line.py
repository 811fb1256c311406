"""A value that people carry elsewhere, with a button that copies it.

API: CopyLine(theme, name): show_value(shown, copied); copied().
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Ink, Text, plain_tip
from desktop.widgets.timeline import ASIDE
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme


class CopyLine(QWidget):
    """Signals: ``copied`` carries the text that lies on the clipboard now."""

    copied = Signal(str)

    def __init__(self, theme: Theme, name: str, *, lead: bool = False, parent: QWidget | None = None) -> None:
        """*name* is what is copied, such as ``booking number``; a *lead* line is the panel's own."""
        super().__init__(parent)
        self._name, self._shown, self._copied = name, "", ""
        ink: Ink = "text" if lead else "muted"
        self._words = Text(theme, size=TypeSize.LEAD if lead else TypeSize.SMALL, bold=lead, ink=ink)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = Button(theme, kind=ButtonKind.QUIET, icon=Icon.COPY)
        self.button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0 if lead else ASIDE, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)

    def show_value(self, shown: str, copied: str = "") -> None:
        """*copied* goes to the clipboard, *shown* itself if not given."""
        self._shown, self._copied = shown, copied or shown
        self.button.set_icon(Icon.COPY)
        self.button.setToolTip(tr("Copy {name}", name=self._name))
        self.button.setAccessibleName(tr("Copy {name} {shown}", name=self._name, shown=shown))
        self._elide()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
        self.button.set_icon(Icon.CHECK)
        self.button.setToolTip(tr("Copied"))
        self.copied.emit(self._copied)

    def _elide(self) -> None:
        room = max(self._words.width(), 0)
        words = QFontMetrics(self._words.font()).elidedText(self._shown, Qt.TextElideMode.ElideMiddle, room)
        self._words.setText(words if room else self._shown)
        self._words.setToolTip(plain_tip(self._shown))

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
