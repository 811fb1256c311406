"""Desks of other languages.

API: with desk_in(name), a locale's name such as "de_DE".
"""

from __future__ import annotations

from contextlib import contextmanager

from PySide6.QtCore import QLocale


@contextmanager
def desk_in(name):
    before = QLocale()
    QLocale.setDefault(QLocale(name))
    try:
        yield
    finally:
        QLocale.setDefault(before)
