"""A desk's first start at a firm: nothing is kept before both servers are fine, and nothing of the person's is lost."""

from __future__ import annotations

import stat
import tomllib
from dataclasses import replace
from urllib.parse import urlsplit

import keyring
import pytest
from builders import BERLIN, DATABASE, LISBON, PASSWORD
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends.fail import Keyring as NoKeyring
from keyrings import MemoryKeyring, keyring_in_use
from refusing import refused

from engine.adapters.mongo.guest import GUEST, GUEST_PASSWORD
from engine.config import load
from engine.domain.shared.errors import Misconfigured
from engine.wiring.setting_up import Servers, keep, take_step, try_and_keep

pytestmark = pytest.mark.asyncio


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings" / "config.toml"


@pytest.fixture
def fine(endpoints):
    parts = urlsplit(endpoints.redis_url)
    return Servers(endpoints.mongo_url, f"redis://127.0.0.1:{parts.port}/0", parts.password)


async def test_servers_that_are_fine_are_what_the_next_start_works_with(fine, file, endpoints, tmp_path):
    env = {"DRIVESPHERE_CONFIG": str(file)}
    with keyring_in_use(MemoryKeyring()):
        assert {} == await try_and_keep(Servers(*_of(fine), stripe_key="rk_test_1"), env)
        next_time = load(tmp_path, env, tmp_path)
        kept = keyring.get_password("drivesphere", "stripe_api_key")

    assert (endpoints.mongo_url, endpoints.redis_url) == (next_time.mongo_url, next_time.redis_url.reveal())
    assert "rk_test_1" == kept == next_time.stripe_api_key.reveal()
    assert "rk_test_1" not in file.read_text()
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


async def test_what_is_in_the_way_stands_at_its_field_and_nothing_is_kept(fine, file):
    wrong = await try_and_keep(
        Servers(fine.mongo_url, fine.redis_url, "no password"), {"DRIVESPHERE_CONFIG": str(file)}
    )

    assert {"redis_url"} == wrong.keys()
    assert "refuses the name or its password" in wrong["redis_url"]
    assert "no password" not in wrong["redis_url"]
    assert not file.exists()


async def test_each_step_tries_its_own_and_the_desks_branch_is_kept(fine, world, file, tmp_path):
    file.parent.mkdir()
    file.touch()
    env = {"DRIVESPHERE_CONFIG": str(file), "DRIVESPHERE_DATABASE": DATABASE}
    typed = Servers(*_of(fine), account="clerk", password=PASSWORD)
    nobody = replace(typed, mongo_url="mongodb://127.0.0.1:1/", redis_url="redis://127.0.0.1:1/0")

    assert {"mongo_url"} == (await take_step("mongodb", nobody, env)).wrong.keys()
    assert {"redis_url"} == (await take_step("redis", nobody, env)).wrong.keys()
    wrong = (await take_step("account", replace(typed, password="another"), env)).wrong
    assert "refuses the name or its password" in wrong["password"]
    guest = replace(typed, account=GUEST, password=GUEST_PASSWORD)
    assert {"account"} == (await take_step("account", guest, env)).wrong.keys()
    found = (await take_step("account", typed, env)).branches
    assert [BERLIN, LISBON] == sorted(found, key=lambda each: each.city)
    assert not (await take_step("branch", replace(typed, branch=LISBON.id), env)).wrong

    assert LISBON.id == load(tmp_path, env, tmp_path).branch
    assert PASSWORD not in file.read_text()


async def test_without_a_keyring_a_key_is_refused_and_nothing_is_kept(fine, file):
    with keyring_in_use(NoKeyring()), refused(Misconfigured, match="no open keyring"):
        await try_and_keep(Servers(*_of(fine), stripe_key="rk_test_1"), {"DRIVESPHERE_CONFIG": str(file)})

    assert not file.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mongo_url": "mongodb://a:b@db"}, "no name or password"),
        ({"mongo_url": "rediss://db"}, "It begins with mongodb://"),
        ({"redis_url": "redis://r/0?ssl_cert_reqs=none"}, "ssl_cert_reqs"),
        ({"ca_file": "/nowhere.pem"}, "names no file"),
        ({"stripe_key": "pk_test_1"}, "begins with sk_test_"),
    ],
)
async def test_what_cannot_be_a_setting_is_said_at_its_field(fine, file, changed, said):
    typed = {"mongo_url": fine.mongo_url, "redis_url": fine.redis_url, "redis_password": fine.redis_password, **changed}

    wrong = await try_and_keep(Servers(**typed), {"DRIVESPHERE_CONFIG": str(file)})

    assert changed.keys() == wrong.keys()
    assert all(said in each for each in wrong.values())
    assert not file.exists()


async def test_an_environment_that_would_go_before_it_is_told(fine, file):
    env = {"DRIVESPHERE_CONFIG": str(file), "DRIVESPHERE_REDIS_URL": "redis://elsewhere"}

    with refused(Misconfigured, match="The environment names redis_url"):
        await try_and_keep(fine, env)


async def test_other_lines_of_the_file_stay(file):
    file.parent.mkdir()
    file.write_text('# mine\nmongo_url = "mongodb://old"\nlog_dir = "/x"\n', encoding="utf-8-sig")

    keep(file, {"mongo_url": "mongodb://new", "redis_url": 'redis://:ü"\\@r', "ca_file": ""})

    assert "# mine" in file.read_text()
    assert {"mongo_url": "mongodb://new", "redis_url": 'redis://:ü"\\@r', "log_dir": "/x"} == tomllib.loads(
        file.read_text(encoding="utf-8")
    )


async def test_lines_that_belong_together_are_left_to_a_person(file):
    file.parent.mkdir()
    file.write_text('log_dir = """\nmongo_url = x\n"""\n')

    with refused(Misconfigured, match="by hand"):
        keep(file, {"mongo_url": "mongodb://new"})
    assert file.read_text().startswith("log_dir")


@given(password=st.text(min_size=1).filter(str.isprintable))
async def test_any_password_comes_through_in_the_address(password):
    whole = Servers("mongodb://db", "rediss://cache.example:6380/0", password).whole_redis_url

    from redis.connection import parse_url  # noqa: PLC0415 -- as the driver reads it

    told = parse_url(whole)
    assert ("drivesphere", password, "cache.example", 6380) == (
        told["username"],
        told["password"],
        told["host"],
        told["port"],
    )


async def test_no_sentence_names_a_setting_of_the_file(file):
    typed = Servers("mongodb://db", "redis://cache.example", ca_file="/nowhere.pem")

    wrong = await try_and_keep(typed, {"DRIVESPHERE_CONFIG": str(file)})

    assert {"redis_url", "ca_file"} == wrong.keys()
    assert "It begins with rediss:// where certificates are named: redis:// is not encrypted." == wrong["redis_url"]
    assert "It names no file: /nowhere.pem" == wrong["ca_file"]


def _of(servers):
    return servers.mongo_url, servers.redis_url, servers.redis_password
