"""What is charged beyond a rental, by currency: a field for each, one currency at a time.

API: FeeFields(theme): show_fees(fees, currency), fees() -> RentalFees of each currency; raises InvalidText.
"""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from desktop.words.figures import count_of, digits, minor_of
from engine.domain.agreement.fees import AMOUNTS, RentalFees, fees_in
from engine.domain.money.charging import CHARGED
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

FEES = MappingProxyType(
    {
        "late_hour": tr("Late, each hour begun"),
        "late_day": tr("Late, a day at most"),
        "free_km": tr("Free km each day"),
        "km": tr("Each km beyond"),
        "eighth": tr("Each eighth missing"),
        "percent": tr("Each per cent missing"),
        "cleaning": tr("Cleaning"),
        "no_show": tr("Nobody came"),
        "one_way": tr("Left at another branch"),
    }
)
_COLUMNS = 2
_LONGEST = 14


class FeeFields(QWidget):
    """An empty field charges nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._fees: dict[str, RentalFees] = {}
        self._shown = ""
        self.currency = Combo()
        self.currency.setAccessibleName(tr("Fees in"))
        self.currency.addItems(sorted(CHARGED))
        self.lines = {name: QLineEdit(maxLength=_LONGEST) for name in FEES}
        grid = QGridLayout()
        grid.setSpacing(GRID)
        grid.setHorizontalSpacing(3 * GRID)
        for n, (name, label) in enumerate(FEES.items()):
            words = Text(theme, label, size=TypeSize.SMALL, ink="muted")
            words.setBuddy(self.lines[name])
            self.lines[name].setAccessibleName(label)
            grid.addWidget(words, n // _COLUMNS * 2, n % _COLUMNS)
            grid.addWidget(self.lines[name], n // _COLUMNS * 2 + 1, n % _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.currency)
        column.addLayout(grid)
        self.setFocusProxy(self.currency)
        self.currency.currentTextChanged.connect(self._switch)

    def show_fees(self, fees: tuple[RentalFees, ...], currency: str) -> None:
        """Beginning with those in *currency*."""
        self._fees, self._shown = {each.currency: each for each in fees}, ""
        self.currency.setCurrentText(currency)
        self._switch(currency)

    def fees(self) -> tuple[RentalFees, ...]:
        """Of each currency in which something is charged. Raises: InvalidText."""
        kept = self._fees | {self._shown: self._typed()}
        charged = (each for each in kept.values() if any(getattr(each, name) for name in AMOUNTS))
        return tuple(sorted(charged, key=lambda each: each.currency))

    def _switch(self, currency: str) -> None:
        """What was typed in another currency stays; what is no amount there is lost with a word at the field."""
        if self._shown and self._shown != currency:
            try:
                self._fees[self._shown] = self._typed()
            except InvalidText:
                self.currency.setCurrentText(self._shown)
                return
        self._shown = currency
        fees = fees_in(tuple(self._fees.values()), currency)
        for name, line in self.lines.items():
            value = getattr(fees, name)
            line.setText("" if not value else str(value) if name == "free_km" else digits(fees.of(value)))

    def _typed(self) -> RentalFees:
        given = {}
        for name, line in self.lines.items():
            text = line.text().strip()
            read = count_of(text) if name == "free_km" else minor_of(text, self._shown)
            if text and read is None:
                line.setFocus()
                raise InvalidText("fees", "field.one_fee", fee=FEES[name])
            given[name] = read or 0
        return RentalFees(self._shown, **given)
