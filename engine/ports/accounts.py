"""The doors to accounts and the people behind them; a page of their own beside ``ports``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.domain.firm.audit import AuditRow
from engine.domain.people.account_requests import AccountRequest, RequestId, RequestPage
from engine.domain.people.accounts import Flaw, Fleet, PeopleQuery, Person
from engine.domain.people.people import AccountName, Actor
from engine.domain.shared.damage import Damaged


class Accounts(Protocol):
    """The database's users. Changing one raises Forbidden unless the open connection is an administrator's."""

    async def whoami(self) -> Actor:
        """Who the open connection belongs to.

        Raises:
            AccountDisabled: It exists and has no role.
        """

    async def still(self, actor: Actor) -> None:
        """Whether the account is what it was at ``whoami``.

        Raises:
            AccountDisabled: It may do nothing any more.
            AccountChanged: It works as something else or elsewhere, or was given a new one-time password.
        """

    async def prove(self, password: str) -> None:
        """That *password* is the own account's, by signing in with it. Raises: SignInRefused."""

    async def change_own_password(self, old: str, new: str) -> None:
        """Raises: SignInRefused, when *old* is not the password."""

    async def administrators(self) -> frozenset[AccountName]:
        """Whose user holds the role of administrators now."""

    async def flaws(self, people: Collection[Person]) -> Mapping[AccountName, tuple[Flaw, ...]]:
        """How their users differ from what they should be; one question for all of them."""

    async def apply(self, person: Person, password: str = "") -> None:
        """Make the user match *person*; may be repeated. Creates one that is missing, with *password*.

        Raises:
            NotFound: It is missing, and there is no password to create it with.
        """


class People(Protocol):
    """Records of the people behind the accounts, and of those who ask for one; for administrators."""

    async def page(self, query: PeopleQuery, offset: int, limit: int) -> tuple[list[Person | Damaged], int, bool]:
        """By name; and how many there are in all. Nothing in the query's text is a pattern."""

    async def person(self, account: AccountName) -> Person:
        """Raises: NotFound."""

    async def add(self, person: Person, row: AuditRow, request: RequestId | None = None) -> None:
        """With its audit row; a *request* that led to it is gone in the same transaction.

        Raises:
            AccountTaken: There is one of that name.
            NotFound: Somebody else has decided on the request.
        """

    async def replace(self, person: Person, row: AuditRow, remaining: Collection[AccountName] | None = None) -> None:
        """Compare-and-set, with its audit row.

        With *remaining* the person ceases to administer, and one of these must stay on the roster of administrators.

        Raises:
            Overtaken: The stored one is not the version before.
            LastAdmin: Nobody of *remaining* is on the roster.
        """

    async def enroll(self, account: AccountName) -> None:
        """Put on the roster of administrators whoever holds the role already."""

    async def fleets(self, limit: int) -> list[Fleet]:
        """Those that have cars, and those that an owner's account has without one."""

    async def last_seen(self, accounts: Sequence[AccountName]) -> Mapping[AccountName, datetime]:
        """When each last signed in (UTC); those who did not are left out."""

    async def note(self, account: AccountName, at: datetime, desk: str) -> None:
        """Write a sign-in down. Any account may; none can read, change or remove such a row but administrators read."""

    async def requests(self, offset: int, limit: int) -> RequestPage:
        """Oldest first."""

    async def request(self, request_id: RequestId) -> AccountRequest:
        """Raises: NotFound."""

    async def decline(self, requests: Mapping[RequestId, AuditRow]) -> None:
        """All of them or none. Raises: NotFound, when somebody else has decided on one."""
