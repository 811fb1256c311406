"""Requests for accounts: an administrator looks at them and declines; granting one is making its account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.domain.firm.audit import AuditRow
from engine.domain.people.account_requests import AccountRequest, RequestPage
from engine.domain.people.people import Actor, Deed
from engine.ports.accounts import People
from engine.ports.local import Clock
from engine.services.input_guard import gated

PAGE_SIZE = 50


@gated
@dataclass(frozen=True, slots=True)
class RequestService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    people: People
    clock: Clock
    desk: str

    async def page(self, actor: Actor, *, offset: int = 0) -> RequestPage:
        """Oldest first. Raises: Forbidden."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        return await self.people.requests(max(offset, 0), PAGE_SIZE)

    async def decline(self, actor: Actor, requests: Sequence[AccountRequest]) -> None:
        """They are gone, all of them or none; the audit keeps who asked. Whoever asked may ask again.

        Raises:
            NotFound: Somebody else has decided on one of them.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        stored = [await self.people.request(request.id) for request in requests]
        if stored:
            await self.people.decline({request.id: self._row(actor, request) for request in stored})

    def _row(self, actor: Actor, request: AccountRequest) -> AuditRow:
        told = {"name": request.name, "email": request.email, "phone": request.phone}
        subject = f"request:{request.id}"
        return AuditRow(self.clock.now(), actor.account, self.desk, "account.request_declined", subject, told)
