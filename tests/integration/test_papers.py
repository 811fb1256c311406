"""Papers on the real servers: numbers of many desks, credit notes, the firm's data, and what the doctor tells."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from builders import BERLIN, DATABASE, LISBON, PASSWORD, wish
from paper_builders import CODED, FIRM, RATES, STANDARD, line, may_issue, paper_wish
from pictures import bomb, photo

from engine.adapters.mongo.deployment import LOOKED
from engine.domain.firm.settings import BEGINNING, SOONEST
from engine.domain.health.health import HealthArea, Level
from engine.domain.money.money import Money
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import TaxRate
from engine.domain.papers.paper import PaperKind
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import first_link
from engine.domain.shared.errors import DamagedRow, Forbidden, InvalidText, NotFound, Overtaken, PhotoRefused
from engine.services.papers.papers import CreditedLine
from engine.words.health import facts_of, written

pytestmark = pytest.mark.asyncio


async def told(desk):
    """What the doctor finds wrong in the series of papers."""
    finding = await _looked(desk)
    return finding.level, [written(each) for each in dict(finding.facts).get("wrong", ())]


async def _looked(desk):
    report = await desk.admin.health.examine(desk.actor)
    return next(each for each in report.findings if each.area is HealthArea.PAPERS)


async def test_an_invoice_has_the_first_number_and_is_found_by_it(world):
    may_issue(world.db)
    async with world.desk("clerk") as desk:
        booking = await desk.booking.hold(desk.actor, wish(desk))
        issued = await desk.papers.issue(desk.actor, paper_wish(booking_id=booking.id))
        year = issued.issued_at.year

        assert f"BER-{year}-INV-0001" == issued.number
        assert (FIRM.name, "", "clerk") == (issued.body.seller.name, issued.body.seller.terms, issued.body.by)
        assert (93_28, 17_72) == (issued.body.taxes[0].net.minor, issued.body.taxes[0].tax.minor)
        assert issued == await desk.papers.paper(desk.actor, issued.id)
        assert issued == await desk.papers.paper(desk.actor, issued.number.lower())
        assert [issued] == await desk.papers.of_booking(desk.actor, booking.id)
        with pytest.raises(NotFound):
            await desk.papers.paper(desk.actor, f"BER-{year}-INV-0002")


@pytest.mark.parametrize("redis", [True, False])
async def test_many_desks_issue_in_one_series_without_a_gap(world, redis):
    may_issue(world.db)
    if not redis:
        world = replace(world, deployment=replace(world.deployment, redis_url=_nobody(world)))

    async with world.desk("clerk") as one, world.desk("clerk") as two, world.desk("admin") as head:
        desks = [one, two, head] * 4
        made = await asyncio.gather(*(each.papers.issue(each.actor, paper_wish()) for each in desks))

        assert set(range(1, 13)) == {each.n for each in made}
        in_order = sorted(made, key=lambda each: each.n)
        assert sorted(each.issued_at for each in made) == [each.issued_at for each in in_order]
        assert [first_link(made[0].series), *(each.hash for each in in_order[:-1])] == [
            each.prev_hash for each in in_order
        ]
        assert (Level.GOOD, []) == await told(head)


def _nobody(world):
    """An address at which no Redis answers."""
    return type(world.deployment.redis_url)("redis://127.0.0.1:1/0")


async def test_a_transaction_that_ends_otherwise_takes_its_number_back(world):
    may_issue(world.db)
    async with world.desk("clerk") as desk:
        draft = await desk.papers.draft(desk.actor, paper_wish())

        async def change_of_mind(work):
            await work.issue(draft, desk.clock.now())
            raise Overtaken("at the last moment")

        with pytest.raises(Overtaken):
            await desk.booking.store.transact(change_of_mind)
        assert 1 == (await desk.papers.issue(desk.actor, paper_wish())).n


async def test_the_very_same_draft_is_issued_once(world):
    may_issue(world.db)
    async with world.desk("clerk") as desk:
        draft = await desk.papers.draft(desk.actor, paper_wish())
        for _ in range(2):
            last = asyncio.create_task(desk.booking.store.transact(lambda work: work.issue(draft, desk.clock.now())))
            await asyncio.wait([last])

        with pytest.raises(Overtaken):
            await last
    assert 1 == world.db.papers.count_documents({})
    assert 2 == world.db.series.find_one()["next"]


async def test_an_invoice_is_corrected_by_credit_notes_and_never_by_more_than_it(world):
    may_issue(world.db)
    async with world.desk("clerk") as clerk, world.desk("admin") as head:
        invoice = await clerk.papers.issue(clerk.actor, paper_wish())
        with pytest.raises(Forbidden):
            await clerk.papers.credit(clerk.actor, invoice.id, None, "wrong car")
        part = await head.papers.credit(head.actor, invoice.id, (CreditedLine(1, Money(11_00, "EUR")),), "late return")
        rest = await head.papers.credit(head.actor, invoice.id, None, "wrong car")
        with pytest.raises(PaperRefused):
            await head.papers.credit(head.actor, invoice.id, None, "again")
        with pytest.raises(PaperRefused):
            await head.papers.credit(head.actor, part.id, None, "a credit note")

        assert [(1, 11_00), (2, 100_00)] == [(each.body.corrects.turn, each.body.total.minor) for each in (part, rest)]
        assert invoice.number == rest.body.corrects.number
        assert invoice.body.taxes[0].tax == part.body.taxes[0].tax + rest.body.taxes[0].tax
        assert (Level.GOOD, []) == await told(head)


async def test_two_who_credit_one_invoice_at_once_do_not_credit_it_twice(world):
    may_issue(world.db)
    async with world.desk("admin") as one, world.desk("admin") as two:
        invoice = await one.papers.issue(one.actor, paper_wish())
        both = (each.papers.credit(each.actor, invoice.id, None, "wrong car") for each in (one, two))
        ends = await asyncio.gather(*both, return_exceptions=True)

        refusals = [each for each in ends if isinstance(each, Exception)]
        assert 1 == len(refusals)
        assert isinstance(refusals[0], PaperRefused | Overtaken)
        assert 1 == world.db.papers.count_documents({"body.kind": "credit_note"})
        assert (Level.GOOD, []) == await told(one)


async def test_nothing_is_issued_before_the_firm_has_told_who_it_is(world):
    async with world.desk("admin") as head:
        asked = paper_wish(branch=BERLIN)
        with pytest.raises(PaperRefused):
            await head.papers.issue(head.actor, asked)
        await head.admin.legal.set_legal(head.actor, FIRM, None, after=0)
        with pytest.raises(PaperRefused):
            await head.papers.issue(head.actor, asked)
        await head.admin.branches.confirm_code(head.actor, BERLIN, "ber")
        with pytest.raises(PaperRefused):
            await head.papers.issue(head.actor, asked)
        await head.admin.legal.set_rate(head.actor, STANDARD, None, after=0)

        assert 1 == (await head.papers.issue(head.actor, asked)).n


async def test_a_clerk_issues_for_its_own_branch_and_others_see_no_papers(world):
    may_issue(world.db)
    async with world.desk("clerk2") as lisbon, world.desk("owner") as owner, world.desk("worker") as worker:
        with pytest.raises(Forbidden):
            await lisbon.papers.issue(lisbon.actor, paper_wish())
        with pytest.raises(Forbidden):
            await owner.papers.of_booking(owner.actor, "any")

        assert "worker" == (await worker.papers.issue(worker.actor, paper_wish())).body.by


async def test_the_firms_data_hold_from_a_moment_on_and_papers_keep_theirs(world):
    may_issue(world.db)
    async with world.desk("admin") as head:
        legal, moved = head.admin.legal, replace(FIRM, address="Neue Strasse 1, 10115 Berlin")
        before = await head.papers.issue(head.actor, paper_wish())
        made = await legal.set_legal(head.actor, moved, None, after=1)
        with pytest.raises(Overtaken):
            await legal.set_legal(head.actor, replace(moved, name="Other"), None, after=1)
        with pytest.raises(InvalidText):
            await legal.set_rate(
                head.actor, replace(STANDARD, rate_bp=2100), head.clock.now() - timedelta(days=1), after=3
            )
        fresh = await legal.set_rate(head.actor, TaxRate("luxury", 2500), BEGINNING, after=3)

        assert made.valid_from >= head.clock.now() + SOONEST - timedelta(seconds=5)
        assert BEGINNING == fresh.valid_from
        assert FIRM.address == (await head.papers.paper(head.actor, before.id)).body.seller.address
        rows = list(world.db.audit.find({"what": {"$in": ["legal.changed", "tax.changed"]}}))
        assert {"legal:2", "tax:4"} == {row["subject"] for row in rows}


async def test_the_firms_logo_is_kept_by_its_sum_and_papers_keep_theirs(world):
    may_issue(world.db)
    async with world.desk("admin") as head, world.desk("clerk") as clerk:
        legal, first, later = head.admin.legal, photo("PNG", 400, 300), photo("JPEG", 300, 400)
        seen = await legal.look_at_logo(head.actor, first)
        made = await legal.set_legal(head.actor, FIRM, None, after=1, picture=first)
        world.db.legal_data.update_one({"_id": 2}, {"$set": {"valid_from": BEGINNING}})
        issued = await clerk.papers.issue(clerk.actor, paper_wish())
        changed = await legal.set_legal(head.actor, made.data, None, after=2, picture=later)
        again = await legal.set_legal(head.actor, made.data, changed.valid_from + timedelta(days=1), after=3)

        assert made.data.logo == issued.body.seller.logo == sha256(seen).hexdigest() == again.data.logo
        assert seen == await clerk.papers.logo(clerk.actor, issued.body.seller.logo)
        assert 2 == world.db.logos.count_documents({})
        with pytest.raises(PhotoRefused):
            await legal.set_legal(head.actor, FIRM, None, after=4, picture=bomb())
        with pytest.raises(NotFound):
            await legal.set_legal(head.actor, replace(FIRM, logo="f" * 64), None, after=4)
        world.db.logos.update_one({"_id": made.data.logo}, {"$set": {"data": photo("PNG")}})
        with pytest.raises(DamagedRow):
            await clerk.papers.logo(clerk.actor, made.data.logo)
    assert 4 == world.db.legal_data.count_documents({})


async def test_a_branch_is_given_its_code_once_and_no_two_have_one(world):
    async with world.desk("admin") as head:
        branches = head.admin.branches
        one = await branches.confirm_code(head.actor, BERLIN, "BER")
        with pytest.raises(InvalidText):
            await branches.confirm_code(head.actor, one, "BLN")
        with pytest.raises(InvalidText):
            await branches.confirm_code(head.actor, LISBON, "BER")
        new = await branches.add(head.actor, replace(BERLIN, name="Wedding", city="Berlin"))
        kept = await branches.change(head.actor, one, replace(one, address="Elsewhere 2", code="XYZ"))

    assert ("BER", True, "BE2", False) == (one.code, one.code_confirmed, new.code, new.code_confirmed)
    assert "BER" == kept.code
    assert "BER" == world.db.audit.find_one({"what": "branch.code"})["after"]["code"]


async def test_a_paper_is_noted_as_drawn_once_for_the_same_bytes(world):
    may_issue(world.db)
    async with world.desk("clerk") as desk:
        paper = await desk.papers.issue(desk.actor, paper_wish())
        drawn = Rendering(paper.id, "a" * 64, 20_000, 1, 1, "fonts", "", BEGINNING)
        for sha in ("a", "a", "b"):
            await desk.papers.note(desk.actor, replace(drawn, sha256=sha * 64))

        noted = await desk.papers.renderings(desk.actor, paper.id)
        assert [("a" * 64, "clerk"), ("b" * 64, "clerk")] == [(each.sha256, each.by) for each in noted]


async def five(desk):
    """Of one series."""
    return [await desk.papers.issue(desk.actor, paper_wish()) for _ in range(5)]


async def test_the_doctor_tells_of_gaps_broken_chains_and_a_wrong_next(world):
    may_issue(world.db)
    async with world.desk("admin") as head:
        papers = await five(head)
        series = papers[0].series
        assert (Level.GOOD, []) == await told(head)
        assert "5 papers" == dict(facts_of(await _looked(head)))["Looked at"]

        rows, counter = world.db.papers, world.db.series
        third = rows.find_one({"n": 3})
        rows.delete_one({"n": 3})
        level, lines = await told(head)
        assert (Level.BAD, [f"{series}: number 3 is missing before paper {papers[3].id}"]) == (level, lines)
        rows.insert_one(third)

        rows.update_one({"n": 2}, {"$set": {"body.content.buyer.name": "Somebody else"}})
        assert [f"{series}: number 2 was changed after it was issued (paper {papers[1].id})"] == (await told(head))[1]
        rows.update_one({"n": 2}, {"$set": {"body.content.buyer.name": papers[1].body.content.buyer.name}})

        rows.update_one({"n": 5}, {"$set": {"prev_hash": papers[0].hash}})
        assert (
            f"{series}: number 5 is not chained to the number before it (paper {papers[4].id})" in (await told(head))[1]
        )
        rows.update_one({"n": 5}, {"$set": {"prev_hash": papers[3].hash}})

        counter.update_one({"_id": series}, {"$set": {"next": 9}})
        wrong = f"{series}: it goes on with 9, and that is not the number after its last paper"
        assert [wrong] == (await told(head))[1]
        counter.update_one({"_id": series}, {"$set": {"next": 4}})
        beyond = [f"{series}: paper {each.id} has the number {each.n}, which was never given" for each in papers[3:]]
        assert beyond == [each for each in (await told(head))[1] if "never given" in each]
        counter.delete_one({"_id": series})
        assert 5 == len((await told(head))[1])


async def test_the_doctor_tells_of_papers_that_are_no_record_and_of_credits_above_their_invoice(world):
    may_issue(world.db)
    async with world.desk("admin") as head:
        papers = await five(head)
        note = await head.papers.credit(head.actor, papers[0].id, None, "wrong car")
        spoilt = {papers[1].id: {"$unset": {"body.seller": 1}}}
        spoilt[note.id] = {"$set": {"body.corrects.paper_id": papers[1].id}}
        for paper_id, change in spoilt.items():
            world.db.papers.update_one({"_id": paper_id}, change, bypass_document_validation=True)

        level, lines = await told(head)

    assert Level.BAD is level
    assert f"{papers[0].series}: number 2 cannot be read (paper {papers[1].id})" in lines
    assert f"paper {papers[1].id}: its credit notes, the last of them {note.id}, are more than it" in lines


async def test_a_link_that_is_no_hash_ends_neither_the_doctors_look_nor_the_watchs_nor_a_desk_without_words(world):
    may_issue(world.db)
    async with world.desk("admin") as head:
        papers = await five(head)
        series, anything = papers[0].series, {"bypass_document_validation": True}
        world.db.papers.update_one({"_id": papers[2].id}, {"$set": {"prev_hash": "no hash"}}, **anything)
        watched = {"papers": [papers[2].id, papers[3].id], "series": [series]}

        assert f"{series}: number 3 cannot be read (paper {papers[2].id})" in (await told(head))[1]
        assert papers[2].id in {each.row.id for each in await head.admin.watch.rows.look(watched, head.clock.now())}
        world.db.series.update_one({"_id": series}, {"$set": {"last_hash": "no hash"}}, **anything)
        with pytest.raises(DamagedRow):
            await head.papers.issue(head.actor, paper_wish())
        assert any(series in each for each in (await told(head))[1])


async def test_papers_of_every_kind_and_rate_are_stored_and_sound(world):
    may_issue(world.db)
    lines = tuple(line(tax=code) for code in (*RATES, "none"))
    async with world.desk("admin") as head:
        kinds = [kind for kind in PaperKind if kind is not PaperKind.CREDIT_NOTE]
        made = [await head.papers.issue(head.actor, paper_wish(kind, lines=lines)) for kind in kinds]
        with pytest.raises(InvalidText):
            await head.papers.issue(head.actor, paper_wish(PaperKind.CREDIT_NOTE))

        assert [1] * len(kinds) == [each.n for each in made]
        assert {CODED.code} == {each.series.partition("-")[0] for each in made}
        assert (Level.GOOD, []) == await told(head)
        plan = world.db.papers.find({"body.content.booking_id": "x"}).sort([("issued_at", 1), ("n", 1)])
        assert "'indexName': 'booking'" in str(plan.explain()["queryPlanner"]["winningPlan"])


@pytest.fixture
def new_life(world):
    """Call it: the database is a restored one from now on, whose payments were looked for."""

    def begin() -> None:
        at = world.db.command("hello")["localTime"]
        told = {"epoch": "another life", "at": at, "back_to": at - timedelta(days=1), "by": "root"}
        world.db.deployment.replace_one({"_id": "epoch"}, told, upsert=True)
        world.db.deployment.replace_one({"_id": f"{LOOKED}another life"}, {"at": at, "by": "root"}, upsert=True)

    yield begin
    world.db.deployment.delete_many({"_id": {"$regex": f"^(epoch$|{LOOKED})"}})


async def test_after_a_restore_a_series_waits_for_a_person_and_goes_on_above_what_was_lost(world, new_life):
    may_issue(world.db)
    async with world.desk("clerk") as before:
        first = await before.papers.issue(before.actor, paper_wish())
    new_life()
    async with world.desk("clerk") as desk, world.desk("admin") as head:
        for kind in (PaperKind.INVOICE, PaperKind.RECEIPT):
            with pytest.raises(PaperRefused):
                await desk.papers.issue(desk.actor, paper_wish(kind))
        with pytest.raises(PaperRefused):
            await head.papers.go_on_above(head.actor, first.series, 0, "below what is known")
        receipts = first.series.replace("INV", "REC")
        await head.papers.go_on_above(head.actor, first.series, 4, "the drawer has 0002 to 0004")
        await head.papers.go_on_above(head.actor, receipts, 0, "none was printed")
        with pytest.raises(PaperRefused):
            await head.papers.go_on_above(head.actor, first.series, 9, "once more")
        after = await desk.papers.issue(desk.actor, paper_wish())
        receipt = await desk.papers.issue(desk.actor, paper_wish(PaperKind.RECEIPT))

        assert (5, first.hash, 1) == (after.n, after.prev_hash, receipt.n)
        assert (Level.GOOD, []) == await told(head)
        watched = {"papers": [first.id, after.id, receipt.id], "series": [first.series, receipts]}
        assert [] == await head.admin.watch.rows.look(watched, head.clock.now())
        world.db.lost_numbers.delete_many({})
        assert [f"{first.series}: number 2 is missing before paper {after.id}"] == (await told(head))[1]
        assert {"papers"} == {each.area for each in await head.admin.watch.rows.look(watched, head.clock.now())}


async def test_a_series_of_a_database_that_was_never_restored_goes_on_by_itself(world):
    async with world.desk("admin") as head:
        for series in ("BER-2026-INV", "none"):
            with pytest.raises(PaperRefused if series != "none" else InvalidText):
                await head.papers.go_on_above(head.actor, series, 4, "for no reason")


def _render(world, monkeypatch, *words):
    """``drivesphere render`` as a clerk calls it."""
    told = {"MONGO_URL": world.deployment.mongo_url, "REDIS_URL": world.deployment.redis_url.reveal()}
    for name, value in {**told, "DATABASE": DATABASE, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"DRIVESPHERE_{name}", value)
    command = [sys.executable, "-m", "engine.cli", "render", "--account", "clerk", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own program


async def test_a_paper_is_drawn_without_a_window_and_is_the_same_file_again(world, tmp_path, monkeypatch):
    may_issue(world.db)
    async with world.desk("clerk") as desk:
        paper = await desk.papers.issue(desk.actor, paper_wish())
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"

    first = await asyncio.to_thread(_render, world, monkeypatch, paper.number, str(one))
    again = await asyncio.to_thread(_render, world, monkeypatch, paper.id, str(other))
    there = await asyncio.to_thread(_render, world, monkeypatch, paper.number, str(one))
    nowhere = await asyncio.to_thread(_render, world, monkeypatch, paper.number, str(tmp_path / "no" / "x.pdf"))

    assert (0, 0, 2, 2) == (first.returncode, again.returncode, there.returncode, nowhere.returncode)
    assert one.read_bytes() == other.read_bytes()
    assert "1 page, " in first.stdout
    assert "is there already" in there.stderr
    assert "could not be written" in nowhere.stderr
    noted = list(world.db.renderings.find())
    assert [(paper.id, sha256(one.read_bytes()).hexdigest())] == [(row["paper_id"], row["sha256"]) for row in noted]
