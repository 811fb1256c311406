"""The firm's picture in a form: what papers would bear, another one from a file, or none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.dialogs import ask_for_files
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.papers.legal import Picture
from desktop.widgets.button import Button, ButtonKind
from engine.words.tr import tr

_KINDS = tr("Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff)")
_SIDE_PX = 10 * GRID
NONE = tr("No logo")


class LogoField(QWidget):
    """Its line shows which picture it is, so that a form knows another one from the first.

    Signals: ``chosen`` carries the path of a file; ``task_failed`` an exception nobody foresaw.
    """

    chosen = Signal(str)
    task_failed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.picture: Picture | None = None
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.shown = QLabel()
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown.setFixedSize(_SIDE_PX, _SIDE_PX)
        self.line = QLineEdit(NONE, readOnly=True)
        self.line.setAccessibleName(tr("Logo"))
        self.choose = Button(theme, tr("Choose …"))
        self.away = Button(theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        self.away.setAccessibleName(tr("Without a logo"))
        self.away.setToolTip(tr("Without a logo"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.shown)
        row.addWidget(self.line, 1)
        row.addWidget(self.choose)
        row.addWidget(self.away)
        self.setFocusProxy(self.choose)
        self.choose.clicked.connect(lambda: self.tasks.once("file", self._ask()))
        self.away.clicked.connect(self._take_off)
        self.show_picture(None)

    def show_picture(self, picture: Picture | None) -> None:
        self.picture = picture
        self.line.setText(picture.name if picture is not None else NONE)
        self.away.setVisible(picture is not None)
        self.shown.setVisible(picture is not None)
        if picture is not None:
            drawn = QPixmap.fromImage(QImage.fromData(picture.shown))
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.shown.setPixmap(drawn.scaled(self.shown.size(), keep, smooth))

    def stop(self) -> None:
        self.tasks.stop("file")

    def _take_off(self) -> None:
        self.show_picture(None)
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _ask(self) -> None:
        for path in (await ask_for_files(self.window(), tr("The firm's logo"), _KINDS))[:1]:
            self.chosen.emit(path)
