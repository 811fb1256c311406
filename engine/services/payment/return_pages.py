"""The pages to which Stripe sends live payers back: recorded by an administrator, used by every desk."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from engine.domain.firm.audit import AuditRow
from engine.domain.money.addresses import is_return_page
from engine.domain.money.payment import StripeMode
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import InvalidText, Misconfigured, NotFound
from engine.ports.local import Clock, DeploymentRecord
from engine.ports.payments import ReturnPageBook
from engine.services.input_guard import gated

log = structlog.get_logger(__name__)


@gated
@dataclass(frozen=True, slots=True)
class ReturnPageService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    book: ReturnPageBook
    deployment: DeploymentRecord
    clock: Clock
    desk: str

    async def begin(self, actor: Actor, own: str) -> str:
        """Which page this desk freezes in its requests; empty for its own one on this computer.

        *own* is the page of the desk's settings. While a live firm has recorded none, that of the first administrator
        who starts is recorded, as the mode is.

        Raises:
            Misconfigured: The firm takes live payments, no page is recorded, and the account books.
        """
        if not any(actor.may(deed) for deed in (Deed.BOOK, Deed.CAPTURE, Deed.MANAGE_FIRM)):
            return ""  # it freezes no requests, and the database shows it no such page
        recorded = await self.book.pages()
        live = await self.deployment.stripe_mode() is StripeMode.LIVE
        if own in recorded:
            return own
        if live and not recorded and actor.may(Deed.MANAGE_FIRM) and is_return_page(own):
            await self.add(actor, own)
            return own
        if recorded:
            # Test payments too: a page of the firm's is there when this desk is closed.
            if own:
                log.warning("return_page.not_recorded", own=own, used=recorded[0])
            return recorded[0]
        if not live or actor.may(Deed.MANAGE_FIRM) or not actor.may(Deed.BOOK):
            return ""
        raise Misconfigured("pages.none")

    async def pages(self, actor: Actor) -> list[str]:
        actor.must(Deed.MANAGE_FIRM)
        return await self.book.pages()

    async def add(self, actor: Actor, url: str) -> bool:
        """Let payers be sent back to *url*; False when they may already. Raises: InvalidText, Forbidden."""
        actor.must(Deed.MANAGE_FIRM)
        if not is_return_page(url):
            raise InvalidText("success_url", "field.page_address")
        return await self.book.add(url, self._row(actor, "return_page.added", url))

    async def remove(self, actor: Actor, url: str) -> None:
        """From now on nobody is sent there; what was opened before stays. Raises: NotFound, Forbidden."""
        actor.must(Deed.MANAGE_FIRM)
        if not await self.book.remove(url, self._row(actor, "return_page.removed", url)):
            raise NotFound("return page", url)

    def _row(self, actor: Actor, what: str, url: str) -> AuditRow:
        gone = what.endswith("removed")
        facts = {"page": url}
        return AuditRow(
            self.clock.now(),
            actor.account,
            self.desk,
            what,
            "return pages",
            facts if gone else {},
            {} if gone else facts,
        )
