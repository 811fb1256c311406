"""A signature is under what was agreed then: it stands while that is all, and can be counted again ever after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import BERLIN
from view_builders import NOW, make_booking

from engine.domain.agreement.agreement import handed_over
from engine.domain.agreement.charges import Charging, Due, charged
from engine.domain.agreement.fees import RentalFees
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.agreement.signing import content_of, signed, standing
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.people.people import AccountName

ENDS = NOW


def seen(km, full=8):
    return Seen(Reading(km, full), NOW, AccountName("vera"))


OUT = handed_over(make_booking(), Gauge.EIGHTHS, seen(10_000))
SIGNED = signed(OUT, "Ana", "1,1 2000,1", "2026-1", ENDS, NOW, AccountName("vera"))
MORE = QuoteLine(LineKind.EXTENDED, 1, Money(50_00, "EUR"))


@pytest.mark.parametrize(
    "later",
    [
        replace(SIGNED, lines=(*SIGNED.lines, MORE)),
        replace(SIGNED.with_back(seen(10_100)), legs=(*SIGNED.with_back(seen(10_100)).legs, OUT.leg)),
    ],
)
def test_a_line_or_a_car_more_has_to_be_signed_again_and_what_was_signed_is_the_same(later):
    assert standing(SIGNED, ENDS) == SIGNED.signatures[0]

    assert standing(later, ENDS) is None
    assert content_of(later, later.signatures[0]) == SIGNED.signatures[0].content


def test_what_a_return_adds_is_behind_what_was_signed_which_still_stands():
    back, out = seen(10_900, full=6), replace(SIGNED, fees=RentalFees("EUR", eighth=12_00))
    over = out.returned(back, BERLIN.id, *charged(out, back, BERLIN.id, Due(NOW, BERLIN.id), Charging()))

    assert len(out.lines) + 1 == len(over.lines)
    assert content_of(over, over.signatures[0]) == SIGNED.signatures[0].content
    assert standing(over, ENDS) == over.signatures[0]


@pytest.mark.parametrize(
    "forged",
    [
        replace(SIGNED, lines=(replace(SIGNED.lines[0], unit=Money(1, "EUR")), *SIGNED.lines[1:])),
        replace(SIGNED, legs=(replace(SIGNED.leg, out=seen(9_999)),)),
        replace(SIGNED, legs=(replace(SIGNED.leg, out=replace(SIGNED.leg.out, marks=(7,))),)),
        replace(SIGNED, signatures=(replace(SIGNED.signatures[0], name="Bob"),)),
        replace(SIGNED, signatures=(replace(SIGNED.signatures[0], terms_version="2025-9"),)),
    ],
)
def test_whatever_is_changed_of_it_is_not_what_was_signed(forged):
    assert content_of(forged, forged.signatures[0]) != SIGNED.signatures[0].content
