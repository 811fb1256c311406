"""What is not as the firm wants it before a car goes out, in words.

API: finding_words(finding), findings_text(findings); CHECKS and SEVERITIES name them.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from desktop.words.figures import amount, date_text
from engine.domain.agreement.checks import Check, Finding, Severity
from engine.words.tr import counted, tr

CHECKS = MappingProxyType(
    {
        Check.LICENCE_VALID: tr("Licence holds to the return"),
        Check.LICENCE_HELD: tr("Licence held for long enough"),
        Check.AGE: tr("Renter old enough"),
        Check.BALANCE: tr("All of it paid"),
    }
)
SEVERITIES = MappingProxyType(
    {Severity.OFF: tr("Not looked at"), Severity.WARN: tr("Warn"), Severity.BLOCK: tr("Keep the car here")}
)


#: Where nobody has written down what is looked at.
_UNKNOWN = MappingProxyType(
    {
        Check.LICENCE_VALID: tr("Nobody has written down until when the licence holds."),
        Check.LICENCE_HELD: tr("Nobody has written down since when the licence is held."),
        Check.AGE: tr("Nobody has written down when the renter was born."),
    }
)


def finding_words(finding: Finding) -> str:
    """One sentence."""
    if finding.open is not None:
        return tr("{amount} is not paid yet.", amount=amount(finding.open))
    if finding.day is None:
        return _UNKNOWN[finding.check]
    day, years = date_text(finding.day), counted("{count} year", "{count} years", finding.wanted)
    match finding.check:
        case Check.LICENCE_HELD:
            return tr("The licence is held since {day}; the firm wants {years}.", day=day, years=years)
        case Check.AGE:
            return tr("The renter was born on {day}; the firm wants {years}.", day=day, years=years)
        case _:
            return tr("The licence holds until {day}, and the car comes back later.", day=day)


def findings_text(findings: Sequence[Finding]) -> str:
    return "\n".join(map(finding_words, findings))
