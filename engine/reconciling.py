"""``drivesphere reconcile``: what Stripe, the bookings and the ledger say of one another, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import click

from engine.adapters.mongo_books import MongoBooks
from engine.adapters.mongo_client import Credentials, connect
from engine.bootstrap import open_engine, open_place
from engine.config import Secret, Settings
from engine.domain.books import Difference, DifferenceKind
from engine.domain.money import Money
from engine.domain.people import Deed
from engine.services.reconcile import Reconciler, Report

_WORDS = {
    DifferenceKind.PAID_UNBOOKED: "paid, not booked",
    DifferenceKind.BOOKED_UNPAID: "booked, not paid",
    DifferenceKind.PAID_TWICE: "paid twice",
    DifferenceKind.AMOUNT_DIFFERS: "amount differs",
}
_HEAD = ("what", "booking", "state", "payment at Stripe", "taken", "in the ledger")


async def run(settings: Settings, account: str, password: Secret, since: date, until: date) -> Report:
    """Compare the days from *since* to *until*, both whole and in UTC.

    Raises:
        DriveSphereError: It could not be compared; there is no half an answer.
    """
    begin = datetime.combine(since, time(), UTC)
    end = datetime.combine(until, time(), UTC) + timedelta(days=1)
    async with (
        open_place(settings) as place,
        open_engine(place, account, password.reveal(), background=False) as engine,
        connect(place.mongo_url, Credentials(account, password.reveal(), place.database)) as client,
    ):
        engine.actor.must(Deed.SEE_ALL_BOOKINGS)
        books = MongoBooks(client, place.database)
        return await Reconciler(engine.payment.gateway, books, engine.clock).compare(begin, end)


def tell(report: Report, since: date, until: date) -> None:
    click.echo(
        f"{since} to {until} (UTC): {report.payments:,} payments at Stripe, {report.bookings - report.drawn:,} bookings"
    )
    if report.drawn:
        click.echo(f"{report.drawn:,} bookings were drawn for the demo, Stripe never saw them: left out")
    if report.under_way:
        click.echo(f"{report.under_way:,} under way: whoever is at it has a little time left")
    if not report.differences:
        click.echo("No differences.")
        return
    click.echo(f"{len(report.differences):,} differences:\n")
    for line in _table(report.differences):
        click.echo(line)


def tell_as_json(report: Report, since: date, until: date) -> None:
    told = {
        "since": str(since),
        "until": str(until),
        "payments": report.payments,
        "bookings": report.bookings - report.drawn,
        "drawn": report.drawn,
        "under_way": report.under_way,
        "differences": [
            {
                "kind": each.kind,
                "booking": each.booking_id,
                "state": each.state or None,
                "payment_intent": each.payment_intent or None,
                "at_stripe": [_plain(money) for money in each.at_stripe],
                "in_ledger": [_plain(money) for money in each.in_ledger],
            }
            for each in report.differences
        ],
    }
    click.echo(json.dumps(told))


def _table(differences: Iterable[Difference]) -> Iterator[str]:
    rows = [_HEAD, *(_row(each) for each in differences)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(each: Difference) -> tuple[str, ...]:
    payment = each.payment_intent or "none"
    return (
        _WORDS[each.kind],
        each.booking_id,
        each.state or "no such booking",
        payment,
        _sum(each.at_stripe),
        _sum(each.in_ledger),
    )


def _sum(moneys: Iterable[Money]) -> str:
    return " + ".join(f"{Decimal(each.minor).scaleb(-each.exponent)} {each.currency}" for each in moneys) or "nothing"


def _plain(money: Money) -> dict[str, int | str]:
    return {"minor": money.minor, "currency": money.currency}
