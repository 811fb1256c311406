"""Labelled fields, each with its own mistake beneath; every form of the window is one.

API: Form(theme, roomy): add(name, label, field), add_row(widget), end(); put(name, value), fill(record), value(name);
tell(problem), show_mistakes(words by name); begin(), is_edited. ``column_of`` makes one of lines to type in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import Text
from desktop.words.messages import FIELDS, say
from engine.domain.shared.errors import DriveSphereError, InvalidText


class Form(QWidget):
    """Attributes: ``fields`` by the names that the engine has for them; ``lines`` are those typed into.

    Signals: ``submitted`` on Enter in any line.
    """

    submitted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, roomy: bool = False) -> None:
        """*roomy* has space before each label and beside the scroll bar of a panel."""
        super().__init__(parent)
        self._theme, self._room = theme, GRID if roomy else 0
        self.fields: dict[str, QWidget] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.labels: dict[str, Text] = {}
        self.mistakes: dict[str, Text] = {}
        self._begun: tuple[object, ...] = ()
        self.general = Text(theme, ink="danger", wrap=True)
        self.general.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, self._room, 0)
        self.column.setSpacing(GRID)
        self.column.addWidget(self.general)

    def add(self, name: str, label: str, field: QWidget) -> None:
        """The next one below."""
        if self._room:
            self.column.addSpacing(self._room)
        for widget in self.bind(name, label, field):
            self.column.addWidget(widget)

    def bind(self, name: str, label: str, field: QWidget) -> tuple[Text, QWidget, Text]:
        """Label, field and mistake, for a form that lays them out itself."""
        words = Text(self._theme, label, size=TypeSize.SMALL, ink="muted")
        words.setBuddy(field)
        if isinstance(field, QLineEdit):
            self.lines[name] = field
            field.returnPressed.connect(self.submitted)
        if isinstance(field, QLineEdit) or not field.accessibleName():
            field.setAccessibleName(label)
        mistake = Text(self._theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        mistake.hide()
        self.fields[name], self.labels[name], self.mistakes[name] = field, words, mistake
        return words, field, mistake

    def add_row(self, widget: QWidget) -> None:
        self.column.addWidget(widget)

    def end(self) -> None:
        """Nothing follows: what room is left lies below."""
        self.column.addStretch(1)

    def show_field(self, name: str, *, shown: bool) -> None:
        """Whether the field is asked for now; one that is not keeps its value."""
        for widget in (self.labels[name], self.fields[name]):
            widget.setVisible(shown)
        if not shown:
            self.mistakes[name].hide()

    def value(self, name: str) -> Any:
        """What stands in the field: text, a number, or what a choice stands for."""
        field = self.fields[name]
        if isinstance(field, QComboBox):
            return field.currentText() if field.isEditable() else field.currentData()
        return field.value() if isinstance(field, QSpinBox) else self.lines[name].text()

    def put(self, name: str, value: Any) -> None:
        """Show *value*, as ``value`` gives it."""
        field = self.fields[name]
        if isinstance(field, QComboBox) and field.isEditable():
            field.setCurrentText(value)
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, QSpinBox):
            field.setValue(value)
        elif self.lines[name].text() != value:
            self.lines[name].setText(value)

    def fill(self, record: object) -> None:
        """What *record* has of these fields; what it lacks stays as it is."""
        for name in self.fields:
            if hasattr(record, name):
                self.put(name, getattr(record, name))

    def clear(self) -> None:
        for line in self.lines.values():
            line.clear()
        self.tell(None)

    def begin(self) -> None:
        """What is shown now is saved, or was never typed."""
        self._begun = typed_in(self)

    @property
    def is_edited(self) -> bool:
        return typed_in(self) != self._begun

    def focus_first(self) -> None:
        """The first line that is shown and empty."""
        shown = [line for line in self.lines.values() if not line.isHidden()]
        (next((line for line in shown if not line.text()), shown[0])).setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_field(self, name: str) -> None:
        self.fields[name].setFocus(Qt.FocusReason.OtherFocusReason)
        # Below first: where both have no room, the field is what is looked at.
        self._bring_into_view(*filter(None, (self.mistakes.get(name), self.fields[name])))

    def _bring_into_view(self, *parts: QWidget) -> None:
        """Once they stand where they will: a form that is scrolled away from them says nothing."""
        QTimer.singleShot(0, self, lambda: self._scroll_to(parts))

    def _scroll_to(self, parts: tuple[QWidget, ...]) -> None:
        room = self.parentWidget()
        while room is not None and not isinstance(room, QScrollArea):
            room = room.parentWidget()
        if room is not None:
            for part in parts:
                if part.isVisibleTo(self):
                    room.ensureWidgetVisible(part, 0, GRID)

    def focus_mistake(self) -> None:
        """The first field that is told of a mistake."""
        if (wrong := next((name for name, mistake in self.mistakes.items() if mistake.text()), None)) is not None:
            self.focus_field(wrong)

    def tell(self, problem: DriveSphereError | None) -> bool:
        """Say *problem* at its field, which gets the keyboard; False if it is none of a field. None takes it away."""
        self.general.hide()
        self.tell_all((problem,) if isinstance(problem, InvalidText) else ())
        if isinstance(problem, InvalidText) and problem.field in self.fields:
            self.focus_field(problem.field)
            return True
        return False

    def tell_here(self, problem: DriveSphereError | None) -> None:
        """Say *problem* at its field, else above all of them."""
        elsewhere = not self.tell(problem) and problem is not None
        self.general.setText(say(problem).text if problem is not None and elsewhere else "")
        self.general.setVisible(elsewhere)
        if elsewhere:
            self._bring_into_view(self.general)

    def tell_all(self, problems: Iterable[InvalidText]) -> None:
        """Say each at its field, and nothing at any other."""
        self.show_mistakes({problem.field: say(problem).text for problem in problems})

    def show_mistakes(self, words: Mapping[str, str]) -> None:
        """Of each field by its name; nothing at any other."""
        for name in self.mistakes:
            self.mark(name, words.get(name, ""))

    def mark(self, name: str, words: str) -> None:
        """What is wrong with one field; nothing for no words. It is shown beneath and read out with the field."""
        mistake = self.mistakes[name]
        if words != mistake.text():
            mistake.setText(words)
            self.fields[name].setAccessibleDescription(words)
        mistake.setVisible(bool(words))


def column_of(theme: Theme, lines: Mapping[str, QLineEdit], labels: Mapping[str, str] = FIELDS) -> Form:
    """*labels* by the names of *lines*; one that is missing is called as everywhere."""
    form = Form(theme)
    for name, line in lines.items():
        form.add(name, labels.get(name) or FIELDS.get(name, name.capitalize()), line)
    return form


def typed_in(form: QWidget) -> tuple[object, ...]:
    """Of every field that is typed into, whether it is shown or not."""
    found: list[object] = []
    for field in form.findChildren(QWidget):
        if isinstance(field, QComboBox):
            # A list of choices is filled as they come; what is typed into one counts.
            found += [field.currentText()] if field.isEditable() else []
        elif isinstance(field, QAbstractSpinBox) or (
            isinstance(field, QLineEdit) and not isinstance(field.parent(), QComboBox | QAbstractSpinBox)
        ):
            found.append(field.text())
        elif isinstance(field, QCheckBox):
            found.append(field.isChecked())
        elif isinstance(field, QPlainTextEdit):
            found.append(field.toPlainText())
    return tuple(found)
