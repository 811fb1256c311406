"""A desk's first start at a firm: its servers are tried, and kept in the person's settings once they are fine."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import keyring
from keyring.errors import KeyringError

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.store import MongoStore
from engine.adapters.redis.cache import NoCache
from engine.adapters.redis.rights import USER
from engine.adapters.server_trial import try_mongo, try_redis
from engine.commands.trial_words import in_a_sentence
from engine.config import load, settings_file, told_elsewhere
from engine.config_files import check_certificates, read_toml, there
from engine.domain.car.car import Branch
from engine.domain.health.trial import Trial
from engine.domain.shared.errors import Forbidden, Misconfigured
from engine.domain.shared.remark import remark
from engine.domain.shared.server_address import check_mongo_url, check_redis_url, names_ca
from engine.words.problems import at_its_field
from engine.words.problems import told as told_as_text

_OURS = ("mongo_url", "redis_url", "ca_file", "branch")
#: SetUpStep -> what is typed in it.
STEPS = {
    "mongodb": ("mongo_url", "ca_file"),
    "redis": ("redis_url", "redis_password"),
    "payments": ("stripe_key",),
    "account": ("account", "password"),
}
_FIELDS = {"mongodb": "mongo_url", "redis": "redis_url"}


@dataclass(frozen=True, slots=True)
class Servers:
    """As a person typed them.

    Attributes:
        stripe_key: Empty leaves the one that is kept.
        account, password: Of whoever sets the desk up; for a look at the branches, and kept nowhere.
        branch: Id of the desk's own; empty for that of whoever signs in.
    """

    mongo_url: str
    redis_url: str
    redis_password: str = field(default="", repr=False)
    ca_file: str = ""
    stripe_key: str = field(default="", repr=False)
    account: str = ""
    password: str = field(default="", repr=False)
    branch: str = ""

    @property
    def whole_redis_url(self) -> str:
        """With the desks' account and its password."""
        if not self.redis_password:
            return self.redis_url
        parts = urlsplit(self.redis_url)
        place = f"{USER}:{quote(self.redis_password, safe='')}@{parts.netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=place))


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """What came of a step. Attributes: ``wrong`` field -> what is in the way; ``branches`` are to choose from."""

    wrong: Mapping[str, str]
    branches: tuple[Branch, ...] = ()


async def take_step(name: str, typed: Servers, environ: Mapping[str, str] | None = None) -> SetUpStep:
    """Try what the step *name* asks for; after any other than those of ``STEPS`` all of it is kept.

    Raises:
        Misconfigured: As ``try_and_keep``.
        Unavailable: The database stopped answering.
    """
    if name not in STEPS:
        return SetUpStep(await try_and_keep(typed, environ))
    if wrong := {at: said for at, said in _slips(typed).items() if at in STEPS[name]}:
        return SetUpStep(wrong)
    if name == "mongodb":
        return SetUpStep(_told(await try_mongo(typed.mongo_url, typed.ca_file), "mongo_url"))
    if name == "redis":
        return SetUpStep(_told(await try_redis(typed.whole_redis_url, typed.ca_file), "redis_url"))
    if name == "account" and typed.account:
        return await _sign_in(typed, load(environ=environ).database)
    return SetUpStep({})


async def _sign_in(typed: Servers, database: str) -> SetUpStep:
    who = Credentials(typed.account, typed.password, database)
    if wrong := _told(await try_mongo(typed.mongo_url, typed.ca_file, who), "password"):
        return SetUpStep(wrong)
    client = connect(typed.mongo_url, who, typed.ca_file)
    try:
        found = await MongoStore(client, database, NoCache()).branches()
    except Forbidden:  # a service's account, or one that was disabled
        return SetUpStep({"account": told_as_text(remark("branches.unseen"))})
    finally:
        await client.close()
    return SetUpStep({}, tuple(branch for branch in found if not branch.closed))


def _told(trial: Trial, at: str) -> dict[str, str]:
    return {at: in_a_sentence(trial)} if trial.trouble else {}


async def try_and_keep(wanted: Servers, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """By the name of each setting what is in the way; where nothing is, they are kept for the next start.

    *environ* stands in for the environment.

    Raises:
        Misconfigured: The environment names other servers, the file cannot be changed, or there is no keyring for the
            Stripe key.
    """
    if elsewhere := told_elsewhere(_OURS, environ):
        raise Misconfigured("settings.environment", names=", ".join(elsewhere))
    told = dict(zip(_OURS, (wanted.mongo_url, wanted.whole_redis_url, wanted.ca_file, wanted.branch), strict=True))
    if wrong := _slips(wanted):
        return wrong
    trials = await asyncio.gather(
        try_mongo(wanted.mongo_url, wanted.ca_file), try_redis(wanted.whole_redis_url, wanted.ca_file)
    )
    if wrong := {_FIELDS[each.server]: in_a_sentence(each) for each in trials if each.trouble}:
        return wrong
    if wanted.stripe_key:
        _keep_key(wanted.stripe_key)
    keep(settings_file(environ), told)
    return {}


def _slips(wanted: Servers) -> dict[str, str]:
    """What can be seen without asking anybody."""
    named = bool(wanted.ca_file) or names_ca(wanted.mongo_url)
    checks: dict[str, Callable[[], None]] = {
        "mongo_url": partial(check_mongo_url, wanted.mongo_url),
        "redis_url": partial(check_redis_url, wanted.whole_redis_url, ca_named=named),
        "ca_file": partial(check_certificates, "ca_file", wanted.ca_file) if wanted.ca_file else lambda: None,
        "stripe_key": partial(_check_key, wanted.stripe_key),
    }
    wrong = {}
    for name, check in checks.items():
        try:
            check()
        except Misconfigured as problem:
            wrong[name] = at_its_field(problem)
    return wrong


def keep(path: Path, told: Mapping[str, str]) -> None:
    """Write *told* into a settings file, readable by its owner only; its other lines stay as they are.

    Raises:
        Misconfigured: The file cannot be read or written, or would say something else then.
    """
    by_hand = Misconfigured("settings_file.by_hand", path=path)
    others = {name: value for name, value in read_toml(path).items() if name not in told} if there(path) else {}
    try:
        before = path.read_text(encoding="utf-8-sig") if there(path) else ""
        text = _changed(before, told)
        if tomllib.loads(text) != others | {name: value for name, value in told.items() if value}:
            raise by_hand
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as problem:
        raise Misconfigured("settings_file.not_written", path=path, why=problem.strerror) from problem
    except ValueError as problem:  # other letters than UTF-8's, or lines that belong together
        raise by_hand from problem


def _changed(before: str, told: Mapping[str, str]) -> str:
    own = re.compile(rf"\s*({'|'.join(map(re.escape, told))})\s*=")
    others = [line for line in before.splitlines() if not own.match(line)]
    ours = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items() if value]
    return "\n".join([*ours, *others, ""])


def _check_key(key: str) -> None:
    if key and not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        raise Misconfigured("stripe.key_typed")


def _keep_key(key: str) -> None:
    try:
        keyring.set_password("drivesphere", "stripe_api_key", key)
    except KeyringError as problem:
        raise Misconfigured("keyring.none") from problem
