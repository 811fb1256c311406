"""What stands above the rows and stays there: days, how much of the fleet is busy on each, and the pill of now.

API: BoardAxis(theme, view): put(rows, title), tell_time(); facts, what is said of this moment.
"""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.board.placing import DayUse
from desktop.views.board.surface import BoardSurface
from desktop.words.figures import clock_time, locale, percent, whole
from engine.domain.booking.board import BarShape, BoardRow, Use, out_now
from engine.words.tr import tr

_DAYS_PX, _USE_PX = 7 * GRID, 10 * GRID
_INDENT = 3 * GRID
#: What a day is called, by the room there is for it: the first that fits.
_NAMES = ("dddd d MMMM", "ddd d MMM", "ddd d", "d")
_NARROW_PX = 48
_WEEKS_FROM_DAYS, _NAME_PX = 28, 84
_BAR_PX, _PILL_PX = 4, 17
_Align = Qt.AlignmentFlag


class BoardAxis(QWidget):
    def __init__(self, theme: Theme, view: BoardSurface) -> None:
        super().__init__()
        self._theme, self._view = theme, view
        self._rows: tuple[BoardRow, ...] = ()
        self._title = ""
        self.facts = ("", "")
        self.at_risk = 0
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def put(self, rows: tuple[BoardRow, ...], title: str) -> None:
        """*rows* are the cars that are counted; *title* says whose clock it is."""
        self._rows, self._title = rows, title
        self.tell_time()

    def tell_time(self) -> None:
        placing = self._view.placing
        if placing is None or self._view.skeleton:
            self.facts = ("", "")
        else:
            self._tell(out_now(self._rows))
        self.setAccessibleName(", ".join((self._title, *self.facts)))
        self.update()

    def _tell(self, out: Use) -> None:
        placing = self._view.placing
        if placing is None:
            return
        now = placing.words.now
        late = (row for row in self._rows if row.out is not None and row.out.taken.overdue(now))
        self.at_risk = sum(row.shape(bar, now) is BarShape.AT_RISK for row in late for bar in row.bars)
        today = self._today()
        parts = [tr("{out} of {count} cars", out=whole(out.busy), count=whole(out.of))]
        if today is not None:
            parts.append(tr("today {share}", share=_share(today)))
        if self.at_risk:
            parts.append(tr("at risk {count}", count=whole(self.at_risk)))
        self.facts = tr("Out now {share}", share=percent(out.percent * 100)), " · ".join(parts)

    def _today(self) -> DayUse | None:
        view = self._view
        if view.placing is None:
            return None
        day = view.placing.words.now.astimezone(view.scale.zone).date()
        n = (day - view.scale.first).days
        return view.placing.days(self._rows)[n] if 0 <= n < view.scale.days else None

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(100, _DAYS_PX + _USE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tokens.raised))
        scale, placing = self._view.scale, self._view.placing
        known = placing is not None and not self._view.skeleton and bool(self._rows)
        today = None if placing is None else placing.words.now.astimezone(scale.zone).date()
        uses = placing.days(self._rows) if placing is not None and known else None
        names = self.names()
        for n in range(scale.days):
            column = QRect(scale.left + n * scale.day_px, 0, scale.day_px, self.height())
            day = scale.day(n)
            if day == today:
                painter.fillRect(column, QColor(tokens.accent_tint))
            self._day(painter, column, names[n], today=day == today)
            self._use(painter, column, None if uses is None else uses[n], today=day == today)
            if scale.days < _WEEKS_FROM_DAYS or day.weekday() == 0:
                painter.fillRect(QRect(column.left(), 0, 1, self.height()), QColor(tokens.border))
        self._corner(painter)
        for y in (_DAYS_PX, self.height() - 1):
            painter.fillRect(QRect(0, y, scale.width, 1), QColor(tokens.border))
        self._pill(painter)
        painter.end()

    def names(self) -> list[str]:
        """Of each day shown, all by the longest form for which each has room; "" for one that is not named."""
        scale, metrics = self._view.scale, QFontMetrics(self._theme.font(TypeSize.SMALL, bold=True))
        days = [scale.day(n) for n in range(scale.days)]
        if scale.days < _WEEKS_FROM_DAYS:
            wide = scale.day_px - self._apart
            fitting = (
                form for form in _NAMES if all(metrics.horizontalAdvance(_name(day, form)) <= wide for day in days)
            )
            form = next(fitting, _NAMES[-1])
            return [_name(day, form) for day in days]
        return [self._week_name(n, day, metrics) if self._named_week(day) else "" for n, day in enumerate(days)]

    def _week_name(self, n: int, day: date, metrics: QFontMetrics) -> str:
        scale = self._view.scale
        wide = min(self._name_days, scale.days - n) * scale.day_px - self._apart
        fits = metrics.horizontalAdvance(_name(day, _NAMES[1])) <= wide
        return _name(day, _NAMES[1] if fits else _NAMES[-1])

    @property
    def _apart(self) -> int:
        """What lies between a day's line and its name."""
        return 2 * GRID if self._view.scale.day_px > _NARROW_PX else 2

    def _day(self, painter: QPainter, column: QRect, name: str, *, today: bool) -> None:
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=True))
        painter.setPen(QColor(self._theme.tokens.accent if today else self._theme.tokens.text))
        at = QRect(column.left() + self._apart, 0, self.width(), _DAYS_PX)
        painter.drawText(at, _Align.AlignLeft | _Align.AlignVCenter, name)

    @property
    def _name_days(self) -> int:
        """Over how many days a name goes, where not each has room for one."""
        return -(-_NAME_PX // self._view.scale.day_px)

    def _named_week(self, day: date) -> bool:
        """Where there is no room for each day: today, and Mondays in whose names today's would not stand."""
        placing = self._view.placing
        if placing is None:
            return day.weekday() == 0
        away = (placing.words.now.astimezone(self._view.scale.zone).date() - day).days
        return away == 0 or (day.weekday() == 0 and abs(away) >= self._name_days)

    def _use(self, painter: QPainter, column: QRect, use: DayUse | None, *, today: bool) -> None:
        tokens = self._theme.tokens
        ink = QColor(tokens.accent if today else tokens.control_border)
        if column.width() < _NARROW_PX:
            room = _USE_PX - 3 * GRID
            part = 0.5 if use is None else use.busy / use.of if use.of else 0.0
            tall = max(part * room, 1.0)
            bar = QRectF(column.left() + 2, column.bottom() - GRID - tall, max(column.width() - 4, 2), tall)
            painter.fillRect(bar, ink if use is not None else QColor(tokens.skeleton))
            return
        left, wide = column.left() + 2 * GRID, column.width() - 3 * GRID
        if use is None:
            painter.fillRect(QRectF(left, _DAYS_PX + 2 * GRID, min(wide, 40), 8), QColor(tokens.skeleton))
            painter.fillRect(QRectF(left, _DAYS_PX + 7 * GRID, wide, _BAR_PX), QColor(tokens.skeleton))
            return
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=today))
        painter.setPen(QColor(tokens.accent if today else tokens.muted))
        at = QRect(left, _DAYS_PX + GRID, wide, 5 * GRID)
        share, count = _share(use), tr("{busy} of {count}", busy=whole(use.busy), count=whole(use.of))
        painter.drawText(at, _Align.AlignLeft | _Align.AlignVCenter, share)
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(share) + metrics.horizontalAdvance(count) + 3 * GRID <= wide:
            painter.drawText(at, _Align.AlignRight | _Align.AlignVCenter, count)
        track = QRectF(left, _DAYS_PX + 7 * GRID, wide, _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.neutral_tint))
        painter.drawRoundedRect(track, 2, 2)
        if use.of:
            track.setWidth(wide * use.busy / use.of)
            painter.setBrush(ink)
            painter.drawRoundedRect(track, 2, 2)

    def _corner(self, painter: QPainter) -> None:
        """Above the cars: whose clock it is, and how it stands at this moment."""
        tokens, left = self._theme.tokens, self._view.scale.left
        room = left - 2 * _INDENT
        painter.fillRect(QRect(left - 1, 0, 1, self.height()), QColor(tokens.border))
        small = self._theme.font(TypeSize.SMALL)
        painter.setFont(small)
        painter.setPen(QColor(tokens.muted))
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(_INDENT, 0, room, _DAYS_PX), _Align.AlignLeft | _Align.AlignVCenter, title)
        first, second = self.facts
        painter.drawText(
            QRect(_INDENT, _DAYS_PX + 5 * GRID, room, 4 * GRID),
            _Align.AlignLeft | _Align.AlignVCenter,
            _first_fitting(second, painter.fontMetrics(), room),
        )
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=True))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRect(_INDENT, _DAYS_PX + GRID, room, 4 * GRID), _Align.AlignLeft | _Align.AlignVCenter, first)

    def _pill(self, painter: QPainter) -> None:
        view = self._view
        if view.placing is None:
            return
        now, scale, tokens = view.placing.words.now, view.scale, self._theme.tokens
        if not scale.since <= now < scale.until:
            return
        x = scale.x(now)
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=True))
        words = clock_time(now, scale.zone)
        wide = painter.fontMetrics().horizontalAdvance(words) + 3 * GRID
        left = min(max(x - wide / 2, float(scale.left)), scale.width - wide)
        pill = QRectF(left, self.height() - _PILL_PX, wide, _PILL_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.text))
        painter.drawRoundedRect(pill, _PILL_PX / 2, _PILL_PX / 2)
        painter.setPen(QColor(tokens.raised))
        painter.drawText(pill, _Align.AlignCenter, words)


def _name(day: date, form: str) -> str:
    return locale().toString(QDate(day.year, day.month, day.day), form)


def _share(use: DayUse) -> str:
    return percent(Use(use.busy, use.of).percent * 100)


def _first_fitting(facts: str, metrics: QFontMetrics, room: int) -> str:
    """Whole ones, those that matter more at the end."""
    parts = facts.split(" · ")
    shorter = (" · ".join(parts[n:]) for n in range(len(parts)))
    return next((words for words in shorter if metrics.horizontalAdvance(words) <= room), "")
