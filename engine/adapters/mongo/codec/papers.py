"""How papers, their series, the firm's legal data and its rates of tax are stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bson import Binary

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Fields, Unreadable
from engine.adapters.mongo.codec.stored import (
    Field,
    Stored,
    choice,
    count,
    flag,
    matching,
    maybe_empty,
    moment,
    money,
    part,
    parts,
    text,
    texts,
    whole,
)
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.car.body_parts import FULL
from engine.domain.car.condition import LONGEST_MM, MOST_SEVERE
from engine.domain.papers.drafts import MOST_LINES, MOST_MARKS, MOST_PARTS
from engine.domain.papers.legal import CODE, MOST_TERMS, LegalData, LegalDecision, TaxDecision, TaxRate
from engine.domain.papers.logo import Logo
from engine.domain.papers.paper import (
    Body,
    Buyer,
    Content,
    Correction,
    Paper,
    PaperCar,
    PaperDriver,
    PaperKind,
    PaperLeg,
    PaperLine,
    PaperMark,
    PaperPayment,
    PaperSignature,
    Supply,
    TaxSum,
)
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import BRANCH_CODE, LostNumbers, Series
from engine.domain.shared.ink import MOST_INK

_SHA256, _LANGUAGE = "^[0-9a-f]{64}$", "^[a-z]{2}$"
_SERIES = "^[A-Z][A-Z0-9]{1,4}-[0-9]{4}-[A-Z]{3}$"
_WHOLE_BP, _MOST_KM, _MOST_FUEL = 10_000, 9_999_999, 100


def _code() -> Field:
    return matching(CODE)


def _hash() -> Field:
    return matching(_SHA256, lambda row, name: _fitting(row, name, _SHA256))


def _series() -> Field:
    return matching(_SERIES, lambda row, name: _fitting(row, name, _SERIES))


def _fitting(row: Fields, name: str, pattern: str) -> str:
    """Hashes are counted on and names taken apart: whoever reads them relies on their form."""
    found = row.text(name)
    if re.fullmatch(pattern, found) is None:
        raise Unreadable(f"{name}: {found!r} is none")
    return found


def _long(most: int) -> Field:
    return Field({"bsonType": "string", "maxLength": most}, lambda row, name: row.maybe(name, most))


def _maybe_whole(most: int) -> Field:
    return whole(0, most).unless()


def _maybe_part(stored: Stored[Any]) -> Field:
    return part(stored).unless()


_LEGAL = {
    "name": text(),
    "address": text(),
    **dict.fromkeys(("vat_id", "register", "phone", "email", "bank", "iban", "bic", "terms_version"), maybe_empty()),
    "terms": _long(MOST_TERMS),
    "language": matching(_LANGUAGE).unless(""),
    "logo": _hash().unless(""),
}
_LEGAL_DATA = Stored(LegalData, _LEGAL)
_BY = {"by": text(), "made_at": moment()}
_NUMBERED = {"_id": count().of("number"), "valid_from": moment()}
LEGAL = Stored(LegalDecision, {**_NUMBERED, "data": part(_LEGAL_DATA), **_BY})
legal_document, legal_of = LEGAL.document_of, LEGAL.record_of

_RATE = {"code": _code(), "rate_bp": whole(0, _WHOLE_BP), "note": maybe_empty()}
TAX = Stored(
    TaxDecision,
    {**_NUMBERED, **{name: field.of(f"rate.{name}") for name, field in _RATE.items()}, **_BY},
    together={"rate": TaxRate},
)
tax_document, tax_of = TAX.document_of, TAX.record_of

LOGO = Stored(
    Logo,
    {
        "_id": _hash().of("id"),
        "data": Field({"bsonType": "binData"}, Fields.binary, Binary),
        "by": text(),
        "at": moment(),
    },
)
logo_document = LOGO.document_of


def logo_record_of(row: Mapping[str, Any]) -> Logo:
    """Papers are to look alike for ever: a picture that is not what its name says is none."""
    found = LOGO.record_of(row)
    if not found.sound:
        raise Unreadable("data: another picture than its name says")
    return found


_BUYER = Stored(
    Buyer,
    {
        "name": text(),
        **dict.fromkeys(("address", "vat_id", "email", "phone", "renter_id"), maybe_empty().unless("")),
    },
)
_LINE = Stored(
    PaperLine,
    {
        "n": whole(1, MOST_LINES),
        "kind": text(),
        "detail": text(),
        "quantity": count(),
        "unit": text(),
        "unit_price": money(),
        "gross": money(),
        "tax": _code(),
        "note": maybe_empty().unless(""),
        "corrects": whole(0, MOST_LINES).unless(0),
    },
)
_TAX_SUM = Stored(
    TaxSum,
    {
        "code": _code(),
        "rate_bp": whole(0, _WHOLE_BP),
        "net": money(),
        "tax": money(),
        "gross": money(),
        "note": maybe_empty().unless(""),
    },
)
_SUPPLY = Stored(Supply, {"starts_at": moment(), "ends_at": moment(), "start_place": text(), "end_place": text()})
_CAR = Stored(
    PaperCar,
    {
        "plate": text(),
        "title": text(),
        "about": maybe_empty().unless(""),
        "km_out": _maybe_whole(_MOST_KM),
        "km_in": _maybe_whole(_MOST_KM),
        "fuel_out": _maybe_whole(_MOST_FUEL),
        "fuel_in": _maybe_whole(_MOST_FUEL),
        "electric": flag(),
        "body": maybe_empty().unless(""),
    },
)
_LEG = Stored(PaperLeg, {"car": part(_CAR), "out_at": moment(), "in_at": moment().unless()})
_DRIVER = Stored(
    PaperDriver,
    {
        "name": text(),
        **dict.fromkeys(("born", "licence", "valid_from", "valid_until", "seen"), maybe_empty().unless("")),
    },
)
_MARK = Stored(
    PaperMark,
    {
        "n": count(),
        "text": text().unless(""),
        "new": flag(),
        "view": maybe_empty().unless(""),
        "x": _maybe_whole(FULL),
        "y": _maybe_whole(FULL),
        **dict.fromkeys(("part", "mark"), text().unless("")),
        "severity": _maybe_whole(MOST_SEVERE),
        "mm": _maybe_whole(LONGEST_MM),
    },
)
_PAYMENT = Stored(
    PaperPayment,
    {"tender": text(), "amount": money(), "at": moment(), "reference": maybe_empty().unless("")},
)
_SIGNATURE = Stored(
    PaperSignature,
    {
        "name": text(),
        "part": text(),
        "at": moment(),
        "content": maybe_empty().unless(""),
        "ink": _long(MOST_INK).unless(""),
    },
)
_CONTENT = Stored(
    Content,
    {
        "buyer": part(_BUYER),
        "lines": parts(_LINE, MOST_LINES),
        "supply": _maybe_part(_SUPPLY),
        "car": _maybe_part(_CAR),
        "legs": parts(_LEG, MOST_PARTS).unless(()),
        "drivers": parts(_DRIVER, MOST_PARTS),
        "marks": parts(_MARK, MOST_MARKS),
        "payments": parts(_PAYMENT, MOST_PARTS),
        "signatures": parts(_SIGNATURE, MOST_PARTS),
        "notes": texts(MOST_PARTS),
        **dict.fromkeys(("booking_id", "agreement_id", "agreement_number"), maybe_empty().unless("")),
    },
)
_CORRECTION = Stored(
    Correction,
    {"paper_id": text(), "number": text(), "issued_at": moment(), "turn": count(), "reason": text()},
)
_BODY = Stored(
    Body,
    {
        "kind": choice(PaperKind),
        "branch_id": text(),
        "branch_code": matching(BRANCH_CODE),
        "zone": text(),
        "language": matching(_LANGUAGE),
        "currency": Field(shapes.CURRENCY, Fields.text),
        "template": count(),
        "by": text(),
        "seller": part(_LEGAL_DATA),
        "content": part(_CONTENT),
        "taxes": parts(_TAX_SUM, MOST_LINES),
        "corrects": _maybe_part(_CORRECTION),
    },
)
PAPER = Stored(
    Paper,
    {
        "_id": text().of("id"),
        "series": _series(),
        "n": count(),
        "issued_at": moment(),
        "body": part(_BODY),
        "prev_hash": _hash(),
        "hash": _hash(),
    },
)
paper_document, paper_of = PAPER.document_of, PAPER.record_of

SERIES = Stored(
    Series,
    {
        "_id": _series().of("id"),
        "next": count(),
        "last_hash": _hash(),
        "last_at": moment(),
        "epoch": maybe_empty().unless(""),
    },
)
series_document, series_record_of = SERIES.document_of, SERIES.record_of

LOST = Stored(
    LostNumbers,
    {"series": _series(), "first": count(), "last": count(), "why": text(), "by": text(), "at": moment()},
    numbered=True,
)
lost_document, lost_of = LOST.document_of, LOST.record_of

RENDERING = Stored(
    Rendering,
    {
        "paper_id": text(),
        "sha256": _hash(),
        "size": count(),
        "pages": count(),
        "template": count(),
        "fonts": text(),
        "by": text(),
        "at": moment(),
    },
    numbered=True,
)
rendering_document, rendering_of = RENDERING.document_of, RENDERING.record_of


def stands_at(series: Series) -> Document:
    """What a series' row matches while no paper was issued in it since *series* was read."""
    return {"_id": series.id, "next": series.next, "last_hash": series.last_hash}
