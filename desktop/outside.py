"""The only way out of the window: what is handed to the operating system, and what is not (docs/decisions/0026).

Whatever else opens something outside of the program does it through here; a test over the source keeps it so.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from engine.domain.addresses import PageAddress, page_address


def open_page(address: PageAddress, sandbox: str = "") -> None:
    """Show a payment page in the system's browser.

    Raises:
        StrangeAddress: It is not Stripe's own, nor that of the sandbox at the address *sandbox*.
    """
    QDesktopServices.openUrl(QUrl(page_address(address, sandbox), QUrl.ParsingMode.StrictMode))


def open_folder_of(written: Path) -> None:
    """Show the folder in which the program wrote that file, where it is a folder of this computer."""
    folder = QUrl.fromLocalFile(str(written.resolve().parent))
    if folder.isLocalFile() and not folder.host():
        QDesktopServices.openUrl(folder)
