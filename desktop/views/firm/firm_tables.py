"""The two tables of branches and settings: what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.theme.tokens import Tone
from desktop.views.firm.rules_panel import RULES, ShownRule, moment_line
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.table.record_table import RecordTable
from desktop.words.hours_words import week_text
from desktop.words.messages import branch_name, whole
from engine.domain.car.branches import BranchLine
from engine.domain.firm.settings import BEGINNING, Firm, Revision
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A decision with its standing in words."""

    revision: Revision
    standing: str
    tone: Tone
    since: str


def rule_columns() -> list[Column[RuleRow]]:
    def column(title: str, text: Callable[[RuleRow], str], weight: int, *, spare: bool = False) -> Column[RuleRow]:
        return Column(title, text, text, weight=weight, spare=spare)

    return [
        Column(
            tr("Standing"),
            lambda row: row.standing,
            lambda row: row.standing,
            tone=lambda row: row.tone.value,
            weight=3,
        ),
        column(tr("Holds from"), lambda row: row.since, 4),
        *(column(rule.title, partial(_rule_text, rule), rule.weight, spare=rule.spare) for rule in RULES.values()),
        column(tr("Decided by"), lambda row: row.revision.by, 3),
    ]


def _rule_text(rule: ShownRule, row: RuleRow) -> str:
    return rule.text(row.revision.settings)


def branch_columns() -> list[Column[BranchLine]]:
    return [
        Column(tr("Branch"), lambda line: branch_name(line.branch), lambda line: line.branch.name, weight=5),
        Column(tr("Address"), lambda line: line.branch.address, lambda line: line.branch.address, weight=6, spare=True),
        Column(tr("Time zone"), lambda line: line.branch.zone, lambda line: line.branch.zone, weight=5),
        Column(tr("Open"), _hours, _hours, weight=4, spare=True),
        Column(tr("Cars"), lambda line: whole(line.cars), lambda line: line.cars, numeric=True, weight=2),
        Column(tr("Bookings"), lambda line: whole(line.bookings), lambda line: line.bookings, numeric=True, weight=3),
        Column(tr("Standing"), _standing, _standing, tone=_tone, weight=3),
    ]


def _hours(line: BranchLine) -> str:
    return week_text(line.branch.hours)


def _standing(line: BranchLine) -> str:
    return tr("Closed") if line.branch.closed else tr("Open")


def _tone(line: BranchLine) -> str:
    return str((Tone.NEUTRAL if line.branch.closed else Tone.POSITIVE).value)


def rule_rows(firm: Firm, now: datetime) -> list[RuleRow | Damaged]:
    """Planned, in force, past: the latest first."""

    def row(revision: Revision, standing: str, tone: Tone) -> RuleRow:
        since = tr("the beginning") if revision.valid_from == BEGINNING else moment_line(revision.valid_from, now)
        return RuleRow(revision, standing, tone, since)

    planned = [row(each, tr("Planned"), Tone.ACCENT) for each in reversed(firm.planned)]
    holding = [row(firm.holding, tr("In force"), Tone.POSITIVE)] if firm.holding else []
    past = [row(each, tr("Withdrawn") if each.withdrawn else tr("Past"), Tone.NEUTRAL) for each in firm.past]
    return [*firm.damaged, *planned, *holding, *past]


def table_of(context: ViewContext, model: SlicesModel[Any], name: str) -> RecordTable:
    table = RecordTable(context.theme, context.shimmer)
    table.setAccessibleName(name)
    table.setModel(model)
    return table


def put_rows(model: SlicesModel[Row], table: RecordTable, rows: Sequence[Row]) -> None:
    """All of them; the line that was chosen stays so by its place."""
    at = max(table.currentIndex().row(), 0)
    model.reset(len(rows))
    model.put_slice(model.ticket(0), rows)
    table.selectRow(min(at, len(rows) - 1))
