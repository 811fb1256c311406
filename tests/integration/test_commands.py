"""The console script, run as a person runs it: what it prints and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from demo_folder import copied
from serving import serving

from engine.commands.race import RaceRound


@pytest.fixture(scope="module")
def data(demo_made, tmp_path_factory):
    """A demo whose servers are up already; races are run in a database of their own."""
    folder = copied(demo_made, tmp_path_factory.mktemp("commands") / "data")
    with serving(folder):
        yield folder


def _run(*arguments, **environ):
    command = [sys.executable, "-m", "engine.cli", *map(str, arguments)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **environ}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)  # noqa: S603 -- ourselves


def test_the_race_of_two_prints_the_classic_lines(data):
    done = _run("race", "--data", data)

    assert 0 == done.returncode, done.stderr
    lines = sorted(done.stdout.splitlines(), key=lambda line: "SUCCESS" not in line)
    assert 2 == len(lines)
    assert "SUCCESS (201) - Booking ID: " in lines[0]
    assert any(word in lines[1] for word in ("LOCKED (423) - Vehicle is currently being processed...", "TAKEN (409)"))


@pytest.mark.parametrize("options", [[], ["--no-lease"]])
def test_B1_B3_of_many_clients_in_two_processes_one_has_the_car_in_every_round(data, options):
    done = _run("race", "--data", data, "--clients", 40, "--rounds", 3, "--processes", 2, "--json", *options)

    assert 0 == done.returncode, done.stderr
    *rounds, summary = map(json.loads, done.stdout.splitlines())
    assert [(1, 0, 40)] * 3 == [(each["blocking"], each["overlapping"], sum(each["codes"].values())) for each in rounds]
    assert all(each["seconds"] > 0 for each in rounds)
    assert (0, 0, not options) == (summary["rounds_with_more_than_one"], summary["rounds_with_none"], summary["lease"])
    if options:
        assert "423" not in summary["codes"]


@pytest.mark.parametrize("options", [[], ["--no-lease"]])
def test_of_many_clients_in_two_processes_one_hands_a_car_over_and_it_comes_back_once(data, options):
    asked = ("race", "--handover", "--data", data, "--clients", 20, "--rounds", 2, "--processes", 2)
    done = _run(*asked, "--json", *options)

    assert 0 == done.returncode, done.stderr
    *rounds, summary = map(json.loads, done.stdout.splitlines())
    assert [(1, 1, 0, 1)] * 2 == [
        (each["given"], each["taken_back"], each["blocking"], each["codes"]["201"]) for each in rounds
    ]
    assert (0, 0, 0) == tuple(summary[name] for name in ("handed_over_twice", "never_handed_over", "returns_lost"))


@pytest.mark.parametrize(("given", "back", "codes"), [(2, 1, {201: 1}), (1, 0, {201: 1}), (0, 0, {}), (1, 2, {201: 1})])
def test_a_round_of_handing_over_is_fair_only_where_the_car_went_and_came_once(given, back, codes):
    assert not RaceRound(1, codes, 0, 0, 0.1, given=given, taken_back=back).fair
    assert RaceRound(1, {201: 1}, 0, 0, 0.1, given=1, taken_back=1).fair


@pytest.mark.parametrize(
    ("codes", "blocking", "overlapping"), [({201: 2}, 2, 1), ({201: 1}, 2, 1), ({423: 2}, 0, 0), ({201: 1}, 0, 0)]
)
def test_a_round_with_two_winners_or_none_is_not_fair(codes, blocking, overlapping):
    assert not RaceRound(1, codes, blocking, overlapping, 0.1).fair


def test_the_smoke_run_signs_in_finds_cars_prints_its_times_and_leaves(data):
    done = _run("demo", "--smoke", "--data", data)

    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout)
    assert {"first_frame_ms", "servers_ready_ms", "first_data_ms", "rss_mb"} == set(told)
    assert 0 < told["first_frame_ms"] <= told["servers_ready_ms"] <= told["first_data_ms"]


def test_a_broken_setting_is_a_sentence_and_status_2(data):
    done = _run("--data", data, STRIPE_API_KEY="nonsense")

    assert 2 == done.returncode
    assert "STRIPE_API_KEY begins with" in done.stderr
    assert "Traceback" not in done.stderr
    assert "nonsense" not in done.stderr


def test_the_doctor_says_how_the_demo_is_and_leaves_with_status_0(demo_folder):
    done = _run("doctor", "--data", demo_folder, "--account", "admin", "--json")

    assert 0 == done.returncode, done.stderr
    told = json.loads(done.stdout)
    # Nobody has swept yet, and the first back-up of the day comes later: both are said, and neither is bad.
    not_yet = {"sweeper", "backup"}
    rest = {finding["area"]: finding for finding in told["findings"] if finding["area"] not in not_yet}
    assert {} == {area: finding for area, finding in rest.items() if finding["level"] != "good"}
    assert "_test_" not in done.stdout


NOWHERE = {
    "DRIVESPHERE_MONGO_URL": "mongodb://127.0.0.1:1/?replicaSet=ds",
    "DRIVESPHERE_REDIS_URL": "redis://127.0.0.1:1/0",
    "DRIVESPHERE_PASSWORD": "a secret",
}


@pytest.mark.parametrize(
    ("environ", "code"),
    [({"STRIPE_API_KEY": "nonsense"}, "config"), (NOWHERE, "unavailable")],
    ids=["config", "servers"],
)
def test_the_doctor_answers_in_json_although_nothing_can_be_looked_at(data, environ, code):
    done = _run("doctor", "--data", data, "--json", **environ)

    assert 2 == done.returncode
    told = json.loads(done.stdout)
    assert ("unknown", [], code) == (told["level"], told["findings"], told["problem"]["code"])
    assert told["problem"]["says"] in done.stderr
    assert "nonsense" not in done.stdout + done.stderr
    assert "a secret" not in done.stdout + done.stderr
