"""What the sign-in page shows before anybody can sign in."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.view_context import ViewContext
from desktop.views.session.stored_copies import StoredCopies
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.loading.progress_line import ProgressLine
from desktop.widgets.text import Text
from engine.domain.reports.copying import CopyHead
from engine.words.tr import tr

_STILL_AFTER_MS = 5000
STILL = tr("Still starting. The very first start takes longest.")


class Starting(QWidget):
    """Progress in words over a line that moves."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = ProgressLine(context.theme, context.shimmer)
        self.progress = Text(context.theme, tr("Starting"), ink="muted", wrap=True)
        self.still = Text(context.theme, " ", ink="muted", wrap=True)
        self.patience = QTimer(self, singleShot=True, interval=_STILL_AFTER_MS)
        self.patience.timeout.connect(lambda: self.still.setText(STILL))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * GRID)
        column.addStretch(1)
        column.addWidget(Text(context.theme, tr("Starting DriveSphere"), size=TypeSize.TITLE, bold=True))
        column.addWidget(self._line)
        column.addWidget(self.progress)
        column.addWidget(self.still)
        column.addStretch(1)

    def tell(self, progress: str) -> None:
        self.progress.setText(progress or tr("Starting"))

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.still.setText(" ")
        self._line.set_active(active=True)
        self.patience.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._line.set_active(active=False)
        self.patience.stop()
        super().hideEvent(event)


class Broken(QWidget):
    """The servers do not come up: why, again, and what can be looked at meanwhile.

    Signals:
        retried: "Try again" was pressed.
        copy_wanted: Carries the account whose stored copy is to be opened.
    """

    retried = Signal()
    copy_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Text(theme, wrap=True)
        self.again = Button(theme, tr("Try again"), ButtonKind.PRIMARY, Icon.RELOAD)
        self.again.clicked.connect(self.retried)
        self.copies = StoredCopies(theme)
        self.copies.chosen.connect(self.copy_wanted)
        self.setFocusProxy(self.again)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4 * GRID)
        column.addStretch(1)
        column.addWidget(Text(theme, tr("DriveSphere cannot start"), size=TypeSize.TITLE, bold=True))
        column.addWidget(self.text)
        column.addLayout(row)
        column.addWidget(self.copies)
        column.addStretch(1)

    def tell(self, text: str, copies: tuple[CopyHead, ...]) -> None:
        self.text.setText(text)
        self.copies.draw(copies)
