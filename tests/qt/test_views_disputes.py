"""A disputed payment in an administrator's window: listed, opened, answered at Stripe, and gone once it is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from look_over import faults_in_small
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from view_builders import NOW, make_booking

from desktop.preferences import Preferences
from desktop.views.areas.oversight import OversightArea
from desktop.views.manual_review.dispute_panel import DisputePanel
from desktop.views.manual_review.dispute_words import answer_label, due_of, in_short, taken_label, what_happened
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.money.dispute import OVER, Dispute, DisputedCase, DisputeFacts
from engine.domain.money.money import Money

REASONS = ["fraudulent", "product_not_received", "general", "one_of_tomorrow"]
STATUSES = ["needs_response", "warning_needs_response", "under_review", "warning_under_review"]


def dispute(reason="fraudulent", status="needs_response", minor=120_00, due=timedelta(days=9), **facts):
    due_by = None if due is None else NOW + due
    known = DisputeFacts("du_1abc", "pi_1", Money(minor, "EUR"), reason, status, due_by, NOW, livemode=True)
    return Dispute(known, facts.get("booking_id", "4M8KP2XR7SNW"), NOW)


@given(st.sampled_from(REASONS) | st.from_regex(r"[a-z_]{3,20}", fullmatch=True), st.sampled_from(STATUSES))
def test_every_reason_and_status_has_a_sentence_and_only_what_waits_a_day(reason, status):
    told = dispute(reason, status)

    assert "_" not in what_happened(told) + in_short(told)
    assert status.endswith("needs_response") == bool(due_of(told, NOW))
    assert ("Answer it at Stripe" in what_happened(told)) == bool(due_of(told, NOW))
    assert status not in OVER


@given(st.sampled_from(REASONS), st.sampled_from(STATUSES), st.timedeltas(timedelta(-30), timedelta(30)))
def test_an_enquiry_has_taken_nothing_and_what_is_over_is_called_so(reason, status, due):
    told = dispute(reason, status, due=due)
    waits, enquiry = status.endswith("needs_response"), status.startswith("warning")

    assert ("nothing back" in what_happened(told), "Asked about" == taken_label(told)) == (enquiry, enquiry)
    assert ("took 120.00 EUR back" in what_happened(told)) != enquiry
    assert due_of(told, NOW).endswith("(over)") == (waits and due <= timedelta(0))
    assert answer_label(told).startswith("Answer") == waits


@pytest.fixture
def panel(qtbot, theme, tmp_path):
    opened_pages = []

    async def open_in_browser(address):
        opened_pages.append(address)

    host = QWidget()
    host.resize(900, 700)
    qtbot.addWidget(host)
    context = ViewContext(theme, ShimmerClock(theme), Preferences(tmp_path / "p.ini"))
    made = DisputePanel(context, open_in_browser, host, lambda: NOW, demo=False)
    host.show()
    return made, opened_pages


async def test_it_is_answered_at_stripes_dashboard_and_nowhere_else(panel, until):
    made, opened_pages = panel
    made.show_case(DisputedCase(dispute(), make_booking()))
    made.answer.click()
    await until(lambda: opened_pages)
    strange = dispute()
    made.show_case(DisputedCase(Dispute(_renamed(strange.facts, "du_1/../../evil?x=1"), "b1", NOW)))
    made.answer.click()
    await until(lambda: not made.banner.isHidden())

    assert ["https://dashboard.stripe.com/disputes/du_1abc"] == opened_pages
    assert made.show_booking.isHidden()


def _renamed(facts, dispute_id):
    return DisputeFacts(
        dispute_id, facts.payment_intent, facts.amount, facts.reason, facts.status, facts.due_by, facts.created_at,
        facts.livemode,
    )  # fmt: skip


async def test_a_dispute_stands_under_needs_a_person_until_stripe_says_how_it_ended(qapp, world, tmp_path):
    world.db.disputes.delete_many({})
    async with world.desk("worker") as office, stripe_of(world) as stripe:
        async with world.desk() as desk:
            booking = await opened(desk)
            await stripe.pay(booking)
            booking = await desk.payment.settle(desk.actor, booking.id)
        dispute_id = await stripe.dispute(booking)
        await office.admin.disputes.look()
        async with person_at(qapp, world, tmp_path) as person:
            await person.sign_in("admin")
            person.view.go("overview")
            oversight = person.view.area(OversightArea)
            await person.until(lambda: oversight.overview._filled is not None)
            assert "1" == oversight.overview.tiles["Needs a person"].value
            oversight.overview.tiles["Needs a person"].click()
            await person.until(lambda: oversight.care.there.list.model.row_at(0) is not None)
            assert "Disputed: 100.00 EUR" == oversight.care.there.list.model.index(0, 1).data()
            oversight.care.there.list.table.setFocus()
            person.press(Qt.Key.Key_Return)
            await person.until(lambda: oversight.dispute.is_open)
            assert booking.id == oversight.dispute.there.case.booking.id
            assert not await faults_in_small(person.window, {booking.plate, booking.renter_name})
            await stripe.decide(dispute_id, "lost")
            await office.admin.disputes.look()
            oversight.dispute.there.close_panel()
            await person.until(lambda: oversight.care.is_open and oversight.care.there.list.model.rowCount() == 0)
