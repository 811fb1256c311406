"""A walk-in typed in one line, in the real window on a real engine: read, chosen, refused, booked and paid."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import BERLIN, RENTER, make_car, wish
from gestures import asked
from person import person_at
from PySide6.QtCore import Qt

from desktop.theme.theme import Scheme
from desktop.viewmodels.booking.panel_state import PanelStage
from desktop.viewmodels.phases import Phase
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.car.body_type import BodyType
from engine.domain.counter.chips import ChipState
from engine.domain.money.money import Money
from engine.domain.money.tender import Tender
from engine.domain.people.people import RenterId

_ALT = Qt.KeyboardModifier.AltModifier
_OTHER = replace(RENTER, id=RenterId("renter-2"), name="Adam Moreau", email="adam@example.org", phone="+4930901821")


@pytest.fixture
def clerk(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def opened(person):
    """The line, by its key, on the clerk's first page."""
    page = person.view.client.today
    await person.until(lambda: page.vm.state.phase is Phase.READY)
    person.press(Qt.Key.Key_W)
    box = person.view.client.walk_in.box
    assert box.line.hasFocus()
    return box


async def read(person, box, text, more=""):
    """The line is *text* once *more*, or else all of it, is typed."""
    person.type(more or text)
    await person.until(lambda: box.vm.state.settled and box.vm.state.text == text)
    return [chip.face.text for chip in box.chips if chip.isVisible()]


async def test_a_known_renter_walks_in_and_pays_cash_with_two_typed_fields(clerk, world):
    async with world.desk() as desk:
        await desk.till.open(desk.actor, BERLIN.id, Money(100_00, "EUR"))
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        line, panel = "golf 2d moreau cash", person.desk.panel
        person.type(line)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.stage is PanelStage.CONFIRMED)
        await person.until(lambda: asked() is not None)
        assert not box.isVisible()
        assert "100.00" in asked().wording.title
        person.type("200")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.booking.version == 2)

    booking = panel.state.booking
    assert (RENTER.id, "car-1", 100_00) == (booking.renter_id, booking.car_id, booking.price.minor)
    assert [Tender.COUNTER, Tender.CASH] == [each.tender for each in booking.payments]
    assert [100_00] == [move["amount"]["minor"] for move in world.db.shifts.find_one()["moves"]]


async def test_a_doubtful_word_opens_its_list_and_nothing_is_chosen_by_enter_alone(clerk, world):
    world.db.renters.insert_one(renter_document(_OTHER))
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        chips = await read(person, box, "golf 2d moreau")
        assert "Renter, 2 found: moreau …" in chips
        assert box.choices.isVisible()
        assert box.choices.current is None
        person.press(Qt.Key.Key_Return)
        assert "moreau" in box.foot.next.text()
        assert "moreau" == box.line.selectedText()
        assert box.isVisible()

        person.press(Qt.Key.Key_2, _ALT)
        await person.until(lambda: box.vm.state.settled and box.vm.state.renter is not None)
        picked = box.vm.state.renter
        assert not box.choices.isVisible()
        person.press(Qt.Key.Key_Escape)
        assert not box.isVisible()
        box = await opened(person)
        assert "golf 2d moreau" == box.line.text()
        await person.until(lambda: box.vm.state.settled)
        assert picked == box.vm.state.renter

        person.press(Qt.Key.Key_End)
        await person.until(box.foot.book.isEnabled)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.desk.panel.state.booking is not None)
        booking = person.desk.panel.state.booking
    assert (picked.id, Tender.CHECKOUT) == (booking.renter_id, booking.payment.tender)


async def test_what_is_not_read_or_not_sold_is_said_and_nothing_is_held(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        chips = await read(person, box, "golf 2d moreau qqqq +seat cash")
        assert "Not read: qqqq" in chips
        assert "Extra, not sold yet: Child seat" in chips
        assert "Pays, no drawer is open: Cash" in chips
        person.press(Qt.Key.Key_Return)
        assert "“qqqq” is not read" in box.foot.next.text()
        assert 0 == world.db.bookings.count_documents({})

        box.line.selectAll()
        chips = await read(person, box, "golf 2d moreau +seat cash")
        assert box.choices.isVisible()
        assert not box.foot.book.isEnabled()
        person.press(Qt.Key.Key_Down)
        person.press(Qt.Key.Key_Return)
        await person.until(box.foot.book.isEnabled)
        assert "Extra, left out: Child seat" in [chip.face.text for chip in box.chips if chip.isVisible()]
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.desk.panel.state.stage is PanelStage.CONFIRMED)
        # No drawer is open: the money is asked for when somebody can take it.
        assert asked() is None


async def test_a_car_that_is_not_free_says_when_and_the_cheapest_of_a_body_is_taken(clerk, world):
    of_kia = {8: ("Niro", 50_00), 9: ("EV6", 60_00), 10: ("EV9", 51_00)}
    for number, (model, rate) in of_kia.items():
        rest = {"plate": f"B-SU {number}", "body": BodyType.SUV, "daily_rate": Money(rate, "EUR")}
        world.add_cars(make_car(number, brand="Kia", model=model, **rest))
    async with world.desk() as desk:
        times = wish(desk, first=0.01, last=1.01)
        await desk.booking.hold(
            desk.actor,
            wish(desk, car="car-8", period=times.period, shown_price=Money(50_00, "EUR"), pays=Tender.COUNTER),
        )
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        chips = await read(person, box, "niro 2h moreau")
        assert chips[0].startswith("Car, not free then: Next free ")
        assert "Nothing of that is free then." in box.foot.next.text()
        person.press(Qt.Key.Key_Return)
        assert 1 == world.db.bookings.count_documents({})

        box.line.selectAll()
        chips = await read(person, box, "suv 2h moreau")
        assert chips[0] == "Car: SUV"
        assert "Kia EV9 B-SU 10" == box.foot.car.text()
        assert all(chip.state is ChipState.CERTAIN for chip in box.vm.state.chips)


async def test_somebody_new_is_filled_in_with_the_name_that_was_typed(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        await read(person, box, "golf 2d")
        person.press(Qt.Key.Key_Return)
        assert "who rents" in box.foot.next.text()
        chips = await read(person, box, "golf 2d Zoe Quill", more=" Zoe Quill")
        assert "Not read: Zoe Quill" in chips
        person.press(Qt.Key.Key_1, _ALT)
        await person.until(box.foot.book.isEnabled)
        person.press(Qt.Key.Key_Return)
        panel = person.view.client.panel
        await person.until(panel.renters.form.isVisible)
        assert "Zoe Quill" == panel.renters.form.lines["name"].text()
        assert 0 == world.db.bookings.count_documents({})


async def test_the_key_is_a_letter_where_somebody_types_and_the_line_closes_with_its_page(clerk, world):
    async with clerk() as person:
        await person.sign_in()
        box = await opened(person)
        person.type("w")
        assert "w" == box.line.text()
        person.view.go("renters")
        assert not box.isVisible()
        person.view.go("find")
        await person.find()
        person.press(Qt.Key.Key_W)
        assert box.line.hasFocus()


async def test_a_line_that_went_with_its_session_wears_no_other_look_any_more(clerk, world, qtbot):
    async with clerk() as person:
        await person.sign_in()
        await opened(person)
        person.program.session.sign_out()
        await person.until(lambda: person.view is None)
        with qtbot.captureExceptions() as problems:
            person.program.theme.choose(Scheme.DARK)
    assert [] == problems
