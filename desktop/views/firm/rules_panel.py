"""Changing the firm's rules: from when on, and what; a plan can be looked at and withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.views.firm.check_fields import CheckFields
from desktop.views.firm.fee_fields import FEES, FeeFields
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.views.parts.moments.holds_from import HoldsFrom
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo, NumberBox
from desktop.widgets.text import Text
from desktop.words.check_words import CHECKS, SEVERITIES
from desktop.words.figures import amount, days_text
from desktop.words.messages import basis_points_of, day_time, desk_zone, percent
from engine.domain.agreement.checks import Check, Severity
from engine.domain.agreement.fees import AMOUNTS
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.firm.settings import LONGEST_HOLD, MOST_UNPAID_DAYS, SHORTEST_HOLD, FirmSettings, sound
from engine.domain.money.charging import CHARGED
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_MOST_RULES = 10
_WHOLE_BP = 10_000
_MINUTE = timedelta(minutes=1)


class RulesPanel(SentPanel):
    """Signals: ``wanted`` carries the FirmSettings and the moment (UTC) they hold from, or None for at once."""

    form: RulesForm
    wanted = Signal(object, object)

    def __init__(self, theme: Theme, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(theme, host, tr("Change the rules"))
        self._theme, self._now = theme, now
        self.save = Button(theme, tr("Set these rules …"), ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = RulesForm(theme, now)

    def begin(self, settings: FirmSettings) -> None:
        """With what holds now."""
        self.form = RulesForm(self._theme, self._now)
        self.form.show_settings(settings)
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.commission)

    def _submit(self) -> None:
        self.form.tell_here(None)
        if not self.form.holds.ready():
            return
        try:
            settings, valid_from = sound(self.form.settings()), self.form.holds.valid_from()
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            self.wanted.emit(settings, valid_from)


class RulesForm(Form):
    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__(theme, roomy=True)
        self.commission = QLineEdit(maxLength=6)
        self.hold = _spin_box(tr(" minutes"), SHORTEST_HOLD // _MINUTE, LONGEST_HOLD // _MINUTE)
        self.unpaid = _spin_box(tr(" days ahead at most"), 0, MOST_UNPAID_DAYS)
        self.unpaid.setSpecialValueText(tr("Never"))
        self.receipts = QCheckBox(tr("It gets a receipt by itself"))
        self.currency = Combo()
        self.currency.addItems(sorted(CHARGED))
        self.cancellation = CancellationRows(theme)
        self.add("commission", tr("Commission, percent of a rental"), self.commission)
        self.add("hold", tr("A car is kept for a renter who has not paid"), self.hold)
        self.add("unpaid_days", tr("A car is promised to somebody who pays at the counter"), self.unpaid)
        self.add("receipts", tr("Whatever is paid at the counter"), self.receipts)
        self.add("currency", tr("Currency of new cars"), self.currency)
        self.add("cancellation", tr("Who cancels gets back"), self.cancellation)
        self.fees = FeeFields(theme)
        self.add("fees", tr("Charged beyond a rental, in"), self.fees)
        self.checks = CheckFields(theme)
        self.add("checks", tr("Looked at before a car goes out"), self.checks)
        self.holds = HoldsFrom(self, theme, now)
        self.end()

    def show_settings(self, settings: FirmSettings) -> None:
        self.commission.setText(percent(settings.commission_bp).removesuffix(" %"))
        self.hold.setValue(settings.hold // _MINUTE)
        self.unpaid.setValue(settings.unpaid_days)
        self.receipts.setChecked(settings.receipts)
        self.currency.setCurrentText(settings.currency)
        self.cancellation.show_rules(settings.cancellation)
        self.fees.show_fees(settings.fees, settings.currency)
        self.checks.show_checks(settings.checks)

    def settings(self) -> FirmSettings:
        """As typed. Raises: InvalidText for what is no number."""
        return FirmSettings(
            currency=self.currency.currentText(),
            commission_bp=share_of("commission", self.commission.text()),
            hold=timedelta(minutes=self.hold.value()),
            cancellation=self.cancellation.rules(),
            unpaid_days=self.unpaid.value(),
            fees=self.fees.fees(),
            checks=self.checks.checks(),
            receipts=self.receipts.isChecked(),
        )


class CancellationRows(QWidget):
    """One line for each rule: so many hours before the pick-up, so much back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[tuple[QWidget, NumberBox, QLineEdit]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self.add_button = Button(theme, tr("Add a rule"), ButtonKind.QUIET, Icon.ADD)
        self.add_button.clicked.connect(lambda: self._add(CancellationRule(0, 0), focus=True))
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addStretch(1)
        self._column.addLayout(row)
        self.setFocusProxy(self.add_button)

    def show_rules(self, rules: tuple[CancellationRule, ...]) -> None:
        for line, _, _ in self._lines:
            line.deleteLater()
        self._lines.clear()
        for rule in rules:
            self._add(rule, focus=False)

    def rules(self) -> tuple[CancellationRule, ...]:
        """Raises: InvalidText."""
        return tuple(
            CancellationRule(hours.value(), share_of("cancellation", share.text())) for _, hours, share in self._lines
        )

    def _add(self, rule: CancellationRule, *, focus: bool) -> None:
        line = QWidget()
        hours = _spin_box(tr(" h before"), 0, 24 * 366)
        hours.setValue(rule.hours_before)
        hours.setAccessibleName(tr("Hours before the pick-up"))
        share = QLineEdit(percent(rule.refund_bp).removesuffix(" %"), maxLength=6)
        share.setAccessibleName(tr("Percent given back"))
        away = Button(self._theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        away.setAccessibleName(tr("Remove this rule"))
        away.setToolTip(tr("Remove this rule"))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(hours, 3)
        row.addWidget(share, 2)
        row.addWidget(Text(self._theme, tr("% back")))
        row.addWidget(away)
        entry = (line, hours, share)
        self._lines.append(entry)
        self._column.insertWidget(len(self._lines) - 1, line)
        away.clicked.connect(lambda: self._remove(entry))
        self.add_button.setEnabled(len(self._lines) < _MOST_RULES)
        if focus:
            hours.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, entry: tuple[QWidget, NumberBox, QLineEdit]) -> None:
        self._lines.remove(entry)
        entry[0].deleteLater()
        self.add_button.setEnabled(True)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)


def _spin_box(suffix: str, least: int, most: int) -> NumberBox:
    box = NumberBox(suffix=suffix)
    box.setRange(least, most)
    return box


def rules_line(settings: FirmSettings) -> str:
    """In one line, without those that need one of their own."""
    return ", ".join(rule.called(settings) for rule in RULES.values() if rule.called)


def cancellation_line(settings: FirmSettings) -> str:
    words = ", ".join(
        tr("{hours_before} h before: {refund_bp}", hours_before=rule.hours_before, refund_bp=percent(rule.refund_bp))
        for rule in settings.cancellation
    )
    return words or tr("Nothing is given back")


def fees_line(settings: FirmSettings) -> str:
    """What is charged beyond a rental, in each currency."""
    told = (
        f"{FEES[name]}: {amount(each.of(getattr(each, name)))}"
        for each in settings.fees
        for name in AMOUNTS
        if getattr(each, name)
    )
    return ", ".join(told) or tr("Nothing")


@dataclass(frozen=True, slots=True)
class ShownRule:
    """How one of the firm's rules is shown.

    Attributes:
        title, weight, spare: Of its column, see ``Column``.
        called: What a line of several says of it; None for one that needs a line of its own.
    """

    title: str
    text: Callable[[FirmSettings], str]
    weight: int
    called: Callable[[FirmSettings], str] | None = None
    spare: bool = False


def _hold(rules: FirmSettings) -> str:
    return tr("{minutes} min", minutes=rules.hold // _MINUTE)


def _unpaid(rules: FirmSettings) -> str:
    return tr("up to {days} ahead", days=days_text(rules.unpaid_days)) if rules.unpaid_days else tr("Never")


def _receipts(rules: FirmSettings) -> str:
    return tr("By themselves") if rules.receipts else tr("When asked for")


def _currency(rules: FirmSettings) -> str:
    return rules.currency


def _checks(rules: FirmSettings) -> str:
    on = [check for check in Check if rules.checks.of(check) is not Severity.OFF]
    return ", ".join(f"{CHECKS[check]}: {SEVERITIES[rules.checks.of(check)].lower()}" for check in on) or tr("Nothing")


#: Each rule by its field.
RULES = {
    "commission_bp": ShownRule(
        tr("Commission"),
        lambda rules: percent(rules.commission_bp),
        3,
        lambda rules: tr("{share} commission", share=percent(rules.commission_bp)),
    ),
    "hold": ShownRule(tr("Hold"), _hold, 2, lambda rules: tr("{time} hold", time=_hold(rules)), spare=True),
    "unpaid_days": ShownRule(
        tr("At the counter"),
        _unpaid,
        3,
        lambda rules: tr("paid at the counter: {days}", days=_unpaid(rules)),
        spare=True,
    ),
    "currency": ShownRule(tr("Currency"), _currency, 2, _currency, spare=True),
    "cancellation": ShownRule(tr("Who cancels gets back"), cancellation_line, 9, spare=True),
    "fees": ShownRule(tr("Charged beyond"), fees_line, 9, spare=True),
    "checks": ShownRule(tr("Looked at"), _checks, 6, spare=True),
    "receipts": ShownRule(tr("Receipts"), _receipts, 3, spare=True),
}


def moment_line(at: datetime, now: datetime) -> str:
    """On this desk's clock."""
    return day_time(at, desk_zone(), now=now)


def share_of(field: str, text: str) -> int:
    """``12.5`` as 1250. Raises: InvalidText."""
    share = basis_points_of(text)
    if share is None:
        raise InvalidText(field, "field.percent_number")
    if not 0 <= share <= _WHOLE_BP:
        raise InvalidText(field, "field.percent")
    return share
