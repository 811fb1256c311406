"""The photos of a car while its form is filled in: add, put in order, take off."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.dialogs import ask_for_files
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.fleet.car_state import FleetCarState
from desktop.viewmodels.fleet.photo_files import Refused
from desktop.views.fleet.car_details import pixmap_of
from desktop.views.parts.photos import Photos
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.cards.photo_strip import PhotoStrip
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.car.photo import MOST_PHOTOS
from engine.words.tr import tr

_KINDS = tr("Photos (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.heic *.heif)")
_HELP = tr("Up to five, 5 MB each. The first one is shown in lists. Drop files here, or drag to put them in order.")


class PhotoEditor(QWidget):
    """Signals: ``chosen`` carries paths of files; ``moved`` and ``removed`` as PhotoStrip has them; ``put_back``."""

    chosen = Signal(tuple)
    moved = Signal(int, int)
    removed = Signal(int)
    put_back = Signal()
    task_failed = Signal(object)

    def __init__(self, theme: Theme, photos: Photos) -> None:
        super().__init__()
        self._photos = photos
        self.tasks = TaskScope(self)
        self.strip = PhotoStrip(theme, MOST_PHOTOS, self._pixmap)
        self.strip.set_editable(editable=True)
        self.add = Button(theme, tr("Add photos"), icon=Icon.ADD)
        self.back = Button(theme, tr("Put it back"), ButtonKind.QUIET)
        self.back.setToolTip(tr("The photo that was taken off last (Ctrl+Z)"))
        self.help = Text(theme, _HELP, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.refused = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        label = Text(theme, tr("Photos"), size=TypeSize.SMALL, ink="muted")
        head = QHBoxLayout()
        head.addWidget(label, 1)
        head.addWidget(self.back)
        head.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        for part in (self.strip, self.help, self.refused):
            column.addWidget(part)
        for hidden in (self.refused, self.back):
            hidden.hide()
        self.add.clicked.connect(self._ask)
        self.strip.moved.connect(self.moved)
        self.strip.removed.connect(self.removed)
        self.back.clicked.connect(self.put_back)
        self.tasks.failed.connect(self.task_failed)
        photos.changed.connect(self.strip.update)

    def draw(self, state: FleetCarState) -> None:
        self.strip.show_photos(state.photos)
        if self.back.hasFocus() and not state.taken_off:
            self.strip.setFocus()
        self.back.setVisible(bool(state.taken_off))
        self.add.setEnabled(len(state.photos) < MOST_PHOTOS and not state.busy)
        lines = refused_lines(state.refused)
        self.refused.setText("\n".join(lines))
        self.refused.setVisible(bool(lines))

    def stop(self) -> None:
        self.tasks.stop("files")

    def _ask(self) -> None:
        self.tasks.once("files", self._choose())

    async def _choose(self) -> None:
        if chosen := await ask_for_files(self.window(), tr("Photos of the car"), _KINDS):
            self.chosen.emit(chosen)

    def _pixmap(self, photo: Hashable, size: QSize, ratio: float) -> QPixmap | None:
        return pixmap_of(self._photos, photo, size, ratio)


def refused_lines(refused: Sequence[Refused]) -> list[str]:
    """Every file that is not taken, by name, with those of one reason together."""
    of: dict[str, list[str]] = {}
    for each in refused:
        of.setdefault(say(each.problem).text, []).append(each.name)
    return [f"{', '.join(names)}: {why}" for why, names in of.items()]
