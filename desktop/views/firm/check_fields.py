"""What is looked at before a car goes out: how much each check means to the firm, and the years it asks for.

API: CheckFields(theme): show_checks(rules), checks() -> CheckRules.
"""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.combo import Combo, NumberBox
from desktop.widgets.text import Text
from desktop.words.check_words import CHECKS, SEVERITIES
from engine.domain.agreement.checks import MOST_AGE, MOST_YEARS_HELD, Check, CheckRules, Severity
from engine.words.tr import tr


class CheckFields(QWidget):
    """A line for each check; years stand beside those that count them, and can be typed where they are counted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.combos = {check: Combo() for check in Check}
        self.youngest, self.years_held = (NumberBox(suffix=tr(" years or more")) for _ in range(2))
        years = {Check.AGE: (self.youngest, MOST_AGE), Check.LICENCE_HELD: (self.years_held, MOST_YEARS_HELD)}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setHorizontalSpacing(3 * GRID)
        for n, (check, combo) in enumerate(self.combos.items()):
            words = Text(theme, CHECKS[check], size=TypeSize.SMALL, ink="muted", wrap=True)
            words.setBuddy(combo)
            combo.setAccessibleName(CHECKS[check])
            for severity, label in SEVERITIES.items():
                combo.addItem(label, severity)
            grid.addWidget(words, 2 * n, 0, 1, 2)
            grid.addWidget(combo, 2 * n + 1, 0, 1, 1 if check in years else 2)
            if check in years:
                box, most = years[check]
                box.setRange(0, most)
                box.setAccessibleName(tr("{check}, years", check=CHECKS[check]))
                grid.addWidget(box, 2 * n + 1, 1)
                combo.currentIndexChanged.connect(lambda _at, check=check, box=box: box.setEnabled(self._on(check)))
        self.setFocusProxy(self.combos[Check.LICENCE_VALID])

    def show_checks(self, rules: CheckRules) -> None:
        for check, combo in self.combos.items():
            combo.setCurrentIndex(combo.findData(rules.of(check)))
        self.youngest.setValue(rules.youngest)
        self.years_held.setValue(rules.years_held)
        self.youngest.setEnabled(self._on(Check.AGE))
        self.years_held.setEnabled(self._on(Check.LICENCE_HELD))

    def checks(self) -> CheckRules:
        chosen = {check.value: Severity(combo.currentData()) for check, combo in self.combos.items()}
        return CheckRules(**chosen, youngest=self.youngest.value(), years_held=self.years_held.value())

    def _on(self, check: Check) -> bool:
        return Severity(self.combos[check].currentData()) is not Severity.OFF
