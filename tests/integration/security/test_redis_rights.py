"""The account that desks use in Redis does what they need, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import redis
from builders import wish
from click.testing import CliRunner
from redis.exceptions import NoPermissionError

from engine.adapters.redis.line import RedisLine, connect_redis
from engine.adapters.redis.rights import BY_DRIVER, COMMANDS, KEYS, USER, acl_line
from engine.cli import drivesphere
from engine.config import Secret
from engine.domain.health.health import REDIS_RIGHTS
from engine.domain.shared.errors import Unavailable
from engine.embedded.binaries import OLDEST_VALKEY

OUT_OF_REACH = [
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("KEYS", "*"),
    ("SCAN", "0"),
    ("CONFIG", "GET", "*"),
    ("CONFIG", "SET", "maxmemory", "1"),
    ("ACL", "LIST"),
    ("ACL", "SETUSER", USER, "allcommands"),
    ("CLIENT", "LIST"),
    ("CLIENT", "KILL", "TYPE", "normal"),
    ("SUBSCRIBE", "news"),
    ("PUBLISH", "news", "x"),
    ("MONITOR",),
    ("SHUTDOWN",),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("MODULE", "LIST"),
    ("FUNCTION", "LIST"),
    ("SCRIPT", "FLUSH"),
    ("SCRIPT", "KILL"),
    ("EVAL", "return 1", "0"),
    ("DUMP", "ds_test:lease:car:car-1"),
    ("EXPIRE", "ds_test:lease:car:car-1", "1"),
    ("SET", "anything", "1"),
    ("SET", "ds_test:other:1", "1"),
    ("GETRANGE", "ds_test", "0", "1"),
    ("SAVE",),
    ("WAIT", "0", "0"),
]


@pytest.fixture
def desk(endpoints):
    with redis.Redis.from_url(endpoints.redis_url) as client:
        yield client


@pytest.mark.parametrize("words", OUT_OF_REACH, ids=" ".join)
def test_what_no_desk_needs_is_refused(desk, words):
    with pytest.raises(NoPermissionError):
        desk.execute_command(*words)


def test_a_script_reaches_no_further_than_its_account(desk):
    for body in ("return redis.call('FLUSHALL')", "return redis.call('SET', 'anything', '1')"):
        with pytest.raises(
            redis.ResponseError,
            match=r"ACL failure|No permission|can't (run this command|access at least one of the keys)",
        ):
            desk.evalsha(desk.script_load(body), 0)


def test_the_server_lets_through_exactly_what_the_file_says(world):
    told = world.redis.acl_getuser(USER)
    asked = _plus(told)

    assert asked == COMMANDS | BY_DRIVER
    assert sorted(told["keys"]) == sorted(f"~*:{pattern}" for pattern in KEYS)
    assert (told["channels"], told["selectors"]) == ([], [])


_SINCE = """
local told = redis.call('COMMAND', 'DOCS', ARGV[1])[2]
for n = 1, #told, 2 do if told[n] == 'since' then return told[n + 1] end end
"""


@pytest.mark.parametrize("name", sorted(COMMANDS | BY_DRIVER))
def test_the_oldest_server_that_is_taken_knows_every_command(world, name):
    """One word that it does not know, and it reads no account at all."""
    since = world.redis.eval(_SINCE, 0, name).decode()

    assert tuple(map(int, since.split(".")[:2])) <= OLDEST_VALKEY


def _plus(told):
    commands = told["commands"]
    words = commands if isinstance(commands, list) else commands.split()
    return {word[1:] for word in words if word.startswith("+")}


def test_a_line_for_one_deployment_leaves_the_next_one_alone(world):
    words = acl_line("a pass phrase", "firm_one").split()
    assert "a pass phrase" not in " ".join(words)
    world.redis.execute_command("ACL", "SETUSER", "tried", *words[2:])
    try:
        with redis.Redis(
            port=world.redis.connection_pool.connection_kwargs["port"], username="tried", password="a pass phrase"
        ) as other:
            assert other.set("firm_one:version:cars", "1")
            with pytest.raises(NoPermissionError):
                other.set("firm_two:version:cars", "1")
    finally:
        world.redis.acl_deluser("tried")


@pytest.mark.asyncio
async def test_the_command_prints_an_account_that_a_desk_can_work_with(world):
    told = CliRunner().invoke(drivesphere, ["redis-account", "--database", world.deployment.database])
    _, name, *rules = told.stdout.split()
    password = re.search(r"shown this once: (\S+)", told.stderr).group(1)
    assert (0, USER) == (told.exit_code, name)
    assert password not in told.stdout
    world.redis.execute_command("ACL", "SETUSER", "printed", *rules)
    port = world.redis.connection_pool.connection_kwargs["port"]
    place = replace(world.deployment, redis_url=Secret(f"redis://printed:{password}@127.0.0.1:{port}/0"))
    try:
        async with replace(world, deployment=place).desk() as desk:
            await desk.booking.hold(desk.actor, wish(desk))
            await desk.sweeper.sweep()

            assert 1 == world.blocking("car-1")
        assert [] == [each for each in world.redis.acl_log() if each["username"] == "printed"]
    finally:
        world.redis.acl_deluser("printed")


@pytest.mark.parametrize("name", ["a b", "x>", "~*", "", "a\nb", "é", "x" * 64, "a:b"])
def test_a_name_that_would_mean_other_keys_is_refused_in_words(name):
    told = CliRunner().invoke(drivesphere, ["redis-account", "--database", name])

    assert (2, "") == (told.exit_code, told.stdout)
    assert "No database of ours is named" in told.stderr


def test_rights_alone_keep_the_password(world, desk):
    told = CliRunner().invoke(drivesphere, ["redis-account", "--database", "*", "--rights-only"])
    world.redis.acl_setuser(USER, enabled=True, commands=["+flushall"], keys=["*"])
    world.redis.execute_command(*told.stdout.split())

    assert desk.ping()
    with pytest.raises(NoPermissionError):
        desk.flushall()


@pytest.mark.asyncio
async def test_a_right_that_a_script_lacks_is_told_as_one_whichever_server_it_is(world):
    world.redis.execute_command("ACL", "SETUSER", "narrow", "on", ">x", "~*", "-@all", "+evalsha", "+hello", "+ping")
    port = world.redis.connection_pool.connection_kwargs["port"]
    script = world.redis.script_load("return redis.call('SET', KEYS[1], '1')")
    line = RedisLine(connect_redis(f"redis://narrow:x@127.0.0.1:{port}/0"))
    try:
        with pytest.raises(Unavailable) as told:
            await line.ask(line.redis.evalsha(script, 1, "ds_test:once:x"), str)
    finally:
        await line.redis.aclose()
        world.redis.acl_deluser("narrow")

    assert REDIS_RIGHTS == told.value.detail
