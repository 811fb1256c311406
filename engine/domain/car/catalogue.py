"""What a person looks for, and what is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum, auto

from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car, Fuel, OwnerId, Transmission
from engine.domain.car.handing_over import fee_lines, fees_of_stay
from engine.domain.money.pricing import Quote, QuoteLine, quote
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import CurrencyMismatch, InvalidMoney, InvalidText
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import clean

#: Rows fetched at a time; more stalls the window.
PAGE_SIZE = 50


class CarOrder(StrEnum):
    PRICE = auto()
    PRICE_DOWN = auto()
    NEWEST = auto()
    NAME = auto()


_ONE: dict[str, type] = {"branch_id": str, "period": RentalPeriod, "order": CarOrder}
_SETS: dict[str, type] = {"brands": str, "bodies": BodyType, "fuels": Fuel, "transmissions": Transmission}


@dataclass(frozen=True, slots=True)
class CarWish:
    """A search. Empty sets and None mean "any".

    Attributes:
        max_daily_minor: Highest daily rate in minor units of the firm's currency.
        text: Any part of plate, brand and model.
    """

    branch_id: BranchId
    period: RentalPeriod
    brands: frozenset[str] = frozenset()
    bodies: frozenset[BodyType] = frozenset()
    fuels: frozenset[Fuel] = frozenset()
    transmissions: frozenset[Transmission] = frozenset()
    min_seats: int | None = None
    max_daily_minor: int | None = None
    order: CarOrder = CarOrder.PRICE
    text: str = ""

    def __post_init__(self) -> None:
        """What reaches a database filter is what its type says, never an object that a server would interpret (S9).

        Raises:
            InvalidText: A value of another type, named by its field.
        """
        for name, kind in _ONE.items():
            if not isinstance(getattr(self, name), kind):
                raise InvalidText(name, "field.kind", kind=kind.__name__)
        for name, kind in _SETS.items():
            values = getattr(self, name)
            if not isinstance(values, frozenset) or any(not isinstance(value, kind) for value in values):
                raise InvalidText(name, "field.set_of", kind=kind.__name__)
        clean("search", self.text, longest=100, required=False)
        for name in ("min_seats", "max_daily_minor"):
            value = getattr(self, name)
            if value is not None and type(value) is not int:
                raise InvalidText(name, "field.whole")


@dataclass(frozen=True, slots=True)
class Offer:
    """A free car with its price for the wished period."""

    car: Car
    quote: Quote


def offers_of(
    cars: Iterable[Car], period: RentalPeriod, branch: Branch, commission_bp: int
) -> tuple[tuple[Offer, ...], tuple[Damaged, ...]]:
    """*cars* with their prices, and those whose rate makes no price that can be charged for *period*.

    Raises:
        ClosedThen: Nobody hands out or takes back a car at *branch* then.
    """
    offers, damaged = list[Offer](), list[Damaged]()
    fees = fee_lines(fees_of_stay(branch, branch, period))
    for car in cars:
        try:
            offers.append(offer_of(car, period, branch, commission_bp, fees))
        except (InvalidMoney, CurrencyMismatch) as problem:
            damaged.append(Damaged("cars", car.id, f"daily_rate: {problem}"))
    return tuple(offers), tuple(damaged)


def offer_of(
    car: Car, period: RentalPeriod, branch: Branch, commission_bp: int, fees: Iterable[QuoteLine] = ()
) -> Offer:
    """*car* with its price for *period*, counted on the clock of *branch*, and *fees*."""
    price = quote(car.daily_rate, period, zone=branch.tzinfo, commission_bp=commission_bp, fees=fees)
    return Offer(car, price)


@dataclass(frozen=True, slots=True)
class CarsFound:
    """One page of free cars as they are stored.

    Attributes:
        total: All there are, ``damaged`` ones counted.
        slip: Nothing at the branch is spelt as typed; these differ from it by one sign.
    """

    cars: tuple[Car, ...]
    total: int
    damaged: tuple[Damaged, ...] = ()
    slip: bool = False


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Attributes: ``total`` counts all free cars of the wish, ``offers`` and ``damaged`` are those from ``offset`` on.

    ``damaged`` ones cannot be read, or their rate makes no price for these days; nobody can book them. ``slip`` as for
    ``CarsFound``.
    """

    offers: tuple[Offer, ...]
    offset: int
    total: int
    damaged: tuple[Damaged, ...] = ()
    slip: bool = False

    @property
    def rows(self) -> int:
        """How many of the page there are."""
        return len(self.offers) + len(self.damaged)


@dataclass(frozen=True, slots=True)
class CarsAmong:
    """Which cars are looked through. Attributes: ``owner_id`` None is any owner's; ``rentable`` only those for rent."""

    owner_id: OwnerId | None = None
    rentable: bool = False


@dataclass(frozen=True, slots=True)
class CarsSought:
    """The first cars that a text finds, in their order.

    Attributes:
        total: All there are, up to ``listing.COUNT_CAP``.
        slip: Nothing is spelt as typed; these differ from it by one sign.
    """

    rows: tuple[Car | Damaged, ...] = ()
    total: int = 0
    slip: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """What a branch has at all, for the filter boxes.

    Attributes:
        daily_minor: Lowest and highest daily rate, minor units; (0, 0) for an empty branch.
    """

    brands: tuple[str, ...] = ()
    bodies: tuple[BodyType, ...] = ()
    fuels: tuple[Fuel, ...] = ()
    transmissions: tuple[Transmission, ...] = ()
    seats: tuple[int, ...] = ()
    daily_minor: tuple[int, int] = (0, 0)
    currency: str = field(default="EUR")
