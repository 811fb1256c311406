"""The item roles the views of this room read; the models of the next room answer them under the same numbers.

API: ROW_ROLE, STATE_ROLE, TONE_ROLE, WEIGHT_ROLE, SPARE_ROLE. A test compares them with ``desktop.models.rows``.
"""

from __future__ import annotations

from PySide6.QtCore import Qt

_USER = int(Qt.ItemDataRole.UserRole)
ROW_ROLE, STATE_ROLE, TONE_ROLE, WEIGHT_ROLE = _USER + 1, _USER + 2, _USER + 3, _USER + 4
SPARE_ROLE = _USER + 5
