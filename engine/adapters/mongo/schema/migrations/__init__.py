"""The stored shapes' history: one file ``NNNN_what.py`` for each version, carried out by ``provision`` in order.

A migration is a module with

* ``WHAT``: the rows it rewrites, as the line that provisioning prints calls them;
* ``async def up(db) -> int``: rewrite every row that has the shape of the version before; how many there were. Whoever
  waits is told by ``tell(n)``, after each batch, that *n* more are done;
* ``OLD``, where there are any: collection -> filter of the rows that are gone through, to say of how many.
* perhaps ``async def told(db) -> list[Remark]``: lines for people about rows that somebody has to look at.

``up`` may be killed at any moment and is then run again from its start, and it is always run a second time after the
validators of the new version are in force, for what a desk wrote in between: it looks for rows of the old shape and
leaves others alone. It writes past the validators (``bypass_document_validation``), a fence only by ``seq``. It names
fields by itself and uses no code that tells how rows look today, because that will change (CONTRIBUTING, *Stored
shapes*; docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from engine.adapters.mongo.client import Database, Document
from engine.domain.shared.remark import Remark

Rows = Callable[[int], None]
#: Who is told of rows that were rewritten.
HEARS: ContextVar[Rows] = ContextVar("HEARS", default=lambda _: None)


def tell(rows: int) -> None:
    """So many more were rewritten; of none nobody hears."""
    if rows:
        HEARS.get()(rows)


@dataclass(frozen=True, slots=True)
class Migration:
    """Attributes: ``number`` is the schema's version once it was carried out."""

    number: int
    what: str
    old: Mapping[str, Document]
    up: Callable[[Database], Awaitable[int]]
    told: Callable[[Database], Awaitable[list[Remark]]] | None = None


def _found() -> tuple[Migration, ...]:
    names = sorted(each.name for each in iter_modules(__path__) if each.name[:4].isdigit())
    modules = [(int(name[:4]), import_module(f"{__name__}.{name}")) for name in names]
    return tuple(
        Migration(number, module.WHAT, getattr(module, "OLD", {}), module.up, getattr(module, "told", None))
        for number, module in modules
    )


#: All of them, in order; ``MIGRATIONS[n:]`` are those that a database of version n lacks.
MIGRATIONS = _found()
#: The schema's version that this program reads and writes.
LATEST = MIGRATIONS[-1].number
