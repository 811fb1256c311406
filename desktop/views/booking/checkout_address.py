"""The address of a payment page, to be copied or scanned, for a renter who pays elsewhere than in this browser.

API: CheckoutAddressView(theme, demo): show_page(page); wanted().
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking.panel_state import ShownCheckout
from desktop.views.parts.view_context import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.qr_code import QrCode
from desktop.widgets.text import Text
from engine.words.tr import tr

SCAN = tr("Scan it with a telephone to pay there.")
ONLY_HERE = tr("Demo: this is an address of this computer itself. It opens here only, on no telephone.")


class CheckoutAddressView(QWidget):
    """Signals: ``wanted`` when the address is to be shown."""

    wanted = Signal()

    def __init__(self, theme: Theme, *, demo: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_button = Button(theme, tr("Show address and QR code"), ButtonKind.QUIET)
        self.line = CopyLine(theme, tr("address of the payment page"))
        self.code = QrCode()
        self.note = Text(theme, ONLY_HERE if demo else SCAN, size=TypeSize.SMALL, ink="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.show_button, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.line, self.code, self.note):
            column.addWidget(part)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        copy.activated.connect(self.line.button.click)
        self.show_button.clicked.connect(self.wanted)
        self.line.copied.connect(lambda _text: announce(self, tr("Address copied")))
        self.show_page(None)

    def show_page(self, page: ShownCheckout | None) -> None:
        """The button that asks for it, while there is none."""
        self.show_button.setVisible(page is None)
        self.line.show_value(page.address if page else "")
        self.code.show_modules(page.code if page else (), tr("QR code of the payment page's address"))
        for part in (self.line, self.note):
            part.setVisible(page is not None)
