"""Photos that a person chose on this computer, before they are saved with their car."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from desktop.viewmodels.desk import Desk
from engine.domain.car.photo import MOST_BYTES, PhotoProblem
from engine.domain.shared.errors import DriveSphereError, PhotoRefused

Photo = TypeVar("Photo")


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """Attributes: ``data`` is the file as it is; ``thumbnail`` is what we would make of it."""

    name: str
    data: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not taken, and why."""

    name: str
    problem: DriveSphereError


async def developed(desk: Desk, paths: Sequence[str], room: int) -> tuple[tuple[NewPhoto, ...], tuple[Refused, ...]]:
    """The first *room* photos among *paths*, and what is wrong with the other files."""
    photos: list[NewPhoto] = []
    refused: list[Refused] = []
    for path in paths:
        name = Path(path).name
        if len(photos) == room:
            refused.append(Refused(name, PhotoRefused(PhotoProblem.TOO_MANY)))
            continue
        try:
            photos.append(await desk.call(lambda path=path: _develop(desk, path)))  # type: ignore[misc]  # bound here and now
        except DriveSphereError as problem:
            refused.append(Refused(name, problem))
    return tuple(photos), tuple(refused)


def moved(photos: tuple[Photo, ...], at: int, to: int) -> tuple[Photo, ...]:
    """*photos* with the one at *at* moved to place *to*; a place beyond the ends is the end."""
    if not 0 <= at < len(photos):
        return photos
    rest = [*photos[:at], *photos[at + 1 :]]
    rest.insert(min(max(to, 0), len(rest)), photos[at])
    return tuple(rest)


async def _develop(desk: Desk, path: str) -> NewPhoto:
    """In the engine's thread: neither the disk nor the decoding keeps the window waiting."""
    data = await asyncio.to_thread(read_photo, Path(path))
    return NewPhoto(Path(path).name, data, await desk.services.images.preview(desk.actor, data))


def read_photo(path: Path) -> bytes:
    """Never more than tells that it is too much, whatever the file is. Raises: PhotoRefused."""
    try:
        if not path.is_file():
            raise PhotoRefused(PhotoProblem.NO_PICTURE)
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise PhotoRefused(PhotoProblem.BROKEN) from problem
