"""Users and requests in the real window, and what a change does to another desk's window."""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from builders import BERLIN, LISBON, PASSWORD
from patience import until
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.people import people, requests
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.accounts import AccountsArea
from desktop.views.session.confirm_password import ConfirmPasswordDialog
from desktop.widgets.frame.question_box import QuestionBox
from engine.adapters.mongo.guest import file_request
from engine.config import load
from engine.domain.people.account_requests import NewRequest
from engine.domain.people.accounts import NewPerson, Post, is_one_time
from engine.domain.people.people import Role

CHOSEN = "a word of one's own"


class OnGivenServers(Program):
    """The window on the servers of the test run."""

    place = None

    async def _open_deployment(self, on_progress):
        class Held:
            value = self.deployment

            async def aclose(self):
                pass

        self._deployment = Held()
        return ()


class Desk:
    """One window and whoever sits at it."""

    def __init__(self, program):
        self.program = program

    @property
    def view(self):
        return self.program.window.workspace

    @property
    def admin(self):
        return self.view.area(AccountsArea)

    @property
    def session(self):
        return self.program.session.state

    async def until(self, condition):
        await until(condition)

    async def sign_in(self, account, password=PASSWORD):
        await self.until(lambda: self.session.phase is SessionPhase.SIGNED_OUT)
        self.program.session.sign_in(account, password)
        await self.until(lambda: self.session.phase in (SessionPhase.SIGNED_IN, SessionPhase.CHOOSING))

    async def users(self):
        self.view.go("users")
        await self.until(lambda: self.admin.people_vm.listing.state.phase is Phase.READY)
        await self.until(lambda: self.admin.people.list.row() is not None)

    async def open(self, account):
        await self.users()
        rows = self.admin.people_vm.listing.state.first.rows
        self.admin.panel.open_person(next(row for row in rows if row.person.account == account))

    async def answer(self, *, password=""):
        """Press yes in whatever is asked; a proof gets *password*."""
        await self.until(lambda: self._asked() is not None)
        box = self._asked()
        if isinstance(box, ConfirmPasswordDialog):
            QTest.keyClicks(box.password, password)
            box.yes.click()
        else:
            box.yes.click()

    def _asked(self):
        shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
        return next((each for each in shown if isinstance(each, QuestionBox)), None)


@pytest.fixture
def desk(qapp, world, staff, tmp_path):
    numbers = iter(range(9))

    @asynccontextmanager
    async def opened():
        number = next(numbers)
        folder = tmp_path / str(number)
        program = OnGivenServers(
            qapp, load(folder, environ={}, cwd=tmp_path), Preferences(tmp_path / f"{number}.ini"), Stopwatch()
        )
        program.deployment = world.deployment
        program.theme.reduce_motion(reduced=True)
        living = asyncio.create_task(program.live())
        try:
            made = Desk(program)
            await made.until(program.window.isVisible)
            yield made
        finally:
            program.leave()
            await living
            program.window.deleteLater()

    yield opened
    gc.unfreeze()


@pytest.mark.parametrize("typed", ["CLERK2", " Clerk2\u200b"])
async def test_a_name_to_sign_in_is_taken_in_capitals_and_as_it_was_pasted(desk, typed):
    async with desk() as counter:
        await counter.sign_in(typed)

        assert "clerk2" == counter.session.actor.account


async def test_B12_a_changed_role_signs_the_other_window_out_with_a_message_and_the_new_role_comes_in(desk, world):
    async with desk() as office, desk() as counter:
        await office.sign_in("admin")
        await counter.sign_in("clerk2")
        assert counter.view.client is not None
        await office.open("clerk2")
        panel = office.admin.panel
        panel.post.role.setCurrentIndex(panel.post.role.findData(Role.OWNER))
        panel.post.fleet.setCurrentIndex(panel.post.fleet.findData("owner-1"))
        panel.move_button.click()
        await office.answer()
        await counter.until(lambda: counter.session.phase is SessionPhase.SIGNED_OUT)
        said = counter.program.window.sign_in.form.banner.text

        assert "An administrator changed what this account may do. Please sign in again." == said
        assert counter.view is None
        await counter.sign_in("clerk2")
        assert Role.OWNER is counter.session.actor.role
        await office.until(office.admin.panel.banner.isVisible)
        assert "within five seconds" in office.admin.panel.banner.text


async def test_B12_a_disabled_account_is_signed_out_and_told_so(desk):
    async with desk() as office, desk() as counter:
        await office.sign_in("admin")
        await counter.sign_in("clerk2")
        await office.open("clerk2")
        office.admin.panel.disable.click()
        await office.answer(password="not the password")
        await office.until(lambda: "password" in office.admin.panel.banner.text)
        assert counter.session.phase is not SessionPhase.SIGNED_OUT
        office.admin.panel.disable.click()
        await office.answer(password=PASSWORD)
        await counter.until(lambda: counter.session.phase is SessionPhase.SIGNED_OUT)

        assert counter.program.window.sign_in.form.banner.text.startswith("This account is disabled.")
        await office.until(office.admin.panel.enable.isVisible)
        office.admin.panel.enable.click()
        await office.answer()
        await office.until(office.admin.panel.disable.isVisible)
        await counter.sign_in("clerk2")


async def test_an_account_is_made_its_password_shown_once_and_changed_at_the_first_sign_in(desk):
    async with desk() as office, desk() as counter:
        await office.sign_in("admin")
        await office.users()
        office.admin.people.new.click()
        panel = office.admin.panel
        QTest.keyClicks(panel.form.fields["name"], "Nele Ørsted Vogt")
        assert "nele.vogt" == panel.form.value("account")
        await office.until(lambda: panel.post.branch.count() > 1)
        panel.post.branch.setCurrentIndex(panel.post.branch.findData(BERLIN.id))
        QTest.keyClick(panel.form.fields["name"], Qt.Key.Key_Return)
        await office.until(lambda: office.admin.people_vm.state.one_time is not None)
        once = panel.one_time.password.text()
        panel.one_time.copy.click()
        assert is_one_time(once)
        assert once == QGuiApplication.clipboard().text()
        panel.close_panel()
        await office.until(lambda: not panel.isVisible())
        assert "" == panel.one_time.password.text()
        assert office.admin.people_vm.state.one_time is None

        await counter.sign_in("nele.vogt", once)
        choose = counter.program.window.sign_in.choose
        for name in ("password", "again"):
            choose.form.fields[name].setText(CHOSEN)
        choose.save.click()
        await counter.until(lambda: counter.session.phase is SessionPhase.SIGNED_IN)
        assert BERLIN.id == counter.session.actor.branch_id


async def test_the_keyboard_stays_beside_a_password_that_is_shown_once(desk):
    """It went to the rail with the button that made it, and Enter there left the password behind."""
    async with desk() as office:
        await office.sign_in("admin")
        await office.users()
        office.admin.people.new.click()
        panel = office.admin.panel
        panel.form.fields["name"].setText("Nele Vogt")
        panel.form.fields["account"].setText("nele")
        panel.main.setFocus()
        QTest.keyClick(panel.main, Qt.Key.Key_Space)
        await office.until(lambda: panel.reset.isVisible() and panel.reset.isEnabled())
        assert panel.one_time.copy is panel.window().focusWidget()
        first = panel.one_time.password.text()

        panel.reset.setFocus()
        QTest.keyClick(panel.reset, Qt.Key.Key_Space)
        await office.answer()
        await office.until(lambda: panel.one_time.password.text() not in ("", first))
        await office.until(panel.reset.isEnabled)

        assert panel.one_time.copy is panel.window().focusWidget()


async def test_an_administrator_is_made_only_with_the_own_password(desk, world):
    async with desk() as office:
        await office.sign_in("admin")
        await office.open("clerk2")
        panel = office.admin.panel
        panel.post.role.setCurrentIndex(panel.post.role.findData(Role.ADMIN))
        panel.move_button.click()
        await office.answer(password="not the password")
        await office.until(lambda: office.admin.people_vm.state.problem is not None)
        assert "Your own password is not right. Nothing was changed." == panel.banner.text
        panel.move_button.click()
        await office.answer(password=PASSWORD)
        await office.until(lambda: office.admin.people_vm.state.done == "moved")

        assert "admin" == world.db.people.find_one({"_id": "clerk2"})["role"]


async def test_the_own_account_offers_nothing_that_others_decide(desk):
    async with desk() as office:
        await office.sign_in("admin")
        await office.open("admin")
        panel = office.admin.panel
        await office.until(panel.own.isVisible)

        assert not any(button.isVisible() for button in (panel.move_button, panel.disable, panel.reset, panel.enable))
        assert not panel.post.role.isEnabled()


async def test_a_request_is_counted_granted_with_a_role_and_gone(desk, world):
    await _file(world, "Nele Vogt", "nele@example.org")
    await _file(world, "Udo Unknown", "udo@example.org")
    async with desk() as office:
        await office.sign_in("admin")
        badge = office.view.rail.buttons["requests"]
        await office.until(lambda: badge.waiting == 2)
        office.view.go("requests")
        page = office.admin.requests
        await office.until(lambda: page.list.row() is not None)
        assert "Nele Vogt" == page.list.row().name
        QTest.keyClick(page.list.table, Qt.Key.Key_Return)
        panel = office.admin.panel
        await office.until(panel.isVisible)
        assert ("Nele Vogt", "nele.vogt", "nele@example.org") == tuple(
            panel.form.value(name) for name in ("name", "account", "email")
        )
        panel.main.click()
        await office.until(lambda: badge.waiting == 1)
        panel.close_panel()
        await office.until(lambda: page.list.row() is not None and page.list.row().name == "Udo Unknown")
        page.decline.click()
        await office.answer()
        await office.until(lambda: badge.waiting == 0)
        await office.until(lambda: not page.list.content.shows_rows)

        assert Role.CLIENT == world.db.people.find_one({"_id": "nele.vogt"})["role"]
        assert 0 == world.db.account_requests.count_documents({})
        told = [row["what"] for row in world.db.audit.find().sort("_id", 1)]
        assert ["account.request_granted", "account.request_declined"] == told


async def test_pages_that_nobody_keeps_true_are_asked_for_again_when_one_comes_back(desk, world):
    async with desk() as office:
        await office.sign_in("admin")
        pages = ("users", "requests", "audit", "firm")
        for name in pages:
            office.view.go(name)
        lists = office.admin.people_vm.listing, office.admin.requests_vm.listing, office.view.page("audit").vm.list
        await office.until(lambda: all(each.state.phase is Phase.READY for each in lists))
        await office.until(lambda: office.view.page("firm").vm.state.phase is Phase.READY)
        people, audited = lists[0].state.first.total, lists[2].state.first.total
        await _file(world, "Nele Vogt", "nele@example.org")
        async with world.desk("admin") as other:
            await other.accounts.create(
                other.actor, NewPerson("new.one", "New One", "", "", Post(Role.CLIENT, BERLIN.id))
            )
            await other.admin.branches.change(other.actor, LISBON, replace(LISBON, name="Graça"))
        for name in pages:
            office.view.go(name)

        await office.until(lambda: people + 1 == lists[0].state.first.total)
        asking = office.admin.requests.list
        await office.until(lambda: (row := asking.row()) is not None and row.name == "Nele Vogt")
        await office.until(lambda: audited + 2 == lists[2].state.first.total)
        await office.until(lambda: "Graça" in {line.branch.name for line in office.view.page("firm").vm.state.branches})


@pytest.fixture
def quick(monkeypatch):
    """What is asked for again and again is asked for at once."""
    for module in (people, requests):
        monkeypatch.setattr(module, "_EVERY_S", 0.05)


async def test_users_and_requests_are_live_and_a_used_password_is_shown_no_longer(desk, world, quick):
    async with desk() as office, world.desk("admin") as other:
        await office.sign_in("admin")
        await office.users()
        page, vm, panel = office.admin.people, office.admin.people_vm, office.admin.panel
        known = vm.listing.state.first.total
        new = NewPerson("new.one", "New One", "", "", Post(Role.CLIENT, BERLIN.id))
        one_time = await other.accounts.create(other.actor, new)
        await office.until(lambda: known + 1 == vm.listing.state.first.total)
        badge = office.view.rail.buttons["requests"]
        await _file(world, "Nele Vogt", "nele@example.org")
        await office.until(lambda: badge.waiting == 1)

        await office.open("new.one")
        await office.until(lambda: panel.reset.isVisible() and panel.reset.isEnabled())
        panel.reset.click()
        await office.answer()
        await office.until(lambda: vm.state.one_time is not None and not vm._tasks.running("change account"))
        assert vm.state.one_time.password == panel.one_time.password.text() != one_time.password
        panel.form.fields["name"].setText("Half typed")
        await other.accounts.edit(other.actor, "new.one", "Other Name", "", "")
        await office.until(lambda: vm.state.row.person.name == "Other Name")
        assert ("Half typed", True) == (panel.form.value("name"), panel.one_time.isVisible())
        world.db.sign_ins.insert_one({"account": "new.one", "at": other.clock.now(), "desk": "d", "zones": "2026b"})
        await office.until(lambda: vm.state.one_time is None)

        assert ("", False) == (panel.one_time.password.text(), panel.one_time.isVisible())
        assert "is shown no longer" in panel.banner.text
        assert page.isVisible()
        panel.form.fields["name"].setText("New One")


async def test_an_account_form_says_all_its_mistakes_at_once(desk):
    async with desk() as office:
        await office.sign_in("admin")
        await office.users()
        office.admin.people.new.click()
        panel = office.admin.panel
        for name, text in (("name", " "), ("account", "x y"), ("email", "nobody"), ("phone", "12")):
            panel.form.fields[name].setText(text)
        panel.main.click()
        await office.until(lambda: all(not each.isHidden() for each in panel.form.mistakes.values()))
        assert panel.form.fields["name"] is panel.window().focusWidget()
        assert all(each.text() for each in panel.form.mistakes.values())
        for name, text in (("name", "Nele"), ("account", "nele")):
            panel.form.fields[name].setText(text)
        panel.main.click()
        await office.until(panel.form.mistakes["name"].isHidden)
        assert [False, False] == [panel.form.mistakes[name].isHidden() for name in ("email", "phone")]
        panel.form.clear()


async def _file(world, name, email):
    await file_request(world.deployment.connector, world.deployment.database, NewRequest(name, email, "", ""))


async def test_search_and_filters_ask_the_server_and_an_empty_answer_leads_back(desk):
    async with desk() as office:
        await office.sign_in("admin")
        await office.users()
        page, listing = office.admin.people, office.admin.people_vm.listing
        everybody = listing.state.first.total
        page.role.setCurrentIndex(page.role.findData("client"))
        await office.until(lambda: listing.state.phase is Phase.READY and listing.state.first.total == 2)
        page.focus_search()
        QTest.keyClicks(page.search, "nobody")
        await office.until(lambda: listing.state.phase is Phase.READY and listing.state.first.total == 0)
        await office.until(lambda: not page.list.content.shows_rows)
        page.list.content.empty.step.click()
        await office.until(lambda: listing.state.phase is Phase.READY and listing.state.first.total == everybody)

        assert page.list.content.shows_rows
        page.focus_search()
        QTest.keyClick(page.search, Qt.Key.Key_Down)
        assert page.list.table.hasFocus()
