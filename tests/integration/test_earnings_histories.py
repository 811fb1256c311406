"""Random histories against the real server: every figure beside a plain sum of the raw ledger."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from builders import BERLIN, LISBON
from earnings_builders import MINE, History, Raw, draw, plain

from engine.adapters.mongo.codec.owner_rows import car_of, posting_of, rental_of
from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.earnings import Figures, beside, earnings
from engine.domain.reports.figure_sources import POSTED, Figure, FigureQuestion, explained
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.reports.owner_books import OwnBranch
from engine.domain.reports.report_period import milliseconds, moment, month, own_days, quarter, year_of

pytestmark = pytest.mark.asyncio

ZONES = ("Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "UTC")
YEARS = (2017, 2018)
HISTORIES = 12


def shown(figures: Figures) -> dict:
    return {name: value for name, value in asdict(figures).items() if name != "currency" and value}


def spans(rng: Random, zone: str):
    first = date(rng.choice(YEARS), rng.randint(1, 12), rng.randint(1, 28))
    return (
        month(rng.choice(YEARS), rng.choice((1, 2, 3, 10, 11, 12)), zone),
        quarter(rng.choice(YEARS), rng.randint(1, 4), zone),
        year_of(rng.choice(YEARS), zone),
        own_days(first, first + timedelta(days=rng.choice((0, 1, 9, 61, 100, 500))), zone),
    )


def raw_books(world, as_of):
    """The rows of the database as the stored copy keeps them."""
    db, changes = world.db, {}
    for change in db.car_statuses.find().sort([("since", 1), ("_id", 1)]):
        changes.setdefault(change["car_id"], []).append(change)
    earned = db.ledger.distinct("car_id", {"owner_id": MINE})
    service = {}
    for row in db.movements.find({"state": {"$ne": "cancelled"}}).sort([("starts_at", 1), ("_id", 1)]):
        service.setdefault(row["car_id"], []).append(row)
    cars = db.cars.find({"$or": [{"owner_id": MINE}, {"_id": {"$in": earned}}]})
    return books_of(
        milliseconds(as_of),
        map(posting_of, db.ledger.find({"owner_id": MINE})),
        map(rental_of, db.bookings.find({"owner_id": MINE})),
        [car_of(car, MINE, changes.get(car["_id"], ()), service.get(car["_id"], ())) for car in cars],
        [OwnBranch(each.id, each.name, each.city) for each in (BERLIN, LISBON)],
    )


def check(report, rows, span, as_of):
    before = span.before
    assert {each.currency for each in report.currencies} >= set(plain(rows, span.zone, span.first, span.end, as_of))
    for each in report.currencies:

        def raw(first, end, each=each, **narrowed):
            return plain(rows, span.zone, first, end, as_of, **narrowed).get(each.currency, {})

        assert raw(span.first, span.end) == shown(each.total)
        assert raw(before.first, before.end) == shown(each.before)
        for parts, figures in ((span, each.parts), (before, each.parts_before)):
            ends = (*parts.parts[1:], parts.end)
            assert len(parts.parts) == len(figures)
            if len(ends) <= 12:
                assert [raw(first, end) for first, end in zip(parts.parts, ends, strict=True)] == list(
                    map(shown, figures)
                )
        for car in each.cars:
            assert raw(span.first, span.end, car=car.car.car_id) == shown(car.total)
        for branch in each.branches:
            assert raw(span.first, span.end, branch=branch.branch.branch_id) == shown(branch.total)
        names = ("gross_minor", "refunds_minor", "commission_minor", "net_minor", "rentals", "days", "paid_minor")
        for name in names:
            whole = getattr(each.total, name)
            assert whole == sum(getattr(car.total, name) for car in each.cars)
            assert whole == sum(getattr(branch.total, name) for branch in each.branches)
            assert whole == sum(getattr(part, name) for part in each.parts)


async def check_drill(desk, world, books, report, span):
    """Each figure leads to bookings whose parts add up to it, and the copy tells the same of it."""
    since, until = span.marks[0], span.marks[-1]
    for each in report.currencies:
        for figure in Figure:
            asked = FigureQuestion(figure, since, until, each.currency, limit=200)
            answer = await desk.earnings.explain(desk.actor, asked)
            assert answer == explained(books, asked)
            assert answer.count == len(answer.lines)
            if figure in POSTED:
                kinds = POSTED[figure]
                assert answer.minor == sum(line.minor for line in answer.lines)
                own = [
                    row.minor
                    for line in answer.lines
                    for row in line.postings
                    if row.kind in kinds and since <= row.at < until and row.currency == each.currency
                ]
                assert answer.minor == sum(own)
            if figure is Figure.NET:
                assert answer.minor == each.total.net_minor
            if figure is Figure.DAILY_RATE:
                assert (answer.minor, answer.days) == (each.total.paid_minor, each.total.days)
                assert answer.count == each.total.rentals
            if figure is Figure.UTILISATION:
                assert sum(line.rented_ms for line in answer.lines) == each.total.rented_ms


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_R_every_figure_of_a_random_history_is_the_plain_sum_of_the_raw_ledger(world, seed):
    rng = Random(seed)  # noqa: S311 -- a test's dice
    zone = ZONES[seed % len(ZONES)]
    draw(History(world), rng, zone, YEARS)

    rows = Raw.of(world)
    async with world.desk("owner") as desk:
        for span in spans(rng, zone):
            report = await desk.earnings.report(desk.actor, span)

            as_of = moment(report.as_of)
            check(report, rows, span, as_of)
            books = raw_books(world, as_of)
            marks = (*span.before.marks[:-1], *span.marks)
            assert replace(report, beside=()) == earnings(span, books.facts(marks))
            for each in report.beside:
                again = beside(each.stretch, books.facts((each.stretch.since, each.stretch.until)))
                assert [again.of(one.currency) for one in report.currencies] == [
                    each.of(one.currency) for one in report.currencies
                ]
            await check_drill(desk, world, books, report, span)


async def test_R_the_net_of_all_time_is_the_owners_whole_share_in_the_ledger(world):
    draw(History(world), Random(7), "Europe/Berlin", YEARS)  # noqa: S311
    ever = own_days(date(2016, 1, 1), date(2019, 12, 31), "Europe/Berlin")

    async with world.desk("owner") as desk:
        report = await desk.earnings.report(desk.actor, ever)

    for each in report.currencies:
        wanted = {"owner_id": MINE, "amount.currency": each.currency, "kind": LedgerKind.OWNER_SHARE}
        rows = [row["amount"]["minor"] for row in world.db.ledger.find(wanted)]
        assert sum(rows) == each.total.net_minor
        assert each.total.gross_minor + each.total.refunds_minor == each.total.net_minor + each.total.commission_minor


async def test_R_time_that_has_not_come_yet_counts_nowhere(world):
    history = History(world)
    draw(history, Random(3), "Europe/Berlin", (datetime.now(UTC).year - 1, datetime.now(UTC).year))  # noqa: S311
    span = year_of(datetime.now(UTC).year, "Europe/Berlin")

    async with world.desk("owner") as desk:
        report = await desk.earnings.report(desk.actor, span)

    check(report, Raw.of(world), span, moment(report.as_of))
