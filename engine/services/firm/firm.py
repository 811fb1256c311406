"""The firm's rules: what holds, what is planned, and changing it from a moment on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.firm.audit import AuditRow, changed
from engine.domain.firm.settings import FURTHEST, SOONEST, Firm, FirmSettings, Revision, in_force, settings_at, sound
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import AlreadyHolds, InvalidText, NotFound
from engine.ports.local import Clock
from engine.ports.rules import Rules
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class FirmService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    rules: Rules
    clock: Clock
    desk: str

    async def firm(self, actor: Actor) -> Firm:
        actor.must(Deed.MANAGE_FIRM)
        revisions, last = await self.rules.revisions()
        return replace(_sorted(revisions, last, self.clock.now()), damaged=tuple(await self.rules.damaged()))

    async def change(
        self, actor: Actor, settings: FirmSettings, valid_from: datetime | None, *, after: int
    ) -> Revision:
        """Let *settings* hold from *valid_from*, or as soon as every desk can know; bookings keep what they have.

        What is planned for later stays planned. *after* is the ``last`` of the state that the person saw.

        Raises:
            InvalidText: A rule that cannot be, or a moment that is past or too far off.
            Overtaken: Somebody else changed the rules meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        now = self.clock.now()
        soonest = now + SOONEST
        begins = max(valid_from or soonest, soonest)
        if valid_from is not None and (valid_from < now or valid_from > now + FURTHEST):
            raise InvalidText("valid_from", "field.from_now_on")
        wanted = sound(settings)
        revisions, _ = await self.rules.revisions()
        if wanted == settings_at(revisions, begins):
            raise InvalidText("rules", "field.no_change")
        before = settings_at(revisions, begins).facts
        revision = Revision(after + 1, begins, wanted, actor.account, now)
        was, becomes = changed(before, wanted.facts)
        told = {**becomes, "valid_from": _moment(begins)}
        row = AuditRow(now, actor.account, self.desk, "settings.changed", f"settings:{revision.number}", was, told)
        await self.rules.add_revision(revision, row)
        return revision

    async def withdraw(self, actor: Actor, number: int, *, after: int) -> None:
        """Take back what is planned and does not hold yet.

        Raises:
            NotFound: There is no such decision, or it was taken back before.
            AlreadyHolds: It holds already, or will before every desk could know.
            Overtaken: Somebody else changed the rules meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        now = self.clock.now()
        revisions, _ = await self.rules.revisions()
        planned = next((each for each in revisions if each.number == number and not each.withdrawn), None)
        if planned is None:
            raise NotFound("plan", str(number))
        if planned.valid_from < now + SOONEST:
            raise AlreadyHolds(f"the rules of decision {number} hold already")
        told = {**planned.settings.facts, "valid_from": _moment(planned.valid_from)}
        row = AuditRow(now, actor.account, self.desk, "settings.withdrawn", f"settings:{number}", told, {})
        await self.rules.withdraw(after + 1, number, row)


def _sorted(revisions: list[Revision], last: int, now: datetime) -> Firm:
    holding = in_force(revisions, now)
    planned = [each for each in revisions if each.valid_from > now and not each.withdrawn]
    past = [each for each in revisions if each is not holding and each not in planned]
    return Firm(
        settings=settings_at(revisions, now),
        holding=holding,
        planned=tuple(sorted(planned, key=lambda each: (each.valid_from, each.number))),
        past=tuple(sorted(past, key=lambda each: (each.valid_from, each.number), reverse=True)),
        last=last,
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
