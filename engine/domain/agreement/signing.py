"""What a renter signs as a car goes out, and whether a signature still stands for an agreement (docs/decisions/0073).

A signature names how much of the agreement it is under: lines and cars are only ever added, so what was signed can be
counted again at any time, whatever came to it later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from engine.domain.agreement.agreement import Agreement, AgreementState, Leg, Signature
from engine.domain.agreement.charges import AT_RETURN
from engine.domain.money.pricing import QuoteLine
from engine.domain.people.people import AccountName
from engine.domain.shared.canonical import canonical
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.ink import sound_ink
from engine.domain.shared.text import clean

#: A rental that changes oftener is signed on paper.
MOST_SIGNATURES = 20
_LONGEST_NAME = 120


def signed(
    agreement: Agreement, name: str, ink: str, terms_version: str, ends_at: datetime, at: datetime, by: AccountName
) -> Agreement:
    """The next version, with all of it as it is now signed by *name*.

    Raises:
        InvalidText: ``name``, or ``ink``: no drawing, or a dot.
        MoveRefused: Its car is not out, or it was signed too often.
    """
    if agreement.state is not AgreementState.OUT or len(agreement.signatures) >= MOST_SIGNATURES:
        raise MoveRefused(agreement.state, "signed")
    who, drawn = clean("name", name, longest=_LONGEST_NAME), sound_ink(ink)
    lines, legs = len(agreement.lines), len(agreement.legs)
    under = Signature(who, drawn, "", terms_version, ends_at, lines, legs, at, by)
    told = replace(under, content=content_of(agreement, under))
    return replace(agreement, signatures=(*agreement.signatures, told), version=agreement.version + 1)


def content_of(agreement: Agreement, signature: Signature) -> str:
    """The SHA-256 of what *signature* is under, counted now; hexadecimal."""
    told = {
        "number": agreement.booking_id,
        "branch": agreement.branch_id,
        "terms": signature.terms_version,
        "driver": signature.name,
        "ends_at": signature.ends_at,
        "lines": [_line(each) for each in agreement.lines[: signature.lines]],
        "cars": [_car(each) for each in agreement.legs[: signature.legs]],
    }
    return sha256(canonical(told)).hexdigest()


def standing(agreement: Agreement, ends_at: datetime) -> Signature | None:
    """The last signature, if it is under all that is agreed now; None where there is none, or something changed.

    Terms that the firm decided on since do not change it: it says which were signed.
    """
    last = agreement.signatures[-1] if agreement.signatures else None
    if last is None or last.ends_at != ends_at:
        return None
    whole = (last.lines, last.legs) == (len(agreed_lines(agreement)), len(agreement.legs))
    return last if whole and last.content == content_of(agreement, last) else None


def agreed_lines(agreement: Agreement) -> tuple[QuoteLine, ...]:
    """But for what its return came to."""
    return tuple(line for line in agreement.lines if line.kind not in AT_RETURN)


def _line(line: QuoteLine) -> dict[str, Any]:
    return {"kind": line.kind, "count": line.count, "unit": line.unit}


def _car(leg: Leg) -> dict[str, Any]:
    """As it went out."""
    out = leg.out
    told = {"id": leg.car.car_id, "label": leg.car.label, "gauge": leg.gauge, "at": out.at, "by": out.by}
    return {**told, "km": out.km, "full": out.reading.full, "marks": out.marks}
