"""What a paper tells, as texts by the names that templates call them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.papers.template import Template
from desktop.papers.writing import Writing
from engine.domain.money.money import Money
from engine.domain.papers.paper import (
    Paper,
    PaperDriver,
    PaperKind,
    PaperLeg,
    PaperLine,
    PaperMark,
    PaperPayment,
    PaperSignature,
    TaxSum,
)
from engine.domain.shared.zones import shown_zone

#: Texts by name.
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Values:
    """Attributes: ``lists`` are rows of facts by the name of the list; ``one`` is all else."""

    one: Facts
    lists: Mapping[str, tuple[Facts, ...]]


def values_of(paper: Paper, template: Template) -> Values:
    return _Teller(paper, template, Writing(template.habits, shown_zone(paper.body.zone))).values()


@dataclass(frozen=True, slots=True)
class _Teller:
    paper: Paper
    template: Template
    write: Writing

    def values(self) -> Values:
        body = self.paper.body
        told = body.content
        one = {**self._paper(), **self._seller(), **self._buyer(), **self._stay(), **self._car()}
        return Values(
            one,
            {
                "lines": tuple(map(self._line, told.lines)),
                "legs": tuple(map(self._leg, told.legs)),
                "drivers": tuple(map(self._driver, told.drivers)),
                "payments": tuple(map(self._payment, told.payments)),
                "marks": tuple(map(self._mark, told.marks)),
                "signatures": tuple(map(self._signature, told.signatures)),
                "notes": tuple({"text": each} for each in told.notes),
                "terms": tuple({"text": each} for each in body.seller.terms.splitlines() if each),
                "totals": tuple(self._totals()),
            },
        )

    def _paper(self) -> Facts:
        paper, body = self.paper, self.paper.body
        told = {
            "number": paper.number,
            "template": str(body.template),
            "currency": body.currency,
            "issued_on": self.write.day(paper.issued_at),
            "issued_at": self.write.moment(paper.issued_at),
            "booking_id": body.content.booking_id,
            "agreement_number": body.content.agreement_number,
            "hash": paper.hash,
        }
        if (corrects := body.corrects) is not None:
            told |= {
                "corrects.number": corrects.number,
                "corrects.on": self.write.day(corrects.issued_at),
                "corrects.reason": corrects.reason,
            }
        return told

    def _seller(self) -> Facts:
        seller = self.paper.body.seller
        told = {name: getattr(seller, name) for name in ("name", "address", "vat_id", "register", "bank", "bic")}
        told |= {"iban": _in_fours(seller.iban), "terms_version": seller.terms_version}
        told["contact"] = " · ".join(filter(None, (seller.phone, seller.email)))
        return {f"seller.{name}": text for name, text in told.items()}

    def _buyer(self) -> Facts:
        buyer = self.paper.body.content.buyer
        return {f"buyer.{name}": getattr(buyer, name) for name in ("name", "address", "vat_id", "email", "phone")}

    def _stay(self) -> Facts:
        if (supply := self.paper.body.content.supply) is None:
            return {}
        return {
            "supply.start": self.write.moment(supply.starts_at),
            "supply.end": self.write.moment(supply.ends_at),
            "supply.start_place": supply.start_place,
            "supply.end_place": supply.end_place,
        }

    def _car(self) -> Facts:
        if (car := self.paper.body.content.car) is None:
            return {}
        fuel = "charge" if car.electric else "eighths"
        told = {"plate": car.plate, "title": car.title, "about": car.about, "body": car.body}
        told |= {name: self._counted("km", getattr(car, name)) for name in ("km_out", "km_in")}
        told |= {name: self._counted(fuel, getattr(car, name)) for name in ("fuel_out", "fuel_in")}
        return {f"car.{name}": text for name, text in told.items()}

    def _leg(self, leg: PaperLeg) -> Facts:
        told, fuel = leg.car, "charge" if leg.car.electric else "eighths"
        out = (self._counted("km", told.km_out), self._counted(fuel, told.fuel_out))
        back = (self._counted("km", told.km_in), self._counted(fuel, told.fuel_in))
        return {
            "car": told.title,
            "plate": told.plate,
            "out": self.write.moment(leg.out_at),
            "read_out": " · ".join(filter(None, out)),
            "back": self.write.moment(leg.in_at) if leg.in_at is not None else "",
            "read_in": " · ".join(filter(None, back)),
        }

    def _counted(self, code: str, number: int | None) -> str:
        return "" if number is None else self.template.say(code, {"number": self.write.number(number)})

    def _line(self, line: PaperLine) -> Facts:
        rate = next((each for each in self.paper.body.taxes if each.code == line.tax), None)
        rate_bp = rate.rate_bp if rate else 0
        many = f"unit.{line.unit}s" if line.quantity != 1 and self.template.knows(f"unit.{line.unit}s") else ""
        unit = many or (f"unit.{line.unit}" if self.template.knows(f"unit.{line.unit}") else "unit.piece")
        return {
            "text": self.template.say(f"line.{line.kind}", {"detail": line.detail}) or line.detail,
            "note": line.note,
            "quantity": self.template.say(unit, {"count": self.write.number(line.quantity)}),
            "unit_net": self.write.net_of(line.unit_price, rate_bp),
            "unit": self.write.amount(line.unit_price),
            "tax": self.write.percent(rate_bp),
            "sum": self.write.amount(line.gross),
        }

    def _driver(self, driver: PaperDriver) -> Facts:
        told = {"from": self.write.iso_day(driver.valid_from), "until": self.write.iso_day(driver.valid_until)}
        codes = ("driver.valid", "driver.from", "driver.until")
        valid = next((text for code in codes if (text := self.template.say(code, told))), "")
        born = self.write.iso_day(driver.born)
        return {"name": driver.name, "born": born, "licence": driver.licence, "valid": valid, "seen": driver.seen}

    def _payment(self, payment: PaperPayment) -> Facts:
        tender = self.template.say(f"tender.{payment.tender}", {}) or payment.tender
        whole = self.template.say("tender.reference", {"tender": tender, "reference": payment.reference})
        at, paid = self.write.moment(payment.at), self.write.amount(payment.amount)
        return {"text": whole or tender, "at": at, "sum": paid}

    def _mark(self, mark: PaperMark) -> Facts:
        told = {"n": str(mark.n), "text": mark.text or self._matter(mark)}
        text = self.template.say("mark.new" if mark.new else "mark.known", told)
        place = {"view": mark.view, "x": str(mark.x), "y": str(mark.y)} if mark.view else {}
        return {"text": text, "n": told["n"], "new": "new" if mark.new else "", **place}

    def _matter(self, mark: PaperMark) -> str:
        """A part that the template has no word for by its own name."""
        told = {
            "part": self.template.say(f"body.{mark.part}", {}) or mark.part,
            "kind": self.template.say(f"matter.{mark.mark}", {}) or mark.mark,
            "severity": self.template.say(f"severity.{mark.severity}", {}),
            "mm": "" if mark.mm is None else self.write.number(mark.mm),
        }
        return self.template.say("mark.measured", told) or self.template.say("mark.told", told)

    def _signature(self, signature: PaperSignature) -> Facts:
        told = {"name": signature.name, "seller.name": self.paper.body.seller.name}
        who = self.template.say(f"part.{signature.part}", told) or self.template.say("part.other", told)
        content = self.template.say("signed.content", {"content": _in_eights(signature.content)})
        return {
            "part": signature.part,
            "who": who,
            "at": self.template.say("signed", {"at": self.write.moment(signature.at)}),
            "content": content,
            "ink": signature.ink,
        }

    def _totals(self) -> list[Facts]:
        body = self.paper.body
        if not body.content.lines:
            return []
        rows = [self._total("total.net", body.net)] if any(each.tax.minor for each in body.taxes) else []
        for each in body.taxes:
            rows += self._tax(each)
        credited = body.kind is PaperKind.CREDIT_NOTE
        rows.append({**self._total("total.credited" if credited else "total.whole", body.total), "style": "total"})
        if body.content.payments and not credited:
            rows.append(self._total("total.paid", body.paid))
            rows.append({**self._total("total.due", body.total - body.paid), "style": "strong"})
        return rows

    def _tax(self, tax: TaxSum) -> list[Facts]:
        told = {"rate": self.write.percent(tax.rate_bp), "net": self.write.amount(tax.net), "note": tax.note}
        code = "total.tax" if tax.rate_bp else "total.none"
        row = {"text": self.template.say(code, told), "sum": self.write.amount(tax.tax)}
        note = self.template.say("total.note", told)
        return [row, {"text": note, "sum": "", "style": "note"}] if note else [row]

    def _total(self, code: str, money: Money) -> Facts:
        text = self.template.say(code, {"currency": self.paper.body.currency})
        return {"text": text, "sum": self.write.amount(money)}


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _in_eights(text: str) -> str:
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))
