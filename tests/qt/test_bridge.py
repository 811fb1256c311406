from __future__ import annotations

import asyncio
import gc
import threading
from contextlib import asynccontextmanager

import pytest
from qasync import DefaultQEventLoopPolicy, QEventLoop
from within import WITHIN_S

from desktop.bridge import EngineThread, _plain_loop


async def test_answer_comes_from_the_engine_thread_and_a_plain_loop():
    engine = EngineThread()
    engine.start()

    async def where():
        return threading.current_thread().name, asyncio.get_running_loop()

    name, loop = await engine.call(where)
    await engine.stop()

    assert name == "engine"
    assert not isinstance(loop, QEventLoop)
    assert loop.is_closed()


async def test_exception_crosses_as_it_is():
    engine = EngineThread()
    engine.start()
    problem = LookupError("no such car")

    async def fail():
        raise problem

    with pytest.raises(LookupError) as caught:
        await engine.call(fail)
    await engine.stop()

    assert problem is caught.value


async def test_cancelling_the_caller_cancels_the_work_over_there(until):
    engine = EngineThread()
    engine.start()
    started, unwound = threading.Event(), threading.Event()

    async def wait():
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            unwound.set()

    caller = asyncio.create_task(engine.call(wait))
    await until(started.is_set)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert unwound.wait(WITHIN_S)
    await engine.stop()


async def test_what_an_abandoned_call_ends_with_is_no_complaint(until):
    engine = EngineThread()
    engine.start()
    complaints, started, ended = [], threading.Event(), threading.Event()

    async def listen():
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told["message"]))

    async def fail_on_the_way_out():
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_soon(ended.set)
            raise LookupError("the server went away just then") from None

    async def collect():
        gc.collect()

    await engine.call(listen)
    caller = asyncio.create_task(engine.call(fail_on_the_way_out))
    await until(started.is_set)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.wait(WITHIN_S)
    await engine.call(collect)
    await engine.stop()

    assert [] == complaints


async def test_cancelled_caller_does_not_wait_for_a_slow_clean_up(until):
    engine = EngineThread()
    engine.start()
    started, go_on = threading.Event(), asyncio.Event()

    async def stubborn():
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await go_on.wait()

    caller = asyncio.create_task(engine.call(stubborn))
    await until(started.is_set)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    async def let_go():
        go_on.set()

    await engine.call(let_go)
    await engine.stop()


async def test_stop_waits_until_the_last_clean_up_is_done(until):
    engine = EngineThread()
    engine.start()
    started, cleaning, go_on = threading.Event(), threading.Event(), threading.Event()

    async def work():
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await asyncio.to_thread(go_on.wait)

    caller = asyncio.create_task(engine.call(work))
    await until(started.is_set)
    stopping = asyncio.create_task(engine.stop())
    await until(cleaning.is_set)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert "engine" not in {thread.name for thread in threading.enumerate()}


def test_engine_loop_is_plain_also_where_the_policy_hands_out_qt_loops(qapp):
    asyncio.set_event_loop_policy(DefaultQEventLoopPolicy())
    try:
        loop = _plain_loop()
    finally:
        asyncio.set_event_loop_policy(None)
    loop.close()

    assert not isinstance(loop, QEventLoop)


async def test_call_is_refused_before_start_and_after_stop():
    engine = EngineThread()

    async def never():
        raise AssertionError("must not run")

    with pytest.raises(RuntimeError):
        await engine.call(never)
    engine.start()
    await engine.stop()
    await engine.stop()
    with pytest.raises(RuntimeError):
        await engine.call(never)
    with pytest.raises(RuntimeError):
        engine.start()


async def test_window_goes_on_while_the_engine_thread_is_busy():
    engine = EngineThread()
    engine.start()
    release = threading.Event()
    turns = []

    async def block_the_engine():
        release.wait()

    busy = asyncio.create_task(engine.call(block_the_engine))
    for turn in range(3):
        await asyncio.sleep(0)
        turns.append(turn)
    assert not busy.done()
    release.set()
    await busy
    await engine.stop()

    assert turns == [0, 1, 2]


async def test_what_is_held_is_left_where_no_loop_is_left_to_wait_in():
    bridge, left = EngineThread(), []

    @asynccontextmanager
    async def wound_up():
        try:
            yield "up"
        finally:
            await asyncio.sleep(0)
            left.append("left")

    bridge.start()
    await bridge.hold(wound_up)

    assert bridge.cut_off()
    assert ["left"] == left
    assert not bridge.cut_off()
