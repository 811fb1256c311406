"""The menu of what a person may set about the look: light or dark, and motion."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from desktop.preferences import Preferences
from desktop.theme.theme import Scheme, Theme

_SCHEMES = {Scheme.SYSTEM: "As the system", Scheme.LIGHT: "Light", Scheme.DARK: "Dark"}


class LookMenu(QMenu):
    def __init__(self, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__("Look", parent)
        self._theme, self._preferences = theme, preferences
        self._group = QActionGroup(self)
        for scheme, words in _SCHEMES.items():
            action = QAction(words, self._group, checkable=True, checked=scheme is theme.scheme)
            action.setData(scheme)
            self.addAction(action)
        self.addSeparator()
        self._motion = QAction("Reduce motion", self, checkable=True, checked=theme.reduced_motion)
        self.addAction(self._motion)
        self._group.triggered.connect(self._choose)
        self._motion.toggled.connect(self._reduce)
        self.aboutToShow.connect(self._sync)

    def _choose(self, action: QAction) -> None:
        scheme = Scheme(action.data())
        self._preferences.scheme = scheme
        self._theme.choose(scheme)

    def _reduce(self, reduced: bool) -> None:  # noqa: FBT001 -- Qt's signal
        self._preferences.reduced_motion = reduced
        self._theme.reduce_motion(reduced=reduced)

    def _sync(self) -> None:
        """The other window part may have changed it meanwhile."""
        for action in self._group.actions():
            action.setChecked(Scheme(action.data()) is self._theme.scheme)
        self._motion.setChecked(self._theme.reduced_motion)
