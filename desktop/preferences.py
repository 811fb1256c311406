"""What this person set on this computer: window, theme, motion, language, last search. Nothing secret.

API: Preferences(file=None) with geometry, place, scheme, reduced_motion, language, last_search,
    scopes, fleet_view, keeps_copies, csv, crash_seen.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

from desktop.theme.theme import Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Said of crash reports that shall not be offered again.
NEVER = "never"
#: Arrangements of screens whose place is kept; a laptop meets many.
_MOST_PLACES = 20


class Preferences:
    """A value that cannot be read (older program, edited by hand) counts as not set."""

    def __init__(self, file: Path | None = None) -> None:
        if file is None:
            ini, user = QSettings.Format.IniFormat, QSettings.Scope.UserScope
            self._settings = QSettings(ini, user, "DriveSphere", "DriveSphere")
        else:
            self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        """For ``QWidget.restoreGeometry``; empty if the window was never closed here."""
        stored = self._settings.value("window/geometry")
        return stored if isinstance(stored, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)

    def place(self, arrangement: str) -> QByteArray:
        """As ``geometry``, for screens so arranged; empty if the window was never closed on them."""
        told = self._fields("window/places").get(arrangement, "")
        return QByteArray.fromBase64(told.encode("ascii", "replace"))

    def keep_place(self, arrangement: str, geometry: QByteArray) -> None:
        places = self._fields("window/places")
        places.pop(arrangement, None)
        places[arrangement] = bytes(geometry.toBase64().data()).decode()
        latest = dict(list(places.items())[-_MOST_PLACES:])
        self._settings.setValue("window/places", json.dumps(latest))

    @property
    def scheme(self) -> Scheme:
        stored = self._text("look/scheme")
        return Scheme(stored) if stored in {scheme.value for scheme in Scheme} else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._settings.setValue("look/scheme", scheme.value)

    @property
    def reduced_motion(self) -> bool:
        return self._text("look/reduced_motion") == "true"

    @reduced_motion.setter
    def reduced_motion(self, reduced: bool) -> None:
        self._settings.setValue("look/reduced_motion", "true" if reduced else "false")

    @property
    def language(self) -> str:
        """A locale name such as ``de_DE``; empty means the system's."""
        return self._text("look/language")

    @language.setter
    def language(self, name: str) -> None:
        self._settings.setValue("look/language", name)

    @property
    def last_search(self) -> dict[str, str]:
        """The fields of the search form as they were left."""
        return self._fields("search/last")

    @last_search.setter
    def last_search(self, fields: Mapping[str, str]) -> None:
        self._settings.setValue("search/last", json.dumps(dict(fields)))

    @property
    def scopes(self) -> dict[str, str]:
        """Account -> whose bookings its list showed last."""
        return self._fields("bookings/scopes")

    @scopes.setter
    def scopes(self, scopes: Mapping[str, str]) -> None:
        self._settings.setValue("bookings/scopes", json.dumps(dict(scopes)))

    @property
    def fleet_view(self) -> str:
        """How a fleet is shown on this computer: ``cards`` or ``table``."""
        return self._text("fleet/view")

    @fleet_view.setter
    def fleet_view(self, name: str) -> None:
        self._settings.setValue("fleet/view", name)

    @property
    def keeps_copies(self) -> bool:
        """Whether owners' books may be kept on this computer."""
        return self._text("copies/never") != "never"

    @keeps_copies.setter
    def keeps_copies(self, keeps: bool) -> None:
        self._settings.setValue("copies/never", "" if keeps else "never")

    @property
    def csv(self) -> dict[str, str]:
        """What was set about CSV files; see ``desktop.csv_habits``. Empty: as the system's language has it."""
        return self._fields("export/csv")

    @csv.setter
    def csv(self, fields: Mapping[str, str]) -> None:
        self._settings.setValue("export/csv", json.dumps(dict(fields)))

    @property
    def crash_seen(self) -> str:
        """Name of the last crash report that was told; ``never`` where none shall be offered."""
        return self._text("crash/seen")

    @crash_seen.setter
    def crash_seen(self, name: str) -> None:
        if self.crash_seen != NEVER:
            self._settings.setValue("crash/seen", name)

    def save(self) -> None:
        """Write now; otherwise Qt does it some time later."""
        self._settings.sync()

    def _fields(self, name: str) -> dict[str, str]:
        try:
            stored = json.loads(self._text(name) or "{}")
        except ValueError:
            return {}
        if not isinstance(stored, dict):
            return {}
        return {str(field): str(value) for field, value in stored.items()}

    def _text(self, name: str) -> str:
        return str(self._settings.value(name, "") or "")
