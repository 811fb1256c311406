from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.views.about import AboutBox


async def test_about_shows_version_and_every_text(window, until):
    def box():
        return next(
            (each for each in QApplication.topLevelWidgets() if isinstance(each, AboutBox) and each.isVisible()), None
        )

    window.commands.action("window.about").trigger()
    await until(box)
    shown = box()
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
    await window._tasks.ended("about")

    assert names[0].startswith("drivesphere 0.")
    assert all(text.strip() for text in texts)
    assert len(texts) > 40
    assert [True, True] == inside
