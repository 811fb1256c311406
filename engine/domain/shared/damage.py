"""A stored row that cannot be read: what stands in its place, wherever rows are listed, counted or compared."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.shared.remark import Remark, remark


@dataclass(frozen=True, slots=True)
class Damaged:
    """One line, "damaged: <id>", instead of an exception: the other rows go on (docs/decisions/0033).

    Attributes:
        collection: Where it is stored, such as ``bookings``.
        id: As much of its ``_id`` as can be shown.
        reason: What of it cannot be read, for people: ``zone: 'Mars/Base' is not known here``.
        version: Of no use but to be there, as a row of a list has one; any readable row is newer.
    """

    collection: str
    id: str
    reason: str
    version: int = 0

    @property
    def line(self) -> str:
        return f"damaged: {self.id}"

    @property
    def remark(self) -> Remark:
        return remark("row.damaged", line=self.line, collection=self.collection, reason=self.reason)
