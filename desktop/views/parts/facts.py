"""Facts of a detail panel, one under the other: long values wrap and can be copied.

API: facts_of(theme, parts) -> QWidget for ``SidePanel.set_content``.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.text import Text

Part = tuple[str, Iterable[tuple[str, str]]]


def facts_of(theme: Theme, parts: Iterable[Part]) -> QWidget:
    """Each part is a heading (empty for none) and its names with values; a part without facts is left out."""
    content = QWidget()
    content.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, GRID, 0)
    column.setSpacing(GRID)
    spoken = []
    for head, facts in parts:
        known = list(facts)
        if head and known:
            column.addSpacing(3 * GRID)
            column.addWidget(Text(theme, head, size=TypeSize.LEAD, bold=True))
        for name, value in known:
            column.addSpacing(GRID)
            if name:
                column.addWidget(Text(theme, name, size=TypeSize.SMALL, ink="muted"))
            shown = Text(theme, value, wrap=True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(shown)
            spoken.append(f"{name}: {value}" if name else value)
    column.addStretch(1)
    content.setAccessibleName(". ".join(spoken))
    return content
