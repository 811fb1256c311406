"""Accounts: who may sign in, as what, and where. For administrators, and everybody's own password."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.car.car import OwnerId
from engine.domain.firm.audit import AuditRow, Facts, changed
from engine.domain.people.account_errors import OwnAccount
from engine.domain.people.account_requests import RequestId
from engine.domain.people.accounts import (
    Flaw,
    Fleet,
    NewPerson,
    OneTimePassword,
    PeopleQuery,
    PeopleSlice,
    Person,
    PersonRow,
    Post,
    account_name,
    chosen_password,
    contact,
    one_time_password,
)
from engine.domain.people.people import AccountName, Actor, Deed, Role
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import MoveRefused, NotFound
from engine.domain.shared.text import clean, plain
from engine.ports.accounts import Accounts, People
from engine.ports.bookings import Store
from engine.ports.local import Clock
from engine.services.input_guard import gated

PAGE_SIZE = 50
_MOST_FLEETS = 500


@gated
@dataclass(frozen=True, slots=True)
class AccountService:
    """Every change is stored with its audit row first and then carried out at the database's user.

    What was cut off in between shows in the list as a flaw, and ``finish`` carries it out. Whoever gives somebody the
    rights of an administrator, or a way to them, proves to be who is signed in by the own password once more.

    Attributes:
        desk: This machine's name, for the audit.
    """

    people: People
    accounts: Accounts
    store: Store
    clock: Clock
    desk: str

    async def page(self, actor: Actor, query: PeopleQuery, *, offset: int = 0) -> PeopleSlice:
        """By name. Raises: Forbidden."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        wanted = replace(query, text=clean("search", query.text, longest=100, required=False))
        people, total, slip = await self.people.page(wanted, max(offset, 0), PAGE_SIZE)
        known = await self._rows([each for each in people if not isinstance(each, Damaged)])
        rows = {row.person.account: row for row in known}
        return PeopleSlice(
            tuple(each if isinstance(each, Damaged) else rows[each.account] for each in people),
            offset,
            total,
            slip and total > 0,
        )

    async def person(self, actor: Actor, account: AccountName) -> PersonRow:
        """Raises: NotFound, Forbidden."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        return (await self._rows([await self.people.person(account)]))[0]

    async def fleets(self, actor: Actor) -> list[Fleet]:
        """What an owner's account can be tied to."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        return await self.people.fleets(_MOST_FLEETS)

    def new_fleet(self) -> OwnerId:
        """For an owner without cars yet."""
        return OwnerId(f"ow-{secrets.token_hex(6)}")

    async def create(
        self, actor: Actor, new: NewPerson, own_password: str = "", *, request: RequestId | None = None
    ) -> OneTimePassword:
        """A new account with a one-time password; it grants *request*, if it came from one.

        Raises:
            InvalidText: Naming the field.
            AccountTaken: There is one of that name.
            SignInRefused: It is to administer, and *own_password* is not the actor's.
            NotFound: Somebody else has decided on the request.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        name, email, phone = contact(new.name, new.email, new.phone)
        now = self.clock.now()
        post = await self._sound(new.post)
        person = Person(account_name(new.account), name, email, phone, post, now, issued_at=now)
        await self._prove_for(person, own_password)
        verb = "account.created" if request is None else "account.request_granted"
        await self.people.add(person, self._row(actor, person, verb, now, {}, person.facts), request)
        return await self._issue(person)

    async def edit(self, actor: Actor, account: AccountName, name: str, email: str, phone: str) -> Person:
        """Raises: InvalidText, NotFound, Overtaken."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        before = await self.people.person(account)
        whole_name, mail, number = contact(name, email, phone)
        after = before.changed(name=whole_name, email=mail, phone=number)
        return await self._change(actor, before, after, "account.edited")

    async def move(self, actor: Actor, account: AccountName, post: Post, own_password: str = "") -> Person:
        """To another role, branch or fleet.

        Raises:
            OwnAccount: Nobody moves the own account.
            LastAdmin: Nobody would be left to administer.
            SignInRefused: It is to administer, and *own_password* is not the actor's.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        before = await self._other(actor, account)
        after = before.changed(post=await self._sound(post))
        if not before.administers:
            await self._prove_for(after, own_password)
        verb = "account.moved" if before.post.role is post.role else "account.role_changed"
        return await self._change(actor, before, after, verb)

    async def disable(self, actor: Actor, account: AccountName, own_password: str = "") -> Person:
        """It may not sign in any more; its desks are signed out.

        Raises:
            OwnAccount, LastAdmin: As for every change of an account.
            SignInRefused: *own_password* is not the actor's, whomever it locks out.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        before = await self._other(actor, account)
        await self.accounts.prove(own_password)
        return await self._change(actor, before, before.changed(disabled=True), "account.disabled")

    async def enable(self, actor: Actor, account: AccountName, own_password: str = "") -> Person:
        """With the post and the password it had. Raises: OwnAccount, SignInRefused."""
        actor.must(Deed.MANAGE_ACCOUNTS)
        before = await self._other(actor, account)
        after = before.changed(disabled=False)
        await self._prove_for(after, own_password)
        return await self._change(actor, before, after, "account.enabled")

    async def reset_password(self, actor: Actor, account: AccountName, own_password: str = "") -> OneTimePassword:
        """A new one-time password; its desks are signed out.

        Raises:
            OwnAccount: The own one is changed by knowing it.
            MoveRefused: The account is disabled.
            SignInRefused: It administers, and *own_password* is not the actor's.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        before = await self._other(actor, account)
        if before.disabled:
            raise MoveRefused("disabled", "given a new password")
        await self._prove_for(before, own_password)
        now = self.clock.now()
        after = before.changed(issued_at=now)
        row = self._row(actor, after, "account.password_reset", now, {}, {"password": "a new one-time password"})
        await self.people.replace(after, row)
        return await self._issue(after)

    async def finish(self, actor: Actor, account: AccountName, own_password: str = "") -> OneTimePassword:
        """Make the database's user what the record says; the password is empty unless the user had to be created.

        Raises:
            OwnAccount, SignInRefused: As for the change that was cut off.
        """
        actor.must(Deed.MANAGE_ACCOUNTS)
        person = await self._other(actor, account)
        await self._prove_for(person, own_password)
        flaws = (await self.accounts.flaws([person]))[account]
        now = self.clock.now()
        told = {"flaws": ", ".join(flaws)}
        await self.store.audit(self._row(actor, person, "account.mended", now, told, {"flaws": ""}))
        if Flaw.MISSING in flaws:
            return await self._issue(person)
        await self._carry_out(person)
        return OneTimePassword(person, "")

    async def change_own_password(self, actor: Actor, old: str, new: str) -> None:
        """Everybody may. The open connection goes on; for further ones it has to be opened anew with *new*.

        Raises:
            SignInRefused: *old* is not the password.
            InvalidText: *new* cannot be one.
        """
        chosen = chosen_password(new, actor.account)
        await self.accounts.change_own_password(old, chosen)
        if actor.role is Role.RENTER:
            return  # writes nothing but wishes (decision 0027)
        told = {"password": "chosen by its owner"}
        row = AuditRow(
            self.clock.now(), actor.account, self.desk, "account.password_changed", f"account:{actor.account}", {}, told
        )
        await self.store.audit(row)

    async def _rows(self, people: list[Person]) -> tuple[PersonRow, ...]:
        flaws = await self.accounts.flaws(people)
        seen = await self.people.last_seen([person.account for person in people])
        return tuple(_row_of(person, seen.get(person.account), flaws[person.account]) for person in people)

    async def _sound(self, post: Post) -> Post:
        """With a branch that there is, and the renter as stored rather than as handed in. Raises: NotFound."""
        if post.branch_id is not None and post.branch_id not in {each.id for each in await self.store.branches()}:
            raise NotFound("branch", post.branch_id)
        if post.owner_id is not None:
            plain("fleet", post.owner_id, longest=80)
        if post.renter is not None:
            return replace(post, renter=await self.store.renter(post.renter.id))
        return post

    async def _other(self, actor: Actor, account: AccountName) -> Person:
        if account == actor.account:
            raise OwnAccount("nobody changes the standing of the own account")
        return await self.people.person(account)

    async def _prove_for(self, person: Person, own_password: str) -> None:
        if person.administers:
            await self.accounts.prove(own_password)

    async def _change(self, actor: Actor, before: Person, after: Person, verb: str) -> Person:
        remaining = None
        if before.administers and not after.administers:
            remaining = await self.accounts.administrators() - {before.account}
        told = changed(before.facts, after.facts)
        row = self._row(actor, after, verb, self.clock.now(), *told)
        await self.people.replace(after, row, remaining)
        await self._carry_out(after)
        return after

    async def _issue(self, person: Person) -> OneTimePassword:
        password = one_time_password()
        await self._carry_out(person, password)
        return OneTimePassword(person, password)

    async def _carry_out(self, person: Person, password: str = "") -> None:
        await self.accounts.apply(person, password)
        if person.administers:
            await self.people.enroll(person.account)

    def _row(self, actor: Actor, person: Person, verb: str, now: datetime, before: Facts, after: Facts) -> AuditRow:
        return AuditRow(now, actor.account, self.desk, verb, f"account:{person.account}", before, after)


def _row_of(person: Person, seen: datetime | None, flaws: Sequence[Flaw]) -> PersonRow:
    # Nobody comes in with a one-time password, so a sign-in since it was made was one with a password of their own.
    # A renter's account cannot write its sign-ins down: of it only what it wished for is known.
    silent = person.post.role is not Role.RENTER and (seen is None or seen < (person.issued_at or seen))
    waiting = person.issued_at is not None and silent
    return PersonRow(person, seen, waiting=waiting, flaws=tuple(flaws))
