"""Telephone numbers: read as people write them, kept as E.164 (docs/decisions/0020)."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, ValidationResult

from engine.domain.errors import InvalidText
from engine.domain.text import clean

_LONGEST = 40
#: What stands between digits; anything else is no telephone number.
_BETWEEN = frozenset(" -()/.\u00a0")
_PROBLEMS = {
    NumberParseException.INVALID_COUNTRY_CODE: "begins with + and the country's code",
    NumberParseException.TOO_SHORT_AFTER_IDD: "is too short",
    NumberParseException.TOO_SHORT_NSN: "is too short",
    NumberParseException.TOO_LONG: "is too long",
}
_LENGTHS = {
    ValidationResult.TOO_SHORT: "is too short",
    ValidationResult.TOO_LONG: "is too long",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "is too short: the area code is missing",
}


def read_phone(text: object, country: str = "") -> str:
    """*text* as E.164. A number without + is one of *country* (ISO 3166), if that is given.

    Whether somebody has the number is not judged: numbering plans change faster than programs do.

    Raises:
        InvalidText: ``phone``; no number, too short, too long, or without + and country.
    """
    typed = clean("phone", text, longest=_LONGEST)
    if not looks_like_phone(typed):
        raise InvalidText("phone", "is no telephone number")
    try:
        number = phonenumbers.parse(typed, country or None)
    except NumberParseException as problem:
        raise InvalidText("phone", _PROBLEMS.get(problem.error_type, "is no telephone number")) from problem
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != ValidationResult.IS_POSSIBLE:
        raise InvalidText("phone", _LENGTHS.get(length, "is no telephone number of that country"))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def phone_text(e164: str, country: str = "") -> str:
    """As people of *country* write it: without the country's code if it is their own. Unreadable ones stay as is."""
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return e164
    own = bool(country) and number.country_code == phonenumbers.country_code_for_region(country)
    form = PhoneNumberFormat.NATIONAL if own else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def looks_like_phone(text: str) -> bool:
    """Whether somebody who types *text* means a number and not a name."""
    digits = text.strip().removeprefix("+")
    return bool(digits) and all(sign.isdecimal() or sign in _BETWEEN for sign in digits)


def phone_beginnings(text: str, country: str = "") -> tuple[str, ...]:
    """How the E.164 numbers begin that somebody may mean who has typed *text* so far; none if it is no number."""
    typed = text.strip()
    digits = phonenumbers.normalize_digits_only(typed)
    if not digits or not looks_like_phone(typed):
        return ()
    if typed.startswith("+"):
        return (f"+{digits}",)
    found = [f"+{digits}"]
    if digits.startswith("00") and digits.strip("0"):
        found.append(f"+{digits[2:]}")
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is not None:
        national = digits.removeprefix(metadata.national_prefix or "")
        found += [f"+{metadata.country_code}{national}"] if national else []
    return tuple(dict.fromkeys(found))
