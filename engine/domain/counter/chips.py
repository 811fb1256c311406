"""What a walk-in line was read as, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum, auto

from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, CarId
from engine.domain.counter.line_words import PaidWith
from engine.domain.money.money import Money
from engine.domain.people.people import RenterId


class ChipKind(StrEnum):
    """What a chip is about."""

    BODY = auto()
    CAR_CLASS = auto()
    MODEL = auto()
    PLATE = auto()
    TIMES = auto()
    RENTER = auto()
    PICK_UP = auto()
    RETURN_TO = auto()
    EXTRA = auto()
    COVER = auto()
    DEPOSIT = auto()
    TENDER = auto()
    DISCOUNT = auto()
    FILLER = auto()  #: says nothing, and is nobody's question
    UNKNOWN = auto()


class ChipState(StrEnum):
    """How sure the reading is."""

    CERTAIN = auto()
    AMBIGUOUS = auto()  #: somebody chooses from the candidates, also where there is one
    NOT_READ = auto()


class WhyNot(StrEnum):
    """Why a word is not read."""

    UNKNOWN = auto()
    TWICE = auto()  #: another word says something else of the same
    PAST = auto()
    REVERSED = auto()  #: the return is not after the pick-up
    TOO_LONG = auto()  #: the line, or the rental
    TIMES = auto()  #: these words of time make no pick-up and return
    NO_REASON = auto()  #: a discount without one
    TURNED = auto()  #: the line shows itself in another order than it has


@dataclass(frozen=True, slots=True)
class OfBody:
    body: BodyType


@dataclass(frozen=True, slots=True)
class OfClass:
    id: str


@dataclass(frozen=True, slots=True)
class OfModel:
    brand: str
    model: str


@dataclass(frozen=True, slots=True)
class OfPlate:
    car_id: CarId


@dataclass(frozen=True, slots=True)
class Stay:
    """Pick-up and return (UTC). Attributes: ``back`` None is not said yet."""

    out: datetime
    back: datetime | None


@dataclass(frozen=True, slots=True)
class Rents:
    renter_id: RenterId


@dataclass(frozen=True, slots=True)
class RentsNew:
    """Somebody the firm does not know. Attributes: ``name`` as it was typed."""

    name: str


@dataclass(frozen=True, slots=True)
class PickUpAt:
    branch_id: BranchId


@dataclass(frozen=True, slots=True)
class ReturnTo:
    branch_id: BranchId


@dataclass(frozen=True, slots=True)
class WithExtra:
    id: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class WithCover:
    id: str


@dataclass(frozen=True, slots=True)
class WithDeposit:
    amount: Money


@dataclass(frozen=True, slots=True)
class PaidBy:
    tender: PaidWith


@dataclass(frozen=True, slots=True)
class Discount:
    """Attributes: ``basis_points`` are hundredths of a per cent."""

    basis_points: int
    reason: str = ""


Said = (
    OfBody | OfClass | OfModel | OfPlate | Stay | Rents | RentsNew | PickUpAt | ReturnTo
    | WithExtra | WithCover | WithDeposit | PaidBy | Discount
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, in characters of the line."""

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Chip:
    """Words of the line that belong together.

    Attributes:
        spans: In order; more than one where others stand between them.
        words: As they are typed, with single spaces.
        said: What a certain one was read as.
        candidates: Of an ambiguous one; of one that is not read what it may be meant for, if anything.
    """

    kind: ChipKind
    state: ChipState
    spans: tuple[Span, ...]
    words: str
    said: Said | None = None
    candidates: tuple[Said, ...] = ()
    why: WhyNot | None = None

    @property
    def sure(self) -> bool:
        return self.state is ChipState.CERTAIN


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose for *words*, as a chip had them."""

    words: str
    said: Said


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line and what was made of it.

    Attributes:
        zone: Whose clock its days and times were read on: that of the pick-up.
        chips: In the order of the line; every visible sign of it belongs to exactly one.
    """

    text: str
    zone: tzinfo
    chips: tuple[Chip, ...] = ()

    @property
    def in_the_way(self) -> Chip | None:
        """The first chip that Enter cannot pass by: its words are to be named."""
        return next((chip for chip in self.chips if not chip.sure), None)

    def missing(self) -> tuple[ChipKind, ...]:
        """What a walk-in cannot do without and no word tells: a car, a return, a renter. Of cars ``MODEL`` is told."""
        kinds = {chip.kind for chip in self.chips}
        car = kinds & {ChipKind.BODY, ChipKind.CAR_CLASS, ChipKind.MODEL, ChipKind.PLATE}
        returns = any(isinstance(chip.said, Stay) and chip.said.back is not None for chip in self.chips)
        told = {ChipKind.MODEL: bool(car), ChipKind.TIMES: returns, ChipKind.RENTER: ChipKind.RENTER in kinds}
        return tuple(kind for kind, is_told in told.items() if not is_told)

    @property
    def ready(self) -> bool:
        """Whether Enter may book: all is read, and nothing is missing."""
        return bool(self.chips) and self.in_the_way is None and not self.missing()
