"""A word about something that happened elsewhere; it goes by itself and takes no focus.

API: Toast(theme, host): tell(text, step); acted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStyle, QWidget

from desktop.theme.tokens import GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.panel import paint_panel

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QHideEvent

    from desktop.theme.theme import Theme

STAYS_MS = 6000
_BELOW = 6 * GRID


class Toast(QWidget):
    """Lies over *host*, low at the reading start; the mouse on it holds it.

    Signals:
        acted: The step was pressed.
    """

    acted = Signal()

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._text = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.step = QPushButton(flat=True)
        self.step.setFont(theme.font(TypeSize.BODY, bold=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, GRID, 2 * GRID, GRID)
        row.addWidget(self._text)
        row.addWidget(self.step)
        self.setMinimumHeight(10 * GRID)
        self._leave = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._leave.timeout.connect(self.hide)
        self.step.clicked.connect(self._act)
        theme.changed.connect(self._invert)
        host.installEventFilter(self)
        self._invert()
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def tell(self, text: str, step: str = "") -> None:
        """Say it for six seconds; a newer word takes the place of an older one."""
        self._text.setText(text)
        self.step.setText(step)
        self.step.setVisible(bool(step))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._leave.start()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _act(self) -> None:
        self.hide()
        self.acted.emit()

    def _place(self) -> None:
        self.adjustSize()
        # At the reading start: the side panel and its main action are at the other end.
        place = QRect(QPoint(_BELOW, self._host.height() - self.height() - _BELOW), self.size())
        self.move(QStyle.visualRect(self._host.layoutDirection(), self._host.rect(), place).topLeft())

    def _invert(self) -> None:
        # Set on each: beside a style sheet, children do not inherit a palette.
        for widget in (self._text, self.step):
            palette = widget.palette()
            for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
                palette.setColor(role, QColor(self._theme.tokens.raised))
            widget.setPalette(palette)

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._leave.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.isVisible():
            self._leave.start()
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._leave.stop()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, self.rect(), self._theme.tokens.text, self._theme.tokens.text, RADIUS_CONTROL)
        painter.end()
