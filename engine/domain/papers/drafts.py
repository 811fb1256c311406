"""What somebody wishes to have on paper, looked at and made a draft of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from engine.domain.car.body_parts import FULL
from engine.domain.car.body_shapes import View
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import LANGUAGES, LegalData, TaxRate
from engine.domain.papers.paper import (
    BILLS,
    Body,
    Buyer,
    Content,
    PaperCar,
    PaperDriver,
    PaperKind,
    PaperLine,
    PaperMark,
    PaperPayment,
    PaperSignature,
    Supply,
)
from engine.domain.papers.taxes import taxed
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.ink import is_ink
from engine.domain.shared.text import clean

_P = TypeVar("_P", Buyer, PaperLine, Supply, PaperCar, PaperDriver, PaperMark, PaperPayment, PaperSignature)
#: The form of the templates by which papers are drawn that are issued now (``desktop/papers/templates``).
TEMPLATE = 2
MOST_LINES, MOST_MARKS, MOST_PARTS = 200, 200, 50
_MOST_QUANTITY = 1_000_000
#: Field of a part -> how long it may be; whatever else is text is of ``_LONGEST``.
_LENGTHS = {"note": 300, "detail": 200, "address": 300, "text": 300}
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class PaperWish:
    """Attributes: ``currency`` of all amounts in it."""

    kind: PaperKind
    branch_id: BranchId
    language: str
    currency: str
    content: Content


def tax_point(content: Content, now: datetime) -> datetime:
    """The moment whose rates hold: when the service was given; now, while it is not yet."""
    return min(now, content.supply.ends_at) if content.supply else now


def drafted(
    wish: PaperWish, branch: Branch, seller: LegalData | None, rates: Mapping[str, TaxRate], by: AccountName
) -> Body:
    """The body of the paper that is wished for.

    Args:
        wish: As somebody told it.
        branch: The one of the wish.
        seller: The firm as it is now.
        rates: Those that hold at the ``tax_point``.
        by: The account that issues it.

    Raises:
        PaperRefused: ``paper.no_legal``, ``paper.no_code``, ``paper.no_rate``, ``paper.no_lines``.
        InvalidText: A text or a number that cannot be, named by its field.
    """
    if seller is None:
        raise PaperRefused("paper.no_legal")
    if not branch.code_confirmed:
        raise PaperRefused("paper.no_code", branch=branch.name)
    if wish.language not in LANGUAGES:
        raise InvalidText("language", "field.not_listed")
    content = sound_content(wish.content, wish.currency)
    if wish.kind in BILLS:
        _must_be_billable(content)
    return Body(
        kind=wish.kind,
        branch_id=branch.id,
        branch_code=branch.code,
        zone=branch.zone,
        language=wish.language,
        currency=wish.currency,
        template=TEMPLATE,
        by=by,
        seller=seller.said_on(wish.kind),
        content=content,
        taxes=taxed(content.lines, rates, wish.currency),
    )


def _must_be_billable(content: Content) -> None:
    if not content.lines:
        raise PaperRefused("paper.no_lines")
    # Directive 2006/112/EC, Art. 226 (5): name and address of both.
    clean("address", content.buyer.address, longest=300)


def sound_content(content: Content, currency: str) -> Content:
    """*content* with its texts cleaned. Raises: InvalidText, named by its field."""
    for name, most in (("lines", MOST_LINES), ("marks", MOST_MARKS), ("notes", MOST_PARTS)):
        _at_most(name, getattr(content, name), most)
    for name in ("legs", "drivers", "payments", "signatures"):
        _at_most(name, getattr(content, name), MOST_PARTS)
    if content.supply and content.supply.ends_at <= content.supply.starts_at:
        raise InvalidText("supply", "field.supply")
    lines = tuple(_sound_line(n, line, currency) for n, line in enumerate(content.lines, 1))
    if any(each.amount.currency != currency for each in content.payments):
        raise InvalidText("payments", "field.in_currency", currency=currency)
    return replace(
        content,
        buyer=_cleaned(content.buyer, {"name"}),
        lines=lines,
        supply=content.supply and _cleaned(content.supply, {"start_place", "end_place"}),
        car=content.car and _sound_car(content.car),
        legs=tuple(replace(each, car=_sound_car(each.car)) for each in content.legs),
        drivers=tuple(_cleaned(each, {"name"}) for each in content.drivers),
        marks=tuple(map(_sound_mark, content.marks)),
        payments=tuple(_cleaned(each, {"tender"}) for each in content.payments),
        signatures=tuple(map(_sound_signature, content.signatures)),
        notes=tuple(clean("notes", each, longest=400) for each in content.notes),
    )


def _at_most(name: str, parts: tuple[object, ...], most: int) -> None:
    if len(parts) > most:
        raise InvalidText(name, "field.too_many_parts", most=most)


def _sound_line(n: int, line: PaperLine, currency: str) -> PaperLine:
    if line.unit_price.currency != currency or line.gross.currency != currency:
        raise InvalidText("lines", "field.in_currency", currency=currency)
    if not 1 <= line.quantity <= _MOST_QUANTITY:
        raise InvalidText("quantity", "field.between", least=1, most=f"{_MOST_QUANTITY:,}")
    if line.gross != line.unit_price.times(line.quantity):
        raise InvalidText("lines", "field.line_sum")
    return _cleaned(replace(line, n=n, corrects=0), {"kind", "detail", "unit", "tax"})


def _sound_car(car: PaperCar) -> PaperCar:
    if car.body and car.body not in set(BodyType):
        raise InvalidText("body", "field.not_listed")
    return _cleaned(car, {"plate", "title"})


def _sound_mark(mark: PaperMark) -> PaperMark:
    place = (mark.x, mark.y)
    if mark.view and (mark.view not in set(View) or any(each is None or not 0 <= each <= FULL for each in place)):
        raise InvalidText("marks", "field.not_fitting")
    return _cleaned(mark, {"part", "mark"} if mark.part else {"text"})


def _sound_signature(signature: PaperSignature) -> PaperSignature:
    if signature.ink and not is_ink(signature.ink):
        raise InvalidText("ink", "field.ink")
    return replace(_cleaned(replace(signature, ink=""), {"name", "part"}), ink=signature.ink)


def _cleaned(part: _P, required: set[str]) -> _P:
    """Its texts as they are kept; what is no text is left as it is."""
    texts: dict[str, Any] = {
        name: clean(name, text, longest=_LENGTHS.get(name, _LONGEST), required=name in required)
        for name in part.__slots__
        if isinstance(text := getattr(part, name), str)
    }
    return replace(part, **texts)
