"""A second start on the same data folder: the window that is there comes forward, and no other opens.

API: Summons(data_dir) with answered(token), listen(), close(); signal called.
"""

from __future__ import annotations

import getpass
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from pathlib import Path

#: One that lives answers at once; one that hangs shall not keep anybody from working.
_ANSWER_MS = 2000
_CALL, _HERE = b"come forward", b"here\n"
#: Of a call, and of a desktop's token in it: see ``config.activation_token``.
_LONGEST = 400
_TOKEN_IS = re.compile(r"[!-~]{1,256}")


class Summons(QObject):
    """Signals: ``called``, when the program was started again for this person and folder; with that start's token."""

    called = Signal(str)

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        whose = f"{getpass.getuser()}\0{data_dir.resolve()}"
        self._name = f"drivesphere-{sha256(whose.encode('utf-8', 'surrogateescape')).hexdigest()[:20]}"
        self._server: QLocalServer | None = None
        self._callers: list[QLocalSocket] = []

    def answered(self, token: str = "") -> bool:
        """Whether a window is there and comes forward, by the right that *token* gives it."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWER_MS):
            return False
        socket.write(_CALL + b" " + _sound(token).encode("ascii") + b"\n")
        socket.flush()
        while not socket.canReadLine():
            if not socket.waitForReadyRead(_ANSWER_MS):
                return False
        return bytes(socket.readLine().data()) == _HERE

    def listen(self) -> None:
        """Be the window that comes; where another one listens already, it stays that one."""
        there = QLocalSocket()
        there.connectToServer(self._name)
        if there.waitForConnected(_ANSWER_MS):
            there.abort()
            return
        # What a program left that was killed.
        QLocalServer.removeServer(self._name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._welcome)
        if server.listen(self._name):
            self._server = server

    def close(self) -> None:
        """Whoever starts the program from now on gets a window of their own; may be called twice."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for caller in [*self._callers]:
                caller.abort()
            server.deleteLater()

    def _welcome(self) -> None:
        while self._server is not None and (caller := self._server.nextPendingConnection()) is not None:
            # Held here and by no signal of its own: what its end would free while it is freed ends the program.
            self._callers.append(caller)
            caller.readyRead.connect(self._hear)
            caller.disconnected.connect(self._forget)
            self._hear()

    def _hear(self) -> None:
        # Calls that came before this one left are nobody's any more.
        for caller in self._callers if self._server is not None else []:
            if not caller.canReadLine():
                continue
            line = bytes(caller.readLine(_LONGEST).data())
            if line.startswith(_CALL):
                caller.write(_HERE)
                caller.flush()
                self.called.emit(_sound(line.removeprefix(_CALL).strip().decode("ascii", "replace")))

    def _forget(self) -> None:
        gone = [each for each in self._callers if each.state() is QLocalSocket.LocalSocketState.UnconnectedState]
        self._callers = [each for each in self._callers if each not in gone]
        for caller in gone:
            caller.deleteLater()


def _sound(token: str) -> str:
    return token if _TOKEN_IS.fullmatch(token) else ""
