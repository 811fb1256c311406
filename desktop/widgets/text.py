"""A label that wears the type scale and a colour role, and follows the theme.

API: Text(theme, text, size, ink, bold, wrap): setText as ever, set_ink(role); plain_tip(text) for setToolTip;
isolated(text), kept_apart(*parts), unbroken(text) for lines that mix names with numbers.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal
from unicodedata import bidirectional

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QStyle, QToolTip

from desktop.theme.tokens import TypeSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme

Ink = Literal["text", "muted", "accent", "positive", "warning", "danger"]


def plain_tip(text: str) -> str:
    """*text* for a tool tip, which Qt would read as markup where it looks like some."""
    return f"<span>{escape(text)}</span>".replace("\n", "<br>") if "<" in text else text


_ISOLATE, _POP = "\u2068", "\u2069"
_LEFTWARD = frozenset({"R", "AL", "AN"})


def runs_leftward(text: str) -> bool:
    """Whether something in *text* is written from right to left."""
    return any(bidirectional(sign) in _LEFTWARD for sign in text)


def isolated(text: str) -> str:
    """*text* for a line with other things in it: a Hebrew name does not pull the number beside it to its other side."""
    return f"{_ISOLATE}{text}{_POP}" if runs_leftward(text) else text


def unbroken(text: str) -> str:
    """*text* that no line ends within: a plate, a number with its unit."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def kept_apart(*parts: str, by: str = " · ") -> str:
    """What there is of *parts* in one line, in this order whatever they are written in."""
    return by.join(isolated(part) for part in parts if part)


class Text(QLabel):
    """Plain text only: nothing that comes from outside is read as markup.

    A line without room ends in dots, so that nobody takes its beginning for the whole, and tells all of it in its tip.
    What is written from right to left stands where everything else stands, beside its label.
    """

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
        self._yields = False
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

    def give_way(self) -> Text:
        """May become narrower than its words where others need the room."""
        self._yields = True
        return self

    def _colour(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(self._theme.tokens, self._ink)))
        self.setPalette(palette)

    # Qt names below.

    def minimumSizeHint(self) -> QSize:
        least = super().minimumSizeHint()
        if self._yields and not self.wordWrap():
            least.setWidth(min(least.width(), self.fontMetrics().horizontalAdvance("…") if self.text() else 0))
        return least

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and not self.wordWrap():
            text, room = self.text(), self.contentsRect().width()
            cut = self.fontMetrics().horizontalAdvance(text) > room + 1
            if cut and not self.toolTip() and isinstance(event, QHelpEvent):
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        room, text = self.contentsRect(), self.text()
        whole = self.wordWrap() or "\n" in text
        cut = text if whole else self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        leftward = self.pixmap().isNull() and runs_leftward(text)
        if cut == text and not leftward:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        # Qt's label would put a line that begins in Hebrew at the other end of its room; a painter keeps the widget's.
        side = int(QStyle.visualAlignment(self.layoutDirection(), self.alignment()))
        side |= int(Qt.TextFlag.TextWordWrap) if self.wordWrap() else 0
        self.style().drawItemText(painter, room, side, self.palette(), self.isEnabled(), cut, self.foregroundRole())
        painter.end()
