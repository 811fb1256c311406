"""How accounts are stored, who asks for one, and what renters' accounts sign, are known by, and are answered."""

from __future__ import annotations

from bson import Binary, ObjectId

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.documents import RENTER
from engine.adapters.mongo.codec.reading import Fields
from engine.adapters.mongo.codec.stored import (
    Field,
    Stored,
    as_it_is,
    beside,
    choice,
    count,
    derived,
    facts,
    flag,
    maybe,
    maybe_empty,
    moment,
    moment_or_none,
    text,
)
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.booking.wish import MOST_BODY, MOST_WISHES, Signer, Wish, WishAnswer
from engine.domain.people.account_requests import MOST_WAITING, AccountRequest, RequestId
from engine.domain.people.accounts import Person, Post
from engine.domain.people.people import Role
from engine.domain.shared.text import search_key

_RENTER = Field({"bsonType": "object"}, lambda row, name: RENTER.read(row.part(name)), RENTER.document_of)
PERSON = Stored(
    Person,
    {
        "_id": text().of("account"),
        "name": text(),
        "order": derived(shapes.MAYBE_EMPTY, lambda person: search_key(person.name)),
        "email": maybe_empty(),
        "phone": maybe_empty(),
        "role": choice(Role).of("post.role"),
        "branch_id": maybe(text()).of("post.branch_id"),
        "owner_id": maybe(text()).of("post.owner_id"),
        "renter": maybe(_RENTER).of("post.renter"),
        "disabled": flag(),
        "keys": derived(shapes.list_of(shapes.TEXT, 600), lambda person: list(person.keys)),
        "created_at": moment(),
        "issued_at": moment_or_none(),
        "version": count(),
    },
    together={"post": Post},
)
person_document, person_of = PERSON.document_of, PERSON.record_of


def _place(most: int) -> Document:
    return {"bsonType": "int", "minimum": 0, "maximum": most - 1}


def _string(most: int, least: int = 0) -> Document:
    return {"bsonType": "string", **({"minLength": least} if least else {}), "maxLength": most}


#: Anybody may insert here: small, of one form, and with the number of a place, of which there are not many.
REQUEST = Stored(
    AccountRequest,
    {
        "_id": Field({"bsonType": "objectId"}, lambda row, name: RequestId(str(row.document[name])), ObjectId).of("id"),
        "name": Field(_string(120, 1), Fields.text),
        "email": Field(_string(200, 3), Fields.text),
        "phone": Field(_string(40), Fields.maybe),
        "note": Field(_string(400), Fields.maybe),
        "at": moment(),
        "slot": beside(_place(MOST_WAITING), always=True),
    },
)
request_of = REQUEST.record_of

_ACCOUNT, _KEY = _string(40, 1), _string(80, 1)
#: All that a renter's account can write: small, of one form, and with the number of a place, as requests have. Read as
#: it is, because everything in it is a stranger's word until its signature was compared: what cannot be, is refused.
WISH = Stored(
    Wish,
    {
        "_id": as_it_is(_KEY).of("id"),
        "slot": as_it_is(_place(MOST_WISHES)),
        "account": as_it_is(_ACCOUNT),
        "kind": as_it_is(_string(20, 1), str),
        "body": as_it_is(_string(MOST_BODY)),
        "at": Field({"bsonType": "long", "minimum": 0, "maximum": 2**53}, lambda row, name: int(row.document[name])).of(
            "at_ms"
        ),
        "sig": Field({"bsonType": "binData"}, lambda row, name: bytes(row.document[name]), Binary).of("signature"),
    },
)
wish_document, wish_of = WISH.document_of, WISH.record_of

ANSWER = Stored(
    WishAnswer,
    {
        "_id": Field(_KEY, Fields.text).of("wish_id"),
        "account": Field(_ACCOUNT, Fields.text),
        "at": moment(),
        "booking_id": maybe_empty(),
        "code": maybe_empty(),
        "facts": facts(),
        # Of the wish that was refused unproven: the next one in its place clears the answer away.
        "slot": beside(_place(MOST_WISHES)),
    },
)
answer_document, answer_of = ANSWER.document_of, ANSWER.record_of

#: What carriers know of a renter's account.
SIGNER = Stored(
    Signer,
    {
        "_id": text().of("account"),
        "name": text(),
        "renter": _RENTER,
        "public": Field({"bsonType": "binData"}, Fields.binary),
        "active": flag(),
        "since": beside(shapes.DATE, always=True),
    },
)
signer_document, signer_of = SIGNER.document_of, SIGNER.record_of
