"""How a wish for a car is asked of the database."""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.queries.sought import forgiven, holds
from engine.domain.car.catalogue import CarOrder, CarWish
from engine.domain.shared.sought import Sought, sought
from engine.domain.shared.text import search_words

ORDERS: dict[CarOrder, Document] = {
    CarOrder.PRICE: {"daily_rate.minor": 1, "_id": 1},
    CarOrder.PRICE_DOWN: {"daily_rate.minor": -1, "_id": 1},
    CarOrder.NEWEST: {"year": -1, "_id": 1},
    CarOrder.NAME: {"order": 1, "_id": 1},
}


async def car_filter(db: Database, wish: CarWish) -> tuple[Document, bool]:
    """The branch and the filters of *wish*, and whether its text is met with a slip only.

    Its status and its period are the caller's.

    Its text is what is spelt so at the branch, or else what differs from it by one slip.
    """
    wanted: Document = {"branch_id": wish.branch_id}
    for field, values in (
        ("brand", wish.brands),
        ("body", wish.bodies),
        ("fuel", wish.fuels),
        ("transmission", wish.transmissions),
    ):
        if values:
            wanted[field] = {"$in": sorted(values)}
    if wish.min_seats is not None:
        wanted["seats"] = {"$gte": wish.min_seats}
    if wish.max_daily_minor is not None:
        wanted["daily_rate.minor"] = {"$lte": wish.max_daily_minor}
    if search_words(wish.text):
        meant = await cars_meant(db, wish.text, {"branch_id": wish.branch_id})
        wanted["$and"] = [holds("parts", meant)]
        return wanted, meant.slip
    return wanted, False


async def cars_meant(db: Database, text: str, among: Document) -> Sought:
    """What *text* means among those cars: as it is spelt if there is one, or with one slip."""
    exact = sought(text)
    if await db.cars.find_one({"$and": [among, holds("parts", exact)]}, {"_id": 1}) is not None:
        return exact
    meant = await forgiven(db.cars, "parts", text)
    return meant if meant.ways else exact


def page_of(order: CarOrder, offset: int, limit: int) -> Document:
    """One page of what was matched, and how many there are in all."""
    return {
        "$facet": {
            "rows": [{"$sort": ORDERS[order]}, {"$skip": offset}, {"$limit": limit}],
            "count": [{"$count": "total"}],
        }
    }
