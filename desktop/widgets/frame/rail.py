"""The left rail: the views this person may use, one of them open.

API: RailItem(id, title, icon, key), Rail(theme, title): set_items(items), select(id), selected, set_badge(id, count);
chosen(id).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QStyle, QVBoxLayout, QWidget

from desktop.theme.tokens import FOCUS, GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.theme.icons import Icon
    from desktop.theme.theme import Theme

WIDTH = 192
_ROW = 9 * GRID
_ICON = 18
_MARK = 26
_BADGE, _MANY = 18, 99


@dataclass(frozen=True, slots=True)
class RailItem:
    id: str
    title: str
    icon: Icon
    key: str = ""
    """Shown in the tool tip; the command registry owns the shortcut."""


class Rail(QWidget):
    """Up and Down move the focus, Enter and Space go there.

    Signals:
        chosen: Id of the view the person went to; not sent by :meth:`select`.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, title: str = "DriveSphere", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = QButtonGroup(self, exclusive=True)
        self.buttons: dict[str, _RailButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * GRID, 4 * GRID, 3 * GRID, 3 * GRID)
        self._column.setSpacing(GRID)
        self._column.addLayout(self._name(title))
        self._column.addStretch(1)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Views"))
        theme.changed.connect(self.update)

    @property
    def selected(self) -> str:
        return next((name for name, button in self.buttons.items() if button.isChecked()), "")

    def set_items(self, items: Sequence[RailItem]) -> None:
        """What this role may see, in order; the old items go."""
        for button in self.buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self.buttons = {item.id: self._make(item) for item in items}
        for at, button in enumerate(self.buttons.values()):
            self._column.insertWidget(at + 1, button)
            button.show()

    def select(self, name: str) -> None:
        self.buttons[name].setChecked(True)

    def set_badge(self, name: str, count: int) -> None:
        """How many things wait there; 0 shows nothing. Names that are not in the rail are passed over."""
        if (button := self.buttons.get(name)) is not None:
            button.set_waiting(count)

    def add_at_foot(self, widget: QWidget) -> None:
        """For what is not a view, such as signing out."""
        row = QHBoxLayout()
        row.addWidget(widget)
        row.addStretch(1)
        widget.setMaximumWidth(WIDTH - 6 * GRID)
        self._column.addLayout(row)

    def _name(self, title: str) -> QHBoxLayout:
        mark = QSvgWidget(self)
        mark.load(str(resources.files("resources") / "icon.svg"))
        mark.setFixedSize(_MARK, _MARK)
        row = QHBoxLayout()
        row.setContentsMargins(GRID, 0, 0, 3 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(mark)
        row.addWidget(Text(self._theme, title, size=TypeSize.LEAD, bold=True), 1)
        return row

    def _make(self, item: RailItem) -> _RailButton:
        button = _RailButton(self._theme, item)
        button.clicked.connect(lambda _checked=False, name=item.id: self.chosen.emit(name))
        self._group.addButton(button)
        return button

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        buttons = list(self.buttons.values())
        focused = next((at for at, button in enumerate(buttons) if button.hasFocus()), None)
        if event.key() in steps and focused is not None:
            buttons[(focused + steps[Qt.Key(event.key())]) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.raised))
        edge = 0 if self.isRightToLeft() else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), QColor(tokens.border))
        painter.end()


class _RailButton(QAbstractButton):
    def __init__(self, theme: Theme, item: RailItem) -> None:
        super().__init__()
        self._theme = theme
        self._item = item
        self.waiting = 0
        self.setText(item.title)
        self.setAccessibleName(item.title)
        self.setToolTip(f"{item.title} ({item.key})" if item.key else item.title)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_waiting(self, count: int) -> None:
        self.waiting = count
        self.setAccessibleName(
            tr("{title}, {count} waiting", title=self._item.title, count=count) if count else self._item.title
        )
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 6 * GRID, _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the rail moves the focus
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, here = self._theme.tokens, self.isChecked()
        ground = tokens.accent_tint if here else tokens.neutral_tint if self.isDown() else tokens.hover
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        painter.setPen(QPen(QColor(tokens.focus), FOCUS) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if here or self.underMouse() or self.isDown() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        icon = self._visual(QRect(2 * GRID, (self.height() - _ICON) // 2, _ICON, _ICON))
        self._theme.icons.paint(painter, icon, self._item.icon, tokens.accent if here else tokens.muted)
        left = 2 * GRID + _ICON + 2 * GRID + 2
        badge = self._paint_badge(painter) if self.waiting else 0
        painter.setFont(self._theme.font(TypeSize.BODY, bold=here))
        painter.setPen(QColor(tokens.accent if here else tokens.text))
        place = self._visual(QRect(left, 0, self.width() - left - GRID - badge, self.height()))
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _paint_badge(self, painter: QPainter) -> int:
        """A number in a pill at the reading end; how wide it is."""
        tokens, font = self._theme.tokens, self._theme.font(TypeSize.SMALL, bold=True)
        words = str(self.waiting) if self.waiting < _MANY else f"{_MANY}+"
        width = max(QFontMetrics(font).horizontalAdvance(words) + 3 * GRID, _BADGE)
        pill = QRect(self.width() - width - 2 * GRID, (self.height() - _BADGE) // 2, width, _BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRoundedRect(self._visual(pill), _BADGE / 2, _BADGE / 2)
        painter.setFont(font)
        painter.setPen(QColor(tokens.on_accent))
        painter.drawText(self._visual(pill), Qt.AlignmentFlag.AlignCenter, words)
        return width + 2 * GRID

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)
