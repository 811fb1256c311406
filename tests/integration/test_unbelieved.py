"""The two ways out of a booking that is not believed: its car is let go, its money goes back (docs/decisions/0045)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import FULL as READ
from builders import wish
from payments import opened

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.config import Secret
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.booking.unbelieved import RefundNotMade
from engine.domain.money.money import Money
from engine.domain.money.payment import RefundState
from engine.domain.shared.errors import Forbidden, InvalidText, MoveRefused, NotBelieved, Overtaken, Unavailable
from engine.domain.shared.period import RentalPeriod
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio
WHY = "Looked at it with the renter"
WHY_BACK = RefundReason(UsualReason.SUSPECT, WHY)
FULL = (Money(100_00, "EUR"),)
REFUND = {"amount": {"minor": 100_00, "currency": "EUR"}, "state": "due", "refund_id": ""}


@pytest.fixture
def keyless(world):
    """The same firm at a desk without a Stripe key."""
    return replace(world, deployment=replace(world.deployment, stripe_key=Secret(), stripe_url=""))


async def held(desk, _stripe):
    return await desk.booking.hold(desk.actor, wish(desk))


async def page_open(desk, _stripe):
    return await opened(desk)


async def authorised(desk, stripe):
    """Paid, and nobody has looked yet."""
    booking = await opened(desk)
    await stripe.pay(booking)
    return booking


async def confirmed(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


async def completed(desk, stripe):
    begun = desk.clock.now() - timedelta(minutes=5)
    booking = await confirmed(desk, stripe, period=RentalPeriod(begun, begun + timedelta(days=2)))
    await desk.rental.hand_over(desk.actor, booking.id, READ)
    return await desk.rental.returned(desk.actor, booking.id, READ)


def state_only(state, **fields):
    """Nothing but the state is changed, and what goes with it."""
    return lambda _row: {"state": state, **fields}


def with_story(*states):
    """A whole story is told."""

    def change(row):
        began = row["created_at"]
        steps = [{"state": state, "at": began + timedelta(milliseconds=n), "by": "x"} for n, state in enumerate(states)]
        return {"state": states[-1], "history": steps}

    return change


def posted(world, booking, *kinds):
    rows = world.db.ledger.find({"booking_id": booking.id, "kind": {"$in": kinds}}).sort("_id", 1)
    return [row["amount"]["minor"] for row in rows]


def tampered(world, booking, change):
    """Its row after *change*, written past the program, and past the rules that the database keeps since."""
    after = {"$set": change(world.stored(booking))}
    world.db.bookings.update_one({"_id": booking.id}, after, bypass_document_validation=True)


async def found(desk, booking):
    """An engine met it, so it is listed."""
    with pytest.raises(NotBelieved):
        await desk.payment.carry_on(booking.id)
    assert [booking.id] == await listed(desk)


async def listed(desk):
    return [case.booking.id for case in (await desk.admin.manual_review.waiting(desk.actor)).rows]


async def doubted(desk, world, stripe, make, change):
    booking = await make(desk, stripe)
    tampered(world, booking, change)
    world.db.bookings.update_one({"_id": booking.id}, {"$set": {"due_at": desk.clock.now()}})
    return booking


async def differences(world, endpoints, desk):
    """What the comparison of all books says of it now."""
    root = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    try:
        now = desk.clock.now()
        day = timedelta(days=1)
        report = await Reconciler(desk.payment.gateway, MongoBooks(root, world.db.name), desk.clock).compare(
            now - day, now + day
        )
    finally:
        await root.close()
    return [(each.kind.value, each.detail) for each in report.differences]


def claims(world):
    return [claim["id"] for fence in world.db.fences.find() for claim in fence["claims"]]


def net(charges):
    return sum(each["net"] for each in charges)


#: From which honest booking on, the change of its row, and where it stands once its car was let go.
LET_GO = {
    "a hold that says it is paid": (held, state_only("confirmed"), "cancelled"),
    "an open page of a hold that says it is paid": (page_open, state_only("confirmed"), "cancelled"),
    "an open page, and no step for it": (page_open, with_story("held", "releasing", "held"), "released"),
    "held on a card, and said to be paid": (authorised, state_only("confirmed"), "cancelled"),
    "a release that nothing led to": (page_open, with_story("held", "confirmed", "releasing"), "released"),
    "money on its way that nobody saw": (
        page_open,
        lambda row: {**with_story("held", "awaiting_funds")(row), "priced": {"car_id": "car-1", "terms_n": 9}},
        "released",
    ),
}


@pytest.mark.parametrize("case", LET_GO)
async def test_its_car_is_let_go_and_nothing_of_it_can_be_paid_any_more(world, stripe, endpoints, case):
    make, change, after = LET_GO[case]
    async with world.desk("admin") as admin, world.desk() as clerk:
        booking = await doubted(admin, world, stripe, make, change)
        with pytest.raises(NotBelieved):
            await admin.payment.belief.judge(await admin.payment.store.booking(booking.id))
        assert [booking.id] == await listed(admin)
        assert [booking.id] == claims(world)

        done = await admin.admin.unbelieved.let_go(admin.actor, booking.id, WHY)

        assert after == done.state == world.stored(booking)["state"]
        assert [] == claims(world)
        assert [] == await listed(admin)
        assert all(page["status"] != "open" for page in await stripe.pages(booking))
        assert 0 == net(await stripe.charges(booking))
        assert all(each["voided"] for each in await stripe.charges(booking))
        assert await clerk.booking.hold(clerk.actor, wish(clerk, key="the next"))
        assert [] == await differences(world, endpoints, admin)
        assert 0 == await admin.sweeper.sweep()
    assert [WHY] == [row["note"] for row in world.db.settlements.find({"booking_id": booking.id})]
    (told,) = world.db.audit.find({"subject": f"booking:{booking.id}", "what": "booking.car_let_go"})
    assert ("admin", WHY) == (told["by"], told["after"]["said"])


async def test_what_was_taken_stays_taken_where_nothing_is_owed(world, stripe, endpoints):
    """Attack 1: a rental that is over wants its money back."""
    async with world.desk("admin") as admin:
        booking = await doubted(
            admin, world, stripe, completed, state_only("cancelled", **{"payments.0.refunds": [REFUND]})
        )
        await found(admin, booking)
        rows = list(world.db.ledger.find())

        done = await admin.admin.unbelieved.let_go(admin.actor, booking.id, WHY)

        assert (BookingState.CANCELLED, None) == (done.state, done.payment.refund)
        assert rows == list(world.db.ledger.find())
        assert [100_00] == [each["net"] for each in await stripe.charges(booking)]
        assert [] == await listed(admin)
        assert [] == await differences(world, endpoints, admin)


#: What makes a booking whose money was taken one that is not believed.
TAKEN = {
    "no rules of the firm": lambda _row: {"quote.commission_bp": 9_000},
    "no step for it": with_story("held", "completed", "confirmed"),
    "another payment": lambda row: {
        "payments.0.attempts.0.payment_intent": "pi_of_somebody_else",
        "payments.0.trouble": {
            "why": "doubted",
            "since": row["created_at"],
            "tries": 1,
            "again_at": None,
            "code": "payment",
        },
    },
    "another price": lambda _row: {
        "quote.lines.0.unit": 1,
        "quote.total": 2,
        "payments.0.attempts.0.amount.minor": 2,
    },
    "no payment": lambda _row: {"payments.0.attempts.0.payment_intent": "", "payments.0.attempts.0.captured_at": None},
    "a refund of its own making": lambda row: {
        **with_story("held", "refund_due")(row),
        "payments.0.refunds": [{**REFUND, "state": "failed"}],
    },
}


@pytest.mark.parametrize("case", TAKEN)
async def test_all_that_stripe_took_goes_back_once_and_the_books_agree(world, stripe, endpoints, case):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN[case])

        found_now = await admin.admin.unbelieved.case(admin.actor, booking.id)
        assert (FULL, ()) == (found_now.money.left, found_now.money.given_back)
        done = await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)
        again = await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert again.state == done.state == world.stored(booking)["state"]
        assert done.state in (BookingState.CANCELLED, BookingState.REFUNDED)
        assert (RefundState.DONE, FULL[0]) == (done.payment.refund.state, done.payment.refund.amount)
        assert [] == claims(world)
        assert [] == await listed(admin)
        assert [100_00] == [each["refunded"] for each in await stripe.charges(booking)]
        assert [100_00, -100_00] == posted(world, booking, "charge", "refund")
        for kind in ("owner_share", "platform_share"):
            assert 0 == sum(posted(world, booking, kind))
        assert [] == await differences(world, endpoints, admin)
        assert 0 == await admin.sweeper.sweep()
    (row,) = world.db.audit.find({"what": "booking.given_back"})
    assert {"reason": "suspect", "said": WHY}.items() <= row["after"].items()
    said = [step["reason"] for step in world.stored(booking)["history"] if step.get("reason")]
    assert {"usual": "suspect", "said": WHY} in said


async def test_what_a_half_refund_left_goes_back_to_the_cent(world, stripe, endpoints):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no step for it"])
        (charge,) = await stripe.charges(booking)
        asked = {"payment_intent": charge["payment_intent"], "amount": 33_33, "metadata[booking]": booking.id}
        (await stripe._http.post("/v1/refunds", data=asked)).raise_for_status()

        await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=(Money(66_67, "EUR"),))

        assert [100_00] == [each["refunded"] for each in await stripe.charges(booking)]
        assert sorted([100_00, -33_33, -66_67]) == sorted(posted(world, booking, "charge", "refund"))
        for kind in ("owner_share", "platform_share"):
            assert 0 == sum(posted(world, booking, kind))
        assert [] == await differences(world, endpoints, admin)


async def test_two_administrators_and_a_worker_at_once_give_it_back_once(world, stripe):
    async with world.desk("admin") as admin, world.desk("admin") as other, world.desk("worker") as worker:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])

        async def decide(desk):
            return await desk.admin.unbelieved.give_back(desk.actor, booking.id, WHY_BACK, shown=FULL)

        got = await asyncio.gather(
            *(decide(desk) for desk in (admin, other) * 2), worker.sweeper.sweep(), return_exceptions=True
        )
        for _ in range(3):
            if await listed(admin):
                await decide(admin)

        assert all(isinstance(each, Overtaken) for each in got if isinstance(each, BaseException)), got
        assert [] == await listed(admin)
        assert [100_00] == [each["refunded"] for each in await stripe.charges(booking)]
        assert [-100_00] == posted(world, booking, "refund")
        assert 1 == world.db.audit.count_documents({"what": "booking.given_back"})
        assert [] == claims(world)


async def test_one_lets_it_go_while_another_gives_back(world, stripe):
    """Either the car alone went, or the money too; never half of it, and never twice."""
    async with world.desk("admin") as admin, world.desk("admin") as other:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])

        got = await asyncio.gather(
            admin.admin.unbelieved.let_go(admin.actor, booking.id, WHY),
            other.admin.unbelieved.give_back(other.actor, booking.id, WHY_BACK, shown=FULL),
            return_exceptions=True,
        )

        assert all(isinstance(each, Overtaken) for each in got if isinstance(each, BaseException)), got
        assert [] == claims(world)
        refunded = [each["refunded"] for each in await stripe.charges(booking)]
        assert -refunded[0] == sum(posted(world, booking, "refund"))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop", "operation": "PostRefunds", "times": 9},
        {"kind": "lose", "operation": "PostRefunds", "times": 9},
        {"kind": "drop", "operation": "GetRefundsRefund", "times": 9},
    ],
)
async def test_ended_between_stripe_and_its_row_it_stays_listed_and_is_done_once_when_asked_again(
    world, stripe, endpoints, fault
):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])
        await stripe.fault(**fault)
        with pytest.raises(Unavailable):
            await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)
        await stripe.calm()
        assert [booking.id] == await listed(admin)
        assert [] == claims(world)

        await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert [] == await listed(admin)
        assert [100_00] == [each["refunded"] for each in await stripe.charges(booking)]
        assert [-100_00] == posted(world, booking, "refund")
        assert [] == await differences(world, endpoints, admin)


async def test_a_refund_that_a_bank_has_in_its_hands_stays_listed_until_it_is_done(world, stripe):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])
        await stripe.next_refund("pending")

        waits = await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert [] == posted(world, booking, "refund")
        assert [waits.id] == await listed(admin)
        refund = (await admin.payment.gateway.refunds(booking.payment.attempt.payment_intent))[0]
        path = f"/_control/refunds/{refund.refund_id}"
        (await stripe._http.post(path, json={"status": "succeeded"})).raise_for_status()
        await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=())
        assert [-100_00] == posted(world, booking, "refund")
        assert [] == await listed(admin)


async def test_a_refund_that_stripe_could_not_make_is_said_and_stays_listed(world, stripe):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])
        await stripe.next_refund("failed")

        with pytest.raises(RefundNotMade):
            await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert [booking.id] == await listed(admin)
        assert [] == posted(world, booking, "refund")


async def test_nothing_is_given_back_that_was_not_shown(world, stripe):
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, confirmed, TAKEN["no rules of the firm"])
        before = world.stored(booking)

        for shown in ((), (Money(99_99, "EUR"),), (Money(100_00, "USD"),)):
            with pytest.raises(Overtaken):
                await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=shown)
        for reason in ("", "   ", "x" * 401):
            with pytest.raises(InvalidText):
                await admin.admin.unbelieved.let_go(admin.actor, booking.id, reason)
            for why in (RefundReason(UsualReason.OTHER, reason), None, "the card is stolen"):
                with pytest.raises(InvalidText):
                    await admin.admin.unbelieved.give_back(admin.actor, booking.id, why, shown=FULL)

        assert before == world.stored(booking)
        assert [100_00] == [each["net"] for each in await stripe.charges(booking)]


async def test_only_what_is_not_believed_is_decided_on_so(world, stripe):
    async with world.desk("admin") as admin:
        booking = await confirmed(admin, stripe)
        # What its row says of itself is no reason.
        told = {"why": "doubted", "since": booking.created_at, "tries": 1, "again_at": None, "code": "history"}
        world.db.bookings.update_one(
            {"_id": booking.id}, {"$set": {"payments.0.trouble": told, "person_at": booking.created_at}}
        )

        with pytest.raises(MoveRefused):
            await admin.admin.unbelieved.let_go(admin.actor, booking.id, WHY)
        with pytest.raises(MoveRefused):
            await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert [booking.id] == claims(world)


async def test_only_an_administrator_may(world, stripe):
    async with world.desk("worker") as worker, world.desk() as clerk:
        booking = await doubted(clerk, world, stripe, confirmed, TAKEN["no rules of the firm"])
        for desk in (worker, clerk):
            with pytest.raises(Forbidden):
                await desk.admin.unbelieved.case(desk.actor, booking.id)
            with pytest.raises(Forbidden):
                await desk.admin.unbelieved.let_go(desk.actor, booking.id, WHY)
            with pytest.raises(Forbidden):
                await desk.admin.unbelieved.give_back(desk.actor, booking.id, WHY_BACK, shown=FULL)
    assert [booking.id] == claims(world)


async def test_without_a_stripe_key_nothing_is_decided(world, keyless, stripe):
    async with world.desk("admin") as admin, keyless.desk("admin") as away:
        booking = await doubted(admin, world, stripe, page_open, state_only("confirmed"))
        with pytest.raises(Forbidden):
            await away.admin.unbelieved.let_go(away.actor, booking.id, WHY)
    assert [booking.id] == claims(world)


async def test_a_payment_that_only_stripe_knows_of_is_found_by_its_tags(world, stripe):
    """However long ago it was made: not only the pages of the last day are looked at."""
    async with world.desk("admin") as admin:
        booking = await doubted(admin, world, stripe, page_open, state_only("confirmed"))
        paid_at = int((admin.clock.now() - timedelta(days=90)).timestamp())
        known = {"session": "cs_old", "payment_intent": "pi_old", "charge": "ch_old", "amount": 100_00}
        past = [{**known, "booking": booking.id, "currency": "eur", "paid_at": paid_at}]
        (await stripe._http.post("/_control/past", json=past)).raise_for_status()

        case = await admin.admin.unbelieved.case(admin.actor, booking.id)

        assert ["pi_old"] == [each.intent.payment_intent for each in case.money.payments]


async def test_somebody_elses_payment_is_never_given_back(world, stripe):
    async with world.desk("admin") as admin:
        other = await confirmed(admin, stripe)
        mine = await opened(admin, car="car-2", key="mine")
        tampered(
            world, mine, lambda _row: {"payments.0.attempts.0.payment_intent": other.payment.attempt.payment_intent}
        )

        case = await admin.admin.unbelieved.case(admin.actor, mine.id)
        with pytest.raises(MoveRefused):
            await admin.admin.unbelieved.give_back(admin.actor, mine.id, WHY_BACK, shown=FULL)

        assert () == case.money.payments
        assert [100_00] == [each["net"] for each in await stripe.charges(other)]


#: What makes a row one that cannot be read.
TORN = {
    "no history": {"history": []},
    "a state of a newer desk": {"state": "towed", "starts_at": "soon"},
    "no attempts, no price": {"payments": [], "quote": {}},
    "ends before it starts": {"ends_at": datetime(2020, 1, 1, tzinfo=UTC)},
}


@pytest.mark.parametrize("case", TORN)
async def test_a_row_that_cannot_be_read_is_a_case_with_the_same_ways_out(world, stripe, endpoints, case):
    async with world.desk("admin") as admin:
        booking = await confirmed(admin, stripe)
        assert [] == await listed(admin)
        world.db.bookings.update_one({"_id": booking.id}, {"$set": TORN[case]}, bypass_document_validation=True)
        await admin.sweeper.sweep()
        ((told,), total) = await _cases(admin)
        assert (f"damaged: {booking.id}", 1) == (told.line, total)

        found_now = await admin.admin.unbelieved.case(admin.actor, booking.id)
        assert (FULL, ["car-1"]) == (found_now.money.left, [car.car_id for car in found_now.stored.cars])
        done = await admin.admin.unbelieved.give_back(admin.actor, booking.id, WHY_BACK, shown=FULL)

        assert not done.blocking
        assert [] == claims(world)
        assert ((), 0) == await _cases(admin)
        assert [100_00] == [each["refunded"] for each in await stripe.charges(booking)]
        assert [100_00, -100_00] == posted(world, booking, "charge", "refund")
        assert [] == await differences(world, endpoints, admin)
        assert WHY == world.db.settlements.find_one({"booking_id": booking.id})["note"]


async def test_one_whose_step_is_due_is_noted_before_the_walk_over_all_comes_to_it(world, stripe, monkeypatch):
    monkeypatch.setattr("engine.services.booking.sweeper._SLICES", 0)
    async with world.desk("admin") as admin:
        booking = await page_open(admin, stripe)
        torn = {"$set": {"history": [], "due_at": admin.clock.now()}}
        world.db.bookings.update_one({"_id": booking.id}, torn, bypass_document_validation=True)

        await admin.sweeper.sweep()

        assert [f"damaged: {booking.id}"] == [row.line for row in (await _cases(admin))[0]]


async def test_a_note_counts_only_while_its_row_is_damaged(world, stripe):
    async with world.desk("admin") as admin, world.desk() as clerk:
        booking = await confirmed(clerk, stripe)
        now = admin.clock.now()
        for named in (booking.id, "nobody's"):
            await clerk.payment.store.note_damaged(named, "of no reason", now)
            await clerk.payment.store.note_damaged(named, "twice", now)

        assert ((), 0) == await _cases(admin)
        with pytest.raises(MoveRefused):
            await admin.admin.unbelieved.let_go(admin.actor, booking.id, WHY)


async def _cases(desk):
    found_now = await desk.admin.manual_review.waiting(desk.actor)
    return found_now.rows, found_now.total
