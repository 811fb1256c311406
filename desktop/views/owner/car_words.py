"""What the panel of a car asks and offers."""

from __future__ import annotations

from types import MappingProxyType

from desktop.dialogs import Question
from desktop.viewmodels.owner.car_state import CarState, Stage
from engine.domain.car import CarStatus

LOSE = Question(
    "Leave without saving?",
    "What you filled in for this car is not saved yet.",
    "Leave, lose the changes",
    "Go on editing",
    grave=True,
)
ASK = MappingProxyType({CarStatus.MAINTENANCE: "Send to maintenance", CarStatus.RETIRED: "Retire this car"})
STATUS_STEPS = MappingProxyType(
    {CarStatus.MAINTENANCE: "To maintenance", CarStatus.RETIRED: "Retire", CarStatus.ACTIVE: "Back for rent"}
)


def title_of(state: CarState) -> str:
    if state.car is None:
        return "New car"
    return state.car.title if state.stage is not Stage.FILLED_IN else f"Edit {state.car.title}"
