"""What is looked at before a car goes out; the firm says which of it forbids that, and which is only told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto

from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.money.money import Money
from engine.domain.people.driving import day_of, years_between
from engine.domain.people.people import Renter
from engine.domain.shared.errors import InvalidText, RuleBroken

#: Bounds of what a firm asks for.
MOST_AGE, MOST_YEARS_HELD = 99, 20


class Check(StrEnum):
    """In the order in which they are told."""

    LICENCE_VALID = auto()  #: the licence holds until the car is to be back
    LICENCE_HELD = auto()  #: the renter has had it for long enough
    AGE = auto()  #: the renter is old enough
    BALANCE = auto()  #: all of it is paid


class Severity(StrEnum):
    BLOCK = auto()  #: the car does not go out
    WARN = auto()  #: it is told, and goes out if somebody says so
    OFF = auto()


@dataclass(frozen=True, slots=True)
class CheckRules:
    """How much each check means to the firm.

    Attributes:
        youngest: Years of age; younger ones are found by ``AGE``.
        years_held: Whole years; who has had the licence for fewer is found by ``LICENCE_HELD``.
    """

    licence_valid: Severity = Severity.OFF
    licence_held: Severity = Severity.OFF
    age: Severity = Severity.OFF
    balance: Severity = Severity.OFF
    youngest: int = 21
    years_held: int = 1

    def of(self, check: Check) -> Severity:
        return Severity(getattr(self, check.value))

    @property
    def facts(self) -> str:
        """For the audit, in the names of the fields."""
        told = [f"{check.value} {self.of(check)}" for check in Check if self.of(check) is not Severity.OFF]
        return ", ".join((*told, f"from {self.youngest} years, held {self.years_held}")) if told else "none"


NO_CHECKS = CheckRules()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the firm wants it.

    Attributes:
        day: That of birth, or of the licence; None where nobody has written it down, and for what is open.
        open: What is still to be paid.
        wanted: Years that are asked for; 0 where it is not about years.
    """

    check: Check
    severity: Severity
    day: date | None = None
    open: Money | None = None
    wanted: int = 0


class HandOverChecked(RuleBroken):
    """The car does not go out as it stands. Attributes: ``findings`` forbid it, or nobody was told of them."""

    code = "agreement.checked"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(f"{each.check} {each.severity}" for each in findings))
        self.findings = findings


def findings(rules: CheckRules, booking: Booking, renter: Renter, today: date, due: date) -> tuple[Finding, ...]:
    """What of *booking* is not as *rules* want it, on *today* and with the car back on *due*, both at its branch."""
    found = {
        Check.LICENCE_VALID: _licence_valid(renter, due),
        Check.LICENCE_HELD: _years(renter.licence_since, today, rules.years_held),
        Check.AGE: _years(renter.born, today, rules.youngest),
        Check.BALANCE: _open(booking),
    }
    return tuple(_told(rules, found))


def _told(rules: CheckRules, found: Mapping[Check, tuple[date | None, Money | None, int] | None]) -> Iterator[Finding]:
    for check, facts in found.items():
        severity = rules.of(check)
        if facts is not None and severity is not Severity.OFF:
            yield Finding(check, severity, *facts)


def _licence_valid(renter: Renter, due: date) -> tuple[date | None, None, int] | None:
    until = day_of(renter.licence_until)
    return None if until is not None and until >= due else (until, None, 0)


def _years(kept: str, today: date, wanted: int) -> tuple[date | None, None, int] | None:
    since = day_of(kept)
    return None if since is not None and years_between(since, today) >= wanted else (since, None, wanted)


def _open(booking: Booking) -> tuple[None, Money, int] | None:
    still = balance(booking).open
    return (None, still, 0) if still.minor > 0 else None


def must_pass(found: tuple[Finding, ...], warned: frozenset[Check]) -> None:
    """*warned* are the checks that somebody was told of and said yes to. Raises: HandOverChecked."""
    left = tuple(each for each in found if each.severity is Severity.BLOCK or each.check not in warned)
    if left:
        raise HandOverChecked(left)


def sound_checks(rules: CheckRules) -> CheckRules:
    """Raises: InvalidText, ``checks``."""
    for value, most in ((rules.youngest, MOST_AGE), (rules.years_held, MOST_YEARS_HELD)):
        if type(value) is not int or not 0 <= value <= most:
            raise InvalidText("checks", "field.between", least=0, most=most)
    return rules
