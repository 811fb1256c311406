"""A paper or a day sheet on the screen: its pages as they are printed, and what is done with it.

API: PaperBox(context, vm, of, title): a QDialog for ``dialogs.ask``; show_sheet(sheet), tell(problem).
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.dialogs import ask, ask_where_to_save
from desktop.outside import open_folder_of
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.papers.sheets import Drawable, Sheet, SheetsViewModel
from desktop.views.parts.view_context import ViewContext, announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.question_box import Shade, paint_card
from desktop.widgets.loading.progress_line import ProgressLine
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

#: Of a page on the screen, where there is the room.
WIDTH_PX = 190 * GRID
#: Margins and scroll bar beside a page; what of the window stays free; a page's height by its width.
_SIDES, _AROUND, _EDGE, _TALL = 16 * GRID, 24 * GRID, 12 * GRID, 1.4142
_PDF = tr("Portable Document Format (*.pdf)")
_OPEN_FOLDER = tr("Open folder")


class PaperBox(QDialog):
    """Signals: ``task_failed`` carries an exception nobody foresaw."""

    task_failed = Signal(object)

    def __init__(
        self, context: ViewContext, vm: SheetsViewModel, of: Drawable, title: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._theme, self.vm, self.of = context.theme, vm, of
        self._shade: Shade | None = None
        self.sheet: Sheet | None = None
        self._written: Path | None = None
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        theme = context.theme
        self.title = Text(theme, title, size=TypeSize.TITLE, bold=True)
        self.banner = Banner(theme)
        self.progress = ProgressLine(theme, context.shimmer)
        self.pages = Pages()
        self.room = QScrollArea(widgetResizable=True)
        self.room.setFrameShape(QFrame.Shape.NoFrame)
        self.room.setWidget(self.pages)
        self.room.viewport().setAutoFillBackground(False)
        self.pages.setAutoFillBackground(False)
        self.room.setAccessibleName(tr("Pages of the paper"))
        self.print_button = Button(theme, tr("Print …"), ButtonKind.PRIMARY, Icon.PRINT)
        self.save = Button(theme, tr("Save as PDF …"), icon=Icon.DOWNLOAD)
        self.close_button = Button(theme, tr("Close"))
        self._lay_out()
        self._connect()
        self._set_ready(ready=False)
        ratio = (parent or self).devicePixelRatioF()
        self._width = self._fitting()
        self.progress.set_active(active=True)
        vm.draw(of, round(self._width * ratio))

    def show_sheet(self, sheet: Sheet) -> None:
        if sheet.of is not self.of:
            return
        self.sheet = sheet
        self.progress.set_active(active=False)
        if sheet.sheets.stale is not None:
            told = tr("{problem} What is drawn is what was known last.", problem=say(sheet.sheets.stale).text)
            self.banner.tell(Tone.WARNING, told)
            announce(self, told)
        self.pages.show_pages(sheet.pages, self._width)
        self._set_ready(ready=True)
        self.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, problem: DriveSphereError) -> None:
        self.progress.set_active(active=False)
        told = say(problem).text
        self.banner.tell(Tone.DANGER, told)
        announce(self, told)

    def _fitting(self) -> int:
        """How wide a page is; the box lies within its window, in the middle, and a page has all of its height."""
        parent = self.parentWidget()
        room = parent.window().frameGeometry() if parent is not None else self.screen().availableGeometry()
        width = min(WIDTH_PX, room.width() - _AROUND)
        place = QRect(0, 0, width + _SIDES, min(room.height() - _EDGE, round(width * _TALL) + _AROUND))
        place.moveCenter(room.center())
        self.setGeometry(place)
        return width

    def _set_ready(self, *, ready: bool) -> None:
        for button in (self.print_button, self.save):
            button.setEnabled(ready)

    def _ask_save(self) -> None:
        if self.sheet is not None:
            self.tasks.once("file", self._save(self.sheet))

    def _ask_print(self) -> None:
        if self.sheet is not None:
            self.tasks.once("printer", self._print(self.sheet))

    async def _save(self, sheet: Sheet) -> None:
        path = await ask_where_to_save(self, tr("Save as PDF"), sheet.file_name, _PDF, "pdf")
        if path is not None:
            self.vm.save(sheet, path)

    async def _print(self, sheet: Sheet) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(sheet.sheets.name)
        printer.setFullPage(True)
        printer.setPageMargins(QMarginsF(0, 0, 0, 0))
        if await ask(QPrintDialog(printer, self)):
            self.vm.print_on(sheet, printer)

    def _saved(self, path: Path) -> None:
        self._written = path
        told = tr("Saved as {path}", path=path)
        self.banner.tell(Tone.POSITIVE, told, _OPEN_FOLDER)
        announce(self, told)

    def _open_folder(self) -> None:
        if self._written is not None:
            open_folder_of(self._written)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(3 * GRID)
        foot.addWidget(self.print_button)
        foot.addWidget(self.save)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.title)
        column.addWidget(self.progress)
        column.addWidget(self.banner)
        column.addWidget(self.room, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.print_button.clicked.connect(self._ask_print)
        self.save.clicked.connect(self._ask_save)
        self.close_button.clicked.connect(self.reject)
        self.banner.acted.connect(self._open_folder)
        for key, button in ((QKeySequence.StandardKey.Print, self.print_button), ("Ctrl+S", self.save)):
            QShortcut(QKeySequence(key), self, button.click)
        self.print_button.setToolTip(tr("Print (Ctrl+P)"))
        self.save.setToolTip(tr("Save as PDF (Ctrl+S)"))
        self.vm.drawn.connect(self.show_sheet)
        self.vm.saved.connect(self._saved)
        self.vm.failed.connect(self.tell)

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        if self._shade is None and (parent := self.parentWidget()) is not None:
            self._shade = Shade(parent.window())
        super().showEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_card(self, self._theme)

    def done(self, result: int) -> None:
        if self._shade is not None:
            self._shade.hide()
            self._shade.deleteLater()
            self._shade = None
        self.vm.stop_drawing()
        for name in ("file", "printer"):
            self.tasks.stop(name)
        super().done(result)


class Pages(QWidget):
    """White pages, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self.pictures: tuple[QImage, ...] = ()
        self._size = QSize()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pages(self, pictures: tuple[QImage, ...], width_px: int) -> None:
        self.pictures = pictures
        first = pictures[0].size()
        self._size = QSize(width_px, round(width_px * first.height() / first.width()))
        self.setFixedHeight(len(pictures) * (self._size.height() + 2 * GRID))
        self.setMinimumWidth(width_px)
        self.update()

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left, top = (self.width() - self._size.width()) // 2, 0
        for picture in self.pictures:
            painter.drawImage(self.rect().adjusted(left, top, 0, 0).topLeft(), _scaled(picture, self._size))
            top += self._size.height() + 2 * GRID
        painter.end()


def _scaled(picture: QImage, size: QSize) -> QImage:
    """The same dots, as large as they are on this screen."""
    shown = QImage(picture)
    shown.setDevicePixelRatio(picture.width() / size.width())
    return shown
