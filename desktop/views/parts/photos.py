"""Photos of cars as they are painted: cut to their place, with its round corners, each made once."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPixmap

from desktop.theme.tokens import RADIUS_CONTROL
from desktop.viewmodels.search.thumbnails import ThumbnailsViewModel

_KEEP = 300


class Photos(QObject):
    """Between the bytes of a thumbnail and the screen.

    Signals:
        changed: Photos came that were asked for; whoever shows some paints again.
    """

    changed = Signal()

    def __init__(self, thumbnails: ThumbnailsViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._made: OrderedDict[tuple[str, int, int, float], QPixmap | None] = OrderedDict()
        thumbnails.arrived.connect(self.changed)

    def pixmap(self, image_id: str, size: QSize, ratio: float) -> QPixmap | None:
        """None while it is on its way; the silhouette stands in its place."""
        key = (image_id, size.width(), size.height(), ratio)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        data = self._thumbnails.get(image_id)
        return None if data is None else self._keep(key, covering(data, size, ratio))

    def of_bytes(self, name: str, data: bytes, size: QSize, ratio: float) -> QPixmap | None:
        """One that is not stored yet, known by *name*."""
        key = (name, size.width(), size.height(), ratio)
        return self._made[key] if key in self._made else self._keep(key, covering(data, size, ratio))

    def _keep(self, key: tuple[str, int, int, float], pixmap: QPixmap | None) -> QPixmap | None:
        self._made[key] = pixmap
        if len(self._made) > _KEEP:
            self._made.popitem(last=False)
        return pixmap


def covering(data: bytes, size: QSize, ratio: float) -> QPixmap | None:
    """The picture in *data* scaled to cover *size*, its overhang cut off; None for what is no picture."""
    target = size * ratio
    image = _read(data, target)
    if image.isNull():
        return None
    pixmap = QPixmap(target)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    corners = QPainterPath()
    whole = QRectF(0, 0, target.width(), target.height())
    corners.addRoundedRect(whole, RADIUS_CONTROL * ratio, RADIUS_CONTROL * ratio)
    painter.setClipPath(corners)
    place = QRect(0, 0, image.width(), image.height())
    place.moveCenter(whole.toRect().center())
    painter.drawImage(place, image)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _read(data: bytes, target: QSize) -> QImage:
    """Scaled while it is decoded: a fifth of the time."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()
