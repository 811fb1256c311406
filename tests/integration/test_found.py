"""One text gives the same answers wherever it is typed, by index; what is not looked at, or only nearly so, is told."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from builders import BERLIN, RENTER, days, make_car, wish
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.queries.sought import holds
from engine.domain.booking.listing import MOST_RENTERS, BookingQuery, BookingScope
from engine.domain.car.catalogue import CarWish
from engine.domain.car.fleet import FleetQuery
from engine.domain.people.accounts import PeopleQuery
from engine.domain.people.people import RenterId
from engine.domain.people.phone import phone_beginnings
from engine.domain.people.renters import RenterQuery
from engine.domain.shared.sought import sought
from engine.services.booking.catalogue import MOST_FOUND

pytestmark = pytest.mark.asyncio

_GIVEN = ("Ada", "Åsa", "Jonas", "Svenja", "Béa", "Ömer", "Ιωάννα", "Ольга")
_FAMILY = ("Moreau", "Vogel", "Vogler", "Škoda", "Lund", "Ortiz-Lund", "O'Neill", "Ångström")
PEOPLE = [
    replace(
        RENTER,
        id=RenterId(f"made-{n:03}"),
        name=f"{_GIVEN[n % 8]} {_FAMILY[n // 8 % 8]} {n:03}",
        email=f"{'abcdefgh'[n % 8]}{n:03}@example.org",
        phone=f"+4930{2312500 + 37 * n}",
        licence=f"B{n:03}RRE2I{n % 10}",
    )
    for n in range(120)
]
_BRANDS = ("Škoda", "Citroën", "Volkswagen", "SEAT")
CARS = [make_car(50 + n, plate=f"B-ZJ {3800 + 7 * n}", brand=_BRANDS[n % 4]) for n in range(12)]
HELD = 9

generated = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def filled(world):
    world.db.renters.insert_many([renter_document(renter) for renter in PEOPLE])
    world.add_cars(*CARS)
    return world


@st.composite
def typed(draw):
    """A part of what somebody or something is found by, as it is or with two signs swapped."""
    cars = [f"{car.brand} {car.plate}" for car in CARS]
    whole = draw(st.sampled_from([*(f"{p.name} {p.email} {p.licence} {p.phone}" for p in PEOPLE), *cars]))
    first = draw(st.integers(0, max(len(whole) - 3, 0)))
    part = whole[first : first + draw(st.integers(2, 14))]
    at = draw(st.integers(0, max(len(part) - 2, 0)))
    swapped = part[:at] + part[at + 1 : at + 2] + part[at : at + 1] + part[at + 2 :]
    return draw(st.sampled_from((part, part.swapcase(), swapped)))


async def _bookings(desk, query, offset):
    return await desk.listing.page(desk.actor, replace(query, offset=offset))


async def _all(read):
    """The ids of every row of a list that comes by pages, and its last page."""
    ids, offset = [], 0
    while True:
        page = await read(offset)
        ids += [row.id for row in page.rows]
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return ids, page


def _with_a_word(rows, wanted):
    """How many of *rows* hold at least a word of each way, counted once for a way."""
    return sum(max(rows.count_documents(holds("parts", replace(wanted, ways=((word,),)))) for word in way)
               for way in wanted.ways)  # fmt: skip


@generated
@given(texts=st.lists(typed(), min_size=5, max_size=5))
async def test_one_text_finds_the_same_in_a_pages_field_and_in_the_search_over_everything(filled, texts):
    async with filled.desk() as clerk, filled.desk("admin") as admin:
        for n in range(HELD if not filled.db.bookings.count_documents({}) else 0):
            press = wish(clerk, car=CARS[n].id, key=f"k{n}", renter_id=PEOPLE[n * 13].id)
            await clerk.booking.hold(clerk.actor, press)
        for text in texts:
            found = await clerk.catalogue.renters(clerk.actor, text)
            query = RenterQuery(text=text)
            listed, page = await _all(lambda offset, query=query: clerk.renters.page(clerk.actor, query, offset=offset))
            assert (page.total, page.slip) == (found.total, found.slip), text
            assert {each.id for each in found.rows} <= set(listed), text
            assert len(found.rows) == min(found.total, MOST_FOUND), text

            cars = await admin.catalogue.cars(admin.actor, text)
            fleet = await admin.fleet.page(admin.actor, FleetQuery(text=text, limit=50))
            assert (fleet.total, [row.car.id for row in fleet.rows]) == (cars.total, [car.id for car in cars.rows])
            assert fleet.slip == cars.slip or not fleet.total, text

            mine = await _all(partial(_bookings, clerk, BookingQuery(BookingScope.MINE, text=text)))
            every = await _all(partial(_bookings, admin, BookingQuery(BookingScope.ALL, text=text)))
            theirs = {row["_id"] for row in filled.db.bookings.find({"renter_id": {"$in": listed}}, {"_id": 1})}
            assert (set(mine[0]), mine[1].slip) == (set(every[0]), every[1].slip), text
            assert every[1].slip or page.slip or theirs <= set(every[0]), text


@generated
@given(who=st.sampled_from(PEOPLE), cut=st.integers(5, 12), gaps=st.lists(st.integers(1, 11), max_size=3))
async def test_a_number_as_it_is_dialled_at_home_finds_the_same_in_both(filled, who, cut, gaps):
    """Nothing that is stored begins with the 0 in front."""
    home = f"0{who.phone.removeprefix('+49')}"[:cut]
    text = "".join(f" {sign}" if at in gaps else sign for at, sign in enumerate(home))
    async with filled.desk() as clerk:
        found = await clerk.catalogue.renters(clerk.actor, text, "DE")
        listed, page = await _all(
            lambda offset: clerk.renters.page(clerk.actor, RenterQuery(text=text, country="DE"), offset=offset)
        )

    assert who.id in listed
    assert (page.total, False, False) == (found.total, page.slip, found.slip)
    assert {each.id for each in found.rows} <= set(listed)


@generated
@given(text=typed())
async def test_whatever_is_typed_is_found_by_index_and_reads_no_row_without_one_of_its_words(filled, text):
    wanted = sought(text, phone_beginnings(text))
    for rows in (filled.db.renters, filled.db.cars):
        plan = rows.find(holds("parts", wanted)).explain()

        assert "COLLSCAN" not in json.dumps(plan, default=str), text
        assert _with_a_word(rows, wanted) >= plan["executionStats"]["totalDocsExamined"], text


@pytest.mark.parametrize("more", [0, 1])
async def test_more_renters_than_bookings_are_found_by_are_told(world, more):
    many = [
        replace(RENTER, id=RenterId(f"zz-{n:04}"), name=f"Mara Lindqvist {n:04}", email=f"m{n:04}@example.org")
        for n in range(MOST_RENTERS + more)
    ]
    world.db.renters.insert_many([renter_document(renter) for renter in many])
    async with world.desk() as desk:
        made = await desk.booking.hold(desk.actor, wish(desk, renter_id=many[-1].id))
        lines = []
        page = await desk.listing.page(desk.actor, BookingQuery(BookingScope.MINE, text="indqv"))
        exported = await desk.listing.export(desk.actor, BookingQuery(BookingScope.MINE, text="indqv"), lines.append)
        exact = await desk.listing.page(
            desk.actor, BookingQuery(BookingScope.MINE, text=f"lindqvist {MOST_RENTERS + more - 1:04}")
        )
        renters = await desk.catalogue.renters(desk.actor, "indqv")

    assert page.more_renters == exported.more_renters == bool(more)
    assert page.more_renters or [made.id] == [row.id for row in page.rows]
    assert ([made.id], False) == ([row.id for row in exact.rows], exact.more_renters)
    assert (20, MOST_RENTERS + more) == (len(renters.rows), renters.total)


async def test_a_slip_that_was_forgiven_is_told_by_every_list(filled):
    async with filled.desk() as clerk, filled.desk("admin") as admin:
        for text, slip in (("Škoda", False), ("Skdoa", True), ("zz", False)):
            wished = CarWish(BERLIN.id, days(clerk, 1, 3), text=text)
            assert slip == (await clerk.catalogue.search(clerk.actor, wished)).slip
            assert slip == (await clerk.catalogue.cars(clerk.actor, text)).slip
        for text, slip in (("vogel", False), ("vgoel", True), ("qqqq", False)):
            assert slip == (await clerk.catalogue.renters(clerk.actor, text)).slip
            assert slip == (await clerk.renters.page(clerk.actor, RenterQuery(text=text))).slip
        for text, slip in (("clerk", False), ("clrek", True), ("qqqq", False)):
            assert slip == (await admin.accounts.page(admin.actor, PeopleQuery(text))).slip
