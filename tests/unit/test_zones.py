"""Time zones: whose data count, which country they lie in, and those that this desk does not know."""

from __future__ import annotations

import os
import subprocess
import sys
import zoneinfo
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import phonenumbers
import pytest
import tzdata
from builders import BERLIN
from hypothesis import given
from hypothesis import strategies as st

from desktop.viewmodels.search.search import first_form, wish_of
from desktop.words.messages import branch_line, say
from engine.domain.car.branches import sound, zones
from engine.domain.people.phone import read_phone
from engine.domain.shared.errors import InvalidText, UnknownZone
from engine.domain.shared.zones import country_of, shown_zone, zone_of

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
#: Where nobody has telephone numbers of the place's own.
NO_NUMBERS = {"AQ", "GS", "PN", "TF", "UM"}


def test_every_offered_zone_lies_in_a_country_whose_numbers_are_read():
    countries = {zone: country_of(zone) for zone in zones()}
    known = phonenumbers.SUPPORTED_REGIONS | NO_NUMBERS

    assert {} == {zone: country for zone, country in countries.items() if country not in known}
    for country in set(countries.values()) - NO_NUMBERS:
        example = phonenumbers.example_number(country)
        if example is not None:
            typed = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
            whole = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert whole == read_phone(typed, country), country


@pytest.mark.parametrize(
    ("alias", "country"),
    [("Europe/Kiev", "UA"), ("Asia/Calcutta", "IN"), ("America/Buenos_Aires", "AR"), ("Africa/Asmera", "ER"),
     ("America/Coral_Harbour", "CA"), ("Pacific/Truk", "FM"), ("Iceland", "IS"), ("Japan", "JP"), ("CET", ""),
     ("UTC", ""), ("EST", ""), ("Etc/GMT+3", "")],
)  # fmt: skip
def test_an_older_name_lies_in_its_own_country(alias, country):
    assert country == country_of(alias)


def test_only_the_pinned_data_count():
    assert () == zoneinfo.TZPATH
    assert len(zones()) > 400


def test_every_process_of_ours_reads_the_pinned_data_whatever_the_system_says(tmp_path):
    """A system whose Berlin is Tokyo changes nothing."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes((Path(tzdata.__file__).parent / "zoneinfo/Asia/Tokyo").read_bytes())
    asked = (
        "from zoneinfo import ZoneInfo; from datetime import datetime; import {}; "
        "print(datetime(2026, 12, 1, tzinfo=ZoneInfo('Europe/Berlin')).utcoffset())"
    )
    environment = {**os.environ, "PYTHONTZPATH": str(tmp_path)}
    for module in (
        "engine.cli",
        "engine.sandbox",
        "engine.embedded.keeper",
        "engine.domain.reports.report_period",
        "desktop.words.figures",
    ):
        told = subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", asked.format(module)], env=environment, capture_output=True, text=True, check=True
        )
        assert "1:00:00" == told.stdout.strip(), module


STRANGE = ["Mars/Olympus", "Europe/Berlinn", "../../etc/passwd", "/etc/localtime", "A" * 300]
UNKNOWN = st.one_of(st.text(max_size=30), st.sampled_from(STRANGE))


@given(name=UNKNOWN.filter(lambda name: name not in zoneinfo.available_timezones()))
def test_a_zone_that_this_desk_does_not_know_is_told_and_never_thrown(name):
    branch = replace(BERLIN, zone=name)
    form = first_form(branch, NOW)

    with pytest.raises(UnknownZone) as told:
        wish_of(form, branch)
    assert "no car can be promised" in say(told.value).text
    assert "UTC" in branch_line(branch, NOW)
    assert timedelta(0) == NOW.astimezone(shown_zone(name)).utcoffset()
    with pytest.raises(InvalidText):
        sound(branch, now=NOW, currency="EUR")


def test_a_zone_that_is_no_text_is_unknown_too():
    for strange in (None, 7, b"Europe/Berlin", ["Europe/Berlin"]):
        with pytest.raises(UnknownZone):
            zone_of(strange)
