"""Lists and expansion: the two things that every reading call of Stripe's can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from engine.sandbox import sessions
from engine.sandbox.problems import StripeProblem
from engine.sandbox.stripe_state import State

_MOST, _USUAL, _MAX_DEPTH = 100, 10, 4
#: The one form of Stripe's search language that is served: a tag that is exactly this.
_QUERY = re.compile(
    r"""metadata\[(["'])(?P<tag>[^"']+)\1\]:(?:'(?P<one>(?:[^'\\]|\\.)*)'|"(?P<two>(?:[^"\\]|\\.)*)")"""
)
#: Field -> kind of the object that its id leads to.
_LEADS_TO = {"payment_intent": "payment_intent", "latest_charge": "charge", "charge": "charge"}
_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(
    state: State, kind: str, url: str, params: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Newest first, cut by ``limit``, ``starting_after`` or ``ending_before``, and ``created``."""
    limit = params.get("limit", _USUAL)
    if not 1 <= limit <= _MOST:
        raise StripeProblem("This value must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    for param in ("starting_after", "ending_before"):
        if param in params:
            state.find(kind, params[param], param)
    newer_than = params.get("ending_before")
    if newer_than:
        records = state.store.since(kind, newer_than)
    else:
        records = state.store.all(kind, older_than=params.get("starting_after", ""))
    fitting = (r.body for r in records if _created(r.body, params.get("created")) and wanted(r.body))
    found = list(islice(fitting, limit + 1))
    data = found[:limit][::-1] if newer_than else found[:limit]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": url}


def search(state: State, kind: str, url: str, params: dict[str, Any]) -> dict[str, Any]:
    """Newest first; the whole of it is one page, as Stripe's is while there are no more than ``limit``."""
    asked = _QUERY.fullmatch(params["query"])
    if asked is None:
        raise StripeProblem(f"We were unable to parse your search query: {params['query']}", param="query")
    tag, value = asked["tag"], re.sub(r"\\(.)", r"\1", asked["one"] or asked["two"] or "")
    found = page(
        state, kind, url, {"limit": params.get("limit", _USUAL)}, lambda body: body["metadata"].get(tag) == value
    )
    return {"object": "search_result", "data": found["data"], "has_more": found["has_more"], "url": url}


def expanded(state: State, body: dict[str, Any], paths: list[str]) -> dict[str, Any]:
    """The same with each ``a.b`` in *paths* filled in.

    Raises:
        StripeProblem: Stripe's document does not call the field expandable.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > _MAX_DEPTH:
            raise StripeProblem("Expansion is limited to four levels.", param="expand")
        body = _expand(state, body, parts)
    return body


def _created(body: dict[str, Any], asked: int | dict[str, int] | None) -> bool:
    if asked is None:
        return True
    if isinstance(asked, int):
        return bool(body["created"] == asked)
    return all(_BOUNDS[name](body["created"], bound) for name, bound in asked.items())


def _expand(state: State, body: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    name, *rest = parts
    if body["object"] in ("list", "search_result"):
        if name != "data" or not rest:
            raise _not_expandable(name)
        return {**body, "data": [_expand(state, item, rest) for item in body["data"]]}
    if name not in state.document.expandable(body["object"]):
        raise _not_expandable(name)
    value = _followed(state, body, name)
    if rest and isinstance(value, dict):
        value = _expand(state, value, rest)
    return {**body, name: value}


def _followed(state: State, body: dict[str, Any], name: str) -> Any:
    if (body["object"], name) == (sessions.KIND, "line_items"):
        return sessions.line_items(state.find(sessions.KIND, body["id"], "session"))
    value = body.get(name)
    if isinstance(value, str) and name in _LEADS_TO:
        return state.find(_LEADS_TO[name], value, name).body
    return value


def _not_expandable(name: str) -> StripeProblem:
    return StripeProblem(f"This property cannot be expanded ({name}).", param="expand")
