"""Whose bookings an account lists, what it is told of them, and under which words they are found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.listing import BookingScope, initials, scopes_of, search_keys, seeking, told_to
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.people import AccountName, Actor, Renter, RenterId, Role
from engine.domain.shared.sought import joined, parts, sought, words


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
    assert ("", "", "", "") == (told.renter_id, told.intent_key, told.payment.attempt.request, told.payment.attempt.url)
    assert booking is told_to(_actor(Role.CLIENT), booking)


def test_keys_are_parts_of_number_and_plate_and_each_word_of_the_name(make_booking):
    keys = search_keys(make_booking(id="G8ET6JAMQZ04", renter_name="Béa Ortiz-Lund"))

    assert {"g8et6jamqz04", "amqz04", "4", "bds1", "ds1", "~bea", "~ortiz", "~lund"} <= set(keys)
    assert 12 + 4 + 3 >= len(keys)


@given(st.text(max_size=40), st.text(max_size=40))
def test_without_names_no_text_finds_one(make_booking, name, text):
    names = [key for key in search_keys(make_booking(renter_name=name)) if key.startswith("~")]

    assert not seeking(sought(text), names=False).found_in(names)


@given(st.text(min_size=1, max_size=40))
def test_with_names_each_word_of_one_finds_it(make_booking, name):
    keys = search_keys(make_booking(renter_name=name))

    for word in words(name)[:8]:
        assert seeking(sought(word), names=True).found_in(keys)


@given(st.text(st.characters(categories=("Lu", "Nd"), max_codepoint=127), min_size=1, max_size=12), st.data())
def test_a_copy_finds_what_keys_find(number, data):
    assert _both_find("0:0", "0")  # a short word after the first begins one
    text = data.draw(st.one_of(st.text(max_size=8), st.just(number[2:]), st.just(f"{number[:3]}-{number[3:6]}")))
    wanted = sought(text)

    assert wanted.within((joined(number), "bds1")) == wanted.found_in(parts((joined(number), "bds1")))


def _both_find(text, number):
    return sought(text).within((number, "bds1")) and sought(text).found_in(parts((number, "bds1")))
