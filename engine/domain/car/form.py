"""What a person may say of a car, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, Car, CarId, CarStatus, Fuel, OwnerId, Transmission
from engine.domain.car.plates import must_tell_district, shown_plate
from engine.domain.firm.audit import Facts
from engine.domain.money.charging import Uncharged, least, most, why_not
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

OLDEST_YEAR = 1950
MOST_SEATS = 60
MOST_KM = 2_000_000
_LAST_YEAR = 9999
_SILVER = "#b4bbc5"

_COUNTRY = re.compile(r"[A-Z]{2}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class CarForm:
    """What a person says of a car. Status, owner and pictures have ways of their own.

    Attributes:
        country: Where it is registered, ISO 3166; empty for the country of its branch.
    """

    plate: str
    brand: str
    model: str
    year: int
    body: BodyType
    colour: str
    fuel: Fuel
    transmission: Transmission
    seats: int
    odometer_km: int
    daily_rate: Money
    branch_id: BranchId
    country: str = ""

    @classmethod
    def of(cls, car: Car) -> CarForm:
        return cls(**{name: getattr(car, name) for name in cls.__slots__})

    def on(self, car: Car) -> Car:
        """*car* as this form says it is."""
        return replace(car, **{name: getattr(self, name) for name in self.__slots__})

    def new(self, car_id: CarId, owner_id: OwnerId) -> Car:
        """The car that this form tells of, for rent at once. Field by field, so that mypy misses one that is new."""
        return Car(
            id=car_id,
            plate=self.plate,
            brand=self.brand,
            model=self.model,
            year=self.year,
            body=self.body,
            colour=self.colour,
            fuel=self.fuel,
            transmission=self.transmission,
            seats=self.seats,
            odometer_km=self.odometer_km,
            daily_rate=self.daily_rate,
            status=CarStatus.ACTIVE,
            owner_id=owner_id,
            branch_id=self.branch_id,
            country=self.country,
        )


@dataclass(frozen=True, slots=True)
class CarRules:
    """What depends on the day and the firm.

    Attributes:
        branches: Those that there are.
        countries: Branch -> ISO 3166 of the country that it lies in, where that is known.
    """

    this_year: int
    currency: str
    branches: frozenset[BranchId]
    countries: Mapping[BranchId, str] = field(default_factory=dict)

    def registered(self, form: CarForm) -> str:
        told = form.country or next((code for branch, code in self.countries.items() if branch == form.branch_id), "")
        return told if isinstance(told, str) else ""


def blank_form(rules: CarRules, home: BranchId) -> CarForm:
    """A new car's, at the branch *home*."""
    return CarForm(
        plate="",
        brand="",
        model="",
        year=rules.this_year,
        body=BodyType.HATCHBACK,
        colour=_SILVER,
        fuel=Fuel.PETROL,
        transmission=Transmission.MANUAL,
        seats=5,
        odometer_km=0,
        daily_rate=Money(0, rules.currency),
        branch_id=home,
    )


def mistakes(form: CarForm, rules: CarRules) -> dict[str, InvalidText]:
    """Every field that cannot stay as it is, with its reason, in the order of the form."""
    found = {}
    for name, check in _CHECKS.items():
        try:
            check(form, rules)
        except InvalidText as problem:
            found[name] = problem
    return found


def checked(form: CarForm, rules: CarRules) -> CarForm:
    """*form* with its texts trimmed, its plate in capitals and its colour in small letters.

    Raises:
        InvalidText: The first field that is wrong, by its name.
    """
    for problem in mistakes(form, rules).values():
        raise problem
    return replace(
        form,
        plate=shown_plate(form.plate),
        country=rules.registered(form),
        brand=clean("brand", form.brand, longest=60),
        model=clean("model", form.model, longest=60),
        colour=form.colour.lower(),
    )


def reason_for(before_km: int, after_km: int, reason: str) -> str:
    """Why an odometer goes back; empty where it does not.

    Raises:
        InvalidText: It goes back and nobody says why.
    """
    if after_km >= before_km:
        return ""
    told = clean("reason", reason, longest=200, required=False)
    if not told:
        raise InvalidText("reason", "field.odometer", before=before_km)
    return told


def facts_of(car: Car) -> Facts:
    """*car* in words, for the audit."""
    told = {name: str(getattr(car, name)) for name in (*CarForm.__slots__, "status", "owner_id")}
    return {
        **told,
        "daily_rate": f"{_plain(car.daily_rate)} {car.daily_rate.currency}",
        "photos": " ".join(car.image_ids),
    }


def _plain(money: Money) -> str:
    units, rest = divmod(money.minor, 10**money.exponent)
    return f"{units}.{rest:0{money.exponent}d}" if money.exponent else str(units)


def _example(rate: Money) -> Money:
    """An amount that people may pay with: the whole one below 49.50 where that is none."""
    usual = Money(49_50 * 10 ** max(rate.exponent, 2) // 100, rate.currency)
    return usual if why_not(usual) is None else Money(49 * 10**rate.exponent, rate.currency)


def _whole(name: str, value: object, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        # A year is written without a comma.
        low, high = (f"{least:,}", f"{most:,}") if most > _LAST_YEAR else (str(least), str(most))
        raise InvalidText(name, "field.between", least=low, most=high)


def _known(name: str, value: object, kind: type[StrEnum]) -> None:
    if not isinstance(value, kind):
        raise InvalidText(name, "field.not_listed")


def _colour(form: CarForm) -> None:
    if not isinstance(form.colour, str) or not _COLOUR.fullmatch(form.colour.lower()):
        raise InvalidText("colour", "field.colour")


def _plate(form: CarForm, rules: CarRules) -> None:
    must_tell_district(shown_plate(form.plate), rules.registered(form))


def _country(form: CarForm) -> None:
    if not isinstance(form.country, str) or (form.country and not _COUNTRY.fullmatch(form.country)):
        raise InvalidText("country", "field.not_listed")


def _rate(form: CarForm, rules: CarRules) -> None:
    rate = form.daily_rate
    if not isinstance(rate, Money) or rate.currency != rules.currency:
        raise InvalidText("daily_rate", "field.in_currency", currency=rules.currency)
    match why_not(rate):
        case None:
            return
        case Uncharged.CURRENCY:
            raise InvalidText("daily_rate", "field.rate_currency")
        case Uncharged.TOO_LITTLE:
            raise InvalidText("daily_rate", "field.rate_low", least=_plain(least(rate.currency)))
        case Uncharged.TOO_MUCH:
            raise InvalidText("daily_rate", "field.rate_high", most=_plain(most(rate.currency)))
        case Uncharged.FRACTION:
            raise InvalidText("daily_rate", "field.rate_fraction", example=_plain(_example(rate)))


def _branch(form: CarForm, rules: CarRules) -> None:
    if not isinstance(form.branch_id, str) or form.branch_id not in rules.branches:
        raise InvalidText("branch_id", "field.no_branch")


#: Field -> its check, in the order in which the form shows them.
_CHECKS: MappingProxyType[str, Callable[[CarForm, CarRules], object]] = MappingProxyType(
    {
        "country": lambda form, _: _country(form),
        "plate": _plate,
        "brand": lambda form, _: clean("brand", form.brand, longest=60),
        "model": lambda form, _: clean("model", form.model, longest=60),
        "year": lambda form, rules: _whole("year", form.year, OLDEST_YEAR, rules.this_year + 1),
        "body": lambda form, _: _known("body", form.body, BodyType),
        "colour": lambda form, _: _colour(form),
        "fuel": lambda form, _: _known("fuel", form.fuel, Fuel),
        "transmission": lambda form, _: _known("transmission", form.transmission, Transmission),
        "seats": lambda form, _: _whole("seats", form.seats, 1, MOST_SEATS),
        "odometer_km": lambda form, _: _whole("odometer_km", form.odometer_km, 0, MOST_KM),
        "daily_rate": _rate,
        "branch_id": _branch,
    }
)
