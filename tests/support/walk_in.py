"""A firm that lines are typed at, and how ``tests/data/walk_in_lines.txt`` writes what they are read as.

A line of the file is ``numerals | typed | chips``, with semicolons between chips. A certain chip is its kind and what
it was read as; ``kind?`` is ambiguous, with its candidates if they are named; ``!kind words`` is not read, ``!? words``
where no kind is known; ``!!`` refuses the line. Stays are ``out>back``, each ``day.month.yearThour:minute``: without a
month it is December 2026, without a year 2027, without minutes the full hour; ``b`` is the second coming of a time.
Fillers are not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine.domain.car.body_type import BodyType
from engine.domain.counter.chips import (
    Chip,
    ChipKind,
    ChipState,
    Discount,
    LineRead,
    OfBody,
    OfClass,
    OfModel,
    OfPlate,
    PaidBy,
    PickUpAt,
    Rents,
    RentsNew,
    ReturnTo,
    Stay,
    WhyNot,
    WithCover,
    WithDeposit,
    WithExtra,
)
from engine.domain.counter.known import Known, KnownBranch, KnownCar, KnownRenter, Named
from engine.domain.counter.line_words import ENGLISH as ENGLISH_LINES
from engine.domain.counter.line_words import GERMAN as GERMAN_LINES
from engine.domain.counter.line_words import together
from engine.domain.moments.habits import ENGLISH, GERMAN, Order, joined
from engine.domain.shared.numerals import Numerals
from engine.domain.shared.wall import wall_of

LINES = Path(__file__).parents[1] / "data" / "walk_in_lines.txt"
BERLIN, LONDON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
NOW = datetime(2026, 12, 9, 9, 42, tzinfo=BERLIN)
NUMERALS = {"en": Numerals(".", ","), "de": Numerals(",", ".")}
_CARS = """
c1 B-WR 6183 | Toyota | Yaris | hatchback | ECMR
c2 B-SW 4410 | Suzuki | Swift | hatchback | ECMR
c3 B-VG 2001 | Volkswagen | Golf | hatchback | CMAR
c4 B-VG 2002 | Volkswagen | Golf Variant | estate | CWMR
c5 B-FI 5005 | Fiat | 500 | hatchback | MCMR
c6 B-MZ 3003 | Mazda | 3 | sedan | CDMR
c7 B-BM 1830 | BMW | X1 | suv | IFAR
c8 B-IO 5151 E | Hyundai | IONIQ 5 | suv | IFAR
c9 B-TC 4922 | Toyota | Corolla Touring Sports | estate | CWMR
c10 M-CV 77 | Mercedes-Benz | V-Class | van | PVAR
c11 B-CX 2778 | Citroën | C3 | hatchback | ECMR
c12 B-MX 505 | Mazda | MX-5 | convertible | STMR
c13 B-TX 9001 | Ford | Transit | van | PVAR
c14 B-RA 808 | Ford | Ranger | pickup | SPMR
"""
_RENTERS = """
r1 | Jonas Schäfer | +493023125014 | B072RRE2I55
r2 | Katharina Schäfer | +493023125037 |
r3 | Miriam Schäfer | +493023125052 |
r4 | Anna Müller | +491711234567 |
r5 | Priya Llewellyn | +447700900031 | LLEWE759121P99XX
r6 | Väinö Hämäläinen | +358500000109 |
r7 | Kim So | +4930991830 |
r8 | Peter Mai | +4989123456 |
r9 | José García-López | +34600123456 |
r10 | Sean O'Brien | +353861112222 |
"""


def known(numerals: str = "en", **changes: object) -> Known:
    """The firm on a Wednesday at 09:42."""
    plain = {
        "now": NOW,
        "zone": BERLIN,
        "words": together(ENGLISH_LINES, GERMAN_LINES),
        "habits": joined(Order.DMY, ENGLISH, GERMAN),
        "numerals": NUMERALS[numerals],
        "cars": tuple(_car(line) for line in _CARS.strip().splitlines()),
        "classes": (
            Named("CMAR", ("CMAR", "Compact")),
            Named("ECMR", ("ECMR", "Economy")),
            Named("IFAR", ("IFAR", "Intermediate SUV")),
        ),
        "branches": (
            KnownBranch("ber", ("BER", "Berlin Spreebogen"), BERLIN),
            KnownBranch("muc", ("MUC", "München Ost"), BERLIN),
            KnownBranch("mhb", ("MHB", "München Hauptbahnhof"), BERLIN),
            KnownBranch("lhr", ("LHR", "London Heathrow"), LONDON),
        ),
        "extras": (
            Named("seat", ("Child seat",)),
            Named("gps", ("Navigation",)),
            Named("boost", ("Booster",)),
            Named("chain", ("Snow chains",)),
            Named("driver", ("Additional driver",)),
            Named("box", ("Roof box",)),
        ),
        "covers": (Named("cdw1", ("CDW1", "Collision cover, excess 1000")), Named("cdw0", ("CDW0", "Full cover"))),
        "renters": tuple(KnownRenter(*map(str.strip, line.split("|"))) for line in _RENTERS.strip().splitlines()),
    }
    return Known(**plain | changes)


def _car(line: str) -> KnownCar:
    labelled, brand, model, body, code = map(str.strip, line.split("|"))
    car_id, _, plate = labelled.partition(" ")
    return KnownCar(car_id, plate, brand, model, BodyType(body), code)


def corpus() -> list[tuple[str, str, str]]:
    """Numerals, what is typed, and the chips as they are written."""
    lines = (line for line in LINES.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    parted = (line.split("|") for line in lines)
    return [(numerals.strip(), _unescaped(typed[1:].rstrip(" ")), chips.strip()) for numerals, typed, chips in parted]


def _unescaped(typed: str) -> str:
    plain = typed.replace("\\t", "\t").replace("\\n", "\n")
    return re.sub(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))", lambda each: chr(int(each[1] or each[2], 16)), plain)


def written(read: LineRead) -> list[str]:
    """Its chips as the file writes them, candidates always named."""
    return sorted(_chip(chip, read.zone) for chip in read.chips if chip.kind is not ChipKind.FILLER)


def matches(read: LineRead, expected: str) -> bool:
    """Candidates count where *expected* names them, in any order."""
    wanted, found = sorted(map(_normal, expected.split(";"))), sorted(map(_normal, written(read)))
    if len(wanted) != len(found):
        return False
    return all(one == other or one == other.split("? ")[0] + "?" for one, other in zip(wanted, found, strict=True))


def _normal(chip: str) -> str:
    head, question, tail = chip.strip().partition("? ")
    if question and not head.startswith("!"):
        return f"{head}? {','.join(sorted(filter(None, tail.strip().split(','))))}".strip()
    return chip.strip()


def _chip(chip: Chip, zone: tzinfo) -> str:
    if chip.why in (WhyNot.TURNED, WhyNot.TOO_LONG) and chip.kind is ChipKind.UNKNOWN:
        return "!!"
    if chip.state is ChipState.NOT_READ:
        return f"!{_KIND.get(chip.kind, chip.kind.value)} {chip.words}"
    if chip.state is ChipState.AMBIGUOUS:
        candidates = (_said(each, zone).partition(" ")[2] for each in chip.candidates)
        return f"{_KIND.get(chip.kind, chip.kind.value)}? {','.join(candidates)}"
    return _said(chip.said, zone)


_KIND = {
    ChipKind.CAR_CLASS: "class", ChipKind.PICK_UP: "at", ChipKind.RETURN_TO: "to", ChipKind.UNKNOWN: "?",
}  # fmt: skip


_WRITTEN: dict[type, Callable[[Any, tzinfo], str]] = {
    OfModel: lambda said, _: f"model {said.model}",
    OfPlate: lambda said, _: f"plate {said.car_id}",
    OfBody: lambda said, _: f"body {said.body}",
    OfClass: lambda said, _: f"class {said.id}",
    Stay: lambda said, zone: f"times {_at(said.out, zone)}>{_at(said.back, zone) if said.back is not None else ''}",
    Rents: lambda said, _: f"renter {said.renter_id}",
    RentsNew: lambda _, __: "renter new",
    PickUpAt: lambda said, _: f"at {said.branch_id}",
    ReturnTo: lambda said, _: f"to {said.branch_id}",
    WithExtra: lambda said, _: f"extra {said.id}" + (f"*{said.count}" if said.count > 1 else ""),
    WithCover: lambda said, _: f"cover {said.id}",
    WithDeposit: lambda said, _: f"deposit {said.amount.minor // 100}.{said.amount.minor % 100:02}",
    PaidBy: lambda said, _: f"pays {said.tender}",
    Discount: lambda said, _: f"off {said.basis_points / 100:g}% {said.reason}",
}


def _said(said: object, zone: tzinfo) -> str:
    return _WRITTEN[type(said)](said, zone)


def _at(moment: datetime, zone: tzinfo) -> str:
    if moment == NOW:
        return "now"
    at = wall_of(moment, zone)
    year = 2026 if at.month == 12 else 2027
    month = "" if at.month == 12 and at.year == 2026 else f".{at.month}"
    minute = f":{at.minute:02}" if at.minute else ""
    return f"{at.day}{month}{'' if at.year == year else f'.{at.year}'}T{at.hour}{minute}{'b' if at.fold else ''}"
