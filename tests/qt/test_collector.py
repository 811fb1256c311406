"""Whatever allocates in another thread, a QObject in a cycle dies in the window's."""

from __future__ import annotations

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from desktop.gui_gc import collecting_here


class Told(QObject):
    """In a cycle with itself; notes the thread in which it goes."""

    def __init__(self, deaths):
        super().__init__()
        self.me, self.deaths = self, deaths

    def __del__(self):
        self.deaths.append(threading.current_thread())


def busy():
    """Allocates enough for several collections."""
    kept = [[number] for number in range(50_000)]
    kept.clear()


def in_another_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def collecting_as_python_does():
    was_on = gc.isenabled()
    gc.enable()
    yield
    if not was_on:
        gc.disable()


def test_python_alone_would_collect_anywhere(collecting_as_python_does):
    deaths = []
    gc.collect()
    Told(deaths)
    in_another_thread(busy)

    assert deaths
    assert threading.main_thread() not in deaths


def test_inside_the_block_only_this_thread_collects(qapp, qtbot, collecting_as_python_does):
    deaths = []
    with collecting_here():
        Told(deaths)
        in_another_thread(busy)
        assert [] == deaths
        alive = [[number] for number in range(1_000)]
        qtbot.waitUntil(lambda: bool(deaths))

    assert 1_000 == len(alive)
    assert [threading.main_thread()] == deaths


def test_what_is_left_at_the_end_goes_here(qapp, collecting_as_python_does):
    deaths = []
    with collecting_here():
        Told(deaths)

    assert [threading.main_thread()] == deaths
    assert gc.isenabled()


def test_blocks_in_each_other_end_in_order(qapp):
    with collecting_here():
        with collecting_here():
            QTest.qWait(0)
        assert not gc.isenabled()
