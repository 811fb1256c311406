"""``drivesphere doctor``: how the deployment is, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import click

from engine.adapters.mongo.queries.health import members_at
from engine.bootstrap import open_deployment, open_engine
from engine.commands.parts import sentence
from engine.config import Secret, Settings
from engine.domain.health.findings import leaderless
from engine.domain.health.health import UNREACHABLE, Finding, HealthReport, Level
from engine.domain.shared.errors import DriveSphereError, Unavailable
from engine.domain.shared.remark import Remark
from engine.services.firm.health_rows import UNHURRIED, Pace
from engine.words.health import facts_of, says, todo, written
from engine.words.tr import tr

_MARKS = {Level.GOOD: "ok", Level.UNKNOWN: tr("not seen"), Level.WARNING: "warning", Level.BAD: "BAD"}
_MARK_WIDTH = 9
_TELL_EVERY_S = 5.0


async def run(
    settings: Settings,
    account: str,
    password: Secret,
    on_finding: Callable[[Finding], None] = lambda _: None,
    on_progress: Callable[[Remark], None] = lambda _: None,
) -> HealthReport:
    """Look at everything with *account*'s rights, however long it takes; *on_progress* hears how far it came.

    Where members are there and none leads, nobody can sign in, and that is the one finding.

    Raises:
        DriveSphereError: The database does not let us in, so nothing can be looked at.
    """
    async with open_deployment(settings) as deployment:
        try:
            async with open_engine(deployment, account, password.reveal(), background=False) as engine:
                pace = Pace(UNHURRIED, on_progress)
                return await engine.admin.health.examine(engine.actor, on_finding, pace)
        except Unavailable as problem:
            members = await members_at(deployment.connector) if problem.server == "mongodb" else ()
            if all(each.state == UNREACHABLE for each in members):
                raise
    finding = leaderless(members)
    on_finding(finding)
    return HealthReport(datetime.now(UTC), (finding,))


@dataclass(slots=True)
class Progress:
    """Tells whoever waits before a terminal, no more often than anybody can read it."""

    last: float = field(default_factory=monotonic)

    def __call__(self, line: Remark) -> None:
        if (now := monotonic()) - self.last >= _TELL_EVERY_S:
            self.last = now
            click.echo(f"{'':{_MARK_WIDTH}} {'':10} ... {written(line)}", err=True)


def tell(finding: Finding) -> None:
    click.echo(f"{_MARKS[finding.level]:{_MARK_WIDTH}} {finding.area.value:10} {says(finding)}")
    if finding.level is not Level.GOOD:
        for name, value in facts_of(finding):
            click.echo(f"{'':{_MARK_WIDTH}} {'':10} {name}: {value}")
    if advice := todo(finding):
        click.echo(f"{'':{_MARK_WIDTH}} {'':10} -> {advice}")


def tell_as_json(report: HealthReport) -> None:
    told = {
        "at": report.at.isoformat(timespec="milliseconds"),
        "level": report.level,
        "findings": [
            {
                "area": finding.area,
                "level": finding.level,
                "code": finding.says.code,
                "says": says(finding),
                "facts": dict(facts_of(finding)),
                "todo": todo(finding) or None,
                "missed": finding.missed,
            }
            for finding in report.findings
        ],
        "problem": None,
    }
    click.echo(json.dumps(told))


def tell_problem_as_json(problem: DriveSphereError) -> None:
    """Nothing could be looked at; the same keys as a report has."""
    told = {"code": problem.code, "says": sentence(problem)}
    click.echo(json.dumps({"at": None, "level": Level.UNKNOWN, "findings": [], "problem": told}))
