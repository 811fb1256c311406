"""A list without any question to narrow it, such as the requests: bones at first, and every page of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from desktop.models.rows import Column
from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.viewmodels.paged import PagedState, PagedViewModel
from desktop.views.admin.care_panel import _lasted
from desktop.views.paged_list import _BONES, ListWords, PagedList
from desktop.views.tools import Tools
from desktop.widgets.shimmer import ShimmerClock

_ALL = 120
_PAGE = 50


@pytest.fixture
def listed(qtbot, theme, tmp_path):
    shimmer, tasks = ShimmerClock(theme), TaskScope()
    tools = Tools(theme, shimmer, Preferences(tmp_path / "p.ini"))

    async def fetch(_query, offset):
        return tuple(range(offset, min(offset + _PAGE, _ALL))), _ALL

    vm = PagedViewModel(None, fetch, tasks)
    words = ListWords(lambda _query: (Icon.PEOPLE, "Nobody", "Nobody asks.", ""))
    page = PagedList(tools, vm, [Column("Number", str, int)], lambda row: row, words)
    page.resize(600, 400)
    qtbot.addWidget(page)
    page.show()
    yield page
    page.hide()
    shimmer.deleteLater()


def test_the_first_load_stands_in_bones(listed):
    listed.loading._rule._now = lambda: 100.0
    listed._vm._show(PagedState(None, run=1))
    listed.loading._rule._now = lambda: 100.5
    listed.loading._look()

    assert _BONES == listed.model.rowCount()
    listed.loading.fail()


async def test_the_pages_after_the_first_come_too(listed, until):
    listed._vm.load()
    async with asyncio.timeout(10):
        await until(lambda: listed.model.rowCount() == _ALL)
        listed.table.scrollToBottom()
        await until(lambda: listed.model.row_at(_ALL - 1) is not None)

    assert _ALL - 1 == listed.model.row_at(_ALL - 1)


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
    assert words == _lasted(time)
