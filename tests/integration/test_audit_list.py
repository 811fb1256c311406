"""The audit as admins read it: filtered by index, paged, exported, and never a pattern or an operator (S8, S9)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from builders import BERLIN, LISBON, wish
from commands_counted import counted
from csv_readers import GERMAN, TABBED, rows_of

from engine.adapters.mongo.codec.documents import audit_document
from engine.adapters.mongo.queries.audit import _filter
from engine.domain.firm.audit import AuditQuery, AuditRow
from engine.domain.people.people import AccountName
from engine.domain.shared.csv_text import PLAIN
from engine.domain.shared.errors import Forbidden, InvalidText

pytestmark = pytest.mark.asyncio
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def rows(world):
    """Two hundred and ten changes, many in the same millisecond."""
    made = [
        AuditRow(
            NOON + timedelta(seconds=number // 7),
            AccountName(("ada", "bob")[number % 2]),
            f"desk-{number % 3}",
            ("car.retired", "car.added", "settings.changed")[number % 3],
            f"car:car-{number % 5}",
            {"status": "active"},
            {"status": '=HYPERLINK("x")'},
        )
        for number in range(210)
    ]
    world.db.audit.insert_many([audit_document(row) for row in made])
    return made


async def test_pages_are_newest_first_and_know_their_number(world, rows):
    async with world.desk("admin") as desk:
        pages = [await desk.admin.audit.page(desk.actor, AuditQuery(offset=at, limit=100)) for at in (0, 100, 200)]

    read = [row for page in pages for row in page.rows]
    assert [210] * 3 == [page.total for page in pages]
    assert 210 == len(read)
    assert sorted((row.at for row in read), reverse=True) == [row.at for row in read]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (AuditQuery(by="ada"), lambda row: row.by == "ada"),
        (AuditQuery(desk="desk-1"), lambda row: row.desk == "desk-1"),
        (AuditQuery(what="car."), lambda row: row.what.startswith("car.")),
        (AuditQuery(what="c.r"), lambda _: False),
        (AuditQuery(subject="car:car-3"), lambda row: row.subject == "car:car-3"),
        (AuditQuery(subject=".*"), lambda _: False),
        (AuditQuery(since=NOON + timedelta(seconds=5)), lambda row: row.at >= NOON + timedelta(seconds=5)),
        (AuditQuery(until=NOON + timedelta(seconds=5)), lambda row: row.at < NOON + timedelta(seconds=5)),
    ],
)
async def test_S9_a_filter_finds_exactly_its_rows_and_text_is_no_pattern(world, rows, query, fits):
    async with world.desk("admin") as desk:
        page = await desk.admin.audit.page(desk.actor, query)

    assert sum(map(fits, rows)) == page.total
    assert all(map(fits, page.rows))


async def test_what_was_changed_has_a_name_and_what_is_gone_or_damaged_its_id(world):
    with counted() as seen:
        await _named_or_not(world, seen)


async def _named_or_not(world, seen):
    async with world.desk() as clerk, world.desk("admin") as desk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk))
        world.db.branches.update_one({"_id": BERLIN.id}, {"$set": {"name": 7}}, bypass_document_validation=True)
        subjects = ("car:car-1", "car:gone", "account:clerk", f"renter:{held.renter_id}", f"booking:{held.id}", "odd")
        facts = {"branch_id": LISBON.id, "owner_id": "nobody", "branch": BERLIN.id}
        made = [AuditRow(NOON, AccountName("admin"), "d", "x.y", each, {}, facts) for each in subjects]
        world.db.audit.insert_many([audit_document(row) for row in made])
        seen.clear()
        page = await desk.admin.audit.page(desk.actor, AuditQuery())
        finds = seen.count("find")

    named = {row.subject: row.names.get(row.subject) for row in page.rows}
    people = {each["_id"]: each["name"] for each in world.db.people.find()}
    assert ["Volkswagen Golf B-DS 1", None] == [named["car:car-1"], named["car:gone"]]
    assert [people["clerk"], held.renter_name] == [named["account:clerk"], named[f"renter:{held.renter_id}"]]
    assert [f"{held.car_label} {held.renter_name}", None] == [named[f"booking:{held.id}"], named["odd"]]
    row = page.rows[0]
    assert people["admin"] == row.name_of("account", row.by)
    assert f"{LISBON.city} {LISBON.name}" == row.name_of("branch", LISBON.id)
    assert (BERLIN.city, "nobody") == (row.name_of("branch", BERLIN.id), row.name_of("owner", "nobody"))
    assert 2 <= finds <= 12


@pytest.mark.parametrize("times", [1, 120])
async def test_the_file_says_names_beside_ids_in_a_few_commands_however_many_rows_there_are(world, times):
    world.db.branches.update_one({"_id": BERLIN.id}, {"$set": {"city": 7, "name": 7}}, bypass_document_validation=True)
    world.db.cars.update_one({"_id": "car-2"}, {"$set": {"brand": "=1+1"}}, bypass_document_validation=True)
    facts = {"branch_id": LISBON.id, "owner_id": "nobody", "branch": BERLIN.id, "fleet": "owner-1", "note": "owner-1"}
    subjects = ("car:car-1", "car:car-2", "car:gone", "odd")
    made = [AuditRow(NOON, AccountName("admin"), "d", "x.y", each, facts, {}) for each in subjects * times]
    pieces = []
    world.db.audit.insert_many([audit_document(row) for row in made])
    with counted() as seen:
        async with world.desk("admin") as desk:
            seen.clear()
            await desk.admin.audit.export(desk.actor, AuditQuery(what="x."), pieces.append)
            finds = seen.count("find")

    rows = list(csv.DictReader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))
    people = {each.get("owner_id") or each["_id"]: each["name"] for each in world.db.people.find()}
    named = {row["Subject"]: row["Subject name"] for row in rows}
    assert 4 * times == len(rows)
    assert ["Volkswagen Golf B-DS 1", "", ""] == [named[each] for each in ("car:car-1", "car:gone", "odd")]
    assert named["car:car-2"].startswith("'=1+1")
    assert ("admin", people["admin"]) == (rows[0]["Who"], rows[0]["Name"])
    told = f"branch_id: {LISBON.id} ({LISBON.city} {LISBON.name}); owner_id: nobody; branch: {BERLIN.id}"
    assert f"{told}; fleet: owner-1 ({people['owner-1']}); note: owner-1" == rows[0]["Before"]
    assert 2 <= finds <= 12


@pytest.mark.parametrize("field", ["by", "what", "subject", "desk", "since"])
async def test_S9_an_operator_is_refused_and_not_run(world, field):
    async with world.desk("admin") as desk:
        with pytest.raises(InvalidText):
            await desk.admin.audit.page(desk.actor, AuditQuery(**{field: {"$gt": ""}}))


@pytest.mark.parametrize("field", ["by", "what", "subject", "desk"])
async def test_each_filter_is_answered_from_an_index(world, rows, field):
    wanted = _filter(AuditQuery(**{field: "car"}))
    plan = world.db.audit.find(wanted).sort([("at", -1), ("_id", -1)]).explain()

    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


async def test_the_file_holds_every_row_once_and_no_formula(world, rows):
    pieces = []
    async with world.desk("admin") as desk:
        count = await desk.admin.audit.export(desk.actor, AuditQuery(what="car."), pieces.append)

    head, *lines = csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff")))
    assert ["When (UTC)", "Who", "Name", "Desk"] == head[:4]
    assert count == len(lines) == sum(row.what.startswith("car.") for row in rows)
    assert sorted(line[0] for line in lines) == [line[0] for line in reversed(lines)]
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line)


@pytest.mark.parametrize("habits", [GERMAN, TABBED], ids=repr)
async def test_the_file_is_written_as_the_spreadsheet_expects_it(world, rows, habits):
    plain, asked = [], []
    async with world.desk("admin") as desk:
        await desk.admin.audit.export(desk.actor, AuditQuery(), plain.append)
        await desk.admin.audit.export(desk.actor, AuditQuery(), asked.append, habits=habits)

    assert rows_of("".join(plain), PLAIN) == rows_of("".join(asked), habits)
    assert "".join(plain) != "".join(asked)


async def test_S8_the_names_for_the_filter_and_nobody_but_an_admin(world, rows):
    async with world.desk("admin") as desk:
        names = await desk.admin.audit.names(desk.actor)
        assert (("ada", "bob"), ("desk-0", "desk-1", "desk-2")) == (names.people, names.desks)
        assert ("car.added", "car.retired", "settings.changed") == names.verbs
    for account in ("clerk", "owner", "worker", "renter"):
        async with world.desk(account) as desk:
            for tried in (
                desk.admin.audit.page(desk.actor, AuditQuery()),
                desk.admin.audit.names(desk.actor),
                desk.admin.audit.export(desk.actor, AuditQuery(), [].append),
            ):
                with pytest.raises(Forbidden):
                    await tried
