"""The counter's whole way for a known renter, typed: from signed in to the payment page, without a mouse."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from within import WITHIN_S

from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase

#: Of the demo's renters the only one so called; typed with the family name first.
KNOWN = "vogel jo"


def test_thirteen_keys_lead_to_the_payment_page_and_two_for_a_renters_own_account(at_the_counter):
    typed = []

    async def clerk(person):
        def press(key, *modifier):
            typed.append(key)
            person.press(key, *modifier)

        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
        person.type("1")
        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_IN)
        client, panel = person.window.workspace.client, person.desk.panel
        press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: person.desk.search.state.phase is Phase.READY)
        await person.until(lambda: client.search.results.model.row_at(0) is not None)
        await person.until(client.search.results.grid.hasFocus)

        press(Qt.Key.Key_B)
        await person.until(client.panel.renters.field.hasFocus)
        person.type(KNOWN)
        typed.extend(KNOWN)
        await person.until(lambda: len(panel.state.found.rows) == 1)
        press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.renter is not None)
        press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.checkout_ready)
        await person.until(client.panel.main.hasFocus)
        press(Qt.Key.Key_Return)
        address = await asyncio.wait_for(person.pages.get(), WITHIN_S)

        assert "Jonas Vogel" == panel.state.booking.renter_name
        assert panel.state.booking.payment.attempt.url == address
        assert PanelStage.PAYING is panel.state.stage
        assert 5 + len(KNOWN) == len(typed)

    async def renter(person):
        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
        offered = [account.account for account in person.program.session.state.offered]
        person.type(str(offered.index("renter") + 1))
        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_IN)
        client, panel = person.window.workspace.client, person.desk.panel
        await person.until(lambda: client.search.results.model.row_at(0) is not None)
        await person.until(client.search.results.grid.hasFocus)

        person.press(Qt.Key.Key_B)
        await person.until(client.panel.main.hasFocus)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.checkout_ready)
        await person.until(client.panel.main.hasFocus)
        person.press(Qt.Key.Key_Return)
        address = await asyncio.wait_for(person.pages.get(), WITHIN_S)

        booking = panel.state.booking
        assert (person.desk.actor.renter.id, "renter") == (booking.renter_id, booking.booked_by)
        assert booking.payment.attempt.url == address

    at_the_counter(clerk, renter)
