"""The doors to what an administrator runs the firm by: its rules, its branches, and the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from engine.domain.car.branches import BranchLine
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.handing_over import Promised
from engine.domain.firm.audit import AuditNames, AuditQuery, AuditRow, AuditSlice
from engine.domain.firm.settings import FirmSettings, Revision
from engine.domain.shared.damage import Damaged


class Rules(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def revisions(self) -> tuple[list[Revision], int]:
        """Every decision, oldest first, and the number of the last row, withdrawals counted."""

    async def damaged(self) -> list[Damaged]:
        """Decisions that cannot be read; they hold nothing."""

    async def add_revision(self, revision: Revision, row: AuditRow) -> None:
        """Raises: Overtaken, when its number is taken."""

    async def withdraw(self, number: int, withdraws: int, row: AuditRow) -> None:
        """Raises: Overtaken, when *number* is taken."""


class BranchBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def lines(self) -> list[BranchLine | Damaged]: ...

    async def add(self, branch: Branch, row: AuditRow) -> None: ...

    async def change(self, before: Branch, after: Branch, row: AuditRow) -> None:
        """Compare-and-set; a new zone reaches the terms of every car that stands there in the same transaction.

        Raises:
            Overtaken: The stored one is not *before*.
            NotFound: There is no such branch.
            BranchInUse: It would be closed with cars or bookings.
        """

    async def promised(self, branch_id: BranchId, now: datetime) -> list[Promised]:
        """Of bookings that keep a car and begin or end there after *now*: both their ends, soonest pick-up first."""


class AuditBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden."""

    async def page(self, query: AuditQuery) -> AuditSlice:
        """Newest first."""

    def walk(self, query: AuditQuery) -> AsyncIterator[list[AuditRow | Damaged]]:
        """All rows of *query*, newest first, a batch at a time, with names; rows that come meanwhile are left out."""

    async def names(self) -> AuditNames: ...


class FirmStore(Protocol):
    """What everybody's work goes by. Raises Unavailable("mongodb")."""

    async def branches(self) -> list[Branch]:
        """Those that can be read."""

    async def settings(self, at: datetime) -> FirmSettings:
        """The firm's rules that hold at *at*, as they were known at most half a minute ago."""

    async def audit(self, row: AuditRow) -> None:
        """Append to the audit what no transaction of ours can hold, such as a change of an account."""
