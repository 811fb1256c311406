"""The head office without a window: what it finds, what it hears, and how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from builders import DATABASE, MISTAKE, PASSWORD, days
from demo_folder import copied
from payments import CARD, let_go, opened, run_out, stripe_of
from plain_http import PLAIN
from refusing import refused
from within import WITHIN_S

from engine.adapters.mongo.schema.migrations import LATEST
from engine.bootstrap import demo_accounts, open_deployment, open_engine
from engine.commands import worker
from engine.commands.parts import in_words
from engine.commands.worker import Orders
from engine.config import Secret, Settings, kept_password, load
from engine.domain.booking.states import BookingState
from engine.domain.car.catalogue import CarWish
from engine.domain.health.rounds import Rounds
from engine.domain.people.people import Role
from engine.domain.shared.errors import (
    AccountDisabled,
    DatabaseTooOld,
    Forbidden,
    Misconfigured,
    ProgramTooOld,
    SignInRefused,
    Unavailable,
)
from engine.services.booking.booking import HoldCar
from engine.services.payment.missed_payments import MissedPayments

pytestmark = pytest.mark.asyncio
ORDERS = Orders("worker", Secret(PASSWORD))


@asynccontextmanager
async def working(deployment, orders=ORDERS):
    task = asyncio.create_task(worker.work(deployment, orders))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(world, booking, state, task):
    """Wait for MongoDB's word on the change. The loop cannot end before its threads do, so they have a limit too."""
    deadline = time.monotonic() + 60

    def watch():
        with world.db.bookings.watch([{"$match": {"documentKey._id": booking.id}}], max_await_time_ms=100) as changes:
            while (now := world.stored(booking)["state"]) != state:
                changes.try_next()
                assert not task.done(), task.exception()
                assert time.monotonic() < deadline, f"still {now}"

    await asyncio.to_thread(watch)


def missed_payments_of(desk):
    return MissedPayments(desk.payment.store, desk.payment.gateway, desk.payment, desk.clock)


async def test_monitoring_hears_that_a_worker_is_at_work_and_what_it_did(world):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    orders = replace(ORDERS, monitor=("127.0.0.1", port))

    async with (
        working(world.deployment, orders) as task,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", **PLAIN) as http,
        asyncio.timeout(WITHIN_S),
    ):
        while not await asks(http, "/ready"):
            assert not task.done(), task.exception()
            await asyncio.sleep(0.05)
        told = (await http.get("/metrics")).text

    assert 'drivesphere_round_done_total{round="sweep"} 1' in told


async def asks(http, path):
    with suppress(httpx.ConnectError):
        return (await http.get(path)).status_code == 200
    return False


# Looking back: what nobody heard of.


def set_free(world, booking):
    """As if another engine had released it; the page stays payable, which is what must not be, and might."""
    let_go(world, booking)
    world.db.fences.update_one({"_id": booking.car_id}, {"$pull": {"claims": {"id": booking.id}}})


async def test_row_14_a_payment_nobody_heard_of_is_found(world, stripe):
    async with world.desk() as desk:
        late, dead = await opened(desk), await opened(desk, car="car-2", key="k2")
        unpaid = await opened(desk, first=10, last=12, key="k3")
    for booking in (late, dead):
        await stripe.pay(booking)
    set_free(world, late)

    async with world.desk("worker") as office:
        missed = missed_payments_of(office)
        rounds = [await missed.look(), await missed.look()]

    assert [2, 0] == rounds
    assert ["confirmed", "confirmed", "held"] == [world.stored(each)["state"] for each in (late, dead, unpaid)]
    claims = world.db.fences.find_one({"_id": "car-1"})["claims"]
    assert {late.id, unpaid.id} == {claim["id"] for claim in claims}


async def test_row_14_found_after_the_car_was_sold_again_the_money_goes_back(world, stripe):
    async with world.desk() as desk, world.desk("clerk2") as other:
        late = await opened(desk)
        await stripe.pay(late)
        set_free(world, late)
        await opened(other, key="k2")

    async with world.desk("worker") as office:
        assert 1 == await missed_payments_of(office).look()

    assert "refunded" == world.stored(late)["state"]
    assert [True] == [charge["voided"] for charge in await stripe.charges(late)]


async def test_a_page_of_no_booking_is_told_once_and_holds_up_nothing(world, stripe):
    async with world.desk() as desk:
        lost, found = await opened(desk), await opened(desk, car="car-2", key="k2")
    for booking in (lost, found):
        await stripe.pay(booking)
    world.db.bookings.delete_one({"_id": lost.id})

    async with world.desk("worker") as office:
        rounds = [await missed_payments_of(office).look() for _ in range(2)]

    assert [1, 0] == rounds
    assert "confirmed" == world.stored(found)["state"]


async def test_what_was_seen_to_be_settled_is_not_read_again(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        await desk.payment.settle(desk.actor, booking.id)
    async with world.desk("worker") as office:
        missed = missed_payments_of(office)
        await missed.look()
        world.db.bookings.delete_one({"_id": booking.id})

        assert 0 == await missed.look()
        assert len(missed._known) >= 1


async def test_a_round_in_which_one_payment_got_no_answer_settles_the_others_and_says_so(world, stripe):
    async with world.desk() as desk:
        first, second = await opened(desk), await opened(desk, car="car-2", key="k2")
    for booking in (first, second):
        await stripe.pay(booking)

    async with world.desk("worker") as office:
        missed = missed_payments_of(office)
        # As often as the driver tries: of the page that is looked at first nothing is told.
        await stripe.fault(kind="fail", status=503, times=3, operation="GetCheckoutSessionsSession")
        with pytest.raises(Unavailable):
            await missed.look()
        once = sorted(world.stored(each)["state"] for each in (first, second))
        await stripe.calm()
        again = await missed.look()

    assert ["confirmed", "held"] == once
    assert 1 == again
    assert ["confirmed", "confirmed"] == [world.stored(each)["state"] for each in (first, second)]


async def test_with_stripe_down_looking_back_says_so(world, stripe):
    async with world.desk("worker") as office:
        await stripe.fault(kind="fail", status=503, times=100)

        with pytest.raises(Unavailable):
            await missed_payments_of(office).look()


# At work, in this process.


async def test_it_goes_on_for_desks_that_are_gone(world, stripe):
    async with world.desk() as desk:
        paid, unpaid = await opened(desk), await opened(desk, car="car-2", key="k2")
    await stripe.pay(paid)
    run_out(world, paid)
    run_out(world, unpaid)

    async with working(world.deployment) as task:
        await until(world, unpaid, "released", task)
        await until(world, paid, "confirmed", task)


async def test_it_has_the_sandbox_post_to_it_and_signs_off_again(world, stripe):
    async with world.desk() as desk, working(world.deployment, replace(ORDERS, webhook=("127.0.0.1", 0))) as task:
        async with asyncio.timeout(60):
            while not (hooks := await hooks_of(stripe)):
                assert not task.done(), task.exception()
        # Past the first round of looking back and sweeping, only a webhook brings news within the minute.
        early = await opened(desk, car="car-2", key="k2")
        await stripe.pay(early)
        await until(world, early, "confirmed", task)
        booking = await opened(desk)
        await stripe.pay(booking)
        await until(world, booking, "confirmed", task)

    assert [re.fullmatch(r"http://127\.0\.0\.1:\d+/stripe", url)[0] for url in hooks] == hooks
    assert [] == await hooks_of(stripe)


async def hooks_of(stripe):
    return (await stripe._http.get("/_control/webhooks")).json()["urls"]


async def test_B12_an_account_that_is_taken_away_ends_the_work(world, root, stripe, monkeypatch):
    monkeypatch.setattr(worker, "_SWEEP_EVERY", timedelta(milliseconds=50))
    async with world.desk() as desk:
        booking = await opened(desk)
    app = root[DATABASE]
    try:
        async with working(world.deployment) as task:
            run_out(world, booking)
            await until(world, booking, "released", task)
            await asyncio.to_thread(app.command, "revokeRolesFromUser", "worker", roles=["ds_worker"])
            async with asyncio.timeout(60):
                await asyncio.wait({task})
        with pytest.raises((Forbidden, AccountDisabled)):
            task.result()
    finally:
        app.command("grantRolesToUser", "worker", roles=["ds_worker"])


@pytest.mark.parametrize("told", [{"version": LATEST + 1}, {"to": LATEST + 1}])
async def test_a_worker_at_work_ends_when_the_database_goes_on_to_a_later_release(world, stripe, monkeypatch, told):
    monkeypatch.setattr(worker, "_LOOK_AT_SCHEMA_EVERY", timedelta(milliseconds=50))
    async with world.desk() as desk:
        booking = await opened(desk)
    run_out(world, booking)
    try:
        async with working(world.deployment) as task:
            await until(world, booking, "released", task)
            world.db.deployment.update_one({"_id": "schema"}, {"$set": told})
            async with asyncio.timeout(60):
                await asyncio.wait({task})

        with refused(ProgramTooOld, match="install the release"):
            task.result()
    finally:
        world.db.deployment.update_one({"_id": "schema"}, {"$set": {"version": LATEST}, "$unset": {"to": ""}})


async def test_a_problem_that_only_another_release_mends_has_a_status_of_its_own(capsys):
    statuses = []
    for problem in (ProgramTooOld(9, 8), DatabaseTooOld(8, 9), Unavailable("stripe")):
        with pytest.raises(SystemExit) as ended, in_words():
            raise problem
        statuses.append(ended.value.code)

    assert [4, 2, 2] == statuses
    assert "install the release that the firm uses now" in capsys.readouterr().err


async def test_a_driver_that_loses_the_cancellation_does_not_keep_it_at_work():
    asked = asyncio.Event()

    async def lose_it():
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    task = asyncio.create_task(worker._every(Rounds(), timedelta(days=1), "round", lose_it))
    await asked.wait()
    task.cancel()

    done, _ = await asyncio.wait({task}, timeout=WITHIN_S)

    assert {task} == done


@pytest.mark.parametrize(
    ("deployment", "orders", "expected"),
    [
        ({}, {"account": "owner"}, Forbidden),
        ({}, {"password": Secret("wrong")}, SignInRefused),
        ({"stripe_key": Secret()}, {}, Misconfigured),
        ({"stripe_url": ""}, {"webhook": ("127.0.0.1", 0)}, Misconfigured),
        ({}, {"webhook": ("192.0.2.1", 1)}, Misconfigured),
    ],
)
async def test_what_cannot_work_ends_at_once_with_its_reason(world, deployment, orders, expected):
    with pytest.raises(expected):
        await worker.work(replace(world.deployment, **deployment), replace(ORDERS, **orders))


# The program.


class Program:
    """``drivesphere worker`` as a process."""

    def __init__(self, *arguments, **environment):
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "engine.cli", "worker", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            env=environment or None,
        )  # fmt: skip
        self.said = []

    def hear(self, *words):
        """The next line with all these words."""
        for line in self.process.stderr:
            self.said.append(line)
            if all(word in line for word in words):
                return line
        raise AssertionError(f"the worker ended without saying {words}:\n{''.join(self.said)}")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, "".join(self.said) + err


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def firm(demo_made, tmp_path_factory):
    """A folder with the demo firm, and a clerk's desk on it."""
    settings = Settings(copied(demo_made, tmp_path_factory.mktemp("firm") / "data"))
    clerk = next(each for each in demo_accounts() if each.role is Role.CLIENT)
    async with (
        open_deployment(settings) as deployment,
        open_engine(deployment, clerk.account, clerk.password, background=False) as desk,
    ):
        yield settings.data_dir, desk


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_the_program_hears_stripe_on_the_folders_servers_and_ends_on_a_signal(firm):
    folder, desk = firm
    program = Program("--data", str(folder), "--webhook", "0")
    try:
        await asyncio.to_thread(program.hear, "worker.hears_stripe", "http://127.0.0.1:")
        booking = await booked(desk)
        async with httpx.AsyncClient(**PLAIN) as http:
            await http.post(booking.payment.attempt.url, data=CARD)
        await asyncio.to_thread(program.hear, "webhook.heard", booking.id, "confirmed")
    finally:
        code, out, err = await asyncio.to_thread(program.end)

    assert (0, "") == (code, out)
    assert "worker.ended" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert BookingState.CONFIRMED == (await desk.payment.store.booking(booking.id)).state


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.usefixtures("signals_heeded")
async def test_the_program_ends_on_ctrl_c(firm):
    program = Program("--data", str(firm[0]), "--account", "admin")
    await asyncio.to_thread(program.hear, "worker.at_work")

    code, _, err = await asyncio.to_thread(program.end, signal.SIGINT)

    assert 0 == code
    assert "Traceback" not in err


async def booked(desk):
    """A booking of some free car of the demo, with its page open."""
    period = days(desk, 40, 42)
    offer = (await desk.catalogue.search(desk.actor, CarWish(desk.actor.branch_id, period))).offers[0]
    renter = (await desk.payment.store.renters("m", 1))[0]
    held = await desk.booking.hold(desk.actor, HoldCar("key", offer.car.id, period, renter.id, offer.quote.total))
    return await desk.payment.settle(desk.actor, held.id)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DRIVESPHERE_PASSWORD": "mistyped"}, "password"),
        ({}, "Password of worker"),
        ({"DRIVESPHERE_STRIPE_WEBHOOK_SECRET": "sk_test_mistaken"}, "whsec_"),
    ],
)
async def test_the_program_says_in_words_what_is_wrong(world, tmp_path, environment, sentence):
    deployment = {
        "DRIVESPHERE_MONGO_URL": world.deployment.mongo_url,
        "DRIVESPHERE_REDIS_URL": world.deployment.redis_url.reveal(),
        "DRIVESPHERE_DATABASE": DATABASE,
        "DRIVESPHERE_CONFIG": os.devnull,
        "STRIPE_API_KEY": "sk_test_abcdefgh1234",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    program = Program("--data", str(tmp_path), **deployment, **environment)

    _, err = program.process.communicate(timeout=60)

    assert program.process.returncode in (1, 2)
    assert sentence in err
    assert "Traceback" not in err
    assert "mistaken" not in err
    assert "mistyped" not in err


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1"])
async def test_an_address_that_is_none_is_refused(tmp_path, address):
    program = Program("--data", str(tmp_path), "--webhook", address)

    _, err = program.process.communicate(timeout=60)

    assert 2 == program.process.returncode
    assert "HOST:PORT" in err


async def test_the_settings_keep_the_webhook_secret_to_themselves(tmp_path):
    environ = {"DRIVESPHERE_CONFIG": os.devnull, "DRIVESPHERE_STRIPE_WEBHOOK_SECRET": "whsec_abc"}

    settings = load(tmp_path, environ, tmp_path)

    assert "whsec_abc" == settings.stripe_webhook_secret.reveal()
    assert "whsec_abc" not in repr(settings)
    assert "x y" == kept_password("worker", {"DRIVESPHERE_PASSWORD": "x y"}).reveal()


# A firm as it should be: desks with a restricted key, the head office with the full one.


@pytest.fixture
def two_keys(tmp_path):
    """A sandbox of the test's own: its address, the office's key, a desk's key."""
    office, desk = "sk_test_" + "0ffice" * 3, "rk_test_" + "d3sk" * 4
    key_file = tmp_path / "keys"
    key_file.write_text(f"{office}\n{desk}\n")
    command = [sys.executable, "-P", "-m", "engine.sandbox", "--state", str(tmp_path / "state"), "--key-file"]
    process = subprocess.Popen([*command, str(key_file)], stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    yield process.stdout.readline().removeprefix("ready ").strip(), Secret(office), Secret(desk)
    process.terminate()
    process.communicate(timeout=60)


async def test_desks_with_a_restricted_key_book_and_the_office_moves_the_money(world, two_keys):
    url, office_key, desk_key = two_keys
    shop = replace(world, deployment=replace(world.deployment, stripe_url=url, stripe_key=desk_key))
    office = replace(world, deployment=replace(world.deployment, stripe_url=url, stripe_key=office_key))
    async with shop.desk() as desk, httpx.AsyncClient(**PLAIN) as http:
        paid, back, lapsed = [
            await opened(desk, first=first, last=first + 2, key=f"k{first}") for first in (10, 20, 30)
        ]
        for booking in (paid, back):
            await http.post(booking.payment.attempt.url, data=CARD)
            assert BookingState.CONFIRMED == (await desk.payment.settle(desk.actor, booking.id)).state
        quote = await desk.rental.quote_refund(desk.actor, back.id)
        await desk.rental.cancel(desk.actor, back.id, quote.given_back, MISTAKE)
        run_out(world, lapsed)
        assert BookingState.RELEASED == (await desk.payment.settle(desk.actor, lapsed.id)).state
        assert 0 == world.db.ledger.count_documents({})

    async with office.desk("worker") as head:
        assert 2 == await head.sweeper.sweep()

    async with stripe_of(office) as stripe:
        (kept,) = await stripe.charges(paid)
        (voided,) = await stripe.charges(back)
    assert (100_00, False) == (kept["captured"], kept["voided"])
    assert (0, True) == (voided["captured"], voided["voided"])
    assert {paid.id} == set(world.db.ledger.distinct("booking_id"))
    assert 0 == world.db.bookings.count_documents({"due_at": {"$exists": True}})
