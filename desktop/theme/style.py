"""The few rules a palette cannot say: radii, focus of entry fields, thin scroll bars, quiet tables.

API: style_sheet(tokens).
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir

from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CONTROL, SCROLL_BAR

if TYPE_CHECKING:
    from desktop.theme.tokens import Tokens

#: Stands for their folder in a style sheet, see ``QDir.setSearchPaths``; one with a hyphen is not taken there.
_MARKS = "marks"
_FIELDS = ("QLineEdit", "QPlainTextEdit", "QComboBox", "QDateEdit", "QDateTimeEdit", "QSpinBox")


def style_sheet(tokens: Tokens) -> str:
    QDir.setSearchPaths(_MARKS, [str(resources.files("resources") / "marks")])
    parts = (_fields, _steppers, _check_boxes, _lists, _scroll_bars, _tool_tip)
    return "\n".join(part(tokens) for part in parts)


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
QPlainTextEdit {{ min-height: {36 * GRID}px; }}
{focused} {{ border: {FOCUS}px solid {tokens.focus}; padding: {inner}px {2 * GRID - 1}px; }}
QSpinBox QLineEdit {{ border: none; padding: 0 0 0 {GRID}px; min-height: 0; background: transparent; }}
{disabled} {{ background: {tokens.sunken}; color: {tokens.disabled}; border-color: {tokens.border}; }}
"""


def _mark(name: str, tokens: Tokens) -> str:
    """A tiny drawing of ours. Qt takes only a path without quotes here, and ours may hold any sign."""
    return f"url({_MARKS}:{name}-{tokens.name}.svg)"


def _steppers(tokens: Tokens) -> str:
    return f"""
QComboBox::drop-down, QDateEdit::drop-down, QDateTimeEdit::drop-down {{
    border: none; width: {6 * GRID}px; subcontrol-origin: padding; subcontrol-position: center right;
}}
QComboBox::down-arrow, QDateEdit::down-arrow, QDateTimeEdit::down-arrow, QSpinBox::down-arrow {{
    image: {_mark("down", tokens)}; width: 14px; height: 14px;
}}
QSpinBox::up-arrow {{ image: {_mark("up", tokens)}; width: 14px; height: 14px; }}
QSpinBox::up-button, QSpinBox::down-button {{ border: none; background: transparent; width: {5 * GRID}px; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{
    background: {tokens.raised}; color: {tokens.text}; border: {BORDER}px solid {tokens.control_border};
    selection-background-color: {tokens.accent_tint}; selection-color: {tokens.text}; padding: {GRID}px;
}}
"""


def _check_boxes(tokens: Tokens) -> str:
    return f"""
QCheckBox {{ spacing: {2 * GRID}px; }}
QCheckBox::indicator {{
    width: 16px; height: 16px; border-radius: {GRID}px;
    border: {BORDER}px solid {tokens.control_border}; background: {tokens.raised};
}}
QCheckBox::indicator:focus, QCheckBox::indicator:hover {{ border: {FOCUS}px solid {tokens.focus};
    width: 14px; height: 14px; }}
QCheckBox::indicator:checked {{ background: {tokens.accent}; image: {_mark("check", tokens)}; }}
QCheckBox::indicator:disabled {{ background: {tokens.sunken}; border-color: {tokens.border}; }}
"""


def _lists(tokens: Tokens) -> str:
    return f"""
QTableView {{
    background: {tokens.raised}; color: {tokens.text}; gridline-color: {tokens.border};
    border: {BORDER}px solid {tokens.border}; border-radius: {RADIUS_CONTROL}px;
    selection-background-color: {tokens.accent_tint}; selection-color: {tokens.text};
}}
QTableView#board {{ border: none; }}
QHeaderView {{ background: {tokens.raised}; border: none; }}
QHeaderView::section {{
    background: {tokens.raised}; color: {tokens.muted};
    border: none; border-bottom: {BORDER}px solid {tokens.border}; padding: {GRID}px {2 * GRID}px;
}}
"""


def _scroll_bars(tokens: Tokens) -> str:
    return f"""
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: {SCROLL_BAR}px; }}
QScrollBar:horizontal {{ height: {SCROLL_BAR}px; }}
QScrollBar::handle {{ background: {tokens.control_border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: {8 * GRID}px; }}
QScrollBar::handle:horizontal {{ min-width: {8 * GRID}px; }}
QScrollBar::handle:hover {{ background: {tokens.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _tool_tip(tokens: Tokens) -> str:
    return f"QToolTip {{ background: {tokens.text}; color: {tokens.raised}; border: none; padding: {GRID}px; }}"
