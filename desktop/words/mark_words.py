"""Marks on cars in words: parts as they are called when they are typed, kinds, how bad, and what became of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from desktop.words.figures import day_time, desk_zone, whole
from desktop.words.names import booking_number
from engine.domain.booking.booking import BookingId
from engine.domain.car.body_parts import PartId
from engine.domain.car.condition import FoundWhen, Mark, MarkKind, MarkState, NewMark
from engine.domain.car.mark_line import MarkRead
from engine.words.tr import tr

_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "bonnet": tr("Bonnet"),
        "boot-lid": tr("Boot lid"),
        "bumper-front": tr("Bumper front"),
        "bumper-front-left": tr("Bumper front left"),
        "bumper-front-right": tr("Bumper front right"),
        "bumper-rear": tr("Bumper rear"),
        "bumper-rear-left": tr("Bumper rear left"),
        "bumper-rear-right": tr("Bumper rear right"),
        "dashboard": tr("Dashboard"),
        "door-front-left": tr("Door front left"),
        "door-front-right": tr("Door front right"),
        "door-rear-left": tr("Door rear left"),
        "door-rear-right": tr("Door rear right"),
        "floor": tr("Floor"),
        "grille": tr("Grille"),
        "headlamp-left": tr("Headlamp left"),
        "headlamp-right": tr("Headlamp right"),
        "load-bed": tr("Load bed"),
        "load-space": tr("Load space"),
        "mirror-left": tr("Mirror left"),
        "mirror-right": tr("Mirror right"),
        "panel-rear-left": tr("Panel rear left"),
        "panel-rear-right": tr("Panel rear right"),
        "plate-front": tr("Plate front"),
        "plate-rear": tr("Plate rear"),
        "rear-window": tr("Rear window"),
        "roof": tr("Roof"),
        "seat-front-left": tr("Seat front left"),
        "seat-front-right": tr("Seat front right"),
        "seat-rear-left": tr("Seat rear left"),
        "seat-rear-right": tr("Seat rear right"),
        "sill-left": tr("Sill left"),
        "sill-right": tr("Sill right"),
        "soft-top": tr("Soft top"),
        "steering-wheel": tr("Steering wheel"),
        "tailgate": tr("Tailgate"),
        "taillamp-left": tr("Taillamp left"),
        "taillamp-right": tr("Taillamp right"),
        "wheel-front-left": tr("Wheel front left"),
        "wheel-front-right": tr("Wheel front right"),
        "wheel-rear-left": tr("Wheel rear left"),
        "wheel-rear-right": tr("Wheel rear right"),
        "window-front-left": tr("Window front left"),
        "window-front-right": tr("Window front right"),
        "window-rear-left": tr("Window rear left"),
        "window-rear-right": tr("Window rear right"),
        "windscreen": tr("Windscreen"),
        "wing-front-left": tr("Wing front left"),
        "wing-front-right": tr("Wing front right"),
    }
)
KINDS = MappingProxyType(
    {
        MarkKind.SCRATCH: tr("Scratch"),
        MarkKind.SCUFF: tr("Scuff"),
        MarkKind.DENT: tr("Dent"),
        MarkKind.CHIP: tr("Chip"),
        MarkKind.CRACK: tr("Crack"),
        MarkKind.BROKEN: tr("Broken"),
        MarkKind.MISSING: tr("Missing"),
        MarkKind.KERBED: tr("Kerbed"),
        MarkKind.RUST: tr("Rust"),
        MarkKind.STAIN: tr("Stain"),
        MarkKind.BURN: tr("Burn"),
        MarkKind.TEAR: tr("Tear"),
    }
)
SEVERITIES = MappingProxyType(
    {
        1: tr("1 seen from near"),
        2: tr("2 to the metal, or over 25 mm"),
        3: tr("3 dented, or to be changed"),
    }
)


def part_name(part: PartId) -> str:
    """As it is called; a part that no drawing has any more by its own name."""
    return _PARTS.get(part, part)


def kind_words(mark: Mark | NewMark) -> str:
    """What it is and how bad: ``Scratch, 2 · 40 mm``."""
    told = tr("{kind}, {severity}", kind=KINDS[mark.kind], severity=str(mark.severity))
    return told if mark.mm is None else tr("{told} · {mm} mm", told=told, mm=whole(mark.mm))


def mark_words(mark: Mark | NewMark) -> str:
    """All of it in one line."""
    return tr("{part}: {kind}", part=part_name(mark.part), kind=kind_words(mark))


def found_words(mark: Mark, now: datetime) -> str:
    """When and by whom, and at which look at the car."""
    found = mark.found
    at, number = day_time(found.at, desk_zone(), now=now), booking_number(BookingId(found.agreement_id))
    facts = {"at": at, "by": found.by, "number": number}
    match found.when:
        case FoundWhen.OUT:
            return tr("Found {at} by {by}, as the car went out with {number}", **facts)
        case FoundWhen.BACK:
            return tr("Found {at} by {by}, as the car came back from {number}", **facts)
        case None:
            return tr("Found {at} by {by}, in the yard", at=at, by=found.by)
    assert_never(found.when)


def closed_words(mark: Mark, now: datetime) -> str:
    """What became of one that is not open any more, by whom and why."""
    ended = mark.ended
    if ended is None:
        return mark_words(mark)
    facts = {"n": str(mark.n), "mark": mark_words(mark), "by": ended.by, "why": ended.why}
    at = day_time(ended.at, desk_zone(), now=now)
    if mark.state is MarkState.REPAIRED:
        return tr("{n} · {mark}. Repaired, {at} by {by}: {why}", at=at, **facts)
    return tr("{n} · {mark}. Replaced, {at} by {by}: {why}", at=at, **facts)


def typed(read: MarkRead) -> str:
    """The line that is read so: ``door front left, scratch, 2, 40 mm``; words that mean nothing stay behind it."""
    parts = (
        "" if read.part is None else read.part.id.replace("-", " "),
        "" if read.kind is None else read.kind.value,
        "" if read.severity is None else str(read.severity),
        "" if read.mm is None else f"{read.mm} mm",
        *read.unread,
    )
    return ", ".join(part for part in parts if part)


def missing_words(read: MarkRead) -> str:
    """What keeps the line from being a mark; empty where nothing does."""
    if read.unread:
        return tr("“{word}” is not read.", word=read.unread[0])
    if read.part is None:
        return tr("Which part? One of these:") if read.near else tr("Say on which part: door front left")
    if read.kind is None:
        return tr("Say what it is: scratch, dent, chip, kerbed …")
    if read.severity is None:
        return tr("Say how bad it is: 1, 2 or 3")
    return ""


def read_words(read: MarkRead) -> str:
    """What the line says so far."""
    parts = (
        "" if read.part is None else part_name(read.part.id),
        "" if read.kind is None else KINDS[read.kind],
        "" if read.severity is None else SEVERITIES[read.severity],
        "" if read.mm is None else tr("{mm} mm", mm=whole(read.mm)),
    )
    return " · ".join(part for part in parts if part)
