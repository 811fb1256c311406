"""The last search as text fields, to be kept on this computer and taken up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from desktop.viewmodels.search.search import SearchForm, first_form
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, Fuel, Transmission
from engine.domain.car.catalogue import CarOrder
from engine.domain.people.people import AccountName
from engine.domain.shared.wall import on_wall

Kind = TypeVar("Kind", bound=StrEnum)

_BETWEEN = "|"


def written(form: SearchForm, account: AccountName) -> dict[str, str]:
    return {
        "account": account,
        "branch": form.branch_id,
        "pick_up": form.pick_up.isoformat(),
        "drop_off": form.drop_off.isoformat(),
        "folds": f"{form.pick_up.fold}{form.drop_off.fold}",
        "brands": _BETWEEN.join(sorted(form.brands)),
        "bodies": _BETWEEN.join(sorted(form.bodies)),
        "fuels": _BETWEEN.join(sorted(form.fuels)),
        "transmissions": _BETWEEN.join(sorted(form.transmissions)),
        "min_seats": "" if form.min_seats is None else str(form.min_seats),
        "max_daily_minor": "" if form.max_daily_minor is None else str(form.max_daily_minor),
        "order": form.order,
        "taken": "yes" if form.taken else "",
    }


def read(
    fields: Mapping[str, str], account: AccountName, branches: Sequence[Branch], now: datetime
) -> SearchForm | None:
    """The search as it was left by the same account; from now on if its pick-up has passed. None if there is none."""
    branch = next((known for known in branches if known.id == fields.get("branch")), None)
    if branch is None or fields.get("account") != account:
        return None
    try:
        pick_up, drop_off = (datetime.fromisoformat(fields[name]) for name in ("pick_up", "drop_off"))
    except (KeyError, ValueError):
        return None
    start = first_form(branch, now)
    if pick_up.tzinfo is None and drop_off.tzinfo is None:
        folds = fields.get("folds", "")
        pick_up = on_wall(pick_up.replace(fold=folds[:1] == "1"), branch.clock).at
        drop_off = on_wall(drop_off.replace(fold=folds[1:] == "1"), branch.clock).at
    if pick_up.tzinfo is not None or drop_off.tzinfo is not None or drop_off <= pick_up:
        pick_up, drop_off = start.pick_up, start.drop_off
    elif pick_up < now.astimezone(branch.clock).replace(tzinfo=None):
        pick_up, drop_off = start.pick_up, on_wall(start.pick_up + (drop_off - pick_up), branch.clock).at
    return SearchForm(
        branch.id,
        pick_up,
        drop_off,
        brands=frozenset(_split(fields.get("brands", ""))),
        bodies=_kinds(BodyType, fields.get("bodies", "")),
        fuels=_kinds(Fuel, fields.get("fuels", "")),
        transmissions=_kinds(Transmission, fields.get("transmissions", "")),
        min_seats=_number(fields.get("min_seats", "")),
        max_daily_minor=_number(fields.get("max_daily_minor", "")),
        order=next(iter(_kinds(CarOrder, fields.get("order", ""))), CarOrder.PRICE),
        taken=bool(fields.get("taken")),
    )


def _split(text: str) -> Iterable[str]:
    return (part for part in text.split(_BETWEEN) if part)


def _kinds(kind: type[Kind], text: str) -> frozenset[Kind]:
    """Words that an older or newer program wrote and this one does not know are left out."""
    known = {member.value for member in kind}
    return frozenset(kind(part) for part in _split(text) if part in known)


#: Python refuses to read thousands of them.
_MOST_DIGITS = 18


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
