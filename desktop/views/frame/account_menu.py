"""Who is signed in, at the foot of the rail, and what belongs to a person and not to a page."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.theme.icons import Icon
from desktop.views.parts.csv_dialog import TITLE
from desktop.views.parts.view_context import ViewContext
from desktop.views.session.appearance_menu import AppearanceMenu
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import plain_tip
from desktop.words.messages import ROLES
from engine.domain.people.people import Actor
from engine.words.tr import tr


class AccountButton(Button):
    """Signals: ``sign_out_wanted``, ``password_wanted``, ``keys_wanted`` and ``csv_wanted``, from its menu."""

    sign_out_wanted = Signal()
    csv_wanted = Signal()
    password_wanted = Signal()
    keys_wanted = Signal()

    def __init__(
        self, context: ViewContext, actor: Actor, parent: QWidget | None = None, *, online: bool = True
    ) -> None:
        """Without the servers (*online* off) there is no password to change."""
        super().__init__(context.theme, actor.name.replace("&", "&&"), ButtonKind.QUIET, Icon.PERSON, parent)
        self.setToolTip(plain_tip(f"{actor.name}, {ROLES[actor.role]}"))
        self.setAccessibleName(tr("Account {actor}", actor=actor.name))
        self._menu = QMenu(self)
        self._menu.addMenu(AppearanceMenu(context.theme, context.preferences, self._menu))
        self._menu.addAction(tr("Keys and commands\tF1")).triggered.connect(self.keys_wanted)
        self._menu.addAction(TITLE).triggered.connect(self.csv_wanted)
        if online:
            self._menu.addAction(tr("Change password …")).triggered.connect(self.password_wanted)
        self._menu.addSeparator()
        self._menu.addAction(tr("Sign out") if online else tr("Back to sign in")).triggered.connect(
            self.sign_out_wanted
        )
        self.clicked.connect(self._show)

    def _show(self) -> None:
        # popup, not exec: no second event loop.
        self._menu.popup(self.mapToGlobal(QPoint(0, -self._menu.sizeHint().height())))

    # Qt names below.

    def minimumSizeHint(self) -> QSize:
        """A name that is longer than the rail is wide ends in dots; the tip has all of it."""
        return QSize(0, super().minimumSizeHint().height())
