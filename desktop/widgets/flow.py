"""Widgets side by side that go on in the next line where there is no more room.

API: FlowLayout(gap): addWidget as ever, an expanding widget in a line takes nothing from the others; add_tail(widget)
for the last ones, which stand at the reading end of its line; with_label(label, field, gap) -> QWidget.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QLayoutItem, QStyle, QWidget


def with_label(label: QLabel, field: QWidget, gap: int) -> QWidget:
    """Both on one line, whatever flows: *label* is the field's."""
    label.setBuddy(field)
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    row.addWidget(label)
    row.addWidget(field)
    return pair


class FlowLayout(QLayout):
    def __init__(self, parent: QWidget | None = None, *, gap: int) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self._tails: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def add_tail(self, widget: QWidget) -> None:
        self.addWidget(widget)
        self._tails.append(self._items[-1])

    def _places(self, width: int) -> tuple[list[tuple[QLayoutItem, QRect]], int]:
        """Each shown item's place within *width* px, left to right, and the height of all lines."""
        places: list[tuple[QLayoutItem, QRect]] = []
        top = 0
        for line in self._lines(width):
            height, left = max(item.sizeHint().height() for item in line), 0
            tail = next((item for item in line if item in self._tails), None)
            if tail is line[0] and len(self._tails) > 1:
                tail = None  # several that have a line of their own begin where every line does
            for item in line:
                size = item.sizeHint().boundedTo(QSize(width, height))
                if item is tail:
                    left = width - self._rest(line, item)
                places.append((item, QRect(QPoint(left, top + (height - size.height()) // 2), size)))
                left += size.width() + self._gap
            top += height + self._gap
        return places, max(top - self._gap, 0)

    def _rest(self, line: list[QLayoutItem], item: QLayoutItem) -> int:
        """What *item* and those behind it take of a *line*."""
        behind = line[line.index(item) :]
        return sum(each.sizeHint().width() for each in behind) + self._gap * (len(behind) - 1)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        room = -1
        for item in (each for each in self._items if not each.isEmpty()):
            wanted = item.sizeHint().width()
            if wanted > room:
                lines.append([])
                room = width
            lines[-1].append(item)
            room -= wanted + self._gap
        return lines

    # Qt names below.

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._places(width)[1]

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self._gap * max(len(sizes) - 1, 0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        for item, place in self._places(rect.width())[0]:
            item.setGeometry(QStyle.visualRect(direction, rect, place.translated(rect.topLeft())))
