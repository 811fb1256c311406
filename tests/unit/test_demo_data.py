from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from engine.adapters.mongo.codec.settings import first_revision
from engine.domain.booking.giving_back import owed
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BLOCKING, MOVES, BookingState
from engine.domain.booking.successor import attempts_are_lawful, history_is_lawful
from engine.domain.car.car import CarStatus
from engine.domain.car.openings import is_open
from engine.domain.firm.settings import settings_at
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.payment import RefundState
from engine.domain.money.pricing import quote
from engine.domain.papers.credits import credits_wrong
from engine.domain.papers.paper import PaperKind
from engine.domain.papers.series import ChainLook
from engine.domain.people.people import Role
from engine.domain.shared.sought import joined
from engine.domain.shared.text import clean
from engine.embedded import demo_papers
from engine.embedded.demo_calendar import AHEAD, PAST
from engine.embedded.demo_data import build

#: An ordinary morning, the last minutes of a year, and a leap day.
MOMENTS = (
    datetime(2026, 7, 14, 9, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    datetime(2028, 2, 29, tzinfo=UTC),
)
S = BookingState
OUT_OR_BACK = (*BLOCKING, S.COMPLETED)


class Firm:
    def __init__(self, now):
        self.data = build(now)
        self.batches = list(self.data.batches())
        self.bookings = [booking for batch in self.batches for booking in batch.bookings]
        self.ledger = [row for batch in self.batches for row in batch.ledger]


@cache
def drawn(now):
    """Drawing one takes seconds; nobody changes it."""
    return Firm(now)


@pytest.fixture(scope="module", params=MOMENTS, ids=str)
def firm(request):
    return drawn(request.param)


def test_the_firm_has_the_size_it_should_have(firm):
    data = firm.data

    assert (6, 20, 240, 120) == (len(data.branches), len(data.owners), len(data.cars), len(data.renters))
    assert 12_000 < len(firm.bookings) < 20_000
    assert len({branch.zone for branch in data.branches}) == 6
    assert {40} == set(Counter(car.branch_id for car in data.cars).values())
    assert {owner.id for owner in data.owners} == {car.owner_id for car in data.cars}
    assert {CarStatus.ACTIVE: 231, CarStatus.MAINTENANCE: 7, CarStatus.RETIRED: 2} == Counter(
        car.status for car in data.cars
    )


def test_it_reaches_eighteen_months_back_and_two_ahead(firm):
    now, starts = firm.data.now, [booking.period.starts_at for booking in firm.bookings]
    kept = [booking.period.starts_at for booking in firm.bookings if booking.state in OUT_OR_BACK]

    assert now - PAST - timedelta(days=2) < min(starts) < now - PAST + timedelta(days=10)
    assert now + AHEAD - timedelta(days=15) < max(kept) < now + AHEAD


def test_no_car_is_out_twice_at_a_time(firm):
    rentals = defaultdict(list)
    for booking in firm.bookings:
        if booking.state in OUT_OR_BACK:
            rentals[booking.car_id].append(booking.period)

    touching = 0
    for periods in rentals.values():
        periods.sort(key=lambda period: period.starts_at)
        for before, after in pairwise(periods):
            assert before.ends_at <= after.starts_at
            touching += before.ends_at == after.starts_at
    assert touching > 500


def test_a_car_given_up_is_booked_again_only_afterwards(firm):
    ended = defaultdict(list)
    for booking in firm.bookings:
        if booking.state in (S.CANCELLED, S.RELEASED):
            ended[booking.car_id].append(booking)

    again = 0
    for booking in firm.bookings:
        for other in ended[booking.car_id]:
            if booking is not other and booking.period.overlaps(other.period):
                again += 1
                assert booking.created_at >= other.history[-1].at
    assert again > 100


def test_now_parts_what_is_over_from_what_is_to_come(firm):
    now = firm.data.now
    for booking in firm.bookings:
        if booking.state is S.COMPLETED:
            assert booking.period.ends_at <= now
        if booking.state is S.CONFIRMED:
            assert booking.period.ends_at > now
        assert booking.history[-1].at <= now
        assert booking.history[1].at < booking.period.starts_at


def test_every_history_is_in_order_and_made_of_allowed_moves(firm):
    for booking in firm.bookings:
        assert booking.state is booking.history[-1].state
        assert booking.created_at == booking.history[0].at
        for before, after in pairwise(booking.history):
            assert before.at < after.at
            assert after.state in MOVES[before.state]


def test_each_state_has_its_share(firm):
    counted = Counter(booking.state for booking in firm.bookings)

    assert {S.COMPLETED, S.OUT, S.CONFIRMED, S.CANCELLED, S.RELEASED} == set(counted)
    assert 0.8 < counted[S.COMPLETED] / len(firm.bookings) < 0.9
    assert min(counted.values()) > 30


def test_nothing_waits_for_a_sweeper(firm):
    assert not [booking for booking in firm.bookings if booking.due_at is not None]


def test_P2_prices_are_quotes_of_the_engine(firm):
    cars = {car.id: car for car in firm.data.cars}
    for booking in firm.bookings:
        rate, zone = cars[booking.car_id].daily_rate, ZoneInfo(booking.zone)
        again = quote(rate, booking.period, zone=zone, commission_bp=booking.quote.commission_bp)

        assert again == booking.quote
        assert again.total == booking.payment.attempt.amount


def test_the_commission_was_raised_once_and_stays_with_its_bookings(firm):
    by_day = sorted(firm.bookings, key=lambda booking: booking.created_at)
    rates = [booking.quote.commission_bp for booking in by_day]

    assert sorted(rates) == rates
    assert {1500, 1750} == set(rates)
    assert (firm.data.settings.commission_bp, firm.data.raised.settings.commission_bp) == (rates[0], rates[-1])


def test_each_booking_was_agreed_by_the_rules_of_its_day(firm):
    rules = [first_revision(firm.data.settings), firm.data.raised]

    for booking in firm.bookings:
        held = settings_at(rules, booking.created_at)
        assert (held.commission_bp, held.cancellation) == (booking.quote.commission_bp, booking.cancellation)


def test_R1_the_ledger_holds_what_was_captured_less_what_was_given_back(firm):
    sums = defaultdict(Counter)
    for row in firm.ledger:
        sums[row.booking_id][row.kind] += row.amount.minor

    for booking in firm.bookings:
        mine = sums[booking.id]
        captured = booking.price.minor if booking.payment.attempt.captured_at else 0
        assert captured == mine[LedgerKind.CHARGE]
        assert (booking.state is S.CANCELLED) == (mine[LedgerKind.REFUND] < 0)
        assert mine[LedgerKind.CHARGE] + mine[LedgerKind.REFUND] >= 0
        assert (
            mine[LedgerKind.CHARGE] + mine[LedgerKind.REFUND]
            == mine[LedgerKind.OWNER_SHARE] + mine[LedgerKind.PLATFORM_SHARE]
        )


def test_what_was_given_back_stands_at_its_booking_as_the_engine_writes_it(firm):
    posted = {row.booking_id: row for row in firm.ledger if row.kind is LedgerKind.REFUND}
    reasons = Counter()

    for booking in firm.bookings:
        assert (booking.payment.refund is not None) == (booking.reason is not None) == (booking.id in posted)
        assert booking.payment.refund is None or booking.state is S.CANCELLED
        if booking.payment.refund is None:
            continue
        row = posted[booking.id]
        assert (owed(booking), RefundState.DONE) == (booking.payment.refund.amount, booking.payment.refund.state)
        assert (-row.amount, row.source_id, row.at) == (
            booking.payment.refund.amount,
            booking.payment.refund.refund_id,
            booking.since,
        )
        assert history_is_lawful(booking, ())
        assert attempts_are_lawful(booking)
        reasons[booking.reason.usual] += 1
    assert {UsualReason.RENTER, UsualReason.MISTAKE, UsualReason.CAR} == set(reasons)


def test_every_batch_brings_the_ledger_of_its_own_bookings(firm):
    for batch in firm.batches:
        assert {row.booking_id for row in batch.ledger} <= {booking.id for booking in batch.bookings}


def test_what_lies_ahead_comes_first(firm):
    order = [batch.upcoming for batch in firm.batches]

    assert sorted(order, reverse=True) == order
    for batch in firm.batches:
        assert {batch.upcoming} == {booking.period.ends_at > firm.data.now for booking in batch.bookings}


def test_I6_keys_are_unique(firm):
    data, bookings = firm.data, firm.bookings
    facts = [(row.booking_id, row.kind, row.source_id) for row in firm.ledger]

    for keys in (
        [booking.id for booking in bookings],
        [booking.intent_key for booking in bookings],
        [booking.payment.attempt.session_id for booking in bookings],
        [booking.payment.attempt.payment_intent for booking in bookings if booking.payment.attempt.payment_intent],
        facts,
        [joined(car.plate) for car in data.cars],
        [renter.name for renter in data.renters],
        [renter.email for renter in data.renters],
        [renter.phone for renter in data.renters],
        [renter.licence for renter in data.renters],
        [each.account for each in data.accounts],
    ):
        assert len(keys) == len(set(keys))


def test_everything_points_at_something(firm):
    data = firm.data
    cars, renters = {car.id: car for car in data.cars}, {renter.id: renter for renter in data.renters}
    zones = {branch.id: branch.zone for branch in data.branches}

    for booking in firm.bookings:
        car = cars[booking.car_id]
        assert (car.label, car.owner_id, car.branch_id) == (booking.car_label, booking.owner_id, booking.branch_id)
        assert renters[booking.renter_id].name == booking.renter_name
        assert zones[booking.branch_id] == booking.zone


def test_cars_are_handed_over_while_the_branch_is_open(firm):
    branches = {branch.id: branch for branch in firm.data.branches}
    for booking in firm.bookings:
        branch = branches[booking.branch_id]
        for end in (booking.period.starts_at, booking.period.ends_at):
            assert is_open(branch.hours, branch.tzinfo, end)


def test_cars_that_stand_are_not_booked(firm):
    standing = {car.id for car in firm.data.cars if car.status is not CarStatus.ACTIVE}

    assert not [
        booking for batch in firm.batches if batch.upcoming for booking in batch.bookings if booking.car_id in standing
    ]


def test_every_branch_has_cars_left_to_rent_now(firm):
    now = firm.data.now
    out = {booking.car_id for booking in firm.bookings if booking.blocking and booking.period.starts_at <= now}
    free = Counter(car.branch_id for car in firm.data.cars if car.id not in out and car.status is CarStatus.ACTIVE)

    assert min(free[branch.id] for branch in firm.data.branches) >= 5


def test_the_last_full_year_was_neither_dead_nor_sold_out(firm):
    now = firm.data.now
    rented = sum(
        (
            min(booking.period.ends_at, now) - max(booking.period.starts_at, now - timedelta(days=365))
            for booking in firm.bookings
            if booking.state in OUT_OR_BACK
            and booking.period.ends_at > now - timedelta(days=365)
            and booking.period.starts_at < now
        ),
        start=timedelta(0),
    )

    assert 0.5 < rented / (240 * timedelta(days=365)) < 0.65


def test_seasons_and_weekdays_can_be_seen(firm):
    year_ago = firm.data.now - timedelta(days=365)
    last_year = [booking.period for booking in firm.bookings if year_ago <= booking.period.starts_at < firm.data.now]
    months = Counter(period.starts_at.month for period in last_year)
    weekdays = Counter(booking.period.starts_at.weekday() for booking in firm.bookings)

    assert months[8] > 1.15 * months[2]
    assert weekdays[6] < 0.6 * weekdays[4]


def test_the_accounts_are_a_clerk_an_owner_of_a_large_fleet_an_admin_the_head_office_and_a_renter(firm):
    clerk, owner, admin, _, renter = firm.data.accounts

    roles = [Role.CLIENT, Role.OWNER, Role.ADMIN, Role.WORKER, Role.RENTER]
    assert roles == [each.role for each in firm.data.accounts]
    assert renter.name == next(each.name for each in firm.data.renters if each.id == renter.renter_id)
    assert 3 < sum(booking.renter_id == renter.renter_id for booking in firm.bookings)
    assert clerk.branch_id in {branch.id for branch in firm.data.branches}
    assert 12 <= Counter(car.owner_id for car in firm.data.cars)[owner.owner_id]
    assert not [each for each in (owner, admin) if each.branch_id]
    assert clerk.account in {booking.booked_by for booking in firm.bookings}


def test_nobody_real_can_be_called_or_written_to(firm):
    fictional = ("+44770090", "+493023125", "+35320910", "+33639980", "+467017406")
    for renter in firm.data.renters:
        assert renter.phone.startswith(fictional)
        assert renter.email.endswith(("@example.org", "@example.com"))
        assert renter.email.isascii()
        assert renter.name == clean("name", renter.name, longest=80)
    for owner in firm.data.owners:
        assert owner.email.endswith(("@example.com", ".example"))


def test_no_fake_payment_can_be_taken_for_a_real_one(firm):
    assert all("_demo_" in row.source_id for row in firm.ledger)
    assert all(booking.payment.attempt.session_id.startswith("cs_demo_") for booking in firm.bookings)
    assert not [booking for booking in firm.bookings if booking.payment.attempt.url]


def test_what_was_put_on_paper_lately_has_whole_chains_and_notes_within_their_invoices(firm):
    now = firm.data.now
    desk = demo_papers.desk_of(firm.data.branches, firm.data.files, firm.data.raised.by)
    desk.bill(booking for booking in firm.bookings if demo_papers.billed(booking, now))
    looks = [ChainLook(series) for series in desk.series.values()]
    for look in looks:
        for paper in sorted((each for each in desk.papers if each.series == look.series.id), key=lambda each: each.n):
            look.look(paper)
        look.end()

    assert [] == [wrong for look in looks for wrong in look.wrong]
    kinds = Counter(paper.body.kind for paper in desk.papers)
    assert min(kinds[PaperKind.INVOICE] / 10, kinds[PaperKind.RECEIPT], kinds[PaperKind.CREDIT_NOTE]) > 3
    assert len(desk.papers) == len({paper.id for paper in desk.papers})
    assert all(paper.issued_at < now for paper in desk.papers)
    known = {paper.id: paper for paper in desk.papers}
    notes = [paper for paper in desk.papers if paper.body.corrects]
    assert not [note for note in notes if credits_wrong(known[note.body.corrects.paper_id], [note])]


def test_two_builds_are_equal():
    first, second = drawn(MOMENTS[0]), Firm(MOMENTS[0])

    assert first.data == second.data
    assert first.batches == second.batches


def test_within_a_day_only_what_ended_meanwhile_is_different():
    morning, evening = drawn(MOMENTS[0]), Firm(MOMENTS[0].replace(hour=20))
    earlier = {booking.id: booking for booking in morning.bookings}

    changed = [booking for booking in evening.bookings if booking != earlier[booking.id]]

    assert len(earlier) == len(evening.bookings)
    assert changed
    assert {(S.CONFIRMED, S.OUT), (S.OUT, S.COMPLETED)} == {
        (earlier[booking.id].state, booking.state) for booking in changed
    }


def test_another_seed_draws_another_firm():
    assert build(MOMENTS[0], seed=21).cars != build(MOMENTS[0]).cars
