"""Opening, changing and giving up branches."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from engine.domain.car.branches import BranchLine, facts_of, remembering, sound
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.handing_over import Promised, stranded
from engine.domain.firm.audit import AuditRow, Facts, changed
from engine.domain.papers.branch_codes import proposed_code, sound_code
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import search_key
from engine.ports.local import Clock
from engine.ports.rules import BranchBook, FirmStore
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class BranchService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: BranchBook
    store: FirmStore
    clock: Clock
    desk: str

    async def lines(self, actor: Actor) -> list[BranchLine | Damaged]:
        """All branches by name, closed ones too."""
        actor.must(Deed.MANAGE_FIRM)
        return await self.book.lines()

    async def add(self, actor: Actor, new: Branch) -> Branch:
        """Open *new*, whose id is made here. Raises: InvalidText, also for a name that another one has."""
        actor.must(Deed.MANAGE_FIRM)
        named = replace(
            await self._sound(new), id=BranchId(f"branch-{secrets.token_hex(6)}"), closed=False, former_fees=()
        )
        await self._must_be_the_only(named)
        branch = replace(named, code=proposed_code(named.city, await self._codes()), code_confirmed=False)
        await self.book.add(branch, self._row(actor, "branch.opened", branch, {}, facts_of(branch)))
        return branch

    async def change(self, actor: Actor, before: Branch, after: Branch) -> Branch:
        """Change its name, place, zone or hours; bookings keep the zone they were made in.

        Raises:
            InvalidText: A field that cannot be, or a name that another branch has.
            Overtaken: Somebody else changed it meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        kept = replace(
            await self._sound(after, before),
            id=before.id,
            closed=before.closed,
            code=before.code,
            code_confirmed=before.code_confirmed,
        )
        branch = remembering(before, kept)
        if branch != before:
            await self._must_be_the_only(branch)
            await self._change(actor, "branch.changed", before, branch)
        return branch

    async def confirm_code(self, actor: Actor, before: Branch, code: str) -> Branch:
        """Call it by *code* in the numbers of its papers, for ever: no paper is issued before somebody said so.

        Raises:
            InvalidText: ``code``: it cannot be one, another branch has it, or this one has been given its own.
            Overtaken: Somebody else changed the branch meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        wanted = sound_code(code)
        if before.code_confirmed:
            raise InvalidText("code", "field.code_confirmed")
        if wanted != before.code and wanted in await self._codes():
            raise InvalidText("code", "field.other_branch")
        return await self._change(actor, "branch.code", before, replace(before, code=wanted, code_confirmed=True))

    async def _codes(self) -> set[str]:
        return {line.branch.code for line in await self.book.lines() if not isinstance(line, Damaged)}

    async def stranded(self, actor: Actor, before: Branch, after: Branch) -> list[Promised]:
        """What was promised and could not be kept with the hours of *after*; whoever changes them is told before.

        Raises:
            InvalidText: As for ``change``.
        """
        actor.must(Deed.MANAGE_FIRM)
        branch, now = await self._sound(after, before), self.clock.now()
        if (branch.hours, branch.zone) == (before.hours, before.zone):
            return []
        return stranded(await self.book.promised(before.id, now), before, replace(branch, id=before.id), now)

    async def close(self, actor: Actor, branch: Branch) -> Branch:
        """Give it up. It is never deleted: bookings and money name it. Raises: BranchInUse, Overtaken."""
        actor.must(Deed.MANAGE_FIRM)
        return await self._change(actor, "branch.closed", branch, replace(branch, closed=True))

    async def reopen(self, actor: Actor, branch: Branch) -> Branch:
        actor.must(Deed.MANAGE_FIRM)
        return await self._change(actor, "branch.reopened", branch, replace(branch, closed=False))

    async def _sound(self, branch: Branch, before: Branch | None = None) -> Branch:
        now = self.clock.now()
        settings = await self.store.settings(now)
        return sound(branch, now=now, currency=settings.currency, before=before)

    async def _must_be_the_only(self, branch: Branch) -> None:
        """People tell branches apart by name, closed ones too: they may be opened again, and old bookings name them."""
        name = search_key(branch.name)
        others = [line.branch for line in await self.book.lines() if not isinstance(line, Damaged)]
        if any(search_key(other.name) == name for other in others if other.id != branch.id):
            raise InvalidText("name", "field.other_branch")

    async def _change(self, actor: Actor, what: str, before: Branch, after: Branch) -> Branch:
        was, now = changed(facts_of(before, after), facts_of(after, before))
        await self.book.change(before, after, self._row(actor, what, after, was, now))
        return after

    def _row(self, actor: Actor, what: str, branch: Branch, before: Facts, after: Facts) -> AuditRow:
        return AuditRow(self.clock.now(), actor.account, self.desk, what, f"branch:{branch.id}", before, after)
