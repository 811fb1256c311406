"""Fields with a choice or a number that a turning wheel leaves alone, and a list of choices that shows them all.

API: Combo (a QComboBox), NumberBox (a QSpinBox), place_popup(popup, anchor, size).
The wheel acts on a combo's open list and on a number that has the keyboard; else the page scrolls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QToolTip,
    QWidget,
)

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import FOCUS, GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.text import plain_tip
from engine.domain.shared.numerals import digits_of

if TYPE_CHECKING:
    pass

MOST_ROWS = 10
ROW = 9 * GRID
_MARK = 16
_TEXT_FROM = 2 * GRID + _MARK + 2 * GRID


class Combo(QComboBox):
    """As high as its entries, ten at the most; below its field, or above where the screen ends.

    What is chosen ends in dots where the field is too narrow for it, and its tip has all of it.
    """

    def __init__(self, parent: QWidget | None = None, *, editable: bool = False, placeholder: str = "") -> None:
        super().__init__(parent)
        self.setEditable(editable)
        self.setPlaceholderText(placeholder)
        # A wheel that turns over it must not take the keyboard either.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(MOST_ROWS)
        rows = QListView(self)
        rows.setUniformItemSizes(True)
        rows.setVerticalScrollMode(QListView.ScrollMode.ScrollPerItem)
        rows.setItemDelegate(_Row(self, rows))
        self.setView(rows)

    # Qt names below.

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.isEditable() or self.currentIndex() < 0:
            super().paintEvent(event)
            return
        shown = QStyleOptionComboBox()
        self.initStyleOption(shown)
        shown.currentText = self._fitting()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, shown)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, shown)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and not self.toolTip() and self._fitting() != self.currentText():
            QToolTip.showText(event.globalPos(), plain_tip(self.currentText()), self)
            return True
        return super().event(event)

    def _fitting(self) -> str:
        """What there is room for of the chosen words."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        metrics = QFontMetrics(self.font())
        text = self.currentText()
        # Fractions of a pixel would take a letter from what just fits.
        if metrics.horizontalAdvance(text) <= room:
            return text
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def showPopup(self) -> None:
        super().showPopup()
        rows, box = self.view(), self.view().window()
        around = box.height() - rows.viewport().height()
        shown = min(self.count(), MOST_ROWS)
        wide = rows.sizeHintForColumn(self.modelColumn()) + box.width() - rows.viewport().width() + 4 * GRID
        size = QSize(max(self.width(), wide), shown * ROW + around)
        place_popup(box, self, size, step=ROW)
        box_layout = box.layout()
        if box_layout is not None:
            box_layout.activate()
        # What surrounds the rows is only known once they have their place.
        missing = shown * ROW - rows.viewport().height()
        if 0 < missing < ROW:
            place_popup(box, self, QSize(size.width(), size.height() + missing), step=ROW)
        rows.scrollTo(rows.currentIndex())


class NumberBox(QSpinBox):
    """Its arrows and keys count; the wheel only where the keyboard is."""

    def __init__(self, parent: QWidget | None = None, *, suffix: str = "") -> None:
        super().__init__(parent, suffix=suffix)
        self.setLocale(QLocale(QLocale.Language.English))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The style sheet's padding does not reach the text of a spin box.
        self.lineEdit().setTextMargins(GRID + 2, 0, 0, 0)

    # Qt names below.

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Digits of every script count."""
        return super().validate(digits_of(text), at)

    def valueFromText(self, text: str) -> int:
        return super().valueFromText(digits_of(text))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def place_popup(popup: QWidget, anchor: QWidget, size: QSize, *, step: int = 1) -> None:
    """Below *anchor*, above it where more of it fits there; no higher than the room, by whole *step* px less."""
    free = anchor.screen().availableGeometry()
    below = free.bottom() + 1 - GRID - anchor.mapToGlobal(QPoint(0, anchor.height() + GRID)).y()
    above = anchor.mapToGlobal(QPoint(0, -GRID)).y() - free.top() - GRID
    upwards = size.height() > below and above > below
    room = above if upwards else below
    over = max(size.height() - room, 0)
    height = max(size.height() - -(-over // step) * step, step)
    width = min(size.width(), free.width() - 2 * GRID)
    left = anchor.mapToGlobal(QPoint(0, 0)).x()
    if anchor.isRightToLeft():
        left = anchor.mapToGlobal(QPoint(anchor.width(), 0)).x() - width
    left = min(max(left, free.left() + GRID), free.right() + 1 - GRID - width)
    y = -GRID - height if upwards else anchor.height() + GRID
    popup.setGeometry(QRect(QPoint(left, anchor.mapToGlobal(QPoint(0, y)).y()), QSize(width, height)))


class _Row(QStyledItemDelegate):
    """A tick at what is chosen, a ring around what the keyboard is on."""

    def __init__(self, combo: Combo, view: QListView) -> None:
        super().__init__(view)
        self._combo, self._theme = combo, Theme.worn()

    # Qt names below.

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        font = self._theme.font(TypeSize.BODY, bold=True)
        words = str(index.data() or "")
        return QSize(_TEXT_FROM + QFontMetrics(font).horizontalAdvance(words) + 3 * GRID, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, place = self._theme.tokens, option.rect
        chosen = index.row() == self._combo.currentIndex()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(tokens.accent_tint))
            painter.setPen(QPen(QColor(tokens.focus), FOCUS))
            painter.drawRoundedRect(QRectF(place).adjusted(2, 2, -2, -2), RADIUS_CONTROL, RADIUS_CONTROL)
        if chosen:
            mark = QRect(place.left() + 2 * GRID, place.center().y() - _MARK // 2, _MARK, _MARK)
            mark = QStyle.visualRect(option.direction, place, mark)
            self._theme.icons.paint(painter, mark, Icon.CHECK, tokens.accent)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        font = self._theme.font(TypeSize.BODY, bold=chosen)
        words = QStyle.visualRect(option.direction, place, place.adjusted(_TEXT_FROM, 0, -2 * GRID, 0))
        painter.setFont(font)
        painter.setPen(QColor(tokens.text if enabled else tokens.disabled))
        text = QFontMetrics(font).elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


__all__ = ["MOST_ROWS", "ROW", "Combo", "NumberBox", "place_popup"]
