"""Label and value rows of a detail panel: labels at once, values as a skeleton until they are known.

API: LabelledValue(label, value, strong, amount), FieldList(theme, clock): show_skeleton(labels), show_fields(fields).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import plain_tip, runs_leftward
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

ROW = 7 * GRID
_LABEL_SHARE = 0.38
_BONE_HEIGHT = 10
_BONE_SHARES = (0.62, 0.44, 0.78, 0.52)
_Align = Qt.AlignmentFlag
_WRAPPED = int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class LabelledValue:
    label: str
    value: str
    strong: bool = False
    """The row that counts, such as the total: larger, with a rule above."""
    amount: bool = False
    """Money stands flush at the reading end, so that a column of it can be added up by eye."""


@dataclass(frozen=True, slots=True)
class FieldPlaces:
    label: QRect
    value: QRect
    bone: QRect


def field_layout(
    rect: QRect, count: int, direction: Qt.LayoutDirection, heights: Sequence[int] = (), splits: Sequence[int] = ()
) -> tuple[FieldPlaces, ...]:
    """Where label, value and the bone of the value stand in each row.

    *heights* and *splits* (where the value begins) are those of rows that need other ones, in px.
    """
    usual = round(rect.width() * _LABEL_SHARE)
    top = rect.top()
    places: list[FieldPlaces] = []
    for n in range(count):
        height = heights[n] if n < len(heights) else ROW
        split = splits[n] if n < len(splits) else usual
        label = QRect(rect.left(), top, split - 2 * GRID, ROW)
        value = QRect(rect.left() + split, top, rect.width() - split, height)
        bone = QRect(0, 0, round(value.width() * _BONE_SHARES[n % len(_BONE_SHARES)]), _BONE_HEIGHT)
        bone.moveCenter(value.center())
        bone.moveLeft(value.left())
        places.append(FieldPlaces(*(QStyle.visualRect(direction, rect, place) for place in (label, value, bone))))
        top += height
    return tuple(places)


class FieldList(QWidget):
    """Painted, not laid out: the arrival of values moves nothing.

    A value is never cut and begins where the others do: it takes further lines. Money takes its label's room first.
    """

    def __init__(self, theme: Theme, clock: ShimmerClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self.fields: tuple[LabelledValue, ...] = ()
        self._waiting = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_skeleton(self, labels: Sequence[str]) -> None:
        self._show(tuple(LabelledValue(label, "") for label in labels), waiting=True)

    def show_fields(self, fields: Sequence[LabelledValue]) -> None:
        self._show(tuple(fields), waiting=False)

    def shimmer_step(self) -> None:
        self._clock.sweep(self)

    def _show(self, fields: tuple[LabelledValue, ...], *, waiting: bool) -> None:
        if (fields, waiting) == (self.fields, self._waiting):
            return
        self.fields, self._waiting = fields, waiting
        spoken = tr("Loading") if waiting else ". ".join(f"{field.label}: {field.value}" for field in fields)
        self.setAccessibleDescription(spoken)
        self._join()
        self.updateGeometry()
        self.update()

    def _join(self) -> None:
        if self._waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)

    def _field_at(self, point: QPoint) -> LabelledValue | None:
        places = self._places()
        return next((f for f, at in zip(self.fields, places, strict=True) if at.value.bottom() >= point.y()), None)

    def _metrics(self, field: LabelledValue) -> QFontMetrics:
        return QFontMetrics(self._theme.font(TypeSize.LEAD if field.strong else TypeSize.BODY, bold=field.strong))

    def _shape(self, field: LabelledValue, width: int) -> tuple[int, int]:
        """Height of a row and where its value begins."""
        split, metrics = round(width * _LABEL_SHARE), self._metrics(field)
        # Money stands flush at the other end; of words only one that no line can break reaches into the label's room.
        whole = [field.value] if field.amount else field.value.split(" ")
        needed = max(metrics.horizontalAdvance(part) for part in whole) + 1
        if not self._waiting and needed > width - split:
            label = QFontMetrics(self._theme.font(TypeSize.BODY)).horizontalAdvance(field.label)
            split = min(split, max(label + 2 * GRID + 1, width - needed))
        if self._waiting or metrics.horizontalAdvance(field.value) + 1 <= width - split:
            return ROW, split
        room = QRect(0, 0, max(width - split, 1), 10_000)
        lines = metrics.boundingRect(room, _WRAPPED, field.value).height()
        return max(ROW, lines + 3 * GRID), split

    def _places(self) -> tuple[FieldPlaces, ...]:
        shapes = [self._shape(field, self.width()) for field in self.fields]
        heights, splits = [shape[0] for shape in shapes], [shape[1] for shape in shapes]
        return field_layout(self.rect(), len(self.fields), self.layoutDirection(), heights, splits)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(self.width() if self.width() > 1 else 320))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(self._shape(field, width)[0] for field in self.fields)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._join()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            field = self._field_at(event.pos())
            self.setToolTip("" if field is None else plain_tip(field.value))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        for field, place in zip(self.fields, self._places(), strict=True):
            self._paint_row(painter, field, place)
        painter.end()

    def _paint_row(self, painter: QPainter, field: LabelledValue, place: FieldPlaces) -> None:
        tokens = self._theme.tokens
        if field.strong:
            painter.fillRect(QRect(0, place.label.top(), self.width(), 1), QColor(tokens.border))
        self._write(painter, place.label, field.label, TypeSize.BODY, tokens.muted)
        if self._waiting:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._clock.brush(self.width()))
            painter.drawRoundedRect(place.bone, GRID, GRID)
        else:
            size = TypeSize.LEAD if field.strong else TypeSize.BODY
            side = _Align.AlignTrailing if field.amount else _Align.AlignLeading
            self._write(painter, place.value, field.value, size, tokens.text, bold=field.strong, side=side)

    def _write(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        size: TypeSize,
        colour: str,
        *,
        bold: bool = False,
        side: Qt.AlignmentFlag = _Align.AlignLeading,
    ) -> None:
        font = self._theme.font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        metrics = QFontMetrics(font)
        if place.height() > ROW or runs_leftward(text):
            flags = int(side | _Align.AlignVCenter) | _WRAPPED
            painter.drawText(place, flags, text)
            return
        words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | _Align.AlignVCenter, words)
