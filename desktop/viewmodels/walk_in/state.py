"""What is drawn of a walk-in line, and what Enter makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.domain.car.car import Branch, BranchId
from engine.domain.car.catalogue import Offer
from engine.domain.counter.chips import (
    Chip,
    ChipKind,
    LineRead,
    PaidBy,
    PickUpAt,
    Rents,
    RentsNew,
    ReturnTo,
    Said,
    Stay,
)
from engine.domain.counter.known import Known
from engine.domain.counter.line_words import PaidWith
from engine.domain.money.tender import Tender
from engine.domain.people.people import Renter, RenterId
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

#: A line says it, and nothing of ours carries it out yet.
_NOT_YET = frozenset({ChipKind.EXTRA, ChipKind.COVER, ChipKind.DEPOSIT, ChipKind.DISCOUNT})
_TENDERS = {
    PaidWith.CASH: Tender.CASH,
    PaidWith.TERMINAL: Tender.TERMINAL,
    PaidWith.BANK: Tender.BANK,
    PaidWith.CHECKOUT: Tender.CHECKOUT,
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What came of looking for the car.

    Attributes:
        offer: The cheapest one that is free; None where none is.
        next_free: Where none is, the earliest time one of them is.
        problem: Why none can be had then at all, or it could not be asked.
    """

    period: RentalPeriod
    branch: Branch
    offer: Offer | None = None
    next_free: RentalPeriod | None = None
    problem: DriveSphereError | None = None


@dataclass(frozen=True, slots=True)
class WalkIn:
    """A line that is to be booked.

    Attributes:
        renter: None is somebody new, who is called ``name``.
        pays: CASH and the like are paid at the counter; ``takes_now``: its money is asked for next.
    """

    offer: Offer
    period: RentalPeriod
    branch: Branch
    renter: Renter | None
    name: str
    pays: Tender
    takes_now: bool


@dataclass(frozen=True, slots=True)
class LineState:
    """Everything there is to draw.

    Attributes:
        read: What was made of the text, or of an earlier one; None before anything was.
        known: What it was read with.
        renters: Those among them.
        settled: Nothing more is asked about this text.
        left_out: Words of what is not sold yet, that somebody said to go on without.
        sought: None while no car and no times are said.
        drawer_open: Cash is taken at this branch now.
        problem: Why names did not come.
    """

    text: str = ""
    read: LineRead | None = None
    known: Known | None = None
    renters: Mapping[RenterId, Renter] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    home: BranchId | None = None
    settled: bool = True
    left_out: frozenset[str] = frozenset()
    sought: Sought | None = None
    drawer_open: bool = False
    problem: DriveSphereError | None = None

    @property
    def chips(self) -> tuple[Chip, ...]:
        """Without those that say nothing."""
        return tuple(chip for chip in self.read.chips if chip.kind is not ChipKind.FILLER) if self.read else ()

    @property
    def branch(self) -> Branch | None:
        """Where the car is picked up."""
        at = next((each.branch_id for each in self._said() if isinstance(each, PickUpAt)), self.home)
        return next((branch for branch in self.branches if branch.id == at), None)

    @property
    def period(self) -> RentalPeriod | None:
        """None while its return is not said."""
        stay = next((each for each in self._said() if isinstance(each, Stay)), None)
        return RentalPeriod.between(stay.out, stay.back) if stay is not None and stay.back is not None else None

    @property
    def renter(self) -> Renter | None:
        said = next((each for each in self._said() if isinstance(each, Rents)), None)
        return self.renters.get(said.renter_id) if said is not None else None

    @property
    def new_name(self) -> str:
        return next((each.name for each in self._said() if isinstance(each, RentsNew)), "")

    @property
    def pays(self) -> Tender:
        """A page where nothing is said."""
        said = next((each.tender for each in self._said() if isinstance(each, PaidBy)), PaidWith.CHECKOUT)
        return _TENDERS.get(said, Tender.CHECKOUT)

    @property
    def in_the_way(self) -> Chip | None:
        """The first chip that somebody has to look at."""
        return next((chip for chip in self.chips if not chip.sure or self.asks_to_go_on(chip)), None)

    def not_sold(self, chip: Chip) -> bool:
        """Whether it says what cannot be booked here yet."""
        if not chip.sure:
            return False
        if isinstance(chip.said, PaidBy):
            return chip.said.tender not in _TENDERS
        if isinstance(chip.said, ReturnTo):
            return self.branch is not None and chip.said.branch_id != self.branch.id
        return chip.kind in _NOT_YET

    def asks_to_go_on(self, chip: Chip) -> bool:
        return self.not_sold(chip) and chip.words not in self.left_out

    def choices(self, chip: Chip) -> tuple[Said | None, ...]:
        """What it may be meant for; None is going on without it."""
        return (None,) if self.asks_to_go_on(chip) else chip.candidates

    def walk_in(self) -> WalkIn | None:
        """What Enter books; None while something is missing, doubtful, or no car is free."""
        read, sought = self.read, self.sought
        if read is None or sought is None or sought.offer is None or self.in_the_way is not None or read.missing():
            return None
        if self.renter is None and not self.new_name:
            return None
        takes = self.pays is Tender.TERMINAL or (self.pays is Tender.CASH and self.drawer_open)
        return WalkIn(
            sought.offer, sought.period, sought.branch, self.renter, self.new_name, self.pays, takes_now=takes
        )

    def _said(self) -> tuple[Said, ...]:
        return tuple(chip.said for chip in self.chips if chip.said is not None and chip.sure)


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
