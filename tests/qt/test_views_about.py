from __future__ import annotations

import threading

from PySide6.QtWidgets import QApplication

from desktop.views.frame.about import AboutBox
from engine.licences import shipped


def _box():
    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, AboutBox) and each.isVisible()]
    return next(iter(boxes), None)


async def test_about_shows_version_and_every_text(window, until):
    window.commands.action("window.about").trigger()
    await until(_box)
    shown = _box()
    await until(shown.works.isEnabled)
    texts = []
    for at in range(shown.works.count()):
        shown.works.setCurrentIndex(at)
        texts.append(shown.terms.toPlainText())
    names = [shown.works.itemText(at) for at in range(shown.works.count())]
    inside = [
        shown.rect().contains(part.rect().translated(part.mapTo(shown, part.rect().topLeft())))
        for part in (shown.works, shown.terms)
    ]
    shown.accept()
    await window.tasks.ended("about")

    assert names[0].startswith("drivesphere 0.")
    assert all(text.strip() for text in texts)
    assert len(texts) > 40
    assert [True, True] == inside


async def test_about_is_there_before_the_files_are_read_and_may_be_closed_before(window, until, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        go_on.wait()
        return shipped()

    monkeypatch.setattr("desktop.views.frame.about.shipped", slow)
    window.commands.action("window.about").trigger()
    await until(begun.is_set)
    await until(_box)
    told, shown = _box().told, _box().terms.toPlainText()
    _box().yes.click()
    await window.tasks.ended("about")
    go_on.set()

    assert "Version 0." in told
    assert shown.startswith("The terms are being read")
    assert _box() is None


async def test_the_lines_of_our_licence_stay_as_they_are(window, until):
    window.commands.action("window.about").trigger()
    await until(_box)
    shown = _box()
    await until(shown.works.isEnabled)
    document = shown.terms.document()
    lines = []
    block = document.firstBlock()
    while block.isValid():
        lines.append(block.layout().lineCount())
        block = block.next()
    shown.accept()
    await window.tasks.ended("about")

    assert len(lines) > 10
    assert max(lines) == 1
