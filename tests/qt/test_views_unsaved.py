"""Nobody loses what is filled in by signing out or leaving without having been asked."""

from __future__ import annotations

import gc

import pytest
from builders import wish
from person import person_at
from PySide6.QtCore import Qt

from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.fleet.car_questions import to_lose
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.messages import amount


@pytest.fixture
def owner(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def with_a_car_half_filled_in(person, account="owner"):
    await person.sign_in(account)
    page = person.view.page("fleet").shown
    await person.until(lambda: page.fleet.state.phase is Phase.READY)
    page.add_car()
    await person.until(page.panel.form.fields["plate"].hasFocus)
    person.type("B-NE 77")
    assert page.car.state.unsaved
    return page


async def asked(person):
    """The question that is on the screen."""
    await person.until(lambda: person.window.findChildren(QuestionBox))
    (box,) = person.window.findChildren(QuestionBox)
    return box


def answer(box, words):
    next(button for button in (box.yes, box.no) if button.text() == words).click()


async def test_signing_out_of_a_car_half_filled_in_asks_first(owner):
    async with owner() as person:
        page = await with_a_car_half_filled_in(person)
        session = person.program.session
        person.window.commands.run("session.leave")
        box = await asked(person)
        assert box.wording == to_lose(page.car.state)
        assert "B-NE 77" in box.told
        answer(box, "Go on editing")
        await person.until(lambda: not person.window.findChildren(QuestionBox))
        assert session.state.phase is SessionPhase.SIGNED_IN
        assert page.car.state.form.plate == "B-NE 77"

        person.window.commands.run("session.leave")
        answer(await asked(person), "Leave, lose the changes")
        await person.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)


async def test_leaving_the_program_with_a_car_half_filled_in_asks_first(owner):
    async with owner() as person:
        page = await with_a_car_half_filled_in(person)
        person.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        answer(await asked(person), "Go on editing")
        await person.until(lambda: not person.window.findChildren(QuestionBox))
        assert not person.program._leaving.is_set()
        assert page.car.state.unsaved

        person.window.close()
        answer(await asked(person), "Leave, lose the changes")
        await person.until(person.program._leaving.is_set)


async def test_with_nothing_half_filled_in_nobody_is_asked(owner):
    async with owner() as person:
        await person.sign_in("owner")
        person.window.close()
        await person.until(person.program._leaving.is_set)


async def test_signing_out_with_an_open_hold_asks_by_its_name(owner, world):
    async def hold():
        async with world.desk() as desk:
            return await desk.booking.hold(desk.actor, wish(desk))

    async with owner() as person:
        await person.sign_in("clerk")
        held = await person.program.bridge.call(hold)
        await person.until(lambda: held.id in [each.id for each in person.desk.holds.open()])
        person.window.commands.run("session.leave")
        box = await asked(person)
        for named in (held.plate, held.renter_name, amount(held.price)):
            assert named in box.told
        answer(box, "Stay signed in")
        await person.until(lambda: not person.window.findChildren(QuestionBox))
        assert person.program.session.state.phase is SessionPhase.SIGNED_IN
