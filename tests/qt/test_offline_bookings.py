"""The stored bookings in the real window with no network, by keyboard; and a copy whose making was killed half way."""

from __future__ import annotations

import asyncio
import csv
import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import keyring
import pytest
from builders import RENTER, make_car
from earnings_builders import History
from hypothesis import example, given
from hypothesis import strategies as st
from keyrings import MemoryKeyring
from killed_sync import killed_at
from person import OnGivenServers, person_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.booking.refund_reason import usual_words
from desktop.views.earnings.posting_fields import posting_field
from desktop.views.frame.offline import AWAY
from desktop.views.offline.stored_booking import _reason
from desktop.widgets.button import Button
from desktop.widgets.text import Text
from engine.adapters.mongo import client as mongo_client
from engine.config import load
from engine.domain.booking.listing import BookingOrder
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.people.people import AccountName
from engine.domain.reports.owner_books import Posting, damaged_rental
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import CopyUnusable, Misconfigured
from engine.wiring.offline import copies_of

CTRL = Qt.KeyboardModifier.ControlModifier
NOW = datetime.now(UTC).replace(microsecond=0)
GOLF, POLO = make_car(1), make_car(2, model="Polo")


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setattr(mongo_client, "OPERATION_S", 1.0)
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    gc.unfreeze()


@pytest.fixture
def kept(world, tmp_path, keys):
    """The deployment as a desk sees it whose copies lie where the program of these tests looks for them."""
    folder = copies_of(load(tmp_path / "data", environ={}, cwd=tmp_path))
    return replace(world, deployment=replace(world.deployment, copies_dir=folder))


@pytest.fixture
def history(kept):
    made = History(kept)
    made.cars(GOLF, POLO)
    return made


@pytest.fixture
def train(qapp, kept, tmp_path):
    """Somebody at the same computer, with nothing listening where the servers were."""
    place = replace(kept.deployment, mongo_url="mongodb://127.0.0.1:9/?directConnection=true")
    return lambda: person_at(qapp, replace(kept, deployment=place), tmp_path)


def ago(days):
    return NOW - timedelta(days=days)


def paid(history, car, before, **changes):
    return history.book(car, ago(before), charged=ago(before + 1), **changes)


async def synced(kept):
    async with kept.desk("owner") as desk:
        await desk.copying.sync(desk.actor)


async def opened(person):
    """The stored copy, from the sign-in page, by keyboard."""
    copies = person.window.sign_in.form.copies
    await person.until(lambda: person.program.session.state.phase is SessionPhase.SIGNED_OUT)
    await person.until(lambda: copies.isVisibleTo(person.window))
    for _ in range(20):
        if copies.isAncestorOf(person.focused):
            break
        person.press(Qt.Key.Key_Tab)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: person.window.offline is not None)
    view = person.window.offline
    await person.until(lambda: view.earnings.vm.state.phase is Phase.READY)
    await person.until(lambda: view.banner.text == AWAY)
    return view


async def listed(person, view, total):
    page = view.bookings.page

    def there():
        state = view.bookings.vm.state
        return state.phase is Phase.READY and state.first.total == total == page.model.rowCount()

    await person.until(there)
    return page


def head(page):
    return page.header.subtitle.text()


def words_of(page):
    model = page.model
    return [[model.index(row, column).data() for column in range(6)] for row in range(model.rowCount())]


async def test_the_stored_bookings_are_looked_through_by_keyboard(train, history, kept, tmp_path):
    other = paid(history, POLO, 40)
    back = paid(history, GOLF, 20, state=BookingState.CANCELLED, refunded=ago(19))
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        person.press(Qt.Key.Key_Return)
        explained = view.earnings.page.panel
        await person.until(explained.isVisible)
        assert person.focused is explained.lines
        person.press(Qt.Key.Key_Escape)
        await person.until(explained.isHidden)
        person.press(Qt.Key.Key_2, CTRL)
        page = await listed(person, view, 2)
        assert [back.id, other.id] == [page.model.row_at(row).booking.id for row in range(2)]
        assert head(page).startswith("2 bookings, newest first · made since ")
        assert head(page).endswith(", complete")
        assert not page.partial.isVisibleTo(page)
        assert person.focused is page.table
        person.press(Qt.Key.Key_J)
        person.press(Qt.Key.Key_K)
        person.press(Qt.Key.Key_Return)
        panel = view.bookings.panel
        await person.until(lambda: panel.isVisible() and panel.number.button.hasFocus())
        assert [each.label for each in panel.payments.fields] == [
            "Charge", "Your share", "Commission", "Refund", "Your share", "Commission",
        ]  # fmt: skip
        assert "complete" in panel.stamp.text()
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: person.focused is page.table and not panel.isVisible())

        person.press(Qt.Key.Key_F, CTRL)
        person.type(POLO.plate.lower())
        person.press(Qt.Key.Key_Return)
        await listed(person, view, 1)
        told = words_of(page)
        assert told[0][1] == f"Volkswagen Polo, {POLO.plate}"
        person.press(Qt.Key.Key_E, CTRL)
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        name = QApplication.activeModalWidget().findChild(QLineEdit)
        name.setFocus()
        name.setText(str(tmp_path / "stored"))
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: "1 booking exported to" in page.export.banner.text)
        offered = {line.id.split(".")[0] for line in person.window.commands.listing()}

    assert not {"booking", "car", "fleet", "search"} & offered
    assert not any(name in str(told) for name in (*RENTER.name.split(), "A. M."))
    (row,) = csv.DictReader((tmp_path / "stored.csv").read_text("utf-8-sig").splitlines())
    assert (other.id, "stored copy", "yes") == (row["Booking"], row["Source"], row["Complete"])


async def test_a_stored_booking_is_found_from_any_page_by_its_number(train, history, kept):
    one = paid(history, POLO, 40)
    paid(history, GOLF, 20)
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        person.press(Qt.Key.Key_K, CTRL)
        person.type(one.id)
        finder = person.window.finder
        await person.until(lambda: f"booking:{one.id}" in finder._things and finder.widget.model.lines)
        person.press(Qt.Key.Key_Return)
        await person.until(view.bookings.panel.isVisible)
        assert "bookings" == view.rail.selected
        assert view.bookings.panel.facts.fields[3].value == "Berlin Mitte"
        await listed(person, view, 2)
        person.press(Qt.Key.Key_Q, CTRL | Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: person.window.offline is None)
        assert not finder._things
        assert person.window.focusWidget() is person.window.sign_in.form.account


def test_what_was_paid_in_another_year_says_so():
    new_year = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp() * 1000)
    row = Posting("bk-1", "charge", "ch_1", 10_000, "EUR", GOLF.id, GOLF.branch_id, new_year)

    told = [posting_field(row, UTC, datetime(year, 11, 24, tzinfo=UTC)).value for year in (2025, 2026)]

    assert ["Wed 1 Jan 00:00   100.00 EUR", "Wed 1 Jan 2025 00:00   100.00 EUR"] == told


async def test_a_car_of_the_stored_fleet_leads_to_its_bookings_and_back_to_all(train, history, kept):
    mine = paid(history, POLO, 40)
    paid(history, GOLF, 20)
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        person.press(Qt.Key.Key_Slash)
        assert view.bookings.page is view.pages.currentWidget()
        assert view.bookings.page.filters.isAncestorOf(person.focused)
        person.press(Qt.Key.Key_Escape)
        person.press(Qt.Key.Key_1, CTRL)
        fleet = view._made["fleet"]
        assert fleet.model.row_at(1) == POLO
        person.press(Qt.Key.Key_J)
        person.press(Qt.Key.Key_Return)
        page = await listed(person, view, 1)
        assert mine.id == page.model.row_at(0).booking.id
        assert f"Car: {POLO.label}" == view.bookings.vm.state.only
        assert "bookings" == view.rail.selected
        page.filters.reset()
        await listed(person, view, 2)


async def test_without_bookings_the_fleet_is_offered_and_where_none_match_all_of_them(train, history, kept):
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        person.press(Qt.Key.Key_2, CTRL)
        page = await listed(person, view, 0)
        empty = page.content.empty
        assert "No bookings" == empty.title.text()
        assert head(page).endswith(", complete")
        assert not page.save.isEnabled()
        view.bookings.vm.search("zzz")
        await person.until(lambda: empty.title.text() == "Nothing found")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: empty.title.text() == "No bookings")
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: view.rail.selected == "fleet")


async def test_a_long_stored_list_comes_by_pages_and_one_that_fails_leads_to_signing_in(train, history, kept):
    for n in range(120):
        paid(history, GOLF, 300 - 2 * n, days=1)
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        person.press(Qt.Key.Key_2, CTRL)
        page = await listed(person, view, 120)
        assert page.model.row_at(119) is None
        person.press(Qt.Key.Key_End)
        await person.until(lambda: page.model.row_at(119) is not None)
        vm, state = view.bookings.vm, view.bookings.vm.state
        vm.sort(BookingOrder.PRICE, descending=False)
        assert page.vm.state.phase is Phase.LOADING
        await listed(person, view, 120)

        page._shown = None
        vm.feed(BookingsState(Phase.FAILED, state.query, run=state.run + 9, problem=CopyUnusable("damaged")))
        await person.until(lambda: not page.content.shows_rows)
        assert head(page).endswith(", complete")
        page.content.stepped.emit()
        await person.until(lambda: person.window.offline is None)


async def test_a_copy_whose_first_making_was_killed_says_partial_on_every_page(train, history, kept, keys, tmp_path):
    account = f"copy:{kept.deployment.copies_dir.name}:owner"
    keys.set_password("drivesphere", account, "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    made = [paid(history, GOLF, 20 + 30 * n) for n in range(20)]
    await killed_at(3, kept.deployment, keys)

    async with train() as person:
        copies = person.window.sign_in.form.copies
        await person.until(lambda: copies.isVisibleTo(person.window))
        assert all(each.accessibleName().endswith(", partial") for each in copies.findChildren(Button))
        assert any(each.text().endswith(", partial") for each in copies.findChildren(Text))
        view = await opened(person)
        earnings = view.earnings.page
        assert head(earnings).endswith(", partial")
        assert earnings.stamp.isVisible()
        person.press(Qt.Key.Key_1, CTRL)
        fleet = view._made["fleet"]
        assert head(fleet).endswith(", partial")
        assert fleet.partial.isVisible()
        person.press(Qt.Key.Key_2, CTRL)
        await person.until(lambda: view.bookings.vm.state.phase is Phase.READY)
        total = view.bookings.vm.state.first.total
        page = await listed(person, view, total)
        assert head(page) == f"{total} bookings, newest first · {view.stamp}"
        assert page.partial.isVisible()
        assert "partial" in page.partial.text
        shown = [page.model.row_at(row).booking.id for row in range(total)]
        view.bookings.vm.search("quisling")
        await listed(person, view, 0)
        assert "missing in this copy" in page.content.empty.sentence.text()
        view.bookings.vm.clear()
        await listed(person, view, total)
        page.opened.emit(page.model.row_at(0).booking)
        assert "partial" in view.bookings.panel.stamp.text()
        view.bookings.vm.save(tmp_path / "part.csv")
        await person.until(lambda: "exported to" in page.export.banner.text)
        said = person.window.findChildren(type(page.partial._text))
        assert not [text.text() for text in said if text.text().endswith(", complete")]
        assert "partial" in view.status.accessibleDescription()

    assert 0 < total < len(made)
    assert shown == [booking.id for booking in made[:total]]
    rows = list(csv.DictReader((tmp_path / "part.csv").read_text("utf-8-sig").splitlines()))
    assert (total, {"partial"}) == (len(rows), {row["Complete"] for row in rows})


async def test_where_the_servers_here_do_not_come_up_the_stored_copy_is_offered(
    qapp, history, kept, tmp_path, monkeypatch
):
    paid(history, GOLF, 20)
    await synced(kept)
    starts, up = OnGivenServers._open_deployment, asyncio.Event()

    async def open_deployment(self, on_progress):
        if not up.is_set():
            raise Misconfigured("folder.unusable", folder="/data", why="full")
        return await starts(self, on_progress)

    monkeypatch.setattr(OnGivenServers, "_open_deployment", open_deployment)
    async with person_at(qapp, kept, tmp_path) as person:
        session = person.program.session
        await person.until(lambda: session.state.phase is SessionPhase.BROKEN)
        broken = person.window.sign_in.broken
        await person.until(lambda: broken.copies.isVisibleTo(person.window))
        person.press(Qt.Key.Key_Tab)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.window.offline is not None)
        view = person.window.offline
        await person.until(lambda: view.earnings.vm.state.phase is Phase.READY and view.banner.text == AWAY)
        up.set()
        person.press(Qt.Key.Key_Q, CTRL | Qt.KeyboardModifier.ShiftModifier)
        await person.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
        assert person.window.sign_in.form.isVisible()


@given(reason=st.sampled_from(UsualReason))
def test_a_stored_booking_says_why_money_was_given_back_in_the_words_of_the_desk(reason):
    (told,) = _reason(_rental(reason.value))

    assert (told.label, told.value) == ("Refund reason", usual_words(reason))


@given(reason=st.text(max_size=12).filter(lambda text: text not in {each.value for each in UsualReason}))
@example(reason="")
def test_of_a_reason_that_is_not_known_here_nothing_is_said(reason):
    assert _reason(_rental(reason)) == []


def _rental(reason):
    return damaged_rental(Damaged("bookings", "bk-1", "x"), 0)._replace(reason=reason)


def _say_why(kept, booking, usual):
    reason = {"history.$[last].reason": {"usual": usual.value, "said": ""}, "version": booking.version + 1}
    where = [{"last.state": booking.state.value}]
    kept.db.bookings.update_one(
        {"_id": booking.id}, {"$set": reason}, array_filters=where, bypass_document_validation=True
    )


async def test_the_panel_of_a_stored_booking_has_the_reason_behind_its_payments(train, history, kept):
    back = paid(history, GOLF, 20, state=BookingState.CANCELLED, refunded=ago(19))
    _say_why(kept, back, UsualReason.CAR)
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        view.bookings.open_rental(view.work.copy.books.rentals[back.id])
        panel = view.bookings.panel
        await person.until(panel.isVisible)

        last = panel.payments.fields[-1]
        assert (last.label, last.value) == ("Refund reason", usual_words(UsualReason.CAR))


async def test_where_the_copy_does_not_answer_signing_in_is_offered_and_leads_there(train, history, kept):
    paid(history, GOLF, 20)
    await synced(kept)

    async with train() as person:
        view = await opened(person)
        # As it would be with a copy of somebody else's.
        vm = view.bookings.vm
        vm._desk = replace(vm._desk, actor=replace(vm._desk.actor, account=AccountName("other"), owner_id=None))
        person.press(Qt.Key.Key_2, CTRL)
        page = view.bookings.page
        await person.until(lambda: vm.state.phase is Phase.FAILED and not page.content.shows_rows)
        told = [each.text() for each in page.content.empty.findChildren(Text)]
        button = page.content.empty.findChild(Button)
        assert "The copy on this computer is damaged. Signing in makes it anew." in told
        assert button.text() == "Sign in"
        button.click()
        await person.until(lambda: person.window.offline is None)
