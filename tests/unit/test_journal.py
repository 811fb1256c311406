"""What stands in a log file is listed; names, telephones, addresses and secrets never get there."""

from __future__ import annotations

import ast
import json
import logging
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from engine.crash_reports import Crashes, reports, watching
from engine.domain.shared.errors import InvalidText
from engine.journal import HIDDEN, KEPT, LARGEST_BYTES, SET_ASIDE, Journal, clean, keep, plain

ROOT = Path(__file__).resolve().parents[2]
SECRETS = [
    "sk_test_51abcDEF",
    "rk_live_9",
    "whsec_abc",
    "redis://drivesphere:pw@127.0.0.1:1/0",
    "ada@example.org",
    "+49 (30) 1234-567",
    "030/1234567",
    "a" * 64,
]


@pytest.fixture
def kept(tmp_path):
    """What was logged since, a record a line."""
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    journal = keep(tmp_path / "logs", "desktop", aloud=logging.CRITICAL)
    yield lambda: [json.loads(line) for line in journal.path.read_text().splitlines()]
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def test_a_record_holds_what_is_listed_and_hides_the_rest(kept):
    structlog.get_logger().warning("x.y", booking="WG452", code="period.taken", says="Ada Byron has it", count=3, row=7)

    (line,) = kept()
    assert ("x.y", "warning", "WG452", "period.taken", 3) == tuple(
        line[name] for name in ("event", "level", "booking", "code", "count")
    )
    assert (HIDDEN, HIDDEN) == (line["says"], line["row"])


@pytest.mark.parametrize("secret", SECRETS)
def test_not_even_a_listed_field_holds_a_secret_or_an_address(secret):
    assert secret not in clean(f"before {secret} behind")
    assert secret not in str(plain("code", [f"x {secret}"]))


@given(st.from_regex(r"\+?[1-9][0-9]{7,14}", fullmatch=True), st.sampled_from(["", " ", "-", "/"]))
def test_no_number_that_could_be_dialled_is_kept(number, between):
    spelt = between.join([number[:4], number[4:7], number[7:]])

    assert spelt not in clean(f"a {spelt} b")


def _goes_wrong():
    try:
        int("Ada Byron, +49 30 1234567")
    except ValueError as problem:
        raise InvalidText("renter", "Ada Byron") from problem


def test_an_exception_is_told_by_its_class_and_lines_and_not_by_its_words(kept):
    try:
        _goes_wrong()
    except InvalidText:
        structlog.get_logger().exception("x.bug")
        logging.getLogger("pymongo").exception("Ada Byron %s", "Ada")

    ours, theirs = kept()
    for line in (ours, theirs):
        assert "Ada" not in json.dumps(line)
        assert any("InvalidText" in each for each in line["problem"])
        assert any("ValueError" in each for each in line["problem"])
        assert any("test_journal.py" in each for each in line["problem"])


def test_a_full_file_is_set_aside_and_the_oldest_goes(tmp_path):
    journal = Journal(tmp_path, "worker")
    for _ in range(SET_ASIDE + 3):
        journal.write("info", "x", {}, None)
        with journal.path.open("ab") as file:
            file.truncate(LARGEST_BYTES)
    journal.write("info", "last", {}, None)

    assert SET_ASIDE + 1 == len(list(tmp_path.iterdir()))
    assert "last" == json.loads(journal.path.read_text())["event"]
    assert 0o600 == journal.path.stat().st_mode & 0o777


def test_a_folder_that_cannot_be_written_to_stops_nothing(tmp_path):
    (tmp_path / "logs").write_text("a file")
    journal = Journal(tmp_path / "logs", "desktop")

    journal.write("info", "x", {}, None)

    assert Crashes(journal).write(ValueError("x"), "window") is None


def test_many_threads_write_whole_lines(tmp_path):
    journal = Journal(tmp_path, "desktop")
    threads = [
        threading.Thread(target=lambda: [journal.write("info", "x" * 200, {}, None) for _ in range(50)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 400 == len([json.loads(line) for line in journal.path.read_text().splitlines()])


def test_every_field_that_is_kept_is_one_that_is_logged():
    """The list names no field that nobody uses: a new one is thought about."""
    used = set()
    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "desktop").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_log(node.func.value):
                used |= {word.arg for word in node.keywords}

    assert set() == KEPT - used - {"where", "session", "kind", "state", "code", "booking"}


def _is_log(node):
    return isinstance(node, ast.Name) and node.id in {"log", "_log"}


def test_a_thread_that_ends_by_a_bug_leaves_a_report_and_an_end_in_order_leaves_none(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)

    with watching(tmp_path, "worker"):
        thread = threading.Thread(target=lambda: 1 / 0, name="engine")
        thread.start()
        thread.join()

    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers
    (report,) = reports(tmp_path)
    text = report.read_text()
    assert "engine" in text
    assert "ZeroDivisionError" in text
    assert [] == list(tmp_path.glob("native-*"))


@dataclass(frozen=True)
class _Frozen(Exception):
    what: str


class _Slotted(Exception):
    __slots__ = ("what",)


@pytest.mark.parametrize("make", [ValueError, KeyError, OSError, lambda: _Frozen("x"), _Slotted])
def test_each_problem_is_reported_once_whatever_stood_at_its_address_before(tmp_path, make):
    crashes = Crashes(Journal(tmp_path, "desktop"))

    for _ in range(20):
        # The next one is put where this one was.
        problem = make()
        first, again = crashes.write(problem, "window"), crashes.write(problem, "window")
        del problem
        assert first is not None
        assert again is None


def test_what_a_process_of_the_same_number_left_is_told(tmp_path):
    hooks = sys.excepthook, threading.excepthook
    (tmp_path / f"native-desktop-{os.getpid()}.txt").write_text("Fatal Python error: Segmentation fault\n")
    crashes = Crashes(Journal(tmp_path, "desktop"))

    crashes.watch()
    crashes.close()
    sys.excepthook, threading.excepthook = hooks

    (report,) = reports(tmp_path)
    assert "Segmentation fault" in report.read_text()


def test_only_the_newest_reports_are_kept(tmp_path):
    crashes = Crashes(Journal(tmp_path, "desktop"))
    written = [crashes.write(problem, "window") for problem in [ValueError() for _ in range(13)]]

    assert list(reversed(written))[:10] == reports(tmp_path)
