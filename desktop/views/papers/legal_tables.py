"""The three tables of the page on papers: what the firm says of itself, rates of tax, and codes of branches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from desktop.models.rows import Column
from desktop.theme.tokens import Tone
from desktop.views.firm.rules_panel import moment_line
from desktop.words.messages import branch_name, percent
from desktop.words.paper_words import LANGUAGE_NAMES
from engine.domain.car.car import Branch
from engine.domain.firm.settings import BEGINNING
from engine.domain.papers.legal import LANGUAGES, LegalDecision, TaxDecision
from engine.domain.papers.paper import PaperKind, number_of
from engine.words.tr import tr

D = TypeVar("D", LegalDecision, TaxDecision)


@dataclass(frozen=True, slots=True)
class DecisionRow(Generic[D]):
    """A decision with its standing in words."""

    decision: D
    standing: str
    tone: Tone
    since: str


def decision_rows(
    decisions: Iterable[D], now: datetime, subject: Callable[[D], tuple[bool, str]]
) -> list[DecisionRow[D]]:
    """Of each *subject* planned, in force, past: the latest first, those of one subject together."""
    rows: list[DecisionRow[D]] = []
    every = sorted(decisions, key=lambda each: (each.valid_from, each.number), reverse=True)
    for name in sorted({subject(each) for each in every}):
        holds = False
        for each in (each for each in every if subject(each) == name):
            since = tr("the beginning") if each.valid_from == BEGINNING else moment_line(each.valid_from, now)
            if each.valid_from > now:
                rows.append(DecisionRow(each, tr("Planned"), Tone.ACCENT, since))
            elif not holds:
                holds = True
                rows.append(DecisionRow(each, tr("In force"), Tone.POSITIVE, since))
            else:
                rows.append(DecisionRow(each, tr("Past"), Tone.NEUTRAL, since))
    return rows


def legal_columns() -> list[Column[DecisionRow[LegalDecision]]]:
    return [
        _standing(),
        Column(tr("Holds from"), lambda row: row.since, lambda row: row.since, weight=4),
        Column(tr("Name"), lambda row: row.decision.data.name, lambda row: row.decision.data.name, weight=6),
        Column(tr("Address"), _address, _address, weight=6, spare=True),
        Column(tr("VAT id"), _vat_id, _vat_id, weight=4),
        Column(tr("Language"), _language, _language, weight=2, spare=True),
        Column(tr("Decided by"), lambda row: row.decision.by, lambda row: row.decision.by, weight=3, spare=True),
    ]


def rate_columns() -> list[Column[DecisionRow[TaxDecision]]]:
    return [
        Column(tr("Code"), lambda row: row.decision.rate.code, lambda row: row.decision.rate.code, weight=3),
        Column(tr("Rate"), _rate, lambda row: row.decision.rate.rate_bp, numeric=True, weight=2),
        _standing(),
        Column(tr("Holds from"), lambda row: row.since, lambda row: row.since, weight=4),
        Column(tr("What papers say"), _note, _note, weight=7, spare=True),
        Column(tr("Decided by"), lambda row: row.decision.by, lambda row: row.decision.by, weight=3, spare=True),
    ]


def code_columns(year: int) -> list[Column[Branch]]:
    """*year* is that of numbers which are shown as examples."""

    def first_number(branch: Branch) -> str:
        return number_of(f"{branch.code}-{year}-{PaperKind.INVOICE.letters}", 1)

    return [
        Column(tr("Branch"), branch_name, lambda branch: branch.name, weight=7),
        Column(tr("Code"), lambda branch: branch.code, lambda branch: branch.code, weight=3),
        Column(tr("Standing"), _confirmed, _confirmed, tone=_confirmed_tone, weight=4),
        Column(tr("Its first invoice"), first_number, first_number, weight=5, spare=True),
    ]


def _standing() -> Column[DecisionRow[D]]:
    return Column(
        tr("Standing"), lambda row: row.standing, lambda row: row.standing, tone=lambda row: row.tone.value, weight=3
    )


def _address(row: DecisionRow[LegalDecision]) -> str:
    return row.decision.data.address


def _vat_id(row: DecisionRow[LegalDecision]) -> str:
    return row.decision.data.vat_id or tr("none")


def _language(row: DecisionRow[LegalDecision]) -> str:
    return LANGUAGE_NAMES[row.decision.data.language or LANGUAGES[0]]


def _rate(row: DecisionRow[TaxDecision]) -> str:
    return percent(row.decision.rate.rate_bp)


def _note(row: DecisionRow[TaxDecision]) -> str:
    return row.decision.rate.note


def _confirmed(branch: Branch) -> str:
    return tr("Confirmed") if branch.code_confirmed else tr("Proposed")


def _confirmed_tone(branch: Branch) -> str:
    return str((Tone.POSITIVE if branch.code_confirmed else Tone.WARNING).value)
