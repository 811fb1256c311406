"""What a payment tells of the rental it is for comes back as it was, and names nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from view_builders import make_booking

from engine.domain.booking import frozen
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import PageOrder, Stay
from engine.domain.shared.period import RentalPeriod

SECONDS = st.integers(0, 3 * 10**9)


def order(stay, **changes):
    values = {"booking_id": "B1", "attempt": 2, "amount": stay.rate, "title": "Golf", "renter_email": "ada@example.org"}
    values |= {"expires_at": datetime(2027, 1, 1, tzinfo=UTC), "return_url": "", "stay": stay}
    return PageOrder(**values | changes)


@given(SECONDS, st.integers(1, 100_000), st.integers(1, 10**9), st.text(min_size=1, max_size=60))
def test_the_stay_comes_back_from_the_tags(start, minutes, rate, car):
    begins = datetime.fromtimestamp(start, UTC)
    stay = Stay(car, RentalPeriod(begins, begins + timedelta(minutes=minutes)), Money(rate, "EUR"))

    assert stay == frozen.stay_of(frozen.TAG_SETS[2](order(stay)))


@given(st.dictionaries(st.sampled_from(["car", "from", "to", "rate", "price", "booking"]), st.text(max_size=30)))
def test_tags_of_any_other_kind_tell_nothing(tags):
    assert frozen.stay_of(tags) is None


def test_no_person_is_in_the_tags_and_the_older_set_is_still_known():
    booking = make_booking(1, BookingState.HELD)
    made = order(Stay(booking.car_id, booking.period, booking.quote.lines[0].unit), booking_id=booking.id)
    tags = frozen.TAG_SETS[2](made)

    assert {"booking", "attempt", "car", "from", "to", "rate", "price"} == tags.keys()
    assert booking.renter_name not in str(tags)
    assert "@" not in str(tags)
    assert 1 == frozen.version_of(made, frozen.freeze(made, 1))
    assert 2 == frozen.version_of(made, frozen.freeze(made))
