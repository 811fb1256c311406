"""Papers that tests issue, and a firm that may issue them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import BERLIN

from engine.adapters.mongo.codec.documents import branch_document
from engine.adapters.mongo.codec.papers import legal_document, tax_document
from engine.domain.firm.settings import BEGINNING
from engine.domain.money.money import Money
from engine.domain.papers.drafts import PaperWish
from engine.domain.papers.legal import LegalData, LegalDecision, TaxDecision, TaxRate
from engine.domain.papers.paper import Buyer, Content, PaperCar, PaperKind, PaperLine, Supply
from engine.domain.people.people import AccountName

CODED = replace(BERLIN, code="BER", code_confirmed=True)
FIRM = LegalData(
    name="Spreebogen Autovermietung GmbH",
    address="Lindwurmweg 14, 10557 Berlin",
    vat_id="DE123456789",
    register="Amtsgericht Charlottenburg, HRB 123456 B",
    phone="+49 30 2312 50 0",
    email="post@spreebogen.example",
    bank="Beispielbank",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    terms_version="2026-03",
    terms="1. The car.\nThe renter brings the car back as it was.\n2. The price.\nAs the lines say.",
)
STANDARD, EXEMPT = TaxRate("standard", 1900), TaxRate("exempt", 0, "Exempt from VAT, Art. 135 of Directive 2006/112/EC")
RATES = {each.code: each for each in (STANDARD, TaxRate("reduced", 700), EXEMPT)}
ADA = Buyer("Ada Moreau", "8 rue des Tilleuls, 69003 Lyon")
OUT = datetime(2026, 12, 9, 6, 30, tzinfo=UTC)
STAY = Supply(OUT, OUT + timedelta(days=3), "Berlin Spreebogen", "Berlin Spreebogen")
CAR = PaperCar("B-XB 2778", "Citroën C3", "Petrol, manual, 5 seats", 44_714, 45_102, 8, 7)


def line(minor: int = 37_00, quantity: int = 3, **more: object) -> PaperLine:
    price = Money(minor, "EUR")
    told = {"kind": "rental", "detail": "Citroën C3 B-XB 2778", "unit": "day", "tax": "standard", **more}
    return PaperLine(n=1, quantity=quantity, unit_price=price, gross=price.times(quantity), **told)


def paper_wish(kind: PaperKind = PaperKind.INVOICE, lines=None, language="en", branch=CODED, **content) -> PaperWish:
    told = Content(
        **{"buyer": ADA, "lines": (line(),) if lines is None else lines, "supply": STAY, "car": CAR, **content}
    )
    return PaperWish(kind, branch.id, language, "EUR", told)


def may_issue(db, *, fresh: bool = False) -> None:
    """The firm has told everything that its papers must say; its branch in Berlin is BER."""
    db.branches.replace_one({"_id": CODED.id}, branch_document(CODED), upsert=fresh)
    by = AccountName("admin")
    db.legal_data.insert_one(legal_document(LegalDecision(1, BEGINNING, FIRM, by, BEGINNING)))
    for n, rate in enumerate(RATES.values(), 1):
        db.tax_rates.insert_one(tax_document(TaxDecision(n, BEGINNING, rate, by, BEGINNING)))
