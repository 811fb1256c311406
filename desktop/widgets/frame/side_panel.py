"""Details that slide in at the reading end of a page instead of opening a window.

API: SidePanel(theme, host, title): set_content(widget), set_title(t), foot (layout),
open(first_focus), close_panel(), give_way(), leave(), stop(); opened, closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, QUICK_MS, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

WIDTH = 420


class SidePanel(QWidget):
    """Esc closes it and the focus returns to where it came from; the page behind stays usable.

    The host's pages get the rest of the width, unless they cannot be that narrow: then the panel lies over them.

    *showing* is the record it was opened for, where its view says so.

    *foot* is the row below the content that does not scroll: for the main action.

    Signals:
        opened: It is there and has the focus.
        closed: It has gone.
    """

    opened = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, host: QWidget, title: str = "") -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._came_from: QWidget | None = None
        self._leaving = self._opening = False
        self.showing: object = None
        self._title = Text(theme, title, size=TypeSize.TITLE, bold=True)
        self._close = Button(theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        self._close.setAccessibleName(tr("Close panel"))
        self._close.setToolTip(tr("Close (Esc)"))
        self._room = QScrollArea(widgetResizable=True)
        self._room.setFrameShape(QFrame.Shape.NoFrame)
        self._room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._room.viewport().setAutoFillBackground(False)
        self.foot = QHBoxLayout()
        self._slide = QPropertyAnimation(self, b"geometry", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._arrived)
        self._close.clicked.connect(self.close_panel)
        theme.changed.connect(self.update)
        host.installEventFilter(self)
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._follow_focus)
        self._lay_out()
        self.hide()

    @property
    def has_the_focus(self) -> bool:
        """Whether what is typed goes to it, or to nobody: only then may it move the focus."""
        focused = self.window().focusWidget()
        return focused is None or focused is self or self.isAncestorOf(focused)

    @property
    def is_open(self) -> bool:
        """Not while it slides out."""
        return self.isVisible() and not self._leaving

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_content(self, content: QWidget) -> None:
        """Takes the widget over; what was there before is deleted."""
        content.setAutoFillBackground(False)
        self._room.setWidget(content)
        content.setAutoFillBackground(False)

    def open(self, first_focus: QWidget | None = None) -> None:
        """Slide in; *first_focus* (or the first field that takes it) gets the focus."""
        focused = QApplication.focusWidget()
        if not self.isVisible() and focused is not None and not self.isAncestorOf(focused):
            self._came_from = focused
        self._leaving = False
        if not self.isVisible():
            self.setGeometry(self._place(outside=True))
        self.show()
        self.raise_()
        # What it shows now is read from its beginning, wherever the one before was left.
        self._room.verticalScrollBar().setValue(0)
        self._make_room(taken=True)
        self._opening = True
        (first_focus or self._first_field()).setFocus(Qt.FocusReason.OtherFocusReason)
        self._opening = False
        self._move(self._place(outside=False))

    def close_panel(self) -> None:
        if self.isVisible() and not self._leaving:
            self._leaving = True
            self._make_room(taken=False)
            self._give_focus_back()
            self._move(self._place(outside=True))

    def give_way(self) -> None:
        """Close at once for another panel that comes in the same place; the focus is where this one found it."""
        if self.isVisible():
            self._slide.stop()
            self._leaving = True
            self._make_room(taken=False)
            self._give_focus_back()
            self._arrived()

    def leave(self) -> None:
        """Another page is opened."""
        self.close_panel()

    def stop(self) -> None:
        """The session ends."""
        self.hide()

    def _give_focus_back(self) -> None:
        came_from, self._came_from = self._came_from, None
        if came_from is not None and isValid(came_from) and came_from.isVisible():
            came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """What the focus is led to by a key, or by the program, is brought into sight once it has its place."""
        content = self._room.widget()
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if now is not None and content is not None and content.isAncestorOf(now) and not (pressed or self._opening):
            QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        content, focused = self._room.widget(), QApplication.focusWidget()
        if self.is_open and focused is not None and content is not None and content.isAncestorOf(focused):
            # What came in the same breath gets its place now, and not step by step with the next events.
            part = focused.parentWidget()
            while part is not None and part is not self:
                if (layout := part.layout()) is not None:
                    layout.activate()
                part = part.parentWidget()
            QApplication.sendEvent(self._room, QEvent(QEvent.Type.LayoutRequest))
            self._room.ensureWidgetVisible(focused, 0, 2 * GRID)

    def _first_field(self) -> QWidget:
        content = self._room.widget()
        fields = [] if content is None else [content, *content.findChildren(QWidget)]
        return next((field for field in fields if _takes_tab(field, self)), self._close)

    def _make_room(self, *, taken: bool) -> None:
        """Once, before sliding in, so that the page behind is laid out once and not with every frame."""
        margins = self._host.contentsMargins()
        narrowest = self._host.minimumSizeHint().width() - margins.left() - margins.right()
        room = WIDTH if taken and self._host.width() - WIDTH >= narrowest else 0
        mirrored = self._host.isRightToLeft()
        self._host.setContentsMargins(room if mirrored else 0, 0, 0 if mirrored else room, 0)

    def _place(self, *, outside: bool) -> QRect:
        width = min(WIDTH, self._host.width())
        inner = QRect(self._host.width() - width, 0, width, self._host.height())
        if self._host.isRightToLeft():
            inner.moveLeft(0)
            return inner.translated(-width, 0) if outside else inner
        return inner.translated(width, 0) if outside else inner

    def _move(self, target: QRect) -> None:
        self._slide.stop()
        duration = self._theme.duration(QUICK_MS)
        if duration == 0:
            self.setGeometry(target)
            self._arrived()
            return
        self._slide.setDuration(duration)
        self._slide.setStartValue(self.geometry())
        self._slide.setEndValue(target)
        self._slide.start()

    def _arrived(self) -> None:
        if self._leaving:
            self._leaving = False
            self.hide()
            self.closed.emit()
        else:
            self.opened.emit()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(5 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addLayout(head)
        column.addWidget(self._room, 1)
        column.addLayout(self.foot)

    # Qt names below.

    def focusNextPrevChild(self, forwards: bool) -> bool:  # noqa: FBT001 -- Qt's signature
        """Where Qt leaves a part that was disabled or hidden, it would go on in the page behind: it stays here."""
        focused = self.window().focusWidget()
        lost = focused is not None and self.isAncestorOf(focused) and not _takes_tab(focused, self)
        if lost and self.is_open:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().focusNextPrevChild(forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._slide.stop()
            if self._leaving:
                self._arrived()
            else:
                self._make_room(taken=True)
                self.setGeometry(self._place(outside=False))
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.raised))
        edge = self.width() - 1 if self._host.isRightToLeft() else 0
        painter.fillRect(edge, 0, 1, self.height(), QColor(tokens.border))
        painter.end()


def _takes_tab(field: QWidget, panel: QWidget) -> bool:
    tab = bool(field.focusPolicy() & Qt.FocusPolicy.TabFocus)
    # What lies in something hidden is not hidden itself.
    return tab and field.isEnabled() and field.isVisibleTo(panel)
