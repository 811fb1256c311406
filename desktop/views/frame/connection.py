"""What the status bar and the banner say about the servers; nothing claims to be live without proof."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.theme.tokens import Tone
from desktop.viewmodels.connection import ConnectionState
from desktop.views.parts.view_context import Workspace
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.status_bar import StatusBar, StatusText
from desktop.words.messages import branch_name, clock_time, say
from engine.domain.car.car import Branch
from engine.domain.shared.errors import Unavailable
from engine.words.tr import tr

_EVERY_MS = 1_000
#: Seconds.
_MINUTE, _HOUR = 60, 3600
LIVE, LIVE_SLOWLY = tr("Live"), tr("Live, slower")
SLOW = tr("The cache does not answer. Bookings go on, searching may be slower.")


class ConnectionLook(QObject):
    """Draws the connection's state into the two places; *frame* is the banner's surroundings and goes with it."""

    def __init__(self, workspace: Workspace, status: StatusBar, banner: Banner, frame: QWidget) -> None:
        super().__init__(status)
        self._workspace, self.status, self._banner, self._frame = workspace, status, banner, frame
        banner.dismissed.connect(frame.hide)
        frame.hide()
        self._branches: tuple[Branch, ...] = ()
        self._said = ""
        self._told = StatusText()
        # Counts up the age of the last word, and finds out when words stopped coming.
        self._tick = QTimer(self)
        self._tick.setInterval(_EVERY_MS)
        self._tick.timeout.connect(self.say)
        workspace.connection.changed.connect(self.draw)
        self.draw(workspace.connection.state)

    def know_branches(self, branches: tuple[Branch, ...]) -> None:
        if branches != self._branches:
            self._branches = branches
            self.draw(self._workspace.connection.state)

    def stop(self) -> None:
        self._tick.stop()

    def draw(self, state: ConnectionState) -> None:
        self.say()
        if state.heard_at is not None and not self._tick.isActive():
            self._tick.start()
        tone, text = _warning(state)
        if text == self._said:
            return
        self._said = text
        self._frame.setVisible(bool(text))
        if text:
            self._banner.tell(tone, text, tr("Try again"), closable=tone is Tone.WARNING)
        else:
            self._banner.clear()

    def say(self) -> None:
        """What is so by now: the last word grows older."""
        text = self._status_text(self._workspace.connection.state)
        if text != self._told:
            self._told = text
            self.status.draw(text)

    def _status_text(self, state: ConnectionState) -> StatusText:
        actor = self._workspace.actor
        branch = next((branch_name(known) for known in self._branches if known.id == actor.branch_id), "")
        now = self._workspace.now() if state.heard_at is not None else None
        word, tone = _word(state, now)
        heard = "" if state.heard_at is None or word in (LIVE, LIVE_SLOWLY) else _as_of(state.heard_at, now)
        demo = tr("Demo data · ") if self._workspace.demo else ""
        return StatusText(word, tone, heard, branch, f"{demo}{actor.name}")


def _word(state: ConnectionState, now: datetime | None) -> tuple[str, Tone]:
    if state.problem is not None:
        return tr("No connection"), Tone.DANGER
    if now is None:
        return tr("Connecting"), Tone.NEUTRAL
    if state.live(now):
        return (LIVE, Tone.POSITIVE) if state.cache else (LIVE_SLOWLY, Tone.WARNING)
    return (tr("Connected"), Tone.NEUTRAL) if state.cache else (tr("Connected, slower"), Tone.WARNING)


def _as_of(heard_at: datetime, now: datetime | None) -> str:
    """Such as ``as of 14:02, 3 min ago``."""
    passed = int((now - heard_at).total_seconds()) if now is not None else 0
    words = tr("as of {heard_at}", heard_at=clock_time(heard_at))
    if passed >= _HOUR:
        return tr("{words}, {passed} h ago", words=words, passed=passed // _HOUR)
    if passed >= _MINUTE:
        return tr("{words}, {passed} min ago", words=words, passed=passed // _MINUTE)
    return tr("{words}, {passed} s ago", words=words, passed=passed) if passed >= 1 else words


def _warning(state: ConnectionState) -> tuple[Tone, str]:
    """The banner's words; none while all is well."""
    if state.problem is None:
        return (Tone.NEUTRAL, "") if state.cache else (Tone.WARNING, SLOW)
    if not isinstance(state.problem, Unavailable):
        return Tone.DANGER, say(state.problem).text
    if state.heard_at is None:
        return Tone.DANGER, tr("No connection to the database. Showing what was loaded; booking is not possible.")
    since = clock_time(state.heard_at)
    return Tone.DANGER, tr(
        "No connection to the database since {since}. Showing what was loaded; booking is not possible.", since=since
    )
