"""One of every kind of case under "Needs a person", put into a demo's database for somebody to look at.

``PYTHONPATH=tests/support python tests/integration/demo_needs_person.py --data FOLDER`` while that demo is open, or
before. Bookings are made and paid as a counter does, and their rows are then changed past the program, as in
``test_belief``.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pymongo
from builders import World
from payments import Stripe, opened, stripe_of
from test_belief import ATTACKS, BACK, confirmed, with_story

from engine.adapters.mongo.client import CODEC
from engine.bootstrap import Engine, demo_accounts, open_deployment, open_engine
from engine.config import load
from engine.domain.booking.booking import Booking
from engine.domain.car.car import CarStatus
from engine.domain.car.catalogue import CarWish, Offer
from engine.domain.money.trouble import Why
from engine.domain.people.people import RenterId, Role
from engine.domain.people.renters import RenterFile, RenterQuery
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod
from engine.embedded.servers import open_servers
from engine.services.people.renters import NewRenter

#: Of ``ATTACKS``, one for every doubt that a booking to come can raise.
_DOUBTS = (
    "1 more than the rules give",
    "1 by rules of its own",
    "2 payers are sent elsewhere",
    "2 another thing is sold",
    "4 a step that is still to come",
    "4 another owner gets the share",
    "4 fewer days",
    "4 a share of its own",
    "4 a zone that is none",
)
_TROUBLES = (Why.REFUND_FAILED, Why.STUCK, Why.SLOW, Why.MISMATCH, Why.LAPSED)
_REASONS = ("fraudulent", "product_not_received", "credit_not_processed", "general")
#: Who the bookings are for: names as long, and in as many scripts, as there are.
_NAMES = ("Ada Moreau", "נועה לוי-ברגמן", "عبد الرحمن الهاشمي", "Maximiliane-Charlotte von Schwarzenberg-Liechtenstein")


@dataclass
class Demo:
    """An open demo: its counter, its head office, its payer, its database."""

    world: World
    counter: Engine
    office: Engine
    stripe: Stripe
    offers: Iterator[Offer]
    renters: list[RenterId]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def wish(self) -> dict[str, object]:
        """Another car for three days from next week on, for the next of the renters."""
        offer, number = next(self.offers), next(self.numbers)
        return {
            "car": offer.car.id,
            "key": f"needs-a-person-{uuid4()}",
            "renter_id": self.renters[number % len(self.renters)],
            "shown_price": offer.quote.total,
            "period": period_of(self.counter),
        }

    async def paid(self) -> Booking:
        return await confirmed(self.counter, self.stripe, **self.wish())

    def write(self, booking: Booking, change: dict[str, object]) -> None:
        self.world.db.bookings.update_one({"_id": booking.id}, {"$set": change}, bypass_document_validation=True)


def period_of(engine: Engine) -> RentalPeriod:
    start = engine.clock.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=40)
    return RentalPeriod(start, start + timedelta(days=3, hours=-2))


async def doubted(demo: Demo) -> None:
    """What is written past the program; the first engine that meets it writes down what it doubts."""
    for name in _DOUBTS:
        honest, change, _doubt = ATTACKS[name]
        booking = await honest(demo.counter, demo.stripe, **demo.wish())
        demo.write(booking, change(demo.world.stored(booking)))
        await met(demo, booking)
    nobodys = await opened(demo.counter, **demo.wish())
    await demo.stripe.pay(nobodys)
    _honest, change, _doubt = ATTACKS["a payment that is nobody's"]
    demo.write(nobodys, change(demo.world.stored(nobodys)))
    await met(demo, nobodys)
    for change in ({"payments.0.attempts.0.state": "open"}, {"history": []}):
        booking = await demo.paid()
        demo.write(booking, change)
        await met(demo, booking)
    story = await demo.paid()
    change = with_story("held", "confirmed", "completed", "cancelled", **BACK)
    demo.write(story, change(demo.world.stored(story)))
    await met(demo, story)


async def met(demo: Demo, booking: Booking) -> None:
    """An engine comes to it, finds what does not fit, and writes that down."""
    demo.write(booking, {"due_at": booking.created_at})
    payment = demo.office.payment
    try:
        await payment.belief.judge(await payment.store.booking(booking.id))
        await payment.carry_on(booking.id)
        await payment.heard(booking.id, booking.payment.attempt.session_id)
    except DriveSphereError:
        return
    print(f"{booking.id}: believed, which it should not be")  # noqa: T201 -- its output


async def troubled(demo: Demo) -> None:
    """What no engine brings to its end."""
    since = demo.office.clock.now() - timedelta(days=11)
    for why in _TROUBLES:
        booking = await demo.paid()
        if why is Why.REFUND_FAILED:
            quote = await demo.counter.rental.quote_refund(demo.counter.actor, booking.id)
            await demo.stripe.next_refund("failed")
            await demo.counter.rental.cancel(demo.counter.actor, booking.id, quote.given_back)
            await demo.counter.payment.settle(demo.counter.actor, booking.id)
            continue
        trouble = {"why": why.value, "since": since, "tries": 9, "again_at": None, "code": "card_declined"}
        demo.write(booking, {"payments.0.trouble": trouble, "person_at": since})


async def disputed(demo: Demo) -> None:
    for reason in _REASONS:
        booking = await demo.paid()
        await demo.stripe.dispute(booking, reason)
    await demo.office.admin.disputes.look()


async def restored(demo: Demo) -> None:
    """Payments of bookings that the database lacks: one of which everything is known, one whose car is gone, too."""
    for known in (True, False):
        booking = await demo.paid()
        page = await demo.office.payment.gateway.page(booking.payment.attempt.session_id)
        mine = {"$pull": {"claims": {"id": booking.id}}, "$inc": {"seq": 1}}
        demo.world.db.fences.update_one({"_id": booking.car_id}, mine)
        demo.world.db.bookings.delete_one({"_id": booking.id})
        demo.world.db.ledger.delete_many({"booking_id": booking.id})
        await demo.office.restored_look.take_up(page, booking.created_at)
        if not known:
            gone = {"$set": {"stay.car_id": "a-car-that-is-gone"}}
            demo.world.db.restored_payments.update_one({"_id": page.payment_intent}, gone)


async def carless(demo: Demo) -> None:
    """Sold cars that left service since."""
    for status in (CarStatus.MAINTENANCE, CarStatus.RETIRED):
        booking = await demo.paid()
        car = await demo.office.fleet.car(demo.office.actor, booking.car_id)
        claims = demo.world.db.fences.find_one({"_id": car.id})["claims"]
        told = frozenset(claim["id"] for claim in claims)
        await demo.office.fleet.set_status(demo.office.actor, car, status, seen=told)


async def renters_of(office: Engine) -> list[RenterId]:
    """Renters of the demo, under other names: nobody else is called so there."""
    page = await office.renters.page(office.actor, RenterQuery())
    files = [row for row in page.rows if isinstance(row, RenterFile)][: len(_NAMES)]
    for file, name in zip(files, _NAMES, strict=True):
        told = file.renter
        new = NewRenter(name, told.email, told.phone, told.licence)
        await office.renters.mend(office.actor, told.id, file.version, new)
    return [file.renter.id for file in files]


async def offers_of(counter: Engine) -> Iterator[Offer]:
    """Free cars of every branch in turn, so that all currencies and clocks are among them."""
    found = []
    for branch in await counter.catalogue.branches(counter.actor):
        page = await counter.catalogue.search(counter.actor, CarWish(branch.id, period_of(counter)))
        found.append(page.offers)
    return iter([each for row in zip(*found, strict=False) for each in row])


@asynccontextmanager
async def opened_demo(data_dir: Path):
    settings = load(data_dir)
    async with open_deployment(settings, print) as deployment, open_servers(settings.data_dir) as servers:
        names = {each.role: each for each in demo_accounts()}
        client: pymongo.MongoClient = pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password
        )
        world = World(deployment, client.get_database(deployment.database, codec_options=CODEC), None)
        desk, head = names[Role.CLIENT], names[Role.ADMIN]
        async with (
            open_engine(deployment, desk.account, desk.password, background=False) as counter,
            open_engine(deployment, head.account, head.password, background=False) as office,
            stripe_of(world) as stripe,
        ):
            renters = await renters_of(office)
            yield Demo(world, counter, office, stripe, await offers_of(counter), renters)
        client.close()


KINDS: dict[str, Callable[[Demo], object]] = {
    "restored": restored,
    "disputed": disputed,
    "carless": carless,
    "troubled": troubled,
    "doubted": doubted,
}


async def main(data_dir: Path, kinds: list[str]) -> None:
    async with opened_demo(data_dir) as demo:
        for kind in kinds or KINDS:
            await KINDS[kind](demo)
        waiting = await demo.office.admin.manual_review.waiting(demo.office.actor)
        print(f"{waiting.total} bookings need a person, beside disputes and restored payments")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the demo")
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="only these")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.data, chosen.kinds))
