"""The pictures of the marks of a car, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from desktop.views.marks.marks_dialog import MarksDialog
from engine.domain.car.body_parts import part_named
from engine.domain.car.condition import CarMarks, Ended, Found, MarkId, MarkKind, NewMark, repaired, written
from engine.domain.shared.errors import Unavailable

_KNOWN = (
    ("wheel-front-left", MarkKind.KERBED, 2, None),
    ("bonnet", MarkKind.CHIP, 1, 15),
    ("bumper-rear", MarkKind.SCRATCH, 2, 60),
)


async def marks(photo) -> None:
    """In the panel of the car that is open: with marks, without an answer, and as new ones are set."""
    panel, vm = photo.view.client.car, photo.view.client.car.marks.vm
    await photo.until(lambda: vm.state.known is not None)
    full, now = vm.state, photo.desk.now()
    known = tuple(
        written(
            NewMark(part_named(full.car.body, part).at, part, *what), MarkId(part), full.car.id, n, Found("lena", now)
        )
        for n, (part, *what) in enumerate(_KNOWN, 1)
    )
    closed = repaired(replace(known[0], id=MarkId("closed"), n=4), Ended("admin", now, "Polished"))
    vm.feed(replace(full, known=CarMarks(full.car, (*known, closed))))
    panel.marks.list.step_to(2)
    _to_the_end(panel)
    await photo.take("car-marks")
    vm.feed(replace(full, known=None, problem=Unavailable("mongodb")))
    _to_the_end(panel)
    await photo.take("car-marks-failed")
    vm.feed(replace(full, known=CarMarks(full.car, known)))
    panel.marks.ask()
    await photo.until(lambda: _asked(photo))
    box = _asked(photo)
    for line in ("door front left, scratch, 2, 40 mm", "roof, dent, 1"):
        box.form.line.setText(line)
        QTest.keyClick(box.form.line, Qt.Key.Key_Return)
    box.form.line.setText("wing")
    await photo.take("marks", lambda: box)
    box.no.click()
    vm.feed(full)


def _to_the_end(panel) -> None:
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    QApplication.processEvents()
    bar.setValue(bar.maximum())


def _asked(photo):
    return next((box for box in photo.program.window.findChildren(MarksDialog) if box.isVisible()), None)
