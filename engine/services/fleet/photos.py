"""The pictures of a car on their way in and out, so that none is left that belongs to no car."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from engine.domain.car.car import CarId
from engine.domain.car.photo import MOST_PHOTOS, PhotoProblem
from engine.domain.people.people import Actor
from engine.domain.shared.errors import DriveSphereError, PhotoRefused, Unavailable
from engine.ports.cars import Pictures
from engine.ports.local import ImageImport

log = structlog.get_logger(__name__)

#: A picture: by its id if it is stored already, else the bytes of a file.
AnyPhoto = str | bytes
#: A save that is under way is not this slow.
_LOST_AFTER = timedelta(hours=1)
_MOST_STRAYS = 50


@dataclass(frozen=True, slots=True)
class Tray:
    """What a save lays down and takes away. Attributes: ``order`` is what the car has afterwards."""

    order: tuple[str, ...]
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoService:
    pictures: Pictures
    image_import: ImageImport

    async def lay_down(
        self, actor: Actor, car_id: CarId, before: Sequence[str], wanted: Sequence[AnyPhoto], now: datetime
    ) -> Tray:
        """Store what is new among *wanted*; the transaction that changes the car then says that it is the car's.

        Raises:
            PhotoRefused: A file is no picture, there are too many, or an id is none of *before*.
        """
        if len(wanted) > MOST_PHOTOS:
            raise PhotoRefused(PhotoProblem.TOO_MANY)
        kept = [photo for photo in wanted if isinstance(photo, str)]
        if len(set(kept)) != len(kept) or not set(kept) <= set(before):
            raise PhotoRefused(PhotoProblem.NO_PICTURE)
        # All are decoded before the first is stored: one bad file leaves nothing behind.
        developed = {
            at: await asyncio.to_thread(self.image_import.develop, photo)
            for at, photo in enumerate(wanted)
            if isinstance(photo, bytes)
        }
        order = tuple(photo if isinstance(photo, str) else _new_id() for photo in wanted)
        tray = Tray(order, tuple(order[at] for at in developed), tuple(each for each in before if each not in kept))
        try:
            for at, photo in developed.items():
                await self.pictures.put(order[at], photo, car_id, actor.account, now)
        except DriveSphereError as problem:
            await self.take_back(tray, problem)
            raise
        return tray

    async def take_back(self, tray: Tray, problem: DriveSphereError) -> None:
        """The save failed. After no answer at all it may still have been done; then the hour decides (``tidy``)."""
        if tray.new and not isinstance(problem, Unavailable):
            await self._drop(tray.new)

    async def tidy(self, tray: Tray, now: datetime) -> None:
        """After the save: remove what the car no longer has, and what others left lying."""
        if not tray.new and not tray.gone:
            return
        try:
            strays = await self.pictures.strays(now - _LOST_AFTER, _MOST_STRAYS)
        except DriveSphereError as trouble:
            log.info("photos.not_tidied", code=trouble.code)
            strays = []
        await self._drop((*tray.gone, *strays))

    async def _drop(self, image_ids: Sequence[str]) -> None:
        try:
            await self.pictures.drop(image_ids)
        except DriveSphereError as trouble:
            # They belong to no car; the next save that is an hour later removes them.
            log.warning("photos.not_removed", images=len(image_ids), code=trouble.code)


def _new_id() -> str:
    return f"im-{secrets.token_hex(8)}"
