"""Boards of any size, the same every time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import BERLIN, LISBON

from engine.domain.booking.board import Bar, BarBooking, Board, BoardAsked, BoardRow
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind, Stretch
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarId, CarStatus, OwnerId
from engine.domain.car.movement import MovementKind
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.period import RentalPeriod

AT = datetime(2026, 11, 25, 13, 20, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_NAMES = "Anna Brandt,Zofia Nowak,Conor Nolan,Niamh Gallagher,Eoin Tierney,Priya Llewellyn,Matteo Ferraro,Aino Laine"
_MORE = "Holly Pemberton,Svenja Vogel,Beatriz Moura,Kinga Pawlak,Felix Weiß,Chiara Moretti,Emre Yilmaz,Oskar Öberg"
NAMES = f"{_NAMES},{_MORE}".split(",")
_MODELS = "Dacia Sandero,Hyundai i10,Citroën C3,Fiat 500,SEAT Ibiza,Toyota Yaris,Volkswagen ID.3,Škoda Fabia".split(",")


def bar(number, since, until, state=BookingState.CONFIRMED, *, turn=timedelta(0), name="Ada Moreau", **changes):
    """A booking's, from so many hours from ``AT`` to so many."""
    starts_at, ends_at = (AT + round(hours * 60) * MINUTE for hours in (since, until))
    out = state is BookingState.OUT
    booking = BarBooking(
        state, name, starts_at, AT + timedelta(minutes=9, seconds=41), Money(144_00, "EUR"), 1, BERLIN.id,
        AccountName("clerk"),
    )  # fmt: skip
    taken = Stretch(starts_at, ends_at, ends_at + turn, out)
    made = Bar(f"G8ET6JAMQ{number:03d}", ClaimKind.BOOKING, taken, BERLIN.id, BERLIN.id, booking)
    return replace(made, **changes)


def service(number, since, until, reason="Brakes", kind=MovementKind.SERVICE):
    start, end = (AT + round(hours * 60) * MINUTE for hours in (since, until))
    period = Stretch(start, end, end)
    to = BERLIN.id if kind is MovementKind.SERVICE else LISBON.id
    return Bar(f"mv-{number}/1", ClaimKind.MOVEMENT, period, BERLIN.id, to, movement=kind, reason=reason)


def row(number, *bars, **changes):
    out = any(each.taken.out for each in bars)
    made = BoardRow(
        CarId(f"car-{number}"),
        f"B-DS {1000 + number}",
        _MODELS[number % len(_MODELS)],
        BodyType.HATCHBACK,
        CarStatus.ACTIVE,
        BERLIN.id,
        OwnerId("owner-1"),
        BERLIN.zone,
        Money(41_00, "EUR"),
        None if out else BERLIN.id,
        tuple(sorted(bars, key=lambda each: each.taken.starts_at)),
    )
    return replace(made, **changes)


def board(*rows, branch_id=BERLIN.id, total=None, days=60):
    span = RentalPeriod(AT - 20 * DAY, AT + days * DAY)
    asked = BoardAsked(span, branch_id)
    return Board(asked, AT, tuple(rows), len(rows) if total is None else total, (BERLIN, LISBON))


def every_shape():
    """A row of each shape, and what stands beside it."""
    turn = timedelta(hours=2)
    return board(
        row(1, bar(1, 52, 90, BookingState.HELD, name="Camille Marchand"), bar(2, 120, 170, turn=turn)),
        row(2, bar(3, -30, 68, BookingState.OUT, turn=turn, name="Zofia Nowak"), bar(4, 100, 200, turn=turn)),
        row(3, bar(5, -100, -6.3, BookingState.OUT, name="Eoin Tierney"), bar(6, 3, 90, turn=turn, name="Tuuli Lind")),
        row(4, bar(7, -1.3, 60, turn=turn, name="Matteo Ferraro"), bar(8, 100, 140)),
        row(5, service(1, -4, 40), bar(9, 60, 150, turn=turn, name="Niamh Gallagher")),
        row(6, service(2, 20, 44, "to Lisbon", MovementKind.TRANSFER), at=LISBON.id),
        row(7, bar(10, -70, 900, BookingState.OUT, name="Małgorzata Kaczmarek", kind=ClaimKind.LEASE)),
        row(8, bar(11, -200, 240, BookingState.OUT, name="Aino Laine")),
        row(9, bar(12, 30, 52), body=BodyType.SUV),
        row(10, body=BodyType.SUV, status=CarStatus.MAINTENANCE),
        row(11, bar(13, 4, 30), unread=1, body=BodyType.SUV),
    )  # fmt: skip


def many(cars=500, days=60, bars=8_000, seed=15):
    """A full fleet: bars back to back with gaps, some of each state, over *days* from the day before ``AT``."""
    draw = random.Random(seed)  # noqa: S311 -- rows, not secrets
    rows, bodies, number = [], tuple(BodyType), 0
    each = bars // cars
    for n in range(cars):
        made, at = [], -24 - draw.randint(0, 40)
        slot = days * 24 / each
        for _ in range(each):
            long = max(6, slot * draw.uniform(0.45, 0.95))
            state = BookingState.CONFIRMED
            if at < 0 < at + long:
                state = BookingState.OUT
            elif at > 0 and draw.random() < 0.03:
                state = BookingState.HELD
            if draw.random() < 0.04 and at > 0:
                made.append(service(number, at, at + long))
            else:
                made.append(
                    bar(number % 1000, at, at + long, state, turn=HOUR, name=draw.choice(NAMES), id=f"bk-{number}")
                )
            number += 1
            at += slot
        rows.append(row(n, *made, body=bodies[n * len(bodies) // cars]))
    return board(*rows, days=days)
