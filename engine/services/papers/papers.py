"""Issuing papers, correcting them by others, and finding them again."""

from __future__ import annotations

import secrets
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from engine.domain.car.car import Branch
from engine.domain.firm.audit import AuditRow
from engine.domain.money.money import Money
from engine.domain.papers.credits import credit
from engine.domain.papers.drafts import PaperWish, drafted, tax_point
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import legal_at, rates_at
from engine.domain.papers.paper import Body, Content, Correction, Draft, Paper, PaperKind
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import LostNumbers, Series, begun, gone_on, read_number, series_of
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden, InvalidText, NotFound
from engine.domain.shared.text import clean, plain
from engine.ports.bookings import Store, Transaction
from engine.ports.local import Clock
from engine.ports.papers import LegalBook, PaperBook, Queue
from engine.services.input_guard import gated


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """Attributes: ``n`` is the line's number on the invoice; ``amount`` of it, gross, of the same sign."""

    n: int
    amount: Money


#: Far above what anybody issues in a year.
_MOST_NUMBER = 10_000_000


@gated
@dataclass(frozen=True, slots=True)
class PaperService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    store: Store
    book: PaperBook
    legal: LegalBook
    queue: Queue
    clock: Clock
    desk: str

    async def issue(self, actor: Actor, wish: PaperWish, paper_id: str = "") -> Paper:
        """The paper that is wished for, with its number.

        *paper_id* is its id where that tells what is issued only once; a random one where it is empty.

        Raises:
            Overtaken: There is a paper of that id.
            PaperRefused: The firm's data, the branch's code, a rate or the lines are missing.
            InvalidText: A text or a number that cannot be, named by its field.
            Forbidden: The actor's role, or the paper is another branch's.
            Contended: Others were issuing in the same series until the time was over; nothing was issued.
        """
        draft = await self.draft(actor, wish)
        return await self._issue(actor, replace(draft, id=plain("paper", paper_id, longest=120)) if paper_id else draft)

    async def draft(self, actor: Actor, wish: PaperWish) -> Draft:
        """For whoever has a transaction of its own, which ends with ``Transaction.issue`` in ``in_turn``.

        Raises: As ``issue``, but for Contended.
        """
        actor.must(Deed.ISSUE_PAPER)
        if wish.kind is PaperKind.CREDIT_NOTE:
            raise InvalidText("kind", "field.not_listed")
        now = self.clock.now()
        branch = await self._branch(actor, wish.branch_id)
        rates = rates_at(await self.legal.taxes(), tax_point(wish.content, now))
        body = drafted(wish, branch, legal_at(await self.legal.legal(), now), rates, actor.account)
        return Draft(secrets.token_hex(12), body)

    def in_turn(self, draft: Draft) -> AbstractAsyncContextManager[bool]:
        """Around the transaction that issues *draft*, so that desks do not undo each other's work."""
        return self.queue.in_turn(f"series:{series_of(draft.body, self.clock.now())}")

    async def credit(self, actor: Actor, paper_id: str, lines: tuple[CreditedLine, ...] | None, reason: str) -> Paper:
        """A credit note of *lines* of an invoice, or of all that is left of it.

        Raises:
            PaperRefused: More than is left of a line, nothing is left, or it is no invoice.
            NotFound: There is no such paper.
            Overtaken: Somebody else credited the same invoice at the same moment.
            InvalidText, Forbidden, Contended: As ``issue``.
        """
        actor.must(Deed.CREDIT)
        original = await self.book.paper(paper_id)
        branch = await self._branch(actor, original.body.branch_id)
        body = replace(await self._corrected(original, lines, reason), by=actor.account)
        return await self._issue(actor, Draft(secrets.token_hex(12), replace(body, branch_code=branch.code)))

    async def _corrected(self, original: Paper, lines: tuple[CreditedLine, ...] | None, reason: str) -> Body:
        if original.body.kind is not PaperKind.INVOICE:
            raise PaperRefused("paper.no_invoice", number=original.number)
        earlier = await self.book.credits_of(original.id)
        wanted = None if lines is None else {line.n: line.amount for line in lines}
        credited, taxes = credit(original, earlier, wanted)
        seller = legal_at(await self.legal.legal(), self.clock.now())
        before, why = original.body, clean("reason", reason, longest=200)
        turn = len(earlier) + 1
        told = before.content
        return replace(
            before,
            kind=PaperKind.CREDIT_NOTE,
            seller=(seller or before.seller).said_on(PaperKind.CREDIT_NOTE),
            content=Content(
                told.buyer,
                credited,
                told.supply,
                told.car,
                booking_id=told.booking_id,
                agreement_id=told.agreement_id,
                agreement_number=told.agreement_number,
            ),
            taxes=taxes,
            corrects=Correction(original.id, original.number, original.issued_at, turn, why),
        )

    async def series(self, actor: Actor) -> list[Series]:
        """All that were begun, by name."""
        actor.must(Deed.SEE_PAPERS)
        return await self.book.series()

    async def go_on_above(self, actor: Actor, series: str, highest: int, why: str) -> Series:
        """After a restore: *highest* is the highest number on any paper of *series*, 0 for none; it goes on above.

        What was issued after the back-up is not in the database; its numbers are written down as lost, once.

        Raises:
            PaperRefused: The database was not restored, the series has somebody's word, or knows a higher number.
            InvalidText: ``series`` is no series' name, or nothing is said of ``why``.
            Overtaken: Somebody else decided meanwhile.
        """
        actor.must(Deed.MANAGE_FIRM)
        if read_number(f"{series}-0001") != (series, 1):
            raise InvalidText("series", "field.series")
        if not 0 <= highest <= _MOST_NUMBER:
            raise InvalidText("highest", "field.between", least=0, most=f"{_MOST_NUMBER:,}")
        reason, now, epoch = clean("why", why, longest=200), self.clock.now(), await self.book.epoch()
        before = next((each for each in await self.book.series() if each.id == series), None)
        if epoch is None or (before is not None and before.epoch == epoch.id):
            raise PaperRefused("paper.not_restored", series=series)
        known = before or begun(series, now)
        after = gone_on(known, highest, epoch.id)
        lost = LostNumbers(series, known.next, highest, reason, actor.account, now) if highest >= known.next else None
        told = {"next": str(after.next), "why": reason}
        row = AuditRow(
            now, actor.account, self.desk, "series.went_on", f"series:{series}", {"next": str(known.next)}, told
        )
        await self.book.go_on(before, after, lost, row)
        return after

    async def paper(self, actor: Actor, key: str) -> Paper:
        """By its id or by the number that is printed on it. Raises: NotFound, DamagedRow."""
        actor.must(Deed.SEE_PAPERS)
        if (number := read_number(key)) is not None:
            return await self.book.numbered(*number)
        return await self.book.paper(key)

    async def logo(self, actor: Actor, logo_id: str) -> bytes:
        """The picture that a seller names, a PNG; nothing where none is named. Raises: NotFound, DamagedRow."""
        actor.must(Deed.SEE_PAPERS)
        return (await self.legal.logo(logo_id)).data if logo_id else b""

    async def of_booking(self, actor: Actor, booking_id: str) -> list[Paper | Damaged]:
        """Oldest first."""
        actor.must(Deed.SEE_PAPERS)
        return await self.book.of_booking(booking_id)

    async def note(self, actor: Actor, rendering: Rendering) -> None:
        """Write down that the paper was drawn, by whom and now."""
        actor.must(Deed.SEE_PAPERS)
        await self.book.note(replace(rendering, by=actor.account, at=self.clock.now()))

    async def renderings(self, actor: Actor, paper_id: str) -> list[Rendering]:
        """Oldest first."""
        actor.must(Deed.SEE_PAPERS)
        return await self.book.renderings(paper_id)

    async def _issue(self, actor: Actor, draft: Draft) -> Paper:
        row = self._row(actor, draft)

        async def write(work: Transaction) -> Paper:
            await work.audit(row)
            return await work.issue(draft, self.clock.now())

        async with self.in_turn(draft):
            return await self.store.transact(write)

    def _row(self, actor: Actor, draft: Draft) -> AuditRow:
        """That it was issued; its number stands in the paper, which has none yet."""
        body, now = draft.body, self.clock.now()
        told = {"booking": body.content.booking_id, "total": str(body.total.minor) if body.content.lines else ""}
        if body.corrects is not None:
            told |= {"corrects": body.corrects.number, "why": body.corrects.reason}
        facts = {name: value for name, value in told.items() if value}
        return AuditRow(now, actor.account, self.desk, f"paper.{body.kind.value}", f"paper:{draft.id}", {}, facts)

    async def _branch(self, actor: Actor, branch_id: str) -> Branch:
        """Raises: NotFound; Forbidden, where the actor works at another."""
        if actor.branch_id is not None and actor.branch_id != branch_id:
            raise Forbidden(f"a paper of branch {branch_id}")
        found = next((each for each in await self.store.branches() if each.id == branch_id), None)
        if found is None:
            raise NotFound("branch", branch_id)
        return found
