"""Ask the person without nesting an event loop.

API: await ask(dialog) -> result code; await confirm(parent, Question(...)) -> bool; await tell(parent, title, text);
await ask_where_to_save(parent, title, name, kind, suffix) -> Path or None.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

_Role = QMessageBox.ButtonRole
_Icon = QMessageBox.Icon


@dataclass(frozen=True, slots=True)
class Question:
    """A confirm box in words. *yes* says what will happen ("Refund 120.00 EUR now"), never just "Yes"."""

    title: str
    text: str
    yes: str
    no: str = "Keep it"
    grave: bool = False
    """Money or data is lost: Enter then means *no*."""


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
    box = QMessageBox(_Icon.Warning if question.grave else _Icon.Question, question.title, question.text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    yes = box.addButton(question.yes, _Role.AcceptRole)
    no = box.addButton(question.no, _Role.RejectRole)
    box.setDefaultButton(no if question.grave else yes)
    box.setEscapeButton(no)
    await ask(box)
    return box.clickedButton() is yes


async def tell(parent: QWidget | None, title: str, text: str) -> None:
    """Say something that has to be read before going on."""
    box = QMessageBox(_Icon.Information, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton("Close", _Role.AcceptRole)
    await ask(box)


async def ask_where_to_save(parent: QWidget | None, title: str, name: str, kind: str, suffix: str) -> Path | None:
    """A file that may be written, asked about if it is there already; None if the person thought better of it.

    *kind* is a filter of Qt's such as ``Pictures (*.png)``; *suffix* is put behind a name without one.
    """
    where = QFileDialog(parent, title)
    where.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    where.setNameFilter(kind)
    where.setDefaultSuffix(suffix)
    where.setDirectory(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    where.selectFile(name)
    chosen = where.selectedFiles if await ask(where) else list[str]
    return next((Path(file) for file in chosen()), None)
