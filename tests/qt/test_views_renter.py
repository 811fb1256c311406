"""Who drives: found by number, added with each field checked while it is typed, or the account's own renter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import BERLIN, LISBON, RENTER
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from view_builders import CLERK, PERIOD, fed_workspace, make_booking, make_offer

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.booking import PanelStage
from desktop.views.booking.booking_panel import BookingPanel
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.countdown import Countdown, spoken_time
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.people.people import Role
from engine.domain.people.renters import RentersFound

OWN = replace(CLERK, role=Role.RENTER, account="ada", branch_id=None, renter=RENTER)


@pytest.fixture
def make_panel(qtbot, theme, tmp_path):
    theme.reduce_motion(reduced=True)
    shimmer, hosts = ShimmerClock(theme), []

    def make(actor=CLERK, branch=BERLIN):
        host = QWidget()
        hosts.append(host)
        QVBoxLayout(host)
        qtbot.addWidget(host)
        host.resize(1000, 760)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        workspace = fed_workspace(TaskScope(), actor)
        workspace.panel.look_for_somebody = lambda: None  # it would ask a server
        panel = BookingPanel(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), workspace, host)
        panel.open_offer(make_offer(1), PERIOD, branch)
        return panel

    yield make
    shimmer.deleteLater()


def new_renter(panel, typed=""):
    panel.renters.field.setText(typed)
    panel.renters.field._pause.stop()
    panel.renters.new.click()
    return panel.renters.form


def retype(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)


def test_numbers_are_shown_as_they_are_dialled_at_the_branch(make_panel):
    for branch, shown in ((BERLIN, "030 901820"), (LISBON, "+49 30 901820")):
        panel = make_panel(branch=branch)
        panel.renters._told = "ada"
        panel.vm.feed(replace(panel.vm.state, found=RentersFound((RENTER,), 1)))
        assert f"Ada Moreau, {shown} · ada@example.org" == panel.renters.list.model().index(0, 0).data()
        panel.vm.choose(RENTER)
        assert (shown, "ada@example.org") == (panel.renters.phone._shown, panel.renters.email._shown)


@pytest.mark.parametrize(("typed", "field"), [("030 90", "phone"), ("+351", "phone"), ("3 Bea", "name")])
def test_what_looks_like_a_number_goes_into_the_number(make_panel, typed, field):
    form = new_renter(make_panel(), typed)

    assert typed == form.fields[field].text()


def test_a_number_is_read_back_while_it_is_typed(make_panel):
    form = new_renter(make_panel())
    QTest.keyClicks(form.fields["phone"], "030 9018")

    assert "+49 30 9018" == form.read_as.text()
    assert form.read_as.isVisible()
    retype(form.fields["phone"], "+")
    assert not form.read_as.isVisible()


def test_a_mistake_is_told_when_the_field_is_left_and_goes_when_it_is_mended(make_panel):
    form = new_renter(make_panel())
    email, mistake = form.fields["email"], form.mistakes["email"]
    email.setFocus()
    QTest.keyClicks(email, "bea")
    assert not mistake.isVisible()
    QTest.keyClick(email, Qt.Key.Key_Tab)
    assert "This is no e-mail address." == mistake.text() == email.accessibleDescription()
    email.setFocus()
    QTest.keyClicks(email, "@example.or")
    assert not mistake.isVisible()
    retype(email, "x")
    assert mistake.isVisible()


def test_an_empty_field_that_was_only_passed_is_no_mistake(make_panel):
    form = new_renter(make_panel())
    form.fields["name"].setFocus()
    QTest.keyClick(form.fields["name"], Qt.Key.Key_Tab)

    assert not any(mistake.isVisible() for mistake in form.mistakes.values())


def test_what_is_missing_is_told_at_once_and_not_sent(make_panel):
    form = new_renter(make_panel(), "Bea Ortiz")
    sent = []
    form.sent.disconnect()
    form.sent.connect(sent.append)
    QTest.keyClicks(form.fields["email"], "bea@example.org")
    QTest.keyClick(form.fields["email"], Qt.Key.Key_Return)
    assert form.fields["phone"].hasFocus()
    assert form.mistakes["phone"].isVisible()
    assert not form.mistakes["licence"].isVisible(), "it can follow"
    QTest.keyClicks(form.fields["phone"], "030 901820")
    QTest.keyClicks(form.fields["licence"], "B1")
    QTest.keyClick(form.fields["licence"], Qt.Key.Key_Return)

    assert ["030 901820"] == [new.phone for new in sent]


def test_enter_where_nobody_was_found_leads_to_a_new_renter(make_panel):
    panel = make_panel()
    panel.renters.searched.disconnect()
    QTest.keyClicks(panel.renters.field, "Bea")
    QTest.keyClick(panel.renters.field, Qt.Key.Key_Return)
    assert panel.renters.form.isHidden()
    panel.renters.draw(panel.vm.state)
    QTest.keyClick(panel.renters.field, Qt.Key.Key_Return)

    assert panel.renters.form.isVisible()
    assert "Bea" == panel.renters.form.fields["name"].text()


def test_a_renters_own_account_has_nobody_to_choose_and_books_with_one_key(make_panel, monkeypatch):
    panel = make_panel(OWN)
    booked = []
    monkeypatch.setattr(panel.vm, "book", lambda: booked.append(panel.vm.state.renter))

    assert RENTER == panel.vm.state.renter
    assert not panel.renters.field.isVisible()
    assert not panel.renters.change.isVisible()
    assert "Ada Moreau" == panel.renters.name.text()
    assert panel.main.hasFocus()
    QTest.keyClick(panel.main, Qt.Key.Key_Return)
    assert [RENTER] == booked


def test_a_renters_own_account_takes_no_car_back(make_panel):
    panel = make_panel(OWN)
    begun = make_booking(period=replace(PERIOD, starts_at=PERIOD.starts_at.replace(hour=7)))
    panel.vm.feed(replace(panel.vm.state, stage=PanelStage.CONFIRMED, offer=None, booking=begun))

    assert not panel.aftercare.returned.isVisible()


@pytest.mark.parametrize(
    ("left", "words"),
    [(432.0, "7 minutes 12 seconds"), (60.2, "1 minute 1 second"), (60, "1 minute"), (9.5, "10 seconds"), (0, "over")],
)
def test_time_left_is_said_in_words(left, words):
    assert words == spoken_time(left)


def test_a_countdown_tells_a_screen_reader_what_is_left(qtbot, theme):
    now = [0.0]
    countdown = Countdown(theme, lambda: now[0])
    qtbot.addWidget(countdown)
    countdown.set_name("Time left of the hold", aloud=True)
    countdown.start(121)
    now[0] = 1.0
    countdown.tick()

    assert "Time left of the hold: 2 minutes" == countdown.accessibleName()
    countdown.stop()
