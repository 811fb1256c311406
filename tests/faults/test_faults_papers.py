"""10. Many desks issue papers in one series, change their minds, die in the middle; members fall, and Redis is gone.

Whatever was done: no number is missing, none is there twice, the chain is whole, and who was told a number has it.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from builders import DATABASE, PASSWORD
from click.testing import CliRunner
from desks import DeskGone, Refused, RemoteDesk
from firm import Firm, insist
from paper_builders import CODED, FIRM, RATES

from engine.adapters.mongo.codec.documents import branch_document
from engine.adapters.mongo.codec.papers import legal_document, tax_document
from engine.cli import drivesphere
from engine.domain.firm.settings import BEGINNING
from engine.domain.papers.legal import LegalDecision, TaxDecision
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import Contended, MoveRefused, Unavailable

pytestmark = pytest.mark.asyncio
#: Desks, and papers of each; the last is what is promised.
_WORK = {"quick": (3, 10), "short": (4, 60), "long": (8, 500)}
#: Where a desk is killed: inside the transaction before and behind the paper, and where only the answer is lost.
_DEATHS = ("before issue", "after issue", "before transact write", "after transact write")
_DIES, _CHANGES_ITS_MIND = 0.04, 1 / 7
_NOBODY = 1
#: A desk cannot know whether it was done, or others were quicker; it asks again.
_AGAIN = {Contended.code, Unavailable.code}
_BREATH_S = 0.1


@dataclass
class Shift:
    """Attributes: ``told`` is what clerks were told, id -> number; ``took`` in seconds."""

    firm: Firm
    redis: bool
    chance: random.Random
    told: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    async def desk(self, name: str) -> RemoteDesk:
        cluster = self.firm.cluster
        url = cluster.redis_url if self.redis else cluster.redis_at(_NOBODY)
        while True:
            try:
                return await self.firm.nursery.desk(self.firm.spec(name, redis_url=url), lambda _: None)
            except Refused as refused:
                if refused.code != Unavailable.code:
                    raise
                await asyncio.sleep(_BREATH_S)

    async def work(self, name: str, papers: int) -> None:
        """Issue *papers*, by a new desk after each death."""
        desk, done = await self.desk(name), 0
        while done < papers:
            if not desk.alive:
                desk = await self.desk(name)
            try:
                if self.chance.random() < _DIES:
                    await desk.ask("arm", point=self.chance.choice(_DEATHS), action="kill")
                done += await self._one(desk)
            except DeskGone:
                self.faults["killed"] += 1
        await desk.close()

    async def _one(self, desk: RemoteDesk) -> bool:
        aborts = self.chance.random() < _CHANGES_ITS_MIND
        try:
            paper = await desk.ask("issue", aborts=aborts)
        except Refused as refused:
            if aborts and refused.code == MoveRefused.code:
                self.faults["changed its mind"] += 1
            elif refused.code in _AGAIN:
                self.faults[refused.code] += 1
            else:
                raise
            return False
        self.told[paper["id"]] = paper["n"]
        self.took.append(paper["took"])
        return True


@asynccontextmanager
async def issuing_firm(firm: Firm):
    """The firm may issue papers, and has issued none."""
    db, by = firm.db, AccountName("admin")
    await db.branches.replace_one({"_id": CODED.id}, branch_document(CODED))
    await db.legal_data.insert_one(legal_document(LegalDecision(1, BEGINNING, FIRM, by, BEGINNING)))
    rates = enumerate(RATES.values(), 1)
    await db.tax_rates.insert_many([tax_document(TaxDecision(n, BEGINNING, each, by, BEGINNING)) for n, each in rates])
    try:
        yield db
    finally:
        for name in ("papers", "series", "legal_data", "tax_rates"):
            await insist(lambda name=name: db[name].delete_many({}))


async def election(shift: Shift, seconds: float) -> None:
    """The primary is killed, another is elected, the old one comes back."""
    cluster = shift.firm.cluster
    await asyncio.sleep(seconds)
    primary = await asyncio.to_thread(cluster.primary)
    primary.kill()
    shift.faults["elections"] += 1
    await asyncio.sleep(2 * seconds)
    primary.mend()
    await asyncio.to_thread(cluster.until_whole)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("redis", [True, False], ids=["with Redis", "without Redis"])
async def test_numbers_have_no_gap_whatever_is_done_to_the_desks(firm, length, seeds, redis, monkeypatch, capsys):
    desks, papers = _WORK[length]
    shift = Shift(firm, redis, random.Random(seeds[0]))  # noqa: S311 -- repeatable on purpose
    async with issuing_firm(firm) as db:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for n in range(desks):
                group.create_task(shift.work(f"papers-{n}", papers))
            if length != "quick":
                group.create_task(election(shift, 2.0))
        seconds = time.monotonic() - began
        rows = await insist(lambda: db.papers.find({}, {"series": 1, "n": 1}).to_list())
        counters = await insist(lambda: db.series.find({}).to_list())
        finding = await asyncio.to_thread(_doctor, firm, monkeypatch)

    with capsys.disabled():
        print(f"\n{_told(shift, seconds, len(rows))}")  # noqa: T201 -- for whoever measures
    numbers = sorted((row["series"], row["n"]) for row in rows)
    assert [(counters[0]["_id"], n + 1) for n in range(len(rows))] == numbers
    assert len(rows) == counters[0]["next"] - 1
    assert desks * papers == len(shift.told)
    assert shift.told.items() <= {row["_id"]: row["n"] for row in rows}.items()
    assert 0 <= len(rows) - len(shift.told) <= shift.faults["killed"] + shift.faults[Unavailable.code]
    assert ("good", f"{len(rows):,} papers") == (finding["level"], finding["facts"]["Looked at"])


_MUTANTS = {"": "good", "the number before the paper": "bad", "the paper outside of its transaction": "bad"}


@pytest.mark.parametrize("mutant", _MUTANTS)
async def test_each_guard_of_a_number_earns_its_place(firm, monkeypatch, mutant):
    """A clerk changes its mind between two papers; without the guard the doctor tells of it."""
    async with issuing_firm(firm):
        desk = await firm.nursery.desk(firm.spec("papers", mutant=mutant), lambda _: None)
        for aborts in (False, True, False):
            with suppress(Refused):
                await desk.ask("issue", aborts=aborts)
        await desk.close()

        assert _MUTANTS[mutant] == (await asyncio.to_thread(_doctor, firm, monkeypatch))["level"]


def _doctor(firm: Firm, monkeypatch) -> dict:
    """What ``drivesphere doctor --json`` says of papers."""
    settings = {"MONGO_URL": firm.cluster.mongo_url, "REDIS_URL": firm.cluster.redis_url, "DATABASE": DATABASE}
    for name, value in {**settings, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"DRIVESPHERE_{name}", value)
    ran = CliRunner().invoke(drivesphere, ["doctor", "--account", "admin", "--json"])
    return next(each for each in json.loads(ran.stdout.splitlines()[-1])["findings"] if each["area"] == "papers")


def _told(shift: Shift, seconds: float, rows: int) -> str:
    took = sorted(1000 * each for each in shift.took)
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    faults = ", ".join(f"{count} {name}" for name, count in sorted(shift.faults.items()))
    way = "with" if shift.redis else "without"
    return f"{way} Redis: {rows} papers in {seconds:.0f} s, p50 {p50:.0f} ms, p99 {p99:.0f} ms; {faults or 'no faults'}"
