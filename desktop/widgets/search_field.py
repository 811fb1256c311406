"""A search entry: tells what was typed once the typing pauses, or at once on Enter.

API: SearchField(theme, hint): searched(text), stepped_down(), reset(), show_text(text), search_for(text); text()
and setText as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent

    from desktop.theme.theme import Theme

PAUSE_MS = 250
#: What every search takes (``listing`` takes no more): something long pasted by mistake is no error of the page.
LONGEST = 80
#: The glass, the frame and the margins.
_AROUND = 16 * GRID


class SearchField(QLineEdit):
    """Asks after a pause, of 250 ms unless another is given.

    Signals:
        searched: The text to look for, trimmed; never twice the same in a row.
        stepped_down: Down was pressed: whoever looks for something wants to go on into what was found.
    """

    searched = Signal(str)
    stepped_down = Signal()

    def __init__(self, theme: Theme, hint: str, parent: QWidget | None = None, *, pause_ms: int = PAUSE_MS) -> None:
        super().__init__(parent, maxLength=LONGEST)
        self._theme = theme
        self._told = ""
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self._glass = self.addAction(
            theme.icons.icon(Icon.SEARCH, theme.tokens.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(self._pause.start)
        self.returnPressed.connect(self._tell)
        theme.changed.connect(self._tint)

    @property
    def hint_width(self) -> int:
        """How wide it must be for its hint to be read whole, in px."""
        return QFontMetrics(self.font()).horizontalAdvance(self.placeholderText()) + _AROUND

    def reset(self) -> None:
        """Empty, and what is typed next is told even if it was the last that was told."""
        self.clear()
        self._pause.stop()
        self._told = ""

    def show_text(self, text: str) -> None:
        """What is searched for already; it is not told again."""
        self.setText(text)
        self._pause.stop()
        self._told = text

    def follow(self, text: str) -> None:
        """Show what is searched for now, unless somebody types here."""
        if self.text().strip() != text and not self.hasFocus():
            self.show_text(text)

    def search_for(self, text: str) -> None:
        """As if *text* had been typed and Enter pressed; told even if it was the last that was told."""
        self._told = ""
        self.setText(text)
        self._tell()

    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._told:
            self._told = text
            self.searched.emit(text)

    def _tint(self) -> None:
        self._glass.setIcon(self._theme.icons.icon(Icon.SEARCH, self._theme.tokens.muted))

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.stepped_down.emit()
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pause.stop()
        super().hideEvent(event)
