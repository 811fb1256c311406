"""The PIN of an owner's copy in the real window: set, asked for at the door and once after signing in, forgotten."""

from __future__ import annotations

import threading

import keyring
import pytest
from builders import PASSWORD, make_car
from earnings_builders import History, berlin
from gestures import asked
from keyrings import MemoryKeyring, keyring_in_use
from offline_firm import firm_at, short_patience, signed_in
from patience import until
from proxy import Line, Proxy
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.offline.copy import CopyStatus
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.copy_part import LOCKED
from desktop.views.areas.owner import OwnerArea
from desktop.views.session.pin_dialog import PinDialog
from engine.adapters.disk import copy_keys, pin_lock
from engine.domain.people.copy_pin import FREE_TRIES

GOLF = make_car(1)
PIN, TYPED, WRONG = "246810", "\u0662\u0664\u0666 \u0668\u0661\u0660", "135791"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """A keyring that works, cheap tries, and a driver that gives up sooner than in a firm."""
    short_patience(monkeypatch)
    monkeypatch.setattr(pin_lock, "COST", 2**10)
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
    return firm_at(world, qapp, tmp_path)


async def box():
    await until(lambda: isinstance(asked(), PinDialog) and _at_field(asked()))
    return asked()


def _at_field(dialog):
    return QApplication.focusWidget() in dialog.form.fields.values()


def answer(*texts):
    """Type each into its field and press Enter behind the last."""
    for n, text in enumerate(texts):
        if text.isascii():
            QTest.keyClicks(QApplication.focusWidget(), text)
        else:
            QApplication.focusWidget().insert(text)  # Qt's own keyboard for tests knows Latin only
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab if n < len(texts) - 1 else Qt.Key.Key_Return)


async def closed(area):
    await until(lambda: asked() is None and not area.copy._pin.tasks.running("pin"))


async def set_pin(program, area):
    assert program.window.commands.run("copy.pin")
    await box()
    answer(PIN, PIN)
    await closed(area)
    assert area.copy.vm.state.pin


async def signed_out(program):
    program.session.sign_out()
    await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)


async def at_the_locked_desk(program):
    program.session.sign_in("owner", PASSWORD)
    await until(lambda: program.window.workspace is not None)
    area = program.window.workspace.area(OwnerArea)
    program.window.workspace.go("earnings")
    await until(lambda: area.copy.vm.state.status is CopyStatus.LOCKED)
    return area


async def test_with_no_network_the_copy_opens_with_its_pin_only(firm, history, keys):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        assert not program.window.commands.run("copy.pin.change")
        page = area.earnings.page
        assert ("Set a PIN …", True) == (page.pin.text(), page.pin.isVisible())
        await set_pin(program, area)
        told, offered = page.copy_line.text(), page.pin.text()
        await signed_out(program)
        await proxy.move_to(Line.CUT)
        program.window.sign_in.form.copies.chosen.emit("owner")
        dialog = await box()
        answer(WRONG)
        await until(dialog.mistake.isVisible)
        said, closed = dialog.mistake.text(), program.window.offline
        answer(TYPED)
        await until(lambda: program.window.offline is not None and asked() is None)

        assert told.endswith("What protects it is your PIN and the sign-in of this computer.")
        assert ("Change the PIN …", "This is not the PIN.", None) == (offered, said, closed)
        assert "" == program.session.state.locked
        await proxy.move_to(Line.OPEN)


async def test_after_signing_in_it_is_asked_for_once_and_until_then_nothing_is_brought_up_to_date(firm, history, keys):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        kept = area.copy.vm.state.as_of
        await set_pin(program, area)
        await signed_out(program)
        history.book(GOLF, berlin(2025, 3, 9), charged=berlin(2025, 3, 8))

        area = await at_the_locked_desk(program)
        page, told = area.earnings.page, []
        area.copy.vm.told.connect(told.append)
        assert (LOCKED, "Unlock the copy …") == (page.copy_line.text(), page.pin.text())
        assert area.copy.toast.text.endswith("locked with a PIN.")
        area.copy.vm.start()
        await until(lambda: not area.copy.vm._tasks.running("copy"))
        assert CopyStatus.LOCKED is area.copy.vm.state.status
        area.copy.toast.step.click()
        await box()
        answer(PIN)
        await until(lambda: told)
        await until(lambda: area.copy.vm.state.status is CopyStatus.KEPT)

        assert (1, True) == (told[0].rentals, area.copy.vm.state.as_of > kept)
        assert area.copy.vm.state.pin


async def test_a_forgotten_pin_costs_the_copy_and_a_new_one_is_made_after_signing_in(firm, history, keys, tmp_path):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        await set_pin(program, area)
        await signed_out(program)
        await proxy.move_to(Line.CUT)
        program.session.open_copy("owner")
        (await box()).forget.click()
        await until(lambda: asked() is not None and not isinstance(asked(), PinDialog))
        asked().no.click()
        await until(lambda: asked() is None and not program.session.state.locked)
        assert 1 == len(program.session.state.copies)

        program.session.open_copy("owner")
        (await box()).forget.click()
        await until(lambda: asked() is not None and not isinstance(asked(), PinDialog))
        asked().yes.click()
        await until(lambda: program.session.state.copies == ())
        assert (list((tmp_path / "data" / "copies").rglob("*.copy*")), keys.kept) == ([], {})
        await proxy.move_to(Line.OPEN)
        area = await signed_in(program)
        assert not area.copy.vm.state.pin


async def test_mistakes_are_told_at_their_field_and_nothing_is_changed_by_them(firm, history, keys):
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        area = await signed_in(program)
        program.window.commands.run("copy.pin")
        dialog = await box()
        answer(PIN, WRONG)
        await until(dialog.form.mistakes["again"].isVisible)
        dialog.form.clear()
        dialog.form.focus_first()
        answer("12345", "12345")
        await until(dialog.form.mistakes["new_pin"].isVisible)
        said = dialog.form.mistakes["new_pin"].text()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        await closed(area)
        assert not area.copy.vm.state.pin
        await set_pin(program, area)

        assert program.window.commands.run("copy.pin.change")
        await box()
        answer(PIN, "998877", "998877")
        await closed(area)
        assert program.window.commands.run("copy.pin.remove")
        dialog = await box()
        answer(PIN)
        await until(dialog.mistake.isVisible)
        dialog.form.clear()
        answer("998877")
        await closed(area)
        assert not area.copy.vm.state.pin

        assert "The PIN must be 6 to 32 digits long." == said
        assert 1 == len(keys.kept)


async def test_after_too_many_it_says_how_long_and_a_new_start_does_not_help(firm, history):
    async with Proxy(firm.port) as proxy:
        async with firm(proxy) as program:
            await set_pin(program, await signed_in(program))
            await signed_out(program)
            program.session.open_copy("owner")
            dialog = await box()
            for n in range(FREE_TRIES):
                answer(WRONG)
                await until(lambda n=n: dialog.yes.text() == dialog._words and _tries(n + 1))
            said = dialog.mistake.text()
            dialog.no.click()
            await until(lambda: asked() is None)
        async with firm(proxy) as program:
            program.session.open_copy("owner")
            dialog = await box()
            answer(PIN)
            await until(dialog.mistake.isVisible)
            again = dialog.mistake.text()
            dialog.no.click()
            await until(lambda: asked() is None)

    assert "This is not the PIN. The next one is tried in 30 seconds." == said
    assert again.startswith("Too many wrong PINs. The next one is tried in ")


def _tries(count):
    return any(text.startswith(f"{count}|") for text in keyring.get_keyring().kept.values())


async def test_the_windows_thread_never_stretches_a_pin(firm, history, monkeypatch):
    threads = set()
    for name in ("wrap", "unwrap"):
        real = getattr(copy_keys, name)

        def seen(*given, real=real):
            threads.add(threading.current_thread() is threading.main_thread())
            return real(*given)

        monkeypatch.setattr(copy_keys, name, seen)
    async with Proxy(firm.port) as proxy, firm(proxy) as program:
        await set_pin(program, await signed_in(program))
        await signed_out(program)
        program.session.open_copy("owner")
        await box()
        answer(PIN)
        await until(lambda: program.window.offline is not None)

    assert {False} == threads
