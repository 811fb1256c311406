"""``drivesphere reconcile``: what Stripe, the bookings and the ledger say of one another, in words or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import click

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.bootstrap import open_deployment, open_engine
from engine.config import Secret, Settings
from engine.domain.booking.manual_review import Case, Cases, LostCar
from engine.domain.money.money import Money
from engine.domain.money.trouble import Why
from engine.domain.people.people import Deed
from engine.domain.reports.books import Difference, DifferenceKind
from engine.domain.shared.damage import Damaged
from engine.services.payment.reconcile import Reconciler
from engine.services.payment.report import Report
from engine.words.health import written
from engine.words.tr import tr

_WORDS = {
    DifferenceKind.PAID_UNBOOKED: tr("paid, not booked"),
    DifferenceKind.BOOKED_UNPAID: tr("booked, not paid"),
    DifferenceKind.PAID_TWICE: tr("paid twice"),
    DifferenceKind.AMOUNT_DIFFERS: tr("amount differs"),
    DifferenceKind.UNSOURCED: tr("posted, not at Stripe"),
    DifferenceKind.SHARES_DIFFER: tr("shares do not fit"),
    DifferenceKind.POSTED_NOWHERE: tr("posted to no booking"),
    DifferenceKind.POSTED_ASTRAY: tr("posted to another car"),
    DifferenceKind.DISPUTED: tr("disputed"),
    DifferenceKind.DISPUTE_LOST: tr("dispute lost"),
    DifferenceKind.DOUBTED: tr("not ours as it stands"),
}
_HEAD = ("what", "booking", "state", tr("payment at Stripe"), "taken", tr("in the ledger"), "more")


_NEEDS: dict[Why | LostCar, str] = {
    LostCar.CAR: tr("its car left service"),
    LostCar.SERVICE: tr("its car is in service then"),
    Why.STUCK: tr("no step possible"),
    Why.SLOW: tr("money long on its way"),
    Why.NOBODY: tr("step left undone"),
    Why.MISMATCH: tr("payment does not fit"),
    Why.DOUBTED: tr("row not believed"),
    Why.REFUND_FAILED: tr("refund failed"),
    Why.LAPSED: tr("authorisation lapsed"),
}
_NEEDS_HEAD = (tr("needs a person"), "booking", "state", "renter", tr("since (UTC)"), tr("last error"))
#: Needing more of them at once is told by their number.
_MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class Findings:
    """Attributes: ``cases`` are those of today, whenever their bookings were made."""

    report: Report
    cases: Cases

    @property
    def clean(self) -> bool:
        return not self.report.differences and not self.report.damaged and not self.cases.total


async def run(settings: Settings, account: str, password: Secret, since: date, until: date) -> Findings:
    """Compare the days from *since* to *until*, both whole and in UTC, and list what needs a person.

    Raises:
        DriveSphereError: It could not be compared; there is no half an answer.
    """
    begin = datetime.combine(since, time(), UTC)
    end = datetime.combine(until, time(), UTC) + timedelta(days=1)
    async with (
        open_deployment(settings) as deployment,
        open_engine(deployment, account, password.reveal(), background=False) as engine,
        connect(
            deployment.mongo_url, Credentials(account, password.reveal(), deployment.database), deployment.ca_file
        ) as client,
    ):
        engine.actor.must(Deed.SEE_ALL_BOOKINGS)
        books = MongoBooks(client, deployment.database)
        report = await Reconciler(engine.payment.gateway, books, engine.clock).compare(begin, end)
        return Findings(report, await engine.admin.manual_review.waiting(engine.actor, limit=_MOST_CASES))


def tell(findings: Findings, since: date, until: date) -> None:
    _tell_differences(findings.report, since, until)
    _tell_cases(findings.cases)


def _tell_cases(cases: Cases) -> None:
    if not cases.total:
        click.echo(tr("No booking needs a person."))
        return
    click.echo(tr("\nBookings that need a person: {total:,}\n", total=cases.total))
    for line in _aligned([_NEEDS_HEAD, *map(_case_row, cases.rows)]):
        click.echo(line)
    if cases.total > len(cases.rows):
        click.echo(tr("and {total:,} more", total=cases.total - len(cases.rows)))


def _tell_differences(report: Report, since: date, until: date) -> None:
    click.echo(
        tr(
            "{since} to {until} (UTC): {payments:,} payments at Stripe, {bookings:,} bookings",
            since=since,
            until=until,
            payments=report.payments,
            bookings=report.bookings - report.drawn,
        )
    )
    _tell_left_out(report)
    for damaged in sorted(report.damaged.values(), key=lambda each: (each.collection, each.id)):
        click.echo(written(damaged.remark))
    if not report.differences:
        click.echo(tr("No differences."))
        return
    click.echo(tr("{differences:,} differences:\n", differences=len(report.differences)))
    for line in _aligned([_HEAD, *map(_row, report.differences)]):
        click.echo(line)


def _tell_left_out(report: Report) -> None:
    if report.drawn:
        click.echo(
            tr("{drawn:,} bookings were drawn for the demo, Stripe never saw them: left out", drawn=report.drawn)
        )
    if report.under_way:
        click.echo(tr("{under_way:,} under way: whoever is at it has a little time left", under_way=report.under_way))
    if report.by_hand:
        click.echo(tr("{by_hand:,} unpaid at Stripe, seen to by a person: left out", by_hand=report.by_hand))
    for (tender, day, currency), each in sorted(report.sums.items()):
        taken, back = (_sum([Money(minor, currency)]) for minor in (each.taken, each.given_back))
        click.echo(
            tr(
                "{day} {tender}: {taken} posted as taken, {back} as given back",
                day=day,
                tender=tender,
                taken=taken,
                back=back,
            )
        )
    click.echo(
        tr(
            "{looked:,} bookings with money or a car, {posted:,} ledger rows, of all dates",
            looked=report.looked,
            posted=report.posted,
        )
    )
    if report.own_prices:
        click.echo(
            tr("{own_prices:,} older than what their cars were let for was written down", own_prices=report.own_prices)
        )
    if report.not_asked:
        click.echo(tr("{not_asked:,} of them Stripe was not asked about", not_asked=report.not_asked))
    if report.disputes_unread:
        click.echo(tr("Disputes were not looked at: this Stripe key may not read them"))


def tell_as_json(findings: Findings, since: date, until: date) -> None:
    report, cases = findings.report, findings.cases
    told = {
        "since": str(since),
        "until": str(until),
        "payments": report.payments,
        "bookings": report.bookings - report.drawn,
        "drawn": report.drawn,
        "under_way": report.under_way,
        "by_hand": report.by_hand,
        "looked": report.looked,
        "posted": report.posted,
        "not_asked": report.not_asked,
        "own_prices": report.own_prices,
        "disputes_unread": report.disputes_unread,
        "damaged": [
            {"collection": each.collection, "id": each.id, "reason": each.reason} for each in report.damaged.values()
        ],
        "sums": [
            {"tender": tender, "day": day, "currency": currency, "taken": each.taken, "given_back": each.given_back}
            for (tender, day, currency), each in sorted(report.sums.items())
        ],
        "differences": [
            {
                "kind": each.kind,
                "booking": each.booking_id,
                "state": each.state or None,
                "payment_intent": each.payment_intent or None,
                "at_stripe": [_plain(money) for money in each.at_stripe],
                "in_ledger": [_plain(money) for money in each.in_ledger],
                "detail": each.detail or None,
            }
            for each in report.differences
        ],
        "need_a_person": cases.total,
        "cases": [_plain_case(case) for case in cases.rows],
    }
    click.echo(json.dumps(told))


def _plain_case(case: Case | Damaged) -> dict[str, str | None]:
    if isinstance(case, Damaged):
        return {"why": "damaged", "booking": case.id, "state": None, "since": None, "code": case.reason}
    return {
        "why": case.why,
        "booking": case.booking.id,
        "state": case.booking.state,
        "since": case.since.isoformat(),
        "code": case.code or None,
    }


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(each: Difference) -> tuple[str, ...]:
    payment = each.payment_intent or "none"
    return (
        _WORDS[each.kind],
        each.booking_id,
        each.state or tr("no such booking"),
        payment,
        _sum(each.at_stripe),
        _sum(each.in_ledger),
        each.detail.replace("_", " "),
    )


def _case_row(case: Case | Damaged) -> tuple[str, ...]:
    if isinstance(case, Damaged):
        return case.line, "", "", "", "", case.reason
    booking = case.booking
    return _NEEDS[case.why], booking.id, booking.state, booking.renter_name, f"{case.since:%Y-%m-%d %H:%M}", case.code


def _sum(moneys: Iterable[Money]) -> str:
    return " + ".join(f"{Decimal(each.minor).scaleb(-each.exponent)} {each.currency}" for each in moneys) or "nothing"


def _plain(money: Money) -> dict[str, int | str]:
    return {"minor": money.minor, "currency": money.currency}
