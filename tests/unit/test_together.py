"""Questions that come while one is under way go in one, and nobody's trouble is another's."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.fewer_questions import Together

pytestmark = pytest.mark.asyncio


class Server:
    """Answers when it is let; notes what was asked in one."""

    def __init__(self):
        self.asked = []
        self.may_answer = asyncio.Event()

    async def __call__(self, questions):
        self.asked.append(list(questions))
        await self.may_answer.wait()
        return [ValueError(each) if each == "bad" else each.upper() for each in questions]


async def asking(together, *questions):
    tasks = [asyncio.create_task(together.answer(each)) for each in questions]
    await asyncio.sleep(0)
    return tasks


async def test_those_who_come_while_one_is_asked_go_together_in_the_next():
    server = Server()
    together = Together(server, most=2)
    tasks = await asking(together, "a", "b", "c", "d")

    server.may_answer.set()

    assert ["A", "B", "C", "D"] == await asyncio.gather(*tasks)
    assert [["a"], ["b", "c"], ["d"]] == server.asked
    assert "E" == await together.answer("e")


async def test_what_is_wrong_with_one_is_told_to_that_one_only():
    server = Server()
    together = Together(server, most=9)
    tasks = await asking(together, "a", "bad", "c")

    server.may_answer.set()
    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert ["A", "C"] == [said[0], said[2]]
    assert isinstance(said[1], ValueError)


async def test_whoever_leaves_is_not_asked_for_and_harms_nobody():
    server = Server()
    together = Together(server, most=9)
    first, second, third = await asking(together, "a", "b", "c")
    for gone in (first, second):
        gone.cancel()
    await asyncio.sleep(0)
    server.may_answer.set()

    assert "C" == await third
    assert [["a"], ["c"]] == server.asked
    assert first.cancelled()


async def test_a_question_that_fails_for_all_is_told_to_all_of_them_and_the_next_is_asked():
    async def ask(questions):
        await asyncio.sleep(0)
        if "b" in questions:
            raise OSError("gone")
        return list(questions)

    together = Together(ask, most=9)
    tasks = await asking(together, "a", "b", "c")

    said = await asyncio.gather(*tasks, return_exceptions=True)

    assert ["a", OSError, OSError] == [said[0], *map(type, said[1:])]
    assert "d" == await together.answer("d")
