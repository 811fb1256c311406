"""The demo firm's branches and cars."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from engine.domain.agreement.fees import RentalFees
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, Fuel, OwnerId, Transmission
from engine.domain.car.opening_hours import every_day
from engine.domain.money.money import Money
from engine.domain.papers.branch_codes import proposed_code
from engine.domain.shared.sought import joined
from engine.embedded.demo_people import owner_deck
from engine.embedded.demo_tables import dice, rows

CARS = 240
CURRENCY = "EUR"
#: What is charged beyond a rental.
FEES = RentalFees(
    CURRENCY,
    late_hour=12_00,
    late_day=60_00,
    free_km=200,
    km=25,
    eighth=12_00,
    percent=60,
    cleaning=45_00,
    no_show=50_00,
    one_way=80_00,
)
_MAINTENANCE, _RETIRED = 7, 2
_OLDEST = 6  # years
_COLOURS = (
    "#f2f2ef",
    "#1f2124",
    "#6d737a",
    "#b9bdc1",
    "#274c77",
    "#8c2f2b",
    "#3f5f4c",
    "#c9b48a",
    "#4d7ea8",
    "#d98032",
)
_LATIN = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CONSONANTS = "BCDFGHJKLMNPRSTVWXYZ"
_GREEK = "ABEZHIKMNOPTYX"  # the letters that look the same in both alphabets
_NOT_ISSUED = ("SS", "SA", "HJ", "KZ", "NS")  # German offices refuse these pairs

#: How a country paints plates: L a Latin letter, C a consonant, G a letter of both alphabets, 9 a digit, y the year.
_PLATES = MappingProxyType(
    {"DE": "B-LL 9999", "PT": "LL-99-LL", "FI": "CCC-999", "ES": "9999 CCC", "GR": "GGG-9999", "IE": "y2-D-99999"}
)
_SIGNS = MappingProxyType({"L": _LATIN, "C": _CONSONANTS, "G": _GREEK, "9": "123456789"})


@dataclass(frozen=True, slots=True)
class DemoBranch:
    """A branch with what only the demo knows of it.

    Attributes:
        season: Demand in each month, January first; 1.0 is an average month.
    """

    branch: Branch
    country: str
    season: tuple[float, ...]


def branches() -> tuple[DemoBranch, ...]:
    return tuple(
        DemoBranch(
            Branch(
                BranchId(row["id"]),
                row["name"],
                row["city"],
                row["address"],
                row["zone"],
                every_day(row["opens"], row["closes"]),
                code=proposed_code(row["city"], ()),
                code_confirmed=True,
            ),
            row["country"],
            tuple(int(percent) / 100 for percent in row["season"].split()),
        )
        for row in rows("branches")
    )


def cars(seed: int, homes: tuple[DemoBranch, ...], this_year: int) -> tuple[Car, ...]:
    """The fleet: cheap models more often than dear ones, every branch with the same number of cars."""
    rng = dice(seed, "fleet")
    models, owners = rows("models"), owner_deck()
    rng.shuffle(owners)
    drawn = rng.choices(models, [1 / int(model["rate"]) for model in models], k=CARS - len(models)) + models
    rng.shuffle(drawn)
    idle = rng.sample(range(CARS), _MAINTENANCE + _RETIRED)
    status = dict.fromkeys(idle[:_MAINTENANCE], CarStatus.MAINTENANCE) | dict.fromkeys(
        idle[_MAINTENANCE:], CarStatus.RETIRED
    )
    yard = _Yard(rng, this_year, set())
    return tuple(
        yard.car(n, model, homes[n % len(homes)], owners[n], status.get(n, CarStatus.ACTIVE))
        for n, model in enumerate(drawn)
    )


@dataclass(frozen=True, slots=True)
class _Yard:
    """What all cars are drawn with."""

    rng: Random
    this_year: int
    taken: set[str]

    def car(self, n: int, model: dict[str, str], home: DemoBranch, owner: OwnerId, status: CarStatus) -> Car:
        rng = self.rng
        age = _OLDEST if status is CarStatus.RETIRED else int(rng.random() ** 0.9 * (_OLDEST + 1))
        fuel = Fuel(rng.choice(model["fuels"].split()))
        gears = "automatic" if fuel in (Fuel.ELECTRIC, Fuel.HYBRID) else rng.choice(model["gears"].split())
        return Car(
            id=CarId(f"ca-{n + 1:03d}"),
            plate=self.plate(home.country, self.this_year - age),
            brand=model["brand"],
            model=model["model"],
            year=self.this_year - age,
            body=BodyType(model["body"]),
            colour=rng.choice(_COLOURS),
            fuel=fuel,
            transmission=Transmission(gears),
            seats=int(model["seats"]),
            odometer_km=age * rng.randrange(14_000, 26_000) + rng.randrange(900, 9_000),
            daily_rate=Money(100 * (int(model["rate"]) + rng.randrange(-2, 4)), CURRENCY),
            status=status,
            owner_id=owner,
            branch_id=home.branch.id,
            country=home.branch.country,
        )

    def plate(self, country: str, year: int) -> str:
        while True:
            signs = (self.rng.choice(_SIGNS[sign]) if sign in _SIGNS else sign for sign in _PLATES[country])
            plate = "".join(signs).replace("y", f"{year % 100:02d}")
            key = joined(plate)
            if key not in self.taken and not any(word in plate for word in _NOT_ISSUED):
                self.taken.add(key)
                return plate
