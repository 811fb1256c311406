"""A paper as it is issued: its body, frozen with everything that it says, and its place in a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.money.money import Money
from engine.domain.papers.legal import LegalData
from engine.domain.people.people import AccountName


class PaperKind(StrEnum):
    INVOICE = auto()
    CREDIT_NOTE = auto()
    RECEIPT = auto()
    AGREEMENT = auto()
    HAND_OVER = auto()
    RETURN = auto()

    @property
    def letters(self) -> str:
        """As a number has them."""
        return _LETTERS[self]


_LETTERS = {
    PaperKind.INVOICE: "INV",
    PaperKind.CREDIT_NOTE: "CRN",
    PaperKind.RECEIPT: "REC",
    PaperKind.AGREEMENT: "AGR",
    PaperKind.HAND_OVER: "OUT",
    PaperKind.RETURN: "RET",
}
#: What asks for money or gives it back: it names both sides, and its lines bear tax.
BILLS = frozenset({PaperKind.INVOICE, PaperKind.CREDIT_NOTE})


@dataclass(frozen=True, slots=True)
class Buyer:
    """Attributes: ``address`` in one line; ``vat_id`` where the buyer owes the tax or asks for it to be named."""

    name: str
    address: str = ""
    vat_id: str = ""
    email: str = ""
    phone: str = ""
    renter_id: str = ""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Prices are gross, tax included; ``gross`` is always ``quantity`` times ``unit_price``.

    Attributes:
        n: From 1 on, within its paper.
        kind, unit, tax: Codes; the first two have words in the templates, ``tax`` is one of the firm's rates.
        detail, note: What it is for, and a second row in smaller letters.
        unit_price: Below zero for a discount.
        corrects: Of a credit note: the line of the paper that it corrects; 0 elsewhere.
    """

    n: int
    kind: str
    detail: str
    quantity: int
    unit: str
    unit_price: Money
    gross: Money
    tax: str
    note: str = ""
    corrects: int = 0


@dataclass(frozen=True, slots=True)
class TaxSum:
    """All lines of one code together; the tax is counted once for them (docs/decisions/0060).

    Attributes: ``rate_bp`` and ``note`` as those of ``TaxRate`` held for this paper.
    """

    code: str
    rate_bp: int
    net: Money
    tax: Money
    gross: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """When and where the service is given, half-open (UTC), places in words."""

    starts_at: datetime
    ends_at: datetime
    start_place: str
    end_place: str


@dataclass(frozen=True, slots=True)
class PaperCar:
    """The car as it was at that moment.

    Attributes:
        body: A ``BodyType``, by which it is drawn; empty for none.
        fuel_out, fuel_in: In eighths, or in percent where ``electric``; None where nobody read it.
    """

    plate: str
    title: str
    about: str = ""
    km_out: int | None = None
    km_in: int | None = None
    fuel_out: int | None = None
    fuel_in: int | None = None
    electric: bool = False
    body: str = ""


@dataclass(frozen=True, slots=True)
class PaperLeg:
    """A car of a rental that had several. Attributes: ``out_at`` and ``in_at`` UTC; None for the one it has still."""

    car: PaperCar
    out_at: datetime
    in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaperDriver:
    """Texts as they are to be read; days are ISO dates, which templates write as their language does."""

    name: str
    born: str = ""
    licence: str = ""
    valid_from: str = ""
    valid_until: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class PaperMark:
    """A mark on the car.

    Attributes:
        n: The mark's own number for ever.
        new: It was found at this occasion.
        text: What it is, in the paper's language; empty where ``part`` and ``mark`` say it, in the template's words.
        view, x, y: Where it lies in the drawing of the car's body (``domain.car.body_parts.Place``); empty and None
            where nobody said.
        part, mark, severity, mm: A ``PartId``, a ``MarkKind``, how bad it is, and how long.
    """

    n: int
    text: str = ""
    new: bool = False
    view: str = ""
    x: int | None = None
    y: int | None = None
    part: str = ""
    mark: str = ""
    severity: int | None = None
    mm: int | None = None


@dataclass(frozen=True, slots=True)
class PaperPayment:
    """Attributes: ``tender`` is a code; ``reference`` an approval or the number of the prepayment's paper."""

    tender: str
    amount: Money
    at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """A name under a line.

    Attributes:
        part: A code for whose it is.
        content: The SHA-256 of what was signed, hexadecimal.
        ink: As it was drawn: for each stroke its places ``x,y`` with blanks between, strokes parted by semicolons, in
            whole ten-thousandths of the pad's width from its upper left corner.
    """

    name: str
    part: str
    at: datetime
    content: str = ""
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a paper is about: all that its issuer has to say.

    Attributes: ``legs`` are the rental's cars where it had several, the last of which is ``car``.
    """

    buyer: Buyer
    lines: tuple[PaperLine, ...] = ()
    supply: Supply | None = None
    car: PaperCar | None = None
    legs: tuple[PaperLeg, ...] = ()
    drivers: tuple[PaperDriver, ...] = ()
    marks: tuple[PaperMark, ...] = ()
    payments: tuple[PaperPayment, ...] = ()
    signatures: tuple[PaperSignature, ...] = ()
    notes: tuple[str, ...] = ()
    booking_id: str = ""
    agreement_id: str = ""
    agreement_number: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a credit note corrects.

    Attributes:
        number, issued_at: Of the paper, as it says them itself.
        turn: Which of that paper's credit notes this is, from 1 on; no two have the same.
    """

    paper_id: str
    number: str
    issued_at: datetime
    turn: int
    reason: str


@dataclass(frozen=True, slots=True)
class Body:
    """Everything that a paper says, but for its number and its time.

    Attributes:
        branch_code: As its series is called by.
        zone: IANA name of the branch's; its year is counted and its times are shown there.
        language: ISO 639-1; of the words around what is told.
        template: Which form of the templates it is drawn by, for ever.
        by: The account that issued it.
    """

    kind: PaperKind
    branch_id: str
    branch_code: str
    zone: str
    language: str
    currency: str
    template: int
    by: AccountName
    seller: LegalData
    content: Content
    taxes: tuple[TaxSum, ...] = ()
    corrects: Correction | None = None

    @property
    def total(self) -> Money:
        return sum((line.gross for line in self.content.lines), Money(0, self.currency))

    @property
    def net(self) -> Money:
        return sum((each.net for each in self.taxes), Money(0, self.currency))

    @property
    def paid(self) -> Money:
        return sum((each.amount for each in self.content.payments), Money(0, self.currency))


@dataclass(frozen=True, slots=True)
class Paper:
    """One that is issued; nothing of it ever changes.

    Attributes:
        id: Known before its number is, so that what is written with it can name it.
        issued_at: Server time (UTC), never before that of the number before.
        prev_hash, hash: SHA-256, hexadecimal; the first is the ``hash`` of the number before.
    """

    id: str
    series: str
    n: int
    issued_at: datetime
    body: Body
    prev_hash: str
    hash: str

    @property
    def number(self) -> str:
        return number_of(self.series, self.n)


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper without a number."""

    id: str
    body: Body


def number_of(series: str, n: int) -> str:
    """As it is printed, such as ``BER-2026-INV-0413``."""
    return f"{series}-{n:04d}"
