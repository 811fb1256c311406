"""What is half filled in is never lost by a key, and what comes after it begins afresh."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import BERLIN, LISBON, RENTER
from gestures import asked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from view_builders import PERIOD, fed_workspace, make_offer

from desktop.tasks import TaskScope
from desktop.views.booking.booking_panel import BookingPanel
from desktop.views.firm.branch_panel import BranchPanel
from desktop.views.parts.price_lines import elsewhere_words
from desktop.views.parts.view_context import ViewContext
from desktop.words.messages import NO_KEY, say
from engine.domain.car.branches import BranchLine
from engine.domain.money.payment import NoStripeKey

_ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_TYPED = st.text("abcdefgh 0123456789@.", min_size=1, max_size=12).filter(str.strip)


@pytest.fixture
def host(qtbot, theme):
    theme.reduce_motion(reduced=True)
    host = QWidget()
    QVBoxLayout(host)
    host.resize(1000, 700)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    return host


@pytest.fixture
def panel(host, theme, window):
    workspace = fed_workspace(TaskScope())
    made = BookingPanel(ViewContext(theme, window.context.shimmer, window.context.preferences), workspace, host)
    made.open_offer(make_offer(), PERIOD, BERLIN)
    yield made
    made.stop()


def fill_in(panel, field, text):
    panel.renters._open_form(shown=True)
    panel.renters.form.fields[field].setFocus()
    QTest.keyClicks(panel.renters.form.fields[field], text)


@pytest.mark.parametrize("field", ["name", "email", "phone", "licence"])
async def test_esc_asks_before_a_half_filled_renter_is_lost(panel, until, field):
    fill_in(panel, field, "nora")
    QTest.keyClick(panel.renters.form.fields[field], Qt.Key.Key_Escape)
    await until(asked)
    assert "nora" in asked().told or field == "licence"
    QTest.keyClick(asked().focusWidget(), Qt.Key.Key_Return)
    await until(lambda: not panel.questions.running("lose"))
    assert panel.is_open
    assert "nora" == panel.renters.form.fields[field].text()

    QTest.keyClick(panel.renters.form.fields[field], Qt.Key.Key_Escape)
    await until(asked)
    asked().yes.click()
    await until(lambda: not panel.is_open)


async def test_nobody_is_asked_about_an_empty_form(panel):
    panel.renters._open_form(shown=True)
    QTest.keyClick(panel.renters.form.fields["name"], Qt.Key.Key_Escape)
    await asyncio.sleep(0)

    assert not panel.is_open
    assert asked() is None


async def test_after_it_the_same_car_can_be_booked_for_somebody(panel, until):
    fill_in(panel, "name", "Nobody Known")
    panel.close_panel()
    await until(asked)
    asked().yes.click()
    await until(lambda: not panel.is_open)
    panel.open_offer(make_offer(), PERIOD, BERLIN)

    assert panel.renters.field.isVisible()
    assert "" == panel.renters.field.text()
    assert not panel.renters.form.isVisible()


@given(text=_TYPED)
@_ANY
def test_change_lets_the_next_letters_take_the_place_of_the_old_ones(panel, text):
    panel.vm._tasks.latest = lambda _name, work: work.close()
    panel.renters.begin()
    panel.renters.field.setText("Moreau")
    panel.vm.choose(RENTER)
    panel.renters.change.click()
    QTest.keyClicks(panel.renters.field, text)

    assert text == panel.renters.field.text()


@pytest.mark.parametrize("field", ["name", "city", "address", "week.6", "pickup", "zone"])
async def test_a_branch_half_filled_in_is_asked_about_too(host, theme, until, field):
    panel = BranchPanel(theme, host, lambda: datetime.now(UTC))
    panel.begin(BranchLine(BERLIN, 0, 0))
    box = panel.form.fields[field]
    line = box.lineEdit() if hasattr(box, "lineEdit") else box
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "x")
    panel.close_panel()
    await until(asked)
    asked().no.click()
    await until(lambda: not panel.questions.running("lose"))
    assert panel.is_open
    panel.forget_form()
    panel.close_panel()
    assert not panel.is_open


@pytest.mark.parametrize("pays", [True, False])
def test_a_desk_without_a_stripe_key_says_so_before_the_car_is_held(panel, pays):
    panel._workspace = replace(panel._workspace, pays=pays)
    panel.open_offer(make_offer(), PERIOD, BERLIN)

    assert panel.banner.isVisible() is not pays
    assert pays or "no Stripe key" in panel.banner.text
    assert NO_KEY == say(NoStripeKey("none")).text


@pytest.mark.parametrize("branch", [BERLIN, LISBON])
def test_a_car_at_another_branch_says_so_before_it_is_booked(panel, branch):
    panel.open_offer(make_offer(), PERIOD, branch)

    assert (branch is LISBON) == panel.banner.isVisible()
    assert (branch is LISBON) == ("Lisboa" in elsewhere_words(branch, panel._workspace.actor))
