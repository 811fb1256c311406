"""A second start on the same data folder: the window that is there comes forward, and no other opens.

API: Summons(data_dir) with answered(), listen(), close(); signal called.
"""

from __future__ import annotations

import getpass
from hashlib import sha256
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

if TYPE_CHECKING:
    from pathlib import Path

#: One that lives answers at once; one that hangs shall not keep anybody from working.
_ANSWER_MS = 2000
_CALL, _HERE = b"come forward\n", b"here\n"


class Summons(QObject):
    """Signals: ``called``, when the program was started again for this person and folder."""

    called = Signal()

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        whose = f"{getpass.getuser()}\0{data_dir.resolve()}"
        self._name = f"drivesphere-{sha256(whose.encode('utf-8', 'surrogateescape')).hexdigest()[:20]}"
        self._server: QLocalServer | None = None

    def answered(self) -> bool:
        """Whether a window is there and comes forward."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_ANSWER_MS):
            return False
        socket.write(_CALL)
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
        if self._server is not None:
            self._server.close()
            self._server = None

    def _welcome(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._heard(socket))
            self._heard(socket)

    def _heard(self, socket: QLocalSocket) -> None:
        if socket.canReadLine() and bytes(socket.readLine().data()) == _CALL:
            socket.write(_HERE)
            socket.flush()
            self.called.emit()
