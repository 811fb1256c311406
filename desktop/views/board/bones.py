"""The board before it is known: rows and bars as bones, where the real ones will stand.

API: paint_bones(painter, area, scale, density, brush).
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.views.board.scale import Density, TimeScale

#: Shares of the window from where to where bars stand, row by row; a row without any is a head.
_ROWS = (
    (),
    ((0.0, 0.06), (0.19, 0.63)),
    ((0.0, 0.48), (0.79, 1.0)),
    ((0.33, 0.76),),
    ((0.05, 0.36), (0.49, 1.0)),
    ((0.1, 0.67), (0.91, 1.0)),
    ((0.5, 0.77),),
    ((0.08, 0.5), (0.76, 1.0)),
    ((0.19, 0.4),),
    ((0.0, 0.63), (0.77, 1.0)),
    ((0.0, 0.05), (0.2, 0.37)),
)
_CAR_SHARES = (0.42, 0.5, 0.36, 0.46)


def paint_bones(painter: QPainter, area: QRect, scale: TimeScale, density: Density, brush: QBrush) -> None:
    tokens = Theme.worn().tokens
    painter.fillRect(area, QColor(tokens.raised))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    row_px, bar_px = density.row_px, density.bar_px
    for n in range(area.bottom() // row_px + 1):
        bars, top = _ROWS[n % len(_ROWS)], n * row_px
        painter.setPen(Qt.PenStyle.NoPen)
        if not bars:
            painter.fillRect(QRect(0, top, scale.width, row_px), QColor(tokens.neutral_tint))
        painter.fillRect(QRect(0, top + row_px - 1, scale.width, 1), QColor(tokens.border))
        painter.setBrush(brush)
        wide = (scale.left - 6 * GRID) * _CAR_SHARES[n % len(_CAR_SHARES)]
        painter.drawRoundedRect(QRectF(3 * GRID, top + row_px / 2 - 5, wide, 10), GRID, GRID)
        span = scale.width - scale.left
        for since, until in bars:
            left = scale.left + since * span
            at = QRectF(left, top + (row_px - bar_px) / 2, (until - since) * span - 2, bar_px)
            painter.drawRoundedRect(at, GRID, GRID)
    for n in range(scale.days + 1):
        painter.fillRect(QRect(scale.left + n * scale.day_px, area.top(), 1, area.height()), QColor(tokens.border))
