"""Hours and fees of a branch inside of a transaction: read, or known to be those that this desk has read.

A fence may carry a mark: the digest of its branch's row as it was when the car was sold last. A desk that knows the
row of that digest need not read it again. So a mark must never outlive its row, and there are three steps to a change
of a branch, each committed before the next (docs/decisions/0071): the row asks to be read (``ask``), the marks of its
fences are taken off (``unmark``), then the new row is stored, which asks no more. Nobody marks a fence by a row that
asks; and whoever read the row before it asked wrote to the fence before ``unmark`` did, or conflicts with it.
"""

from __future__ import annotations

import re
from hashlib import blake2b

import bson
from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.documents import branch_of
from engine.adapters.mongo.codec.reading import must
from engine.adapters.mongo.schema.migrations import LATEST
from engine.domain.car.car import Branch, BranchId, CarId

#: Field of a branch's row: which change of it is on its way.
ASKING = "asking"
#: Field of a fence.
MARK = "rules"
_OF_A_VERSION = re.compile(r"(\d{1,4}):[0-9a-f]{24}")
#: As a desk has read each branch last, beside its mark.
Known = dict[BranchId, tuple[str, Branch]]


def mark_of(row: Document) -> str:
    """The digest of a branch's row; another one in another version of the stored shapes."""
    told = bson.encode({name: value for name, value in row.items() if name != ASKING})
    return f"{LATEST}:{blake2b(told, digest_size=12).hexdigest()}"


def is_of_before(mark: object) -> bool:
    """Whether it was set in an earlier version of the stored shapes: no desk goes by it, the next sale sets another."""
    found = _OF_A_VERSION.fullmatch(mark) if isinstance(mark, str) else None
    return found is not None and int(found[1]) < LATEST


async def rules_of(
    db: Database,
    session: AsyncClientSession,
    known: Known,
    branch_id: BranchId,
    sold: tuple[CarId, str | None] | None,
) -> Branch | None:
    """The branch as it is in force in this transaction, None if there is none.

    *sold* is a car of the branch whose fence this transaction has written, and the mark that it carried: the row is
    not read where the mark says that it is known, and the fence is marked where it was read.

    Raises:
        DamagedRow: Its row cannot be read.
    """
    mark, branch = known.get(branch_id, (None, None))
    if sold is not None and branch is not None and mark == sold[1]:
        return branch
    row = await db.branches.find_one({"_id": branch_id}, session=session)
    if row is None:
        return None
    told = mark_of(row)
    if branch is None or mark != told:
        branch = must("branches", row, branch_of)
        known[branch_id] = told, branch
    if sold is not None and sold[1] != told and ASKING not in row:
        await db.fences.update_one({"_id": sold[0]}, {"$set": {MARK: told}}, session=session)
    return branch


async def unmark(db: Database, branch_id: BranchId) -> None:
    """From here on each booking of the branch's cars reads its row.

    Every fence is written, also one without a mark: a transaction that marks it just now then conflicts.
    """
    here: Document = {"terms.branch_id": branch_id}
    await db.fences.update_many(here, {"$inc": {"seq": 1}, "$unset": {MARK: ""}})
