"""The port ``Cache`` in Redis. It may make an answer quicker and never older than this desk's own last change."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar, cast

import msgspec
import structlog

from engine.adapters.redis.line import RAISED, TEXT, RedisLine
from engine.domain.firm.freshness import EVERYTHING, Lookup, Namespace
from engine.domain.shared.errors import Unavailable
from engine.ports.leases import Turn

T = TypeVar("T")

#: A namespace starts counting anywhere above this: after a flush no version comes back that was in use before.
_LOWEST, _HIGHEST = 2**41, 2**52
#: Two versions closer than this count from the same start.
_NEAR = 2**32
_LARGEST = 512 * 1024
_VERSION_LONGEST = 16

_LOOK = (
    TEXT
    + """
local versions = {}
for at, key in ipairs(KEYS) do
  local version = text(key, 16)
  if not string.match(version, '^%d+$') or #version > 16 or tonumber(version) < 2^40 then
    version = ARGV[2]
    redis.call('SET', key, version)
  end
  versions[at] = version
end
return {versions, text(ARGV[1] .. ':' .. table.concat(versions, '.'), ARGV[3])}
"""
)
_BUMP = (
    RAISED
    + """
local versions = {}
for at, key in ipairs(KEYS) do versions[at] = raised(key, ARGV[1]) end
return table.concat(versions, ' ')
"""
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """Attributes: ``key`` was made from the versions as they were before the load; ``value`` is empty for a miss."""

    key: str
    value: bytes


#: One key of a few bytes, for a moment: a server that is full answers every question and refuses this.
_PULSE = timedelta(seconds=5)
_SERVER_LONGEST = 40


class RedisCache:
    """A namespace's version is part of every key below it, so that one ``INCR`` makes them all unreachable.

    The version is read before the answer is loaded: what a slow reader stores after somebody's change lies under the
    old version, where nobody looks. A bump that Redis did not confirm is owed: until it is made up for, this desk
    reads nothing of that namespace from Redis.
    """

    def __init__(self, line: RedisLine, prefix: str, epoch: str = "") -> None:
        """*prefix* keeps deployments apart, *epoch* the lives of one before and after a restore."""
        self._line = line
        self._prefix, self._epoch = prefix, f"{epoch}:" if epoch else ""
        self._owed: set[Namespace] = set()
        self._seen: dict[Namespace, int] = {}
        self._look = line.redis.register_script(_LOOK)
        self._bump = line.redis.register_script(_BUMP)

    async def read(self, lookup: Lookup[T], load: Callable[[], Awaitable[T]]) -> T:
        found = await self._find(lookup)
        if found is None:
            return await load()
        if found.value and (kept := _unpacked(found, cast("Hashable", lookup.kind))) is not None:
            return cast("T", kept)
        answer = await load()
        await self._keep(found.key, answer, lookup)
        return answer

    async def bump(self, namespaces: Iterable[Namespace], turn: Turn | None = None) -> None:
        wanted = set(namespaces)
        if not wanted:
            return
        # Owed before it is asked for: however the question ends, also by being cancelled, it is not forgotten.
        self._owed |= wanted
        await self._make_up(turn)

    async def pulse(self) -> tuple[str, timedelta]:
        """The server's version and a round trip. Raises: Unavailable, also where it answers but keeps nothing new."""
        await self._line.ask(self._line.redis.set(f"{self._prefix}:pulse", b"", px=_PULSE), object)
        began = time.perf_counter()
        await self._line.ask(self._line.redis.ping(), bool)
        return await self._version(), timedelta(seconds=time.perf_counter() - began)

    async def _version(self) -> str:
        try:
            info = await self._line.redis.info("server")
        except Exception:  # noqa: BLE001 -- it may not ask, or the answer is none; that it answers was seen before
            return "not told"
        return str(info.get("valkey_version") or info.get("redis_version") or "not told")[:_SERVER_LONGEST]

    async def _make_up(self, turn: Turn | None = None) -> bool:
        """Bump whatever is owed, and give *turn* back in the same question; False when Redis did not confirm it."""
        owed = sorted(self._owed)
        keys, fresh = self._keys(owed), _fresh()
        try:
            if turn is not None:
                versions = await turn.leave(keys, fresh)
            else:
                versions = (await self._line.run(self._bump, keys, [fresh], bytes)).split()
        except Unavailable:
            return False
        if not _are_versions(versions, len(owed)):
            return False
        self._see(owed, versions)
        self._owed.difference_update(owed)
        return True

    async def _find(self, lookup: Lookup[Any]) -> _Found | None:
        """The entry's key and value; None when the cache is to be left out of it."""
        namespaces = sorted({EVERYTHING, *lookup.untrue_after})
        if not self._owed.isdisjoint(namespaces) and not await self._make_up():
            return None
        name = f"{self._prefix}:cache:{self._epoch}{lookup.name}:{_digest(lookup)}"
        before = {namespace: self._seen.get(namespace, 0) for namespace in namespaces}
        try:
            versions, value = await self._line.ask(
                self._look(self._keys(namespaces), [name, _fresh(), _LARGEST]), tuple[list[bytes], bytes]
            )
        except Unavailable:
            return None
        if not _are_versions(versions, len(namespaces)):
            return None
        now = dict(zip(namespaces, map(int, versions), strict=True))
        if set_back := [each for each in namespaces if 0 < before[each] - now[each] < _NEAR]:
            await self._start_anew(set_back)
            return None
        self._see(namespaces, versions)
        return _Found(":".join([name, ".".join(version.decode() for version in versions)]), value)

    async def _start_anew(self, namespaces: list[Namespace]) -> None:
        """Redis came back with an older memory: its entries may be of versions that it has forgotten."""
        log.warning("cache.set_back", namespaces=namespaces)
        for namespace, key in zip(namespaces, self._keys(namespaces), strict=True):
            try:
                await self._line.ask(self._line.redis.set(key, _fresh()), object)
            except Unavailable:
                return  # the next one who reads will see the same
            self._seen.pop(namespace, None)  # another reader may have seen it too

    async def _keep(self, key: str, answer: object, lookup: Lookup[Any]) -> None:
        packed = msgspec.msgpack.encode((key, answer))
        if len(packed) > _LARGEST:
            return
        try:
            await self._line.ask(self._line.redis.set(key, packed, px=lookup.ttl), object)
        except Unavailable as problem:
            log.info("cache.not_kept", problem=problem.detail)

    def _see(self, namespaces: list[Namespace], versions: list[bytes]) -> None:
        """Remember the newest; answers may overtake each other."""
        for namespace, version in zip(namespaces, map(int, versions), strict=True):
            known = self._seen.get(namespace, 0)
            self._seen[namespace] = max(known, version) if abs(known - version) < _NEAR else version

    def _keys(self, namespaces: Iterable[Namespace]) -> list[str]:
        return [f"{self._prefix}:version:{self._epoch}{namespace}" for namespace in namespaces]


class NoCache:
    """The port ``Cache`` for whoever reads so seldom that asking the database is as well."""

    async def read(self, lookup: Lookup[T], load: Callable[[], Awaitable[T]]) -> T:  # noqa: ARG002 -- the port's
        return await load()

    async def bump(self, namespaces: Iterable[Namespace], turn: Turn | None = None) -> None: ...


def _are_versions(versions: list[bytes], count: int) -> bool:
    """Whether these can be what our script answers; whatever stands in Redis's place may say anything."""
    if len(versions) == count and all(each.isdigit() and len(each) <= _VERSION_LONGEST for each in versions):
        return True
    log.warning("cache.rubbish", key="versions", problem="no numbers")
    return False


def _fresh() -> int:
    return _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)


def _digest(lookup: Lookup[Any]) -> str:
    """Of the question and of the answer's shape, so that desks of two releases share nothing they read differently."""
    asked = msgspec.json.encode(lookup.asked, order="deterministic")
    return blake2b(asked + _shape(cast("Hashable", lookup.kind)), digest_size=16).hexdigest()


@lru_cache(maxsize=100)
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(tuple.__class_getitem__((str, kind)))


@lru_cache(maxsize=100)
def _shape(kind: Hashable) -> bytes:
    return msgspec.json.encode(msgspec.json.schema(kind), order="deterministic")


def _unpacked(found: _Found, kind: Hashable) -> object:
    """The value, if it is one that was put under exactly this key."""
    try:
        key, answer = _decoder(kind).decode(found.value)
    except Exception as problem:  # noqa: BLE001 -- whichever record of ours a stranger's bytes end up in
        log.warning("cache.rubbish", key=found.key, problem=type(problem).__name__)
        return None
    if key != found.key:
        log.warning("cache.rubbish", key=found.key, problem="another entry's")
        return None
    return answer
