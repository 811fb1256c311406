"""The order of lists that are held whole: that of this person's language.

Lists that come by pages keep the one stored order of every desk (docs/decisions/0038); these are put in order here,
where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cmp_to_key
from typing import TypeVar

from PySide6.QtCore import QCollator, QLocale, Qt

T = TypeVar("T")


def in_language_order(
    items: Iterable[T], words: Callable[[T], str] = str, *, numeric: bool = True, language: QLocale | None = None
) -> list[T]:
    """*items* by what is read of them, case and punctuation aside; equal ones stay as they came.

    *numeric* puts ``Terminal 2`` before ``Terminal 10``; it is off for signs that only look like numbers. *language* is
    this person's unless another is given.
    """
    compare = _collator((language or QLocale()).name(), numeric=numeric).compare

    def of_two(one: T, other: T) -> int:
        return int(compare(words(one), words(other)))

    return sorted(items, key=cmp_to_key(of_two))


@cache
def _collator(name: str, *, numeric: bool) -> QCollator:
    wanted = QLocale(name)
    # The system's "C" orders by code, capitals first: nobody's language.
    collator = QCollator(QLocale(QLocale.Language.English) if wanted.language() is QLocale.Language.C else wanted)
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    collator.setNumericMode(numeric)
    return collator
