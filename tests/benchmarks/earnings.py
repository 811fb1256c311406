"""An owner's earnings and bookings out of the copy on this computer: 5 years, 50 cars, 20,000 bookings.

Each line is program time from the choice of a period to its figures and charts (what Qt then paints is not in it),
beside a bare SQLite read of the same rows. The target is 100 ms for every screen.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec

from desktop.views.earnings import earnings_charts as charts
from desktop.views.offline.stored_bookings import stored_row
from engine.adapters.disk.copy_file import CopyFile, Part
from engine.adapters.disk.copy_vault import CopyVault
from engine.domain.booking.listing import BookingOrder, BookingQuery, BookingScope
from engine.domain.car.car import CarStatus, OwnerId
from engine.domain.people.people import AccountName
from engine.domain.reports.copying import (
    BOOKINGS,
    FLEET,
    LEDGER,
    CopyHead,
    CopyManifest,
    OwnCopy,
    StoredFleet,
    kept_since,
)
from engine.domain.reports.figure_sources import Figure, FigureQuestion
from engine.domain.reports.owner_books import OwnBranch, OwnCar, Posting, Rental, StatusSince
from engine.domain.reports.report_period import Span, milliseconds, moment, month, own_days, quarter, year_of
from engine.services.reports.copying import StoredBooks
from engine.services.reports.earnings import EarningsService
from engine.services.reports.stored_listing import StoredListing

ZONE, YEARS, CARS, RENTALS = "Europe/Berlin", range(2021, 2026), 50, 20_000
KEY = b"k" * 32
OWNER, ACCOUNT = OwnerId("owner-1"), AccountName("owner")
END = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 7
#: As if it were then: 24 months kept, and everything booked since.
_ALL_KEPT = datetime(2022, 12, 1, tzinfo=UTC)
_BARE = "SELECT * FROM bookings WHERE created >= ? ORDER BY created DESC"


class OneKey:
    """Stands where the keyring is: its time is the system's, not ours."""

    def get(self, _name: str) -> bytes:
        return KEY

    make = get


def drawn() -> tuple[list[Posting], list[Rental], StoredFleet]:
    rng = Random(5)  # noqa: S311 -- a benchmark's dice
    start = datetime(2021, 1, 1, tzinfo=UTC)
    span = (END - start) / (RENTALS / CARS)
    postings, rentals = [], []
    since = StatusSince(CarStatus.ACTIVE, milliseconds(start))
    cars = [
        OwnCar(f"car-{n:02}", f"Model {n} · B-DS {n}", "EUR", f"br-{n % 6}", CarStatus.ACTIVE, history=(since,))
        for n in range(CARS)
    ]
    for n in range(RENTALS):
        car, turn = cars[n % CARS], n // CARS
        out = milliseconds(start + turn * span)
        days, cancelled = rng.randint(1, 4), rng.random() < 0.07
        made = out - rng.randint(1, 30) * 86_400_000
        minor = days * rng.choice((45_00, 60_00, 89_00))
        rental = Rental(
            f"BK{n:010}", car.car_id, car.label, car.branch_id, ZONE, out, out + days * 86_400_000, made,
            "cancelled" if cancelled else "completed", days, minor, "EUR", 1750, 4,
        )  # fmt: skip
        rentals.append(rental)
        at = max(made, milliseconds(start))
        for sign in (1, -1) if cancelled else (1,):
            share = minor * 175 // 1000
            whole = ("charge" if sign > 0 else "refund", minor)
            kinds = (whole, ("platform_share", share), ("owner_share", minor - share))
            source = f"{'ch' if sign > 0 else 're'}_{n}"
            postings += [
                Posting(rental.booking_id, kind, source, sign * part, "EUR", car.car_id, car.branch_id, at + (sign < 0))
                for kind, part in kinds
            ]
    branches = tuple(OwnBranch(f"br-{n}", f"Branch {n}", "Berlin") for n in range(6))
    return postings, rentals, StoredFleet((), tuple(cars), branches)


def written(folder: Path, postings: list[Posting], rentals: list[Rental], fleet: StoredFleet) -> CopyVault:
    vault = CopyVault(folder, OneKey())  # type: ignore[arg-type] -- a key that is simply there
    parts: dict[tuple[str, str], list[object]] = {}
    for kind, rows, at in ((LEDGER, postings, lambda row: row.at), (BOOKINGS, rentals, lambda row: row.created)):
        for row in rows:
            parts.setdefault((kind, f"{moment(at(row)):%Y-%m}"), []).append(row)
    prints = {key: str(len(rows)) for key, rows in parts.items()} | {(FLEET, ""): "1"}
    head = CopyHead(ACCOUNT, "Olga Owner", milliseconds(END), complete=True)
    manifest = CopyManifest(head, OWNER, ZONE, prints)
    packed = [Part(kind, name, "", msgspec.msgpack.encode(rows)) for (kind, name), rows in parts.items()]
    packed.append(Part(FLEET, "", "", msgspec.msgpack.encode(fleet)))
    CopyFile(vault._path(ACCOUNT), KEY).write(packed, manifest)
    return vault


def bare(folder: Path, postings: list[Posting], rentals: list[Rental]) -> sqlite3.Connection:
    """The same rows in plain tables with an index on their time."""
    db = sqlite3.connect(folder / "bare.sqlite")
    db.execute("CREATE TABLE ledger (booking, kind, source, minor, currency, car, branch, at)")
    db.executemany("INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?)", postings)
    db.execute("CREATE INDEX at ON ledger (at)")
    db.execute(f"CREATE TABLE bookings ({', '.join(Rental.fields)})")
    db.executemany("INSERT INTO bookings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rentals)
    db.execute("CREATE INDEX created ON bookings (created)")
    db.commit()
    return db


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Median and worst of several, in ms of this process's own time: others on the machine do not count."""
    took = []
    # As in the program, whose collector waits until nobody works.
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        took.append((time.process_time() - begun) * 1000)
    gc.enable()
    return statistics.median(took), max(took)


def screens() -> dict[str, Span]:
    return {
        "month": month(2025, 7, ZONE),
        "quarter": quarter(2025, 3, ZONE),
        "year": year_of(2025, ZONE),
        "62 days by day": own_days(date(2025, 6, 1), date(2025, 8, 1), ZONE),
        "two years": own_days(date(2024, 1, 1), date(2025, 12, 31), ZONE),
        "all five years": own_days(date(2021, 1, 1), date(2025, 12, 31), ZONE),
    }


def main() -> None:
    postings, rentals, fleet = drawn()
    with tempfile.TemporaryDirectory(prefix="drivesphere-bench-") as folder:
        vault = written(Path(folder), postings, rentals, fleet)
        size = vault._path(ACCOUNT).stat().st_size / 1e6
        print(f"{CARS} cars, {RENTALS:,} bookings, {len(postings):,} ledger rows, {size:.1f} MB on disk")
        median, worst = timed(lambda: vault.load(ACCOUNT))
        print(f"open the copy (once a session)   {median:6.1f} ms, worst {worst:6.1f}")
        copy = vault.load(ACCOUNT)
        service = EarningsService(StoredBooks(copy))
        actor = copy.manifest.actor
        print(f"\n{'screen':16} {'ours ms':>8} {'worst':>7} {'bare read ms':>13} {'rows':>7} {'ratio':>6}")
        with closing(bare(Path(folder), postings, rentals)) as db, asyncio.Runner() as runner:
            for name, span in screens().items():
                _line(name, span, db, lambda wanted=span: _screen(runner, service, actor, wanted))
            asked = FigureQuestion(Figure.NET, *_ends(year_of(2025, ZONE)), "EUR")
            _line("explain a year", year_of(2025, ZONE), db, lambda: runner.run(service.explain(actor, asked)))
            use = FigureQuestion(Figure.UTILISATION, *_ends(year_of(2025, ZONE)), "EUR")
            _line("explain its use", year_of(2025, ZONE), db, lambda: runner.run(service.explain(actor, use)))
            _bookings(db, runner, copy)


def _bookings(db: sqlite3.Connection, runner: asyncio.Runner, copy: OwnCopy) -> None:
    """From the question to the words of its fifty lines; the bare read is of the same rows, sorted and counted."""
    head = copy.manifest.head
    all_kept = replace(copy, manifest=replace(copy.manifest, head=replace(head, as_of=milliseconds(_ALL_KEPT))))
    end = BookingQuery(BookingScope.FLEET, offset=19_950)
    for name, kept, query in (
        ("bookings", copy, BookingQuery(BookingScope.FLEET)),
        ("all 20,000", all_kept, BookingQuery(BookingScope.FLEET)),
        ("their last page", all_kept, end),
        ("of one plate", all_kept, replace(end, text="b-ds 7", offset=0)),
        ("by price", all_kept, replace(end, order=BookingOrder.PRICE, offset=0)),
    ):
        since = milliseconds(kept_since(moment(kept.manifest.head.as_of)))
        ours, worst = timed(lambda kept=kept, query=query: _list(runner, StoredListing(kept), query))
        read, _ = timed(lambda since=since: db.execute(_BARE, (since,)).fetchall())
        (count,) = db.execute("SELECT count(*) FROM bookings WHERE created >= ?", (since,)).fetchone()
        print(f"{name:16} {ours:8.1f} {worst:7.1f} {read:13.1f} {count:7,} {ours / max(read, 0.01):6.1f}")


def _list(runner: asyncio.Runner, listing: StoredListing, query: BookingQuery) -> None:
    """Of a list that nobody asked for before."""
    actor = listing.copy.manifest.actor
    page = runner.run(listing.page(actor, query))
    names = {branch.id: branch.name for branch in runner.run(listing.branches(actor))}
    assert page.rows
    for row in page.rows:
        stored_row(row, END, names)


def _screen(runner: asyncio.Runner, service: EarningsService, actor: object, span: Span) -> None:
    """Everything that the page is handed to draw."""
    earnings = runner.run(service.report(actor, span))  # type: ignore[arg-type]
    (report,) = earnings.currencies
    for make in (charts.net_chart, charts.use_chart, charts.use_map):
        make(earnings, report)
    charts.branch_chart(report)


def _line(name: str, span: Span, db: sqlite3.Connection, work: Callable[[], object]) -> None:
    since, until = _ends(span)[0] if name.startswith("explain") else span.before.marks[0], span.marks[-1]
    count = db.execute("SELECT count(*) FROM ledger WHERE at >= ? AND at < ?", (since, until)).fetchone()[0]
    ours, worst = timed(work)
    read, _ = timed(lambda: db.execute("SELECT * FROM ledger WHERE at >= ? AND at < ?", (since, until)).fetchall())
    print(f"{name:16} {ours:8.1f} {worst:7.1f} {read:13.1f} {count:7,} {ours / max(read, 0.01):6.1f}")


def _ends(span: Span) -> tuple[int, int]:
    return span.marks[0], span.marks[-1]


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"\nin {timedelta(seconds=round(time.perf_counter() - began))}")
