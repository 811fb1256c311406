"""A firm of some size: seeded the same every time, and read without looking at what is not told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import scale_seed
from scale_firm import ScaledFirm
from scale_seed import seed

from engine.adapters.mongo_client import Credentials, connect
from engine.adapters.mongo_rules import VALIDATORS

_NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


class _CutOff(Exception):
    pass


def _root(endpoints):
    return connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))


async def _seed(endpoints, name, cars, branches, monkeypatch=None, *, breaks_at=None):
    """The firm as it stands; with *breaks_at* it is cut off while that block is stored."""
    client = _root(endpoints)
    put = scale_seed._put

    async def cut_off(client, name, drawn, blocks=0, now=None):
        if blocks - 1 == breaks_at:
            await put(client, name, {"cars": drawn["cars"], "bookings": drawn["bookings"][:100]})
            raise _CutOff
        await put(client, name, drawn, blocks, now)

    if breaks_at is not None:
        monkeypatch.setattr(scale_seed, "_put", cut_off)
    try:
        return await seed(client, name, cars, branches, _NOW, lambda _: None)
    finally:
        if breaks_at is not None:
            monkeypatch.setattr(scale_seed, "_put", put)
        await client.close()


def _drawn(firm):
    """Collection -> ``_id`` -> row, as the firm is drawn."""
    rows = {name: {each["_id"]: each for each in some} for name, some in firm.beginning().items()}
    for number in range(firm.blocks()):
        for name, some in firm.block(number).items():
            rows.setdefault(name, {}).update((each["_id"], each) for each in some)
    return rows


@pytest.mark.asyncio
async def test_a_seeding_that_was_cut_off_goes_on_and_ends_as_the_same_firm(endpoints, root, monkeypatch):
    db = root["ds_scaled_cut"]
    try:
        with pytest.raises(_CutOff):
            await _seed(endpoints, db.name, 401, 3, monkeypatch, breaks_at=1)
        await _seed(endpoints, db.name, 401, 3)

        drawn = _drawn(ScaledFirm(401, 3, _NOW))
        assert (401, 4010, 802) == tuple(len(drawn[name]) for name in ("cars", "bookings", "renters"))
        for name, rows in drawn.items():
            stored = {row["_id"]: row for row in db[name].find() if not str(row["_id"]).startswith("scale.")}
            assert rows == stored, name
            assert [] == list(db[name].find({"$nor": [VALIDATORS[name]]}).limit(1)), name
    finally:
        db.command("dropAllUsersFromDatabase")
        db.client.drop_database(db.name)
