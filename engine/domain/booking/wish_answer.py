"""What a carrier tells of an error, and the error that a renter's window makes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType

from engine.domain.booking.wish_errors import WishRefused
from engine.domain.car.handing_over import ClosedThen
from engine.domain.shared.errors import (
    CarNotRentable,
    DriveSphereError,
    Forbidden,
    InvalidMoney,
    InvalidPeriod,
    InvalidText,
    MoveRefused,
    NotFound,
    PaymentMismatch,
    PeriodTaken,
    PriceChanged,
)
from engine.domain.shared.remark import Remark

_LONGEST = 200
#: Before the name of a fact of what is wrong with a text or a period.
_FACT = "fact "


def facts_of(problem: DriveSphereError) -> dict[str, str]:
    """What *problem* tells beside its code, as texts; nothing of anybody else's booking."""
    told = {"text": str(problem)}
    match problem:
        case PeriodTaken():
            # Whose bookings are in the way is nobody's business but the desk's.
            told = {"text": "taken", "until": problem.until.isoformat() if problem.until else ""}
        case ClosedThen():
            named = {"handing": problem.handing, "branch": problem.branch_id, "name": problem.name}
            opens = problem.opens.isoformat() if problem.opens else ""
            told |= named | {"zone": problem.zone, "at": problem.at.isoformat(), "opens": opens}
        case MoveRefused():
            told |= {"current": problem.current, "wanted": problem.wanted}
        case NotFound():
            told |= {"kind": problem.kind, "key": problem.key}
        case InvalidText():
            told |= {"field": problem.field, "problem": problem.said.code, **_said(problem.said)}
        case CarNotRentable():
            told |= {"key": problem.car_id}
        case InvalidPeriod():
            told |= {"problem": problem.said.code, **_said(problem.said)}
        case WishRefused():
            told |= {"why": problem.why}
    return {name: text[:_LONGEST] for name, text in told.items()}


def _said(said: Remark) -> dict[str, str]:
    return {f"{_FACT}{name}": str(fact) for name, fact in said.facts.items()}


def _facts(facts: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix(_FACT): fact for name, fact in facts.items() if name.startswith(_FACT)}


def problem_of(code: str, facts: dict[str, str]) -> DriveSphereError:
    """The error that ``facts_of`` told of; one that this release does not know is told as refused."""
    made = _MADE.get(code)
    return made(facts) if made is not None else WishRefused(code)


def _taken(facts: dict[str, str]) -> DriveSphereError:
    return PeriodTaken("", _moment(facts.get("until")))


def _closed(facts: dict[str, str]) -> DriveSphereError:
    handing, branch, name, zone = (facts.get(each, "") for each in ("handing", "branch", "name", "zone"))
    at, opens = (_moment(facts.get(each)) for each in ("at", "opens"))
    return WishRefused(ClosedThen.code) if at is None else ClosedThen(handing, branch, name, zone, at, opens)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


_MADE: MappingProxyType[str, Callable[[dict[str, str]], DriveSphereError]] = MappingProxyType(
    {
        PeriodTaken.code: _taken,
        ClosedThen.code: _closed,
        CarNotRentable.code: lambda facts: CarNotRentable(facts.get("key", "")),
        MoveRefused.code: lambda facts: MoveRefused(facts.get("current", ""), facts.get("wanted", "")),
        NotFound.code: lambda facts: NotFound(facts.get("kind", ""), facts.get("key", "")),
        InvalidText.code: lambda facts: InvalidText(facts.get("field", ""), facts.get("problem", ""), **_facts(facts)),
        WishRefused.code: lambda facts: WishRefused(facts.get("why", "")),
        PriceChanged.code: lambda facts: PriceChanged(facts.get("text", "")),
        InvalidPeriod.code: lambda facts: InvalidPeriod(facts.get("problem", facts.get("text", "")), **_facts(facts)),
        InvalidMoney.code: lambda facts: InvalidMoney(facts.get("text", "")),
        Forbidden.code: lambda facts: Forbidden(facts.get("text", "")),
        PaymentMismatch.code: lambda facts: PaymentMismatch(facts.get("text", "")),
    }
)
