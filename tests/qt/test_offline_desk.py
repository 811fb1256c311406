"""An owner's desk and its network: cut before the start, while figures load, and during a sync; the real program."""

from __future__ import annotations

import keyring
import pytest
from builders import DATABASE, PASSWORD, make_car
from earnings_builders import History, berlin
from full_disk import full_disk
from gestures import asked
from keyrings import MemoryKeyring, NoneKeyring, keyring_in_use
from offline_firm import firm_at, short_patience, show_march, signed_in
from patience import until
from proxy import Line, Proxy

from desktop.viewmodels.export import ExportPhase
from desktop.viewmodels.offline.copy import CopyStatus
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.copy_part import NO_KEYRING, STUCK, news_words
from desktop.views.frame import offline as offline_view
from desktop.views.frame.offline import AWAY, BACK
from engine.domain.reports.copying import CopyNews
from engine.domain.reports.figure_sources import Figure
from engine.domain.reports.report_period import month
from engine.domain.shared.errors import AccountDisabled

GOLF = make_car(1)


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """A keyring that works, and a driver that gives up sooner than in a firm."""
    short_patience(monkeypatch)
    with keyring_in_use(MemoryKeyring()) as made:
        yield made


@pytest.fixture
def history(world):
    made = History(world)
    made.cars(GOLF)
    made.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
    return made


@pytest.fixture
def firm(world, qapp, tmp_path):
    """The program on servers behind a line that can be cut; opened as often as a test wants."""

    return firm_at(world, qapp, tmp_path)


def net(page):
    return page.body.tiles[Figure.NET].value


async def test_with_no_network_the_program_starts_and_shows_and_exports_the_stored_copy(firm, history, tmp_path):
    async with Proxy(firm.port) as proxy:
        async with firm(proxy) as program:
            await signed_in(program)
        await proxy.move_to(Line.CUT)
        async with firm(proxy) as program:
            session = program.session
            session.sign_in("owner", PASSWORD)
            await until(lambda: session.state.problem is not None)
            form = program.window.sign_in.form
            assert form.copies.isVisibleTo(form)

            form.copies.chosen.emit("owner")
            await until(lambda: program.window.offline is not None)
            view = program.window.offline
            page, vm = view.earnings.page, view.earnings.vm
            await show_march(vm)
            await until(lambda: net(page) == "85.00 EUR")
            page.body.tiles[Figure.NET].click()
            await until(lambda: page.panel.model.row_at(0) is not None)
            view.go("fleet")
            vm.write_csv(tmp_path / "march.csv")
            await until(lambda: vm.export.state.phase is ExportPhase.DONE)

            assert view.banner.text == AWAY
            assert "stored copy as of" in page.header.subtitle.text()
            assert page.header.subtitle.text().endswith(", complete")
            assert "stored copy as of" in view.status.accessibleDescription()
            fleet = view._made["fleet"]
            assert fleet.model.index(0, 0).data() == GOLF.label
            assert not fleet.grid.visualRect(fleet.model.index(0, 0)).isEmpty()
            lines = (tmp_path / "march.csv").read_text("utf-8-sig").splitlines()
            assert lines[1].endswith(",stored copy,yes")
            assert "85.00" in lines[1]
            offered = {line.id for line in program.window.commands.listing()}
            assert not {name for name in offered if name.split(".")[0] in ("car", "fleet", "booking", "search")}

            await proxy.move_to(Line.OPEN)
            view.work.connection.look_now()
            await until(lambda: view.banner.text == BACK)
            view.banner.acted.emit()
            await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
            assert program.window.offline is None


@pytest.mark.parametrize("line", [Line.CUT, Line.HOLE])
async def test_a_line_that_breaks_while_figures_load_leaves_the_stored_ones_with_their_stamp(firm, history, line):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        vm, page = area.earnings.vm, area.earnings.page
        asked = month(2025, 4, "Europe/Berlin")
        await proxy.move_to(line)
        vm.show(asked)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.stored)
        shown = (page.stamp.text.startswith("No connection. Stored copy as of"), vm.state.earnings.span)
        await proxy.move_to(Line.OPEN)
        vm.load()
        await until(lambda: vm.state.phase is Phase.READY and not vm.state.stored)

        assert shown == (True, asked)
        assert not page.stamp.isVisible()


async def test_on_reconnect_the_copy_is_synced_and_what_changed_is_said(firm, history):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        await proxy.move_to(Line.CUT)
        connection = program.window.workspace.workspace.connection
        connection.look_now()
        await until(lambda: connection.state.problem is not None)
        for n in range(3):
            history.book(GOLF, berlin(2025, 3, 8 + 3 * n), charged=berlin(2025, 3, 8))
        told = []
        area.copy.vm.told.connect(told.append)

        await proxy.move_to(Line.OPEN)
        connection.look_now()
        await until(lambda: told)
        await until(lambda: net(area.earnings.page) == "340.00 EUR")

        assert (told[0].rentals, told[0].refunds) == (3, 0)
        assert area.copy.toast.text.endswith("+ 3 rentals")
        area.copy.toast.step.click()
        assert 3 == len(area.copy.news.model.rows)
        first = area.copy.news.model.rows[0]
        area.copy.news.table.chosen.emit(first)
        await until(lambda: area.detail.vm.state.booking is not None)
        assert first.booking_id == area.detail.vm.state.booking.id
        assert "complete" in area.earnings.page.copy_line.text()


async def test_a_line_that_swallows_packets_during_a_sync_leaves_the_copy_whole(firm, history):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        before = area.copy.vm.state
        history.book(GOLF, berlin(2025, 3, 8), charged=berlin(2025, 3, 8))
        await proxy.move_to(Line.HOLE)
        area.copy.vm.start()
        await until(lambda: area.copy.vm.state.status is CopyStatus.AWAY)

        assert (area.copy.vm.state.as_of, area.copy.vm.state.complete) == (before.as_of, True)
        assert area.copy.vm.source is not None
        await proxy.move_to(Line.OPEN)


async def test_without_a_keyring_the_page_says_that_no_copy_is_kept(firm, history, tmp_path):
    keyring.set_keyring(NoneKeyring())
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)

        assert area.earnings.page.copy_line.text() == NO_KEYRING
        program.session.sign_out()
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
        assert program.session.state.copies == ()
    assert list((tmp_path / "data" / "copies").rglob("*.copy")) == []


async def test_never_keeping_a_copy_leaves_none_and_makes_none_until_it_is_wanted(firm, history, keys, tmp_path):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        commands, folder = program.window.commands, tmp_path / "data" / "copies"
        told = area.earnings.page.copy_line.text()
        assert commands.run("copy.never")
        await until(lambda: asked() is not None)
        asked().yes.click()
        await until(lambda: area.copy.vm.state.status is CopyStatus.NONE)
        area.copy.vm.start()
        assert not area.copy.vm._tasks.running("copy")
        assert (list(folder.rglob("*.copy*")), keys.kept) == ([], {})
        assert not commands.run("copy.never")

        assert commands.run("copy.keep")
        await until(lambda: area.copy.vm.state.status is CopyStatus.KEPT)
        assert list(folder.rglob("*.copy"))

    assert told.endswith("What protects it is the sign-in of this computer.")


async def test_forgetting_this_computer_leaves_nothing_to_open(firm, history, keys, tmp_path):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        assert list((tmp_path / "data" / "copies").rglob("*.copy"))
        assert area.earnings.page.forget.isVisible()

        area.copy.vm.forget()
        await until(lambda: area.copy.vm.state.status is CopyStatus.NONE)

        assert area.earnings.page.forget.isHidden()
        assert area.earnings.page.copy_line.text() == "No copy is kept on this computer."
        assert (list((tmp_path / "data" / "copies").rglob("*.copy*")), keys.kept) == ([], {})
        assert not program.window.commands.run("copy.forget")


def test_words_of_the_copy():
    assert news_words(CopyNews(None, 3, 1)) == "+ 3 rentals, 1 refund"
    assert news_words(CopyNews(1_764_000_000_000, 1, 0, 2)).endswith(": + 1 rental, 2 changes of cars")


async def test_a_payment_at_another_desk_moves_the_figures_that_are_shown(firm, history):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        await until(lambda: net(area.earnings.page) == "85.00 EUR")

        history.book(GOLF, berlin(2025, 3, 20), charged=berlin(2025, 3, 19))
        history.world.redis.flushall()  # written past the engine, which would have bumped the cache itself
        await until(lambda: net(area.earnings.page) == "170.00 EUR")


async def test_a_copy_can_be_forgotten_with_no_network(firm, history, keys, tmp_path, monkeypatch):
    async def yes(*_):
        return True

    monkeypatch.setattr(offline_view, "confirm", yes)
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        await signed_in(program)
        program.session.sign_out()
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
        await proxy.move_to(Line.CUT)
        program.session.open_copy("owner")
        await until(lambda: program.window.offline is not None)

        program.window.offline.earnings.page.forget.click()
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)

        assert program.session.state.copies == ()
        assert (list((tmp_path / "data" / "copies").rglob("*.copy*")), keys.kept) == ([], {})


async def test_of_an_account_that_was_disabled_nothing_stays_on_the_computer(firm, history, keys, tmp_path, root):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        await signed_in(program)
        program.session.sign_out()
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
        db = root.get_database(DATABASE)
        db.command("revokeRolesFromUser", "owner", roles=["ds_owner"])
        try:
            program.session.sign_in("owner", PASSWORD)
            await until(lambda: program.session.state.problem is not None)
        finally:
            db.command("grantRolesToUser", "owner", roles=["ds_owner"])

        assert program.session.state.problem.code == AccountDisabled.code
        assert (list((tmp_path / "data" / "copies").rglob("*.copy*")), keys.kept) == ([], {})


async def test_with_nothing_listening_any_more_the_stored_copy_still_opens(firm, history):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        await signed_in(program)

    async with firm(proxy) as program:
        program.session.open_copy("owner")
        await until(lambda: program.window.offline is not None)
        view = program.window.offline
        await show_march(view.earnings.vm)
        await until(lambda: net(view.earnings.page) == "85.00 EUR")
        await until(lambda: view.work.connection.state.problem is not None)

        assert view.banner.text == AWAY


async def test_a_full_disk_is_told_beside_what_is_kept_and_costs_none_of_it(firm, history):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        copy, line = area.copy.vm, area.earnings.page.copy_line
        kept = copy.state.as_of
        history.book(GOLF, berlin(2025, 3, 9), charged=berlin(2025, 3, 8))
        with full_disk(8192):
            copy.start()
            await until(lambda: copy.state.status is CopyStatus.STUCK)
        assert line.text().startswith(STUCK)
        assert "The one that is kept is as of" in line.text()
        assert (kept, True) == (copy.state.as_of, copy.source is not None)

        copy.start()
        await until(lambda: copy.state.status is CopyStatus.KEPT and copy.state.as_of > kept)
