"""The board in the real window, by keyboard, on a real engine and real servers."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from builders import FULL, LISBON, make_car, wish
from gestures import asked
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.views.board.keys import BOARD
from desktop.views.board.page import BoardPage
from engine.domain.booking.board import BarShape
from engine.domain.booking.board_plan import WhyNot
from engine.domain.car.body_type import BodyType

DAY = timedelta(days=1)


@pytest.fixture
def desk_of(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def confirmed(world, **changes):
    async with world.desk() as desk, stripe_of(world) as stripe:
        made = await opened(desk, **changes)
        await stripe.pay(made)
        return await desk.payment.settle(desk.actor, made.id)


async def read(person, km):
    """The question is what the car's instruments show."""
    await person.until(asked)
    asked().fields.km.setText(km)
    asked().fields.full.setText("8")
    asked().yes.click()


async def back_at_the_window(person):
    await person.until(lambda: asked() is None)
    person.window.activateWindow()
    await person.until(person.window.isActiveWindow)


async def board_of(person, account="clerk"):
    await person.sign_in(account)
    person.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    await person.until(lambda: person.view.at(BOARD))
    page = person.view.built(BOARD)
    assert isinstance(page, BoardPage)
    await person.until(lambda: page.vm.state.phase is Phase.READY and page.content.shows_rows)
    return page


def told(page):
    """Of each car, the shapes of its bars."""
    if page.vm.state.board is None:
        return {}
    now = page.vm.state.board.at
    lines = [line.car for line in page.view.table.lines if line.car is not None]
    return {row.car_id: [row.shape(bar, now) for bar in row.bars] for row in lines}


async def test_enter_opens_the_booking_of_a_bar_and_books_in_a_gap(desk_of, world):
    async with desk_of() as person:
        sold = await confirmed(world, first=2, last=4)
        page = await board_of(person)
        assert {"car-1": [BarShape.CONFIRMED], "car-2": [], "car-3": []} == told(page)

        person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_Return)
        detail = person.desk.detail
        await person.until(lambda: detail.state.booking is not None)
        assert sold.id == detail.state.booking.id

        person.view.client.detail.close_panel()
        page.focus_first()
        person.press(Qt.Key.Key_Down)
        page.go_now()
        person.press(Qt.Key.Key_Return)
        panel = person.desk.panel
        await person.until(lambda: panel.state.offer is not None)
        assert "car-2" == panel.state.offer.car.id
        assert page.view.row.car_id == "car-2"


async def test_what_another_desk_does_is_there_at_once_and_the_chosen_bar_stays(desk_of, world):
    async with desk_of() as person:
        first = await confirmed(world, first=0.01, last=2)
        page = await board_of(person)
        assert first.id == page.bar.id
        place = page.view.visualRect(page.view.currentIndex())

        async with world.desk() as desk:
            await desk.rental.hand_over(desk.actor, first.id, FULL)
            await person.until(lambda: [BarShape.OUT] == told(page)["car-1"])
            await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2"))
            await person.until(lambda: [BarShape.HELD] == told(page)["car-2"])
        assert first.id == page.bar.id
        assert place.top() == page.view.visualRect(page.view.currentIndex()).top()
        # A car that comes to the branch has its row, and the chosen one stays chosen.
        world.add_cars(make_car(9, body=BodyType.SUV))
        page.reload()
        await person.until(lambda: "car-9" in told(page))
        assert first.id == page.bar.id


async def test_its_keys_stand_in_the_sheet_and_act_on_the_page_only(desk_of, world):
    async with desk_of() as person:
        page = await board_of(person)
        keys = {line.key: line.title for line in person.window.commands.listing() if line.id.startswith("board.")}
        assert {"T", "G", "+", "-", "1", "2", "3", "M", "E", "Z", "F2", "F6", "A"} == set(keys)

        person.press(Qt.Key.Key_Plus)
        assert 7 == page.view.scale.days
        person.press(Qt.Key.Key_Minus)
        assert 14 == page.view.scale.days
        person.press(Qt.Key.Key_3)
        assert 36 == page.view.density.row_px
        person.press(Qt.Key.Key_PageDown)
        person.press(Qt.Key.Key_T)
        assert page.view.cell()[0] <= person.desk.now() < page.view.cell()[1]
        person.press(Qt.Key.Key_Slash)
        person.type("g1+")
        assert "g1+" == page.filters.search.text()
        assert 36 == page.view.density.row_px
        person.view.go("find")
        assert not any(line.enabled for line in person.window.commands.listing() if line.id.startswith("board."))


def cars_of(world, number):
    """Whose fence has it; more than one is what nothing may ever lead to."""
    return [fence["_id"] for fence in world.db.fences.find({"claims.id": number})]


async def test_m_moves_a_booking_to_another_car_and_z_brings_it_back(desk_of, world):
    async with desk_of() as person:
        sold = await confirmed(world, first=2, last=4)
        page = await board_of(person)
        person.press(Qt.Key.Key_Tab)
        assert sold.id == page.bar.id
        person.press(Qt.Key.Key_M)
        person.press(Qt.Key.Key_Down)
        assert "The price stays" in page.inspector.facts.text()
        assert ["car-1"] == cars_of(world, sold.id)

        person.press(Qt.Key.Key_Return)
        await person.until(lambda: [BarShape.CONFIRMED] == told(page)["car-2"] and not told(page)["car-1"])
        assert ["car-2"] == cars_of(world, sold.id)
        assert page.view.lift is None
        assert "Undo" in page.toast.step.text()
        assert sold.price.minor == world.db.bookings.find_one({"_id": sold.id})["quote"]["total"]

        person.press(Qt.Key.Key_Z)
        await person.until(lambda: [BarShape.CONFIRMED] == told(page)["car-1"] and not told(page)["car-2"])
        assert ["car-1"] == cars_of(world, sold.id)
        assert not page.acting.may_undo()


async def test_a_move_to_another_owners_car_is_asked_about_and_enter_means_no(desk_of, world):
    world.add_cars(make_car(0, owner_id="owner-2"))
    async with desk_of() as person:
        sold = await confirmed(world, first=2, last=4)
        page = await board_of(person)
        page.view.go_to("car-1", sold.period.starts_at, sold.id)
        for agree in (False, True):
            person.press(Qt.Key.Key_M)
            person.press(Qt.Key.Key_Up)
            assert "car-0" == page.view.plan.row.car_id
            person.press(Qt.Key.Key_Return)
            await person.until(asked)
            assert ["car-1"] == cars_of(world, sold.id)
            if agree:
                asked().yes.click()
            else:
                person.press(Qt.Key.Key_Return)
            await back_at_the_window(person)
        await person.until(lambda: ["car-0"] == cars_of(world, sold.id))


async def test_a_car_that_another_desk_takes_while_a_bar_is_lifted_turns_the_ghost_red(desk_of, world):
    async with desk_of() as person:
        sold = await confirmed(world, first=2, last=4)
        page = await board_of(person)
        person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_M)
        person.press(Qt.Key.Key_Down)
        assert page.view.plan.possible

        async with world.desk() as desk:
            other = await desk.booking.hold(desk.actor, wish(desk, car="car-2", first=3, last=5, key="k2"))
            await person.until(lambda: WhyNot.SOLD is page.view.plan.why)
        assert other.renter_name in page.inspector.facts.text()
        person.press(Qt.Key.Key_Return)
        assert "Sold" in page.toast.text
        assert (["car-1"], ["car-2"]) == (cars_of(world, sold.id), cars_of(world, other.id))


async def test_an_undo_that_came_too_late_says_so_and_changes_nothing(desk_of, world):
    async with desk_of() as person:
        sold = await confirmed(world, first=2, last=4)
        page = await board_of(person)
        person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_M)
        person.press(Qt.Key.Key_Down)
        person.press(Qt.Key.Key_Return)
        await person.until(page.acting.may_undo)
        async with world.desk() as desk:
            await desk.booking.hold(desk.actor, wish(desk, car="car-1", first=3, last=5, key="k2"))
        before = page.toast.text
        person.press(Qt.Key.Key_Z)
        await person.until(lambda: page.toast.text != before)
        assert ["car-2"] == cars_of(world, sold.id)


async def test_a_car_is_handed_over_extended_for_a_sum_that_is_named_and_taken_back_by_keys(desk_of, world):
    async with desk_of() as person:
        sold = await confirmed(world, first=0.01, last=2)
        page = await board_of(person)
        # It stands in the cell of this moment.
        assert sold.id == page.bar.id
        person.press(Qt.Key.Key_F2)
        await read(person, "10,000")
        await person.until(lambda: [BarShape.OUT] == told(page)["car-1"])
        await back_at_the_window(person)

        ends_at = page.bar.taken.ends_at
        person.press(Qt.Key.Key_E)
        person.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: "50.00 EUR more" in page.inspector.facts.text())
        person.press(Qt.Key.Key_Return)
        await person.until(asked)
        assert "50.00" in asked().yes.text()
        # Enter means no: a sum is agreed to on purpose.
        person.press(Qt.Key.Key_Return)
        await back_at_the_window(person)
        await person.until(lambda: page.view.lift is None)
        assert ends_at == page.bar.taken.ends_at

        person.press(Qt.Key.Key_E)
        person.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        person.press(Qt.Key.Key_Return)
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: page.bar is not None and page.bar.taken.ends_at >= ends_at + 0.9 * DAY)
        stored = world.db.bookings.find_one({"_id": sold.id})
        assert stored["ends_at"] == page.bar.taken.ends_at
        await back_at_the_window(person)

        person.press(Qt.Key.Key_F6)
        await read(person, "10,100")
        await person.until(lambda: [] == told(page)["car-1"])


async def test_head_office_sees_every_branch_and_one_of_them_by_a_filter(desk_of, world):
    world.add_cars(make_car(9, branch_id=LISBON.id))
    async with desk_of() as person:
        page = await board_of(person, "admin")
        assert {"car-1", "car-2", "car-3", "car-9"} == set(told(page))

        page.filters.branch.show_chosen(frozenset({LISBON.id}))
        page.filters.branch.edited.emit()
        await person.until(lambda: {"car-9"} == set(told(page)))
        assert "Lisbo" in page.header.subtitle.text()


async def test_an_owner_looks_at_the_own_cars_and_opens_without_a_name(desk_of, world):
    held = await confirmed(world, first=2, last=4)
    world.add_cars(make_car(9, owner_id="owner-2"))
    async with desk_of() as person:
        page = await board_of(person, "owner")
        assert {"car-1", "car-2", "car-3"} == set(told(page))
        person.press(Qt.Key.Key_Tab)
        assert "A. M." in page.inspector.head.text()
        assert held.renter_name not in page.inspector.head.text()
        person.press(Qt.Key.Key_Return)
        detail = person.desk.detail
        await person.until(lambda: detail.state.booking is not None)
        assert held.id == detail.state.booking.id
