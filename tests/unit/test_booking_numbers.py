"""Booking numbers: twelve letters that nobody confuses, each of them as likely at each place."""

from __future__ import annotations

from collections import Counter

from engine.wiring.booking_desk import new_booking_id

LETTERS = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_booking_numbers_use_every_letter_at_every_place_and_none_comes_twice():
    made = [new_booking_id() for _ in range(4_000)]

    assert len(set(made)) == len(made)
    for place in zip(*made, strict=True):
        seen = Counter(place)
        assert set(seen) == LETTERS
    assert {len(each) for each in made} == {12}
