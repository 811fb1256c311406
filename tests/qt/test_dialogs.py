from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget

from desktop.dialogs import Question, ask, ask_for_files, ask_where_to_save, confirm, tell
from desktop.widgets.button import ButtonKind
from desktop.widgets.frame.question_box import About, Amount, QuestionBox
from desktop.widgets.text import Text


@pytest.fixture
def window(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def open_box():
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, QuestionBox) and w.isVisible()), None)


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


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Space])
@pytest.mark.parametrize(
    "how", [{}, {"grave": True}, {"final": True}, {"grave": True, "final": True}, {"harmless": True}], ids=str
)
async def test_no_key_says_yes_but_to_what_is_harmless(window, until, how, key):
    question = Question("Cancel booking", "The car is free again at once.", "Cancel it", "Keep the booking", **how)
    asking = asyncio.create_task(confirm(window, question))
    await until(open_box)
    QTest.keyClick(open_box().focusWidget(), key)

    assert (how == {"harmless": True} and key is not Qt.Key.Key_Escape) is await asking


@pytest.mark.parametrize("final", [True, False])
async def test_the_act_is_the_primary_button_only_of_what_is_harmless(window, until, final):
    question = Question("Enable?", "It signs in again.", "Enable it", "Leave it off", final=final, harmless=not final)
    asking = asyncio.create_task(confirm(window, question))
    await until(open_box)
    box = open_box()

    kinds = (box.yes._kind, box.no._kind)
    box.reject()
    await asking

    assert kinds == ((ButtonKind.PLAIN, ButtonKind.PRIMARY) if final else (ButtonKind.PRIMARY, ButtonKind.PLAIN))


def test_a_question_has_two_answers_and_nothing_final_is_harmless():
    with pytest.raises(ValueError, match="two answers"):
        Question("Leave?", "It is lost.", "Leave")
    with pytest.raises(ValueError, match="harmless"):
        Question("Leave?", "It is lost.", "Leave", "Stay", final=True, harmless=True)


async def test_tell_ends_when_it_was_read(window, until):
    telling = asyncio.create_task(tell(window, "Signed out", "Your account was disabled."))
    await until(open_box)
    QTest.keyClick(open_box(), Qt.Key.Key_Return)
    await telling

    assert open_box() is None


async def test_markup_from_outside_is_asked_about_as_it_is(window, until):
    question = Question("Retire", "<b>Bobby</b> is not for rent.", "Retire the car", "Keep the car")
    asking = asyncio.create_task(confirm(window, question))
    await until(open_box)
    formats = {label.textFormat() for label in open_box().findChildren(Text)}
    QTest.keyClick(open_box(), Qt.Key.Key_Escape)
    await asking

    assert {Qt.TextFormat.PlainText} == formats


@given(
    text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=900),
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60),
    lines=st.integers(0, 9),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_the_answers_lie_within_the_box_and_the_screen(qapp, theme, text, name, lines):
    amounts = tuple(Amount(name, f"{at},000.00 EUR") for at in range(lines))
    about = About(name, "B-XB 2778", name, "1214-ASM5-PTTJ", "estate", "#aa2200")
    question = Question(
        name or "?", text, "Cancel and refund 1,214.00 EUR", "Keep the booking", about=about, amounts=amounts
    )
    box = QuestionBox(theme, question)
    box.show()
    qapp.processEvents()

    free = box.screen().availableGeometry()
    assert box.height() <= free.height()
    for button in (box.yes, box.no):
        assert box.rect().contains(button.geometry())
        assert button.width() >= button.sizeHint().width()
    box.close()
    box.deleteLater()


def _calls_of(name):
    """Each call of *name* in the program with the words given as keywords or in order."""
    for path in sorted(Path("desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield path, node


#: What answers no question but its own.
_EMPTY_WORDS = ("yes", "no", "ok", "okay", "cancel", "not yet", "keep it", "leave it", "do it", "go back", "close")


def test_every_answer_of_the_program_is_a_verb_with_its_thing():
    seen = 0
    for path, call in _calls_of("Question"):
        for answer in call.args[2:4]:
            parts = [part for part in ast.walk(answer) if isinstance(part, ast.Constant | ast.FormattedValue)]
            words = [part.value if isinstance(part, ast.Constant) else "…" for part in parts]
            told = " ".join(word for word in words if isinstance(word, str)).strip().lower()
            if told:
                seen += 1
                assert told not in _EMPTY_WORDS, f"{path}:{call.lineno}: {told}"
    assert seen > 20


def test_nothing_asks_with_a_stock_box():
    for path in sorted(Path("desktop").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert "QMessageBox" not in text, path
        assert "DontUseNativeDialog" not in text, path
        if path.name != "dialogs.py":
            assert "QFileDialog" not in text, path


@pytest.mark.parametrize("which", ["save", "files"])
async def test_file_dialogs_begin_among_the_persons_own_files_never_in_the_working_folder(
    window, until, monkeypatch, tmp_path, which
):
    own = {name: tmp_path / name for name in ("documents", "pictures", "work")}
    for folder in own.values():
        folder.mkdir()
    told = [f'XDG_{name.upper()}_DIR="{folder}"' for name, folder in own.items()]
    (tmp_path / "user-dirs.dirs").write_text("\n".join(told), encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(own["work"])
    save = ask_where_to_save(window, "Export", "bookings.csv", "Lists (*.csv)", "csv")
    files = ask_for_files(window, "Photos", "Photos (*.jpg)")
    asking = asyncio.create_task(save if which == "save" else files)
    (files if which == "save" else save).close()
    shown = lambda: isinstance(QApplication.activeModalWidget(), QFileDialog)  # noqa: E731
    await until(shown)
    where = Path(QApplication.activeModalWidget().directory().absolutePath())
    QApplication.activeModalWidget().reject()
    await asking

    assert where == own["documents" if which == "save" else "pictures"]
