"""The renters that were found, two lines each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.models.rows import NOWHERE, ROW_ROLE, AnyIndex
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, RADIUS_CONTROL, TypeSize
from engine.domain.people.people import Renter
from engine.domain.people.phone import phone_text
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_ROW = 12 * GRID
_MOST = 4


NAME_ROLE, CONTACT_ROLE = Qt.ItemDataRole.UserRole + 41, Qt.ItemDataRole.UserRole + 40


def contact_line(renter: Renter, country: str) -> str:
    return f"{phone_text(renter.phone, country)} · {renter.email}"


class RenterList(QListView):
    """As high as its rows, four at the most before it scrolls.

    Signals:
        chosen: The renter that was clicked or entered.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = _RenterRows()
        self.setModel(self._rows)
        self.setItemDelegate(_RenterDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(tr("Renters found"))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self.show_renters(())

    def show_renters(self, renters: Sequence[Renter | Damaged], country: str = "") -> None:
        """Telephone numbers of *country* are shown as they are dialled there."""
        self._rows.replace(tuple(renters), country)
        self.setFixedHeight(min(len(renters), _MOST) * _ROW)
        if renters:
            self.setCurrentIndex(self._rows.index(0, 0))

    def count(self) -> int:
        return self._rows.rowCount()

    def step(self, by: int) -> None:
        row = min(max(self.currentIndex().row() + by, 0), self.count() - 1)
        self.setCurrentIndex(self._rows.index(row, 0))

    def choose_current(self) -> None:
        self._choose(self.currentIndex())

    def _choose(self, index: AnyIndex) -> None:
        """One that cannot be read cannot be booked for; its line says why."""
        renter = index.data(ROW_ROLE)
        if isinstance(renter, Renter):
            self.chosen.emit(renter)


class _RenterRows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._renters: tuple[Renter | Damaged, ...] = ()
        self.country = ""

    def replace(self, renters: tuple[Renter | Damaged, ...], country: str) -> None:
        self.beginResetModel()
        self._renters, self.country = renters, country
        self.endResetModel()

    # Qt names below.

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._renters)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        renter = self._renters[index.row()]
        if role == ROW_ROLE:
            return renter
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if isinstance(renter, Damaged):
            name, contact = renter.line, renter.reason
        else:
            name, contact = renter.name, contact_line(renter, self.country)
        if role in (NAME_ROLE, CONTACT_ROLE):
            return name if role == NAME_ROLE else contact
        return f"{name}, {contact}" if role in spoken else None


class _RenterDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def _write(self, painter: QPainter, place: QRect, text: str, *, first: bool) -> None:
        font = self._theme.font(TypeSize.BODY if first else TypeSize.SMALL, bold=first)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text if first else self._theme.tokens.muted))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    # Qt names below.

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens, rect = self._theme.tokens, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_tint if selected else tokens.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        inner = rect.adjusted(2 * GRID, GRID + 1, -2 * GRID, -GRID - 1)
        half = inner.height() // 2
        upper, lower = inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)
        self._write(painter, upper, index.data(NAME_ROLE), first=True)
        self._write(painter, lower, index.data(CONTACT_ROLE), first=False)
        painter.restore()
