"""``drivesphere restored``: payments that a restored database lacks, and the two ways out of each."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.commands.parts import DATA, in_words, password_of, settings_of
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.people.people import RenterId
from engine.words.tr import tr

if TYPE_CHECKING:
    from engine.bootstrap import Engine
    from engine.domain.booking.restored import RestoredPayment


@click.command()
@DATA
@click.option("--account", default="admin", show_default=True, help=tr("An administrator's, to decide."))
@click.option("--book", metavar="PAYMENT", help=tr("Make its booking again, for --renter."))
@click.option("--renter", metavar="ID", help=tr("Who drives; the id is on the renter's page."))
@click.option("--give-back", metavar="PAYMENT", help=tr("Give all of its money back and let its car go."))
@click.option("--reason", metavar="TEXT", help=tr("Why its money goes back; kept with the booking and in the audit."))
@click.option("--json", "as_json", is_flag=True, help=tr("One JSON object."))
def restored(
    data: Path | None,
    account: str,
    book: str | None,
    renter: str | None,
    give_back: str | None,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    """List the payments that Stripe has and the restored database lacks, or decide on one of them.

    Payments are looked for first where that was not done yet. Status 1 while any waits, 2 if nothing could be done.
    """
    if bool(book) != bool(renter) or bool(give_back) != bool(reason) or (book and give_back):
        raise click.BadParameter(tr("--book PAYMENT --renter ID, or --give-back PAYMENT --reason TEXT, or neither."))

    async def run() -> list[RestoredPayment]:
        from engine.bootstrap import open_deployment, open_engine  # noqa: PLC0415 -- the drivers take a while to load

        settings = settings_of(data)
        password = password_of(settings, account).reveal()
        async with (
            open_deployment(settings) as deployment,
            open_engine(deployment, account, password, background=False) as engine,
        ):
            await engine.restored_look.look(account)
            await _decide(engine, (book, renter), (give_back, reason))
            return await engine.restored.waiting(engine.actor)

    with in_words():
        waiting = asyncio.run(run())
    _tell(waiting, as_json=as_json)
    sys.exit(1 if waiting else 0)


async def _decide(engine: Engine, again: tuple[str | None, str | None], back: tuple[str | None, str | None]) -> None:
    """*again* is a payment to be booked for a renter, *back* one to be given back for a reason; or neither."""
    (book, renter), (give_back, reason) = again, back
    if book and renter:
        await engine.restored.book_again(engine.actor, book, RenterId(renter))
    elif give_back and reason:
        await engine.restored.give_back(engine.actor, give_back, RefundReason(UsualReason.OTHER, reason))


def _tell(waiting: list[RestoredPayment], *, as_json: bool) -> None:
    rows = [_row(payment) for payment in waiting]
    if as_json:
        click.echo(json.dumps({"waiting": rows}))
        return
    if not rows:
        click.echo(tr("No payment waits: each has its booking, or its money went back."))
        return
    click.echo(tr("Payments without a booking: {rows:,}\n", rows=len(rows)))
    for row in rows:
        kept = (
            tr("its car is kept")
            if row["claimed"]
            else tr("its car is NOT kept: it is promised to somebody else, or over")
        )
        what = (
            tr("{row} from {row2} to {row3}; {kept}", row=row["car"], row2=row["from"], row3=row["to"], kept=kept)
            if row["car"]
            else tr("nobody knows what for")
        )
        click.echo(
            tr(
                "{row}  booking {row2}  {row3}  {what}",
                row=row["payment"],
                row2=row["booking"],
                row3=row["amount"],
                what=what,
            )
        )
    click.echo(tr("\nBook again: drivesphere restored --book PAYMENT --renter ID"))
    click.echo(tr('Give the money back: drivesphere restored --give-back PAYMENT --reason "TEXT"'))


def _row(payment: RestoredPayment) -> dict[str, str | bool | None]:
    stay = payment.stay
    return {
        "payment": payment.payment_intent,
        "booking": payment.booking_id,
        "amount": tr("{minor} {currency} (minor units)", minor=payment.amount.minor, currency=payment.amount.currency),
        "car": stay.car_id if stay else None,
        "from": stay.period.starts_at.isoformat() if stay else None,
        "to": stay.period.ends_at.isoformat() if stay else None,
        "claimed": payment.claimed,
    }
