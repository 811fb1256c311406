"""Ask the person without nesting an event loop.

API: await ask(dialog) -> result code; await confirm(parent, Question(...)) -> bool; await tell(parent, title, text);
await ask_where_to_save(parent, title, name, kind, suffix) -> Path or None; await ask_for_files(parent, title, kind).
The rules of questions: docs/decisions/0035-questions-and-their-defaults.md.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from desktop.theme.theme import Theme
from desktop.widgets.frame.question_box import About, Amount, QuestionBox, Wording
from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

_Place = QStandardPaths.StandardLocation


@dataclass(frozen=True, slots=True)
class Question(Wording):
    """Something to be agreed to: *yes* and *no* are verbs that say what will happen, never "Yes" or "Keep it".

    Attributes:
        title: The question, with the thing it is about: "Cancel this booking?".
        text: What follows from *yes*.
        when: The times and the place, below the title.
        about: Car, plate, renter and number, as far as there are any.
        amounts: What it costs or gives back.
        grave: Money or data is lost: *yes* is drawn as a danger.
        final: It cannot be taken back, and the box says so.
        harmless: *no* and *yes* cost the same and either can be changed again: only then Enter means *yes*.
    """

    def __post_init__(self) -> None:
        if not self.no or (self.harmless and (self.final or self.grave)):
            raise ValueError(f"{self.title}: a question has two answers, and none is harmless that is final or grave")


async def ask(dialog: QDialog) -> int:
    """Show *dialog* window-modally and wait for its result code.

    Cancelling the waiting task takes the dialog away.
    """
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def settle(result: int) -> None:
        if not answer.done():
            answer.set_result(result)

    dialog.finished.connect(settle)
    dialog.open()
    try:
        return await answer
    finally:
        dialog.finished.disconnect(settle)
        dialog.close()
        dialog.deleteLater()


async def confirm(parent: QWidget | None, question: Question) -> bool:
    """True only if the person pressed *yes*; Esc and closing the box are a no."""
    box = QuestionBox(Theme.worn(), question, parent)
    await ask(box)
    return box.pressed_yes


async def tell(parent: QWidget | None, title: str, text: str) -> None:
    """Say something that has to be read before going on."""
    await ask(QuestionBox(Theme.worn(), Wording(title, text, tr("Close")), parent))


async def ask_where_to_save(parent: QWidget | None, title: str, name: str, kind: str, suffix: str) -> Path | None:
    """A file that may be written, asked about if it is there already; None if the person thought better of it.

    *kind* is a filter of Qt's such as ``Pictures (*.png)``; *suffix* is put behind a name without one.
    """
    where = QFileDialog(parent, title)
    where.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    where.setNameFilter(kind)
    where.setDefaultSuffix(suffix)
    where.setDirectory(_folder(_Place.DocumentsLocation))
    where.selectFile(name)
    chosen = where.selectedFiles if await ask(where) else list[str]
    return next((Path(file) for file in chosen()), None)


async def ask_for_files(parent: QWidget | None, title: str, kind: str) -> tuple[str, ...]:
    """Files to read, looked for among the person's pictures; none if the person thought better of it."""
    where = QFileDialog(parent, title)
    where.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
    where.setFileMode(QFileDialog.FileMode.ExistingFiles)
    where.setNameFilter(kind)
    where.setDirectory(_folder(_Place.PicturesLocation))
    chosen = where.selectedFiles if await ask(where) else list[str]
    return tuple(chosen())


def _folder(place: QStandardPaths.StandardLocation) -> str:
    """The person's folder for such files if it is there, else their own; never the working folder."""
    wanted = QStandardPaths.writableLocation(place)
    return wanted if Path(wanted).is_dir() else QStandardPaths.writableLocation(_Place.HomeLocation)


__all__ = ["About", "Amount", "Question", "ask", "ask_for_files", "ask_where_to_save", "confirm", "tell"]
