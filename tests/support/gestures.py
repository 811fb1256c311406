"""What a hand does to a window, told as the system tells it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.widgets.frame.question_box import QuestionBox


def turn(widget, notches=-1):
    """A wheel over the middle of *widget*, as the system tells the window of it."""
    where = QPointF(widget.mapTo(widget.window(), widget.rect().center()))
    QTest.wheelEvent(widget.window().windowHandle(), where, QPoint(0, 120 * notches))
    QApplication.processEvents()


def asked():
    """The question that stands over a window and has the keyboard; None while there is none."""
    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QuestionBox) and each.isVisible()]
    return next((box for box in boxes if box.isActiveWindow()), None)
