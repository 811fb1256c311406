"""Word that a paper was drawn: which bytes came of it, so that the next ones can be compared with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rendering:
    """A PDF that was made of a paper; the file itself is not kept, because it can be made again.

    Attributes:
        sha256: Of the file, hexadecimal; ``size`` in bytes.
        fonts: What the letters were drawn with; with the same fonts and template the same bytes come again.
    """

    paper_id: str
    sha256: str
    size: int
    pages: int
    template: int
    fonts: str
    by: str
    at: datetime
