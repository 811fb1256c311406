"""A walk-in typed in one line, over the page and with nothing dimmed: each word a chip, and Enter books.

API: WalkInBox(theme, vm, host): open(), leave(); see WalkInViewModel for what comes of it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.walk_in.state import LineState
from desktop.viewmodels.walk_in.walk_in import WalkInViewModel
from desktop.views.parts.view_context import announce
from desktop.views.walk_in.choices import Choices
from desktop.views.walk_in.foot import WalkInFoot
from desktop.views.walk_in.line_field import LineField
from desktop.views.walk_in.reading_chip import ReadingChip
from desktop.views.walk_in.words import Cells, cells_of, face_of, hint_of, question_of
from desktop.widgets.flow import FlowLayout
from desktop.widgets.panel import paint_panel
from desktop.widgets.text import Text
from engine.domain.counter.chips import Chip
from engine.words.tr import tr

_USUAL_CHIPS = 8
_WIDTH, _HEIGHT, _TOP = 230 * GRID, 120 * GRID, 16 * GRID
#: Losing the keyboard to another window, or to the field's own menu, closes nothing.
_PASSING = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class WalkInBox(QFrame):
    """Esc and a click beside it close it; what was typed is there again the next time."""

    def __init__(self, theme: Theme, vm: WalkInViewModel, host: QWidget) -> None:
        super().__init__(host)
        self._theme, self._host, self.vm = theme, host, vm
        self._came_from: QWidget | None = None
        self._asked: str = ""
        self.setAccessibleName(tr("Walk-in"))
        self.line = LineField(theme)
        self.chips: list[ReadingChip] = []
        self.choices = Choices(theme)
        self.foot = WalkInFoot(theme)
        self._row = QWidget()
        self._flow = FlowLayout(self._row, gap=2 * GRID)
        self._lay_out()
        self._connect()
        self._prepare()
        self.hide()

    def open(self) -> None:
        """What was left in it is chosen, so that typing begins anew."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
        self._place()
        self.vm.open()
        self.draw(self.vm.state)
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def leave(self) -> None:
        """Close, with the focus back where it was."""
        came_from, self._came_from = self._came_from, None
        self._close()
        if came_from is not None and isValid(came_from) and came_from.isVisible():
            came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def draw(self, state: LineState) -> None:
        if self.line.text() != state.text:
            self.line.setText(state.text)
        faces = [face_of(chip, state) for chip in state.chips]
        while len(self.chips) < len(faces):
            self._add_chip()
        for at, each in enumerate(self.chips):
            if (at < len(faces)) is each.isHidden():
                each.setVisible(at < len(faces))
            if at < len(faces):
                each.show_face(faces[at])
        if state.read is not None and state.read.text == state.text:
            pairs = zip(state.chips, faces, strict=True)
            self.line.underline([(span, face.tone) for chip, face in pairs for span in chip.spans])
        else:
            self.line.underline(())
        self._draw_choices(state)
        self.foot.draw(state)

    def _draw_choices(self, state: LineState) -> None:
        chip = self._doubtful(state)
        if (chip is not None) is self.choices.isHidden():
            self.choices.setVisible(chip is not None)
        if chip is not None:
            cells = [cells_of(each, state) for each in state.choices(chip)]
            self.choices.show_choices(question_of(chip, state), cells)

    def _doubtful(self, state: LineState) -> Chip | None:
        """Whose list is open: that of the chip that was clicked, or else the first that somebody must choose for."""
        open_ones = [
            chip for chip in state.chips if (not chip.sure or state.asks_to_go_on(chip)) and state.choices(chip)
        ]
        clicked = next((chip for chip in open_ones if chip.words == self._asked), None)
        return clicked or next(iter(open_ones), None)

    def _choose(self, row: int) -> None:
        chip = self._doubtful(self.vm.state)
        if chip is not None and 0 <= row < len(self.vm.state.choices(chip)):
            self._asked = ""
            self.vm.choose(chip, self.vm.state.choices(chip)[row])

    def _enter(self) -> None:
        if self.choices.isVisible() and self.choices.current is not None:
            self._choose(self.choices.current)
        else:
            self.vm.press()

    def _keep_back(self) -> None:
        """Enter says which word is in its way."""
        chip = self.vm.state.in_the_way
        if chip is not None and not chip.sure:
            begin, end = chip.spans[0].begin, chip.spans[-1].end
            self.line.setSelection(begin, end - begin)
        announce(self, hint_of(self.vm.state))

    def _click(self, at: int) -> None:
        self._asked = self.vm.state.chips[at].words
        self._draw_choices(self.vm.state)

    def _add_chip(self) -> None:
        chip, at = ReadingChip(self._theme), len(self.chips)
        self.chips.append(chip)
        self._flow.addWidget(chip)
        chip.clicked.connect(lambda: self._click(at))

    def _left(self, event: QFocusEvent) -> bool:
        return event.lostFocus() and self.isVisible() and event.reason() not in _PASSING

    def _close(self) -> None:
        self.vm.leave()
        self.hide()

    def _place(self) -> None:
        width = min(_WIDTH, self._host.width() - 4 * GRID)
        height = min(_HEIGHT, self._host.height() - _TOP - 4 * GRID)
        place = QRect(0, _TOP, width, height)
        place.moveLeft((self._host.width() - width) // 2)
        self.setGeometry(place)

    def _prepare(self) -> None:
        """Have chips, style and fonts ready, unseen: else each first one costs the letter that it comes with."""
        for _ in range(_USUAL_CHIPS):
            self._add_chip()
        self.choices.show_choices(" ", (Cells(" "),) * _USUAL_CHIPS)
        self._place()
        self.grab()
        for chip in self.chips:
            chip.hide()
        self.choices.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(3 * GRID)
        head.addWidget(Text(self._theme, tr("Walk-in"), size=TypeSize.LEAD, bold=True))
        told = tr("Car, times, renter and how it is paid, in any order")
        head.addWidget(Text(self._theme, told, ink="muted"), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 4 * GRID, 5 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addLayout(head)
        column.addWidget(self.line)
        column.addWidget(self._row)
        column.addWidget(self.choices, 100)
        column.addStretch(1)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        self.line.textEdited.connect(self.vm.type)
        self.line.entered.connect(self._enter)
        self.line.escaped.connect(self.leave)
        self.line.stepped.connect(self.choices.step)
        self.line.picked.connect(lambda number: self._choose(number - 1))
        self.choices.chosen.connect(self._choose)
        self.foot.book.clicked.connect(self.vm.press)
        self.vm.changed.connect(self.draw)
        self.vm.kept_back.connect(self._keep_back)
        self.line.installEventFilter(self)
        self._host.installEventFilter(self)
        self._theme.changed.connect(self.update)

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        elif watched is self.line and isinstance(event, QFocusEvent) and self._left(event):
            self._close()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, self.rect(), self._theme.tokens.raised, self._theme.tokens.control_border)
        painter.end()
