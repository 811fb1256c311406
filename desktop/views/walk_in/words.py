"""What a chip of a walk-in line says it was read as, and what it may be meant for.

API: Face, face_of(chip, state), Cells, cells_of(said, state), question_of(chip, state), hint_of(state).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from desktop.theme.icons import Icon
from desktop.theme.tokens import Tone
from desktop.viewmodels.walk_in.state import LineState
from desktop.words.messages import BODIES, amount, branch_name, clock_time, day_time, percent, say
from engine.domain.counter.chips import (
    Chip,
    ChipKind,
    ChipState,
    Discount,
    OfBody,
    OfClass,
    OfModel,
    OfPlate,
    PaidBy,
    PickUpAt,
    Rents,
    RentsNew,
    ReturnTo,
    Said,
    Stay,
    WhyNot,
    WithCover,
    WithDeposit,
    WithExtra,
)
from engine.domain.counter.line_words import PaidWith
from engine.domain.people.phone import phone_text
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_KINDS = MappingProxyType(
    {
        ChipKind.BODY: tr("Car"),
        ChipKind.CAR_CLASS: tr("Car"),
        ChipKind.MODEL: tr("Car"),
        ChipKind.PLATE: tr("Car"),
        ChipKind.TIMES: tr("Out and back"),
        ChipKind.RENTER: tr("Renter"),
        ChipKind.PICK_UP: tr("Picked up at"),
        ChipKind.RETURN_TO: tr("Comes back to"),
        ChipKind.EXTRA: tr("Extra"),
        ChipKind.COVER: tr("Cover"),
        ChipKind.DEPOSIT: tr("Deposit"),
        ChipKind.TENDER: tr("Pays"),
        ChipKind.DISCOUNT: tr("Discount"),
        ChipKind.FILLER: "",
        ChipKind.UNKNOWN: tr("Not read"),
    }
)
_CARS = frozenset({ChipKind.BODY, ChipKind.CAR_CLASS, ChipKind.MODEL, ChipKind.PLATE})
_WHY = MappingProxyType(
    {
        WhyNot.UNKNOWN: tr("Not read"),
        WhyNot.TWICE: tr("Said twice"),
        WhyNot.PAST: tr("That is past"),
        WhyNot.REVERSED: tr("Comes back before it goes"),
        WhyNot.TOO_LONG: tr("Too long"),
        WhyNot.TIMES: tr("No pick-up and return"),
        WhyNot.NO_REASON: tr("A discount needs a reason"),
        WhyNot.TURNED: tr("Hidden marks turn this line"),
    }
)
PAYS = MappingProxyType(
    {
        PaidWith.CASH: tr("Cash"),
        PaidWith.TERMINAL: tr("Card terminal"),
        PaidWith.CHECKOUT: tr("Payment page"),
        PaidWith.BANK: tr("Bank transfer"),
        PaidWith.VOUCHER: tr("Voucher"),
        PaidWith.ACCOUNT: tr("On account"),
    }
)
_GOODS = MappingProxyType(
    {
        "child seat": tr("Child seat"),
        "booster": tr("Booster seat"),
        "navigation": tr("Navigation"),
        "snow chains": tr("Snow chains"),
        "additional driver": tr("Additional driver"),
        "roof box": tr("Roof box"),
        "winter tyres": tr("Winter tyres"),
        "collision damage waiver": tr("Collision damage waiver"),
        "theft protection": tr("Theft protection"),
        "full cover": tr("Full cover"),
    }
)
_MISSING = MappingProxyType(
    {
        ChipKind.MODEL: tr("Say which car: a model, a body or a plate."),
        ChipKind.TIMES: tr("Say when it comes back."),
        ChipKind.RENTER: tr("Say who rents: a name, a telephone or a licence."),
    }
)


@dataclass(frozen=True, slots=True)
class Face:
    """Attributes: ``said`` is what it was read as, ``head`` of what kind that is."""

    icon: Icon
    tone: Tone
    head: str
    said: str

    @property
    def text(self) -> str:
        return f"{self.head}: {self.said}"


@dataclass(frozen=True, slots=True)
class Cells:
    """One line of a list to choose from."""

    first: str
    second: str = ""
    third: str = ""

    @property
    def text(self) -> str:
        return ", ".join(filter(None, (self.first, self.second, self.third)))


def face_of(chip: Chip, state: LineState) -> Face:  # noqa: PLR0911 -- one for each way it can stand
    kind = _KINDS[chip.kind]
    if chip.state is ChipState.NOT_READ:
        if not state.settled:
            return Face(Icon.CLOCK, Tone.NEUTRAL, tr("Reading …"), chip.words)
        return Face(Icon.ERROR, Tone.DANGER, _WHY[chip.why or WhyNot.UNKNOWN], chip.words)
    if chip.said is None or not chip.sure:
        count = sum(not isinstance(each, RentsNew) for each in chip.candidates)
        head = tr("{kind}, {count} found", kind=kind, count=count) if count > 1 else tr("{kind}?", kind=kind)
        return Face(Icon.WARNING, Tone.WARNING, head, f"{chip.words} …")
    said = _said(chip.said, state)
    if state.asks_to_go_on(chip):
        return Face(Icon.WARNING, Tone.WARNING, tr("{kind}, not sold yet", kind=kind), said)
    if state.not_sold(chip):
        return Face(Icon.INFO, Tone.NEUTRAL, tr("{kind}, left out", kind=kind), said)
    if chip.kind in _CARS and state.sought is not None and state.sought.offer is None:
        return Face(Icon.WARNING, Tone.WARNING, tr("{kind}, not free then", kind=kind), _when_free(state) or said)
    if chip.kind is ChipKind.TENDER and said == PAYS[PaidWith.CASH] and not state.drawer_open:
        return Face(Icon.CHECK, Tone.POSITIVE, tr("Pays, no drawer is open"), said)
    return Face(Icon.CHECK, Tone.POSITIVE, kind, said)


def question_of(chip: Chip, state: LineState) -> str:
    if state.asks_to_go_on(chip):
        return tr("“{words}” is not sold yet. Take it out of the line, or go on without it.", words=chip.words)
    return tr("What does “{words}” mean? Nothing is guessed.", words=chip.words)


def cells_of(said: Said | None, state: LineState) -> Cells:
    if said is None:
        return Cells(tr("Go on without it"))
    if isinstance(said, Rents) and (renter := state.renters.get(said.renter_id)) is not None:
        return Cells(renter.name, phone_text(renter.phone, _country(state)), renter.email)
    if isinstance(said, OfPlate):
        car = next((car for car in state.known.cars if car.id == said.car_id), None) if state.known else None
        return Cells(car.plate, f"{car.brand} {car.model}", BODIES[car.body]) if car is not None else Cells(said.car_id)
    return Cells(_said(said, state))


def hint_of(state: LineState) -> str:
    """Why Enter does not book yet; empty where it does."""
    if state.problem is not None:
        return say(state.problem).text
    chip = state.in_the_way
    if chip is not None:
        return _hint_of_chip(chip, state)
    missing = next(iter(state.read.missing()), None) if state.read is not None else ChipKind.MODEL
    if missing is not None:
        return _MISSING[missing]
    if state.sought is not None and state.sought.problem is not None:
        return say(state.sought.problem, state.sought.branch.clock).text
    if state.sought is None or state.sought.offer is None:
        free = _when_free(state)
        return tr("Nothing of that is free then. {free}", free=free) if free else tr("Nothing of that is free then.")
    return ""


def stay_words(period: RentalPeriod, state: LineState) -> str:
    """``Tue 15 Dec 10:00 to 18:00``."""
    zone = state.branch.clock if state.branch is not None else shown_zone("UTC")
    now = state.known.now if state.known is not None else period.starts_at
    out, back = period.starts_at, period.ends_at
    same = out.astimezone(zone).date() == back.astimezone(zone).date()
    ends = clock_time(back, zone) if same else day_time(back, zone, now=now)
    return tr("{out} to {back}", out=day_time(out, zone, now=now), back=ends)


def _hint_of_chip(chip: Chip, state: LineState) -> str:
    if state.asks_to_go_on(chip):
        return tr("“{words}” is not sold yet.", words=chip.words)
    if chip.state is ChipState.NOT_READ:
        return tr("“{words}” is not read: {why}.", words=chip.words, why=_WHY[chip.why or WhyNot.UNKNOWN])
    return tr("Choose what “{words}” means.", words=chip.words)


def _when_free(state: LineState) -> str:
    free = state.sought.next_free if state.sought is not None else None
    return tr("Next free {stay}", stay=stay_words(free, state)) if free is not None else ""


def _country(state: LineState) -> str:
    return state.branch.country if state.branch is not None else ""


def _branch(branch_id: str, state: LineState) -> str:
    branch = next((each for each in state.branches if each.id == branch_id), None)
    return branch_name(branch) if branch is not None else branch_id


def _said(said: Said, state: LineState) -> str:  # noqa: C901, PLR0911, PLR0912 -- one for each
    match said:
        case OfBody(body):
            return BODIES[body]
        case OfClass(code):
            return code
        case OfModel(brand, model):
            return f"{brand} {model}"
        case OfPlate():
            cells = cells_of(said, state)
            return f"{cells.second} {cells.first}".strip()
        case Stay(out, back):
            if back is None:
                zone = state.branch.clock if state.branch is not None else shown_zone("UTC")
                return tr("from {out}", out=day_time(out, zone))
            return stay_words(RentalPeriod.between(out, back), state)
        case Rents(renter_id):
            renter = state.renters.get(renter_id)
            return renter.name if renter is not None else renter_id
        case RentsNew(name):
            return tr("New renter called “{name}”", name=name)
        case PickUpAt(branch_id) | ReturnTo(branch_id):
            return _branch(branch_id, state)
        case WithExtra(extra, count):
            return f"{count} × {_GOODS.get(extra, extra)}" if count > 1 else _GOODS.get(extra, extra)  # noqa: RUF001 -- times
        case WithCover(cover):
            return _GOODS.get(cover, cover)
        case WithDeposit(money):
            return amount(money)
        case PaidBy(tender):
            return PAYS[tender]
        case Discount(basis_points, reason):
            return f"{percent(basis_points)} {reason}".strip()
    assert_never(said)
