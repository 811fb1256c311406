"""A drop-down of things to tick: one filter of a list; and the chips of those that are set."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, RADIUS_CONTROL
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.chip import Chip
from desktop.widgets.combo import MOST_ROWS, place_popup
from desktop.widgets.flow import FlowLayout
from desktop.widgets.panel import paint_popup
from engine.words.tr import tr

Value = TypeVar("Value", bound=Hashable)

_NARROWEST = 180
#: More names than this are counted on a chip.
_NAMED = 4


class FilterButton(Button, Generic[Value]):
    """Enter or Down opens it, Up and Down walk, Space ticks, Esc goes back.

    Signals:
        edited: The person ticked or cleared something.
    """

    edited = Signal()

    def __init__(
        self, theme: Theme, title: str, words_of: Callable[[Value], str], *, many: bool = True, by_words: bool = False
    ) -> None:
        """*by_words*: choices have no order of their own and stand in that of the language."""
        super().__init__(theme, title, icon=Icon.DOWN)
        self.title = title
        self._words_of = words_of
        self._many, self._by_words = many, by_words
        self.boxes: dict[Value, QCheckBox] = {}
        self.drop_down = _DropDown(theme, self)
        # The mark of a drop-down stands behind its word.
        mirrored = self.isRightToLeft()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight if mirrored else Qt.LayoutDirection.RightToLeft)
        self.clicked.connect(self._open)
        self._tell()

    def set_choices(self, values: Iterable[Value]) -> None:
        """What can be ticked; what is ticked now stays in the list even if this branch has none of it."""
        ticked = [value for value, box in self.boxes.items() if box.isChecked()]
        every = [*values, *ticked]
        wanted = dict.fromkeys(in_language_order(every, self._words_of) if self._by_words else every)
        if list(wanted) == list(self.boxes):
            return
        self.boxes = {value: QCheckBox(self._words_of(value)) for value in wanted}
        for box in self.boxes.values():
            box.clicked.connect(lambda _checked=False, clicked=box: self._ticked(clicked))
        self.drop_down.fill(list(self.boxes.values()))
        self.show_chosen(frozenset(ticked))

    def chosen(self) -> frozenset[Value]:
        return frozenset(value for value, box in self.boxes.items() if box.isChecked())

    def words(self) -> str:
        """What is ticked, short enough for the button; empty for nothing."""
        ticked = [box.text() for box in self.boxes.values() if box.isChecked()]
        return (
            ""
            if not ticked
            else ticked[0]
            if len(ticked) == 1
            else tr("{ticked} of {boxes}", ticked=len(ticked), boxes=len(self.boxes))
        )

    def all_words(self) -> str:
        """What is ticked by name, as long as it is not many; empty for nothing."""
        ticked = [box.text() for box in self.boxes.values() if box.isChecked()]
        return " or ".join(ticked) if len(ticked) <= _NAMED else self.words()

    def show_chosen(self, values: frozenset[Value]) -> None:
        missing = values - self.boxes.keys()
        if missing:
            self.set_choices([*self.boxes, *sorted(missing, key=str)])
        for value, box in self.boxes.items():
            box.setChecked(value in values)
        self._tell()

    def clear(self) -> None:
        self.show_chosen(frozenset())
        self.edited.emit()

    def _ticked(self, clicked: QCheckBox) -> None:
        if not self._many and clicked.isChecked():
            for box in self.boxes.values():
                box.setChecked(box is clicked)
        self._tell()
        self.edited.emit()

    def _tell(self) -> None:
        words = self.words()
        self.setText(f"{self.title}: {words}" if words else self.title)
        self.setAccessibleName(tr("Filter {title}, {words}", title=self.title, words=words or "any"))

    def _open(self) -> None:
        self.drop_down.open_below(self)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not event.modifiers():
            self._open()
        else:
            super().keyPressEvent(event)


class FilterChips(QWidget):
    """One chip for each filter that is set, and "Clear all"; hidden while none is.

    Signals:
        cleared: "Clear all" was pressed.
    """

    cleared = Signal()

    def __init__(
        self,
        theme: Theme,
        buttons: Iterable[FilterButton[Any]],
        words_of: Callable[[FilterButton[Any]], str] = FilterButton.all_words,
        only: Chip | None = None,
    ) -> None:
        """*only* is one more, of what was set elsewhere than by a button; it is there while it has words."""
        super().__init__()
        self._words_of, self._only = words_of, only
        self.chips: list[tuple[FilterButton[Any], Chip]] = []
        row = FlowLayout(self, gap=GRID)
        for button in buttons:
            chip = Chip(theme, button.title)
            chip.clicked.connect(button.clear)
            self.chips.append((button, chip))
            row.addWidget(chip)
        if only is not None:
            row.addWidget(only)
        self.all = Button(theme, tr("Clear all"), ButtonKind.QUIET)
        self.all.clicked.connect(self.cleared)
        row.addWidget(self.all)
        self.draw()

    def draw(self) -> None:
        told = [(chip, self._words_of(button)) for button, chip in self.chips]
        for chip, words in told:
            chip.set_words(words)
        if self._only is not None:
            told.append((self._only, self._only.text()))
        for chip, words in told:
            chip.setVisible(bool(words))
        self.setVisible(any(words for _, words in told))


class _DropDown(QFrame):
    """The list itself; closes by Esc or a click beside it, and the focus returns to the button."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.boxes: list[QCheckBox] = []
        self._room = QScrollArea(widgetResizable=True)
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self._room)

    def fill(self, boxes: list[QCheckBox]) -> None:
        self.boxes = boxes
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        for box in boxes:
            column.addWidget(box)
        column.addStretch(1)
        self._room.setWidget(content)
        content.setAutoFillBackground(False)
        self._room.viewport().setAutoFillBackground(False)

    def open_below(self, button: QWidget) -> None:
        filled = self._room.widget()
        if not self.boxes or filled is None:
            return
        content, row = filled.sizeHint(), self.boxes[0].sizeHint().height() + 2 * GRID
        more = max(len(self.boxes) - MOST_ROWS, 0)
        size = QSize(max(content.width() + 8 * GRID, _NARROWEST), content.height() + 4 * GRID - more * row)
        place_popup(self, button, size, step=row)
        self.show()
        first = next((box for box in self.boxes if box.isChecked()), self.boxes[0])
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        at = next((at for at, box in enumerate(self.boxes) if box.hasFocus()), 0)
        if event.key() in steps:
            box = self.boxes[(at + steps[Qt.Key(event.key())]) % len(self.boxes)]
            box.setFocus(Qt.FocusReason.TabFocusReason)
            self._room.ensureWidgetVisible(box)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_popup(self, self._theme.tokens, RADIUS_CONTROL)
