"""Finding by any part, with one slip forgiven: the keys that are stored, and which beginnings of keys a text means.

Every word is stored from each of its signs on, so any part of it begins a key and an index finds it
(docs/decisions/0038). Words are what lies between signs that are neither letters nor digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from engine.domain.shared.alike import as_latin
from engine.domain.shared.text import search_key

#: Longer keys are cut, and so is what is looked for.
LONGEST_KEY = 40
#: More words than this narrow nothing down.
MOST_WORDS = 6
#: Shorter words have too many that differ by one sign.
LEAST_FORGIVEN = 4
#: A shorter word, unless it is the first, is looked for where words begin.
LEAST_INSIDE = 3
#: In front of keys that are whole words; no word has it.
MARK = "~"
#: What ``_counts`` says of signs of ASCII, all at once.
_PLAIN_RUN = re.compile("[0-9a-z]+")
#: Apostrophes of plain keyboards; ``search_key`` drops the others.
_DROPPED = {ord(sign): None for sign in "'`"}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a typed text may mean.

    Attributes:
        ways: Any of them is enough. A way is one set of beginnings for each word, and for every set a key must begin
            with one of it. Without ways nothing is found.
        slip: Whether the beginnings are those that differ from the typed text by one sign.
    """

    ways: tuple[tuple[frozenset[str], ...], ...] = ()
    slip: bool = False

    def found_in(self, keys: Iterable[str]) -> bool:
        """As the database decides it, of one row's *keys*."""
        held = tuple(keys)
        return any(all(_begins(held, word) for word in way) for way in self.ways)

    def within(self, texts: tuple[str, ...]) -> bool:
        """``found_in`` of the keys of *texts*, each one word as compared, without making them."""
        return any(
            all(any(_lies_in(text, each) for each in word for text in texts) for word in way) for way in self.ways
        )


def _lies_in(text: str, beginning: str) -> bool:
    """Whether a key of *text*, one word as compared, begins with *beginning*."""
    return text.startswith(beginning[1:]) if beginning.startswith(MARK) else beginning in text


def folded(text: str) -> str:
    """*text* as it is compared: without case, accents and unseen signs, letters painted like Latin ones as those."""
    if text.isascii():
        return text.translate(_DROPPED).casefold()
    return "".join(_decimal(sign) for sign in as_latin(search_key(text)))


def words(text: str) -> list[str]:
    """The words of *text*, compared and cut as keys are."""
    return [word[:LONGEST_KEY] for word in _runs(folded(text))]


def joined(text: str) -> str:
    """All letters and digits of *text* in one word: ``b-ds 12`` and ``B DS12`` are one plate."""
    return "".join(_runs(folded(text)))


def folded_signs(text: str) -> list[tuple[str, int]]:
    """What ``joined`` keeps of *text*, sign by sign, with where in *text* each comes from."""
    return [(sign, at) for at, shown in enumerate(text) for sign in folded(shown) if _counts(sign)]


def parts(texts: Iterable[str]) -> tuple[str, ...]:
    """The keys of *texts*: each of their words from each sign on, and once more whole with ``MARK``."""
    found = dict[str, None]()
    for text in texts:
        for word in _runs(folded(text)):
            found.update(dict.fromkeys(word[at : at + LONGEST_KEY] for at in range(len(word))))
            found[MARK + word[:LONGEST_KEY]] = None
    return tuple(found)


def sought(text: str, also: Iterable[str] = ()) -> Sought:
    """What *text* means: all of it as one word, or all its words, or those of one of *also*, texts that mean the same.

    A short word after the first must begin one: the last sign of ``B-DS 1`` is in most numbers.
    """
    ways = [(frozenset({joined(text)[:LONGEST_KEY]}),), *(_way(words(each)) for each in (text, *also))]
    return Sought(tuple(dict.fromkeys(way for way in ways if way and "" not in way[0])))


def _way(apart: list[str]) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset({word if at == 0 or len(word) >= LEAST_INSIDE else MARK + word})
        for at, word in enumerate(apart[:MOST_WORDS])
    )


@dataclass(frozen=True, slots=True)
class Guess:
    """That one word was typed with a slip and the others were not.

    Attributes:
        way: The words as typed, with a hole where ``instead`` belongs.
        instead: What differs from the word by one sign; few of them begin a key that there is.
    """

    way: tuple[frozenset[str], ...]
    at: int
    instead: frozenset[str]

    def among(self, keys: Iterable[str]) -> frozenset[str]:
        """Those of ``instead`` that begin one of *keys*, a row's; none where the other words are not in it."""
        held, typed = tuple(keys), max(map(len, self.way[self.at]))
        if not all(_begins(held, word) for at, word in enumerate(self.way) if at != self.at):
            return frozenset()
        lengths = (typed - 1, typed, typed + 1)
        return frozenset(key[:length] for key in held for length in lengths if key[:length] in self.instead)

    def told(self, there: frozenset[str]) -> tuple[frozenset[str], ...]:
        return (*self.way[: self.at], there, *self.way[self.at + 1 :])


def guesses(text: str) -> tuple[Guess, ...]:
    """What *text* may mean if one sign of it is wrong, missing, too many or has changed places with its neighbour."""
    apart = words(text)[:MOST_WORDS]
    exact = _way(apart)
    found = [Guess(exact, at, frozenset(_slips(word))) for at, word in enumerate(apart)]
    number = joined(text)[:LONGEST_KEY]
    if len(apart) > 1 and _has_digit(number):
        near = frozenset(each for each in _slips(number) if _has_digit(each))
        found.append(Guess((frozenset({number}),), 0, near))
    return tuple(each for each in found if each.instead)


def forgiven(text: str, rows: Iterable[tuple[str, ...]]) -> Sought:
    """What *text* means with a slip, by the keys of *rows*."""
    held = tuple(rows)
    return told((guess, keys) for guess in guesses(text) for keys in held)


def told(found: Iterable[tuple[Guess, Iterable[str]]]) -> Sought:
    """What was meant, of rows whose keys may bear a guess out."""
    there: dict[Guess, frozenset[str]] = {}
    for guess, keys in found:
        there[guess] = there.get(guess, frozenset()) | guess.among(keys)
    return Sought(tuple(guess.told(each) for guess, each in there.items() if each), slip=True)


def _has_digit(word: str) -> bool:
    """Several words with a digit may be one number, whose parts say nothing by themselves."""
    return any(sign.isdecimal() for sign in word)


def _slips(word: str) -> Iterator[str]:
    if len(word) < LEAST_FORGIVEN:
        return
    signs = _alphabet(word)
    for at in range(len(word)):
        before, sign, after = word[:at], word[at], word[at + 1 :]
        yield before + after
        if not after:
            return  # without its last sign it begins whatever ends in another one
        if after[0] != sign:
            yield before + after[0] + sign + after[1:]
        yield from (before + other + after for other in signs if other != sign)
        yield from (before + other + sign + after for other in signs if other != sign)


def _alphabet(word: str) -> frozenset[str]:
    """What is on the keyboards that *word* may have been typed on."""
    return frozenset().union(*(_keyboard(_script(sign)) for sign in set(word)))


def _script(sign: str) -> str:
    return "" if sign.isascii() else unicodedata.name(sign, "").partition(" ")[0]


@cache
def _keyboard(script: str) -> frozenset[str]:
    """Letters of *script* as they are compared; of a script with too many of them none. Empty: Latin and digits."""
    if not script:
        return frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
    if script not in {"GREEK", "CYRILLIC", "HEBREW", "ARABIC", "GEORGIAN", "ARMENIAN"}:
        return frozenset()
    letters = (chr(code) for code in (*range(0x370, 0x6D4), *range(0x10D0, 0x10FB)))
    return frozenset(folded(sign) for sign in letters if sign.isalpha() and _script(sign) == script) - {""}


def _begins(keys: tuple[str, ...], beginnings: frozenset[str]) -> bool:
    """One look for each length that a beginning has, however many there are."""
    lengths = _lengths(beginnings)
    return any(key[:length] in beginnings for key in keys for length in lengths)


def _lengths(beginnings: frozenset[str]) -> set[int]:
    return {len(each) for each in beginnings}


def _runs(folded_text: str) -> list[str]:
    """Letters and digits that stand together."""
    if folded_text.isascii():
        return _PLAIN_RUN.findall(folded_text)
    return "".join(sign if _counts(sign) else " " for sign in folded_text).split()


def _counts(sign: str) -> bool:
    return sign.isalnum() or (not sign.isascii() and unicodedata.category(sign)[0] == "M")


def _decimal(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
