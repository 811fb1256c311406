"""What ends the program from outside: a signal, or the end of the desktop's session.

API: Endings(app) with open(), close(), session_ends; signals wanted, place_wanted.
"""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from engine.domain.shared.boot_clock import since_boot
from engine.domain.shared.endings import ending_signals

if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from PySide6.QtGui import QGuiApplication, QSessionManager

#: A session whose end was called off, by somebody else's unsaved work, is believed to go on after so long.
_SESSION_ENDS_S = 60.0


class Endings(QObject):
    """Between ``open`` and ``close`` a signal of the system is a wish of the window's loop, and ends nothing by itself.

    What was ignored when the program was started (``nohup``) stays ignored. A second SIGINT ends at once: somebody at
    a terminal does not want to wait.

    Signals:
        wanted: The program shall leave in order, without asking; carries the name of the signal.
        place_wanted: The session is about to end: what shall be kept is written now.
    """

    wanted = Signal(str)
    place_wanted = Signal()

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__()
        self._app = app
        self._former: dict[int, Any] = {}
        self._former_fd = -1
        self._there, self._here = socket.socketpair()
        for end in (self._there, self._here):
            end.settimeout(0)
        self._hears = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._hears.setEnabled(False)
        self._hears.activated.connect(self._hear)
        self._session_until = 0.0

    def open(self) -> None:
        for number in ending_signals():
            self._former[number] = signal.signal(number, _leave_it_to_the_loop)
        # Python's own handlers run when its code does, which may be long after: Qt is woken by what is written here.
        self._former_fd = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        self._hears.setEnabled(True)
        self._app.commitDataRequest.connect(self._session_saves)

    def close(self) -> None:
        """As it was before; may be called twice."""
        if not self._hears.isEnabled():
            return
        self._hears.setEnabled(False)
        self._app.commitDataRequest.disconnect(self._session_saves)
        mine = self._there.fileno()
        if (current := signal.set_wakeup_fd(self._former_fd)) != mine:
            signal.set_wakeup_fd(current)
        for number, former in self._former.items():
            signal.signal(number, former)
        self._former = {}
        self._there.close()
        self._here.close()

    @property
    def session_ends(self) -> bool:
        """Whether whoever closes the window now is the session, which waits for no answer."""
        return since_boot() < self._session_until

    def _session_saves(self, _manager: QSessionManager) -> None:
        self._session_until = since_boot() + _SESSION_ENDS_S
        self.place_wanted.emit()

    def _hear(self) -> None:
        try:
            numbers = self._here.recv(64)
        except BlockingIOError:
            return
        for number in numbers:
            if number in self._former:
                if number == signal.SIGINT:
                    signal.signal(number, signal.SIG_DFL)
                self.wanted.emit(signal.Signals(number).name)


def _leave_it_to_the_loop(_number: int, _frame: FrameType | None) -> None:
    """A handler has to be there for the number to be written to the wake-up socket."""
