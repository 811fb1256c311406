"""The few rules a palette cannot say: radii, focus of entry fields, thin scroll bars, quiet tables.

API: style_sheet(tokens).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CONTROL

if TYPE_CHECKING:
    from desktop.theme.tokens import Tokens

_FIELDS = ("QLineEdit", "QPlainTextEdit", "QComboBox", "QDateEdit", "QDateTimeEdit", "QSpinBox")


def style_sheet(tokens: Tokens) -> str:
    return "\n".join((_fields(tokens), _lists(tokens), _scroll_bars(tokens), _tool_tip(tokens)))


def _fields(tokens: Tokens) -> str:
    every = ", ".join(_FIELDS)
    focused = ", ".join(f"{name}:focus" for name in _FIELDS)
    disabled = ", ".join(f"{name}:disabled" for name in _FIELDS)
    # The ring grows inwards: what is typed does not move when the focus comes.
    inner = GRID - (FOCUS - BORDER)
    return f"""
{every} {{
    background: {tokens.raised}; color: {tokens.text};
    border: {BORDER}px solid {tokens.control_border}; border-radius: {RADIUS_CONTROL}px;
    padding: {GRID}px {2 * GRID}px; min-height: 22px;
    selection-background-color: {tokens.accent}; selection-color: {tokens.on_accent};
}}
{focused} {{ border: {FOCUS}px solid {tokens.focus}; padding: {inner}px {2 * GRID - 1}px; }}
{disabled} {{ background: {tokens.sunken}; color: {tokens.disabled}; border-color: {tokens.border}; }}
"""


def _lists(tokens: Tokens) -> str:
    return f"""
QTableView {{
    background: {tokens.raised}; color: {tokens.text}; gridline-color: {tokens.border};
    border: {BORDER}px solid {tokens.border}; border-radius: {RADIUS_CONTROL}px;
    selection-background-color: {tokens.accent_tint}; selection-color: {tokens.text};
}}
QTableView:focus {{ border-color: {tokens.focus}; }}
QHeaderView {{ background: {tokens.raised}; border: none; }}
QHeaderView::section {{
    background: {tokens.raised}; color: {tokens.muted};
    border: none; border-bottom: {BORDER}px solid {tokens.border}; padding: {GRID}px {2 * GRID}px;
}}
"""


def _scroll_bars(tokens: Tokens) -> str:
    return f"""
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: {3 * GRID}px; }}
QScrollBar:horizontal {{ height: {3 * GRID}px; }}
QScrollBar::handle {{ background: {tokens.control_border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: {8 * GRID}px; }}
QScrollBar::handle:horizontal {{ min-width: {8 * GRID}px; }}
QScrollBar::handle:hover {{ background: {tokens.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _tool_tip(tokens: Tokens) -> str:
    return f"QToolTip {{ background: {tokens.text}; color: {tokens.raised}; border: none; padding: {GRID}px; }}"
