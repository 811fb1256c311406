"""The sandbox as a program: its one line, what it refuses, what it remembers."""

from __future__ import annotations

import re

import pytest


def test_it_says_one_line_when_it_listens_and_ends_when_told(new_sandbox, hands):
    process = new_sandbox()

    assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+\n", process.first_line)
    assert hands(process).get("/v1/events").status_code == 200
    _, out, err = process.end()
    assert (out, err) == ("", "")


@pytest.mark.parametrize(
    "key", ["sk_live_abcdefgh1234", "rk_live_abcdefgh1234", "pk_test_abcdefgh1234", "sk_test_x", ""]
)
def test_it_takes_test_keys_only_and_repeats_none(new_sandbox, key):
    process = new_sandbox(key=key)

    code, out, err = process.end()
    assert (code, process.first_line, out) == (1, "", "")
    assert "key" in err
    assert not key or key not in err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - must be refused
def test_it_listens_on_this_machine_only(new_sandbox, host):
    process = new_sandbox("--host", host)

    code, _, err = process.end()
    assert (code, process.first_line) == (1, "")
    assert "loopback" in err


def test_a_restart_forgets_nothing(new_sandbox, hands, session_form):
    first = new_sandbox()
    before = hands(first)
    form = session_form()
    session = before.post("/v1/checkout/sessions", form, key="restart-1").json()
    paid = before.paid_session()
    books, events = before.get("/_control/books").json(), before.get("/v1/events").json()
    first.end()

    after = hands(new_sandbox())

    assert after.get("/_control/books").json() == books
    assert after.get("/v1/events").json() == events
    replayed = after.post("/v1/checkout/sessions", form, key="restart-1")
    assert (replayed.json()["id"], replayed.headers["idempotent-replayed"]) == (session["id"], "true")
    assert after.get(f"/v1/checkout/sessions/{paid['id']}").json()["status"] == "complete"


def test_after_a_restart_elsewhere_an_open_page_is_at_its_new_address(new_sandbox, hands):
    first = new_sandbox()
    session = hands(first).session()
    first.end()

    second = new_sandbox()

    moved = hands(second).get(f"/v1/checkout/sessions/{session['id']}").json()
    assert moved["url"] == session["url"].replace(first.url, second.url)
    assert hands(second).pay(moved["url"]).status_code == 303


def test_nobody_else_may_read_what_it_keeps(new_sandbox, tmp_path):
    new_sandbox()

    kept = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("state.db*")}
    assert kept
    assert set(kept.values()) == {0}
