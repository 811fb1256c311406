"""Everything the person may do, found by a few letters; its key stands beside it and is learned in passing.

API: PaletteLine(id, group, title, key, enabled, second); Palette(theme, window): prepare(lines), open(lines), leave(),
add_found(text, lines, note, nothing); chosen(id), seconded(id),
typed(text).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.frame.key_hints import KeyHints
from desktop.widgets.palette.order import in_order
from desktop.widgets.palette.row import ROW_PX, PaletteRow
from desktop.widgets.panel import paint_panel
from desktop.widgets.roles import ROW_ROLE
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop.theme.theme import Theme

_AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
WIDTH = 188 * GRID
_ROWS = 14
_TOP = 16 * GRID
_NO_COMMAND = tr("No command fits. Try other letters.")
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS - 1, Qt.Key.Key_PageUp: 1 - _ROWS}


Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PaletteLine:
    """A command, or with *detail* something that was found, or a heading, which cannot be chosen.

    Attributes:
        group: Stands at the end of the line: of what kind it is, or how it stands.
        marked, detail_marked: Half-open spans of title and detail that are what was typed.
        second: What Ctrl+Enter does with it, in words; empty where that does nothing.
        exact: One of its words is exactly what was typed.
    """

    id: str
    group: str
    title: str
    key: str = ""
    enabled: bool = True
    detail: str = ""
    icon: Icon | None = None
    marked: Spans = ()
    detail_marked: Spans = ()
    heading: bool = False
    second: str = ""
    exact: bool = False


class Lines(QAbstractListModel):
    """What fits the letters typed, the best first."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[PaletteLine, ...] = ()

    def show(self, lines: Iterable[PaletteLine]) -> None:
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    # Qt names below.

    def rowCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == ROW_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(words for words in (line.title, line.detail, line.group, line.key) if words)
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        return Qt.ItemFlag.NoItemFlags if self.lines[index.row()].heading else super().flags(index)


class Palette(QFrame):
    """Lies over the window; Esc, a click beside it or a choice close it, and the focus returns where it was.

    Signals:
        chosen: The id of the line; sent after the focus has returned.
        seconded: The same by Ctrl+Enter, of a line that says what that does.
        typed: The letters changed; whoever finds more to them answers with :meth:`add_found`.
    """

    chosen = Signal(str)
    seconded = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._lines: tuple[PaletteLine, ...] = ()
        self._found: tuple[PaletteLine, ...] = ()
        self._came_from: QWidget | None = None
        self._stepped = False
        self.setAccessibleName(tr("All commands"))
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Part of a plate, number, name, telephone or e-mail; or a command"))
        self.field.setAccessibleName(tr("Command"))
        self._glass = self.field.addAction(
            theme.icons.icon(Icon.SEARCH, theme.tokens.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.model = Lines()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteRow(theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.viewport().setAutoFillBackground(False)
        self._lay_out()
        self.field.textChanged.connect(self._type)
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._hint)
        theme.changed.connect(self._tint)
        window.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        self.hints = KeyHints(self._theme)
        column.addWidget(self.hints)
        self.nothing = Text(self._theme, _NO_COMMAND, ink="muted", wrap=True)
        self.nothing.setContentsMargins(2 * GRID, GRID, 0, 0)
        column.insertWidget(1, self.nothing)
        self.note = Text(self._theme, "", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.note.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self.note.hide()
        column.insertWidget(1, self.note)

    def open(self, lines: Sequence[PaletteLine]) -> None:
        """Show *lines* in their order; what makes no sense now stands last and cannot be chosen."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
        self._fill(lines)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def prepare(self, lines: Sequence[PaletteLine]) -> None:
        """Have style, layout and fonts ready, unseen: that is most of what the first opening costs."""
        self._fill(lines)
        self.grab()

    def add_found(self, text: str, lines: Sequence[PaletteLine], note: str = "", nothing: str = _NO_COMMAND) -> None:
        """What else there is to *text*, with a sentence above it; an answer to letters no longer there is dropped.

        *nothing* is said where neither a command nor anything else fits.
        """
        if text == self.field.text().strip() and self.isVisible():
            self._found = tuple(lines)
            self._say(note, nothing)
            self._narrow(keep=self._stepped)

    def _say(self, note: str = "", nothing: str = _NO_COMMAND) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.nothing.setText(nothing)

    def leave(self) -> None:
        """Close, with the focus back where it was."""
        came_from, self._came_from = self._came_from, None
        self.hide()
        if came_from is not None and isValid(came_from) and came_from.isVisible():
            came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, lines: Sequence[PaletteLine]) -> None:
        self._lines = tuple(sorted(lines, key=lambda line: not line.enabled))
        self._found = ()
        self._say()
        self.field.clear()
        self._narrow()
        self._place()

    def _type(self, text: str) -> None:
        self._found = ()
        self._say()
        self._narrow()
        self.typed.emit(text.strip())

    def _narrow(self, *, keep: bool = False) -> None:
        """*keep*: whoever has stepped to a line stays on it, wherever it stands now."""
        current = self.list.currentIndex().data(ROW_ROLE)
        self.model.show(in_order(self.field.text(), self._lines, self._found))
        self.nothing.setVisible(not self.model.lines)
        choices = self._choices()
        same = [at for at in choices if keep and current is not None and self.model.lines[at].id == current.id]
        self._stepped = bool(same)
        self.list.setCurrentIndex(self.model.index(next(iter((*same, *choices)), 0), 0))
        self._hint()

    def _hint(self) -> None:
        line = self.list.currentIndex().data(ROW_ROLE)
        second = [("Ctrl+Enter", line.second)] if line is not None and line.second else []
        group = [("Tab", tr("Next group"))] if any(line.heading for line in self.model.lines) else []
        self.hints.show_hints([("↑ ↓", tr("Choose")), ("Enter", tr("Open")), *second, *group, ("Esc", tr("Close"))])

    def _choices(self) -> list[int]:
        return [at for at, line in enumerate(self.model.lines) if not line.heading]

    def _choose(self, index: _AnyIndex) -> None:
        line = index.data(ROW_ROLE)
        if line is not None and line.enabled:
            self.leave()
            self.chosen.emit(line.id)

    def _choose_second(self, index: _AnyIndex) -> None:
        line = index.data(ROW_ROLE)
        if line is not None and line.enabled and line.second:
            self.leave()
            self.seconded.emit(line.id)

    def _step(self, by: int) -> None:
        choices = self._choices()
        if not choices:
            return
        current = self.list.currentIndex().row()
        at = (choices.index(current) if current in choices else 0) + by
        # One step past an end goes round; a page stops there.
        at = at % len(choices) if abs(by) == 1 else min(max(at, 0), len(choices) - 1)
        self._go(choices[at])

    def _step_group(self, by: int) -> None:
        """To the first line under the next heading, or the one before; round at the ends."""
        lines, choices = self.model.lines, self._choices()
        firsts = [at for at in choices if at == choices[0] or lines[at - 1].heading]
        current = self.list.currentIndex().row()
        behind = [at for at in firsts if at > current] if by > 0 else [at for at in reversed(firsts) if at < current]
        if firsts:
            self._go(next(iter(behind), firsts[0] if by > 0 else firsts[-1]))

    def _go(self, row: int) -> None:
        self._stepped = True
        self.list.setCurrentIndex(self.model.index(row, 0))
        if row and self.model.lines[row - 1].heading:
            self.list.scrollTo(self.model.index(row - 1, 0))
            self.list.scrollTo(self.model.index(row, 0))

    def _place(self) -> None:
        width = min(WIDTH, self._window.width() - 4 * GRID)
        height = self.field.sizeHint().height() + _ROWS * ROW_PX + self.hints.sizeHint().height() + 8 * GRID
        place = QRect(0, _TOP, width, min(height, self._window.height() - 2 * _TOP))
        place.moveLeft((self._window.width() - width) // 2)
        self.setGeometry(place)

    def _tint(self) -> None:
        self._glass.setIcon(self._theme.icons.icon(Icon.SEARCH, self._theme.tokens.muted))
        self.update()

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        elif watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._came_from = None
            self.hide()
        elif watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        elif watched is self.field and event.type() == QEvent.Type.ShortcutOverride and _is_second(event):
            # It means the line here, and not what the window does by it.
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _pressed(self, event: QKeyEvent) -> bool:
        """Whether the key was ours and not the field's."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._step(_STEPS[key])
        elif _is_second(event):
            self._choose_second(self.list.currentIndex())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._step_group(1 if key == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, self.rect(), self._theme.tokens.raised, self._theme.tokens.control_border)
        painter.end()


def _is_second(event: QEvent) -> bool:
    control = Qt.KeyboardModifier.ControlModifier
    return (
        isinstance(event, QKeyEvent)
        and bool(event.modifiers() & control)
        and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    )
