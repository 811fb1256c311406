"""Pictures of cars: how many, how large, and why one is not taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, auto

MOST_PHOTOS = 5
MOST_BYTES = 5 * 1024 * 1024
#: More than any camera makes that stays under MOST_BYTES, and decoded still bearable.
MOST_PIXELS = 50_000_000
LEAST_SIDE_PX = 64
#: Longer sides are scaled down on the way in.
LONGEST_SIDE_PX = 2048
THUMBNAIL_PX = 512


class PhotoProblem(StrEnum):
    TOO_LARGE = auto()
    NO_PICTURE = auto()
    BROKEN = auto()
    TOO_MANY_PIXELS = auto()
    TOO_SMALL = auto()
    LOGO_TOO_SMALL = auto()
    TOO_MANY = auto()
    HEIC = auto()  #: of a kind that this computer has no reader for


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture as we keep it: JPEG, upright, without anything its camera wrote beside it."""

    picture: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
