from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject
from shiboken6 import delete, isValid

from desktop.tasks import TaskScope


async def test_latest_drops_the_older_query(until):
    scope, seen, gate = TaskScope(), [], asyncio.Event()

    async def search(text):
        await gate.wait()
        seen.append(text)

    for text in ("a", "ab", "abc"):
        scope.latest("search", search(text))
    gate.set()
    await until(lambda: scope.idle)

    assert seen == ["abc"]
    assert not scope.running("search")


async def test_once_ignores_the_second_click(until):
    scope, paid, idle = TaskScope(), [], []
    scope.idle_changed.connect(idle.append)

    async def pay():
        await asyncio.sleep(0)
        paid.append(1)

    scope.once("pay", pay())
    scope.once("pay", pay())
    await until(lambda: scope.idle)

    assert paid == [1]
    assert idle == [False, True]


async def test_work_that_has_ended_is_no_reason_to_refuse_the_next_click(until):
    scope, done = TaskScope(), []

    async def second():
        done.append("second")

    async def first():
        # Runs after this work's end and before anybody is told of it.
        asyncio.get_running_loop().call_soon(lambda: scope.once("sign in", second()))
        done.append("first")

    scope.once("sign in", first())
    await until(lambda: scope.idle)

    assert done == ["first", "second"]


async def test_failed_carries_the_exception_and_a_cancel_is_silent():
    scope, problems = TaskScope(), []
    scope.failed.connect(problems.append)
    problem = LookupError("gone")

    async def boom():
        raise problem

    async def forever():
        await asyncio.Event().wait()

    scope.once("boom", boom())
    scope.once("wait", forever())
    await asyncio.sleep(0)
    await scope.aclose()

    assert [problem] == problems


async def test_stopped_query_is_gone_at_once_and_may_start_again(until):
    scope, seen = TaskScope(), []

    async def search(text):
        await asyncio.sleep(0)
        seen.append(text)

    scope.latest("search", search("old"))
    scope.stop("search")
    assert not scope.running("search")
    scope.once("search", search("new"))
    await until(lambda: scope.idle)

    assert seen == ["new"]


async def test_aclose_waits_for_the_replaced_query_too():
    scope, unwound = TaskScope(), []

    async def stubborn(n):
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            unwound.append(n)

    scope.latest("q", stubborn(1))
    await asyncio.sleep(0)
    scope.latest("q", stubborn(2))
    await asyncio.sleep(0)
    await scope.aclose()

    assert sorted(unwound) == [1, 2]


async def test_closed_scope_starts_nothing():
    scope, ran = TaskScope(), []

    async def work():
        ran.append(1)

    await scope.aclose()
    scope.once("late", work())
    await asyncio.sleep(0)

    assert ran == []


async def test_scope_may_be_closed_from_one_of_its_own_tasks(until):
    scope, order = TaskScope(), []

    async def other():
        try:
            await asyncio.Event().wait()
        finally:
            order.append("other unwound")

    async def leave():
        await scope.aclose()
        order.append("left")

    scope.once("other", other())
    await asyncio.sleep(0)
    scope.once("leave", leave())
    await until(lambda: scope.idle)

    assert order == ["other unwound", "left"]


async def test_a_scope_whose_widget_is_gone_unwinds_without_a_word(qapp, until, caplog):
    owner = QObject()
    scope, begun, unwound = TaskScope(owner), asyncio.Event(), []

    async def work():
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            unwound.append(1)

    scope.once("work", work())
    await begun.wait()
    delete(owner)
    scope.stop("work")
    await until(lambda: bool(unwound))
    await asyncio.sleep(0)

    assert not isValid(scope)
    assert [] == caplog.records
