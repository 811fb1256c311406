"""The keys of the board that are no commands, for the sheet of keys.

API: BOARD; KEYS_OF_BOARD: what a key does, and the key.
"""

from __future__ import annotations

from engine.words.tr import tr

#: The name of its page.
BOARD = "board"
KEYS_OF_BOARD = (
    (tr("Car above or below"), tr("Up, Down, K, J")),
    (tr("Earlier or later"), tr("Left, Right")),
    (tr("Next bar of the car, or the one before"), tr("Tab, Shift+Tab")),
    (tr("Open the bar, or book in the gap"), "Enter"),
    (tr("Drop what is taken up, or put it back"), tr("Enter, Esc")),
    (tr("Earlier or later days"), tr("Page Up, Page Down")),
)
