from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from desktop.dialogs import Question, ask, confirm, tell


def open_box():
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()), None)


async def test_ask_returns_the_answer_while_other_tasks_run(until):
    turns = []

    async def tick():
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    dialog = QDialog()
    asking = asyncio.create_task(ask(dialog))
    await until(dialog.isVisible)
    before = len(turns)
    await until(lambda: len(turns) > before + 3)
    dialog.accept()
    answer = await asking
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)

    assert QDialog.DialogCode.Accepted == answer


async def test_cancelling_the_question_takes_the_dialog_away(until):
    dialog, closed = QDialog(), []
    dialog.finished.connect(closed.append)
    asking = asyncio.create_task(ask(dialog))
    await until(dialog.isVisible)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert closed == [0]


@pytest.mark.parametrize(
    ("grave", "key", "expected"),
    [
        (False, Qt.Key.Key_Return, True),
        (False, Qt.Key.Key_Escape, False),
        (True, Qt.Key.Key_Return, False),
        (True, Qt.Key.Key_Escape, False),
    ],
)
async def test_confirm_answers_the_keys(qtbot, until, grave, key, expected):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    question = Question("Cancel booking", "The car is free again at once.", "Cancel the booking", grave=grave)
    asking = asyncio.create_task(confirm(window, question))
    await until(open_box)
    QTest.keyClick(open_box(), key)

    assert expected is await asking


async def test_tell_ends_when_it_was_read(qtbot, until):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    telling = asyncio.create_task(tell(window, "Signed out", "Your account was disabled."))
    await until(open_box)
    QTest.keyClick(open_box(), Qt.Key.Key_Return)
    await telling

    assert open_box() is None


async def test_markup_from_outside_is_asked_about_as_it_is(qtbot, until):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    asking = asyncio.create_task(confirm(window, Question("Retire", "<b>Bobby</b> is not for rent.", "Retire")))
    await until(open_box)
    format_of_text = open_box().textFormat()
    QTest.keyClick(open_box(), Qt.Key.Key_Escape)
    await asking

    assert Qt.TextFormat.PlainText == format_of_text
