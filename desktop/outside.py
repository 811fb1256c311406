"""The only way out of the window: what is handed to the operating system, and what is not (docs/decisions/0026).

Whatever else opens something outside of the program does it through here; a test over the source keeps it so.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engine.config import environment_of_others
from engine.domain.money.addresses import BrowserNotOpened, NotOpenedWhy, PageAddress, openable

#: What opens a page in the browser that the person chose; each ends by itself, or becomes the browser.
_OPENERS = {"win32": ("rundll32", "url.dll,FileProtocolHandler"), "darwin": ("open",)}
_ELSEWHERE = ("xdg-open",)
#: What still runs after this is the browser itself.
STARTED_S = 5.0


async def open_in_browser(address: PageAddress, sandbox: str = "") -> None:
    """Show a page of Stripe's in the system's browser; back once it has been handed over.

    Raises:
        StrangeAddress: It is not Stripe's own, nor that of the sandbox at the address *sandbox*.
        BrowserNotOpened: The system's opener is missing, failed, or was ended from outside.
    """
    checked = openable(address, sandbox)
    await asyncio.to_thread(_hand_over, (*_OPENERS.get(sys.platform, _ELSEWHERE), checked))


def _hand_over(command: tuple[str, ...]) -> None:
    try:
        opener = subprocess.Popen(  # noqa: S603 -- no shell; the address was let through by openable
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=environment_of_others(),
        )
    except OSError as problem:
        raise BrowserNotOpened(NotOpenedWhy.MISSING) from problem
    try:
        status = opener.wait(STARTED_S)
    except subprocess.TimeoutExpired:
        threading.Thread(target=opener.wait, name="browser", daemon=True).start()
        return
    if status:
        raise BrowserNotOpened(NotOpenedWhy.ENDED if status < 0 else NotOpenedWhy.FAILED)


def open_folder_of(written: Path) -> None:
    """Show the folder in which the program wrote that file, where it is a folder of this computer."""
    open_folder(written.resolve().parent)


def open_folder(where: Path) -> None:
    """Show a folder of the program's own, where it is one of this computer."""
    folder = QUrl.fromLocalFile(str(where.resolve()))
    if not folder.isLocalFile() or folder.host():
        return
    if getattr(sys, "frozen", False) and sys.platform not in _OPENERS:
        # Qt would start the file manager with the bundle's libraries.
        shown = threading.Thread(target=_shown, args=((*_ELSEWHERE, folder.toLocalFile()),), name="folder", daemon=True)
        shown.start()
    else:
        QDesktopServices.openUrl(folder)


def _shown(command: tuple[str, ...]) -> None:
    with suppress(BrowserNotOpened):  # as Qt, which says nothing either
        _hand_over(command)
