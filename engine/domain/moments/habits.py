"""How somebody writes days and times: the order of day and month, and the words of a few languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

#: A word that no table has may be cut short from here on: ``septem``, ``donners``.
_CUT_FROM = 4
_DOTLESS = str.maketrans({"\u0131": "i"})
_DIACRITICS = range(0x300, 0x370)


class Order(Enum):
    """Which of ``3/4`` is the day. UNKNOWN and, where the year stands last, YMD do not say."""

    DMY = auto()
    MDY = auto()
    YMD = auto()
    UNKNOWN = auto()


class WordKind(Enum):
    """What a word may mean; the number beside it says which."""

    MONTH = auto()  #: 1 to 12
    WEEKDAY = auto()  #: 1 is Monday
    DAY = auto()  #: days from today: -1 is yesterday
    NOW = auto()
    CLOCK = auto()  #: an hour of its own name: 12 is noon
    DAYS = auto()  #: a length; the number is how many days one of it has
    MINUTES = auto()  #: a length; the number is how many minutes one of it has
    HALF = auto()  #: of the day: 0 is am, 12 is pm
    HOUR = auto()  #: ``18 h``, ``18 Uhr``
    NTH = auto()  #: ``2nd``
    COMING = auto()  #: of a time that comes twice: 0 is the first
    IN = auto()
    AGO = auto()
    FILLER = auto()


Meaning = tuple[WordKind, int]
Words = Mapping[str, frozenset[Meaning]]


def folded(word: str) -> str:
    """*word* for comparing: without case, and without the marks on Latin, Greek and Cyrillic letters."""
    parts = unicodedata.normalize("NFD", word.casefold().translate(_DOTLESS))
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if ord(sign) not in _DIACRITICS))


@dataclass(frozen=True, slots=True)
class Habits:
    """Attributes: ``on_is_am``: a word before a day is written like "am" (German "am Freitag")."""

    order: Order
    words: Words
    on_is_am: bool = False

    def meanings(self, word: str) -> frozenset[Meaning]:
        """What *word* (folded) may mean; more than one where languages meet: "mar" is March and martes."""
        if word in self.words:
            return self.words[word]
        if len(word) < _CUT_FROM:
            return frozenset()
        begun = (meanings for whole, meanings in self.words.items() if whole.startswith(word))
        return frozenset(
            each for meanings in begun for each in meanings if each[0] in (WordKind.MONTH, WordKind.WEEKDAY)
        )


def table(rows: Iterable[tuple[WordKind, int, str]]) -> Words:
    """Words with a space between them in each row; *rows* may name one word more than once."""
    found: dict[str, set[Meaning]] = {}
    for kind, number, words in rows:
        for word in words.split():
            found.setdefault(folded(word.strip(".")), set()).add((kind, number))
    return MappingProxyType({word: frozenset(meanings) for word, meanings in found.items()})


def named(months: Sequence[Iterable[str]], weekdays: Sequence[Iterable[str]]) -> Words:
    """A language of which only the names are known: of January first, of Monday first, each in several lengths.

    Names with a space or a digit in them are left out; they are no single word.
    """
    rows = [(WordKind.MONTH, number, name) for number, names in enumerate(months, 1) for name in names]
    rows += [(WordKind.WEEKDAY, number, name) for number, names in enumerate(weekdays, 1) for name in names]
    return table(
        row for row in rows if row[2].strip(".") and not any(sign.isspace() or sign.isdigit() for sign in row[2])
    )


def joined(order: Order, *tables: Words) -> Habits:
    """A word means whatever any of *tables* says."""
    words: dict[str, frozenset[Meaning]] = {}
    for each in tables:
        for word, meanings in each.items():
            words[word] = words.get(word, frozenset()) | meanings
    return Habits(order, MappingProxyType(words), on_is_am=(WordKind.FILLER, 0) in words.get("am", frozenset()))


def _numbered(kind: WordKind, names: str) -> list[tuple[WordKind, int, str]]:
    """*names*: those of one number part by commas, numbers count from 1."""
    return [(kind, number, words) for number, words in enumerate(names.split(","), 1)]


ENGLISH = table(
    [
        *_numbered(
            WordKind.MONTH,
            "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sep sept,"
            "october oct,november nov,december dec",
        ),
        *_numbered(
            WordKind.WEEKDAY,
            "monday mon mo,tuesday tue tues tu,wednesday wed weds we,thursday thu thur thurs th,friday fri fr,"
            "saturday sat sa,sunday sun su",
        ),
        (WordKind.DAY, -2, "ereyesterday"),
        (WordKind.DAY, -1, "yesterday"),
        (WordKind.DAY, 0, "today"),
        (WordKind.DAY, 1, "tomorrow tmrw tomorow"),
        (WordKind.DAY, 2, "overmorrow"),
        (WordKind.NOW, 0, "now n"),
        (WordKind.CLOCK, 12, "noon midday"),
        (WordKind.DAYS, 1, "d day days"),
        (WordKind.DAYS, 7, "w wk week weeks"),
        (WordKind.MINUTES, 60, "h hr hrs hour hours"),
        (WordKind.MINUTES, 1, "min mins minute minutes"),
        (WordKind.HALF, 0, "am"),
        (WordKind.HALF, 12, "pm"),
        (WordKind.HOUR, 0, "h oclock"),
        (WordKind.NTH, 0, "st nd rd th"),
        (WordKind.COMING, 0, "first"),
        (WordKind.COMING, 1, "second"),
        (WordKind.IN, 0, "in"),
        (WordKind.AGO, 0, "ago"),
        (WordKind.FILLER, 0, "on at the of"),
    ]
)
GERMAN = table(
    [
        *_numbered(
            WordKind.MONTH,
            "januar jan jänner jaenner,februar feb feber,märz maerz mär mrz,april apr,mai,juni jun juno,juli jul julei,"
            "august aug,september sep sept,oktober okt,november nov,dezember dez",
        ),
        *_numbered(
            WordKind.WEEKDAY,
            "montag mo,dienstag di,mittwoch mi,donnerstag do,freitag fr,samstag sonnabend sa,sonntag so",
        ),
        (WordKind.DAY, -2, "vorgestern"),
        (WordKind.DAY, -1, "gestern"),
        (WordKind.DAY, 0, "heute"),
        (WordKind.DAY, 1, "morgen"),
        (WordKind.DAY, 2, "übermorgen uebermorgen"),
        (WordKind.NOW, 0, "jetzt j sofort"),
        (WordKind.CLOCK, 12, "mittag mittags"),
        (WordKind.DAYS, 1, "t tag tage tagen"),
        (WordKind.DAYS, 7, "woche wochen"),
        (WordKind.MINUTES, 60, "std stunde stunden"),
        (WordKind.MINUTES, 1, "min minute minuten"),
        (WordKind.HOUR, 0, "h uhr"),
        (WordKind.COMING, 0, "erste erstes"),
        (WordKind.COMING, 1, "zweite zweites"),
        (WordKind.IN, 0, "in"),
        (WordKind.AGO, 0, "vor"),
        (WordKind.FILLER, 0, "am um den der dem"),
    ]
)
