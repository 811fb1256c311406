"""A browser that does not start is noticed: real programs in the place of the system's opener."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop import outside
from engine.domain.money.addresses import BrowserNotOpened, NotOpenedWhy, page_address
from engine.domain.shared.errors import StrangeAddress

PAGE = page_address("https://checkout.stripe.com/c/pay/cs_test_a1?x='b'&y=$(c)")
pytestmark = pytest.mark.skipif(sys.platform in outside._OPENERS, reason="the opener is a program of the system's own")


@pytest.fixture
def opener(tmp_path, monkeypatch):
    """Makes a program called xdg-open of some lines of shell; the file tells what it was given."""
    told = tmp_path / "told"

    def make(lines):
        program = tmp_path / "xdg-open"
        program.write_text(f'#!/bin/sh\nprintf "%s" "$*" > "{told}"\n{lines}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
        return told

    return make


async def test_an_opener_that_ends_well_got_the_address_as_it_is(opener):
    told = opener("exit 0")
    await outside.open_in_browser(PAGE)

    assert PAGE == told.read_text()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(status=st.integers(1, 127))
def test_whatever_status_an_opener_fails_with_is_noticed(opener, status):
    opener(f"exit {status}")
    with pytest.raises(BrowserNotOpened) as noticed:
        outside._hand_over(("xdg-open", PAGE))

    assert NotOpenedWhy.FAILED is noticed.value.why


@pytest.mark.parametrize("signal", ["KILL", "TERM", "SEGV"])
async def test_an_opener_that_is_ended_from_outside_is_noticed(opener, signal):
    opener(f"kill -{signal} $$")
    with pytest.raises(BrowserNotOpened) as noticed:
        await outside.open_in_browser(PAGE)

    assert NotOpenedWhy.ENDED is noticed.value.why


async def test_a_computer_without_an_opener_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserNotOpened) as noticed:
        await outside.open_in_browser(PAGE)

    assert NotOpenedWhy.MISSING is noticed.value.why


async def test_an_opener_that_became_the_browser_is_left_alone(opener, tmp_path, monkeypatch):
    monkeypatch.setattr(outside, "STARTED_S", 0.2)
    fifo = tmp_path / "closed"
    os.mkfifo(fifo)
    opener(f'read -r line < "{fifo}"')
    await outside.open_in_browser(PAGE)

    # It is still there, waiting for somebody to close it.
    fifo.write_text("closed\n")


async def test_nothing_is_started_for_a_strange_address(opener):
    told = opener("exit 0")
    with pytest.raises(StrangeAddress):
        await outside.open_in_browser("file:///etc/passwd")

    assert not told.exists()


@pytest.mark.parametrize(("before", "after"), [(None, ""), ("/opt/own", "/opt/own")])
async def test_a_bundle_keeps_its_libraries_to_itself(opener, monkeypatch, before, after, tmp_path, qtbot):
    told = opener(f'printf "%s" "$LD_LIBRARY_PATH" > "{tmp_path}/libraries"')
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/lib/drivesphere/_internal")
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)

    await outside.open_in_browser(PAGE)
    assert (PAGE, after) == (told.read_text(), (tmp_path / "libraries").read_text())

    (tmp_path / "libraries").unlink()
    outside.open_folder(tmp_path)
    qtbot.waitUntil(lambda: (tmp_path / "libraries").exists() and str(tmp_path) == told.read_text())
    assert after == (tmp_path / "libraries").read_text()
