"""The firm's legal data and its rates of tax: what holds, and deciding on others from a moment on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.firm.audit import AuditRow, Facts
from engine.domain.firm.settings import BEGINNING, FURTHEST, SOONEST
from engine.domain.papers.legal import (
    LegalData,
    LegalDecision,
    TaxDecision,
    TaxRate,
    legal_at,
    rates_at,
    sound_legal,
    sound_rate,
)
from engine.domain.papers.logo import Logo, logo_of
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import InvalidText
from engine.ports.local import Clock, ImageImport
from engine.ports.papers import LegalBook
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class LegalService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: LegalBook
    clock: Clock
    desk: str
    image_import: ImageImport

    async def legal(self, actor: Actor) -> list[LegalDecision]:
        """Every decision on the firm's data, oldest first."""
        actor.must(Deed.MANAGE_FIRM)
        return await self.book.legal()

    async def taxes(self, actor: Actor) -> list[TaxDecision]:
        """Every decision on a rate, oldest first."""
        actor.must(Deed.MANAGE_FIRM)
        return await self.book.taxes()

    async def look_at_logo(self, actor: Actor, picture: bytes) -> bytes:
        """What papers would bear of the file *picture*, a PNG; nothing is stored. Raises: PhotoRefused."""
        actor.must(Deed.MANAGE_FIRM)
        return await asyncio.to_thread(self.image_import.logo, picture)

    async def set_legal(
        self,
        actor: Actor,
        data: LegalData,
        valid_from: datetime | None,
        *,
        after: int,
        picture: bytes | None = None,
    ) -> LegalDecision:
        """Let *data* hold from *valid_from*, or as soon as every desk can know; papers keep what they have.

        The first ones ever hold from the beginning. *after* is the number of the last decision that the person saw, 0
        for none. *picture* is the file of another logo; None is the one that *data* names.

        Raises:
            InvalidText: A field that cannot be, or a moment that is past or too far off.
            PhotoRefused: The file is no picture, is damaged, too large or too small.
            NotFound: There is no logo as *data* name it.
            Overtaken: Somebody else decided meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        now, wanted = self.clock.now(), sound_legal(data)
        logo = await self._developed(actor, picture, now)
        if logo is not None:
            wanted = replace(wanted, logo=logo.id)
        elif wanted.logo:
            await self.book.logo(wanted.logo)
        known = await self.book.legal()
        begins = _begins(valid_from, now, first=not known)
        if legal_at(known, begins) == wanted:
            raise InvalidText("rules", "field.no_change")
        decision = LegalDecision(after + 1, begins, wanted, actor.account, now)
        row = self._row(decision, "legal.changed", wanted.facts)
        await self.book.add_legal(decision, row, logo)
        return decision

    async def _developed(self, actor: Actor, picture: bytes | None, now: datetime) -> Logo | None:
        if picture is None:
            return None
        return logo_of(await asyncio.to_thread(self.image_import.logo, picture), actor.account, now)

    async def set_rate(self, actor: Actor, rate: TaxRate, valid_from: datetime | None, *, after: int) -> TaxDecision:
        """As ``set_legal``, for what a code of lines bears. A code's first rate may hold from any time that is past.

        Raises: As ``set_legal``.
        """
        actor.must(Deed.MANAGE_FIRM)
        now, wanted = self.clock.now(), sound_rate(rate)
        known = await self.book.taxes()
        begins = _begins(valid_from, now, first=all(each.rate.code != wanted.code for each in known))
        if rates_at(known, begins).get(wanted.code) == wanted:
            raise InvalidText("rules", "field.no_change")
        decision = TaxDecision(after + 1, begins, wanted, actor.account, now)
        told = {"code": wanted.code, "rate": f"{wanted.rate_bp / 100:g} %", "note": wanted.note}
        await self.book.add_tax(decision, self._row(decision, "tax.changed", told))
        return decision

    def _row(self, decision: LegalDecision | TaxDecision, what: str, told: Facts) -> AuditRow:
        after = {**told, "valid_from": f"{decision.valid_from:%Y-%m-%d %H:%M:%S} UTC"}
        subject = f"{what.partition('.')[0]}:{decision.number}"
        return AuditRow(decision.made_at, decision.by, self.desk, what, subject, {}, after)


def _begins(valid_from: datetime | None, now: datetime, *, first: bool) -> datetime:
    """Raises: InvalidText, for a moment before now where papers may have gone by something else, or too far ahead."""
    if first and valid_from is None:
        return BEGINNING
    if valid_from is not None and (valid_from > now + FURTHEST or (valid_from < now and not first)):
        raise InvalidText("valid_from", "field.from_now_on")
    return valid_from if first and valid_from is not None else max(valid_from or now, now + SOONEST)
