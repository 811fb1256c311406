"""From the sign-in screen to a paid booking, by keyboard, in the real window and a real browser."""

from __future__ import annotations

import asyncio

import httpx
import pymongo
import pytest
from chromium import chromium
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from within import WITHIN_S

from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.frame.question_box import QuestionBox
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import RefundState
from engine.embedded.servers import open_servers

DECLINED, GOOD = "4000 0000 0000 0002", "4242 4242 4242 4242"


async def _sign_in_and_find(person):
    await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
    person.type("1")
    await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_IN)
    person.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    search = person.desk.search
    await person.until(lambda: search.state.phase is Phase.READY and search.state.first.total > 0)
    # Skeleton that came up are given their time, also when the answer is there.
    await person.until(lambda: person.window.workspace.client.search.results.model.row_at(0) is not None)
    await person.until(lambda: isinstance(person.window.focusWidget(), CardGrid))
    cards = person.window.workspace.client.search.results.model
    await person.until(lambda: cards.row_at(1) is not None)


async def _book(person):
    panel = person.desk.panel
    await _live(person)
    person.press(Qt.Key.Key_J)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: person.window.focusWidget() is person.window.workspace.client.car.main)
    await _live(person)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: panel.state.offer is not None and panel.state.stage is PanelStage.RENTER)
    person.type("mar")
    await person.until(lambda: panel.state.found.rows)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: panel.state.renter is not None)
    await _live(person)
    person.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await person.until(lambda: panel.state.checkout_ready)
    return panel


async def _live(person):
    """On a busy machine servers answer too late now and then, and nothing is booked until they do again."""
    await person.until(lambda: person.desk.connection.state.problem is None)


async def _pay(page, card):
    for selector, text in {
        "#email": "ada@example.org",
        "#number": card,
        "#expiry": "12/34",
        "#cvc": "123",
        "#name": "Ada",
    }.items():
        await page.type_into(selector, text)
    await page.press_enter()


async def _rows(person, booking):
    """The booking and its ledger as the database has them, past all of our code."""
    async with open_servers(person.program._settings.data_dir) as servers:
        client = pymongo.AsyncMongoClient(servers.mongo_url, username=servers.root_name, password=servers.root_password)
        try:
            row = await client.drivesphere.bookings.find_one({"_id": booking.id})
            ledger = await client.drivesphere.ledger.find({"booking_id": booking.id}).to_list()
        finally:
            await client.close()
    return row, ledger


@pytest.mark.parametrize("cards", [[GOOD], [DECLINED, GOOD]], ids=["paid", "declined-then-paid"])
def test_a_car_is_found_booked_paid_and_cancelled(at_the_counter, tmp_path, cards):
    async def story(person):
        await _sign_in_and_find(person)
        panel = await _book(person)
        await person.until(lambda: "Pay in browser" in getattr(person.window.focusWidget(), "text", str)())
        person.press(Qt.Key.Key_Return)
        address = await asyncio.wait_for(person.pages.get(), WITHIN_S)
        async with chromium(tmp_path / "profile") as page:
            await page.open(address)
            for card in cards:
                await _pay(page, card)
                if card == DECLINED:
                    assert "declined" in await page.wait_for("document.querySelector('[role=alert]')?.textContent")
            await page.wait_for("location.pathname.endsWith('/paid')")
            assert "You can close this window." in await page.wait_for("document.querySelector('main')?.textContent")
        await person.until(lambda: panel.state.stage is PanelStage.CONFIRMED)
        await person.until(lambda: "Confirmed" in _shown(person))

        booking = panel.state.booking
        await person.until(lambda: booking.car_id not in _offered(person))
        await person.until(lambda: not panel.state.booking.money_waits)
        row, ledger = await _rows(person, booking)
        assert "confirmed" == row["state"]
        assert {"charge", "owner_share", "platform_share"} == {each["kind"] for each in ledger}
        assert 3 == len(ledger)
        assert booking.price.minor == next(each["amount"]["minor"] for each in ledger if each["kind"] == "charge")
        await _cancel(person, panel)

    at_the_counter(story)


def test_closed_in_the_browser_step_and_paid_meanwhile_it_is_confirmed_when_the_program_opens_again(at_the_counter):
    left = []

    async def book_and_leave(person):
        await _sign_in_and_find(person)
        panel = await _book(person)
        left.append(panel.state.booking)

    async def come_back(person):
        card = {"email": "a@example.org", "number": GOOD, "expiry": "12/34", "cvc": "123", "name": "Ada"}
        await asyncio.to_thread(httpx.post, left[0].payment.attempt.url, data=card, trust_env=False)
        await _sign_in_and_find(person)
        person.window.workspace.go("bookings")
        rows = person.window.workspace.client.bookings.model
        await person.until(lambda: rows.row_at(0) and rows.row_at(0).booking.id == left[0].id)
        await person.until(lambda: rows.row_at(0).booking.state is BookingState.CONFIRMED)
        # The place is kept first; the money is taken, and posted, in the next step.
        await person.until(lambda: not rows.row_at(0).booking.money_waits)

        _, ledger = await _rows(person, left[0])
        assert 3 == len(ledger)

    at_the_counter(book_and_leave, come_back)


def _offered(person):
    """The cars that the search behind the panel shows as free."""
    first = person.desk.search.state.first
    return [offer.car.id for offer in first.offers] if first else [person.desk.panel.state.booking.car_id]


async def _cancel(person, panel):
    """Half of it goes back by the usual rules, and only after a yes to the amount."""
    price = panel.state.booking.price
    person.window.workspace.client.panel.aftercare.cancel.click()
    await person.until(lambda: person.window.findChildren(QuestionBox))
    box = person.window.findChildren(QuestionBox)[0]
    yes = next(each for each in (box.yes, box.no) if each.text().startswith("Cancel and refund"))
    assert f"{price.minor // 200}.{price.minor // 2 % 100:02}" in yes.text()
    box.usual.setCurrentIndex(0)
    yes.click()
    await person.until(lambda: panel.state.stage is PanelStage.OVER)
    # The change itself may be heard of before what Stripe says of the refund.
    await person.until(lambda: panel.state.booking.payment.refund.state is RefundState.DONE)

    row, ledger = await _rows(person, panel.state.booking)
    assert ("cancelled", "done") == (row["state"], row["payments"][0]["refunds"][0]["state"])
    assert [-price.minor // 2] == [each["amount"]["minor"] for each in ledger if each["kind"] == "refund"]


def _shown(person):
    """All words on the window now."""
    return " ".join(label.text() for label in person.window.findChildren(QLabel) if label.isVisible())
