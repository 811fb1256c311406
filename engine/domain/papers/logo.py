"""The firm's picture on its papers: called by its sum, so that a paper that names one is always drawn with that."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from engine.domain.people.people import AccountName

#: It is a centimetre high on paper; longer sides are scaled down on the way in.
LOGO_PX = 320
LEAST_LOGO_PX = 16
#: No picture of that size takes more.
MOST_LOGO_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Logo:
    """Attributes: ``id`` is the SHA-256 of ``data``, hexadecimal; ``data`` is a PNG that we wrote."""

    id: str
    data: bytes = field(repr=False)
    by: AccountName
    at: datetime

    @property
    def sound(self) -> bool:
        """Whether it is what its name says."""
        return self.id == sha256(self.data).hexdigest()


def logo_of(data: bytes, by: AccountName, at: datetime) -> Logo:
    return Logo(sha256(data).hexdigest(), data, by, at)
