"""The health page: looking at everything in the background, finding by finding."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.health.health import Finding, HealthArea, HealthReport
from engine.domain.shared.errors import DriveSphereError
from engine.words.health import facts_of, says, todo


@dataclass(frozen=True, slots=True)
class HealthState:
    """Everything there is to draw.

    Attributes:
        findings: Those of the present run as they come; of the last one where it could not begin.
        report: The last whole one.
        looking_at: What is looked at now; None when nothing is.
    """

    phase: Phase = Phase.LOADING
    findings: tuple[Finding, ...] = ()
    report: HealthReport | None = None
    looking_at: HealthArea | None = None
    problem: DriveSphereError | None = None


class HealthViewModel(StateViewModel[HealthState]):
    """Signals: ``changed`` carries the new state."""

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(HealthState())
        self._desk, self._tasks = desk, tasks

    def examine(self) -> None:
        """Look at everything; a second wish meanwhile does nothing."""
        self._tasks.once("health", self._examine())

    def text(self) -> str:
        """The findings for whoever is asked for help: words, facts, nothing secret."""
        state = self.state
        at = state.report.at.isoformat(timespec="seconds") if state.report else ""
        lines = [f"DriveSphere health, {at}"]
        for finding in state.findings:
            lines.append(f"[{finding.level.value}] {finding.area.value}: {says(finding)}")
            lines += [f"    {name}: {value}" for name, value in facts_of(finding)]
            lines += [f"    -> {advice}"] if (advice := todo(finding)) else []
        return "\n".join(lines)

    async def _examine(self) -> None:
        areas, loop = list(HealthArea), asyncio.get_running_loop()
        self.feed(replace(self.state, phase=Phase.LOADING, findings=(), looking_at=areas[0], problem=None))

        def heard(finding: Finding) -> None:
            loop.call_soon_threadsafe(self._heard, finding)

        health, actor = self._desk.services.admin.health, self._desk.actor
        try:
            report = await self._desk.call(lambda: health.examine(actor, heard))
        except DriveSphereError as problem:
            before = self.state.report.findings if self.state.report else ()
            self.feed(replace(self.state, phase=Phase.FAILED, findings=before, looking_at=None, problem=problem))
        else:
            self.feed(HealthState(Phase.READY, report.findings, report))

    def _heard(self, finding: Finding) -> None:
        if self.state.looking_at is None:
            return
        areas = list(HealthArea)
        following = areas.index(finding.area) + 1
        self.feed(
            replace(
                self.state,
                findings=(*self.state.findings, finding),
                looking_at=areas[min(following, len(areas) - 1)],
            )
        )
