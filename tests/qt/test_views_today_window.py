"""The branch's day in the real window, by keyboard, on a real engine and real servers."""

from __future__ import annotations

import gc

import pytest
from builders import BERLIN, FULL, wish
from gestures import asked
from payments import opened, stripe_of
from person import person_at
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.phases import Phase
from desktop.views.papers.issue_box import IssueBox
from desktop.views.papers.preview import PaperBox
from desktop.views.today.commands import key_of_line
from desktop.views.today.line import HAND_OVER, OPEN, TAKE_BACK
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.tender import Tender
from engine.domain.shared.errors import Unavailable


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def confirmed(world, **changes):
    async with world.desk() as desk, stripe_of(world) as stripe:
        made = await opened(desk, **changes)
        await stripe.pay(made)
        return await desk.payment.settle(desk.actor, made.id)


def test_a_line_that_has_not_come_yet_is_nobodys():
    """A booking may be opened while the day is loading, and its line is looked for among the skeleton's."""
    assert key_of_line(None) is None


async def today_of(person):
    """The first page a clerk sees."""
    page = person.view.client.today
    await person.until(lambda: page.vm.state.phase is Phase.READY)
    return page


async def read(person, km):
    """The question is what the car's instruments show."""
    await person.until(asked)
    asked().fields.km.setText(km)
    asked().fields.full.setText("8")
    asked().yes.click()


async def back_at_the_window(person):
    """A question is closed: a window manager gives its parent the keyboard, which the offscreen screen does not."""
    await person.until(lambda: asked() is None)
    person.window.activateWindow()
    await person.until(person.window.isActiveWindow)


def steps(page):
    rows = (page.model.row_at(at) for at in range(page.model.rowCount()))
    return [line.step for line in rows if not line.head]


async def near(world, n):
    """Booked for now, in a moment; a higher *n* is fetched a little later."""
    async with world.desk() as desk:
        times = wish(desk, first=0.01 * n, last=2.01)
    return await confirmed(world, key=f"key-{n}", car=f"car-{n}", period=times.period)


async def test_a_car_is_handed_over_and_taken_back_by_its_keys_and_the_line_stays_where_it_is(counter, world):
    async with counter() as person:
        first, second = await near(world, 1), await near(world, 2)
        await person.sign_in()
        page = await today_of(person)
        assert [HAND_OVER, HAND_OVER] == steps(page)
        assert page.booking.id == first.id

        person.press(Qt.Key.Key_J)
        assert page.booking.id == second.id
        person.press(Qt.Key.Key_F2)
        await read(person, "10,000")
        await person.until(lambda: page.booking.state is BookingState.OUT)
        await back_at_the_window(person)
        assert [HAND_OVER, TAKE_BACK] == steps(page)
        assert page.booking.id == second.id
        person.press(Qt.Key.Key_F6)
        await read(person, "10,100")
        await person.until(lambda: page.booking.state is BookingState.COMPLETED)
        assert [HAND_OVER, ("", "")] == steps(page)


async def test_another_desks_change_redraws_its_line_and_a_new_hold_comes_with_the_chosen_line_kept(counter, world):
    async with counter() as person:
        first, second = await near(world, 1), await near(world, 2)
        await person.sign_in()
        page = await today_of(person)
        person.press(Qt.Key.Key_J)

        async with world.desk() as desk:
            await desk.rental.hand_over(desk.actor, first.id, FULL)
            await person.until(lambda: [TAKE_BACK, HAND_OVER] == steps(page))
            assert page.booking.id == second.id
            assert {first.id} == page.table.fresh
            await desk.booking.hold(desk.actor, wish(desk, car="car-3", key="k3", shown_price=Money(160_00, "EUR")))
        await person.until(lambda: OPEN in steps(page))
        assert page.booking.id == second.id


async def test_f9_opens_the_chosen_line_with_what_is_open_and_asks_for_it(counter, world):
    async with counter() as person:
        paid = await near(world, 1)
        async with world.desk() as desk:
            times = wish(desk, first=0.02, last=2.01)
            owing = await desk.booking.hold(
                desk.actor, wish(desk, car="car-2", key="k2", period=times.period, pays=Tender.COUNTER)
            )
            await desk.till.open(desk.actor, owing.branch_id, Money(100_00, "EUR"))
        await person.sign_in()
        page = await today_of(person)
        assert page.booking.id == paid.id
        person.press(Qt.Key.Key_F9)
        assert not page.may_take_money()

        person.press(Qt.Key.Key_J)
        assert page.booking.id == owing.id
        person.press(Qt.Key.Key_F9)
        await person.until(asked)
        assert person.desk.detail.state.booking.id == owing.id
        assert "100.00" in asked().wording.title
        received = asked().form.lines["received"]
        assert received.hasFocus()
        person.press(Qt.Key.Key_Return)
        assert received.text()  # what is due is written down first
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: "Paid" == page.table.line.money.upper)
        assert owing.id == page.table.line.key


async def test_an_empty_day_says_so_and_what_failed_keeps_its_lines_with_their_age(counter, world):
    async with counter() as person:
        await person.sign_in()
        page = await today_of(person)
        assert not page.content.shows_rows
        assert "No one is due today." == page.content.empty.title.text()

        await near(world, 1)
        page.vm.load()
        await person.until(lambda: [HAND_OVER] == steps(page))
        page.filters.search.search_for("nobody")
        assert not page.content.shows_rows
        page.content.stepped.emit()
        assert [HAND_OVER] == steps(page)
        page.vm.feed(type(page.vm.state)(Phase.FAILED, page.vm.state.today, 9, Unavailable("mongodb")))
        assert "as of" in page.content.banner.text
        assert [HAND_OVER] == steps(page)

        assert page.may_hand_over()
        page.set_online(online=False)
        assert not page.may_hand_over()


async def sheet_shown(person, *, german=False):
    """By Ctrl+P, and Enter on the language that the firm writes in."""
    person.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    await person.until(lambda: isinstance(QApplication.activeModalWidget(), IssueBox))
    if german:
        QApplication.activeModalWidget().language.setCurrentIndex(1)
    person.press(Qt.Key.Key_Return)
    await person.until(lambda: isinstance(QApplication.activeModalWidget(), PaperBox))
    return QApplication.activeModalWidget()


async def test_ctrl_p_shows_the_day_as_it_is_printed_and_nothing_of_it_is_kept(counter, world, tmp_path):
    async with counter() as person:
        await person.sign_in()
        page = await today_of(person)
        empty = await sheet_shown(person)
        await person.until(lambda: empty.sheet is not None)
        assert not empty.banner.isVisible()
        empty.vm.save(empty.sheet, tmp_path / "empty.pdf")
        await person.until(lambda: "empty.pdf" in empty.banner.text)
        empty.reject()
        await back_at_the_window(person)

        booking = await near(world, 1)
        shown = await sheet_shown(person, german=True)
        await person.until(lambda: shown.sheet is not None)
        assert shown.print_button.hasFocus()
        assert shown.sheet.file_name.startswith(BERLIN.id)
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        shown.vm.print_on(shown.sheet, printer)
        await person.until(lambda: booking.plate in text_of(tmp_path / "printed.pdf"))
        shown.reject()
        await back_at_the_window(person)

        page.set_online(online=False)
        stale = await sheet_shown(person)
        await person.until(lambda: stale.sheet is not None and "known last" in stale.banner.text)
        stale.reject()

    assert "No one is due today." in text_of(tmp_path / "empty.pdf")
    assert "Tagesblatt" in text_of(tmp_path / "printed.pdf")
    assert 0 == world.db.renderings.count_documents({})


def text_of(path):
    """Empty until the file is whole."""
    if not path.exists() or b"%%EOF" not in path.read_bytes()[-32:]:
        return ""
    return " ".join(PdfReader(path).pages[0].extract_text().split())
