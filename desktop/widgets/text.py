"""A label that wears the type scale and a colour role, and follows the theme.

API: Text(theme, text, size, ink, bold, wrap): setText as ever, set_ink(role).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from desktop.theme.tokens import TypeSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme

Ink = Literal["text", "muted", "accent", "positive", "warning", "danger"]


class Text(QLabel):
    """Plain text only: nothing that comes from outside is read as markup."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        size: TypeSize = TypeSize.BODY,
        ink: Ink = "text",
        bold: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._ink: Ink = ink
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, bold=bold))
        self.setWordWrap(wrap)
        self._colour()
        theme.changed.connect(self._colour)

    def set_ink(self, ink: Ink) -> None:
        if ink != self._ink:
            self._ink = ink
            self._colour()

    def _colour(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(self._theme.tokens, self._ink)))
        self.setPalette(palette)
