"""How papers, their languages and what they need are called in the window; their own words are their templates'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from types import MappingProxyType

from desktop.words.figures import counted
from engine.domain.car.car import Branch
from engine.domain.papers.legal import RENTAL_TAX, LegalData, TaxDecision, rates_at
from engine.domain.papers.of_agreement import Protocol
from engine.domain.papers.of_booking import Lack
from engine.domain.papers.paper import PaperKind
from engine.words.tr import tr

KINDS = MappingProxyType(
    {
        PaperKind.INVOICE: tr("Invoice"),
        PaperKind.CREDIT_NOTE: tr("Credit note"),
        PaperKind.RECEIPT: tr("Receipt"),
        PaperKind.AGREEMENT: tr("Rental agreement"),
        PaperKind.HAND_OVER: tr("Hand-over protocol"),
        PaperKind.RETURN: tr("Return protocol"),
    }
)
#: In itself, as whoever reads it looks for it.
LANGUAGE_NAMES = MappingProxyType({"en": tr("English"), "de": tr("Deutsch")})


def lacking(legal: LegalData | None, taxes: Iterable[TaxDecision], branches: Iterable[Branch], now: datetime) -> str:
    """What an administrator still has to do before papers can be issued; nothing where all is there."""
    return " · ".join(_lacking(legal, taxes, branches, now))


def _lacking(
    legal: LegalData | None, taxes: Iterable[TaxDecision], branches: Iterable[Branch], now: datetime
) -> Iterator[str]:
    if legal is None:
        yield tr("The firm's name and address are missing")
    if RENTAL_TAX not in rates_at(taxes, now):
        yield tr("No rate of tax has the code “{code}”", code=RENTAL_TAX)
    if unconfirmed := sum(not branch.code_confirmed for branch in branches):
        yield counted("{count} code is not confirmed", "{count} codes are not confirmed", unconfirmed)


LACKS = MappingProxyType(
    {
        Lack.LEGAL: tr("the firm's name and address"),
        Lack.RATE: tr("a rate of tax for rentals"),
        Lack.CODE: tr("the confirmed code of this branch"),
        Lack.ADDRESS: tr("the renter's address"),
    }
)


def lack_words(lacking: Iterable[Lack], *, may_set_up: bool) -> str:
    """What keeps an invoice from being issued, and who mends it; nothing where nothing does."""
    every = list(lacking)
    if not every:
        return ""
    told = tr("Still missing for the invoice: {what}.", what=", ".join(LACKS[each] for each in every))
    if may_set_up or not set(every) - {Lack.ADDRESS}:
        return told
    return tr("{told} An administrator gives the firm's data on “Papers and taxes”.", told=told)


def protocol_words(protocol: Protocol) -> str:
    if protocol.back:
        return tr("Return of {car}", car=protocol.label)
    return tr("Hand-over of {car}", car=protocol.label)
