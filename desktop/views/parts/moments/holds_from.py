"""When a decision holds, at the end of its form: as soon as every desk can know, or from a day and time on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import Qt

from desktop.theme.theme import Theme
from desktop.views.parts.form import Form
from desktop.views.parts.moments.field import MomentField
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from desktop.words.figures import desk_zone, zone_name
from engine.domain.shared.wall import on_wall, wall_of
from engine.words.tr import tr

_SOON, _LATER = tr("As soon as possible (in about a minute)"), tr("From a day and time on")


class HoldsFrom:
    """The last fields of *form*, by the name ``valid_from``; the moment is on this desk's clock."""

    def __init__(self, form: Form, theme: Theme, now: Callable[[], datetime], soon: str = _SOON) -> None:
        """*soon* says what it means that no moment is named."""
        self.when = Combo()
        self.when.addItems([soon, _LATER])
        self.moment = MomentField(theme, tr("Holds from"), now=now)
        self.moment.show_moment(_next_midnight(now()))
        self.clock = Text(theme, ink="muted", wrap=True)
        self.clock.setText(tr("On this desk's clock ({now}).", now=zone_name(now(), desk_zone())))
        form.add("valid_from", tr("Holds"), self.when)
        form.add_row(self.moment)
        form.add_row(self.clock)
        self.when.currentIndexChanged.connect(self._show_moment)
        self._show_moment()

    def valid_from(self) -> datetime | None:
        """UTC; None for as soon as can be."""
        if self.when.currentIndex() == 0:
            return None
        return on_wall(self.moment.moment(), desk_zone()).moment

    def ready(self) -> bool:
        """Whether the moment it holds is the one that is shown; else its field says why, and gets the focus."""
        if self.when.currentIndex() == 0 or self.moment.take():
            return True
        self.moment.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def _show_moment(self) -> None:
        later = self.when.currentIndex() == 1
        self.moment.setVisible(later)
        self.clock.setVisible(later)


def _next_midnight(now: datetime) -> datetime:
    tomorrow = wall_of(now, desk_zone()) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
