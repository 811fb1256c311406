from __future__ import annotations

import asyncio

import pytest
from PySide6.QtWidgets import QWidget

from desktop.widgets.loading.loading import Loading, LoadingRule, Showing, WaitLook, WaitWord


class Clock:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rule(clock):
    return LoadingRule(clock)


def test_quick_answer_shows_no_skeleton(rule, clock):
    rule.begin(has_rows=False)
    clock.at += 0.19
    assert WaitLook.QUIET is rule.showing().look
    rule.settle()

    assert Showing(WaitLook.CONTENT) == rule.showing()
    clock.at += 0.1
    assert WaitLook.CONTENT is rule.showing().look
    assert rule.next_change() is None


def test_skeleton_come_after_200_ms_and_stay_400(rule, clock):
    rule.begin(has_rows=False)
    assert 0.2 == pytest.approx(rule.next_change())
    clock.at += 0.21
    assert WaitLook.SKELETON is rule.showing().look
    rule.settle()
    assert WaitLook.SKELETON is rule.showing().look
    clock.at += rule.next_change() - 0.01
    assert WaitLook.SKELETON is rule.showing().look
    clock.at += 0.02

    assert WaitLook.CONTENT is rule.showing().look
    assert rule.next_change() is None


def test_slow_answer_is_shown_at_once_when_skeleton_stood_long_enough(rule, clock):
    rule.begin(has_rows=False)
    clock.at += 0.7
    rule.settle()

    assert WaitLook.CONTENT is rule.showing().look


def test_rows_that_are_there_stay_under_a_thin_line(rule, clock):
    rule.begin(has_rows=True)
    clock.at += 0.5
    assert Showing(WaitLook.CONTENT, progress=True) == rule.showing()
    rule.settle()

    assert Showing() == rule.showing()


@pytest.mark.parametrize(
    ("waited", "word"),
    [(0.9, WaitWord.NONE), (1.0, WaitWord.STILL_LOADING), (9.9, WaitWord.STILL_LOADING), (10.0, WaitWord.OFFER_RETRY)],
)
def test_long_wait_is_spoken_of(rule, clock, waited, word):
    rule.begin(has_rows=False)
    clock.at += waited

    assert word is rule.showing().word


def test_error_is_never_kept_behind_skeleton(rule, clock):
    rule.begin(has_rows=False)
    clock.at += 0.25
    assert WaitLook.SKELETON is rule.showing().look
    rule.fail()

    assert WaitLook.CONTENT is rule.showing().look


def test_typing_on_neither_postpones_nor_restarts_the_skeleton(rule, clock):
    rule.begin(has_rows=False)
    clock.at += 0.15
    rule.begin(has_rows=False)
    clock.at += 0.06
    assert WaitLook.SKELETON is rule.showing().look
    rule.begin(has_rows=False)
    assert WaitLook.SKELETON is rule.showing().look
    clock.at += 0.41
    rule.settle()

    assert WaitLook.CONTENT is rule.showing().look


def test_driver_says_each_look_once_and_leaves_no_timer(qtbot, clock):
    loading, seen = Loading(now=clock), []
    loading.changed.connect(lambda showing: seen.append(showing.look))
    loading.begin(has_rows=False)
    clock.at += 0.25
    loading.look()
    loading.look()
    clock.at += 0.5
    loading.settle()

    assert [WaitLook.QUIET, WaitLook.SKELETON, WaitLook.CONTENT] == seen
    assert not loading.timer.isActive()
    assert WaitLook.CONTENT is loading.showing.look


def test_driver_wakes_by_itself(qtbot):
    loading, seen = Loading(), []
    loading.changed.connect(lambda showing: seen.append(showing.look))
    loading.begin(has_rows=False)
    qtbot.waitUntil(lambda: WaitLook.SKELETON in seen)
    loading.settle()
    qtbot.waitUntil(lambda: WaitLook.CONTENT in seen)

    assert [WaitLook.QUIET, WaitLook.SKELETON, WaitLook.CONTENT] == seen


async def test_whoever_waits_for_an_answer_waits_for_the_screen(qtbot, clock, until):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    loading = Loading(window, clock)
    loading.begin(has_rows=False)
    clock.at += 0.3
    loading.settle()
    assert loading.holds_back

    waiting = asyncio.create_task(until(lambda: True))
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()
    clock.at += 0.4
    loading.settle()
    await waiting

    assert WaitLook.CONTENT is loading.showing.look
