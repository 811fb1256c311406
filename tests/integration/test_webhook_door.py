"""The worker's open door: who says nothing, too slowly, too much or nonsense keeps no honest event out."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from plain_http import PLAIN
from stripe_sender import SECRET, Sender

from engine.adapters.http import webhook_door
from engine.adapters.http.webhook_server import open_webhooks, webhook_app
from engine.adapters.stripe.news import check_signature, news_of
from engine.domain.shared.errors import NotFound

pytestmark = pytest.mark.asyncio

_BEGUN = b"POST /stripe HTTP/1.1\r\nHost: x\r\n"
SLOW_HEADS = [b"", b"P", _BEGUN, _BEGUN + b"Content-Length: 99\r\n\r\nx"]


class _Clock:
    @staticmethod
    def now():
        return datetime.now(UTC).replace(microsecond=0)


class _Believer:
    def news(self, body, signature, now):
        check_signature(body, signature, SECRET, now)
        return news_of(body, livemode=False)


@asynccontextmanager
async def receiver(**options):
    """A receiver of a firm that knows no booking; ``heard`` lists what got through to it."""
    heard = []

    async def hear(booking_id, session_id):
        heard.append((booking_id, session_id))
        raise NotFound("booking", booking_id)

    app = webhook_app(_Believer(), hear, _Clock.now)
    async with open_webhooks(app, "127.0.0.1", 0, **options) as url, httpx.AsyncClient(**PLAIN) as http:
        yield Sender(url, http, _Clock), heard


@asynccontextmanager
async def crowd(sender, count, said=b"POST /stripe HTTP/1.1\r\n", source="127.0.0.1"):
    """*count* connections that begin a request and never end it."""
    port = httpx.URL(sender.url).port
    made = []
    try:
        for _ in range(count):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            made.append((reader, writer))
            writer.write(said)
        yield made
    finally:
        for _, writer in made:
            writer.transport.abort()


def event(**about):
    subject = {"id": "cs_test_1", "client_reference_id": "B1", "metadata": {"booking": "B1"}}
    told = {"id": "evt_1", "type": "checkout.session.completed", "livemode": False, "data": {"object": subject}}
    return {**told, **about}


@pytest.mark.parametrize("said", SLOW_HEADS)
@pytest.mark.parametrize("options", [{}, {"behind_proxy": True}], ids=["open", "behind a proxy"])
async def test_an_honest_event_gets_through_beside_300_that_never_end(said, options):
    async with receiver(**options) as (sender, heard), crowd(sender, 300, said):
        answer = await sender.send(event())

    assert HTTPStatus.OK == answer.status_code
    assert [("B1", "cs_test_1")] == heard


async def _gone(connection):
    reader, _ = connection
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def test_over_all_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(webhook_door, "_MOST", 10)
    monkeypatch.setattr(webhook_door, "_FRESH_S", 0.0)
    async with receiver(behind_proxy=True) as (sender, _), crowd(sender, 15) as made:
        assert all([await _gone(each) for each in made[:5]])
        await sender.send(event())  # takes one more place, and gives it back
        assert await _gone(made[5])
        assert not any(reader.at_eof() for reader, _ in made[6:])


async def test_a_crowd_that_came_this_moment_has_an_end_too(monkeypatch):
    monkeypatch.setattr(webhook_door, "_MOST", 2)
    monkeypatch.setattr(webhook_door, "_FRESH_S", 60.0)
    async with receiver(behind_proxy=True) as (sender, _), crowd(sender, 10) as made:
        assert all([await _gone(each) for each in made[:2]])
        assert not any(reader.at_eof() for reader, _ in made[2:])


async def test_one_address_drives_out_only_itself(monkeypatch):
    monkeypatch.setattr(webhook_door, "_MOST_OF_ONE", 5)
    monkeypatch.setattr(webhook_door, "_FRESH_S", 0.0)
    async with (
        receiver() as (sender, _),
        crowd(sender, 3, source="127.0.0.2") as quiet,
        crowd(sender, 9, source="127.0.0.3") as loud,
    ):
        assert all([await _gone(each) for each in loud[:4]])
        assert HTTPStatus.OK == (await sender.send(event())).status_code
        assert not any(reader.at_eof() for reader, _ in [*quiet, *loud[4:]])


@pytest.mark.parametrize("said", SLOW_HEADS)
async def test_a_request_that_does_not_come_to_an_end_is_cut_off(monkeypatch, said):
    monkeypatch.setattr(webhook_door, "WHOLE_WITHIN_S", 0.2)
    async with receiver() as (sender, heard), crowd(sender, 3, said) as made:
        assert all([await _gone(each) for each in made])

    assert [] == heard


async def test_a_letter_now_and_then_buys_no_time(monkeypatch):
    monkeypatch.setattr(webhook_door, "WHOLE_WITHIN_S", 0.3)
    async with receiver() as (sender, _), crowd(sender, 1) as made:
        _, writer = made[0]

        async def drip():
            while not writer.is_closing():
                writer.write(b"X")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        try:
            assert await _gone(made[0])
        finally:
            dripping.cancel()


async def test_nobody_waits_between_two_requests_of_one_connection():
    async with receiver() as (sender, _):
        answer = await sender.send(event())

    assert "close" == answer.headers["connection"]


NESTED = st.integers(500, 60_000).map(lambda depth: b"[" * depth + b"]" * depth)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


def _with(path, value):
    told = event()
    place = told
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(told).encode("utf-8", "surrogatepass")


PATHS = [("id",), ("type",), ("livemode",), ("data",), ("data", "object"), ("data", "object", "id")]
PATHS += [("data", "object", "metadata"), ("data", "object", "client_reference_id")]
HOSTILE = st.one_of(
    st.binary(max_size=200),
    JUNK.map(lambda junk: json.dumps(junk).encode()),
    st.tuples(st.sampled_from(PATHS), JUNK).map(lambda pair: _with(*pair)),
    NESTED,
    NESTED.map(lambda deep: b'{"id":"evt_1","type":"refund.x","livemode":false,"data":{"object":{"x":' + deep + b"}}}"),
    st.sampled_from(["id", "type"]).map(lambda name: _with((name,), "x" * 200_000)),
    st.integers(1, 5000).map(lambda size: b'{"id":' + b"9" * size + b"}"),
    st.text(max_size=30).map(lambda text: text.encode("utf-16")),
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(HOSTILE, min_size=10, max_size=20))
@example(
    bodies=[
        _with(("data", "object", "metadata"), {"booking": "\ud800"}),
        _with(("id",), 2**70),
        _with(("data", "object", "id"), "../../v1/refunds"),
    ]
)
async def test_a_signed_body_that_is_none_is_400_and_nothing_else_happens(bodies):
    with structlog.testing.capture_logs() as logs:
        async with receiver() as (sender, _):
            answers = [await sender.send(body) for body in bodies]

    for body, answer in zip(bodies, answers, strict=True):
        assert answer.status_code in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}
        if HTTPStatus.OK == answer.status_code:  # an event all the same: of another kind, or about nothing of ours
            told = json.loads(body)
            assert isinstance(told["id"], str)
            assert isinstance(told["type"], str)
    assert all("exception" not in entry and "exc_info" not in entry for entry in logs)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 50_000,
        _with(("livemode",), "false"),
        _with(("data", "object"), []),
        _with(("data", "object", "id"), 10**400),
        _with(("data", "object", "metadata"), {"booking": 7}),
        _with(("data", "object", "metadata"), {"booking": "\udfff"}),
        _with(("id",), "e" * 1000),
        b'{"id":"evt_1","type":"refund.x","livemode":false,"data":{"object":{"metadata":' + b'{"a":' * 20_000,
        "{}".encode("utf-16"),
    ],
    ids=range(11),
)
async def test_garbage_with_a_true_signature_is_400_without_a_traceback(body, caplog):
    with caplog.at_level(logging.DEBUG):
        async with receiver() as (sender, heard):
            answer = await sender.send(body)

    assert HTTPStatus.BAD_REQUEST == answer.status_code
    assert [] == heard
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("stamp", ["9" * 5000, "-1", "1e9", "٣", "9" * 18, ""])
async def test_a_stamp_that_is_no_time_is_400(stamp):
    async with receiver() as (sender, _):
        header = f"t={stamp},v1=0".encode().decode("latin-1")
        answer = await sender.raw(b"{}", header.encode("latin-1"))

    assert HTTPStatus.BAD_REQUEST == answer.status_code
