"""The page the browser comes back to."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from plain_http import PLAIN

from engine.adapters.http import return_page
from engine.adapters.http.return_page import open_return_page

pytestmark = pytest.mark.asyncio


async def ask(url, verb="GET", **options):
    async with httpx.AsyncClient(**PLAIN) as client:
        return await client.request(verb, url, **options)


async def test_an_arrival_is_told_once_per_visit():
    arrived = []

    async with open_return_page(arrived.append) as url:
        first = await ask(f"{url}?booking=b-17")
        await ask(f"{url}?booking=b-17")

    assert arrived == ["b-17", "b-17"]
    assert (first.status_code, "You can close this window." in first.text) == (200, True)
    assert not re.search("DriveSphere|desk|booking|Stripe", first.text)
    assert first.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in first.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("end", "verb", "status"),
    [("?booking=b", "POST", 405), ("?booking=b", "HEAD", 405), ("x?booking=b", "GET", 404), ("/%C3%A9", "GET", 404)],
)
async def test_nothing_else_is_an_arrival(end, verb, status):
    arrived = []

    async with open_return_page(arrived.append) as url:
        answer = await ask(url + end, verb)

    assert (answer.status_code, arrived) == (status, [])


@pytest.mark.parametrize("query", ["", "?booking=", "?booking=<b>", "?booking=" + "b" * 65, "?other=b"])
async def test_a_visit_without_a_booking_is_answered_and_tells_nothing(query):
    arrived = []

    async with open_return_page(arrived.append) as url:
        answer = await ask(url + query)

    assert (answer.status_code, arrived) == (200, [])


async def test_a_page_that_leads_another_name_here_gets_nothing():
    arrived = []

    async with open_return_page(arrived.append) as url:
        answer = await ask(f"{url}?booking=b", headers={"Host": "evil.example"})

    assert (answer.status_code, arrived) == (404, [])


async def test_a_request_without_end_is_hung_up_on():
    arrived = []

    async with open_return_page(arrived.append) as url:
        with pytest.raises(httpx.TransportError):
            await ask(f"{url}?booking=b", headers={"X": "x" * 20_000})

    assert arrived == []


async def test_a_connection_that_says_nothing_does_not_keep_the_desk_open(monkeypatch):
    monkeypatch.setattr(return_page, "_PATIENCE_S", 3600)

    async with asyncio.timeout(60), open_return_page(print) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        await ask(f"{url}?booking=b-1")

    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_each_desk_has_an_address_of_its_own():
    async with open_return_page(print) as one, open_return_page(print) as other:
        assert one.rsplit("/", 1)[1] != other.rsplit("/", 1)[1]
        assert len(one.rsplit("/", 1)[1]) >= 43


async def test_afterwards_nobody_answers():
    async with open_return_page(print) as url:
        pass

    with pytest.raises(httpx.ConnectError):
        await ask(url)


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
        b"GET %s?booking=b HTTP/1.1\r\nHost: %s\r\nno colon\r\n\r\n",
        b"GET %s?booking=b HTTP/1.1\r\nHost: %s\r\nHost: evil.example\r\n\r\n",
        b"GET %s?booking=b HTTP/1.1\r\n\r\n",
    ],
    ids=["TLS", "a header that is none", "two hosts", "no host"],
)
async def test_what_is_no_request_of_a_browser_is_hung_up_on(said):
    arrived, complaints = [], []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: complaints.append(told))

    async with asyncio.timeout(60), open_return_page(arrived.append) as url:
        here = httpx.URL(url)
        reader, writer = await asyncio.open_connection("127.0.0.1", here.port)
        writer.write(said % (here.path.encode(), here.netloc)[: said.count(b"%s")] if b"%s" in said else said)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert (answer, arrived, complaints) == (b"", [], [])
