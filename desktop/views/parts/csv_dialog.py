"""How this person's spreadsheet expects CSV files: three choices and a line as it will stand in the file.

API: await ask_csv_habits(parent, context); TITLE is what leads there.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QWidget

from desktop.csv_habits import default_habits, example, habits_of, keep
from desktop.dialogs import Question, ask
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from engine.domain.shared.csv_text import CsvHabits, DateShape
from engine.words.tr import tr

TITLE = tr("CSV habits …")
_QUESTION = Question(
    tr("How does your spreadsheet read CSV?"),
    tr("Every list that is exported on this computer is written so from now on."),
    tr("Write files so"),
    tr("Change nothing"),
    harmless=True,
)
_SEPARATORS = {",": tr("Comma  ,"), ";": tr("Semicolon  ;"), "\t": "Tab"}
_DECIMALS = {".": tr("Point  1250.50"), ",": tr("Comma  1250,50")}
_DATES = {
    DateShape.ISO: "2026-11-24",
    DateShape.DOTS: "24.11.2026",
    DateShape.SLASHES: "24/11/2026",
    DateShape.MONTH_FIRST: "11/24/2026",
}
#: What a tab looks like in the example.
_ARROW = "  \u2192  "


class CsvDialog(QuestionBox):
    """One sign never parts both cells and decimals: whichever was chosen last stays, the other gives way."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, _QUESTION, parent)
        self.habits = habits_of(context.preferences)
        usual = default_habits()
        self.separator = _combo(tr("Between cells"), _SEPARATORS, usual.separator)
        self.decimal = _combo(tr("Decimals"), _DECIMALS, usual.decimal)
        self.dates = _combo(tr("Days"), _DATES, usual.dates)
        self.example = Text(context.theme, wrap=True)
        form = QWidget()
        lines = QFormLayout(form)
        lines.setContentsMargins(0, 3 * GRID, 0, 0)
        lines.setSpacing(2 * GRID)
        for box in (self.separator, self.decimal, self.dates):
            label = Text(context.theme, box.accessibleName(), ink="muted")
            label.setBuddy(box)
            lines.addRow(label, box)
        self.add(form, Text(context.theme, tr("A line of the file"), size=TypeSize.SMALL, ink="muted"), self.example)
        self._show()
        self.separator.activated.connect(self._part_cells)
        self.decimal.activated.connect(self._part_decimals)
        self.dates.activated.connect(self._write_days)

    def _part_cells(self) -> None:
        sign = self.separator.currentData()
        decimal = "." if sign == "," else self.habits.decimal
        self._take(CsvHabits(sign, decimal, self.habits.dates))

    def _part_decimals(self) -> None:
        sign = self.decimal.currentData()
        separator = ";" if sign == self.habits.separator else self.habits.separator
        self._take(CsvHabits(separator, sign, self.habits.dates))

    def _write_days(self) -> None:
        # Qt gives back plain text for what was put in as one of a kind.
        self._take(replace(self.habits, dates=DateShape(self.dates.currentData())))

    def _take(self, habits: CsvHabits) -> None:
        self.habits = habits
        self._show()

    def _show(self) -> None:
        chosen = ((self.separator, self.habits.separator), (self.decimal, self.habits.decimal))
        for box, value in (*chosen, (self.dates, self.habits.dates)):
            blocked = QSignalBlocker(box)
            box.setCurrentIndex(box.findData(value))
            del blocked
        self.example.setText(example(self.habits).replace("\t", _ARROW))

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.separator.setFocus(Qt.FocusReason.OtherFocusReason)


async def ask_csv_habits(parent: QWidget | None, context: ViewContext) -> None:
    """What is as the system has it goes on following the system."""
    dialog = CsvDialog(context, parent)
    await ask(dialog)
    if dialog.pressed_yes:
        keep(context.preferences, None if dialog.habits == default_habits() else dialog.habits)


def _combo(name: str, choices: dict[str, str] | dict[DateShape, str], usual: str) -> Combo:
    box = Combo()
    box.setAccessibleName(name)
    for value, words in choices.items():
        box.addItem(tr("{words}  ·  as this computer", words=words) if value == usual else words, value)
    return box
