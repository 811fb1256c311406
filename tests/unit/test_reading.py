"""Whatever a stored row holds, reading it gives the record or a line that names it, and never an exception."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import bson
import pytest
from bson import ObjectId
from builders import BERLIN, LISBON, RENTER, make_car
from hostile import GONE, VALUES, paths, with_value
from hypothesis import given
from hypothesis import strategies as st
from paper_builders import CODED, FIRM, RATES, STANDARD, paper_wish

from desktop.views.booking.list_row import row_of
from desktop.words.messages import damage_words, say
from engine.adapters.mongo.client import CODEC
from engine.adapters.mongo.codec import settings as mongo_settings
from engine.adapters.mongo.codec.agreements import agreement_document, agreement_of
from engine.adapters.mongo.codec.bookings import booking_document, booking_of
from engine.adapters.mongo.codec.documents import (
    audit_document,
    audit_row_of,
    booked_ids,
    branch_document,
    branch_of,
    car_document,
    car_of,
    claims_of,
    fence_document,
    ledger_document,
    movement_document,
    movement_of,
    renter_document,
    renter_of,
    terms_of_fence,
)
from engine.adapters.mongo.codec.owner_rows import posting_of, rental_of, rental_or_line
from engine.adapters.mongo.codec.papers import (
    legal_document,
    legal_of,
    lost_document,
    lost_of,
    paper_document,
    paper_of,
    rendering_document,
    rendering_of,
    series_document,
    series_record_of,
    tax_document,
    tax_of,
)
from engine.adapters.mongo.codec.payments import dispute_document, dispute_of, restored_document, restored_of
from engine.adapters.mongo.codec.people import (
    answer_document,
    answer_of,
    person_document,
    person_of,
    request_of,
    signer_document,
    signer_of,
)
from engine.adapters.mongo.codec.reading import read, shown
from engine.adapters.mongo.codec.renter_files import file_document, file_of
from engine.domain.agreement.agreement import handed_over
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.booking.booking import Booking, BookingId, Step, rental_payment
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.restored import RestoredCase, RestoredPayment
from engine.domain.booking.states import BookingState
from engine.domain.booking.wish import Signer, WishAnswer, WishId
from engine.domain.car.car import CarId, OwnerId, terms_of
from engine.domain.car.movement import Movement, MovementId, MovementKind, MovementState
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.dispute import Dispute, DisputeFacts
from engine.domain.money.ledger import charge_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, Refund, Stay
from engine.domain.money.pricing import LineKind, Quote, QuoteLine
from engine.domain.money.trouble import ByHand, Trouble, Why
from engine.domain.papers.drafts import drafted
from engine.domain.papers.legal import LegalDecision, TaxDecision, rates_at
from engine.domain.papers.paper import Draft
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import LostNumbers, begun, following, issued
from engine.domain.people.accounts import Person, Post
from engine.domain.people.people import AccountName, RenterId, Role
from engine.domain.people.renters import Block, PastBlock, RenterFile
from engine.domain.shared.canonical import canonical
from engine.domain.shared.csv_text import CsvHabits
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.listing import _line as listing_line
from engine.services.booking.listing import _Sheet as ListingSheet
from engine.services.reports.stored_listing import _line as stored_line
from engine.services.reports.stored_listing import _Sheet as StoredSheet
from engine.words.health import written

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PRICE = Money(100_00, "EUR")
WHY = RefundReason(UsualReason.TWICE, "paid by phone, too")
SETTLED = ByHand(AccountName("admin"), NOW, "in cash")
PAYMENT = replace(
    rental_payment(BookingId("G8ET6JAMQZ04"), PRICE, Attempt(1, "{}", PRICE, NOW, captured_at=NOW)),
    refunds=(Refund(PRICE),),
    trouble=Trouble(Why.STUCK, NOW, 1, NOW, "code", SETTLED),
)
BOOKING = Booking(
    id=BookingId("G8ET6JAMQZ04"),
    car_id=make_car(1).id,
    car_label=make_car(1).label,
    owner_id=make_car(1).owner_id,
    branch_id=BERLIN.id,
    return_branch_id=LISBON.id,
    zone="Europe/Berlin",
    renter_id=RENTER.id,
    renter_name=RENTER.name,
    booked_by=AccountName("clerk"),
    period=RentalPeriod(NOW, NOW + timedelta(days=2)),
    state=BookingState.CANCELLED,
    hold_until=NOW,
    created_at=NOW,
    quote=Quote((QuoteLine(LineKind.RENTAL, 2, Money(50_00, "EUR")),), 1500),
    payments=(PAYMENT,),
    intent_key="key",
    history=(Step(BookingState.HELD, NOW, "clerk"), Step(BookingState.CANCELLED, NOW, "clerk", reason=WHY)),
    cancellation=(CancellationRule(48, 10_000),),
)
PERSON = Person(AccountName("cleo"), "Cleo", "", "", Post(Role.CLIENT, BERLIN.id), NOW, issued_at=NOW)
AUDIT = AuditRow(NOW, AccountName("clerk"), "desk", "car.added", "car:1", {}, {"seats": "5"})
REVISION = mongo_settings.first_revision(FirmSettings())
REQUEST = {"_id": ObjectId(), "name": "A", "email": "a@example.org", "phone": "", "note": "", "at": NOW, "slot": 1}
SERVICE = Movement(
    MovementId("m1"),
    CarId("car-1"),
    OwnerId("owner-1"),
    MovementKind.SERVICE,
    MovementState.PLANNED,
    BOOKING.period,
    BERLIN.id,
    BERLIN.id,
    "brakes",
    AccountName("owner"),
    NOW,
)
AGREED = handed_over(BOOKING, Gauge.EIGHTHS, Seen(Reading(10_000, 8), NOW, AccountName("clerk"))).returned(
    Seen(Reading(10_310, 5, "towed"), NOW, AccountName("clerk")), LISBON.id
)
DISPUTE = Dispute(DisputeFacts("dp_1", "pi_1", PRICE, "fraudulent", "lost", NOW, NOW, livemode=False), BOOKING.id, NOW)
STAY = Stay("car-1", BOOKING.period, PRICE)
RESTORED = RestoredPayment("pi_1", "cs_1", BOOKING.id, 1, PRICE, NOW, STAY, NOW, paid_at=NOW)
ANSWER = WishAnswer(WishId("w1"), AccountName("vera"), NOW, BOOKING.id, "", {"car": "car-1"})
SIGNER = Signer(AccountName("vera"), "Vera", RENTER, b"1" * 32, active=True)

DRAFT = Draft("paper-1", drafted(paper_wish(), CODED, FIRM, RATES, AccountName("vera")))
PAPER, BEGUN = issued(DRAFT, begun("BER-2026-INV", NOW), NOW)
DECIDED, RATED = (
    LegalDecision(1, NOW, FIRM, AccountName("vera"), NOW),
    TaxDecision(1, NOW, STANDARD, AccountName("vera"), NOW),
)
LOST = LostNumbers("BER-2026-INV", 2, 4, "burnt", AccountName("vera"), NOW)
DRAWN = Rendering("paper-1", "a" * 64, 20_000, 1, 1, "fonts", "vera", NOW)


def told_of_booking(booking: Booking) -> None:
    """What lists, files and the database make of it."""
    booking_document(booking)
    listing_line(booking, ListingSheet({}, {}, CsvHabits()))
    row_of(booking, NOW).standing_text(NOW)
    assert booking.quote.days
    assert booking.due_at is None or booking.due_at + timedelta(hours=1)


def told_of_rental(rental) -> None:
    stored_line(rental, StoredSheet({}, {}, ("", "", ""), CsvHabits()))


_BLOCK = Block("owes money", "clerk", NOW)
FILE = RenterFile(
    RENTER, 3, "clerk", NOW, _BLOCK, (PastBlock(_BLOCK, "admin", NOW, "paid"),), not_same=(RenterId("renter-2"),)
)

DECODERS = {
    "bookings": (booking_document(BOOKING), booking_of, told_of_booking),
    "cars": (car_document(make_car(1, image_ids=("a", "b"))), car_of, lambda car: car.label),
    "branches": (branch_document(BERLIN), branch_of, lambda branch: branch.clock),
    "renters": (file_document(FILE), file_of, lambda file: (file.renter.keys, file.blocked_at(NOW), file.order)),
    "people": (person_document(PERSON), person_of, lambda person: person.keys),
    "audit": (audit_document(AUDIT) | {"_id": ObjectId()}, audit_row_of, lambda row: row.at.isoformat()),
    "account_requests": (REQUEST, request_of, lambda row: row.name.split()),
    "agreements": (
        agreement_document(AGREED),
        agreement_of,
        lambda row: (row.km, row.leg.car.label, row.lines[0].amount),
    ),
    "movements": (movement_document(SERVICE), movement_of, lambda row: row.facts()),
    "disputes": (dispute_document(DISPUTE), dispute_of, lambda row: row.facts.over),
    "restored_payments": (restored_document(RESTORED), restored_of, lambda row: RestoredCase(row, None, None, None)),
    "wish_answers": (answer_document(ANSWER), answer_of, lambda row: sorted(row.facts)),
    "wish_keys": (signer_document(SIGNER), signer_of, lambda row: row.renter.keys),
    "ledger": (ledger_document(charge_rows(BOOKING, "pi_1", NOW)[0]), posting_of, lambda row: row.minor + 1),
    "papers": (paper_document(PAPER), paper_of, lambda paper: (paper.number, canonical(paper.body), paper.body.total)),
    "series": (series_document(BEGUN), series_record_of, lambda series: issued(DRAFT, series, NOW)),
    "lost_numbers": (lost_document(LOST), lost_of, lambda row: following(row.first - 1, [row])),
    "legal_data": (legal_document(DECIDED), legal_of, lambda row: row.data.facts),
    "tax_rates": (tax_document(RATED), tax_of, lambda row: rates_at([row], NOW)),
    "renderings": (rendering_document(DRAWN), rendering_of, lambda row: row.at + timedelta(days=1)),
    "rentals": (booking_document(BOOKING), rental_of, told_of_rental),
    "settings": (
        mongo_settings.revision_document(REVISION),
        lambda row: mongo_settings._revision(row, withdrawn=False),
        lambda revision: revision.settings.hold + timedelta(days=1),
    ),
}


@pytest.mark.parametrize("collection", DECODERS)
def test_an_honest_row_is_read(collection):
    document, decode, told = DECODERS[collection]

    row = read(collection, stored(document), decode)

    assert not isinstance(row, Damaged)
    told(row)


@pytest.mark.parametrize("collection", DECODERS)
@given(data=st.data())
def test_every_value_in_every_field_makes_a_record_or_a_line(collection, data):
    document, decode, told = DECODERS[collection]
    changed = document
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from(list(paths(changed))))
        changed = with_value(changed, at, data.draw(st.sampled_from(VALUES)))

    row = read(collection, stored(changed), decode)

    if isinstance(row, Damaged):
        assert str(document.get("_id", None)) in row.line
        assert row.reason
        assert len(written(row.remark)) < 400
        assert row.reason[1:] in damage_words(row)
    else:
        told(row)


@pytest.mark.parametrize("collection", DECODERS)
def test_a_field_that_is_gone_or_of_another_kind_is_named(collection):
    document, decode, _ = DECODERS[collection]
    optional = {
        "closed",
        "plate_key",
        "search_keys",
        "renter_key",
        "session_ids",
        "due_at",
        "free_at",
        "person_at",
        "keys",
        "parts",
        "changed_by",
        "changed_at",
        "block",
        "past_blocks",
        "not_same",
        "over",
        "paid_at",
        "stay",
    }
    fields = [name for name in document if name not in optional | {"_id", "slot", "order"}]
    fields = [name for name in fields if collection != "rentals" or name in mongo_fields()]
    fields = [
        name
        for name in fields
        if (collection, name)
        not in {("ledger", "owner_id"), ("ledger", "payment_id"), ("people", "renter"), ("agreements", "returned_to")}
    ]
    fields = [name for name in fields if name not in ("branch_id", "owner_id") or collection != "people"]

    for name in fields:
        for value in (GONE, 0.5, [1, 2]):
            row = read(collection, stored(with_value(document, (name,), value)), decode)

            assert isinstance(row, Damaged), (name, value)
            assert name in row.reason


def mongo_fields() -> set[str]:
    return set("car_id car_label branch_id zone starts_at ends_at created_at state quote version".split())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("ends_at",), NOW - timedelta(days=1)),
        (("ends_at",), datetime(9999, 1, 1, tzinfo=UTC)),
        (("quote", "lines"), []),
        (("quote", "total"), 1),
        (("quote", "lines", 0, "kind"), "week"),
        (("quote", "currency"), "euro"),
        (("payments",), []),
        (("history",), []),
        (("version",), 2**60),
    ],
)
def test_a_booking_that_makes_no_sense_is_damaged(path, value):
    row = read("bookings", stored(with_value(booking_document(BOOKING), path, value)), booking_of)

    assert isinstance(row, Damaged)
    assert f"damaged: {BOOKING.id}" == row.line
    assert rental_or_line(with_value(booking_document(BOOKING), path, value)).id == BOOKING.id


@pytest.mark.parametrize("value", [each for each in VALUES if each is not GONE])
def test_one_claim_that_cannot_be_read_hides_no_other_and_is_not_passed_over(value):
    fence = fence_document(make_car(1), terms_of(make_car(1), BERLIN), (BOOKING,))
    honest = fence["claims"][0]
    fence["claims"] += [honest | {"id": "second", "ends_at": value}, value]

    claims = claims_of(stored(fence))

    assert BOOKING.id in [claim.id for claim in claims]
    assert {BOOKING.id, "second"} == booked_ids(stored(fence))


@given(data=st.data())
def test_terms_that_cannot_be_read_refuse_the_claim_by_name(data):
    fence = fence_document(make_car(1), terms_of(make_car(1), BERLIN), ())
    at = data.draw(st.sampled_from([path for path in paths(fence) if path[0] == "terms"]))
    changed = stored(with_value(fence, at, data.draw(st.sampled_from(VALUES))))
    try:
        zone = terms_of_fence(changed).zone
    except DamagedRow as refused:
        zone = say(refused).text if (refused.collection, refused.key) == ("fences", "car-1") else ""

    assert zone


@given(st.one_of(st.sampled_from([each for each in VALUES if each is not GONE]), st.text(max_size=200)))
def test_an_id_of_any_kind_is_shown_in_one_line(value):
    text = shown(value)

    assert len(text) <= 81
    assert "\n" not in text


def test_bytes_that_are_no_text_damage_their_own_row_alone():
    raw = bson.encode(renter_document(RENTER)).replace(b"Ada Moreau", b"Ada \xff\xfereau")

    row = read("renters", bson.decode(raw, CODEC), renter_of)

    assert isinstance(row, Damaged)
    assert (RENTER.id, "name: holds bytes that are no text") == (row.id, row.reason)


def stored(document: dict) -> dict:
    """As it comes back from the database."""
    try:
        return bson.decode(bson.encode(document), CODEC)
    except struct.error as problem:  # a value that no document can hold
        raise AssertionError from problem
