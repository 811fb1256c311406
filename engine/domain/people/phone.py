"""Telephone numbers: read as people write them, kept as E.164 (docs/decisions/0020, 0037)."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from types import MappingProxyType

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, ValidationResult

from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean, without_unseen

_LONGEST = 40
#: What stands between digits; anything else is no telephone number.
_BETWEEN = frozenset(" -()/.")
_SCHEME = re.compile(r"tel:", re.IGNORECASE)
#: How an extension is called on cards and in signatures, in the languages of the field.
_EXTENSION_WORDS = (
    "extension|extn?|durchwahl|nebenstelle|dw|poste|interno|interne|int|anexo|ramal|toestel|linje|anknytning"
    "|wewn|wew|linka|dahili|доб|вн|x|#"
)
_EXTENSION = re.compile(rf"[\s,]*(?:;\s*ext=|(?:{_EXTENSION_WORDS})[.:]?)\s*(\d{{1,7}})", re.IGNORECASE)
#: A national prefix shown beside the country's code: ``+49 (0)30``; also while it is still being typed.
_SHOWN_PREFIX = re.compile(r"\(0(?:\)|$)")
_PLAIN = MappingProxyType({"Zs": " ", "Pd": "-"})
_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: "field.phone_begin",
    NumberParseException.TOO_SHORT_AFTER_IDD: "field.phone_short",
    NumberParseException.TOO_SHORT_NSN: "field.phone_short",
    NumberParseException.TOO_LONG: "field.phone_long",
}
_LENGTHS = {
    ValidationResult.TOO_SHORT: "field.phone_short",
    ValidationResult.TOO_LONG: "field.phone_long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "field.phone_area",
}


def read_phone(text: object, country: str = "") -> str:
    """*text* as E.164, an extension behind it as RFC 3966 writes it (``;ext=12``).

    A number without + is one of *country* (ISO 3166), if that is given. Whether somebody has the number is not
    judged: numbering plans change faster than programs do.

    Raises:
        InvalidText: ``phone``; no number, too short, too long, or without + and country.
    """
    typed, extension = _spelt(clean("phone", text, longest=_LONGEST))
    if not _is_number(typed):
        raise InvalidText("phone", "field.phone")
    try:
        number = phonenumbers.parse(typed, country or None)
    except NumberParseException as problem:
        raise InvalidText("phone", _PROBLEMS.get(problem.error_type, "field.phone")) from problem
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        raise InvalidText("phone", _LENGTHS.get(length, "field.phone_of_country"))
    kept = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{kept};ext={extension}" if extension else kept


def phone_text(e164: str, country: str = "") -> str:
    """As people of *country* write it: without the country's code if it is their own. Unreadable ones stay as is."""
    line, _, extension = e164.partition(";ext=")
    try:
        number = phonenumbers.parse(line)
    except NumberParseException:
        return e164
    own = bool(country) and number.country_code == phonenumbers.country_code_for_region(country)
    form = PhoneNumberFormat.NATIONAL if own else PhoneNumberFormat.INTERNATIONAL
    shown = phonenumbers.format_number(number, form)
    return f"{shown} ext. {extension}" if extension else shown


def looks_like_phone(text: str) -> bool:
    """Whether somebody who types *text* means a number and not a name."""
    return _is_number(_spelt(text)[0])


def phone_beginnings(text: str, country: str = "") -> tuple[str, ...]:
    """How the numbers as kept begin that somebody may mean who has typed *text* so far; none if it is no number.

    What ``read_phone`` reads is among them as it is kept, whatever else *text* may be the beginning of.
    """
    typed, extension = _spelt(text)
    if not _is_number(typed):
        return ()
    digits = phonenumbers.normalize_digits_only(typed)
    found = [f"+{digits}"]
    if typed.startswith("+"):
        found += [f"+{phonenumbers.normalize_digits_only(_SHOWN_PREFIX.sub('', typed))}"]
    elif digits.startswith("00") and digits.strip("0"):
        found.append(f"+{digits[2:]}")
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is not None and not typed.startswith("+"):
        national = digits.removeprefix(metadata.national_prefix or "")
        found += [f"+{metadata.country_code}{national}"] if national else []
    found += _as_read(typed, country)
    return tuple(dict.fromkeys(f"{begin};ext={extension}" if extension else begin for begin in found if begin != "+"))


def phone_spellings(e164: str) -> tuple[str, ...]:
    """The digits of a kept number as they are dialled from abroad and at home; an extension is a word behind them."""
    line, _, extension = e164.partition(";ext=")
    behind = f" ext {extension}" if extension else ""
    shown = [line]
    with suppress(NumberParseException):  # what a desk of another release kept is found by its digits
        shown.append(phonenumbers.format_number(phonenumbers.parse(line), PhoneNumberFormat.NATIONAL))
    digits = dict.fromkeys(filter(None, map(phonenumbers.normalize_digits_only, shown)))
    return tuple(f"{each}{behind}" for each in digits)


def _as_read(typed: str, country: str) -> list[str]:
    """The number by the rules of its country, if there are digits enough for them."""
    try:
        number = phonenumbers.parse(typed, country or None)
    except NumberParseException:
        return []
    return [phonenumbers.format_number(number, PhoneNumberFormat.E164)]


def _spelt(text: str) -> tuple[str, str]:
    """What is typed or pasted, with plain spaces and hyphens for their many kinds and nothing unseen; its extension."""
    signs = (_PLAIN.get(unicodedata.category(sign), sign) for sign in without_unseen(text))
    typed = "".join("+" if sign == "＋" else sign for sign in signs).strip()  # noqa: RUF001 -- of wide keyboards
    if scheme := _SCHEME.match(typed):
        typed = typed[scheme.end() :].lstrip()
    extension = _EXTENSION.search(typed)
    if extension is None or extension.end() != len(typed):
        return typed, ""
    return typed[: extension.start()].rstrip(), phonenumbers.normalize_digits_only(extension[1])


def _is_number(spelt: str) -> bool:
    digits = spelt.removeprefix("+")
    return any(sign.isdecimal() for sign in digits) and all(sign.isdecimal() or sign in _BETWEEN for sign in digits)
