"""The pages of the window, one of them shown.

API: PageStack: a QStackedWidget that is as wide at least as the page that is shown, not as the widest it has.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class PageStack(QStackedWidget):
    """A side panel stands beside a page that leaves it room, whatever the other pages need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self.updateGeometry)

    # Qt names below.

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        least = page.minimumSizeHint() if page is not None else QSize()
        return least.expandedTo(QSize(0, 0)).grownBy(self.contentsMargins())
