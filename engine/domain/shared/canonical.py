"""A paper as bytes that are the same on every desk and in every release: what its hash is of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

_NOTHING: tuple[object, ...] = (None, "", ())


def canonical(record: object) -> bytes:
    """JSON in UTF-8: names in order, no blanks, whole numbers only, times in UTC to the millisecond.

    What is empty is left out, so that a field which a later release adds changes no older paper's bytes.
    """
    return json.dumps(_plain(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(prev_hash: str, paper_id: str, series: str, n: int, issued_at: datetime, body: object) -> str:
    """Of a paper with the hash of the one before it; hexadecimal."""
    said = {"id": paper_id, "series": series, "n": n, "issued_at": issued_at, "body": body}
    return sha256(bytes.fromhex(prev_hash) + canonical(said)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items() if each not in _NOTHING}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({field.name: getattr(value, field.name) for field in fields(value)})
    raise TypeError(f"no paper holds a {type(value).__name__}")
