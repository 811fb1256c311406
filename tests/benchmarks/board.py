"""The board of 500 cars x 60 days x 8,000 bars: what its window costs the servers, and what painting it costs.

Each is printed beside its limit: of the window so many commands, 4 MB, and what MongoDB examines for a row; of painting
twice what a bare prototype took (0.7 ms a row scrolled, 3.3 a page), on a large screen a frame, and 300 ms from the
data to the screen, and 8 ms for a frame of a drag with what it would do. ``--drawn`` leaves the servers out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import pymongo
from board_builders import AT, many
from examined import examined
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget
from scale_firm import ADMIN, CLERK, PASSWORD
from scale_seed import seed
from serving import serving
from view_builders import CLERK as A_CLERK
from view_builders import FedDesk

from desktop.tasks import TaskScope
from desktop.theme.theme import Scheme, Theme
from desktop.viewmodels.board.board import BoardState, BoardViewModel, Look
from desktop.viewmodels.phases import Phase
from desktop.views.board.lifting import lift_bar
from desktop.views.board.page import BoardPage
from desktop.views.board.scale import Density
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.adapters.mongo.client import CODEC, Credentials, connect
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret
from engine.domain.booking.board import BoardAsked
from engine.domain.shared.period import RentalPeriod

_CARS, _DAYS, _BARS, _TURNS = 500, 60, 8_000, 20
_MORE_CARS = 100_000
_DAY = timedelta(days=1)
_DB = "ds_board"
_MB = 1_000_000
_LINE = "{what:44} {value:>9} {limit:>9}  {mark}"


def told(what: str, value: float, limit: float, unit: str) -> bool:
    mark = "" if value <= limit else "BEYOND"
    print(_LINE.format(what=what, value=f"{value:,.1f} {unit}", limit=f"{limit:,.1f} {unit}", mark=mark))
    return value <= limit


# What the window costs the servers.


def fill(db: pymongo.database.Database, now: datetime) -> None:
    """Sixteen bookings back to back on each car, as copies of one that the firm has."""
    pattern = db.bookings.find_one({"state": "confirmed"})
    fences = list(db.fences.find({}, {"terms": 1}))
    each, n = _BARS // len(fences), 0
    slot = _DAYS * _DAY / each
    for fence in fences:
        rows, claims = [], []
        for turn in range(each):
            starts = (now - _DAY + turn * slot).replace(microsecond=0)
            ends, n = starts + 0.8 * slot, n + 1
            name, times = f"bk-board-{n}", {"starts_at": starts, "ends_at": ends, "free_at": ends}
            branch = fence["terms"]["branch_id"]
            row = {**pattern, **times, "_id": name, "intent_key": name, "car_id": fence["_id"], "branch_id": branch}
            row.pop("session_ids", None)
            rows.append(row)
            way = {"from": branch, "to": branch, "floats": False}
            claims.append({"id": name, "kind": "booking", **times, "out": False, **way})
        db.bookings.insert_many(rows, bypass_document_validation=True)
        change = {"$set": {"claims": claims, "status": "active"}}
        db.fences.update_one({"_id": fence["_id"]}, change, bypass_document_validation=True)


async def of_servers(folder: Path) -> bool:
    with serving(folder) as servers:
        client = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
        await seed(client, _DB, _CARS, 1, datetime.now(UTC).replace(microsecond=0), lambda _: None)
        await client.close()
        root = pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password, directConnection=True
        )
        db = root.get_database(_DB, codec_options=CODEC)
        now = datetime.now(UTC).replace(microsecond=0)
        fill(db, now)
        deployment, fine = Deployment(servers.mongo_url, Secret(servers.redis_url), _DB), True
        for more in (0, _MORE_CARS):
            if more:
                print(f"... with {more:,} more cars at other branches")
                grow(db, more)
            for account in (CLERK, ADMIN):
                async with open_engine(deployment, account, PASSWORD, background=False) as desk:
                    span = RentalPeriod.between(now - _DAY, now + (_DAYS - 1) * _DAY)
                    fine &= await _asked(desk, db, BoardAsked(span, desk.actor.branch_id))
        root.close()
    return fine


def grow(db: pymongo.database.Database, more: int) -> None:
    """Fences of a larger firm, which stand behind those of the branch that is looked at."""
    pattern = db.fences.find_one({})
    for block in range(0, more, 5_000):
        rows = []
        for n in range(block, block + 5_000):
            terms = {**pattern["terms"], "branch_id": f"zz-{n // 500}", "label": f"Some car · X-{n}"}
            rows.append({**pattern, "_id": f"zz-{n}", "terms": terms, "claims": []})
        db.fences.insert_many(rows, bypass_document_validation=True)


async def _asked(desk, db, asked: BoardAsked) -> bool:
    async def ask() -> None:
        board = await desk.board.board(desk.actor, asked)
        bars.append(sum(len(row.bars) for row in board.rows))

    bars: list[int] = []
    commands = await examined(db, ask)
    size = sum(row.get("responseLength", 0) for row in db["system.profile"].find({"ns": {"$regex": "fences|bookings"}}))
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - begun) * 1000)
    who = f"{desk.actor.role}, {bars[0]:,} bars"
    fine = told(f"{who}: commands", len(commands), 5, "")
    fine &= told(f"{who}: of a window", size / _MB, 4, "MB")
    fine &= told(f"{who}: documents for one row", max(each.per_row for each in commands), 20, "")
    print(_LINE.format(what=f"{who}: to records", value=f"{statistics.median(times):,.0f} ms", limit="", mark=""))
    return fine


# What painting it costs.


def page_of(app: QApplication, theme: Theme, size: tuple[int, int], shown) -> tuple[BoardPage, QWidget, float]:
    desk, host = FedDesk(A_CLERK), QWidget()
    desk.at = AT
    vm = BoardViewModel(desk, TaskScope(), A_CLERK.branch_id)
    page = BoardPage(ViewContext(theme, ShimmerClock(theme), SimpleNamespace()), vm, desk.now, host)
    page.setParent(host)
    host.resize(*size)
    page.setGeometry(host.rect())
    theme.dress(host)
    host.show()
    page.set_density(Density.COMPACT)
    vm.load = lambda: None
    app.processEvents()
    begun = time.perf_counter()
    vm.feed(BoardState(Phase.READY, Look(_DAYS, None, A_CLERK.branch_id), shown, 1))
    app.processEvents()
    return page, host, (time.perf_counter() - begun) * 1000


def median_of(act, turns: int = _TURNS) -> float:
    times = []
    for n in range(turns):
        begun = time.perf_counter()
        act(n)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def of_painting(app: QApplication) -> bool:
    theme, shown, fine = Theme(app, Scheme.LIGHT, reduced_motion=True), many(_CARS, _DAYS, _BARS), True
    # Of windows of 1280x800 and 1920x1080, without the rail and the status bar.
    for name, size, page_ms in (("1280x800", (1088, 764), 2 * 3.3), ("1920x1080", (1690, 1044), 16)):
        page, host, opened = page_of(app, theme, size, shown)
        view, bar = page.view, page.view.verticalScrollBar()

        def scroll(_n, bar=bar, view=view) -> None:
            bar.setValue(bar.value() + view.density.row_px)
            app.processEvents()

        def turn(n, bar=bar, view=view) -> None:
            bar.setValue(n % 20 * bar.pageStep())
            view.viewport().repaint()

        def on(n, page=page) -> None:
            page.shift(1 if n % 2 else -1)
            app.processEvents()

        def patch(n, page=page) -> None:
            """A row that another desk changed."""
            state = page.vm.state
            rows = list(state.board.rows)
            rows[n] = replace(rows[n])
            page.vm.feed(replace(state, board=replace(state.board, rows=tuple(rows), total=state.board.total + n)))
            app.processEvents()

        fine &= told(f"{name}: open, from the data to the screen", opened, 300, "ms")
        fine &= told(f"{name}: a row scrolled", median_of(scroll), 2 * 0.7, "ms")
        median_of(turn)
        fine &= told(f"{name}: a page", median_of(turn), page_ms, "ms")
        bar.setValue(0)
        rows = [n for n, line in enumerate(view.table.lines[:30]) if line.car is not None]
        lifted = next(
            (line.car, each) for line in view.table.lines[:12] for each in line.bars if lift_bar(line.car, each)
        )
        view.go_to(lifted[0].car_id, lifted[1].taken.starts_at, lifted[1].id)

        def drag(n, view=view, rows=rows) -> None:
            """To the next car, and what that would do."""
            view.drag_to(QPoint(view.scale.width // 2, rows[n % len(rows)] * view.density.row_px + 4))
            app.processEvents()

        view.begin_move()
        fine &= told(f"{name}: a frame of a drag", median_of(drag), 8, "ms")
        view.put_back()
        for what, act in (("a day on", on), ("a row changed elsewhere", patch)):
            print(_LINE.format(what=f"{name}: {what}", value=f"{median_of(act):,.1f} ms", limit="", mark=""))
        host.close()
    return fine


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--drawn", action="store_true", help="painting only")
    arguments = reader.parse_args()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    print(_LINE.format(what="", value="", limit="limit", mark=""))
    fine = of_painting(app)
    if not arguments.drawn:
        with tempfile.TemporaryDirectory(prefix="drivesphere-board-") as folder:
            fine &= asyncio.run(of_servers(Path(folder)))
    print("" if fine else "Something is beyond its limit.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
