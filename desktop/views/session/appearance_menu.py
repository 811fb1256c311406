"""What a person may set about the look, light or dark, and motion: as a menu and as commands.

API: AppearanceMenu(theme, preferences); appearance_commands(theme, preferences).
"""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from desktop.commands import Command
from desktop.preferences import Preferences
from desktop.theme.theme import Scheme, Theme
from engine.words.tr import tr

_SCHEMES = {Scheme.SYSTEM: tr("As the system"), Scheme.LIGHT: tr("Light"), Scheme.DARK: tr("Dark")}
_COMMANDS = {
    Scheme.SYSTEM: tr("Look: as the system"),
    Scheme.LIGHT: tr("Look: light"),
    Scheme.DARK: tr("Look: dark"),
}


def appearance_commands(theme: Theme, preferences: Preferences) -> list[Command]:
    """One for each look that is not worn, and one that stops or allows motion."""

    def stop() -> None:
        _reduce(theme, preferences, reduced=not theme.reduced_motion)

    def scheme_command(scheme: Scheme, title: str) -> Command:
        wear = partial(_choose, theme, preferences, scheme)
        return Command(f"look.{scheme.value}", title, wear, when=lambda: theme.scheme is not scheme, group=tr("Window"))

    schemes = [scheme_command(scheme, title) for scheme, title in _COMMANDS.items()]
    return [*schemes, Command("look.motion", tr("Look: reduce motion, or allow it"), stop, group=tr("Window"))]


def _choose(theme: Theme, preferences: Preferences, scheme: Scheme) -> None:
    preferences.scheme = scheme
    theme.choose(scheme)


def _reduce(theme: Theme, preferences: Preferences, *, reduced: bool) -> None:
    preferences.reduced_motion = reduced
    theme.reduce_motion(reduced=reduced)


class AppearanceMenu(QMenu):
    def __init__(self, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(tr("Look"), parent)
        self._theme, self._preferences = theme, preferences
        self._group = QActionGroup(self)
        for scheme, words in _SCHEMES.items():
            action = QAction(words, self._group, checkable=True, checked=scheme is theme.scheme)
            action.setData(scheme)
            self.addAction(action)
        self.addSeparator()
        self._motion = QAction(tr("Reduce motion"), self, checkable=True, checked=theme.reduced_motion)
        self.addAction(self._motion)
        self._group.triggered.connect(self._choose)
        self._motion.toggled.connect(self._reduce)
        self.aboutToShow.connect(self._sync)

    def _choose(self, action: QAction) -> None:
        _choose(self._theme, self._preferences, Scheme(action.data()))

    def _reduce(self, reduced: bool) -> None:  # noqa: FBT001 -- Qt's signal
        _reduce(self._theme, self._preferences, reduced=reduced)

    def _sync(self) -> None:
        """The other window part may have changed it meanwhile."""
        for action in self._group.actions():
            action.setChecked(Scheme(action.data()) is self._theme.scheme)
        self._motion.setChecked(self._theme.reduced_motion)
