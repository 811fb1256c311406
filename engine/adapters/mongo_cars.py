"""How a wish for a car is asked of the database."""

from __future__ import annotations

from engine.adapters.mongo_client import Document
from engine.domain.catalogue import CarOrder, CarWish

#: Short rows come in one answer: the driver would fetch the 102nd with a command of its own.
AT_ONCE = 100_000
ORDERS: dict[CarOrder, Document] = {
    CarOrder.PRICE: {"daily_rate.minor": 1, "_id": 1},
    CarOrder.PRICE_DOWN: {"daily_rate.minor": -1, "_id": 1},
    CarOrder.NEWEST: {"year": -1, "_id": 1},
    CarOrder.NAME: {"order": 1, "_id": 1},
}


def car_filter(wish: CarWish) -> Document:
    """The branch and the filters of *wish*; its status and its period are the caller's."""
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
    return wanted


def page_of(order: CarOrder, offset: int, limit: int) -> Document:
    """One page of what was matched, and how many there are in all."""
    return {
        "$facet": {
            "rows": [{"$sort": ORDERS[order]}, {"$skip": offset}, {"$limit": limit}],
            "count": [{"$count": "total"}],
        }
    }
