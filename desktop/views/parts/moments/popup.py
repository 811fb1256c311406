"""The calendar below a moment field: six whole weeks, and the half hours beside them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QHideEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import place_popup
from desktop.widgets.month import WEEK, MonthGrid
from desktop.widgets.panel import paint_popup
from desktop.widgets.text import Text
from desktop.words.figures import locale
from desktop.words.hours_words import day_line
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Handing
from engine.domain.car.openings import is_open
from engine.domain.moments.write import day_written
from engine.domain.shared.wall import on_wall
from engine.domain.shared.zones import AnyZone
from engine.words.tr import tr

_HALF, _HALVES = timedelta(minutes=30), 48
_TIMES_WIDTH = 40 * GRID
_TIME_PX = 8 * GRID
_KEYS = tr("Enter: take it    PgUp, PgDn: month    Tab: times    Esc: as before")
_DAY_KEYS = tr("Enter: take it    PgUp, PgDn: month    Esc: as before")


class MomentPopup(QFrame):
    """Enter takes, Esc does not, and a letter goes into the text.

    Signals:
        picked: A wall-clock time, and whether that was all.
        typed: A key that is meant for the text.
        given_up: Esc was pressed.
    """

    picked = Signal(object, bool)
    typed = Signal(object)
    given_up = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, days_only: bool) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme, self._days_only = theme, days_only
        self._time = time(0)
        self._at: tuple[AnyZone, Branch | None, Handing | None] = (UTC, None, None)
        names = tuple(locale().dayName(n, QLocale.FormatType.ShortFormat) for n in range(1, WEEK + 1))
        self.month = MonthGrid(theme, names, self._told)
        self.times = _Times(theme)
        self._title = Text(theme, size=TypeSize.LEAD, bold=True)
        self.earlier = _step(theme, Icon.BACK, tr("Month before"))
        self.later = _step(theme, Icon.FORWARD, tr("Month after"))
        self._zone = Text(theme, ink="muted", size=TypeSize.SMALL)
        self._hours = Text(theme, size=TypeSize.SMALL, wrap=True)
        self._hours.hide()
        self._lay_out(theme)
        self.earlier.clicked.connect(lambda: self.month.months(-1))
        self.later.clicked.connect(lambda: self.month.months(1))
        self.month.moved.connect(self._moved)
        self.month.picked.connect(self._day_picked)
        self.times.picked.connect(self._time_picked)

    def set_clock(self, zone: AnyZone, branch: Branch | None, handing: Handing | None = None) -> None:
        self._at = (zone, branch, handing)
        self._hours.setVisible(branch is not None and not self._days_only)
        self.month.set_hatched(self._closed_on)

    def _closed_on(self, day: date) -> bool:
        branch = self._at[1]
        return branch is not None and not self._days_only and not branch.hours.on(day)

    def _told(self, day: date) -> str:
        """How a day is said aloud."""
        branch = self._at[1]
        if branch is None or self._days_only:
            return day_written(day)
        return f"{day_written(day)}. {day_line(branch, day, self._at[2])}"

    def open_below(self, anchor: QWidget, at: datetime, today: date, tinted: tuple[date, date] | None) -> None:
        """*at* is the wall-clock time the field holds, *tinted* the first and last day of the rental."""
        self._time = at.time().replace(fold=0)
        self.month.show_day(at.date(), today, tinted)
        self._moved(at.date())
        place_popup(self, anchor, self.sizeHint())
        self.show()
        self.month.setFocus(Qt.FocusReason.PopupFocusReason)

    def _moved(self, day: date) -> None:
        self._title.setText(locale().standaloneMonthName(day.month) + f" {day.year}")
        if not self._days_only:
            zone, branch, handing = self._at
            self._hours.setText(day_line(branch, day, handing) if branch is not None else "")
            self._zone.setText(datetime.combine(day, self._time, zone).tzname() or "")
            self.times.show_day(day, self._time, zone, branch)

    def _day_picked(self, day: date) -> None:
        by_key = not self.month.underMouse()
        final = self._days_only or by_key
        self.picked.emit(datetime.combine(day, self._time), final)
        if final:
            self.hide()
        else:
            self.times.setFocus(Qt.FocusReason.OtherFocusReason)

    def _time_picked(self, at: time) -> None:
        self._time = at
        self.picked.emit(datetime.combine(self.month.day, at), True)  # noqa: FBT003 -- a signal has no names
        self.hide()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.addSpacing(8 * GRID)
        head.addWidget(self._title, 1)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        days = QVBoxLayout()
        days.addLayout(head)
        days.addWidget(self.month)
        both = QHBoxLayout()
        both.setSpacing(4 * GRID)
        both.addLayout(days)
        if not self._days_only:
            above = QHBoxLayout()
            above.addWidget(Text(theme, tr("Time"), bold=True))
            above.addWidget(self._zone, 1)
            beside = QVBoxLayout()
            beside.addLayout(above)
            beside.addWidget(self.times, 1)
            both.addLayout(beside)
        else:
            self.times.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 3 * GRID, 4 * GRID, 3 * GRID)
        column.addLayout(both)
        column.addWidget(self._hours)
        column.addWidget(Text(theme, _DAY_KEYS if self._days_only else _KEYS, size=TypeSize.SMALL, ink="muted"))

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            self.hide()
        elif event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.hide()
            self.typed.emit(event)
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_popup(self, self._theme.tokens)


class _Times(QListWidget):
    """Half hours of a day; those at which the branch is closed are hatched and say so."""

    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(tr("Time"))
        self.setFont(theme.font(TypeSize.BODY))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(_TIMES_WIDTH)
        self.setUniformItemSizes(True)
        self.itemClicked.connect(self._tell)
        self.itemActivated.connect(self._tell)

    def show_day(self, day: date, at: time, zone: AnyZone, branch: Branch | None) -> None:
        self.clear()
        nearest = min(round((at.hour * 60 + at.minute) / 30), _HALVES - 1)
        for n in range(_HALVES):
            wall = datetime.combine(day, time(0)) + n * _HALF
            placed = on_wall(wall, zone)
            note = _note(
                placed.skipped is not None,
                branch is not None and not is_open(branch.hours, branch.clock, placed.moment),
            )
            item = QListWidgetItem(f"{wall:%H:%M}{note}")
            item.setData(Qt.ItemDataRole.UserRole, wall.time())
            item.setSizeHint(QSize(_TIMES_WIDTH - 4 * GRID, _TIME_PX))
            if note:
                item.setForeground(QColor(self._theme.tokens.muted))
                item.setBackground(QBrush(QColor(self._theme.tokens.border), Qt.BrushStyle.BDiagPattern))
            self.addItem(item)
        self.setCurrentRow(nearest)
        self.scrollToItem(self.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def _tell(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.data(Qt.ItemDataRole.UserRole))

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whole lines only: half a time at the edge reads as another one."""
        self.setViewportMargins(0, 0, 0, self.height() % _TIME_PX)
        super().resizeEvent(event)
        self.scrollToItem(self.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self._tell(self.currentItem())
        elif event.text().strip() or event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the popup's
        else:
            super().keyPressEvent(event)


def _note(skipped: bool, closed: bool) -> str:  # noqa: FBT001 -- two facts of one row
    return tr("   does not exist") if skipped else tr("   closed") if closed else ""


def _step(theme: Theme, icon: Icon, name: str) -> Button:
    button = Button(theme, kind=ButtonKind.QUIET, icon=icon)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
