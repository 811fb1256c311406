"""What the demo's firm says of itself on papers, and the tax that its lines bear; none of it is anybody's."""

from __future__ import annotations

from engine.domain.firm.settings import BEGINNING
from engine.domain.papers.legal import NO_TAX, LegalData, LegalDecision, TaxDecision, TaxRate
from engine.domain.people.people import AccountName

_TERMS = """1. The car. The renter brings it back as it was handed over, at the time and to the place that were agreed.
2. Drivers. Only those named in the agreement may drive, with a licence that is valid for all of the rental.
3. Fuel. The car comes back with as much as it left with; what is missing is charged by the eighth.
4. Kilometres. Those beyond what is free are charged each at the price in the agreement.
5. Damage. The renter tells the branch at once, and the police where others are hurt or harmed.
6. Fines and tolls of the rental are the renter's."""
_FIRM = LegalData(
    name="Spreebogen Autovermietung GmbH",
    address="Lindwurmweg 14, 10557 Berlin",
    vat_id="DE000000000",
    register="Amtsgericht Charlottenburg, HRB 000000 B",
    phone="+49 30 2312 50 0",
    email="post@spreebogen.example",
    bank="Beispielbank Berlin",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    terms_version="2026-03",
    terms=_TERMS,
)
_RATES = (
    TaxRate("standard", 1900),
    TaxRate("reduced", 700),
    TaxRate("exempt", 0, "Compensation for damage, outside the scope of VAT"),
    TaxRate(NO_TAX, 0, "Outside the scope of VAT"),
)


def legal(by: AccountName) -> LegalDecision:
    return LegalDecision(1, BEGINNING, _FIRM, by, BEGINNING)


def taxes(by: AccountName) -> tuple[TaxDecision, ...]:
    return tuple(TaxDecision(n, BEGINNING, rate, by, BEGINNING) for n, rate in enumerate(_RATES, 1))
