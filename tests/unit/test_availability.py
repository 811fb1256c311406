"""When a car is next free, to the minute and on the branch's clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import make_car
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.states import BookingState
from engine.domain.car.availability import (
    CarCalendar,
    Claim,
    ClaimedBy,
    ClaimKind,
    Obstacle,
    WhyTaken,
    blocked_by,
    just,
    next_free,
    obstacle_of,
    readiness,
)
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, CarStatus
from engine.domain.car.opening_hours import BodyTurn, TurnRound, every_day
from engine.domain.shared.period import RentalPeriod

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def period(first, last):
    return RentalPeriod(NOW + first * HOUR, NOW + last * HOUR)


def claim(first, last, state=BookingState.CONFIRMED, kind=ClaimKind.BOOKING):
    """A booking that began is out."""
    taken = just(period(first, last))
    if kind is not ClaimKind.BOOKING:
        return Claim("m", kind, taken)
    by = ClaimedBy(state, NOW + timedelta(minutes=10), "clerk")
    return Claim("b", ClaimKind.BOOKING, replace(taken, out=first <= 0), by)


def gap(wished, claims, now=NOW):
    return next_free(just(wished), [each.taken for each in claims], BERLIN, now)


@pytest.mark.parametrize(
    ("claims", "start"),
    [
        ([], 10),
        ([claim(2, 10)], 10),
        ([claim(14, 20)], 10),
        ([claim(2, 11)], 11),
        ([claim(2, 11), claim(15, 20)], 11),
        ([claim(2, 11), claim(14, 20)], 20),
        ([claim(14, 20), claim(2, 11), claim(20, 21)], 21),
    ],
)
def test_the_first_gap_that_is_long_enough_is_taken_back_to_back(claims, start):
    assert period(start, start + 4) == gap(period(10, 14), claims)


def test_B8_an_overdue_car_is_free_a_day_from_now_on_the_full_minute():
    late = NOW + timedelta(seconds=20)

    free = gap(period(10, 14), [claim(-30, -1)], late)

    assert NOW + timedelta(hours=24, minutes=1) == free.starts_at


def test_an_overdue_car_is_free_for_whoever_wants_it_later():
    assert period(30, 34) == gap(period(30, 34), [claim(-30, -1)])


@pytest.mark.parametrize(
    ("state", "first", "why"),
    [
        (BookingState.HELD, 1, WhyTaken.HELD),
        (BookingState.RELEASING, 1, WhyTaken.HELD),
        (BookingState.CONFIRMED, 1, WhyTaken.BOOKED),
        (BookingState.AWAITING_FUNDS, 1, WhyTaken.BOOKED),
        (BookingState.CONFIRMED, -9, WhyTaken.OVERDUE),
    ],
)
def test_each_obstacle_has_its_word_and_only_a_hold_its_end(state, first, why):
    told = obstacle_of(claim(first, first + 2, state), NOW, named=True)

    assert why is told.why
    assert (told.hold_until is not None) == (why is WhyTaken.HELD)
    assert ("clerk", "b") == (told.by, told.booking_id)


def test_who_may_not_know_is_told_neither_desk_nor_number():
    told = obstacle_of(claim(1, 2), NOW, named=False)

    assert (None, None) == (told.by, told.booking_id)
    assert period(1, 2) == told.period


@pytest.mark.parametrize(("night", "hours"), [(datetime(2027, 3, 27, 10, 0), 23), (datetime(2026, 10, 24, 10, 0), 25)])
def test_DST_a_day_stays_a_day_on_the_wall_when_the_clock_changes_that_night(night, hours):
    wished = RentalPeriod.between(
        (night - timedelta(days=3)).replace(tzinfo=BERLIN), (night - timedelta(days=2)).replace(tzinfo=BERLIN)
    )
    out = RentalPeriod.between((night - timedelta(days=4)).replace(tzinfo=BERLIN), night.replace(tzinfo=BERLIN))
    in_the_way = Claim("b", ClaimKind.BOOKING, just(out), ClaimedBy(BookingState.CONFIRMED, NOW, "clerk"))

    free = gap(wished, [in_the_way], out.starts_at)

    assert out.ends_at == free.starts_at
    assert timedelta(hours=hours) == free.ends_at - free.starts_at
    assert 1 == free.billable_days(BERLIN)


@given(
    st.lists(st.tuples(st.integers(-40, 300), st.integers(1, 30), st.sampled_from(ClaimKind)), max_size=12),
    st.integers(0, 100),
    st.integers(1, 60),
)
def test_the_answer_is_free_and_nothing_earlier_is(spans, first, length):
    claims, at = [], -50
    for pause, long, kind in sorted(spans):
        at = max(at, pause)
        claims.append(claim(at, at + long, kind=kind))
        at += long
    wished = period(first, first + length)

    free = gap(wished, claims)

    assert not any(each.taken.in_the_way(just(free), NOW) for each in claims)
    assert wished.starts_at <= free.starts_at
    earlier = {wished.starts_at, NOW + timedelta(hours=24)} | {each.period.ends_at for each in claims}
    for start in (start for start in earlier if wished.starts_at <= start < free.starts_at):
        other = RentalPeriod(start, start + length * HOUR)
        assert any(each.taken.in_the_way(just(other), NOW) for each in claims)


def kept_for(kind):
    return WhyTaken.SERVICE if kind is ClaimKind.MOVEMENT else WhyTaken.RESERVED


@pytest.mark.parametrize("kind", sorted(set(ClaimKind) - {ClaimKind.BOOKING}))
def test_only_a_booking_is_ever_overdue(kind):
    over, booked = claim(-30, -1, kind=kind), claim(-30, -1)

    assert (False, True) == (over.taken.overdue(NOW), booked.taken.overdue(NOW))
    assert (kept_for(kind), WhyTaken.OVERDUE) == (over.why(NOW), booked.why(NOW))
    assert not over.taken.in_the_way(just(period(1, 2)), NOW)
    assert period(1, 2) == gap(period(1, 2), [over])
    assert obstacle_of(over, NOW, named=True) == Obstacle(kept_for(kind), just(period(-30, -1)))


@pytest.mark.parametrize("kind", sorted(set(ClaimKind) - {ClaimKind.BOOKING}))
def test_what_is_no_booking_is_in_the_way_while_it_lasts_and_names_nobody(kind):
    reserved = claim(5, 9, kind=kind)
    found = CarCalendar(make_car(1), period(0, 100), (obstacle_of(reserved, NOW, named=True),))

    blocked = blocked_by(found, just(period(8, 10)), BERLIN, NOW)

    assert (kept_for(kind), None, None) == (blocked.obstacle.why, blocked.obstacle.by, blocked.obstacle.booking_id)
    assert period(9, 11) == blocked.next_free
    assert blocked_by(found, just(period(9, 11)), BERLIN, NOW) is None
    assert blocked_by(found, just(period(10, 12)), BERLIN, NOW + 10 * HOUR) is None


def calendar(*busy, **car):
    ways = (Obstacle(WhyTaken.BOOKED, replace(just(each), out=each.starts_at <= NOW)) for each in busy)
    return CarCalendar(make_car(1, **car), period(0, 100), tuple(ways))


@pytest.mark.parametrize(
    ("busy", "more", "free"),
    [
        ([period(2, 11)], 0, period(11, 15)),
        ([period(2, 11), period(13, 20)], 1, period(20, 24)),
        ([period(13, 97)], 0, None),
    ],
)
def test_a_calendar_tells_what_is_in_the_way_and_what_it_cannot_see_it_does_not_promise(busy, more, free):
    blocked = blocked_by(calendar(*busy), just(period(10, 14)), BERLIN, NOW)

    assert (busy[0], more, free) == (blocked.obstacle.period, blocked.more, blocked.next_free)


def test_a_calendar_without_anything_in_the_way_blocks_nothing():
    assert blocked_by(calendar(period(2, 10), period(14, 20)), just(period(10, 14)), BERLIN, NOW) is None


def test_B8_an_overdue_rental_is_in_the_way_of_the_next_day_and_not_of_later_ones():
    late = calendar(period(-30, -1))

    assert period(-30, -1) == blocked_by(late, just(period(10, 14)), BERLIN, NOW).obstacle.period
    assert blocked_by(late, just(period(30, 34)), BERLIN, NOW) is None


def test_a_car_that_went_to_maintenance_is_blocked_by_it():
    assert (
        WhyTaken.MAINTENANCE
        is blocked_by(calendar(status=CarStatus.MAINTENANCE), just(period(1, 2)), BERLIN, NOW).obstacle.why
    )


@given(st.integers(0, 24 * 60), st.booleans(), st.sampled_from(BodyType), st.integers(0, 7 * 24 * 3600))
def test_a_car_is_ready_after_whole_minutes_and_never_before_its_turn(minutes, open_only, body, seconds):
    turn = TurnRound(minutes, (BodyTurn(BodyType.VAN, 30),))
    hours = replace(every_day("08:00", "18:00"), turn=turn, counts_only_open_hours=open_only)
    ends_at = NOW + timedelta(seconds=seconds)
    branch = Branch(BranchId("b"), "Mitte", "Berlin", "Street 1", "Europe/Berlin", hours)

    ready = readiness(branch, ends_at)
    whole = RentalPeriod(ends_at - HOUR, ends_at)

    assert timedelta(0) == (ready.of(body) - ends_at) % timedelta(minutes=1)
    assert timedelta(minutes=turn.minutes(body)) <= ready.of(body) - ends_at
    assert [body in bodies for bodies, _ in ready.stretches(whole)].count(True) == 1
    assert {bodies: each.free_at for bodies, each in ready.stretches(whole)} == {
        bodies: ready.of(bodies[0]) for bodies, _ in ready.stretches(whole)
    }
