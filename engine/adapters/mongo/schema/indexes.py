"""The indexes and unique keys. Data only; ``mongo.schema.provision`` applies it."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel

from engine.adapters.mongo.client import Document
from engine.domain.booking.states import BLOCKING
from engine.domain.booking.wish import ANSWERS_KEPT
from engine.domain.people.account_requests import WAITS

_NEWEST = (("created_at", DESCENDING), ("_id", DESCENDING))
_NARROWED = (("state", ASCENDING), ("starts_at", ASCENDING))
_BOARD = (
    ("terms.branch_id", ASCENDING),
    ("body", ASCENDING),
    ("terms.label", ASCENDING),
    ("_id", ASCENDING),
)
_ONLY_BLOCKING: Document = {"state": {"$in": [state.value for state in BLOCKING]}}

INDEXES: dict[str, list[IndexModel]] = {
    "cars": [
        IndexModel([("country", ASCENDING), ("plate_key", ASCENDING)], name="plate", unique=True),
        # Whose search is of one fleet or branch reads the cars of that only.
        IndexModel([("parts", ASCENDING), ("owner_id", ASCENDING), ("branch_id", ASCENDING)], name="parts"),
        IndexModel([("order", ASCENDING), ("_id", ASCENDING)], name="order"),
        IndexModel(
            [("branch_id", ASCENDING), ("status", ASCENDING), ("daily_rate.minor", ASCENDING), ("owner_id", ASCENDING)],
            name="branch_price",
        ),
        IndexModel(
            [
                ("owner_id", ASCENDING),
                ("order", ASCENDING),
                ("_id", ASCENDING),
                ("branch_id", ASCENDING),
                ("status", ASCENDING),
            ],
            name="owner",
        ),
        # The other orders of the list of all cars.
        IndexModel([("plate_key", ASCENDING), ("_id", ASCENDING)], name="plate_order"),
        IndexModel([("daily_rate.minor", ASCENDING), ("_id", ASCENDING)], name="price"),
        IndexModel([("daily_rate.minor", DESCENDING), ("_id", ASCENDING)], name="price_down"),
        IndexModel([("year", DESCENDING), ("_id", ASCENDING)], name="newest"),
        IndexModel([("odometer_km", DESCENDING), ("_id", ASCENDING)], name="odometer"),
        # Whoever counts cars by standing or by owner reads keys only.
        IndexModel([("status", ASCENDING), ("owner_id", ASCENDING)], name="status_owner"),
    ],
    "bookings": [
        IndexModel([("intent_key", ASCENDING)], name="once", unique=True),
        IndexModel([("session_ids", ASCENDING)], name="session", unique=True, sparse=True),
        IndexModel(
            [("car_id", ASCENDING), ("ends_at", ASCENDING), ("starts_at", ASCENDING)],
            name="blocking_car",
            partialFilterExpression=_ONLY_BLOCKING,
        ),
        # Which cars are out, and how many bookings each branch has open: keys only.
        IndexModel(
            [
                ("state", ASCENDING),
                ("starts_at", ASCENDING),
                ("branch_id", ASCENDING),
                ("return_branch_id", ASCENDING),
                ("car_id", ASCENDING),
                ("ends_at", ASCENDING),
            ],
            name="blocking_time",
            partialFilterExpression=_ONLY_BLOCKING,
        ),
        # What is to be done at a branch today: of each section the keys tell which rows are its own.
        IndexModel(
            [("branch_id", ASCENDING), *_NARROWED, ("ends_at", ASCENDING), ("booked_by", ASCENDING)],
            name="day",
            partialFilterExpression=_ONLY_BLOCKING,
        ),
        IndexModel([("due_at", ASCENDING)], name="due", sparse=True),
        IndexModel(
            [("person_at", ASCENDING), ("_id", ASCENDING)],
            name="needs_person",
            partialFilterExpression={"person_at": {"$exists": True}},
        ),
        IndexModel([("payments.trouble.settled.at", ASCENDING)], name="settled", sparse=True),
        IndexModel([("payments.taken.shift_id", ASCENDING)], name="shift", sparse=True),
        # What stands behind the order is what these lists are narrowed by: a row that does not fit is not read.
        IndexModel([("booked_by", ASCENDING), *_NEWEST, *_NARROWED], name="desk"),
        IndexModel([("branch_id", ASCENDING), *_NEWEST, *_NARROWED], name="branch"),
        IndexModel([("owner_id", ASCENDING), *_NEWEST, *_NARROWED], name="owner"),
        IndexModel(
            [("renter_id", ASCENDING), *_NEWEST, ("branch_id", ASCENDING), ("booked_by", ASCENDING)], name="renter"
        ),
        IndexModel([("renter_id", ASCENDING), ("starts_at", DESCENDING), ("_id", DESCENDING)], name="renter_time"),
        IndexModel([("car_id", ASCENDING), ("starts_at", DESCENDING), ("_id", DESCENDING)], name="car"),
        IndexModel([("state", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="state"),
        # Every order in which the list of all bookings can be read.
        IndexModel([("created_at", ASCENDING), ("_id", ASCENDING)], name="created"),
        IndexModel([("owner_id", ASCENDING), ("ends_at", ASCENDING), ("starts_at", ASCENDING)], name="owner_time"),
        IndexModel([("starts_at", ASCENDING), ("_id", ASCENDING)], name="pick_up"),
        IndexModel([("ends_at", ASCENDING), ("_id", ASCENDING)], name="return"),
        IndexModel([("renter_key", ASCENDING), ("_id", ASCENDING)], name="renter_name"),
        IndexModel([("quote.currency", ASCENDING), ("quote.total", ASCENDING), ("_id", ASCENDING)], name="price"),
        # A counter's search reads the rows of its branch or account only.
        IndexModel([("search_keys", ASCENDING), ("branch_id", ASCENDING), ("booked_by", ASCENDING)], name="search"),
        IndexModel(
            [("former_owners", ASCENDING), ("created_at", ASCENDING)],
            name="former_owner",
            partialFilterExpression={"former_owners": {"$exists": True}},
        ),
    ],
    # A branch's new zone is written into the terms of its cars; the search asks which cars of a branch are taken.
    "fences": [
        IndexModel([("terms.branch_id", ASCENDING), ("status", ASCENDING)], name="branch_status"),
        IndexModel([("status", ASCENDING)], name="status"),
        IndexModel([("terms.owner_id", ASCENDING), ("status", ASCENDING)], name="owner_status"),
        # Pages of the board; what they are narrowed by stands behind the order. No claim changes any of it.
        IndexModel([*_BOARD, ("status", ASCENDING)], name="board"),
        IndexModel([("terms.owner_id", ASCENDING), *_BOARD, ("status", ASCENDING)], name="board_of_owner"),
    ],
    "movements": [
        IndexModel([("car_id", ASCENDING), ("state", ASCENDING), ("starts_at", ASCENDING)], name="car"),
        IndexModel([("owner_id", ASCENDING), ("starts_at", ASCENDING)], name="owner"),
        IndexModel([("state", ASCENDING), ("ends_at", ASCENDING)], name="open"),
    ],
    # Which renter had a car at some moment, and what was read off it last.
    "agreements": [IndexModel([("legs.car.car_id", ASCENDING), ("legs.out.at", ASCENDING)], name="car")],
    # No number of a car is given twice: of two desks that mark one car, the second counts on.
    "marks": [IndexModel([("car_id", ASCENDING), ("n", ASCENDING)], name="number", unique=True)],
    "shifts": [
        # A drawer has one shift that is not closed.
        IndexModel(
            [("branch_id", ASCENDING), ("drawer", ASCENDING)],
            name="open",
            unique=True,
            partialFilterExpression={"state": {"$in": ["open", "counted"]}},
        ),
        IndexModel(
            [("branch_id", ASCENDING), ("drawer", ASCENDING), ("number", ASCENDING)], name="number", unique=True
        ),
        IndexModel([("branch_id", ASCENDING), ("opened_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
    ],
    "branches": [
        IndexModel([("code", ASCENDING)], name="code", unique=True, partialFilterExpression={"code": {"$gt": ""}})
    ],
    "papers": [
        IndexModel([("series", ASCENDING), ("n", ASCENDING)], name="number", unique=True),
        # Two credit notes of one paper never have one turn, so each has counted those before it.
        IndexModel(
            [("body.corrects.paper_id", ASCENDING), ("body.corrects.turn", ASCENDING)],
            name="corrects",
            unique=True,
            partialFilterExpression={"body.corrects.paper_id": {"$exists": True}},
        ),
        IndexModel(
            [("body.content.booking_id", ASCENDING), ("issued_at", ASCENDING), ("n", ASCENDING)],
            name="booking",
            partialFilterExpression={"body.content.booking_id": {"$exists": True}},
        ),
    ],
    "lost_numbers": [IndexModel([("series", ASCENDING), ("first", ASCENDING)], name="range", unique=True)],
    "renderings": [IndexModel([("paper_id", ASCENDING), ("sha256", ASCENDING)], name="once", unique=True)],
    "settlements": [IndexModel([("booking_id", ASCENDING)], name="booking")],
    "car_terms": [IndexModel([("car_id", ASCENDING), ("n", ASCENDING)], name="series", unique=True)],
    "car_statuses": [
        IndexModel([("owner_id", ASCENDING), ("since", ASCENDING)], name="owner"),
        IndexModel([("car_id", ASCENDING), ("since", ASCENDING)], name="car"),
    ],
    "renters": [
        IndexModel([("keys", ASCENDING)], name="keys"),
        IndexModel([("parts", ASCENDING)], name="parts"),
        IndexModel([("order", ASCENDING), ("_id", ASCENDING)], name="order"),
        IndexModel([("email", ASCENDING)], name="email"),
        IndexModel([("changed_at", ASCENDING), ("_id", ASCENDING)], name="changed"),
        IndexModel([("block.since", ASCENDING)], name="blocked", sparse=True),
        IndexModel([("merged_into", ASCENDING)], name="merged", sparse=True),
    ],
    "wish_keys": [IndexModel([("renter._id", ASCENDING)], name="renter")],
    "people": [
        IndexModel([("order", ASCENDING), ("_id", ASCENDING)], name="order"),
        IndexModel([("keys", ASCENDING)], name="keys"),
        IndexModel([("role", ASCENDING), ("order", ASCENDING), ("_id", ASCENDING)], name="role"),
        IndexModel([("branch_id", ASCENDING), ("order", ASCENDING), ("_id", ASCENDING)], name="branch"),
    ],
    "sign_ins": [
        IndexModel([("account", ASCENDING), ("at", DESCENDING)], name="account"),
        IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=400 * 86_400),
    ],
    # Two wishes never have the same place, so there are never more of them than places.
    "wishes": [IndexModel([("slot", ASCENDING)], name="slot", unique=True)],
    "wish_answers": [
        IndexModel([("slot", ASCENDING)], name="slot", unique=True, sparse=True),
        IndexModel([("account", ASCENDING)], name="account"),
        IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=int(ANSWERS_KEPT.total_seconds())),
    ],
    "carriers": [IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=60)],
    "news": [IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=86_400)],
    "account_requests": [
        # Two requests never have the same place, so there are never more of them than places.
        IndexModel([("slot", ASCENDING)], name="slot", unique=True),
        IndexModel([("email", ASCENDING)], name="email", unique=True),
        IndexModel([("at", ASCENDING), ("_id", ASCENDING)], name="at"),
        IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=int(WAITS.total_seconds())),
    ],
    "restored_payments": [
        IndexModel([("outcome", ASCENDING), ("found_at", ASCENDING), ("_id", ASCENDING)], name="outcome"),
    ],
    "disputes": [
        IndexModel([("over", ASCENDING), ("due_by", ASCENDING), ("_id", ASCENDING)], name="due"),
        IndexModel([("over", ASCENDING), ("looked_at", ASCENDING), ("_id", ASCENDING)], name="looked"),
    ],
    "backups": [
        IndexModel([("what", ASCENDING), ("at", DESCENDING)], name="what"),
        IndexModel([("at", ASCENDING)], name="kept", expireAfterSeconds=400 * 86_400),
    ],
    "ledger": [
        IndexModel(
            [("booking_id", ASCENDING), ("kind", ASCENDING), ("source_id", ASCENDING)], name="fact", unique=True
        ),
        IndexModel([("owner_id", ASCENDING), ("at", ASCENDING)], name="owner_at"),
        IndexModel([("at", ASCENDING)], name="at"),
        # The firm's sums by month and branch, and which bookings they are made of: answered without reading a row.
        IndexModel(
            [
                ("at", ASCENDING),
                ("kind", ASCENDING),
                ("branch_id", ASCENDING),
                ("amount.currency", ASCENDING),
                ("amount.minor", ASCENDING),
                ("booking_id", ASCENDING),
            ],
            name="report",
        ),
    ],
    # The first two are GridFS's own; made here, so that no desk needs the right to make them.
    "images.files": [
        IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)], name="filename_1_uploadDate_1"),
        IndexModel([("metadata.at", ASCENDING)], name="stray", partialFilterExpression={"metadata.kept": False}),
    ],
    "images.chunks": [
        IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], name="files_id_1_n_1", unique=True),
    ],
    "audit": [
        IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="at"),
        IndexModel([("by", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="by"),
        IndexModel([("subject", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="subject"),
        IndexModel([("what", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="what"),
        IndexModel([("desk", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)], name="desk"),
    ],
}
