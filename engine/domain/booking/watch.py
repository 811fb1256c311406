"""What was written lately, and what of it is not as the program writes it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.health.health import HealthArea
from engine.domain.shared.remark import Remark

#: The verb in the audit.
FOUND = "watch.found"


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody wrote this row. Attributes: ``id`` is the database's own, of whatever type."""

    collection: str
    id: object

    @property
    def key(self) -> str:
        """Tells rows apart; an id need not be hashable."""
        return f"{self.collection} {type(self.id).__name__} {self.id!r}"


@dataclass(frozen=True, slots=True)
class WatchFinding:
    """One line about one row.

    Attributes:
        area: Which of the doctor's looks finds it too.
        row: Looked at once more before anybody is told.
        subject: Kind and id, such as ``car:car-12``.
    """

    area: HealthArea
    row: Touched
    subject: str
    says: Remark

    @property
    def key(self) -> tuple[str, str, Remark]:
        return self.area.value, self.subject, self.says
