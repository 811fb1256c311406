"""What the doctor says of a replica set of three, whichever of its members are well."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pymongo
import pytest
from builders import DATABASE, PASSWORD
from within import WITHIN_S

from engine.adapters.mongo import client as mongo_client
from engine.bootstrap import open_engine
from engine.commands import doctor as doctoring
from engine.config import Secret, load
from engine.domain.health.health import HealthArea, Level
from engine.domain.shared.errors import Unavailable
from engine.wiring.deployment import Deployment
from engine.words import health as words

pytestmark = pytest.mark.asyncio
_LOOK_S = 0.2


def followers(cluster):
    leader = cluster.primary()
    return [member for member in cluster.mongods if member is not leader]


def address(member):
    return f"127.0.0.1:{member.port}"


@asynccontextmanager
async def administrator(cluster):
    deployment = Deployment(cluster.mongo_url, Secret(cluster.redis_url), DATABASE)
    async with open_engine(deployment, "admin", PASSWORD, background=False) as engine:
        yield engine


async def database_of(engine, says):
    """What is told of the database once *says* is: the driver asks its members every few seconds only."""
    health = engine.admin.health
    async with asyncio.timeout(WITHIN_S):
        while says not in words.says(found := (await health.examine(engine.actor)).findings[0]):  # noqa: ASYNC110 -- others' time
            await asyncio.sleep(_LOOK_S)
    assert HealthArea.DATABASE is found.area
    return found


async def test_three_members_that_are_well_are_counted_and_named_with_their_parts(cluster):
    async with administrator(cluster) as engine:
        found = await database_of(engine, "3 members")

    parts = [dict(words.facts_of(found))[address(member)].split(",")[0] for member in cluster.mongods]
    assert (Level.GOOD, "") == (found.level, words.todo(found))
    assert ["primary", "secondary", "secondary"] == sorted(parts)


@pytest.mark.parametrize("how", [pytest.param("kill", marks=pytest.mark.make_faults), "pause"])
async def test_a_follower_that_is_gone_is_named_and_work_goes_on(cluster, how):
    gone = followers(cluster)[0]
    async with administrator(cluster) as engine:
        getattr(gone, how)()
        found = await database_of(engine, "1 of 3 members cannot be reached")

    assert (Level.WARNING, f"Look after {address(gone)}") == (found.level, words.todo(found))


async def test_of_a_leader_that_is_gone_only_its_own_absence_is_left_to_tell(cluster):
    gone = cluster.primary()
    async with administrator(cluster) as engine:
        gone.kill()
        found = await database_of(engine, "1 of 3 members cannot be reached")

    assert (Level.WARNING, f"Look after {address(gone)}") == (found.level, words.todo(found))
    assert any(told.startswith("primary") for name, told in words.facts_of(found) if name != address(gone))


async def test_a_follower_that_only_recovers_is_not_counted_as_well(cluster):
    tired = followers(cluster)[0]
    root = pymongo.MongoClient(
        "127.0.0.1", tired.port, directConnection=True, username="root", password=cluster.password
    )
    root.admin.command("replSetMaintenance", 1)
    try:
        async with administrator(cluster) as engine:
            found = await database_of(engine, "1 of 3 members cannot serve")
    finally:
        root.admin.command("replSetMaintenance", 0)
        root.close()

    assert (Level.WARNING, f"Look after {address(tired)}") == (found.level, words.todo(found))


@pytest.mark.parametrize("stays", ["the leader", pytest.param("a follower", marks=pytest.mark.make_faults)])
async def test_without_a_majority_desk_and_doctor_say_which_to_start(cluster, tmp_path, monkeypatch, stays):
    """A leader that lost the others goes on calling itself one for a while: its word alone is no majority."""
    monkeypatch.setattr(mongo_client, "OPERATION_S", 2.0)
    left = cluster.primary() if stays == "the leader" else followers(cluster)[0]
    gone = [member for member in cluster.mongods if member is not left]
    asked = {
        "DRIVESPHERE_MONGO_URL": cluster.mongo_url,
        "DRIVESPHERE_REDIS_URL": cluster.redis_url,
        "DRIVESPHERE_DATABASE": DATABASE,
    }
    settings = load(tmp_path, environ=asked, cwd=tmp_path)
    async with administrator(cluster) as engine:
        for member in gone:
            member.kill()
        desk = (await engine.admin.health.examine(engine.actor)).findings
        doctor = await doctoring.run(settings, "admin", Secret(PASSWORD))
        left.kill()
        with pytest.raises(Unavailable):
            await doctoring.run(settings, "admin", Secret(PASSWORD))

    says = "MongoDB takes nothing: 2 of 3 members cannot be reached, half or more."
    for found in (desk[0], *doctor.findings):
        assert (HealthArea.DATABASE, Level.BAD, says) == (found.area, found.level, words.says(found))
        assert all(address(member) in words.todo(found) for member in gone)
        assert dict(words.facts_of(found))[address(left)].startswith("secondary")
    unasked = [words.says(desk[list(HealthArea).index(area)]) for area in (HealthArea.SWEEPER, HealthArea.LEDGER)]
    assert ["Not looked at, because MongoDB does not answer."] * 2 == unasked


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_what_one_test_leaves_broken_is_well_for_the_next(cluster, turn):
    assert cluster.whole()
    assert cluster.valkey.listening

    for member in cluster.mongods[:2]:
        member.kill()
    cluster.valkey.kill()
