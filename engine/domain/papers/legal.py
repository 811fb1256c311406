"""The firm as the law knows it, and its rates of tax: rows that are added, each with the moment it holds from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.firm.audit import Facts
from engine.domain.people.bill_to import read_vat_id
from engine.domain.people.people import AccountName, read_email
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

#: In which papers can be written; the first where nobody chose.
LANGUAGES = ("en", "de")
#: What lines are of until the firm says what tax they bear.
NO_TAX = "none"
#: What rentals bear, and the fees that belong to them.
RENTAL_TAX = "standard"
CODE = "^[a-z][a-z0-9_]{0,29}$"
_CODE = re.compile(CODE)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{8}([A-Z0-9]{3})?")
_WHOLE_BP = 10_000
MOST_TERMS = 20_000


@dataclass(frozen=True, slots=True)
class LegalData:
    """Who issues papers.

    Attributes:
        vat_id: As the tax office wrote it, without blanks; empty for a firm that has none.
        register: Court and number, or what else the law of the country wants below a letter.
        iban, bic: Without blanks.
        terms_version: What the terms of rental are called, such as ``2026-03``.
        terms: Their text; paragraphs are parted by line breaks.
        language: In which papers are written unless somebody chooses another; the papers themselves do not repeat it.
        logo: The id of a ``Logo``; empty for none.
    """

    name: str
    address: str
    vat_id: str = ""
    register: str = ""
    phone: str = ""
    email: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    terms_version: str = ""
    terms: str = ""
    language: str = ""
    logo: str = ""

    def said_on(self, kind: str) -> LegalData:
        """What of it a paper of *kind* repeats: only agreements have the terms."""
        return replace(self, language="", terms=self.terms if kind == "agreement" else "")

    @property
    def facts(self) -> Facts:
        """For the audit."""
        told = {name: str(getattr(self, name)) for name in _SHORT}
        return {**{name: value for name, value in told.items() if value}, "terms": f"{len(self.terms)} characters"}


_SHORT = (
    "name",
    "address",
    "vat_id",
    "register",
    "phone",
    "email",
    "bank",
    "iban",
    "bic",
    "terms_version",
    "language",
    "logo",
)


@dataclass(frozen=True, slots=True)
class LegalDecision:
    """The firm's data as somebody decided them; of two for one moment the later decision holds.

    Attributes:
        number: Counts from 1.
        valid_from: Server time (UTC).
    """

    number: int
    valid_from: datetime
    data: LegalData
    by: AccountName
    made_at: datetime


@dataclass(frozen=True, slots=True)
class TaxRate:
    """What a line of that code bears.

    Attributes:
        rate_bp: Of the net, in basis points; 1900 is 19 %.
        note: The words that the law wants where nothing is borne: why it is exempt, or who owes it instead.
    """

    code: str
    rate_bp: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """Attributes: as those of ``LegalDecision``."""

    number: int
    valid_from: datetime
    rate: TaxRate
    by: AccountName
    made_at: datetime


def legal_at(decisions: Iterable[LegalDecision], at: datetime) -> LegalData | None:
    """The firm's data that hold at *at*; None where it never gave any."""
    begun = [each for each in decisions if each.valid_from <= at]
    last = max(begun, key=lambda each: (each.valid_from, each.number), default=None)
    return last.data if last else None


def rates_at(decisions: Iterable[TaxDecision], at: datetime) -> Mapping[str, TaxRate]:
    """By code, those that hold at *at*; ``NO_TAX`` is always among them."""
    begun = [each for each in decisions if each.valid_from <= at]
    begun.sort(key=lambda each: (each.valid_from, each.number))
    return {NO_TAX: TaxRate(NO_TAX, 0)} | {each.rate.code: each.rate for each in begun}


def sound_legal(data: LegalData) -> LegalData:
    """*data* with its texts cleaned. Raises: InvalidText, named by its field."""
    lengths = {"name": 120, "address": 300, "register": 200, "phone": 60, "bank": 120, "terms_version": 40}
    required = {"name", "address"}
    texts = {
        field: clean(field, getattr(data, field), longest=longest, required=field in required)
        for field, longest in lengths.items()
    }
    codes = {
        field: _without_blanks(field, getattr(data, field), form)
        for field, form in {"iban": _IBAN, "bic": _BIC}.items()
    }
    vat_id = read_vat_id("vat_id", clean("vat_id", data.vat_id, longest=60, required=False))
    email = read_email(data.email) if data.email else ""
    if data.language and data.language not in LANGUAGES:
        raise InvalidText("language", "field.not_listed")
    return replace(data, **texts, **codes, vat_id=vat_id, email=email, terms=_paragraphs(data.terms))


def sound_rate(rate: TaxRate) -> TaxRate:
    """Raises: InvalidText, named by its field."""
    if _CODE.fullmatch(clean("code", rate.code, longest=30)) is None:
        raise InvalidText("code", "field.tax_code")
    if type(rate.rate_bp) is not int or not 0 <= rate.rate_bp <= _WHOLE_BP:
        raise InvalidText("rate", "field.percent")
    if rate.code == NO_TAX and rate.rate_bp:
        raise InvalidText("rate", "field.no_tax")
    # Whoever bears nothing is told why (Directive 2006/112/EC, Art. 226, 11 and 11a).
    note = clean("note", rate.note, longest=200, required=not rate.rate_bp)
    return replace(rate, note=note)


def _without_blanks(field: str, value: str, form: re.Pattern[str]) -> str:
    text = clean(field, value, longest=60, required=False).replace(" ", "").upper()
    if text and form.fullmatch(text) is None:
        raise InvalidText(field, "field.legal_number")
    return text


def _paragraphs(terms: object) -> str:
    if not isinstance(terms, str):
        raise InvalidText("terms", "field.no_text")
    if len(terms) > MOST_TERMS:
        raise InvalidText("terms", "field.too_long", longest=MOST_TERMS)
    lines = (clean("terms", line, longest=MOST_TERMS, required=False) for line in terms.splitlines())
    return "\n".join(lines).strip()
