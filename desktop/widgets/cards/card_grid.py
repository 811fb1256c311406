"""The car cards: a list of known length that wraps, its missing rows shown as a skeleton in the same places.

API: CardGrid(theme, clock, text_of): setModel, set_skeleton(shown), set_photo_of, chosen, visible_rows, retry_wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from desktop.widgets.cards.car_card import CarCardText, CardPainter, CardState
from desktop.widgets.cards.card_layout import cell_size
from desktop.widgets.roles import ROW_ROLE, STATE_ROLE
from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

_AnyIndex = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag
_NEXT, _PREVIOUS = Qt.Key.Key_J, Qt.Key.Key_K
_OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _CardDelegate(QStyledItemDelegate):
    def __init__(self, painter: CardPainter, text_of: Callable[[Any], CarCardText], view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self._painter = painter
        self.text_of = text_of
        self.cell = QSize()
        self.skeleton = True
        self.photo_of: Callable[[Any], QPixmap | None] = _no_photo

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        row = index.data(ROW_ROLE)
        failed = row is None and index.data(STATE_ROLE) == "failed"
        if row is None and not failed and not self.skeleton:
            return
        flags = option.state
        state = CardState(
            hovered=bool(flags & _State.State_MouseOver),
            selected=bool(flags & _State.State_Selected),
            focused=bool(flags & _State.State_HasFocus),
            failed=failed,
            surface=self._view.viewport().rect(),
            direction=option.direction,
        )
        rect: QRect = option.rect
        card, photo = (None, None) if row is None else (self.text_of(row), self.photo_of(row))
        self._painter.paint(painter, rect, card, state, photo)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return self.cell


class CardGrid(QListView):
    """Arrows, J and K, Home, End, PageUp, PageDown move; Enter or a click chooses.

    Signals:
        chosen: The record of the card that was opened.
        stepped: Keys or the mouse may have made another card the current one.
        visible_rows: First and last row now on the screen; feed it to ``SlicesModel.want_rows``.
        retry_wanted: Row of a failed card that was opened; feed it to ``SlicesModel.retry``.
        hidden: Nobody sees the cards any more.
    """

    chosen = Signal(object)
    stepped = Signal()
    visible_rows = Signal(int, int)
    retry_wanted = Signal(int)
    hidden = Signal()

    def __init__(
        self,
        theme: Theme,
        clock: ShimmerClock,
        text_of: Callable[[Any], CarCardText],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._columns = 1
        self._keep_in_sight = False
        self._waiting: list[QRect] = []
        self._delegate = _CardDelegate(CardPainter(theme, clock), text_of, self)
        self._look_later = QTimer(self, singleShot=True, interval=0)
        self._look_later.timeout.connect(self.look)
        self._dress()
        self.verticalScrollBar().valueChanged.connect(self._look_soon)
        self.clicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def set_skeleton(self, *, shown: bool) -> None:
        """Whether rows that are not there yet show a skeleton or nothing (see ``phases.LoadingRule``)."""
        if shown != self._delegate.skeleton:
            self._delegate.skeleton = shown
            self.viewport().update()
            self.look()

    def set_photo_of(self, photo_of: Callable[[Any], QPixmap | None]) -> None:
        """Where a row has a photo it takes the place of the silhouette."""
        self._delegate.photo_of = photo_of

    def columns(self) -> int:
        """Cards side by side at the present width."""
        return self._columns

    def look(self) -> None:
        """Find out what is on the screen: orders rows through ``visible_rows``, starts and stops the light."""
        if self._keep_in_sight:
            self._keep_in_sight = False
            self.scrollTo(self.currentIndex())
        model = self.model()
        rows = range(0) if model is None else self._rows_on_screen(model.rowCount())
        self._waiting = [] if model is None or not self._delegate.skeleton else self._waiting_among(model, rows)
        if self._waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)
        if rows:
            self.visible_rows.emit(rows.start, rows.stop - 1)

    def shimmer_step(self) -> None:
        left, right = self._clock.swept(self.viewport().width())
        strip = QRect(left, 0, right - left, self.viewport().height())
        region = QRegion()
        for card in self._waiting:
            if strip.intersects(card):
                region += strip.intersected(card)
        self.viewport().update(region)

    def _look_soon(self) -> None:
        # Not connected as ``start``: a scroll bar's value would be taken for the interval.
        self._look_later.start()

    def _dress(self) -> None:
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(tr("Cars"))

    def _rows_on_screen(self, count: int) -> range:
        height = max(self._delegate.cell.height(), 1)
        top = self.verticalScrollBar().value()
        first = top // height * self._columns
        last = (top + self.viewport().height() - 1) // height * self._columns + self._columns
        return range(min(first, count), min(last, count))

    def _waiting_among(self, model: QAbstractItemModel, rows: range) -> list[QRect]:
        indexes = (model.index(row, 0) for row in rows)
        return [self.visualRect(index) for index in indexes if index.data(STATE_ROLE) == "waiting"]

    def _open(self, index: _AnyIndex) -> None:
        row = index.data(ROW_ROLE)
        if row is not None:
            self.chosen.emit(row)
        elif index.data(STATE_ROLE) == "failed":
            self.retry_wanted.emit(index.row())

    def _step(self, by: int) -> None:
        model = self.model()
        if model is None or model.rowCount() == 0:
            return
        row = min(max(self.currentIndex().row() + by, 0), model.rowCount() - 1)
        self.setCurrentIndex(model.index(row, 0))

    # Qt names below.

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            for signal in (model.modelReset, model.dataChanged, model.rowsInserted, model.rowsRemoved):
                signal.connect(self._look_soon)
        self._look_later.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (_NEXT, _PREVIOUS) and not event.modifiers():
            self._step(1 if event.key() == _NEXT else -1)
        elif event.key() in _OPEN:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
        self.stepped.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.stepped.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        """A name that is cut off is told in full."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self.indexAt(event.pos()).data(ROW_ROLE)
            QToolTip.showText(event.globalPos(), self._delegate.text_of(row).title if row is not None else "", self)
            return True
        return super().viewportEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, they do not jump to a card."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Room for the scroll bar is kept whether it shows or not: its coming must not move the cards.
        room = self.width() - self.verticalScrollBar().sizeHint().width() - 2
        current = self.currentIndex()
        place = self.visualRect(current)
        seen = current.isValid() and place.bottom() >= 0 and place.top() <= self.viewport().height()
        before = self._columns
        self._columns, self._delegate.cell = cell_size(room)
        self.setGridSize(self._delegate.cell)
        super().resizeEvent(event)
        # The cards are in other places now; the one that is looked at stays in sight.
        self._keep_in_sight = self._keep_in_sight or (seen and self._columns != before)
        self._look_later.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_later.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._look_later.stop()
        self._clock.leave(self)
        super().hideEvent(event)
        self.hidden.emit()


def _no_photo(_row: Any) -> QPixmap | None:
    return None
