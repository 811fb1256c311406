"""What an invoice says of money: all that came in, by whatever way, and all that went back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import BERLIN, LISBON, RENTER
from view_builders import NOW, make_booking

from engine.domain.agreement.agreement import Leg, handed_over
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.booking.booking import paid_at_the_counter
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import Payment, PaymentId, Purpose
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.money.tender import Taken, Tender
from engine.domain.papers.of_booking import branch_of_papers, how_it_stands, invoice_wish, taken_of
from engine.domain.people.bill_to import BillTo
from engine.domain.people.renters import RenterFile

HOUR = timedelta(hours=1)


def at_the_counter(booking, n, tender, minor, purpose=Purpose.RENTAL, reference=""):
    taken = Taken(NOW + n * HOUR, "clerk", reference=reference)
    return Payment(PaymentId(f"{booking.id}:{n}"), purpose, tender, Money(minor, "EUR"), (), taken=taken)


def paid_in_parts():
    booking = make_booking(1, BookingState.COMPLETED)
    return replace(
        booking,
        payments=(
            paid_at_the_counter(booking.id, booking.price),
            at_the_counter(booking, 3, Tender.CASH, 40_00),
            at_the_counter(booking, 2, Tender.TERMINAL, 70_00, reference="A 12"),
            at_the_counter(booking, 4, Tender.CASH, 10_00, Purpose.GIVE_BACK),
        ),
    )


def test_money_of_the_counter_stands_on_the_invoice_and_what_went_back_is_less():
    booking, file = paid_in_parts(), RenterFile(RENTER, bill_to=BillTo(street="Weg 1", town="Kiel"))

    wish = invoice_wish(booking, file, {BERLIN.id: BERLIN}, BERLIN.id, (), "en")

    paid = [(each.tender, each.amount.minor, each.reference) for each in wish.content.payments]
    assert [("terminal", 70_00, "A 12"), ("cash", 40_00, ""), ("cash", -10_00, "")] == paid
    assert booking.price == wish.content.lines[0].gross
    assert "Weg 1, Kiel" == wish.content.buyer.address


def test_each_payment_has_a_receipt_of_its_own_and_what_is_only_promised_has_none():
    booking = paid_in_parts()

    stands = how_it_stands(booking, ())

    assert taken_of(booking) == stands.unreceipted
    assert [f"{booking.id}:2", f"{booking.id}:3"] == [each.key for each in stands.unreceipted]
    assert stands.billable


def test_papers_are_issued_where_the_car_came_back_by_whoever_works_there():
    booking = replace(make_booking(), return_branch_id="br-lisbon")

    def at(branch_id):
        return branch_of_papers(booking, type("A", (), {"branch_id": branch_id}))

    assert ("br-lisbon", booking.branch_id, booking.branch_id) == (at("br-lisbon"), at(booking.branch_id), at(None))


def test_what_the_agreement_knows_stands_on_the_invoice():
    booking, file = make_booking(1, BookingState.COMPLETED), RenterFile(RENTER, bill_to=BillTo(street="W", town="K"))
    out, back = (Seen(Reading(km, full), NOW, "clerk") for km, full in ((44_714, 8), (45_102, 7)))
    agreed = handed_over(booking, Gauge.EIGHTHS, out).returned(back, "br-lisbon")
    key_box = QuoteLine(LineKind.KEY_BOX, 1, Money(9_00, "EUR"))
    agreed = replace(agreed, lines=(*agreed.lines, key_box))

    told = invoice_wish(booking, file, {BERLIN.id: BERLIN, "br-lisbon": LISBON}, BERLIN.id, (), "en", agreed).content

    assert ["rental", "key_box"] == [each.kind for each in told.lines]
    assert (44_714, 45_102, 8, 7) == (told.car.km_out, told.car.km_in, told.car.fuel_out, told.car.fuel_in)
    assert (BERLIN.name, LISBON.name) == (told.supply.start_place, told.supply.end_place)


def test_the_invoice_names_each_car_of_a_rental_with_its_kilometres():
    booking = make_booking(1, BookingState.OUT)
    read = [Seen(Reading(km, 8), NOW, "clerk") for km in (10_000, 10_120, 500, 700)]
    other = replace(booking.car, car_id="car-9", label="Skoda Fabia · B-DS 9")
    after = booking.exchanged(other, 1, now=booking.period.starts_at, by="clerk")
    first = handed_over(booking, Gauge.EIGHTHS, read[0])
    agreed = first.exchanged(read[1], Leg(other, Gauge.EIGHTHS, read[2], why="broken")).returned(read[3], BERLIN.id)

    told = invoice_wish(after, RenterFile(RENTER), {BERLIN.id: BERLIN}, BERLIN.id, (), "en", agreed).content

    assert f"{booking.plate}, B-DS 9" == told.car.plate
    assert told.car.title.endswith(" (10000\N{EN DASH}10120 km), Skoda Fabia (500\N{EN DASH}700 km)")
