"""Bookings in the real window, by keyboard, on a real engine and real servers."""

from __future__ import annotations

import csv
import gc

import pytest
from builders import RENTER, wish
from csv_readers import GERMAN
from payments import opened, run_out, stripe_of
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget

from desktop.csv_habits import keep
from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.phases import Phase
from desktop.views.areas.owner import OwnerArea
from desktop.widgets.frame.question_box import QuestionBox
from engine.domain.money.money import Money
from engine.domain.reports.figure_sources import Figure

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def counter(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


async def elsewhere(person, make):
    """In the engine's loop, as another desk."""
    return await person.program.bridge.call(make)


async def to_bookings(person):
    person.press(Qt.Key.Key_2, CTRL)
    vm = person.desk.bookings
    await person.until(lambda: vm.state.phase is Phase.READY)
    page = person.view.client.bookings
    await person.until(lambda: page.model.rowCount() == vm.state.first.total)
    return page


async def listed(person, page, total):
    await person.until(lambda: page.vm.state.phase is Phase.READY and page.vm.state.first.total == total)
    await person.until(lambda: page.model.rowCount() == total)


async def test_a_booking_is_found_by_its_plate_and_cancelled_with_the_quoted_refund(counter, world):
    async def booked():
        async with world.desk() as desk, stripe_of(world) as stripe:
            await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2"))
            made = await opened(desk)
            await stripe.pay(made)
            return await desk.payment.settle(desk.actor, made.id)

    async with counter() as person:
        await person.sign_in()
        made = await elsewhere(person, booked)
        page = await to_bookings(person)
        person.press(Qt.Key.Key_F, CTRL)
        person.type("b-ds 1")
        person.press(Qt.Key.Key_Return)
        await listed(person, page, 1)
        page.table.setFocus()
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(lambda: detail.aftercare.cancel.isVisible() and detail.aftercare.cancel.isEnabled())
        detail.aftercare.cancel.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(QApplication.activeModalWidget)
        box = QApplication.activeModalWidget()
        person.press(Qt.Key.Key_Down)
        person.press(Qt.Key.Key_Return)
        person.type("a flight was cancelled")
        yes = next(each for each in (box.yes, box.no) if each.text() == "Cancel and refund 50.00 EUR")
        yes.setFocus()
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: detail.vm.state.booking.state == "cancelled")

        assert "cancelled" == world.stored(made)["state"]
        assert 50_00 == world.stored(made)["payments"][0]["refunds"][0]["amount"]["minor"]
        assert "Cancelled" == detail.past.moments[-1].title
        assert "The renter asked for it: a flight was cancelled" == detail.past.moments[-1].note
        assert {"usual": "renter", "said": "a flight was cancelled"} == world.stored(made)["history"][-1]["reason"]
        await person.until(lambda: page.model.index(0, 4).data() == "Cancelled")
        person.press(Qt.Key.Key_Escape)
        await person.until(lambda: person.window.focusWidget() is page.table)


async def test_X3_an_expired_booking_is_listed_and_taken_up_again_by_keyboard(counter, world):
    async def expired():
        async with world.desk() as desk:
            made = await opened(desk)
            run_out(world, made)
            return await desk.payment.settle(desk.actor, made.id)

    async with counter() as person:
        await person.sign_in()
        old = await elsewhere(person, expired)
        page = await to_bookings(person)
        assert "Expired" == page.model.index(0, 4).data()
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(detail.aftercare.again.hasFocus)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: detail.vm.state.panel().checkout_ready)

        assert old.id != detail.vm.state.booking.id
        assert 1 == world.blocking(old.car_id)
        await person.until(detail.main.hasFocus)
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.opened)
        assert [detail.vm.state.booking.payment.attempt.url] == person.opened
        await listed(person, page, 2)
        assert "1 hold" == person.view.status.holds.text()


async def test_pay_again_opens_the_same_page_and_the_panel_sees_it_paid(counter, world):
    async def held():
        async with world.desk() as desk:
            return await opened(desk)

    async def pay(booking):
        async with stripe_of(world) as stripe:
            await stripe.pay(booking)

    async with counter() as person:
        await person.sign_in()
        made = await elsewhere(person, held)
        await to_bookings(person)
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(detail.main.hasFocus)
        person.press(Qt.Key.Key_B, CTRL)
        await person.until(lambda: person.opened)
        assert [made.payment.attempt.url] == person.opened
        await elsewhere(person, lambda: pay(made))
        await person.until(lambda: detail.vm.state.panel().stage is PanelStage.CONFIRMED)

        assert ["Car held", "Paid and confirmed"] == [moment.title for moment in detail.past.moments]
        assert not person.view.status.holds.isVisible()


async def test_the_list_is_exported_where_the_person_says_and_as_their_spreadsheet_reads_it(counter, world, tmp_path):
    async with counter() as person:
        await person.sign_in()
        keep(person.window.context.preferences, GERMAN)
        made = await elsewhere(person, two_of(world))
        page = await to_bookings(person)
        person.press(Qt.Key.Key_E, CTRL)
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        where = QApplication.activeModalWidget()
        name = where.findChild(QLineEdit)
        assert name.text().endswith(".csv")
        name.setFocus()
        name.setText(str(tmp_path / "list"))
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: "exported to" in page.export.banner.text)

    told = (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    assert [booking.id for booking in reversed(made)] == [
        row["Booking"] for row in csv.DictReader(told.splitlines(), delimiter=";")
    ]
    assert ";100,00;" in told
    assert ["list.csv"] == [path.name for path in tmp_path.glob("*list*")]


def two_of(world):
    async def book():
        async with world.desk() as desk:
            wishes = [wish(desk, car=f"car-{n}", key=f"k{n}") for n in (1, 2)]
            return [await desk.booking.hold(desk.actor, each) for each in wishes]

    return book


async def test_a_booking_is_opened_from_the_palette_on_any_page(counter, world):
    async with counter() as person:
        await person.sign_in()
        made = await elsewhere(person, two_of(world))
        person.press(Qt.Key.Key_K, CTRL)
        palette = person.window.finder.widget
        await person.until(palette.field.hasFocus)
        person.type(made[0].id[:6].lower())
        await person.until(lambda: [f"booking:{made[0].id}"] == [each.id for each in palette.model.lines if each.id])
        person.press(Qt.Key.Key_Return)
        detail = person.view.client.detail
        await person.until(lambda: detail.isVisible() and detail.vm.state.booking is not None)

        assert made[0].id == detail.vm.state.booking.id


@pytest.mark.parametrize("typed", ["030 901820", "moreua"])
async def test_a_renter_is_opened_from_the_palette_by_number_or_with_a_slip(counter, world, typed):
    async with counter() as person:
        await person.sign_in()
        person.press(Qt.Key.Key_K, CTRL)
        palette = person.window.finder.widget
        await person.until(palette.field.hasFocus)
        person.type(typed)
        await person.until(lambda: [f"renter:{RENTER.id}"] == [each.id for each in palette.model.lines if each.id])
        person.press(Qt.Key.Key_Return)
        await person.until(lambda: person.view.client.renters is not None)

        assert RENTER.id == person.view.client.renters.renter_id
        assert "renters" == person.view.rail.selected


async def test_an_owner_goes_from_a_figure_to_a_booking_behind_it(counter, world):
    async def booked():
        async with world.desk() as desk, stripe_of(world) as stripe:
            made = await opened(desk)
            await stripe.pay(made)
            return await desk.payment.settle(desk.actor, made.id)

    async with counter() as person:
        await person.sign_in("owner")
        made = await elsewhere(person, booked)
        person.press(Qt.Key.Key_3, CTRL)
        page = person.view.page("earnings")
        await person.until(lambda: page.vm.state.phase is Phase.READY)
        page.body.tiles[Figure.GROSS].click()
        await person.until(lambda: page.panel.model.row_at(0) is not None)
        assert not page.panel.open_booking.isVisible()
        page.panel.lines.setFocus()
        person.press(Qt.Key.Key_J)
        person.press(Qt.Key.Key_Return)
        page.panel.open_booking.setFocus()
        person.press(Qt.Key.Key_Return)
        detail = person.view.area(OwnerArea).detail
        await person.until(lambda: detail.isVisible() and detail.vm.state.booking is not None)

        assert made.id == detail.vm.state.booking.id
        assert not page.panel.isVisible()


async def test_an_owner_finds_a_booking_by_its_plate_and_is_told_no_name(counter, world):
    async with counter() as person:
        await person.sign_in("owner")
        await elsewhere(person, two_of(world))
        person.press(Qt.Key.Key_K, CTRL)
        palette = person.window.finder.widget
        await person.until(palette.field.hasFocus)
        person.type("ada")
        person.press(Qt.Key.Key_A, CTRL)
        person.type("b-ds 2")
        await person.until(lambda: any(each.id.startswith("booking:") for each in palette.model.lines))
        assert ["Bookings", "Cars"] == [each.title for each in palette.model.lines if each.heading]
        assert "A. M." in palette.model.lines[1].detail
        person.press(Qt.Key.Key_Return)
        detail = person.view.area(OwnerArea).detail
        await person.until(lambda: detail.isVisible() and detail.vm.state.branches)

        told = {field.label: field.value for field in detail.facts.fields}
        assert "A. M." == told["Renter"]
        assert not detail.aftercare.isVisible()
        assert not detail.main.isVisible()


async def test_every_command_of_the_window_is_in_the_palette(counter):
    async with counter() as person:
        await person.sign_in()
        person.press(Qt.Key.Key_K, CTRL)
        shown = {line.id for line in person.window.finder.widget.model.lines}

        assert {line.id for line in person.window.commands.listing()} - {"help.palette"} == shown
        person.press(Qt.Key.Key_Escape)


def wanted_by_tab(page: QWidget) -> set[QWidget]:
    """What on *page* can take the focus by Tab now; among buttons of which one is chosen, arrows lead to the others."""
    return {
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isEnabled()
        and widget.isVisible()
        and widget.focusProxy() is None
        and widget.window() is page.window()
        and not is_led_to_by_arrows(widget)
    }


def is_led_to_by_arrows(widget: QWidget) -> bool:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and not widget.isChecked()


@pytest.mark.parametrize("account", ["clerk", "owner", "admin"])
async def test_every_page_is_reached_by_its_key_and_walked_by_tab(counter, world, account):
    async with counter() as person:
        await person.sign_in(account)
        for entry, line in pages_of(person):
            await settled(person)
            go_to(person, line)
            page = person.view.page(entry).shown
            assert page.isVisible(), entry
            await settled(person)
            missing = wanted_by_tab(page)
            for _ in range(4 * len(missing) + 40):
                person.press(Qt.Key.Key_Tab)
                focused = person.focused
                assert focused.isVisible(), (entry, focused)
                missing.discard(focused)
            assert not missing, (entry, [(type(each).__name__, each.accessibleName()) for each in missing])


def pages_of(person):
    lines = {line.id: line for line in person.window.commands.listing()}
    return [(name.removeprefix("go."), line) for name, line in lines.items() if name.startswith("go.")]


def go_to(person, line):
    """By its key, or by its name in the palette."""
    if line.key:
        person.press(Qt.Key(ord(line.key[-1])), CTRL)
    else:
        person.press(Qt.Key.Key_K, CTRL)
        person.type(f"{line.title} go to")
        person.press(Qt.Key.Key_Return)


async def settled(person):
    """What the page asked for is there, and nothing is on its way that would change it."""
    steady = ("follow", "connection", "live", "watch")
    await person.until(lambda: not [name for name in person.desk.tasks._by_name if not name.startswith(steady)])


async def test_a_question_left_open_does_not_outlive_the_session(counter, world):
    async with counter() as person:
        await person.sign_in()
        await elsewhere(person, two_of(world))
        page = await to_bookings(person)
        person.press(Qt.Key.Key_E, CTRL)
        await person.until(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
        person.window.close_workspace()
        await person.until(lambda: QApplication.activeModalWidget() is None)

        assert not isinstance(QApplication.activeModalWidget(), QuestionBox)
        assert page is not None


async def test_what_another_desk_books_comes_to_the_list_and_the_chosen_line_stays(counter, world):
    async def another():
        async with world.desk() as desk:
            return await desk.booking.hold(
                desk.actor, wish(desk, car="car-3", key="k3", shown_price=Money(160_00, "EUR"))
            )

    async with counter() as person:
        await person.sign_in()
        await elsewhere(person, two_of(world))
        page = await to_bookings(person)
        person.press(Qt.Key.Key_J)
        chosen = page.model.row_at(page.table.currentIndex().row()).number
        new = await elsewhere(person, another)
        await listed(person, page, 3)

        assert new.id == page.model.row_at(0).booking.id
        assert chosen == page.model.row_at(page.table.currentIndex().row()).number
        assert person.window.focusWidget() is page.table


@pytest.mark.parametrize("taken", [False, True])
async def test_a_late_payment_is_told_with_its_reason_while_nobody_asks(counter, world, taken):
    async def let_go():
        """A page that was paid although its booking was let go."""
        async with world.desk() as desk, stripe_of(world) as stripe:
            made = await opened(desk)
            await stripe.pay(made)
        gone = {"$set": {"state": "released", "payments.0.attempts.0.state": "expired"}, "$unset": {"due_at": ""}}
        steps = [{"state": state, "at": made.created_at, "by": "sweeper"} for state in ("releasing", "released")]
        gone["$push"] = {"history": {"$each": steps}}
        world.db.bookings.update_one({"_id": made.id}, gone, bypass_document_validation=True)
        world.db.fences.update_one({"_id": made.car_id}, {"$pull": {"claims": {"id": made.id}}})
        return made

    async def paid_after_all(made):
        async with world.desk() as desk:
            if taken:
                await desk.booking.hold(desk.actor, wish(desk, key="k2"))
            await desk.payment.heard(made.id, made.payment.attempt.session_id)

    async with counter() as person:
        await person.sign_in()
        made = await elsewhere(person, let_go)
        await elsewhere(person, lambda: paid_after_all(made))
        toast = person.view.client.toasts.toast
        await person.until(lambda: "Paid after the hold was over" in toast.text)

        reason = "the car was no longer free" if taken else "the car was still free"
        assert reason in toast.text
        assert ("refunded" if taken else "confirmed") == world.stored(made)["state"]
        toast.hide()
