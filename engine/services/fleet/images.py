"""Pictures of cars, as everybody may see them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import NotFound
from engine.ports.cars import Pictures
from engine.ports.local import ImageImport, ThumbnailCache
from engine.services.input_guard import gated

#: Asked for at once; a page of cards needs fewer.
_MOST = 100


@gated
@dataclass(frozen=True, slots=True)
class ImagesService:
    """A picture never changes under its id, so one that was kept on this computer is as good as the stored one."""

    pictures: Pictures
    cache: ThumbnailCache
    image_import: ImageImport

    async def thumbnail(self, actor: Actor, image_id: str) -> bytes:
        """A JPEG of at most ``THUMBNAIL_PX`` a side. Raises: NotFound, Unavailable."""
        found = await self.thumbnails(actor, (image_id,))
        if image_id not in found:
            raise NotFound("picture", image_id)
        return found[image_id]

    async def thumbnails(self, actor: Actor, image_ids: Iterable[str]) -> dict[str, bytes]:
        """Many at once, by id: one look at the disk and at most one command. Those that are not there are left out."""
        actor.must(Deed.BROWSE_CARS)
        wanted = frozenset(list(image_ids)[:_MOST])
        kept = await self.cache.get(wanted)
        missing = wanted - kept.keys()
        if not missing:
            return kept
        fetched = await self.pictures.thumbnails(missing)
        await self.cache.put(fetched)
        return kept | fetched

    async def picture(self, actor: Actor, image_id: str) -> bytes:
        """The large one, a JPEG. Raises: NotFound, Unavailable."""
        actor.must(Deed.BROWSE_CARS)
        return await self.pictures.picture(image_id)

    async def preview(self, actor: Actor, data: bytes) -> bytes:
        """The thumbnail that a file would get; nothing is stored. Raises: PhotoRefused."""
        actor.must(Deed.BROWSE_CARS)
        return (await asyncio.to_thread(self.image_import.develop, data)).thumbnail
