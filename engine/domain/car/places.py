"""Where a car will stand: each claim on it begins at one branch and ends at one, and they follow each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.domain.car.car import BranchId
from engine.domain.shared.errors import RuleBroken


class NotHere(RuleBroken):
    """The car will stand elsewhere by then, or is promised at another branch next.

    Attributes: ``branch_id`` is where it will stand at the pick-up.
    """

    code = "car.not_here"

    def __init__(self, car_id: str, branch_id: str) -> None:
        super().__init__(f"car {car_id} will stand at {branch_id}")
        self.car_id, self.branch_id = car_id, branch_id


@dataclass(frozen=True, slots=True)
class Leg:
    """What a claim does to the place of its car.

    Attributes:
        start_id: The branch where the car is taken; ``end_id`` the one where it is left.
    """

    starts_at: datetime
    start_id: BranchId
    end_id: BranchId


def place_at(stands: BranchId, legs: Iterable[Leg], at: datetime) -> BranchId:
    """Where the car is left by what it is claimed for before *at*; it *stands* at a branch now, or stood last."""
    before = [leg for leg in legs if leg.starts_at < at]
    return max(before, key=lambda leg: leg.starts_at).end_id if before else stands


def fits(wished: Leg, stands: BranchId, legs: Iterable[Leg]) -> bool:
    """Whether the car will stand where *wished* begins, and is where it has to be for whatever comes next.

    Where somebody has to bring the car for the next one already, it may be left where it would have been fetched.
    """
    others = list(legs)
    here = place_at(stands, others, wished.starts_at)
    if here != wished.start_id:
        return False
    after = [leg for leg in others if leg.starts_at >= wished.starts_at]
    if not after:
        return True
    fetched = min(after, key=lambda leg: leg.starts_at).start_id
    return wished.end_id in (fetched, here) if here != fetched else wished.end_id == here
