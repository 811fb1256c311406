"""On the sign-in page: the copies on this computer that can be opened with no network."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button
from desktop.widgets.text import Text, isolated
from desktop.words.messages import desk_time
from engine.domain.reports.copying import CopyHead
from engine.domain.reports.report_period import moment
from engine.words.tr import tr

WORDS = tr("No connection? Look at what is stored here")


class StoredCopies(QWidget):
    """Signals: ``chosen`` carries the account."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[CopyHead, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * GRID)
        self.hide()

    def draw(self, copies: tuple[CopyHead, ...]) -> None:
        if copies == self._shown:
            return
        self._shown = copies
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        if copies:
            self._column.addWidget(Text(self._theme, WORDS, ink="muted"))
        for head in copies:
            as_of = _here(moment(head.as_of))
            partial = "" if head.complete else ", partial"
            button = Button(self._theme, isolated(head.name), icon=Icon.OFFLINE)
            button.setAccessibleName(
                tr(
                    "Open the stored copy of {head}, as of {as_of}{partial}",
                    head=head.name,
                    as_of=as_of,
                    partial=partial,
                )
            )
            button.clicked.connect(lambda _checked=False, account=head.account: self.chosen.emit(account))
            stamp = Text(
                self._theme,
                tr("As of {as_of}{partial}", as_of=as_of, partial=partial),
                size=TypeSize.SMALL,
                ink="muted",
                wrap=True,
            )
            self._column.addWidget(button)
            self._column.addWidget(stamp)
        self.setVisible(bool(copies))


def _here(at: datetime) -> str:
    """On this computer's own wall clock: no fleet's zone is known yet."""
    return desk_time(at, now=datetime.now(UTC))
