"""What runs a fleet at a desk: its cars, their service, their marks and their pictures; a part of the root."""

from __future__ import annotations

from typing import TypedDict

from engine.adapters.disk.thumbnail_cache import NoThumbnails, ThumbnailFolder
from engine.adapters.image_import import PillowImport
from engine.adapters.mongo.client import Client
from engine.adapters.mongo.images import MongoImages
from engine.adapters.mongo.marks.book import MongoMarks
from engine.adapters.mongo.movements import MongoMovements
from engine.adapters.mongo.queries.fleet import MongoFleet
from engine.ports.bookings import Store
from engine.ports.local import Clock
from engine.services.fleet.fleet import FleetService
from engine.services.fleet.images import ImagesService
from engine.services.fleet.photos import PhotoService
from engine.services.fleet.servicing import ServicingService
from engine.services.marks.marks import MarkService
from engine.wiring.deployment import Deployment


class FleetWiring(TypedDict):
    fleet: FleetService
    servicing: ServicingService
    marks: MarkService
    images: ImagesService


def fleet_at(
    deployment: Deployment, client: Client, store: Store, clock: Clock, desk: str, *, bookings: str
) -> FleetWiring:
    """*bookings* is what the account reads them from, *desk* the name of this machine."""
    database, pictures = deployment.database, MongoImages(client, deployment.database)
    photos = PhotoService(pictures, PillowImport())
    fleet = FleetService(store, MongoFleet(client, database, bookings), photos, clock, desk)
    thumbnails = ThumbnailFolder(deployment.cache_dir) if deployment.cache_dir else NoThumbnails()
    return FleetWiring(
        fleet=fleet,
        servicing=ServicingService(fleet, MongoMovements(client, database, bookings)),
        marks=MarkService(fleet, MongoMarks(client, database)),
        images=ImagesService(pictures, thumbnails, PillowImport()),
    )
