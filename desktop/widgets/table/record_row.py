"""Paints one cell of a record table.

API: RecordRow(theme, clock, view): a delegate; ``skeleton`` says whether missing rows show one, ``wraps`` whether
words take as many lines as they need; height_in(index, width).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.theme.tokens import FOCUS, GRID, Tone, TypeSize
from desktop.widgets.cards.car_card import FAILED_TEXT, RETRY_TEXT, badge_width, paint_badge
from desktop.widgets.column_widths import MOST_PROSE, in_two, two_lines_of
from desktop.widgets.roles import ROW_ROLE, SPARE_ROLE, STATE_ROLE, TONE_ROLE

if TYPE_CHECKING:
    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

_AnyIndex = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
PAD = 2 * GRID
_BADGE_HEIGHT = 18
_BONE_HEIGHT = 10
_WRAPPED, _HIGH = int(Qt.TextFlag.TextWordWrap), 10_000
#: Sentences in two lines may be cut beyond this, in px: the panel beside tells them whole.
_MOST_SPARE = 400
#: What takes as many lines as it needs leaves the room to what takes one.
_MOST_WRAPPED = 120
_BONE_SHARES = (0.7, 0.55, 0.8, 0.62, 0.48)


class RecordRow(QStyledItemDelegate):
    def __init__(self, theme: Theme, clock: ShimmerClock, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._clock = clock
        self._view = view
        self.skeleton = True
        self.wraps = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        self._ground(painter, rect, option, index)
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        if index.data(ROW_ROLE) is not None:
            self._value(painter, inner, index)
        elif index.data(STATE_ROLE) == "failed":
            self._failure(painter, inner, index)
        elif self.skeleton:
            self._bone(painter, inner, option, index)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        tokens = self._theme.tokens
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, QColor(tokens.accent_tint if selected else tokens.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.border))
        if self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            self._focus_edges(painter, rect, index)

    def _focus_edges(self, painter: QPainter, rect: QRect, index: _AnyIndex) -> None:
        """The ring goes round the row, so each cell draws its part of it."""
        colour = QColor(self._theme.tokens.focus)
        painter.fillRect(rect.left(), rect.top(), rect.width(), FOCUS, colour)
        painter.fillRect(rect.left(), rect.bottom() - FOCUS + 1, rect.width(), FOCUS, colour)
        shown = [column for column in range(index.model().columnCount()) if not self._view.isColumnHidden(column)]
        first, last = index.column() == shown[0], index.column() == shown[-1]
        mirrored = self._view.isRightToLeft()
        if last if mirrored else first:
            painter.fillRect(rect.left(), rect.top(), FOCUS, rect.height(), colour)
        if first if mirrored else last:
            painter.fillRect(rect.right() - FOCUS + 1, rect.top(), FOCUS, rect.height(), colour)

    def _value(self, painter: QPainter, rect: QRect, index: _AnyIndex) -> None:
        text, tone = self._text(index), index.data(TONE_ROLE)
        if tone and text:
            place = QRect(rect.left(), rect.center().y() - _BADGE_HEIGHT // 2, rect.width(), _BADGE_HEIGHT)
            paint_badge(painter, self._theme, place, text, Tone(tone), chosen=self._chosen(index))
        else:
            self._write(painter, rect, text, self._theme.tokens.text, index)

    def _chosen(self, index: _AnyIndex) -> bool:
        """Whether its line has the ground of the chosen one."""
        return self._view.selectionModel().isRowSelected(index.row())

    def _text(self, index: _AnyIndex) -> str:
        """Of a row that cannot be read what it is and why, in the first columns that are there."""
        if index.data(STATE_ROLE) != "damaged":
            return str(index.data(_Role.DisplayRole) or "")
        before = sum(not self._view.isColumnHidden(column) for column in range(index.column()))
        return _words(index, before) if before <= 1 else ""

    def _failure(self, painter: QPainter, rect: QRect, index: _AnyIndex) -> None:
        if index.column() < len(_FAILURE):
            ink = self._theme.tokens.danger if index.column() == 0 else self._theme.tokens.muted
            self._write(painter, rect, _FAILURE[index.column()], ink, index)

    def _bone(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        share = _BONE_SHARES[(index.row() + 2 * index.column()) % len(_BONE_SHARES)]
        bone = QRect(0, 0, round(rect.width() * share), _BONE_HEIGHT)
        bone = QStyle.alignedRect(option.direction, self._side(index), bone.size(), rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self._view.viewport().width()))
        painter.drawRoundedRect(bone, GRID, GRID)

    def _write(self, painter: QPainter, rect: QRect, text: str, colour: str, index: _AnyIndex) -> None:
        font = self._theme.font(TypeSize.BODY)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        if metrics.horizontalAdvance(text) < rect.width() or " " not in text:
            words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, self._side(index), words)
            return
        if self.wraps:
            painter.drawText(rect, int(self._side(index)) | _WRAPPED, text)
            return
        half = rect.height() // 2
        places = rect.adjusted(0, 1, 0, -half), rect.adjusted(0, half, 0, -2)
        for line, place in zip(two_lines_of(metrics, text, "", rect.width() - 1), places, strict=True):
            words = metrics.elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(place, self._side(index), words)

    def height_in(self, index: _AnyIndex, width: int) -> int:
        """How high a row must be for the words of this cell in all the lines they take, in px."""
        text = self._text(index)
        metrics, inner = QFontMetrics(self._theme.font(TypeSize.BODY)), max(width - 2 * PAD, 1)
        if index.data(ROW_ROLE) is None or index.data(TONE_ROLE) or metrics.horizontalAdvance(text) < inner:
            return 0
        return metrics.boundingRect(QRect(0, 0, inner, _HIGH), _WRAPPED, text).height() + 3 * GRID

    def needs(self, index: _AnyIndex) -> tuple[int, int]:
        """How wide its words are in one line, and the least in which they are whole."""
        text, tone = str(index.data(_Role.DisplayRole) or ""), index.data(TONE_ROLE)
        if index.data(STATE_ROLE) == "damaged":
            text = self._may_show(index)
        if tone and text:
            width = badge_width(self._theme, text)
            return width, width
        metrics = QFontMetrics(self._theme.font(TypeSize.BODY))
        natural = metrics.horizontalAdvance(text) + 1
        spare = bool(index.model().headerData(index.column(), Qt.Orientation.Horizontal, SPARE_ROLE))
        numeric = bool(int(index.data(_Role.TextAlignmentRole) or 0) & int(Qt.AlignmentFlag.AlignTrailing))
        # A spare column goes before its names are cut.
        most = _MOST_WRAPPED if self.wraps else _MOST_SPARE if spare else MOST_PROSE
        return natural, natural if numeric else in_two(metrics, text, most=most) + 1

    def _may_show(self, index: _AnyIndex) -> str:
        """What of a row that cannot be read has its place here if the spare columns before are left out: what it is."""
        model = index.model()
        before = (model.headerData(column, Qt.Orientation.Horizontal, SPARE_ROLE) for column in range(index.column()))
        return _words(index, 0) if all(before) else ""

    def _side(self, index: _AnyIndex) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag(int(index.data(_Role.TextAlignmentRole) or 0)) | Qt.AlignmentFlag.AlignVCenter


def _words(index: _AnyIndex, column: int) -> str:
    """Of another cell of its row."""
    return str(index.model().index(index.row(), column).data(_Role.DisplayRole) or "")


_FAILURE = (FAILED_TEXT, RETRY_TEXT)
