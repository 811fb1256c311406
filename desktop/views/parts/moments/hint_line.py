"""What is said beneath a moment field, and the two answers to a time that comes twice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.views.parts.moments.words import Hint
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Ink, Text
from engine.words.tr import tr

_ICON = 14
_INKS: dict[Tone, Ink] = {Tone.POSITIVE: "positive", Tone.WARNING: "warning", Tone.DANGER: "danger"}


class HintLine(QWidget):
    """A shape and a sentence; the colour is never alone. Signals: ``answered`` carries which coming, 0 or 1."""

    answered = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget, *, kept_free: bool) -> None:
        """*kept_free*: its line stays also while there is nothing to say."""
        super().__init__(parent)
        self._theme, self._kept_free, self._shown = theme, kept_free, Hint()
        self.mark = QLabel()
        self.text = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.first, self.second = (Button(theme, kind=ButtonKind.PLAIN) for _ in range(2))
        self.text.setMinimumHeight(5 * GRID if kept_free else 0)
        line, answers = QHBoxLayout(), QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        answers.setSpacing(GRID)
        for fold, button in enumerate((self.first, self.second)):
            answers.addWidget(button)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _down=False, fold=fold: self.answered.emit(fold))
            button.hide()
        answers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(line)
        column.addLayout(answers)
        theme.changed.connect(self._tint)
        self.say(Hint())

    def say(self, hint: Hint) -> None:
        self._shown = hint
        self.text.set_ink(_INKS.get(hint.tone, "muted"))
        self.text.setText(hint.text)
        self.mark.setVisible(hint.icon is not None)
        if hint.icon is not None:
            ink = self._theme.tokens.ink(hint.tone)
            self.mark.setPixmap(self._theme.icons.pixmap(hint.icon, ink, _ICON, self.devicePixelRatioF()))
        self.setVisible(bool(hint.text) or self._kept_free)

    def _tint(self) -> None:
        self.say(self._shown)

    def offer(self, names: tuple[str, ...]) -> None:
        """Both comings by their names; none of the buttons is chosen. Nothing takes them away."""
        for button, order, name in zip((self.first, self.second), (tr("First"), tr("Second")), names, strict=False):
            button.setText(f"{order} ({name})" if name.isupper() else order)
        for button in (self.first, self.second):
            button.setVisible(bool(names))
