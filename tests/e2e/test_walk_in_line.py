"""A known renter walks in and pays cash: typed in one line, on the running program and its demo."""

from __future__ import annotations

import time

from gestures import asked
from PySide6.QtCore import Qt

from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase

#: Of the demo's renters the only one so called.
LINE = "suv 2d vogel jonas cash"
PUT_DOWN = "500"


def test_a_walk_in_is_two_typed_fields_from_the_first_page_to_the_money_in_the_drawer(at_the_counter):
    async def clerk(person):
        fields, keys = 0, 0

        def press(key):
            nonlocal keys
            keys += 1
            person.press(key)

        def fill_in(text):
            nonlocal fields, keys
            fields, keys = fields + 1, keys + len(text)
            person.type(text)

        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
        person.type("1")
        await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_IN)
        client, panel = person.window.workspace.client, person.desk.panel
        await person.until(lambda: client.today.vm.state.phase is Phase.READY and client.today.booking is not None)

        press(Qt.Key.Key_W)
        fill_in(LINE)
        begun = time.perf_counter()
        press(Qt.Key.Key_Return)
        await person.until(lambda: panel.state.stage is PanelStage.CONFIRMED and asked() is not None)
        booked_s = time.perf_counter() - begun
        assert asked().form.lines["received"].hasFocus()
        fill_in(PUT_DOWN)
        begun = time.perf_counter()
        press(Qt.Key.Key_Return)
        await person.until(lambda: len(panel.state.booking.payments) == 2)
        taken_s = time.perf_counter() - begun
        told = f"{fields} typed fields, {keys} keys; own time {booked_s:.2f} s to book, {taken_s:.2f} s to take"
        print(f"\n{told}")  # noqa: T201 -- its numbers

        assert "Jonas Vogel" == panel.state.booking.renter_name
        assert panel.state.booking.price == panel.state.booking.payments[-1].amount
        assert (2, 3 + len(LINE + PUT_DOWN)) == (fields, keys)

    at_the_counter(clerk)
