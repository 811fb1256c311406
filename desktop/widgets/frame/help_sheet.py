"""The F1 sheet: every command with its key, straight from the registry.

API: HelpLine(group, title, key), HelpSheet(theme, lines, parent): a QDialog to be opened with dialogs.ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.theme.theme import Theme


#: What the sheet needs beside its lines, and the least it gives them, in px.
_AROUND, _LEAST = 240, 240


@dataclass(frozen=True, slots=True)
class HelpLine:
    group: str
    title: str
    key: str


class HelpSheet(QDialog):
    def __init__(self, theme: Theme, lines: Sequence[HelpLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys and commands"))
        self.setMinimumWidth(420)
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(4 * GRID)
        column.addWidget(Text(theme, tr("Keys and commands"), size=TypeSize.TITLE, bold=True))
        column.addWidget(self._room(lines), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = Button(theme, tr("Close"), ButtonKind.PRIMARY)
        close.clicked.connect(self.accept)
        foot.addWidget(close)
        column.addLayout(foot)

    def _room(self, lines: Sequence[HelpLine]) -> QScrollArea:
        """As high as the keys are, and no higher than the window."""
        table = QWidget()
        table.setLayout(self._table(lines))
        table.setAutoFillBackground(False)
        room = QScrollArea(widgetResizable=True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.viewport().setAutoFillBackground(False)
        room.setWidget(table)
        room.setAccessibleName(tr("Keys"))
        wanted = table.sizeHint()
        above = self.parentWidget()
        tallest = max(above.height() - _AROUND, _LEAST) if above is not None else wanted.height()
        room.setMinimumSize(wanted.width() + 5 * GRID, min(wanted.height() + 1, tallest))
        return room

    def _table(self, lines: Sequence[HelpLine]) -> QGridLayout:
        table = QGridLayout()
        table.setHorizontalSpacing(12 * GRID)
        table.setVerticalSpacing(2 * GRID)
        table.setColumnStretch(0, 1)
        group, row = "", 0
        for line in lines:
            if line.group != group:
                group = line.group
                table.addWidget(Text(self._theme, group, size=TypeSize.SMALL, ink="muted", bold=True), row, 0)
                row += 1
            table.addWidget(Text(self._theme, line.title), row, 0)
            table.addWidget(Text(self._theme, line.key, ink="muted"), row, 1, Qt.AlignmentFlag.AlignTrailing)
            row += 1
        return table
