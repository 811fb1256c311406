"""How long a dead desk's open transaction may keep its car: a limit of each mongod, not of a database."""

from __future__ import annotations

from pymongo import ReadPreference
from pymongo.errors import OperationFailure, PyMongoError

from engine.adapters.mongo.client import Client, Credentials, connect, speaking

#: Longer than any transaction of ours, TRANSACTION_S; MongoDB's own is a minute.
OPEN_AT_MOST_S = 15
_LIMIT = "transactionLifetimeLimitSeconds"
#: A command goes to the primary else, whatever the client prefers.
_ANY_PART = ReadPreference.NEAREST
_LASTING = f"put 'setParameter: {{{_LIMIT}: {OPEN_AT_MOST_S}}}' into its configuration to make it last"


async def limit_transactions(client: Client, url: str, credentials: Credentials, ca_file: str = "") -> list[str]:
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


async def _limit(client: Client, member: str) -> list[str]:
    try:
        asked = {"getParameter": 1, _LIMIT: 1}
        before = (await client.admin.command(asked, read_preference=_ANY_PART))[_LIMIT]
        if before <= OPEN_AT_MOST_S:
            return []
        await client.admin.command({"setParameter": 1, _LIMIT: OPEN_AT_MOST_S}, read_preference=_ANY_PART)
    except OperationFailure:
        what = f"this account may not set {_LIMIT}: a desk that dies while booking may keep its car for a minute"
        return [f"{member}: {what}; {_LASTING}"]
    except PyMongoError as problem:
        why = "it gave no answer in time" if problem.timeout else "it does not answer"
        return [f"{member}: {_LIMIT} not looked at, because {why}; run provision again when it does"]
    return [f"{member}: {_LIMIT} {before} before, {OPEN_AT_MOST_S} now; {_LASTING}"]
