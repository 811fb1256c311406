"""What a rental comes to as its car is read: the price, what is added and may be left out, and what is to be paid.

API: Bill (frozen), ChargesPart(theme, bill): propose(lines), begin(told, lines), charging() raises InvalidText;
cleaning, place_id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_parts import Amount, AmountLine
from desktop.widgets.text import Text
from desktop.words.booking_words import line_name, line_words
from desktop.words.messages import amount, branch_name
from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.charges import Charging, Due
from engine.domain.agreement.reading import LONGEST_REASON
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.condition import CarMarks
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.words.tr import tr


@dataclass(frozen=True, slots=True)
class Bill:
    """What is known before the car is read.

    Attributes:
        paid: Of what the agreement comes to.
        branches: Where the car may have been brought to; none where they are not known.
        marks: Of the car; None where they could not be read.
    """

    agreement: Agreement
    due: Due
    paid: Money
    branches: tuple[Branch, ...] = ()
    marks: CarMarks | None = None


class ChargesPart(QWidget):
    """Signals: ``edited`` when something else is charged."""

    edited = Signal()

    def __init__(self, theme: Theme, bill: Bill, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._bill = theme, bill
        self._lines: Sequence[QuoteLine] = ()
        self._waived: set[LineKind] = set()
        self._before: dict[LineKind, str] = {}
        self.boxes: dict[LineKind, QCheckBox] = {}
        #: As they stand there, one below the other; what may be left out stands in ``boxes``.
        self.amounts: list[Amount] = []
        self.place = Combo()
        for branch in bill.branches:
            self.place.addItem(branch_name(branch), branch.id)
        self.place.setCurrentIndex(self.place.findData(bill.due.branch_id))
        fees = bill.agreement.fees
        cleaning = fees.of(fees.cleaning) if fees is not None else Money(0, bill.paid.currency)
        self.cleaning = QCheckBox(tr("It has to be cleaned, {fee}", fee=amount(cleaning)))
        self.cleaning.setVisible(cleaning.minor > 0)
        self.reason = QLineEdit(maxLength=LONGEST_REASON)
        self.form = Form(theme)
        self.form.add("place", tr("Brought to"), self.place)
        self.form.add_row(self.cleaning)
        self.form.show_field("place", shown=len(bill.branches) > 1)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GRID)
        self.why = Form(theme)
        self.why.add("reason", tr("Why it is not charged"), self.reason)
        self.why.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.form)
        column.addLayout(self._rows)
        column.addWidget(self.why)
        self.cleaning.toggled.connect(lambda _on: self.edited.emit())
        self.place.currentIndexChanged.connect(lambda _at: self.edited.emit())
        self.reason.textChanged.connect(lambda _text: self.why.show_mistakes({}))
        self.propose(())

    @property
    def place_id(self) -> BranchId:
        """Where the car is."""
        found = self.place.currentData()
        return self._bill.due.branch_id if found is None else BranchId(found)

    def propose(self, lines: Sequence[QuoteLine]) -> None:
        """To be charged beside the price."""
        self._lines = lines
        self._draw()

    def begin(self, told: Charging, lines: Sequence[QuoteLine]) -> None:
        """With what somebody said before, of *lines*."""
        self.cleaning.setChecked(told.cleaning)
        self._before = dict(told.waived)
        self._waived = set(self._before)
        self.reason.setText(next(iter(self._before.values()), ""))
        self.propose(lines)

    def said(self) -> Charging:
        """As it stands there, whether it can be kept or not: a reason of before stays until another is typed."""
        typed = self.reason.text()
        began = next(iter(self._before.values()), "")
        waived = [line.kind for line in self._lines if line.kind in self._waived]
        told = {kind: self._before.get(kind, typed) if typed == began else typed for kind in waived}
        return Charging(self.cleaning.isChecked(), tuple(told.items()))

    def charging(self) -> Charging:
        """What is said of the charges. Raises: InvalidText, ``reason``, which is told at its field."""
        told = self.said()
        try:
            kept = [(kind, clean("reason", reason, longest=LONGEST_REASON)) for kind, reason in told.waived]
        except InvalidText as problem:
            self.why.tell(problem)
            raise
        return Charging(told.cleaning, tuple(kept))

    def _draw(self) -> None:
        self.boxes.clear()
        self.amounts.clear()
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for line in self._bill.agreement.lines:
            words = tr("{name}, {line}", name=line_name(line.kind), line=line_words(line))
            self._add(Amount(words, amount(line.amount)))
        for line in self._lines:
            self._put(self._row(line))
        charged = [line.amount for line in self._lines if line.kind not in self._waived]
        total = sum(charged, start=self._bill.agreement.total)
        if self._bill.paid.minor:
            self._add(Amount(tr("Paid"), amount(-self._bill.paid)))
        left = total - self._bill.paid
        self._add(Amount(tr("To pay"), amount(left), strong=True))
        self.why.setVisible(any(line.kind in self._waived for line in self._lines))

    def _add(self, told: Amount) -> None:
        self.amounts.append(told)
        self._put(AmountLine(self._theme, told))

    def _put(self, row: QWidget) -> None:
        """Shown at once: a box that is fitted to what it holds counts what is shown."""
        self._rows.addWidget(row)
        row.show()

    def _row(self, line: QuoteLine) -> QWidget:
        row = QWidget()
        box = QCheckBox(tr("{name}, {line}", name=line_name(line.kind), line=line_words(line)))
        box.setChecked(line.kind not in self._waived)
        box.setToolTip(tr("Untick what is not charged, and say why."))
        box.toggled.connect(lambda on: self._waive(line.kind, charged=on))
        self.boxes[line.kind] = box
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(box, 1)
        across.addWidget(Text(self._theme, amount(line.amount), size=TypeSize.BODY, bold=True))
        return row

    def _waive(self, kind: LineKind, *, charged: bool) -> None:
        (self._waived.discard if charged else self._waived.add)(kind)
        # The box that was pressed is in the row that is drawn anew.
        self._draw()
        if charged:
            self.boxes[kind].setFocus()
        else:
            self.reason.setFocus()
        self.edited.emit()
