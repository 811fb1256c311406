"""What is put on paper of an agreement whose car was exchanged for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import BERLIN
from view_builders import NOW, RENTER, make_booking

from engine.domain.agreement.agreement import Leg, handed_over
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.agreement.signing import signed
from engine.domain.booking.changed_car import BookedCar
from engine.domain.car.car import CarId
from engine.domain.papers.of_agreement import (
    Protocol,
    RentalTold,
    agreement_wish,
    paper_id,
    protocol_wish,
    protocols_of,
)
from engine.domain.people.people import AccountName
from engine.domain.people.renters import RenterFile

INK = "1,1 2000,1"


def seen(km, hours):
    return Seen(Reading(km, 8), NOW + timedelta(hours=hours), AccountName("vera"))


BOOKING = make_booking()
OTHER = BookedCar(CarId("car-9"), "Opel Corsa · B-ZZ 9", BOOKING.owner_id)
FIRST = handed_over(BOOKING, Gauge.EIGHTHS, seen(10_000, 0))
SECOND = replace(
    FIRST.with_back(seen(10_200, 1)),
    legs=(*FIRST.with_back(seen(10_200, 1)).legs, Leg(OTHER, Gauge.PERCENT, seen(500, 1))),
)


def told(agreement, terms=""):
    return RentalTold(BOOKING, agreement, RenterFile(RENTER), {BERLIN.id: BERLIN}, {}, (), terms)


def test_each_car_has_its_protocols_the_last_first():
    first, second = BOOKING.car_label, OTHER.label

    assert (Protocol(2, second), Protocol(1, first, back=True), Protocol(1, first)) == protocols_of(SECOND)


def test_an_agreement_tells_of_each_car_when_it_went_and_when_it_was_exchanged():
    content = agreement_wish(told(SECOND), BERLIN.id, "en").content

    assert ("B-ZZ 9", 500, None) == (content.car.plate, content.car.km_out, content.car.km_in)
    assert [(10_000, 10_200), (500, None)] == [(each.car.km_out, each.car.km_in) for each in content.legs]
    assert [NOW + timedelta(hours=1), None] == [each.in_at for each in content.legs]
    assert () == agreement_wish(told(FIRST), BERLIN.id, "en").content.legs


def test_a_return_tells_from_when_to_when_the_renter_had_that_car():
    content = protocol_wish(told(SECOND), Protocol(1, "", back=True), BERLIN.id, "en").content

    assert (NOW, NOW + timedelta(hours=1)) == (content.supply.starts_at, content.supply.ends_at)
    assert (10_000, 10_200) == (content.car.km_out, content.car.km_in)


def test_the_same_words_are_the_same_paper_and_others_another_one():
    wish = agreement_wish(told(FIRST), BERLIN.id, "en")

    assert paper_id(wish) == paper_id(agreement_wish(told(FIRST), BERLIN.id, "en"))
    others = (agreement_wish(told(SECOND), BERLIN.id, "en"), agreement_wish(told(FIRST), BERLIN.id, "de"))
    assert 3 == len({paper_id(each) for each in (wish, *others)})


def test_a_signature_is_drawn_only_under_the_terms_that_were_signed():
    under = signed(FIRST, "Ana", INK, "2026-1", BOOKING.period.ends_at, NOW, AccountName("vera"))

    assert [INK] == [each.ink for each in agreement_wish(told(under, "2026-1"), BERLIN.id, "en").content.signatures]
    assert () == agreement_wish(told(under, "2026-2"), BERLIN.id, "en").content.signatures
