"""The operator's guide names only commands and options that there are; ``make operator-check`` runs them."""

from __future__ import annotations

import re

import pytest
from operator_check import parts
from operator_desks import DESKS

from engine.cli import drivesphere

_CALL = re.compile(r"(?:^|[\s(]|/usr/bin/)drivesphere ([a-z][a-z-]+)((?: +(?!\||&|>|2>)[^\s)|]+)*)", re.MULTILINE)


def calls():
    for kind, _, text in parts():
        if kind in ("run", "file"):
            yield from ((found[1], found[2]) for found in _CALL.finditer(text.replace("\\\n", " ")))


@pytest.mark.parametrize(("command", "words"), sorted(set(calls())))
def test_each_command_of_the_guide_takes_the_options_it_is_given(command, words):
    known = {option for each in drivesphere.commands[command].params for option in each.opts}

    assert set(re.findall(r"(?<=\s)--[a-z-]+", words)) <= known


def test_what_is_done_in_the_window_is_done_by_the_check():
    assert sorted(DESKS) == sorted(text for kind, _, text in parts() if kind == "desk")
