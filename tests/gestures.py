"""What a hand does to a window, told as the system tells it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication


def turn(widget, notches=-1):
    """A wheel over the middle of *widget*, as the system tells the window of it."""
    where = QPointF(widget.mapTo(widget.window(), widget.rect().center()))
    QTest.wheelEvent(widget.window().windowHandle(), where, QPoint(0, 120 * notches))
    QApplication.processEvents()
