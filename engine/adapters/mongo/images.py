"""Pictures of cars in GridFS: each picture a file, its thumbnail beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import CorruptGridFile, NoFile

from engine.adapters.mongo.client import Client, Database, database, speaking
from engine.adapters.mongo.codec.reading import shown
from engine.adapters.mongo.schema.version import must_fit
from engine.domain.car.car import CarId
from engine.domain.car.photo import Photo
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import DamagedRow, NotFound

BUCKET = "images"
_SMALL = ".small"


class MongoImages:
    """The port ``Pictures``; *client* stays the caller's to close."""

    def __init__(self, client: Client, name: str) -> None:
        self._db: Database = database(client, name)
        self._bucket = AsyncGridFSBucket(self._db, BUCKET)

    async def put(self, image_id: str, photo: Photo, car_id: CarId, by: AccountName, now: datetime) -> None:
        about = {"car_id": car_id, "by": by, "at": now, "kept": False}
        with speaking():
            await must_fit(self._db)
            for file_id, data in ((image_id, photo.picture), (image_id + _SMALL, photo.thumbnail)):
                await self._bucket.upload_from_stream_with_id(file_id, f"{file_id}.jpg", data, metadata=about)

    async def thumbnails(self, image_ids: Iterable[str]) -> dict[str, bytes]:
        # A thumbnail is smaller than a chunk, so one command brings them all.
        wanted = {"files_id": {"$in": [image_id + _SMALL for image_id in image_ids]}, "n": 0}
        with speaking():
            found = await self._db[f"{BUCKET}.chunks"].find(wanted, {"files_id": 1, "data": 1}).to_list()
        return {
            each["files_id"].removesuffix(_SMALL): each["data"] for each in found if isinstance(each["data"], bytes)
        }

    async def picture(self, image_id: str) -> bytes:
        with speaking():
            try:
                stream = await self._bucket.open_download_stream(image_id)
                return bytes(await stream.read())
            except NoFile as problem:
                raise NotFound("picture", image_id) from problem
            except (CorruptGridFile, KeyError, TypeError, ValueError) as problem:
                raise DamagedRow("images", shown(image_id), "its parts do not make a picture") from problem

    async def drop(self, image_ids: Iterable[str]) -> None:
        with speaking():
            gone = {"_id": {"$in": files_of(image_ids)}, "metadata.kept": False}
            found = await self._db[f"{BUCKET}.files"].find(gone, {"_id": 1}).to_list()
            ids = [file["_id"] for file in found]
            # The files last: while one is there, whoever clears up later finds what was left of it.
            await self._db[f"{BUCKET}.chunks"].delete_many({"files_id": {"$in": ids}})
            await self._db[f"{BUCKET}.files"].delete_many({"_id": {"$in": ids}})

    async def strays(self, before: datetime, limit: int) -> list[str]:
        lost = {"metadata.kept": False, "metadata.at": {"$lt": before}}
        with speaking():
            found = await self._db[f"{BUCKET}.files"].find(lost, {"_id": 1}).limit(limit).to_list()
        return sorted({file["_id"].removesuffix(_SMALL) for file in found if isinstance(file["_id"], str)})


def files_of(image_ids: Iterable[str]) -> list[str]:
    """The ids of all files of these pictures."""
    return [file_id for image_id in image_ids for file_id in (image_id, image_id + _SMALL)]
