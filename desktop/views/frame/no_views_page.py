"""For roles whose views come later: what belongs to them, honestly, and no buttons that do nothing."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.loading.empty_state import EmptyState
from desktop.words.messages import ROLES
from engine.domain.people.people import Actor, Role
from engine.words.tr import tr

_VIEWS = MappingProxyType(
    {
        Role.OWNER: tr("Your fleet, its calendar and your earnings belong here."),
        Role.WORKER: tr("The sweep, open payments and refunds belong here."),
        Role.BACKUP: tr("This account makes back-ups with: drivesphere backup FILE."),
    }
)
_OTHERWISE = tr("The views of this role belong here.")


class NoViewsPage(QWidget):
    def __init__(self, theme: Theme, actor: Actor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = EmptyState(theme)
        words.say(
            Icon.FLEET if actor.role is Role.OWNER else Icon.SETTINGS,
            tr("Not in this version yet"),
            tr(
                "{role} They come in a later version; nothing is missing on your account.",
                role=_VIEWS.get(actor.role, _OTHERWISE),
            ),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.addWidget(PageHeader(theme, tr("Welcome, {actor}", actor=actor.name), ROLES[actor.role]))
        column.addWidget(words, 1)
