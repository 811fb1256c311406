"""A renter signs the agreement at the counter, in the real window on real servers."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from at_counter import confirmed
from builders import FULL, RENTER
from drawn_papers import text_of
from paper_builders import may_issue
from payments import stripe_of
from person import person_at
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.views.agreement.sign_dialog import SignDialog
from desktop.views.papers.issue_box import IssueBox
from desktop.views.papers.preview import PaperBox
from desktop.widgets.signature_pad import SignaturePad
from engine.domain.shared.ink import strokes_of


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


def drawn(pad, *places):
    """A stroke from place to place, in tenths of the pad's width."""
    first, *rest = [QPoint(pad.width() * x // 10, pad.width() * y // 10) for x, y in places]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
    for at in rest:
        QTest.mouseMove(pad, at)
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, (rest or [first])[-1])


def dialog():
    modal = QApplication.activeModalWidget()
    return modal if isinstance(modal, SignDialog) else None


async def test_a_dot_is_refused_in_words_and_what_is_drawn_is_kept_until_something_else_is_agreed(counter, world):
    async with world.desk() as desk, stripe_of(world) as stripe:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    async with counter() as person:
        await person.sign_in()
        detail = person.view.client.detail
        detail.open_number(booking.id)
        await person.until(detail.aftercare.sign.isVisible)
        detail.aftercare.sign.click()
        await person.until(dialog)
        box = dialog()
        assert box.form.lines["name"].hasFocus()
        assert RENTER.name == box.form.value("name")
        person.press(Qt.Key.Key_Return)
        assert box.no.hasFocus()
        assert not box.yes.isEnabled()
        drawn(box.pad, (1, 1))
        box.yes.click()
        assert "That is too short for a signature." == box.problem.text()
        assert dialog() is box
        box.clear.click()
        assert box.pad.is_empty
        assert not box.yes.isEnabled()

        drawn(box.pad, (1, 1), (3, 2), (5, 1))
        drawn(box.pad, (6, 1), (7, 2))
        box.yes.click()
        await person.until(lambda: not detail.aftercare.sign.isVisible())
        assert "Signed" in told(detail)
        assert "changed since" not in told(detail)

        async with world.desk() as desk:
            known = await desk.booking.booking(desk.actor, booking.id)
            later = known.period.ends_at + timedelta(hours=1)
            await desk.agreements.extend(desk.actor, booking.id, later, seen=known.version)
        await person.until(detail.aftercare.sign.isVisible)
        assert "changed since" in told(detail)

    (signature,) = world.db.agreements.find_one({"_id": booking.id})["signatures"]
    assert (RENTER.name, "clerk") == (signature["name"], signature["by"])
    assert [3, 2] == [len(each) for each in strokes_of(signature["ink"])]


async def test_what_was_signed_is_put_on_paper_with_its_hash_and_a_protocol_beside_it(counter, world, tmp_path):
    may_issue(world.db)
    async with world.desk() as desk, stripe_of(world) as stripe:
        booking = await confirmed(desk, stripe, -0.3, 47)
        gone = await desk.rental.hand_over(desk.actor, booking.id, FULL)
        await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", "100,300 900,200 1500,420", seen=gone.version)
    async with counter() as person:
        await person.sign_in()
        part = person.view.client.detail.papers
        person.view.client.detail.open_number(booking.id)
        for button, title in ((part.agreement, "Rental agreement BER-"), (part.protocol, "Hand-over protocol BER-")):
            await person.until(lambda button=button: button.isVisible() and button.isEnabled())
            button.click()
            await person.until(lambda: isinstance(QApplication.activeModalWidget(), IssueBox))
            QApplication.activeModalWidget().yes.click()
            await person.until(lambda: isinstance(QApplication.activeModalWidget(), PaperBox))
            box = QApplication.activeModalWidget()
            await person.until(lambda box=box: box.sheet is not None)
            assert title in box.title.text()
            box.vm.save(box.sheet, tmp_path / f"{title}.pdf")
            await person.until((tmp_path / f"{title}.pdf").exists)
            await person.until(lambda box=box: "Saved" in box.banner.text)
            box.reject()
            await person.until(lambda: part.tasks.idle)

    content = world.db.agreements.find_one({"_id": booking.id})["signatures"][0]["content"]
    for each in tmp_path.glob("*BER-.pdf"):
        assert content in text_of(each.read_bytes()).replace(" ", "")
    assert 2 == world.db.renderings.count_documents({})


def told(detail):
    return detail.agreement.legs.accessibleDescription()


def test_a_finger_signs_and_what_goes_beyond_the_edge_stays_on_it(qtbot, theme):
    pad = SignaturePad(theme, 8_000)
    qtbot.addWidget(pad)
    pad.resize(400, pad.height())
    pad.show()
    finger = QTest.createTouchDevice()
    QTest.touchEvent(pad, finger).press(0, QPoint(40, 40), pad)
    QTest.touchEvent(pad, finger).move(0, QPoint(200, 40), pad)
    QTest.touchEvent(pad, finger).move(0, QPoint(900, 40), pad)
    QTest.touchEvent(pad, finger).release(0, QPoint(900, 40), pad)

    assert (((1000, 1000), (5000, 1000), (10000, 1000)),) == pad.strokes


def test_a_pad_that_is_full_takes_no_more(qtbot, theme):
    pad = SignaturePad(theme, 3)
    qtbot.addWidget(pad)
    pad.resize(400, pad.height())

    drawn(pad, (1, 1), (2, 1), (3, 1), (4, 1))
    drawn(pad, (5, 1))

    assert [3] == [len(each) for each in pad.strokes]
