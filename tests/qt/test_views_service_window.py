"""Periods of service in the real window: planned, changed, ended and cancelled; the counter sees them in the weeks."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta

import pytest
from builders import BERLIN, wish
from hypothesis import given
from hypothesis import strategies as st
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.views.fleet.service_words import cut_words
from desktop.views.offline.stored_fleet import service_note
from desktop.views.search.availability import lines
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.figures import day_time
from engine.domain.car.availability import WhyTaken
from engine.domain.car.fleet import Outlook
from engine.domain.car.movement import Crossing
from engine.domain.reports.report_period import milliseconds
from engine.domain.shared.period import RentalPeriod


@pytest.fixture
def anybody(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def the_car(person, account="owner"):
    """The panel of the first car, whose periods of service are known."""
    await person.sign_in(account)
    page = person.view.page("fleet" if account == "owner" else "cars")
    page = getattr(page, "shown", page)
    await person.until(lambda: page.fleet.state.phase is Phase.READY and page.rows.model.rowCount() > 0)
    person.press(Qt.Key.Key_Return)
    part = page.panel.service
    await person.until(lambda: part.isVisible() and page.car.service.state.visits is not None)
    return page, part


async def answered(person, words, wanted):
    await person.until(lambda: person.window.findChildren(QuestionBox))
    box = person.window.findChildren(QuestionBox)[-1]
    assert words in box.wording.title
    assert ("Volkswagen Golf", "B-DS 1") == (box.wording.about.car, box.wording.about.plate)
    (box.yes if wanted else box.no).click()
    await person.until(lambda: not person.window.findChildren(QuestionBox))


async def test_an_owner_plans_by_keyboard_and_what_is_sold_in_that_time_is_told_first(anybody, world):
    async with world.desk() as clerk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3))
    async with anybody() as person:
        _page, part = await the_car(person)
        part.plan.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(part.form.start.edit.hasFocus)
        person.type("tomorrow 8:00")
        person.press(Qt.Key.Key_Tab)
        assert part.form.end.edit.hasFocus()
        person.type("+5")
        person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_Tab)
        assert part.form.reason.hasFocus()
        await person.until(lambda: "cut around 1 booking" in part.form.hint.text())
        assert part.form.save.isEnabled()
        person.press(Qt.Key.Key_Return)
        assert "Say why" in part.form.form.mistakes["reason"].text()
        person.type("Brakes")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: part.lines and part.lines[0].isVisible())
        assert part.lines[0].title.text().startswith("Service ")
        assert "Brakes · by owner" == part.lines[0].reason.text()
        assert "To be moved to other cars" in part.lines[0].sold.text()
        assert not part.form.isVisible()
        assert part.lines[0].cancel.isVisible()
        assert not part.lines[0].end.isVisible()

    row = world.db.movements.find_one()
    assert timedelta(days=5) == row["ends_at"] - row["starts_at"]
    kinds = [claim["kind"] for claim in world.db.fences.find_one({"_id": "car-1"})["claims"]]
    assert ["booking", "movement", "movement"] == sorted(kinds)
    assert held.id


async def test_it_is_changed_cancelled_and_one_that_has_begun_is_ended_after_a_question_by_car_and_plate(
    anybody, world
):
    async with world.desk("owner") as desk:
        now = desk.clock.now()
        ahead = RentalPeriod(now + timedelta(days=4), now + timedelta(days=6))
        going_on = RentalPeriod(now - timedelta(minutes=5), now + timedelta(days=2))
        await desk.servicing.plan(desk.actor, "car-1", ahead, "Tyres")
        await desk.servicing.plan(desk.actor, "car-1", going_on, "Brakes")
    async with anybody() as person:
        _page, part = await the_car(person)
        first, second = part.lines
        assert first.title.text().startswith("In service until ")
        assert (True, False) == (first.end.isVisible(), first.cancel.isVisible())
        second.change.click()
        await person.until(lambda: part.form.isVisible() and part.form.save.isEnabled())
        part.form.reason.setText("Tyres and oil")
        part.form.save.click()
        await person.until(lambda: "Tyres and oil" in second.reason.text())
        second.cancel.click()
        await answered(person, "Cancel this service?", wanted=False)
        assert 1 == world.db.movements.count_documents({"reason": "Tyres and oil", "state": "planned"})
        second.cancel.click()
        await answered(person, "Cancel this service?", wanted=True)
        await person.until(lambda: not second.isVisible())
        first.end.click()
        await answered(person, "End this service now?", wanted=True)
        await person.until(part.none.isVisible)

    states = {row["reason"]: row["state"] for row in world.db.movements.find()}
    assert {"Tyres and oil": "cancelled", "Brakes": "arrived"} == states
    assert [] == world.db.fences.find_one({"_id": "car-1"})["claims"]


async def test_a_half_filled_service_is_asked_about_before_it_is_lost(anybody, world):
    async with anybody() as person:
        page, part = await the_car(person)
        part.plan.click()
        await person.until(part.form.start.edit.hasFocus)
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: not part.form.isVisible())
        part.plan.click()
        await person.until(part.form.start.edit.hasFocus)
        part.form.reason.setFocus()
        person.type("Brakes")
        assert page.unsaved() is not None
        person.press(Qt.Key.Key_Escape)
        await answered(person, "Leave without planning the service?", wanted=False)
        assert "Brakes" == part.form.reason.text()
        page.panel.close_panel()
        await answered(person, "Leave without planning the service?", wanted=True)
        await person.until(lambda: not page.panel.isVisible())

    assert 0 == world.db.movements.count_documents({})


async def test_a_booking_that_comes_in_meanwhile_is_told_and_decided_anew(anybody, world):
    async with anybody() as person, world.desk() as clerk:
        _page, part = await the_car(person)
        part.plan.click()
        await person.until(part.form.save.isEnabled)
        part.form.reason.setText("Brakes")
        part.form.lengths.chosen.emit(7)
        await person.until(part.form.save.isEnabled)
        await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3))
        await person.until(lambda: "cut around 1 booking" in part.form.hint.text())
        assert "Brakes" == part.form.reason.text()
        part.form.save.click()
        await person.until(lambda: part.lines and part.lines[0].isVisible())

    assert 3 == len(world.db.fences.find_one({"_id": "car-1"})["claims"])


async def test_the_weeks_say_until_when_in_words_and_with_a_look_of_their_own(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        now = clerk.clock.now()
        period = RentalPeriod(now + timedelta(days=1), now + timedelta(days=3))
        await owner.servicing.plan(owner.actor, "car-1", period, "Brakes")
        span = RentalPeriod(now - timedelta(days=1), now + timedelta(days=20))
        calendar = await clerk.availability.calendar(clerk.actor, "car-1", span)

    assert [WhyTaken.SERVICE] == [each.why for each in calendar.busy]
    assert any(line.startswith("In service ") for line in lines(calendar, BERLIN.clock, now))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=5), st.integers(0, 120))
def test_the_copy_says_of_a_car_which_service_was_not_over_when_it_was_made(drawn, hours):
    begin = datetime(2026, 11, 30, tzinfo=UTC)
    ends = [(begin + timedelta(hours=first), begin + timedelta(hours=first + long)) for first, long in drawn]
    at = begin + timedelta(hours=hours)
    periods = [(milliseconds(start), milliseconds(end)) for start, end in ends]

    note = service_note(periods, milliseconds(at), UTC)

    first = min((each for each in ends if each[1] > at), default=None)
    if first is None:
        assert "" == note
    elif first[0] <= at:
        assert f"In service until {day_time(first[1], UTC)}" == note
    else:
        assert f"Service from {day_time(first[0], UTC)}" == note


def test_a_time_that_another_service_takes_is_not_said_to_be_booked():
    begin = datetime(2026, 11, 30, tzinfo=UTC)
    period = RentalPeriod(begin, begin + timedelta(days=1))

    assert "booking" not in cut_words(Crossing(period, Outlook(), ()), begin)
    assert "Move the booking first" in cut_words(Crossing(period, Outlook((), frozenset({"B1"})), ()), begin)
