"""What ``drivesphere restored`` tells of the payments that wait, and what it refuses before it begins."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from engine.commands.restored_payments import _tell, restored
from engine.domain.booking.booking import BookingId
from engine.domain.booking.restored import RestoredPayment
from engine.domain.money.money import Money
from engine.domain.money.payment import Stay
from engine.domain.shared.period import RentalPeriod

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
STAY = Stay("car-1", RentalPeriod(AT, AT + timedelta(days=2)), Money(50_00, "EUR"))


def payment(**changes):
    told = {"stay": STAY, "found_at": AT, "claimed": True} | changes
    return RestoredPayment("pi_1", "cs_1", BookingId("B1"), 1, Money(100_00, "EUR"), AT, **told)


def test_each_payment_is_told_with_its_car_and_both_ways_out(capsys):
    _tell([payment(), payment(claimed=False), payment(stay=None, claimed=False)], as_json=False)

    told = capsys.readouterr().out
    assert "car-1 from 2027-01-04" in told
    assert "its car is kept" in told
    assert "NOT kept" in told
    assert "nobody knows what for" in told
    assert "--give-back" in told
    assert "--book" in told


def test_as_json_it_is_one_object(capsys):
    _tell([payment()], as_json=True)

    (row,) = json.loads(capsys.readouterr().out)["waiting"]
    assert ("pi_1", "B1", "car-1", True) == (row["payment"], row["booking"], row["car"], row["claimed"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--book", "pi_1"],
        ["--renter", "r"],
        ["--give-back", "pi_1"],
        ["--reason", "nobody came"],
        ["--book", "pi_1", "--renter", "r", "--give-back", "pi_1", "--reason", "nobody came"],
    ],
)
def test_half_a_decision_or_two_at_once_are_refused(arguments):
    result = CliRunner().invoke(restored, arguments)

    assert 2 == result.exit_code
    assert "--give-back PAYMENT" in result.output
