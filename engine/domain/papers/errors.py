"""What can go wrong with papers; part of the tree in ``shared.errors``."""

from __future__ import annotations

from engine.domain.shared.errors import Told


class PaperRefused(Told):
    """It cannot be issued as it is, and no number was taken. Attributes: ``said`` is why."""

    code = "paper.refused"
