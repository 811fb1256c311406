"""Which version the stored shapes have, and whether this program may write them.

``deployment`` has the row ``{_id: "schema", version, to?}``: the version of all rows, and while provisioning is under
way the one that it goes to. A database without that row is of release 0.1.0, or empty: version 0. Every fence carries
the version too, so that a claim, which reads nothing else, is refused to a program of another one.
"""

from __future__ import annotations

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.schema.migrations import LATEST
from engine.domain.shared.errors import DatabaseTooOld, ProgramTooOld

SCHEMA = "schema"


async def schema_row(db: Database, session: AsyncClientSession | None = None) -> Document | None:
    return await db.deployment.find_one({"_id": SCHEMA}, session=session)


async def must_fit(db: Database, session: AsyncClientSession | None = None) -> None:
    """Before a write. Raises: ProgramTooOld, DatabaseTooOld."""
    judge(await schema_row(db, session))


def judge(row: Document | None) -> None:
    """Raises: ProgramTooOld, DatabaseTooOld; for *row* see ``schema_row``."""
    version, to = version_of(row), (row or {}).get("to")
    if max(version, to or 0) > LATEST:
        raise ProgramTooOld(max(version, to or 0), LATEST)
    if version < LATEST or to is not None:
        raise DatabaseTooOld(version, LATEST)


def judge_fence(fence: Document) -> None:
    """The same by the mark on a car's *fence*."""
    judge({"version": fence.get(SCHEMA, 0)})


def version_of(row: Document | None) -> int:
    return row["version"] if row else 0
