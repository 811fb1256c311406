"""What the demo's firm says of itself on papers, and the tax that its lines bear; none of it is anybody's."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from engine.domain.firm.settings import BEGINNING
from engine.domain.papers.legal import LegalData, LegalDecision, TaxDecision, TaxRate
from engine.domain.people.people import AccountName


def legal(by: AccountName) -> LegalDecision:
    return LegalDecision(1, BEGINNING, LegalData(**_told()["legal"]), by, BEGINNING)


def taxes(by: AccountName) -> tuple[TaxDecision, ...]:
    rates = enumerate(_told()["rates"], 1)
    return tuple(TaxDecision(n, BEGINNING, TaxRate(**each), by, BEGINNING) for n, each in rates)


def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((files("resources") / "demo" / "firm.json").read_text(encoding="utf-8"))
    return told
