"""Text that people type or paste: one form for keeping (``clean``) and one for comparing (``search_key``).

docs/decisions/0037 says which is used where.
"""

from __future__ import annotations

import re
import unicodedata

from engine.domain.shared.errors import InvalidText

#: Controls, lone surrogates, private and unassigned characters.
_FORBIDDEN = frozenset({"Cc", "Cs", "Co", "Cn"})
_BLANKS = r"\t\n\v\f\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
#: What ends a line or a cell where it was copied, and blanks that are no plain space.
_ODD_BLANKS = re.compile(rf" *[{_BLANKS}][ {_BLANKS}]*")
_JOINERS = frozenset("\u200c\u200d")
#: Format characters that are drawn: number signs of Arabic, Syriac and Kaithi (Prepended_Concatenation_Mark).
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Unseen, though Unicode calls them letters, marks or symbols: fillers, the grapheme joiner, the empty Braille cell.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_VIRAMA = 9
#: First words of the names of letters that a joiner between them changes.
_JOINED = frozenset(
    "ARABIC SYRIAC MANDAIC MONGOLIAN NKO ADLAM DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA "
    "MALAYALAM SINHALA KHMER MYANMAR TIBETAN".split()
)


def clean(field: str, value: object, *, longest: int, required: bool = True) -> str:
    """*value* as it is kept: trimmed, composed (NFC), on one line, without what is neither seen nor means anything.

    Raises:
        InvalidText: Not a string, without anything visible though required, over *longest* characters, or holding
            control characters, lone surrogates or characters that Unicode does not know.
    """
    if not isinstance(value, str):
        raise InvalidText(field, "field.no_text")
    if len(value) > 4 * longest:
        raise InvalidText(field, "field.too_long", longest=longest)
    text = _one_line(value)
    if any(unicodedata.category(sign) in _FORBIDDEN for sign in text):
        raise InvalidText(field, "field.unshown")
    text = _seen(text).strip()
    if len(text) > longest:
        raise InvalidText(field, "field.too_long", longest=longest)
    if required and not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
        raise InvalidText(field, "field.empty")
    return text


def plain(field: str, value: object, *, longest: int) -> str:
    """*value* itself where nothing in it had to be cleaned: an id or a key that a program made, not a person.

    Raises:
        InvalidText
    """
    text = clean(field, value, longest=longest)
    if text != value:
        raise InvalidText(field, "field.not_plain")
    return text


def without_unseen(text: str) -> str:
    """*text* without any character that is not seen, joiners too: for addresses, numbers and what is compared."""
    return "".join(sign for sign in text if not _unseen(sign))


def _one_line(text: str) -> str:
    """Line breaks, tabs and blanks of a width of their own as plain spaces, a run of them as one."""
    return _ODD_BLANKS.sub(" ", text)


def _seen(text: str) -> str:
    """*text* composed, without unseen characters but those that change what is seen around them."""
    if text.isascii():
        return text
    signs = [sign for sign in unicodedata.normalize("NFC", text) if _may_stay(sign)]
    kept: list[str] = []
    for at, sign in enumerate(signs):
        if not _unseen(sign) or _means_something(sign, kept, signs[at + 1 :]):
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))


def _may_stay(sign: str) -> bool:
    return not _unseen(sign) or sign in _JOINERS or _is_variation(sign)


def _unseen(sign: str) -> bool:
    if sign.isascii():
        return False
    return (unicodedata.category(sign) == "Cf" and sign not in _DRAWN) or sign in _FILLERS or _is_variation(sign)


def _is_variation(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef" or "\u180b" <= sign <= "\u180d"


def _means_something(sign: str, before: list[str], after: list[str]) -> bool:
    """A joiner in a script that joins or in an emoji, or the choice of one drawing of the character before."""
    last = before[-1] if before else " "
    if sign not in _JOINERS:
        return unicodedata.category(last)[0] == "S" or _script(last) in {"CJK", "MONGOLIAN"}
    if unicodedata.combining(last) == _VIRAMA:
        return True
    following = next((each for each in after if not _unseen(each)), " ")
    if _script(last) in _JOINED and _script(following) in _JOINED:
        return True
    drawn = [each for each in before if not _is_variation(each)]
    return sign == "\u200d" and all(unicodedata.category(each) in {"So", "Sk"} for each in (*drawn[-1:], following))


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0] if unicodedata.category(sign)[0] in "LM" else ""


#: Letters that Unicode does not take apart and people type without their stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"})
_JOINS, _DROPPED = str.maketrans("-‐‑–", "    "), str.maketrans("", "", "'’ʼ`´")  # noqa: RUF001 -- signs people type
_MOST_WORDS = 8


def search_key(text: str) -> str:
    """*text* without case, accents, hyphens, apostrophes and unseen signs; what is stored and typed meet in it."""
    return earlier_key(earlier_key(without_unseen(text)))


def earlier_key(text: str) -> str:
    """As keys were written before unseen signs were left out of them: rows of then are found under this one."""
    folded = text.translate(_JOINS).translate(_DROPPED).casefold().translate(_PLAIN)
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return " ".join(bare.split())


def search_words(text: str) -> list[str]:
    """The words of a typed or pasted *text*, without what is not seen."""
    return without_unseen(_one_line(text)).split()


def search_forms(text: str) -> tuple[str, ...]:
    """What a typed *text* is looked for under: its key, and the one that an older row may have. None is empty."""
    return tuple(dict.fromkeys(filter(None, (search_key(text), earlier_key(text)))))


def name_keys(name: str) -> tuple[str, ...]:
    """*name* beginning at each of its words, the ones before put behind: the family name may come first."""
    words = search_key(name).split()
    turned = (" ".join((*words[at:], *words[:at])) for at in range(min(len(words), _MOST_WORDS)))
    return tuple(dict.fromkeys(turned))
