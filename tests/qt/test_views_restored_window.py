"""After a restore an administrator decides in the window on payments without a booking, on real servers."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest
from builders import DATABASE, PASSWORD, RENTER
from gestures import asked
from payments import opened, stripe_of
from person import person_at
from PySide6.QtCore import Qt

from desktop.views.areas.oversight import OversightArea
from engine.adapters.disk.backup_file import BackupKey
from engine.adapters.mongo.client import Connector, Credentials, connect
from engine.bootstrap import choose_password, open_engine
from engine.commands.backup import make_backup
from engine.commands.restore import RestoreOrder, Target, restore
from engine.domain.booking.restored import Outcome
from engine.domain.booking.states import BookingState
from engine.domain.people.people import RenterId

AGAIN = "ds_restored_window"
KEY = BackupKey(bytes(range(32)), "key")


@pytest.fixture
def lost(world, endpoints, root, tmp_path):
    """Makes a booking that is paid after the back-up, and the world after the restore with its payment found."""
    yield lambda: restored_world(world, endpoints, tmp_path)
    for command in ("dropAllUsersFromDatabase", "dropAllRolesFromDatabase"):
        root[AGAIN].command(command)
    root.drop_database(AGAIN)
    gc.unfreeze()


async def restored_world(world, endpoints, tmp_path):
    connector = Connector(endpoints.mongo_url)
    client = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    async with world.desk() as desk, stripe_of(world) as stripe:
        async with connector.open("backup", PASSWORD, DATABASE) as reader:
            await make_backup(reader, DATABASE, tmp_path / "firm.backup", KEY, lambda _: None, by="backup")
        booking = await opened(desk, car="car-2", key="after")
        await stripe.pay(booking)
        await desk.payment.settle(desk.actor, booking.id)
    order = RestoreOrder(tmp_path / "firm.backup", KEY, tmp_path / "passwords.txt")
    restored = await restore(Target(client, connector, AGAIN, endpoints.root_name), order, lambda _: None)
    passwords = dict(line.split("\t") for line in restored.passwords.read_text().splitlines())
    back = replace(world, deployment=replace(world.deployment, database=AGAIN))
    await choose_password(back.deployment, "admin", passwords["admin"], PASSWORD)
    async with open_engine(back.deployment, "admin", PASSWORD, background=False) as engine:
        await engine.restored_look.look("admin")
    await client.close()
    return booking, back


async def opened_case(person):
    if person.view is None:
        await person.sign_in("admin")
    person.view.go("overview")
    office = person.view.area(OversightArea)
    await person.until(lambda: office.overview._filled is not None)
    assert "1" == office.overview.tiles["Needs a person"].value
    office.overview.tiles["Needs a person"].click()
    await person.until(lambda: office.care.there.list.model.row_at(0) is not None)
    office.care.there.list.table.setFocus()
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: office.restored.is_open)
    return office


async def choose(person, panel):
    person.type(RENTER.name)
    await person.until(lambda: panel.renters.list.count() == 1 and panel.renters._answered)
    person.press(Qt.Key.Key_Return)
    await person.until(panel.book.isEnabled)


async def test_booked_again_there_is_one_booking_and_no_case(qapp, lost, root, tmp_path):
    booking, back = await lost()
    db = root[AGAIN]
    async with person_at(qapp, back, tmp_path) as person:
        office = await opened_case(person)
        panel = office.restored.there
        assert "Paid 100.00 EUR, not booked" == office.care.there.list.model.index(0, 1).data()
        assert "went back in time to" in panel.happened.text()
        assert panel.happened.text().endswith("The car is kept for it until you decide.")
        assert not panel.book.isEnabled()
        await choose(person, panel)
        panel.book.click()
        await person.until(lambda: office.care.is_open and office.care.there.list.model.rowCount() == 0)
        assert "Nothing waits for a person" == office.care.there.list.content.empty.title.text()
        await person.until(lambda: office.overview.tiles["Needs a person"].value == "0")
        office.care.there.close_panel()

    (row,) = db.bookings.find()
    assert (booking.id, BookingState.CONFIRMED, RENTER.id) == (row["_id"], row["state"], row["renter_id"])
    assert 0 == db.restored_payments.count_documents({"outcome": Outcome.OPEN})
    assert [booking.id] == [claim["id"] for claim in db.fences.find_one({"_id": "car-2"})["claims"]]


async def test_money_goes_back_after_the_question_and_never_by_enter(qapp, lost, root, tmp_path):
    booking, back = await lost()
    db = root[AGAIN]
    async with person_at(qapp, back, tmp_path) as person:
        office = await opened_case(person)
        panel = office.restored.there
        panel.give_back.click()
        await person.until(asked)
        told = asked().told
        assert all(part in told for part in (booking.plate, "100.00 EUR", "This cannot be undone.")), told
        for _ in range(3):
            person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is None and not panel.tasks.running("give back"))
        assert not panel.vm._tasks.running("restored")
        assert 1 == db.restored_payments.count_documents({"outcome": Outcome.OPEN})
        assert (0, True) == (db.bookings.count_documents({}), panel.is_open)
        panel.give_back.click()
        await person.until(asked)
        asked().usual.setCurrentIndex(0)
        asked().yes.click()
        await person.until(lambda: office.care.is_open and office.care.there.list.model.rowCount() == 0)
        await person.until(lambda: db.bookings.find_one({})["state"] == BookingState.REFUNDED)
        office.care.there.close_panel()

    assert [] == db.fences.find_one({"_id": "car-2"})["claims"]
    async with stripe_of(back) as stripe:
        intent = db.restored_payments.find_one({})["_id"]
        params = {"expand[]": "latest_charge"}
        charge = (await stripe._http.get(f"/v1/payment_intents/{intent}", params=params)).json()["latest_charge"]
    assert charge["amount_captured"] == charge["amount_refunded"] == booking.price.minor


async def test_a_renter_who_is_half_filled_in_is_asked_about_before_the_panel_goes(qapp, lost, tmp_path):
    _booking, back = await lost()
    async with person_at(qapp, back, tmp_path) as person:
        office = await opened_case(person)
        panel = office.restored.there
        panel.renters.new.click()
        panel.renters.form.fields["phone"].setFocus()
        person.type("+49 30 901820")
        person.press(Qt.Key.Key_Escape)
        await person.until(asked)
        told = asked().told
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: asked() is None and not panel.questions.running("lose"))
        kept = panel.is_open, panel.renters.form.fields["phone"].text()
        assert ["Leave without adding this renter?"] == [
            each.title for each in person.view.questions_before_going(leaving=False)
        ]
        panel.close_panel()
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: office.care.is_open)
        assert office.unsaved() is None
        office.care.there.close_panel()

    assert "+49 30 901820" in told
    assert (True, "+49 30 901820") == kept


async def test_what_was_decided_meanwhile_is_said_in_words(qapp, lost, root, tmp_path):
    _booking, back = await lost()
    async with person_at(qapp, back, tmp_path) as person:
        office = await opened_case(person)
        panel = office.restored.there
        async with open_engine(back.deployment, "admin", PASSWORD, background=False) as other:
            (case,) = await other.restored.waiting(other.actor)
            await other.restored.book_again(other.actor, case.payment_intent, RenterId(RENTER.id))
        panel.give_back.click()
        await person.until(asked)
        asked().usual.setCurrentIndex(0)
        asked().yes.click()
        await person.until(lambda: bool(panel.banner.text))
        assert "Somebody decided on this payment meanwhile. The list is up to date." == panel.banner.text
        panel.close_panel()
        await person.until(lambda: office.care.is_open and office.care.there.list.model.rowCount() == 0)
        office.care.there.close_panel()

    assert [BookingState.CONFIRMED] == [row["state"] for row in root[AGAIN].bookings.find()]
