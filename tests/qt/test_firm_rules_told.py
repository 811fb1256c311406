"""Each of the firm's rules is told wherever rules are: a new one is red here until it is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from view_builders import NOW

from desktop.views.firm.check_fields import CheckFields
from desktop.views.firm.rules_panel import RULES, RulesForm
from engine.domain.agreement.checks import Check, CheckRules, Severity
from engine.domain.agreement.fees import RentalFees
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.firm.settings import FirmSettings, sound

USUAL = FirmSettings()
#: Of each rule another value than the usual one.
OTHER = FirmSettings(
    "GBP",
    1234,
    timedelta(minutes=7),
    (CancellationRule(5, 100),),
    7,
    (RentalFees("EUR", 12_00),),
    CheckRules(Severity.BLOCK, Severity.OFF, Severity.WARN, Severity.BLOCK, 23, 2),
    receipts=True,
)


@pytest.mark.parametrize("rule", [field.name for field in fields(FirmSettings)])
def test_a_rule_is_judged_audited_shown_and_changed(theme, rule):
    changed = replace(USUAL, **{rule: getattr(OTHER, rule)})
    form = RulesForm(theme, lambda: NOW)
    form.show_settings(changed)

    assert changed != USUAL, "give it another value in OTHER"
    assert changed == sound(changed)
    assert changed.facts != USUAL.facts
    assert changed == form.settings()
    assert RULES[rule].text(changed) != RULES[rule].text(USUAL)


def test_years_can_be_typed_only_where_they_are_counted(theme):
    fields = CheckFields(theme)
    fields.show_checks(CheckRules())
    assert (False, False) == (fields.youngest.isEnabled(), fields.years_held.isEnabled())
    fields.combos[Check.AGE].setCurrentIndex(fields.combos[Check.AGE].findData(Severity.BLOCK))
    assert (True, False) == (fields.youngest.isEnabled(), fields.years_held.isEnabled())
    assert CheckRules(age=Severity.BLOCK) == fields.checks()
