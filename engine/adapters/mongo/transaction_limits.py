"""How long a dead desk's open transaction may keep its car: a limit of each mongod, not of a database."""

from __future__ import annotations

from pymongo import ReadPreference
from pymongo.errors import OperationFailure, PyMongoError

from engine.adapters.mongo.client import Client, Credentials, connect, speaking
from engine.domain.shared.remark import Remark, remark

#: Longer than any transaction of ours, TRANSACTION_S; MongoDB's own is a minute.
OPEN_AT_MOST_S = 15
_LIMIT = "transactionLifetimeLimitSeconds"
#: A command goes to the primary else, whatever the client prefers.
_ANY_PART = ReadPreference.NEAREST


async def limit_transactions(client: Client, url: str, credentials: Credentials, ca_file: str = "") -> list[Remark]:
    """Set it on every member that answers, until that one's next start. A line for each that needs somebody's care.

    Args:
        client: Connected with *url* and *credentials*; it knows the members.
        url: Address of the replica set.
        credentials: Of an account that may set parameters, or else is told so.
        ca_file: As for ``connect``.
    """
    with speaking():
        hello = await client.admin.command("hello")
    lines = []
    for member in sorted({*hello.get("hosts", ()), *hello.get("passives", ())}):
        alone = connect(url, credentials, ca_file, member=member)
        try:
            lines += await _limit(alone, member)
        finally:
            await alone.close()
    return lines


async def _limit(client: Client, member: str) -> list[Remark]:
    try:
        asked = {"getParameter": 1, _LIMIT: 1}
        before = (await client.admin.command(asked, read_preference=_ANY_PART))[_LIMIT]
        if before <= OPEN_AT_MOST_S:
            return []
        await client.admin.command({"setParameter": 1, _LIMIT: OPEN_AT_MOST_S}, read_preference=_ANY_PART)
    except OperationFailure:
        return [remark("done.limit_forbidden", member=member, limit=_LIMIT, most=OPEN_AT_MOST_S)]
    except PyMongoError as problem:
        why = "done.limit_too_late" if problem.timeout else "done.limit_no_answer"
        return [remark(why, member=member, limit=_LIMIT)]
    return [remark("done.limit", member=member, limit=_LIMIT, before=str(before), most=OPEN_AT_MOST_S)]
