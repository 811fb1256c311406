"""What is typed about a drawer: what it begins with, what goes to the safe, what was counted, why it differs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.views.shift.shift_tables import KINDS, difference_words
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.figures import amount, count_of, digits, minor_of
from desktop.words.messages import say
from engine.domain.counter.shift import CashMoveKind, Shift
from engine.domain.money.cash import denominations
from engine.domain.money.money import Money
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.words.tr import tr


class AmountPanel(SentPanel):
    """One amount. Signals: ``wanted`` carries the Money."""

    wanted = Signal(object)

    def __init__(self, theme: Theme, host: QWidget, title: str, deed: str, label: str) -> None:
        super().__init__(theme, host, title)
        self._theme, self._label, self._currency = theme, label, ""
        self.save = Button(theme, deed, ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = Form(theme, roomy=True)

    def begin(self, currency: str, told: str = "") -> None:
        self._currency = currency
        self.form = Form(self._theme, roomy=True)
        if told:
            self.form.add_row(Text(self._theme, told, ink="muted", wrap=True))
        self.form.add("amount", f"{self._label}, {currency}", QLineEdit(maxLength=24))
        self.form.end()
        self.form.submitted.connect(self._submit)
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.fields["amount"])

    def _submit(self) -> None:
        self.form.tell_here(None)
        minor = minor_of(self.form.value("amount"), self._currency)
        if minor is None:
            self.form.tell_here(InvalidText("amount", "field.amount"))
        else:
            self.wanted.emit(Money(minor, self._currency))


def safe_panel(theme: Theme, host: QWidget, kind: CashMoveKind) -> AmountPanel:
    return AmountPanel(theme, host, KINDS[kind], tr("Write it down"), tr("Amount"))


class CountPanel(SentPanel):
    """How many of each note and coin lie in the drawer. What should lie there is told to nobody before.

    Signals: ``wanted`` carries pairs of denomination and number.
    """

    wanted = Signal(object)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, tr("Count the drawer"))
        self._theme, self._currency = theme, ""
        self.total = Text(theme, " ", size=TypeSize.TITLE, bold=True)
        self.total.setAccessibleName(tr("Counted so far"))
        self.save = Button(theme, tr("That is all"), ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addWidget(self.total)
        self.foot.addStretch(1)
        self.lines: dict[int, QLineEdit] = {}
        self.sums: dict[int, Text] = {}
        self.mistake = Text(theme, ink="danger", wrap=True)

    def begin(self, currency: str, country: str) -> None:
        self._currency = currency
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setVerticalSpacing(GRID)
        told = tr("An empty line means none. Enter leads to the next. No cash is taken while the count is compared.")
        self.mistake = Text(self._theme, ink="danger", wrap=True)
        self.mistake.hide()
        grid.addWidget(Text(self._theme, told, ink="muted", wrap=True), 0, 0, 1, 3)
        grid.addWidget(self.mistake, 1, 0, 1, 3)
        self.lines, self.sums = {}, {}
        for row, each in enumerate(denominations(currency, country), 2):
            name, line = amount(Money(each, currency)), QLineEdit(maxLength=9)
            line.setAccessibleName(tr("How many of {coin}", coin=name))
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
            line.setMaximumWidth(24 * GRID)
            label, found = Text(self._theme, name, bold=True), Text(self._theme, " ", ink="muted")
            label.setBuddy(line)
            for column, widget in enumerate((label, line, found)):
                grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignRight)
            line.textChanged.connect(lambda _text: self._add_up())
            line.returnPressed.connect(self._onward)
            self.lines[each], self.sums[each] = line, found
        grid.setRowStretch(len(self.lines) + 2, 1)
        grid.setColumnStretch(2, 1)
        self.set_content(content)
        self.set_busy(busy=False)
        self.begin_form(content)
        self._add_up()
        self.open(next(iter(self.lines.values())))

    def tell(self, problem: DriveSphereError) -> None:
        self.mistake.setText(say(problem).text)
        self.mistake.show()

    def pieces(self) -> tuple[tuple[int, int], ...] | None:
        """Pairs of denomination and number; None while a line is no number."""
        read = {each: count_of(line.text()) if line.text().strip() else 0 for each, line in self.lines.items()}
        found = tuple((each, count) for each, count in read.items() if count is not None and count >= 0)
        return found if len(found) == len(read) else None

    def _add_up(self) -> None:
        for each, line in self.lines.items():
            count = count_of(line.text()) if line.text().strip() else None
            self.sums[each].setText(" " if count is None else digits(Money(each * count, self._currency)))
        found = self.pieces()
        self.mistake.hide()
        self.save.setEnabled(found is not None)
        total = sum(each * count for each, count in found or ())
        self.total.setText(tr("No number") if found is None else amount(Money(total, self._currency)))

    def _onward(self) -> None:
        lines = list(self.lines.values())
        at = next((n for n, line in enumerate(lines) if line.hasFocus()), 0)
        following = lines[at + 1] if at + 1 < len(lines) else self.save
        following.setFocus(Qt.FocusReason.TabFocusReason)

    def _submit(self) -> None:
        found = self.pieces()
        if found is not None:
            self.wanted.emit(found)


class DifferencePanel(SentPanel):
    """Why what was counted is not what should be there. Signals: ``wanted`` carries the reason; ``again``."""

    wanted = Signal(str)
    again = Signal()

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, tr("The count differs"))
        self._theme = theme
        self.save = Button(theme, tr("Close the shift"), ButtonKind.PRIMARY, Icon.CHECK)
        self.recount = Button(theme, tr("Count again"))
        self.save.clicked.connect(self._submit)
        self.recount.clicked.connect(self.again)
        self.foot.addWidget(self.recount)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = Form(theme, roomy=True)

    def begin(self, shift: Shift) -> None:
        self.form = Form(self._theme, roomy=True)
        counted, expected = shift.counted, amount(shift.expected)
        told = tr(
            "Counted {counted}, expected {expected}.",
            counted="" if counted is None else amount(counted),
            expected=expected,
        )
        self.form.add_row(Text(self._theme, difference_words(shift), size=TypeSize.HERO, bold=True))
        self.form.add_row(Text(self._theme, told, wrap=True))
        self.form.add("reason", tr("Why"), QLineEdit(maxLength=200))
        self.form.end()
        self.form.submitted.connect(self._submit)
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.fields["reason"])

    def set_busy(self, *, busy: bool) -> None:
        super().set_busy(busy=busy)
        self.recount.setEnabled(not busy)

    def _submit(self) -> None:
        reason = str(self.form.value("reason"))
        if reason.strip():
            self.wanted.emit(reason)
        else:
            self.form.tell_here(InvalidText("reason", "field.empty"))
