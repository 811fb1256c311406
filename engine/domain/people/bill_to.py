"""Where a renter's invoices go, and in whose name; nobody has to say it before there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

_VAT_ID = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,13}")
_LONGEST = {"company": 120, "vat_id": 40, "street": 120, "postcode": 20, "town": 80, "in_country": 60}


@dataclass(frozen=True, slots=True)
class BillTo:
    """All of it may be empty.

    Attributes:
        company: In whose name invoices are, where it is not the renter's own.
        vat_id: As the tax office wrote it, without blanks.
        street: With the number of the house.
        in_country: Its name, as a letter has it.
    """

    company: str = ""
    vat_id: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    in_country: str = ""

    @property
    def addressed(self) -> bool:
        """Whether a letter would arrive."""
        return bool(self.street and self.town)

    @property
    def address(self) -> str:
        """In one line."""
        town = f"{self.postcode} {self.town}".strip()
        return ", ".join(filter(None, (self.street, town, self.in_country)))


NOWHERE = BillTo()


def bill_to_field(name: str, value: object) -> str:
    """One field of a ``BillTo`` as it is kept. Raises: InvalidText, with the name of the field."""
    text = clean(name, value, longest=_LONGEST[name], required=False)
    return read_vat_id(name, text) if name == "vat_id" else text


def sound_bill_to(typed: BillTo) -> BillTo:
    """Raises: InvalidText, naming the first field that is wrong."""
    return BillTo(**{each.name: bill_to_field(each.name, getattr(typed, each.name)) for each in fields(BillTo)})


def read_vat_id(field: str, value: str) -> str:
    """Without blanks, in capitals; nothing for nothing. Raises: InvalidText, ``field``."""
    text = value.replace(" ", "").upper()
    if text and _VAT_ID.fullmatch(text) is None:
        raise InvalidText(field, "field.legal_number")
    return text
