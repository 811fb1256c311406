"""The board in the real window, by keyboard, on a real engine and real servers."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from builders import FULL, LISBON, make_car, wish
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.views.board.keys import BOARD
from desktop.views.board.page import BoardPage
from engine.domain.booking.board import BarShape
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
        person.press(Qt.Key.Key_Tab)
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
        assert {"T", "G", "+", "-", "1", "2", "3"} == set(keys)

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
