"""A paper as pictures of its pages, to be looked at, and on a printer's pages; the same marks as in its PDF."""

from __future__ import annotations

from PySide6.QtGui import QImage, QPagedPaintDevice, QPainter

from desktop.papers.drawing import HEIGHT, WIDTH, LaidOut
from desktop.papers.letters import DPI

Pictures = tuple[QImage, ...]
Printer = QPagedPaintDevice


def pictures_of(laid: LaidOut, width_px: int) -> Pictures:
    """Each page, white, so many dots of the screen wide."""
    return tuple(_picture(laid, at, width_px) for at in range(len(laid.pages)))


def print_on(printer: Printer, laid: LaidOut) -> None:
    """All pages, a sheet each. *printer* counts from the sheet's own corner and is nobody else's meanwhile."""
    painter = QPainter(printer)
    try:
        painter.scale(printer.logicalDpiX() / DPI, printer.logicalDpiY() / DPI)
        for at in range(len(laid.pages)):
            if at:
                printer.newPage()
            laid.draw(painter, at)
    finally:
        # Whatever ends it: Qt does not survive a device that goes before its painter has ended.
        painter.end()


def _picture(laid: LaidOut, at: int, width_px: int) -> QImage:
    picture = QImage(width_px, round(width_px * HEIGHT / WIDTH), QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFFFF)
    painter = QPainter(picture)
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(width_px / WIDTH, width_px / WIDTH)
        laid.draw(painter, at)
    finally:
        painter.end()
    return picture
