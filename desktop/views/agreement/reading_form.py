"""What a car's instruments show, typed: kilometres, how full, and why where they are not to be expected.

API: ReadingFields(theme): begin(before), typed() -> Reading or None, take() -> Reading or None, onward() -> bool;
await ask_reading(parent, question, before, marks) -> (Reading, what was found), or None for a no.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.marks.marks_line import MarksLine
from desktop.views.parts.form import Form
from desktop.widgets.button import ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.gauge_bar import GaugeBar
from desktop.widgets.text import Text
from desktop.words.figures import count_of, whole
from engine.domain.agreement.reading import LONGEST_REASON, Gauge, ReadBefore, Reading, ReadingUnlikely, sound_reading
from engine.domain.car.condition import CarMarks, NewMark
from engine.domain.car.form import MOST_KM
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_SIGNS = 12
#: Cells of the drawing.
_CELLS = {Gauge.EIGHTHS: 8, Gauge.PERCENT: 1}


class ReadingFields(QWidget):
    """Two fields beside each other, and a third below where a reason is wanted.

    Signals: ``edited`` at every change.
    """

    edited = Signal()

    def __init__(self, theme: Theme, before: ReadBefore, parent: QWidget | None = None, *, out: bool) -> None:
        """*out* proposes what was read last: a car that stood in the yard mostly shows it still."""
        super().__init__(parent)
        self._before = before
        self.form = Form(theme)
        self.km, self.full = QLineEdit(maxLength=_MOST_SIGNS), QLineEdit(maxLength=4)
        self.reason = QLineEdit(maxLength=LONGEST_REASON)
        self.since = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.bar = GaugeBar(theme)
        self._lay_out()
        known = whole(before.odometer_km)
        read = before.most_km is not None
        self.km.setPlaceholderText(tr("{km} read last", km=known) if read else tr("{km}, says its owner", km=known))
        if out and read:
            self.km.setText(whole(before.odometer_km))
            self.km.selectAll()
        for field in (self.km, self.full, self.reason):
            field.textChanged.connect(lambda _text: self._changed())
        self._changed()

    def typed(self) -> Reading | None:
        """What stands there, if it is a reading that can be and is likely, or says why not."""
        try:
            return self._reading()
        except (InvalidText, ReadingUnlikely):
            return None

    def take(self) -> Reading | None:
        """As ``typed``; what is wrong is said at its field, which gets the keyboard."""
        try:
            return self._reading()
        except InvalidText as problem:
            self.form.tell(problem)
        except ReadingUnlikely as problem:
            self._want_reason(problem)
        return None

    def onward(self) -> bool:
        """Enter: from a field to the one that is to be filled in next; False behind the last."""
        if self.window().focusWidget() is not self.km or self._number("odometer_km", self.km) is None:
            return False
        self.full.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _reading(self) -> Reading:
        """Raises: InvalidText, ReadingUnlikely."""
        given, most = {}, self._before.gauge.most
        for name, field, bound in (("odometer_km", self.km, MOST_KM), ("full", self.full, most)):
            number = self._number(name, field)
            if number is None:
                raise InvalidText(name, "field.between", least=0, most=bound)
            given[name] = number
        reading = sound_reading(Reading(**given, reason=self.reason.text()), self._before.gauge)
        self._before.follows(reading)
        return reading

    def _number(self, name: str, field: QLineEdit) -> int | None:
        text = field.text().strip().removesuffix("%") if name == "full" else field.text()
        return count_of(text)

    def _want_reason(self, problem: ReadingUnlikely) -> None:
        before = whole(problem.before_km)
        said = (
            tr("Below {before}, read last. Say why.", before=before)
            if problem.falls
            else tr("{km} km more than was read last. Say why.", km=whole(problem.odometer_km - problem.before_km))
        )
        self.form.show_field("reason", shown=True)
        self.form.mark("odometer_km", said)
        self.form.focus_field("reason")

    def _changed(self) -> None:
        km, full = self._number("odometer_km", self.km), self._number("full", self.full)
        before, most = self._before, self._before.gauge.most
        grown = None if km is None else km - before.odometer_km
        words = tr("As read last") if grown == 0 else ""
        if grown is not None and grown > 0:
            words = tr("{km} km since {before}", km=whole(grown), before=whole(before.odometer_km))
        self.since.setText(words or " ")
        self.bar.show_level(min(full or 0, most), most, _CELLS[before.gauge])
        self.form.show_mistakes({})
        self.form.show_field("reason", shown=bool(self.reason.text()) or self._unlikely())
        self.edited.emit()

    def _unlikely(self) -> bool:
        try:
            self._reading()
        except ReadingUnlikely:
            return True
        except InvalidText:
            return False
        return False

    def _lay_out(self) -> None:
        full = tr("Fuel, eighths") if self._before.gauge is Gauge.EIGHTHS else tr("Battery, per cent")
        if self._before.full is not None:
            full = tr("{what}, out {full}", what=full, full=str(self._before.full))
        columns = QHBoxLayout()
        columns.setSpacing(4 * GRID)
        for name, label, field, below in (
            ("odometer_km", tr("Odometer, km"), self.km, self.since),
            ("full", full, self.full, self.bar),
        ):
            column = QVBoxLayout()
            column.setSpacing(GRID)
            words, line, mistake = self.form.bind(name, label, field)
            for part in (words, line, below, mistake):
                column.addWidget(part)
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.form.column.addLayout(columns)
        self.form.column.addSpacing(GRID)
        self.form.add("reason", tr("Why"), self.reason)
        self.reason.setPlaceholderText(tr("New instrument, moved to the workshop"))
        self.form.show_field("reason", shown=False)
        whole_ = QVBoxLayout(self)
        whole_.setContentsMargins(0, 0, 0, 0)
        whole_.addWidget(self.form)


class ReadingDialog(QuestionBox):
    """What is typed is the answer: Enter leads from field to field, and behind the last one it is *yes*."""

    def __init__(
        self,
        theme: Theme,
        question: Question,
        before: ReadBefore,
        parent: QWidget | None = None,
        *,
        out: bool,
        marks: CarMarks | None = None,
    ) -> None:
        super().__init__(theme, question, parent)
        self.fields = ReadingFields(theme, before, out=out)
        self.reading: Reading | None = None
        self.ask_first(self.fields)
        self._last: QWidget = self.fields
        self.marks = None if marks is None else MarksLine(theme, marks)
        if self.marks is not None:
            self.ask_next(self.marks)
            self.marks.edited.connect(self._edited)
            for field in (self.fields.km, self.fields.full):
                field.installEventFilter(self)
        self.fields.edited.connect(self._edited)
        self._edited()

    @property
    def new_marks(self) -> tuple[NewMark, ...]:
        """What was found on the car; nothing where nobody knows what was there before."""
        return () if self.marks is None else self.marks.new

    def answers(self, widget: QWidget) -> bool:
        """Whether Enter there goes on to the answer."""
        return self.fields.isAncestorOf(widget)

    def ask_next(self, part: QWidget) -> None:
        """Behind what is read, in the order in which it is asked."""
        self._column.insertWidget(self._column.indexOf(self._last) + 1, part)
        self._last = part

    def _edited(self) -> None:
        ready = self.fields.typed() is not None
        (self.yes if ready else self.no).setDefault(True)
        self.yes.set_kind(ButtonKind.PRIMARY if ready else ButtonKind.PLAIN)
        self.no.set_kind(ButtonKind.PLAIN if ready else ButtonKind.PRIMARY)
        if self.isVisible():
            self._fit()

    def _agree(self) -> None:
        self.reading = self.fields.take()
        if self.reading is not None:
            super()._agree()
        else:
            self._fit()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fields.km.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A letter means nothing in a field for numbers: there it is a key."""
        if self.marks is not None and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            if plain and event.key() == Qt.Key.Key_M:
                self.marks.ask()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.focusWidget()
        if event.key() in _ENTER and at is not None and self.answers(at):
            if not self.fields.onward():
                self._agree()
        else:
            super().keyPressEvent(event)


async def ask_reading(
    parent: QWidget | None, question: Question, before: ReadBefore, marks: CarMarks | None, *, out: bool = False
) -> tuple[Reading, tuple[NewMark, ...]] | None:
    """What is read off the car that is asked about, and found on it beside its *marks*; None for a no.

    A car that goes *out* mostly shows what it did.
    """
    dialog = ReadingDialog(Theme.worn(), question, before, parent, out=out, marks=marks)
    await ask(dialog)
    return (dialog.reading, dialog.new_marks) if dialog.pressed_yes and dialog.reading is not None else None
