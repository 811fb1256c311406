"""What a page of bookings costs on the demo's firm (some 20,000 bookings), as each role asks for it; in milliseconds.

"Bare" is the same find with a raw driver, decoded to documents only. The count is in Redis from the second time on.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from engine.adapters.mongo.queries.listing import filter_of, order_of
from engine.bootstrap import demo_accounts, open_deployment, open_engine
from engine.config import load
from engine.domain.booking.listing import BookingOrder, BookingQuery, BookingScope, scopes_of, selection
from engine.domain.booking.states import Standing

_TURNS = 15
_STANDINGS = frozenset({Standing.CONFIRMED})
_ASKED = {
    "newest": {},
    "by pick-up": {"order": BookingOrder.PICK_UP, "descending": False},
    "by price": {"order": BookingOrder.PRICE},
    "confirmed": {"standings": _STANDINGS},
    "text 'ma'": {"text": "ma"},
    "row 5,000": {"offset": 5000},
}


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    times = []
    for _ in range(_TURNS):
        begun = time.perf_counter()
        await work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


async def compare(desk, scope: BookingScope) -> None:
    bookings = desk.listing.store._db.bookings
    for name, changes in _ASKED.items():
        query = BookingQuery(scope, **changes)
        chosen = selection(desk.actor, query)
        total = (await desk.listing.page(desk.actor, query)).total

        async def bare(chosen=chosen) -> None:
            await bookings.find(filter_of(chosen)).sort(order_of(chosen)).skip(chosen.offset).limit(50).to_list()

        page = await timed(lambda query=query: desk.listing.page(desk.actor, query))
        raw = await timed(bare)
        print(
            f"{desk.actor.role:>8}  {scope:>6}  {name:>12}  {total:>7}  {page:>7.1f}  {raw:>7.1f}  {page / raw:>5.2f}"
        )


async def export(desk, scope: BookingScope) -> None:
    size, begun = [0], time.perf_counter()

    def write(text: str) -> None:
        size[0] += len(text)

    done = await desk.listing.export(desk.actor, replace(BookingQuery(scope)), write)
    seconds = time.perf_counter() - begun
    print(f"export of {done.rows:,} rows, {size[0] / 1e6:.1f} MB: {seconds:.1f} s, {done.rows / seconds:,.0f} rows/s")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_deployment(load(Path(folder) / "data", environ={}, cwd=Path(folder))) as deployment:
            print(f"{'role':>8}  {'scope':>6}  {'asked':>12}  {'rows':>7}  {'page':>7}  {'bare':>7}  ratio")
            for account in demo_accounts():
                async with open_engine(deployment, account.account, account.password, background=False) as desk:
                    for scope in scopes_of(desk.actor)[:1]:
                        await compare(desk, scope)
                    if BookingScope.ALL in scopes_of(desk.actor):
                        await export(desk, BookingScope.ALL)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
