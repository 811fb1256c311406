"""A raw connection of each role tries what it should not; the server itself refuses (S1 to S6, S8)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _load(name):
    """A neighbour of this file: there are no packages below ``tests``."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


attempts = _load("attempts")


@pytest.fixture(scope="module")
def prober(endpoints, root):
    attempts.prepare(endpoints.mongo_url, endpoints.root_name, endpoints.root_password)
    made = attempts.Prober(endpoints.mongo_url, root)
    yield made
    made.close()
    root[attempts.NAME].command("dropAllUsersFromDatabase")
    root[attempts.NAME].command("dropAllRolesFromDatabase")
    root.drop_database(attempts.NAME)


_ALL = [attempt for group in attempts.GROUPS.values() for attempt in group]


@pytest.mark.parametrize("attempt", _ALL, ids=lambda attempt: attempt.words)
def test_S1_the_server_refuses_whoever_may_not(prober, attempt):
    assert set(attempt.may) == set(prober.may(attempt))


@pytest.mark.parametrize("who", attempts.COLUMNS)
def test_S2_S3_S4_nobody_deletes_and_few_read_what_is_not_theirs(prober, who):
    deletes = {name for name in attempts.SHAPES if "D" in prober.rights(name, who)}
    kept = ("audit", "ledger", "sign_ins", "papers", "renderings", "legal_data", "logos", "tax_rates")
    changes = {name for name in kept if "U" in prober.rights(name, who)}
    reads = {name for name in ("people", "audit", "roster", "sign_ins") if "R" in prober.rights(name, who)}

    assert deletes <= _MAY_DELETE.get(who, set())
    assert set() == changes, "books that are only added to are changed by nobody"
    assert (who in {"admin", "backup"}) == bool(reads)


#: Wishes that were answered, and word of who answers them.
_CARRIED = {"wishes", "wish_answers", "carriers"}
#: Pictures that were replaced, and requests that were decided.
_MAY_DELETE = {
    "admin": {"account_requests", "images.files", "images.chunks", "return_pages", *_CARRIED},
    "client": _CARRIED,
    "owner": {"images.files", "images.chunks"},
    "worker": _CARRIED,
}


def test_S5_a_clerk_changes_no_car_and_an_owner_no_booking(prober):
    assert ("R", "") == (prober.rights("cars", "client"), prober.rights("bookings", "owner"))


def test_a_renter_writes_wishes_and_nothing_else(prober):
    rights = {name: prober.rights(name, "renter") for name in attempts.SHAPES}
    writes = {name: letters for name, letters in rights.items() if set(letters) - {"R"}}

    assert {"wishes": "I"} == writes
    assert not any(rights[name] for name in ("bookings", "renters", "ledger", "audit", "people", "wish_keys"))


def test_a_renter_reads_its_own_bookings_and_nobody_elses(prober):
    own, other = attempts.own_names("renter", "r"), attempts.own_names("renter2", "r2")

    assert ["R", "R"] == [prober.rights(view, "renter") for view in (own.bookings, own.answers)]
    assert ["", ""] == [prober.rights(view, "renter") for view in (other.bookings, other.answers)]
    assert [] == [who for who in ("client", "owner", "worker", "guest") if prober.rights(own.bookings, who)]


def test_S6_there_is_no_password_in_any_collection_that_somebody_may_read():
    fields = {name for shape in attempts.SHAPES.values() for name in str(shape).split("'") if "pass" in name.lower()}

    assert set() == fields


def test_a_guest_can_file_a_request_and_nothing_else(prober):
    rights = {name: prober.rights(name, "guest") for name in attempts.SHAPES}

    assert {"account_requests": "I"} == {name: letters for name, letters in rights.items() if letters}


def test_the_page_in_the_docs_says_what_is_true(prober):
    """Print it anew: ``python tests/integration/security/attempts.py > docs/security-table.md``."""
    assert attempts.page(prober) == (ROOT / "docs/security-table.md").read_text(encoding="utf-8")
