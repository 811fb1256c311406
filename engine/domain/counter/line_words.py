"""The words of a walk-in line in two languages. Those of days and times are ``engine.domain.moments.habits``'s."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType
from typing import TypeVar

from engine.domain.car.body_type import BodyType
from engine.domain.shared.sought import joined

T = TypeVar("T")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


class PaidWith(StrEnum):
    """How somebody says that it is paid; which ``money.payment.Tender`` comes of it is not decided here."""

    CASH = auto()
    TERMINAL = auto()
    CHECKOUT = auto()  #: a page in the renter's browser
    BANK = auto()
    VOUCHER = auto()
    ACCOUNT = auto()  #: on account


@dataclass(frozen=True, slots=True)
class LineWords:
    """All words as they are compared (``sought.joined``), a phrase as one word.

    Attributes:
        out, back: What stands before the time of the pick-up and of the return.
        lasting: What may stand before a length.
        deposit, discount: What stands beside their number.
        fillers: What says nothing.
        brands: A short name and the brand it stands for.
        alike: Groups of words for one extra or cover; what the firm calls by one is found by all of them.
    """

    out: frozenset[str]
    back: frozenset[str]
    lasting: frozenset[str]
    deposit: frozenset[str]
    discount: frozenset[str]
    fillers: frozenset[str]
    tenders: Mapping[str, PaidWith]
    bodies: Mapping[str, BodyType]
    brands: Mapping[str, str]
    alike: tuple[frozenset[str], ...]


def spelt_out(text: str) -> str:
    """*text* as it is typed where the keyboard has no umlauts."""
    return text if text.isascii() else text.lower().translate(_SPELT)


def together(one: LineWords, other: LineWords) -> LineWords:
    """What either says; of a word that both know, what *one* says."""
    return LineWords(
        out=one.out | other.out,
        back=one.back | other.back,
        lasting=one.lasting | other.lasting,
        deposit=one.deposit | other.deposit,
        discount=one.discount | other.discount,
        fillers=one.fillers | other.fillers,
        tenders=MappingProxyType({**other.tenders, **one.tenders}),
        bodies=MappingProxyType({**other.bodies, **one.bodies}),
        brands=MappingProxyType({**other.brands, **one.brands}),
        alike=one.alike + other.alike,
    )


def _words(text: str) -> frozenset[str]:
    """Words with spaces between them; ``_`` is a space within one."""
    spelt = (form for word in text.split() for form in (word, spelt_out(word)))
    return frozenset(joined(form.replace("_", " ")) for form in spelt)


def _meant(rows: Mapping[T, str]) -> Mapping[str, T]:
    return MappingProxyType({word: meaning for meaning, text in rows.items() for word in _words(text)})


_BRANDS = _meant({"volkswagen": "vw", "mercedes": "mb merc benz mercedes_benz", "citroen": "citro", "opel": "vauxhall"})

ENGLISH = LineWords(
    out=_words("from starting"),
    back=_words("to till til until back return returning"),
    lasting=_words("for"),
    deposit=_words("dep deposit"),
    discount=_words("discount off less"),
    fillers=_words("for with and please by pays paying a an the"),
    tenders=_meant(
        {
            PaidWith.CASH: "cash",
            PaidWith.TERMINAL: "card terminal debit debit_card credit_card creditcard",
            PaidWith.CHECKOUT: "link pay_link payment_link stripe qr",
            PaidWith.BANK: "bank transfer bank_transfer wire",
            PaidWith.VOUCHER: "voucher",
            PaidWith.ACCOUNT: "account on_account invoice",
        }
    ),
    bodies=_meant(
        {
            BodyType.HATCHBACK: "hatchback hatch",
            BodyType.SEDAN: "sedan saloon",
            BodyType.ESTATE: "estate wagon station_wagon",
            BodyType.SUV: "suv 4x4 offroader",
            BodyType.CONVERTIBLE: "convertible",
            BodyType.COUPE: "coupe",
            BodyType.VAN: "van minivan minibus",
            BodyType.PICKUP: "pickup pick_up truck",
        }
    ),
    brands=_BRANDS,
    alike=(
        _words("seat child_seat childseat kindersitz sitz"),
        _words("booster booster_seat sitzerhöhung"),
        _words("gps sat_nav satnav navigation navi"),
        _words("chains snow_chains schneeketten"),
        _words("driver additional_driver extra_driver zusatzfahrer fahrer"),
        _words("roof_box roofbox dachbox"),
        _words("winter_tyres winter_tires winterreifen"),
        _words("cdw collision_damage_waiver vollkasko"),
        _words("tp theft_protection diebstahlschutz"),
        _words("full_cover zero_excess rundumschutz"),
    ),
)
GERMAN = LineWords(
    out=_words("von ab vom"),
    back=_words("bis zurück rückgabe zum"),
    lasting=_words("für"),
    deposit=_words("kaution"),
    discount=_words("rabatt nachlass"),
    fillers=_words("für mit und bitte zahlt per der die das ein eine einen"),
    tenders=_meant(
        {
            PaidWith.CASH: "bar bargeld",
            PaidWith.TERMINAL: "karte ec ec_karte girocard kreditkarte",
            PaidWith.CHECKOUT: "zahlungslink",
            PaidWith.BANK: "überweisung banküberweisung",
            PaidWith.VOUCHER: "gutschein",
            PaidWith.ACCOUNT: "rechnung auf_rechnung",
        }
    ),
    bodies=_meant(
        {
            BodyType.HATCHBACK: "schrägheck",
            BodyType.SEDAN: "limousine stufenheck",
            BodyType.ESTATE: "kombi",
            BodyType.SUV: "geländewagen",
            BodyType.CONVERTIBLE: "cabrio cabriolet kabrio",
            BodyType.COUPE: "coupé",
            BodyType.VAN: "transporter kleinbus bus",
            BodyType.PICKUP: "pritsche",
        }
    ),
    brands=MappingProxyType({}),
    alike=(),
)
