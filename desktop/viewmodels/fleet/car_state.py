"""What the panel of one car shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from desktop.viewmodels.fleet.photo_files import NewPhoto, Refused
from engine.domain.car.car import Branch, Car, CarStatus, OwnerId
from engine.domain.car.fleet import Outlook
from engine.domain.car.form import CarForm, CarRules, mistakes, reason_for
from engine.domain.money.money import Money
from engine.domain.shared.errors import DriveSphereError, InvalidText, PlateTaken


class FleetCarStage(Enum):
    CLOSED = auto()
    SHOWN = auto()
    FILLED_IN = auto()
    """The form is open, for ``car`` or for a new one."""
    ASKED = auto()
    """A change of status waits for the person, who is told what counts on the car."""


@dataclass(frozen=True, slots=True)
class FleetCarState:
    """Everything there is to draw.

    Attributes:
        car: As it was shown; None for a new one.
        outlook: What the car is promised for; None until that is known.
        begun: The form before the person changed anything in it.
        touched: Fields the person has been in: only those are told of their mistakes before the first try to save.
        photos: In their order; an id of a stored one, or a new one.
        refused: Files of the last choice that are no photos.
        taken_off: The photos as they were before one was taken off; none once they were changed otherwise.
        wanted: The status that waits for a yes, with ``stage`` ASKED.
        any_owner: The account runs the cars of all owners, so a new car's owner has to be chosen.
    """

    stage: FleetCarStage = FleetCarStage.CLOSED
    car: Car | None = None
    outlook: Outlook | None = None
    form: CarForm | None = None
    begun: CarForm | None = None
    reason: str = ""
    rules: CarRules | None = None
    branches: tuple[Branch, ...] = ()
    touched: frozenset[str] = frozenset()
    tried: bool = False
    photos: tuple[str | NewPhoto, ...] = ()
    refused: tuple[Refused, ...] = ()
    taken_off: tuple[str | NewPhoto, ...] = ()
    wanted: CarStatus | None = None
    any_owner: bool = False
    owner_id: OwnerId | None = None
    busy: bool = False
    problem: DriveSphereError | None = None

    @property
    def mistakes(self) -> dict[str, InvalidText]:
        """Every field that cannot stay as it is."""
        if self.form is None or self.rules is None:
            return {}
        found = mistakes(self.form, self.rules)
        if self.car is None and self.any_owner and self.owner_id is None:
            found["owner"] = InvalidText("owner", "field.not_chosen")
        if self.goes_back and self.car is not None:
            try:
                reason_for(self.car.odometer_km, self.form.odometer_km, self.reason)
            except InvalidText as problem:
                found["reason"] = problem
        return found

    @property
    def told(self) -> dict[str, DriveSphereError]:
        """The mistakes to show now; one that the engine found counts too."""
        mistakes = self.mistakes.items()
        found: dict[str, DriveSphereError] = {
            name: each for name, each in mistakes if self.tried or name in self.touched
        }
        if self.problem is not None and self.field_at_fault:
            found.setdefault(self.field_at_fault, self.problem)
        return found

    @property
    def field_at_fault(self) -> str:
        """The field that the engine's refusal is about; empty if it is about none."""
        if isinstance(self.problem, InvalidText):
            return self.problem.field
        return "plate" if isinstance(self.problem, PlateTaken) else ""

    @property
    def goes_back(self) -> bool:
        """Whether the odometer is to show less than before."""
        return self.car is not None and self.form is not None and self.form.odometer_km < self.car.odometer_km

    @property
    def leaves_bookings(self) -> int:
        """Bookings whose pick-up stays at the old branch."""
        away = self.car is not None and self.form is not None and self.form.branch_id != self.car.branch_id
        return len(self.outlook.seen) if away and self.outlook is not None else 0

    @property
    def loses_photos(self) -> int:
        """Stored photos that are gone for good once this is saved."""
        return len(set(self.car.image_ids) - set(self.photos)) if self.car is not None else 0

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose what the person did."""
        if self.stage is not FleetCarStage.FILLED_IN or self.form is None:
            return False
        return self.form != self.begun or self.photos != (self.car.image_ids if self.car else ())


def form_of(car: Car, rules: CarRules | None) -> CarForm:
    """*car* to be filled in; a rate in a currency that the firm has given up is asked for anew."""
    form = CarForm.of(car)
    if rules is None or rules.currency == car.daily_rate.currency:
        return form
    return replace(form, daily_rate=Money(0, rules.currency))


@dataclass(frozen=True, slots=True)
class Saved:
    """A change that was made. Attributes: ``before`` is None for a new car; ``undoable`` without losing anything."""

    before: Car | None
    after: Car
    undoable: bool
