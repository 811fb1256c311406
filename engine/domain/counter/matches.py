"""What single words of a walk-in line, and words beside each other, may be; of days and times ``pieces`` says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from engine.domain.counter.called import Called, Fit, called, found
from engine.domain.counter.chips import (
    OfBody,
    OfClass,
    OfModel,
    OfPlate,
    PaidBy,
    PickUpAt,
    Rents,
    ReturnTo,
    Said,
    WithCover,
    WithExtra,
)
from engine.domain.counter.clock import MOST_KEPT
from engine.domain.counter.known import Known, KnownRenter, Named
from engine.domain.counter.money_words import deposits, discounts
from engine.domain.counter.pieces import Piece
from engine.domain.shared.sought import joined

#: Words that one thing may be called by.
MOST_WORDS = 4
_LEAST_TAIL, _LEAST_PLATE, _LEAST_LICENCE, _LEAST_DIALLED, _LONGEST_PHONE = 4, 3, 5, 7, 15
_SIGILS, _OPENING = "@>+", "\"'(„“«»"
_COUNTED = re.compile(r"\+\s*(?:(\d{1,2})\s*[x*×]?\s*)?(\D.*?)(?:\s*[x*×]\s*(\d{1,2})|\s+(\d{1,2})\s*[x*×])?")  # noqa: RUF001 -- a sign of multiplying
_PHONE = re.compile(r"\+?[\d\s()/.-]+")


class Family(Enum):
    """What excludes each other: a word belongs to one of them."""

    CAR = auto()
    TIMES = auto()
    RENTER = auto()
    PICK_UP = auto()
    RETURN_TO = auto()
    EXTRA = auto()
    COVER = auto()
    DEPOSIT = auto()
    TENDER = auto()
    DISCOUNT = auto()
    FILLER = auto()


@dataclass(frozen=True, slots=True)
class Match:
    """Words from ``begin`` up to ``end`` that may be something.

    Attributes:
        said: All that they may be within the family.
        worth: How much of the line it explains: more for more words and for a better fit.
        sure: Whether it is to be taken without asking, if it is alone.
        pieces: Of ``TIMES`` instead of ``said``.
    """

    begin: int
    end: int
    family: Family
    worth: int
    said: tuple[Said, ...] = ()
    sure: bool = True
    pieces: tuple[Piece, ...] = ()

    def overlaps(self, other: Match) -> bool:
        return self.begin < other.end and other.begin < self.end

    def nests_with(self, other: Match) -> bool:
        return (self.begin <= other.begin and other.end <= self.end) or (
            other.begin <= self.begin and self.end <= other.end
        )


@dataclass(frozen=True, slots=True)
class Read:
    """One way to read a text, as ``Match`` keeps it. Attributes: ``worth`` is for each of its words."""

    family: Family
    worth: int
    said: tuple[Said, ...] = ()
    sure: bool = True


#: As good as a word of money or time: a whole word of a name.
WHOLE = 4
_WORTH = {Fit.EXACT: WHOLE, Fit.WORDS: WHOLE, Fit.BEGUN: 2, Fit.SLIP: 1, Fit.NEAR: 1}
_FILLING, _PART_OF_PLATE = 3, 3


class Lexicon:
    """What the firm has, made ready for being looked up by many words."""

    def __init__(self, known: Known) -> None:
        self._known, words = known, known.words
        self._models = [
            called(OfModel(brand, model), _model_names(brand, model, known))
            for brand, model in dict.fromkeys((car.brand, car.model) for car in known.cars)
        ]
        self._plates = [(joined(car.plate), OfPlate(car.id)) for car in known.cars]
        self._classes = [called(OfClass(each.id), each.names) for each in known.classes]
        self._pick_ups = [called(PickUpAt(each.id), each.names) for each in known.branches]
        self._returns = [called(ReturnTo(each.id), each.names) for each in known.branches]
        self._extras = [called(each.id, _all_names(each, words.alike)) for each in known.extras]
        self._covers = [called(WithCover(each.id), _all_names(each, words.alike)) for each in known.covers]
        self._renters = [called(Rents(each.id), (each.name,)) for each in known.renters]

        self.read = lru_cache(MOST_KEPT)(self._read)

    def _read(self, text: str) -> tuple[Read, ...]:
        """Everything but a time that *text* may be."""
        return tuple(self._ways(text))

    def _ways(self, text: str) -> Iterator[Read]:
        if text[0] in _SIGILS:
            yield from self._led(text)
            return
        for family, money in ((Family.DEPOSIT, deposits), (Family.DISCOUNT, discounts)):
            yield from [Read(family, WHOLE, said)] if (said := money(text, self._known)) else []
        word = joined(text)
        if not _spells(text):
            return
        yield from self._of_tables(word)
        yield from _named(Family.CAR, text, self._models, least=Fit.EXACT if word.isdecimal() else Fit.NEAR)
        yield from _named(Family.CAR, text, self._classes, least=Fit.EXACT)
        yield from _named(Family.COVER, text, self._covers, least=Fit.WORDS if word.isdecimal() else Fit.BEGUN)
        yield from _named(Family.RENTER, text, self._renters, surely=Fit.WORDS)
        yield from self._numbers(text, word)

    def _of_tables(self, word: str) -> Iterator[Read]:
        words = self._known.words
        if word in words.tenders:
            yield Read(Family.TENDER, WHOLE, (PaidBy(words.tenders[word]),))
        if word in words.bodies:
            yield Read(Family.CAR, WHOLE, (OfBody(words.bodies[word]),))
        if word in words.fillers:
            yield Read(Family.FILLER, _FILLING)

    def _led(self, text: str) -> Iterator[Read]:
        rest = text[1:].strip()
        if not _spells(rest):
            return
        if text[0] == "@":
            yield from _named(Family.PICK_UP, rest, self._pick_ups)
        elif text[0] == ">":
            yield from _named(Family.RETURN_TO, rest, self._returns)
        else:
            yield from self._extra(text)
            yield from self._phone(text)

    def _extra(self, text: str) -> Iterator[Read]:
        typed = _COUNTED.fullmatch(text)
        if typed is None:
            return
        count = int(typed[1] or typed[3] or typed[4] or 1)
        if count and (fitting := found(typed[2], self._extras)) is not None:
            fit, ids = fitting
            yield Read(Family.EXTRA, _WORTH[fit], tuple(WithExtra(each, count) for each in ids), fit > Fit.SLIP)

    def _numbers(self, text: str, word: str) -> Iterator[Read]:
        if not any(sign.isdecimal() for sign in word):
            return
        yield from self._plate(text, word)
        yield from self._phone(text)
        if len(word) >= _LEAST_LICENCE:
            by_licence = tuple(Rents(each.id) for each in self._known.renters if joined(each.licence) == word)
            yield from [Read(Family.RENTER, WHOLE, by_licence)] if by_licence else []

    def _plate(self, text: str, word: str) -> Iterator[Read]:
        """All of a plate or a part of it; of ``10-18`` only all, which is more often a time."""
        if len(word) < _LEAST_PLATE:
            return
        whole = tuple(said for plate, said in self._plates if plate == word)
        parted = text.isdecimal() or not word.isdecimal()
        part = whole or (tuple(said for plate, said in self._plates if word in plate) if parted else ())
        if part:
            yield Read(Family.CAR, WHOLE if whole or len(word) >= _LEAST_TAIL else _PART_OF_PLATE, part)

    def _phone(self, text: str) -> Iterator[Read]:
        """A number that ends as theirs does; what is dialled before it at home or from abroad is left out."""
        if not (text.isdecimal() or (_PHONE.fullmatch(text) and len(joined(text)) >= _LEAST_DIALLED)):
            return
        digits = joined(text)
        tail = digits.lstrip("0") if len(digits) >= _LEAST_DIALLED else digits
        if not _LEAST_TAIL <= len(tail) <= _LONGEST_PHONE:
            return
        fitting = tuple(Rents(each.id) for each in self._known.renters if _digits(each).endswith(tail))
        if fitting:
            yield Read(Family.RENTER, WHOLE + 1 if text[0] == "+" else WHOLE, fitting)


def _digits(renter: KnownRenter) -> str:
    return joined(renter.phone.partition(";")[0])


def _named(
    family: Family, text: str, among: Sequence[Called[Said]], *, least: Fit = Fit.NEAR, surely: Fit = Fit.BEGUN
) -> Iterator[Read]:
    fitting = found(text, among, least)
    if fitting is not None:
        fit, said = fitting
        yield Read(family, _WORTH[fit], said, fit >= surely)


def _spells(text: str) -> bool:
    """Whether each word begins like a name or a number and has a letter or a digit."""
    return all(joined(word) and (word[0].isalnum() or word[0] in _OPENING) for word in text.split(" ")) and bool(text)


def _model_names(brand: str, model: str, known: Known) -> tuple[str, ...]:
    """Also with a short name for the brand; ``3`` alone is no car."""
    alone = () if model.isdecimal() and len(model) < _LEAST_PLATE else (model,)
    return (*alone, f"{brand} {model}", *_short(brand, model, known))


def _short(brand: str, model: str, known: Known) -> tuple[str, ...]:
    return tuple(f"{short} {model}" for short, whole in known.words.brands.items() if joined(brand).startswith(whole))


def _all_names(named: Named, alike: tuple[frozenset[str], ...]) -> tuple[str, ...]:
    own = {joined(name) for name in named.names}
    return (*named.names, *(word for group in alike if group & own for word in group))
