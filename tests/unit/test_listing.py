"""Whose bookings an account lists, what it is told of them, and under which words they are found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.car import BranchId, OwnerId
from engine.domain.listing import BookingScope, compact, initials, needles, scopes_of, search_keys, told_to
from engine.domain.people import AccountName, Actor, Renter, RenterId, Role


def _actor(role, **changes):
    return Actor(AccountName("a"), "A", role, **changes)


@pytest.mark.parametrize(
    ("actor", "scopes"),
    [
        (_actor(Role.CLIENT, branch_id=BranchId("br1")), [BookingScope.MINE, BookingScope.BRANCH]),
        (_actor(Role.CLIENT), [BookingScope.MINE]),
        (_actor(Role.OWNER, owner_id=OwnerId("o1")), [BookingScope.FLEET]),
        (_actor(Role.OWNER), []),
        (_actor(Role.ADMIN), [BookingScope.ALL, BookingScope.MINE]),
        (_actor(Role.WORKER), [BookingScope.ALL]),
        (_actor(Role.RENTER), []),
        (_actor(Role.RENTER, renter=Renter(RenterId("r1"), "Ada", "", "", "")), [BookingScope.MINE]),
    ],
)
def test_each_role_has_its_scopes(actor, scopes):
    assert scopes == list(scopes_of(actor))


@pytest.mark.parametrize(
    ("name", "short"), [("Ada Moreau", "A. M."), ("bea", "B."), ("Jean-Luc de Vries", "J. D. V."), ("1", "\N{EN DASH}")]
)
def test_initials_tell_no_name(name, short):
    assert short == initials(name)


def test_an_owner_is_not_told_who_drives_and_others_are(make_booking, make_attempt):
    attempt = replace(make_attempt(), request='{"customer_email":"ada@example.org"}', url="https://pay")
    booking = make_booking(renter_name="Ada Moreau", attempts=(attempt,))
    told = told_to(_actor(Role.OWNER, owner_id=OwnerId("o1")), booking)

    assert "A. M." == told.renter_name
    assert ("", "", "", "") == (told.renter_id, told.intent_key, told.attempt.request, told.attempt.url)
    assert booking is told_to(_actor(Role.CLIENT), booking)


def test_keys_are_the_number_the_plate_and_each_word_of_the_name(make_booking):
    keys = search_keys(make_booking(id="G8ET6JAMQZ04", renter_name="Béa Ortiz-Lund"))

    assert ("G8ET6JAMQZ04", "BDS1", "~bea ortiz lund", "~ortiz lund bea", "~lund bea ortiz") == keys


@given(st.text(max_size=40), st.text(max_size=40))
def test_without_names_no_text_finds_one(make_booking, name, text):
    names = [key for key in search_keys(make_booking(renter_name=name)) if key.startswith("~")]

    assert not [key for key in names for needle in needles(text, names=False) if key.startswith(needle)]


@given(st.text(max_size=60))
def test_the_compact_form_is_stable(text):
    assert compact(text) == compact(compact(text))
