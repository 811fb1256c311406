from datetime import UTC, datetime, timedelta

import pytest

from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel
from engine.domain.car.catalogue import CarWish
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.period import RentalPeriod

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAIN = {"branch_id": "br1", "period": RentalPeriod(NOON, NOON + timedelta(days=1))}
OPERATOR = {"$gt": ""}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("branch_id", OPERATOR),
        ("branch_id", None),
        ("period", (NOON, NOON)),
        ("brands", frozenset({1})),
        ("brands", OPERATOR),
        ("brands", "BMW"),
        ("bodies", frozenset({"suv"})),
        ("fuels", frozenset({BodyType.SUV})),
        ("transmissions", ["manual"]),
        ("min_seats", OPERATOR),
        ("min_seats", "5"),
        ("min_seats", True),
        ("max_daily_minor", 49.5),
        ("max_daily_minor", float("inf")),
        ("order", "price"),
        ("order", OPERATOR),
    ],
    ids=str,
)
def test_S9_a_wish_holds_values_of_its_types_only(field, value):
    with pytest.raises(InvalidText) as caught:
        CarWish(**PLAIN | {field: value})

    assert field == caught.value.field


def test_S9_an_operator_spelled_as_text_is_text():
    wish = CarWish(**PLAIN | {"brands": frozenset({'{"$gt": ""}', ".*"})})

    assert {'{"$gt": ""}', ".*"} == wish.brands


def test_a_full_wish_is_taken():
    CarWish(
        **PLAIN,
        brands=frozenset({"Citroën"}),
        bodies=frozenset({BodyType.SUV}),
        fuels=frozenset({Fuel.HYBRID}),
        min_seats=4,
        max_daily_minor=80_00,
    )
