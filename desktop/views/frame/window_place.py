"""Where the window lies: remembered for each arrangement of screens and scales, and never off those that are there.

A window whose screen is unplugged comes back onto one that is there, and goes back to its place when that is plugged in
again; a changed scale never leaves it larger than the free part of its screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from PySide6.QtCore import QByteArray, QMargins, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow, QStyle

from desktop.preferences import Preferences

_SMALLEST = (1024, 640)
_FIRST = (1280, 800)
#: A screen that goes or comes is told in several steps, and the desktop moves windows meanwhile.
_SETTLED_MS = 250


def smallest(room: QSize) -> QSize:
    """For a screen with so much *room*: at 200 % a usual one has less than we want, and buttons would lie below it."""
    return QSize(*_SMALLEST).boundedTo(room)


def fitting(window: QRect, frame: QMargins, free: QRect) -> QRect:
    """Where a window of that place lies within the *free* part of its screen, its *frame* included."""
    room = free.marginsRemoved(frame)
    size = window.size().boundedTo(room.size())
    left = min(max(window.left(), room.left()), room.right() + 1 - size.width())
    top = min(max(window.top(), room.top()), room.bottom() + 1 - size.height())
    return QRect(QPoint(left, top), size)


def arrangement(screens: Sequence[tuple[str, QRect, float]]) -> str:
    """A short name for screens of those names, places and scales; the order in which they are told does not count."""
    told = sorted(f"{name} {at.x()},{at.y()} {at.width()}x{at.height()} {scale:g}" for name, at, scale in screens)
    return sha256("\n".join(told).encode()).hexdigest()[:16]


class WindowPlace(QObject):
    """API: open(), moved() at each move and change of size, keep() when the window goes."""

    def __init__(self, window: QMainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._arrangement = _now()
        self._known: dict[str, QByteArray] = {}
        self._opened = QSize()
        self._noting, self._rearranging = self._timer(self._note), self._timer(self.rearrange)
        self._framing = self._timer(self._fit_with_frame)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._came)
            app.screenRemoved.connect(self._changed)
            app.primaryScreenChanged.connect(self._changed)
        for screen in QGuiApplication.screens():
            self._follow(screen)

    def open(self) -> None:
        """Where it lay when these screens were last there; else where it lay last, or in the first size."""
        self._fit(QSize(*_FIRST))
        stored = self._preferences.place(self._arrangement) or self._preferences.geometry
        if self._window.restoreGeometry(stored):
            self._fit(self._window.size())
        self._opened = self._window.size()
        self._framing.start()

    def moved(self) -> None:
        self._noting.start()

    def keep(self) -> None:
        """Where the window is now is where the next one opens."""
        for timer in (self._noting, self._rearranging, self._framing):
            timer.stop()
        if _now() == self._arrangement:
            self._known[self._arrangement] = self._window.saveGeometry()
        for named, geometry in self._known.items():
            self._preferences.keep_place(named, geometry)
        self._preferences.geometry = self._window.saveGeometry()
        self._preferences.save()

    def rearrange(self) -> None:
        """Screens came, went, moved or changed their scale: to the place that belongs to them, and onto one of them."""
        now = _now()
        if now != self._arrangement:
            self._arrangement = now
            if stored := self._known.get(now) or self._preferences.place(now):
                self._window.restoreGeometry(stored)
        self._fit(self._window.size())

    def _note(self) -> None:
        # What the desktop does to windows while screens go is nobody's wish.
        if _now() == self._arrangement and self._window.isVisible():
            self._known[self._arrangement] = self._window.saveGeometry()

    def _timer(self, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=_SETTLED_MS, singleShot=True)
        timer.timeout.connect(then)
        return timer

    def _came(self, screen: QScreen) -> None:
        self._follow(screen)
        self._changed()

    def _follow(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._changed)
        screen.geometryChanged.connect(self._changed)
        screen.physicalDotsPerInchChanged.connect(self._changed)
        screen.logicalDotsPerInchChanged.connect(self._changed)

    def _changed(self) -> None:
        self._rearranging.start()

    def _fit(self, wanted: QSize) -> None:
        """Never beyond the screen: at 150 % and on small ones the foot with the buttons would lie below it."""
        window = self._window
        here = QGuiApplication.screenAt(window.geometry().center()) or QGuiApplication.primaryScreen()
        free, frame = here.availableGeometry(), self._frame()
        window.setMinimumSize(smallest(free.marginsRemoved(frame).size()))
        if not window.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            window.setGeometry(fitting(QRect(window.geometry().topLeft(), wanted), frame, free))

    def _fit_with_frame(self) -> None:
        """The desktop has put its frame around the window by now, and it may be wider than was thought.

        A size that somebody gave it meanwhile stays.
        """
        if self._framed and self._window.size() == self._opened:
            self._fit(self._window.size())

    @property
    def _framed(self) -> bool:
        return self._window.isVisible() and self._window.frameGeometry() != self._window.geometry()

    def _frame(self) -> QMargins:
        """What the desktop puts around it; before it has, what it usually puts."""
        outer, inner = self._window.frameGeometry(), self._window.geometry()
        if self._framed:
            right, bottom = outer.right() - inner.right(), outer.bottom() - inner.bottom()
            return QMargins(inner.left() - outer.left(), inner.top() - outer.top(), right, bottom)
        return QMargins(0, self._window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight), 0, 0)


def _now() -> str:
    screens = QGuiApplication.screens()
    return arrangement([(each.name(), each.geometry(), each.devicePixelRatio()) for each in screens])
