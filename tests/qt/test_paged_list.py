"""A list without any question to narrow it, such as the requests: skeleton at first, and every page of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from desktop.models.rows import Column
from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.viewmodels.paged import ListViewModel, PagedState
from desktop.viewmodels.phases import Phase
from desktop.views.manual_review.review_panel import _lasted
from desktop.views.parts.paged_list import _SKELETON, ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.shared.errors import Unavailable

_ALL = 120
_PAGE = 50


@dataclass(frozen=True)
class Numbers:
    rows: tuple[int, ...]
    total: int


@pytest.fixture
def listed(qtbot, theme, tmp_path):
    shimmer, tasks = ShimmerClock(theme), TaskScope()
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))

    async def fetch(_query, offset):
        return Numbers(tuple(range(offset, min(offset + _PAGE, _ALL))), _ALL)

    vm = ListViewModel(tasks, "numbers", fetch, None)
    words = ListWords(Icon.PEOPLE, "Nobody", "Nobody asks.", "", "The numbers did not come")
    page = PagedList(context, vm, [Column("Number", str, int)], words, "Numbers")
    page.resize(600, 400)
    qtbot.addWidget(page)
    page.show()
    yield page
    page.hide()
    shimmer.deleteLater()


@pytest.mark.parametrize(("chosen", "then"), [(0, 0), (7, 7), (49, 48)])
def test_where_the_chosen_row_went_the_next_one_is_chosen_and_not_the_first(listed, chosen, then):
    listed.vm.feed(PagedState(None, Phase.READY, Numbers(tuple(range(50)), 50), run=1))
    listed.table.selectRow(chosen)
    left = tuple(number for number in range(50) if number != chosen)
    listed.vm.feed(PagedState(None, Phase.READY, Numbers(left, 49), run=2))

    assert then == listed.table.currentIndex().row()


def test_the_first_load_stands_in_skeleton(listed):
    listed.loading.rule.now = lambda: 100.0
    listed.vm.feed(PagedState(None, run=1))
    listed.loading.rule.now = lambda: 100.5
    listed.loading.look()

    assert _SKELETON == listed.model.rowCount()
    listed.loading.fail()


async def test_the_pages_after_the_first_come_too(listed, until):
    listed.vm.load()
    async with asyncio.timeout(10):
        await until(lambda: listed.model.rowCount() == _ALL)
        listed.table.scrollToBottom()
        await until(lambda: listed.model.row_at(_ALL - 1) is not None)

    assert _ALL - 1 == listed.model.row_at(_ALL - 1)


async def test_the_chosen_row_stays_chosen_wherever_it_stands_when_the_list_is_loaded_again(listed, until):
    listed.vm.load()
    await until(lambda: listed.row() is not None)
    listed.table.selectRow(3)
    first = listed.vm.state

    moved = Numbers((-1, *first.first.rows[:-1]), _ALL + 1)
    listed.vm.feed(PagedState(None, Phase.READY, moved, first.run + 1))

    assert (3, 4) == (listed.row(), listed.table.currentIndex().row())


async def test_the_number_is_unknown_while_skeleton_stand_and_none_when_the_list_did_not_come(listed, until):
    told = []
    listed.filled.connect(told.append)
    listed.loading.rule.now = lambda: 100.0
    listed.vm.feed(PagedState(None, run=1))
    listed.loading.rule.now = lambda: 100.5
    listed.loading.look()
    listed.loading.rule.now = lambda: 200.0
    listed.vm.feed(PagedState(None, Phase.FAILED, run=1, problem=Unavailable("mongodb")))

    assert [-1, 0] == told
    assert not listed.content.shows_rows


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=-1), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_how_long_a_case_waits_is_said_short(time, words):
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    assert words == _lasted(now, now - time).replace("\N{NO-BREAK SPACE}", " ")
