"""The whole window by keyboard, on a real engine and real servers."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import RENTER, make_car, wish
from payments import stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from engine.domain.car.body_type import BodyType

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def counter(qapp, world, tmp_path):
    """A person at the counter; the window is closed again whatever happens."""

    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def pay(person, world, booking):
    """In the engine's loop, as a payer's browser would from anywhere."""

    async def as_payer():
        async with stripe_of(world) as stripe:
            assert 303 == (await stripe.pay(booking)).status_code

    await person.program.bridge.call(as_payer)


async def test_a_car_is_booked_and_paid_without_a_mouse(counter, world):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_J)
        person.press(Qt.Key.Key_Return)
        assert person.view.client.car.main.hasFocus()
        person.press(Qt.Key.Key_Return)
        panel = person.desk.panel
        await person.until(person.view.client.panel.renters.field.hasFocus)
        person.type("ada")
        await person.until(lambda: panel.state.found.rows == (RENTER,))
        person.press(Qt.Key.Key_Return)
        person.press(Qt.Key.Key_Return, CTRL)
        await person.until(lambda: panel.state.checkout_ready)
        assert "1 hold" == person.view.status.holds.text()
        await person.until(person.view.client.panel.main.hasFocus)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.opened)
        assert [panel.state.booking.payment.attempt.url] == person.opened
        await pay(person, world, panel.state.booking)
        await person.until(lambda: panel.state.stage is PanelStage.CONFIRMED)

        assert "Paid 100.00 EUR." == person.view.client.panel.status.sentence.text()
        assert 1 == world.blocking(panel.state.booking.car_id)
        person.press(Qt.Key.Key_Escape)
        person.press(Qt.Key.Key_2, CTRL)
        table = person.view.client.bookings.model
        await person.until(lambda: table.rowCount() == 1 and table.index(0, 4).data() == "Confirmed")
        assert not person.view.status.holds.isVisible()


async def test_a_new_renter_is_added_by_keyboard(counter, world):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_B)
        await person.until(person.view.client.panel.renters.field.hasFocus)
        person.type("Bea Ortiz")
        person.press(Qt.Key.Key_Return)
        panel = person.desk.panel
        await person.until(lambda: "Nobody found" in person.view.client.panel.renters.word.text())
        person.press(Qt.Key.Key_Return)
        person.type("bea")
        person.press(Qt.Key.Key_Return)
        mistakes = person.view.client.panel.renters.form.mistakes
        await person.until(mistakes["email"].isVisible)
        person.type("@example.org")
        person.press(Qt.Key.Key_Tab)
        person.type("030 90 18 21")
        person.press(Qt.Key.Key_Tab)
        person.type("B072RRE2I55")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.renter is not None)

        assert "bea@example.org" == world.db.renters.find_one({"name": "Bea Ortiz"})["email"]
        assert person.view.client.panel.main.hasFocus()


async def test_X1_a_car_taken_meanwhile_says_so_and_leads_to_similar_ones(counter, world):
    world.add_cars(make_car(9, body=BodyType.VAN))
    async with counter() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_B)
        panel = person.desk.panel
        await person.until(person.view.client.panel.renters.field.hasFocus)
        panel.choose(RENTER)
        taken = panel.state.offer.car

        async def elsewhere():
            async with world.desk("clerk2") as other:
                first = wish(other, car=taken.id)
                await other.booking.hold(other.actor, replace(first, period=panel.state.period))

        await person.program.bridge.call(elsewhere)
        person.press(Qt.Key.Key_Return, CTRL)
        await person.until(lambda: panel.state.problem is not None)
        assert person.view.client.panel.banner.text.startswith("This car was just taken until ")
        person.view.client.panel.banner.acted.emit()
        await person.until(lambda: person.desk.search.state.form.bodies == {taken.body})
        await person.find()

        offers = person.desk.search.state.first.offers
        assert taken.id not in {offer.car.id for offer in offers}
        assert {taken.body} == {offer.car.body for offer in offers}
        assert 1 == world.blocking(taken.id)


async def test_slash_leads_to_the_form_and_letters_do_not_leave_it(counter):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_Slash)
        assert person.view.client.search.form.pick_up.edit.hasFocus()
        person.press(Qt.Key.Key_Backtab)
        assert person.view.client.search.form.branch.hasFocus()
        person.type("Lis")
        await person.until(lambda: person.desk.search.state.form.branch_id == "br-lisbon")
        await person.until(lambda: person.desk.search.state.phase is Phase.READY)

        assert "No car is free for these days" == person.view.client.search.results.content.empty.title.text()


@pytest.mark.parametrize(
    ("out", "back", "days"),
    [("n", "+3", 3), ("+1", "+7", 7)],
    ids=["now, 3 days", "tomorrow, a week"],
)
async def test_a_walk_in_costs_six_keys_at_the_most(counter, out, back, days):
    """From the cards: the slash, the pick-up, on, the length, Enter."""
    async with counter() as person:
        await person.sign_in()
        await person.find()
        keys = 0

        def press(key):
            nonlocal keys
            keys += 1
            person.press(key)

        press(Qt.Key.Key_Slash)
        person.type(out)
        press(Qt.Key.Key_Tab)
        person.type(back)
        press(Qt.Key.Key_Return)
        keys += len(out) + len(back)
        form = person.view.client.search.form
        await person.until(lambda: person.desk.search.state.form.drop_off == form.drop_off.moment())
        await person.until(lambda: person.desk.search.state.phase is Phase.READY)

        wish, now = person.desk.search.state.wish, person.desk.now()
        assert timedelta(days=days) == wish.period.ends_at - wish.period.starts_at
        assert abs(wish.period.starts_at - now) < timedelta(minutes=5) or out != "n"
        assert keys <= 6 + (out != "n")


async def test_last_search_is_there_again_after_signing_in_anew(counter):
    async with counter() as person:
        await person.sign_in()
        await person.find()
        person.press(Qt.Key.Key_Slash)
        person.press(Qt.Key.Key_Backtab)
        person.type("Lis")
        await person.until(lambda: person.desk.search.state.form.branch_id == "br-lisbon")
        person.press(Qt.Key.Key_Q, CTRL | Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: person.view is None)
        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
        person.window.sign_in.form.account.clear()
        person.window.sign_in.form.account.setFocus()
        await person.sign_in()
        await person.find()

        assert "br-lisbon" == person.desk.search.state.form.branch_id


async def test_a_role_without_views_is_told_so(counter):
    async with counter() as person:
        await person.sign_in("worker")

        assert not person.view.client
        assert "" == person.view.rail.selected
        person.press(Qt.Key.Key_Q, CTRL | Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: person.view is None)
