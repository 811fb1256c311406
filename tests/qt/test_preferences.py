from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray

from desktop.preferences import Preferences
from desktop.theme.theme import Scheme


def test_everything_set_is_there_at_the_next_start(tmp_path):
    before = Preferences(tmp_path / "desk.ini")
    before.geometry = QByteArray(b"\x01\x02")
    before.scheme = Scheme.DARK
    before.reduced_motion = True
    before.language = "de_DE"
    before.last_search = {"branch": "Łódź", "seats": "5"}
    before.save()

    after = Preferences(tmp_path / "desk.ini")

    assert after.geometry.data() == b"\x01\x02"
    assert Scheme.DARK is after.scheme
    assert after.reduced_motion
    assert after.language == "de_DE"
    assert after.last_search == {"branch": "Łódź", "seats": "5"}


def test_first_start_follows_the_system(tmp_path):
    fresh = Preferences(tmp_path / "desk.ini")

    assert Scheme.SYSTEM is fresh.scheme
    assert not fresh.reduced_motion
    assert fresh.last_search == {}
    assert fresh.geometry.isEmpty()


@pytest.mark.parametrize("rubbish", ["{broken", "[1, 2]", "7"])
def test_value_that_cannot_be_read_counts_as_not_set(tmp_path, rubbish):
    desk = Preferences(tmp_path / "desk.ini")
    desk._settings.setValue("search/last", rubbish)
    desk._settings.setValue("look/scheme", "sepia")

    assert desk.last_search == {}
    assert Scheme.SYSTEM is desk.scheme
