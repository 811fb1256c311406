"""Stripe's bracket notation: ``line_items[0][price_data][currency]=eur``, read and given back its types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from engine.sandbox.problems import StripeProblem

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?\d{1,18}")
_MAX_FIELDS, _MAX_DEPTH = 1000, 12
Resolve = Callable[[dict[str, Any]], dict[str, Any]]


def decode(text: str) -> dict[str, Any]:
    """Nested dictionaries of strings; arrays stay dictionaries keyed by position until ``typed`` sees the schema.

    Raises:
        StripeProblem: A name with broken brackets, the same field twice, or a field both value and container.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_MAX_FIELDS)
    except ValueError as problem:
        raise StripeProblem("Invalid form encoding", code="parameter_invalid_format") from problem
    return nested(pairs)


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in pairs:
        *containers, last = _path(name)
        at = root
        for part in containers:
            at = at.setdefault(_key(part, at), {})
            if not isinstance(at, dict):
                raise StripeProblem(f"Invalid {name}: it is both a value and a hash", param=name)
        if (key := _key(last, at)) in at:
            raise StripeProblem(f"Received {name} twice", param=name)
        at[key] = value
    return root


def _path(name: str) -> list[str]:
    whole = _NAME.fullmatch(name)
    if not whole:
        raise StripeProblem(f"Invalid parameter name: {name}", code="parameter_unknown", param=name)
    path = [whole[1], *_PART.findall(whole[2])]
    if len(path) > _MAX_DEPTH:
        raise StripeProblem(f"Too deeply nested: {name}", param=name)
    return path


def _key(part: str, at: dict[str, Any]) -> str:
    """``expand[]`` counts on by itself."""
    return part or str(len(at))


def typed(value: Any, schema: dict[str, Any], resolve: Resolve) -> Any:
    """What the schema says the strings mean; what does not fit is left as it came, for the validator to refuse."""
    schema = resolve(schema)
    if "anyOf" in schema:
        return _first_fit(value, schema["anyOf"], resolve)
    kind = schema.get("type")
    if isinstance(value, dict):
        return _list(value, schema, resolve) if kind == "array" else _object(value, schema, resolve)
    if kind == "integer" and _INTEGER.fullmatch(value):
        return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _first_fit(value: Any, choices: list[dict[str, Any]], resolve: Resolve) -> Any:
    """The first reading that has the choice's own type; a string stays one only when nothing else fits."""
    for choice in choices:
        read = typed(value, choice, resolve)
        if _is_a(read, resolve(choice)):
            return read
    return value


def _is_a(value: Any, schema: dict[str, Any]) -> bool:
    if value not in schema.get("enum", [value]):
        return False
    kinds = {"object": dict, "array": list, "integer": int, "boolean": bool, "string": str}
    kind = kinds.get(schema.get("type", ""), object)
    return isinstance(value, kind)


def _list(value: dict[str, Any], schema: dict[str, Any], resolve: Resolve) -> Any:
    if not all(key.isdecimal() for key in value):
        return value
    items = schema.get("items", {})
    return [typed(value[key], items, resolve) for key in sorted(value, key=int)]


def _object(value: dict[str, Any], schema: dict[str, Any], resolve: Resolve) -> dict[str, Any]:
    named = schema.get("properties", {})
    rest = schema.get("additionalProperties")
    other = rest if isinstance(rest, dict) else {}
    return {key: typed(item, named.get(key, other), resolve) for key, item in value.items()}
