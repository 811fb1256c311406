"""What a second start hands over to the window that is there, and what that one does when it leaves."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from person import person_at
from within import WITHIN_S

from desktop.second_start import Summons, _sound
from engine.config import activation_token, handed_over

TOKEN = "XDG_ACTIVATION_TOKEN"

_ANY_TOKEN = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=256)


#: Another start is another process: waiting for the answer, Qt does not let Python go on.
_AGAIN = """
import sys
from pathlib import Path
from desktop.second_start import Summons
from engine.config import activation_token
sys.exit(0 if Summons(Path(sys.argv[1])).answered(activation_token()) else 3)
"""


@pytest.mark.parametrize("token", ["", "wayland-7_TIME12345", "!~", "a" * 256])
def test_the_window_that_is_there_is_handed_what_lets_it_come_forward(qtbot, tmp_path, token):
    there = Summons(tmp_path)
    there.listen()

    with qtbot.waitSignal(there.called, timeout=WITHIN_S * 1000) as called:
        again = subprocess.Popen([sys.executable, "-c", _AGAIN, tmp_path], env=os.environ | {TOKEN: token})  # noqa: S603 -- ours
    status = again.wait()
    there.close()

    assert ([token], 0) == (called.args, status)


@given(token=_ANY_TOKEN)
@example(token="gnome-shell/DriveSphere/4711-0-host_TIME99")
def test_a_token_is_what_the_desktop_gave(token):
    assert token == _sound(activation_token({TOKEN: token}))


@given(st.text(max_size=40), st.sampled_from(" \n\t\0é\N{ZERO WIDTH SPACE}"), st.text(max_size=40))
def test_what_is_no_token_is_not_handed_on(before, strange, after):
    assert _sound(before + strange + after) == ""
    assert _sound("a" * 257) == _sound(activation_token({})) == ""


def test_a_token_stands_where_it_is_looked_for_while_a_window_is_activated_and_no_longer(monkeypatch):
    monkeypatch.delenv(TOKEN, raising=False)

    with handed_over("once"):
        assert os.environ[TOKEN] == "once"

    assert TOKEN not in os.environ


async def test_a_window_that_leaves_is_called_by_nobody_any_more(qapp, world, tmp_path):
    summons = Summons(tmp_path)
    summons.listen()

    async with person_at(qapp, world, tmp_path) as person:
        person.program._summons = summons
        assert summons._server is not None

    gc.unfreeze()
    assert summons._server is None
