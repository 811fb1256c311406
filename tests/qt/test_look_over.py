"""Every page, panel and dialog of every role in small windows: nothing is cut, clipped, outside or overlapped.

Two sizes in ``make test``; ``LOOK=all`` takes every size.
"""

from __future__ import annotations

import asyncio
import gc
import os
from dataclasses import replace

import pytest
from builders import LISBON, RENTER, make_car, wish
from look_over import SMALL, faults
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desktop.dialogs import About, Amount, Question, confirm
from desktop.viewmodels.connection import ConnectionState
from desktop.views.areas.accounts import AccountsArea
from desktop.views.fleet.fleet_page import FleetPage
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.table.record_table import RecordTable
from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.car.body_type import BodyType
from engine.domain.money.money import Money
from engine.domain.people.people import RenterId
from engine.domain.shared.errors import Unavailable

#: What is left of each screen for a window, in Qt's px: 1024x700, 1920x1080 at 150 %, 1280x800, 1366x768, 1920x1080.
_ALL = (QSize(1280, 770), QSize(1366, 728), QSize(1920, 1040))
SIZES = (*SMALL, *(_ALL if os.environ.get("LOOK") == "all" else ()))
#: Every size of every page takes its time on a busy machine.
_TIME_S = 1800 if len(SIZES) > len(SMALL) else 300

_LONG = "Maximiliane Freifrau von Hohenlohe-Langenburg"
_RENTERS = (
    replace(RENTER, id=RenterId("renter-2"), name=_LONG, email="hohenlohe@example.org", phone="+4930901821"),
    replace(RENTER, id=RenterId("renter-3"), name="נועם בן־דוד", email="noam@example.org", phone="+97225312345"),
    replace(RENTER, id=RenterId("renter-4"), name="Søren Ångström", email="s@example.org", phone="+4930901823"),
)
_CARS = (
    make_car(4, brand="Mercedes-Benz", model="Sprinter Tourer", plate="HH-MB 4921E", body=BodyType.VAN),
    make_car(5, brand="Toyota", model="Corolla Touring Sports", plate="B-XH 4922", daily_rate=Money(1_491_00, "EUR")),
    make_car(6, brand="Mercedes-Benz", model="EQE", plate="B-EQ 77E", daily_rate=Money(213_00, "EUR")),
    make_car(7, brand="Citroën", model="C5 Aircross", plate="21-AB-34", branch_id=LISBON.id),
)
PRECIOUS = frozenset(
    {each.name for each in (*_RENTERS, RENTER)}
    | {name for car in _CARS for name in (car.title, car.plate)}
    | {"Volkswagen Golf", "B-DS 1", "Cleo Clerk", "Olga Owner", "Ari Admin"}
)


@pytest.fixture
def full(world):
    """Long names, large sums, and bookings in several states."""
    world.db.renters.insert_many([renter_document(each) for each in _RENTERS])
    world.add_cars(*_CARS)
    return world


async def _book(world):
    async with world.desk() as desk, stripe_of(world) as stripe:
        for number, (car, renter) in enumerate(zip(_CARS[:3], _RENTERS, strict=True)):
            price = Money(car.daily_rate.minor * 3, "EUR")
            made = await opened(
                desk, car=car.id, renter_id=renter.id, first=1, last=4, key=f"look-{number}", shown_price=price
            )
            if number:
                await stripe.pay(made)
                await desk.payment.settle(desk.actor, made.id)
        await desk.booking.hold(desk.actor, wish(desk, key="look-own"))


#: Work that never ends while somebody is signed in.
_ALWAYS = ("follow", "connection", "live", "listen", "watch")
#: So many looks in a row at nothing on its way.
_CALM = 5


class Look:
    def __init__(self, person):
        self.person = person
        self.found: list[str] = []

    async def settle(self):
        """Until nothing is on its way to the screen."""
        calm = 0
        while calm < _CALM:
            names = set(self.person.desk.tasks._by_name)
            busy = {name for name in names if not name.startswith(_ALWAYS)}
            calm = 0 if busy or self.person.window.context.shimmer.running else calm + 1
            await asyncio.sleep(0.01)

    async def at(self, place):
        await self.settle()
        for size in SIZES:
            self.person.window.resize(size)
            await self.settle()
            where = f"{place} at {size.width()}x{size.height()}"
            for shown in filter(None, (self.person.window, QApplication.activeModalWidget())):
                self.found += [f"{where}: {fault}" for fault in faults(shown, PRECIOUS)]


@pytest.fixture
def look(qapp, full, tmp_path):
    yield lambda: person_at(qapp, full, tmp_path)
    gc.unfreeze()


def _lists(page):
    return [each for kind in (CardGrid, RecordTable) for each in page.findChildren(kind) if each.isVisible()]


def _panels(person):
    return [each for each in person.window.findChildren(SidePanel) if each.is_open]


async def _look_through(eye, page, name):
    """The page, and what each of its lists opens beside it."""
    await eye.at(name)
    for number, view in enumerate(_lists(page)):
        if view.model() is None or not view.model().rowCount():
            continue
        view.setCurrentIndex(view.model().index(0, 0))
        view._open(view.model().index(0, 0))
        await eye.at(f"{name}, panel {number}")
        for panel in _panels(eye.person):
            panel.give_way()
        while (box := QApplication.activeModalWidget()) is not None:
            box.reject()
            await asyncio.sleep(0)


#: Of each role: the page, how its form is opened, where the form is, and how it is sent with nothing filled in.
FORMS = {
    "clerk": [("renters", lambda view: view.client.renters.add(), lambda view: view.client.renters.details,
               lambda panel: panel.form.save.click())],
    "owner": [("fleet", lambda view: _fleet(view).add_car(), lambda view: _fleet(view).panel,
               lambda panel: panel.save())],
    "admin": [
        ("users", lambda view: view.area(AccountsArea).people.new.click(), lambda view: view.area(AccountsArea).panel,
         lambda panel: panel.main.click()),
        ("firm", lambda view: view.page("firm").add_branch(),
         lambda view: view.page("firm").branch_panel, lambda panel: panel.save.click()),
        ("firm", lambda view: view.page("firm").change_rules(),
         lambda view: view.page("firm").rules_panel, lambda _panel: None),
    ],
}  # fmt: skip

QUESTION = Question(
    "Cancel this booking?",
    "The renter is told, and the car is free for others at once.",
    "Cancel the booking",
    "Keep the booking",
    when="Fri 27 Nov 10:00 to Mon 30 Nov 10:00 (EET), Berlin Mitte",
    about=About(_CARS[0].title, _CARS[0].plate, _LONG, "1214-ASM5-PTTJ", "van", "silver"),
    amounts=(Amount("Paid", "12,491,000.00 EUR"), Amount("Goes back to the card", "12,490,950.00 EUR", strong=True)),
    grave=True,
    final=True,
)


def _fleet(view):
    return view.page("fleet").shown


async def _look_at_form(eye, name, begin, panel_of, send):
    view = eye.person.view
    view.go(name)
    await eye.settle()
    begin(view)
    panel = panel_of(view)
    await eye.person.until(lambda: panel.is_open)
    await eye.settle()
    send(panel)
    await eye.at(f"{name}, its form with mistakes")
    panel.give_way()


async def _look_at_palette_and_question(eye):
    window = eye.person.window
    window.finder.toggle()
    eye.person.type("hoh")
    await eye.at("what Ctrl+K finds")
    window.finder.toggle()
    asking = asyncio.create_task(confirm(window, QUESTION))
    await eye.person.until(QApplication.activeModalWidget)
    await eye.at("a question")
    QApplication.activeModalWidget().reject()
    await asking


async def _look_without_connection(eye):
    """The servers are there all the while; word of them would take the place of what is looked at."""
    desk, view = eye.person.desk, eye.person.view
    desk.live.blockSignals(True)  # noqa: FBT003 -- Qt's signature
    desk.tasks.stop("connection")
    heard = desk.connection.state.heard_at
    desk.connection.feed(ConnectionState(heard, Unavailable("mongodb"), cache=False))
    for name in view.entries:
        view.go(name)
        await eye.at(f"{name} without a connection")
    desk.live.blockSignals(False)  # noqa: FBT003


@pytest.mark.slow
@pytest.mark.timeout(_TIME_S)
@pytest.mark.parametrize("account", ["clerk", "owner", "admin"])
async def test_nothing_is_cut_clipped_outside_or_overlapped(look, full, account):
    async with look() as person:
        await person.sign_in(account)
        await person.program.bridge.call(lambda: _book(full))
        eye = Look(person)
        for name in person.view.entries:
            person.view.go(name)
            page = person.view.page(name).shown
            await _look_through(eye, page, name)
            if account == "owner" and isinstance(page, FleetPage):
                page.view_switch.click()
                await _look_through(eye, page, f"{name} as a table")
        for form in FORMS[account]:
            await _look_at_form(eye, *form)
        await _look_at_palette_and_question(eye)
        await _look_without_connection(eye)
        assert not eye.found, "\n".join(eye.found)
