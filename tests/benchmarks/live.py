"""Two windows on one deployment: how long until a booking in one is on the cards and the list of the other.

Prints what it measures and judges nothing; then lets changes pour in and prints the gaps in the other window's loop.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop
from window import _TICK_S, gaps, until

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from engine.bootstrap import demo_accounts, open_deployment, open_engine
from engine.config import load
from engine.domain.booking.booking import Booking
from engine.domain.car.catalogue import CarWish
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.booking import HoldCar

#: Fewer than the smallest branch has cars.
_BOOKINGS, _POUR_S = 10, 5.0


@asynccontextmanager
async def window(app: QApplication, folder: Path, name: str) -> AsyncIterator[Program]:
    """A clerk who is signed in and sees the free cars; both windows use the data folder's servers."""
    settings = load(folder / "data", environ={}, cwd=folder)
    program = Program(app, settings, Preferences(folder / f"{name}.ini"), Stopwatch(), open_browser=lambda _url: None)
    living = asyncio.create_task(program.live())
    session = program.session
    await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
    clerk = session.state.offered[0]
    session.sign_in(clerk.account, clerk.password)
    await until(lambda: program.window.workspace is not None)
    program.window.workspace.go("find")
    search = program.window.workspace.workspace.search
    await until(lambda: search.state.phase is Phase.READY and search.state.first)
    yield program
    program.leave()
    await living


async def measure(app: QApplication, folder: Path) -> None:
    async with window(app, folder, "one") as one, window(app, folder, "other") as other:
        other.window.workspace.go("bookings")
        bookings = other.window.workspace.client.bookings
        await until(lambda: bookings.vm.state.first is not None)
        await until(lambda: other.window.workspace.status.drawn.connection == "Live")
        await latencies(one, other)
        heads = ("p50 ms", "p99 ms", "worst", "over 16", "own work")
        print(f"{'while':>20}" + "".join(f"  {head:>8}" for head in heads))
        await turns("nothing happens", asyncio.sleep(_POUR_S))
        await turns("bookings pour in", pouring(folder))


async def pouring(folder: Path) -> None:
    """By another process, as from another desk."""
    command = [sys.executable, __file__, "--pour", str(folder)]
    process = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, text=True)
    print(process.stdout.strip().splitlines()[-1])


async def turns(name: str, during: Awaitable[None]) -> None:
    """Print by how much turns of the loop came late, and the longest that the window's own thread worked in one."""
    own: list[float] = []

    async def watched() -> None:
        work = asyncio.ensure_future(during)
        while not work.done():
            before = time.thread_time()
            await asyncio.sleep(_TICK_S)
            own.append((time.thread_time() - before) * 1000)
        await work

    late = await gaps(watched)
    cuts = statistics.quantiles(late, n=100)
    over = sum(gap > 16 for gap in late)
    print(f"{name:>20}  {cuts[49]:>8.2f}  {cuts[98]:>8.2f}  {max(late):>8.1f}  {over:>8}  {max(own):>8.1f}")


async def latencies(one: Program, other: Program) -> None:
    times = [await latency(one, other) for _ in range(_BOOKINGS)]
    for name, values in zip(("off the cards", "on the list"), zip(*times, strict=True), strict=True):
        print(f"{name}: median {statistics.median(values):.0f} ms, worst {max(values):.0f} ms after the commit")


async def latency(one: Program, other: Program) -> tuple[float, float]:
    """Milliseconds from one window's answer until its car is off the other's cards, and its booking on the list."""
    page, grid = other.window.workspace.client.bookings.model, other.window.workspace.client.search.results.model
    car = grid.row_at(0).car.id
    booking = await hold(one, car)
    committed = time.perf_counter()
    await until(lambda: grid.find(lambda row: row.car.id == car) is None)
    on_cards = time.perf_counter()
    await until(lambda: page.find(lambda row: row.booking.id == booking.id) is not None)
    return (on_cards - committed) * 1000, (time.perf_counter() - committed) * 1000


async def hold(program: Program, car: str) -> Booking:
    workspace = program.window.workspace.workspace
    desk, wish = workspace.desk, workspace.search.state.wish
    return await desk.call(lambda: take(desk.services.catalogue, desk.services.booking, desk.actor, wish, car))


async def take(catalogue, bookings, actor, wish, car: str) -> Booking:
    found = await catalogue.search(actor, wish)
    offer = next(offer for offer in found.offers if offer.car.id == car)
    renters = (await catalogue.renters(actor, "a")).rows
    key = f"bench-{time.monotonic_ns()}"
    return await bookings.hold(actor, HoldCar(key, car, wish.period, renters[0].id, offer.quote.total))


async def pour(folder: Path) -> None:
    """Eight hands take cars and give them back, as fast as they can."""
    clerk, changes = demo_accounts()[0], 0
    async with AsyncExitStack() as leaving:
        deployment = await leaving.enter_async_context(open_deployment(load(folder / "data", environ={}, cwd=folder)))
        engine = await leaving.enter_async_context(
            open_engine(deployment, clerk.account, clerk.password, background=False)
        )
        start = engine.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        wish = CarWish(engine.actor.branch_id, RentalPeriod(start, start + timedelta(days=2)))
        found = await engine.catalogue.search(engine.actor, wish)

        ends = time.monotonic() + _POUR_S

        async def hand(car: str) -> None:
            nonlocal changes
            while time.monotonic() < ends:
                booking = await take(engine.catalogue, engine.booking, engine.actor, wish, car)
                changes += (await engine.rental.give_up(engine.actor, booking.id)).version

        await asyncio.gather(*(hand(offer.car.id) for offer in found.offers[:8]))
    print(f"{changes} changes in {_POUR_S:.0f} s")


if sys.argv[1:2] == ["--pour"]:
    asyncio.run(pour(Path(sys.argv[2])))
elif __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(0.0005)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(measure(app, Path(folder)))
