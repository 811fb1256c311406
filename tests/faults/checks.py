"""The promises, each checked against what MongoDB and Stripe's books say afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from history import History, Version

from engine.domain.booking.states import MOVES, BookingState

_HOLD = timedelta(minutes=10)
#: How far the engine's idea of the server's time may be off.
_CLOCK_SLACK = timedelta(seconds=1)
_NOTHING_LEFT = ("released", "refunded")


@dataclass(frozen=True)
class Violation:
    promise: str
    what: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.what}"


@dataclass(frozen=True)
class Call:
    """A hold that was asked for, and what the desk said.

    Attributes:
        answer: ``held``, the code of an error, or ``gone`` when the desk died over it.
        booking: That of the answer, where it names one.
        detail: Of an exception that nobody expected: where it came from.
    """

    desk: str
    car: str
    starts_at: datetime
    ends_at: datetime
    key: str
    began: datetime
    ended: datetime
    answer: str = ""
    booking: str = ""
    detail: str = ""


@dataclass
class Section:
    """One desk's time inside a car's critical section, on the machine's one clock (seconds)."""

    desk: str
    booking: str
    car: str
    asked: float
    entered: float
    left: float = float("inf")


@dataclass
class Evidence:
    """Everything that is known about a run."""

    history: History
    calls: list[Call] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    charges: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    fences: list[dict[str, Any]] = field(default_factory=list)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    moved_by_forged_rows: list[str] = field(default_factory=list)
    lease_s: float = 0.0
    leases_hold: bool = True
    turn_minutes: int = 0


def judge(evidence: Evidence) -> list[Violation]:
    checks = (
        one_car_one_renter,
        moves_and_versions,
        accepted_is_stored,
        everything_ends,
        fences_agree,
        cars_are_out_once,
        cars_are_made_ready,
        agreements_stand_with_their_cars,
        what_is_closed_owes_nothing,
        kilometres_follow,
        pages_are_known_and_closed,
        nobody_pays_for_nothing,
        ledger_is_the_books,
        refusals_are_justified,
        leases_keep_others_out,
        holds_last_ten_minutes,
        browsers_open_stored_pages,
        reconcile_agrees,
        forged_rows_move_nothing,
    )
    return [Violation(check.__name__.replace("_", " "), what) for check in checks for what in check(evidence)]


def one_car_one_renter(evidence: Evidence) -> Iterator[str]:
    """At no moment do two blocking bookings of one car overlap."""
    now_blocking: dict[str, dict[str, Version]] = defaultdict(dict)
    for booking, version in evidence.history.order:
        blocking = now_blocking[version.document["car_id"]]
        blocking.pop(booking, None)
        if not version.blocking:
            continue
        for other, there in blocking.items():
            if _overlap(version.document, there.document):
                yield f"{version.document['car_id']} at {version.at:%H:%M:%S.%f}: {booking} and {other}"
        blocking[booking] = version


def moves_and_versions(evidence: Evidence) -> Iterator[str]:
    """Every version follows the one before by one, and every move is in the table."""
    for booking, versions in evidence.history.bookings.items():
        if versions[0].document["state"] != BookingState.HELD:
            yield f"{booking} began as {versions[0].document['state']}"
        for before, after in pairwise(versions):
            if after.by_root:
                continue
            was, became = before.document["state"], after.document["state"]
            if after.document["version"] != before.document["version"] + 1:
                yield f"{booking}: version {after.document['version']} over {before.document['version']} ({became})"
            if was != became and BookingState(became) not in MOVES[BookingState(was)]:
                yield f"{booking}: {was} became {became}"


def accepted_is_stored(evidence: Evidence) -> Iterator[str]:
    """Whatever a clerk was told is booked is in the database, and one press books once."""
    stored = evidence.history.bookings
    for accepted in evidence.accepted:
        if accepted["booking"] not in stored:
            yield f"{accepted['booking']} was promised by {accepted['desk']} and is not there"
    by_key: dict[str, set[str]] = defaultdict(set)
    for document in evidence.history.last():
        by_key[document["intent_key"]].add(document["_id"])
    for key, bookings in by_key.items():
        if len(bookings) > 1:
            yield f"one press, {key}, booked {sorted(bookings)}"


def everything_ends(evidence: Evidence) -> Iterator[str]:
    """With the faults over and a sweeper there, nothing is left waiting, and no hold outlives its time."""
    for document in evidence.history.last():
        if document["state"] in {"held", "releasing", "awaiting_funds", "refund_due"} or "due_at" in document:
            attempts = [attempt["state"] for attempt in document["payments"][0]["attempts"]]
            yield f"{document['_id']} ({document['car_id']}) waits as {document['state']} with {attempts}"


def fences_agree(evidence: Evidence) -> Iterator[str]:
    """A car's fence holds the claims of its blocking bookings and no other."""
    blocking: dict[str, set[str]] = defaultdict(set)
    for versions in evidence.history.bookings.values():
        if versions[-1].blocking:
            blocking[versions[-1].document["car_id"]].add(versions[-1].document["_id"])
    for fence in evidence.fences:
        claims = {claim["id"] for claim in fence["claims"]}
        strange = {claim["kind"] for claim in fence["claims"]} - {"booking"}
        if claims != blocking[fence["_id"]] or strange or len(claims) != len(fence["claims"]):
            yield f"{fence['_id']}: claimed by {sorted(claims)}, blocked by {sorted(blocking[fence['_id']])}"


def cars_are_made_ready(evidence: Evidence) -> Iterator[str]:
    """Between two claims on a car there is the time in which it is made ready, by the rows and by the firm's word."""
    turn = timedelta(minutes=evidence.turn_minutes)
    for fence in evidence.fences:
        for before, after in pairwise(sorted(fence["claims"], key=lambda claim: claim["starts_at"])):
            ready = max(before["free_at"], before["ends_at"] + turn)
            if after["starts_at"] < ready and not after["out"]:
                yield f"{fence['_id']}: {after['id']} begins at {after['starts_at']}, {before['id']} is ready {ready}"


def cars_are_out_once(evidence: Evidence) -> Iterator[str]:
    """A fence says of a claim that the renter has the car where its booking does, and of one at the most."""
    out = {document["_id"] for document in evidence.history.last() if document["state"] == "out"}
    for fence in evidence.fences:
        claimed = {claim["id"] for claim in fence["claims"] if claim["out"]}
        owed = {claim["id"] for claim in fence["claims"]} & out
        if claimed != owed or len(claimed) > 1 or (fence["at"] is None) != bool(claimed):
            yield f"{fence['_id']}: out with {sorted(claimed)}, its bookings say {sorted(owed)}, at {fence['at']}"


def agreements_stand_with_their_cars(evidence: Evidence) -> Iterator[str]:
    """Each booking whose car went out has one agreement, which is open as long as the renter has the car."""
    rows = {row["_id"]: row for row in evidence.agreements}
    went = {
        document["_id"]: document["state"]
        for document in evidence.history.last()
        if any(step["state"] == "out" for step in document["history"])
    }
    for booking in sorted(rows.keys() ^ went.keys()):
        yield f"{booking}: {'has an agreement and never went out' if booking in rows else 'is out without agreement'}"
    for booking in sorted(rows.keys() & went.keys()):
        legs, out = [leg.get("back") is None for leg in rows[booking]["legs"]], went[booking] == "out"
        if (rows[booking]["state"] == "out") is not out or legs != [*([False] * (len(legs) - 1)), out]:
            yield f"{booking}: is {went[booking]}, its agreement {rows[booking]['state']} with open legs {legs}"


def what_is_closed_owes_nothing(evidence: Evidence) -> Iterator[str]:
    """A rental is closed where its lines come to what was paid on its page and at the counter, and else it is not."""
    bookings = {document["_id"]: document for document in evidence.history.last()}
    for row in evidence.agreements:
        if row["state"] == "out":
            continue
        first, *others = bookings[row["_id"]]["payments"]
        paid = sum(each["amount"]["minor"] for each in first["attempts"] if each["state"] == "paid")
        signed = {"rental": 1, "give_back": -1}
        paid += sum(signed[each["purpose"]] * each["amount"]["minor"] for each in others)
        owed = sum(line["count"] * line["unit"]["minor"] for line in row["lines"])
        if (row["state"] == "closed") is not (owed == paid):
            yield f"{row['_id']}: is {row['state']}, costs {owed}, paid were {paid}"


def kilometres_follow(evidence: Evidence) -> Iterator[str]:
    """What is read off a car never falls by the server's time, and its fence knows what was read last."""
    for fence in evidence.fences:
        legs = [leg for row in evidence.agreements for leg in row["legs"] if leg["car"]["car_id"] == fence["_id"]]
        seen = sorted(
            (read["at"], read["odometer_km"]) for leg in legs for read in (leg["out"], leg.get("back")) if read
        )
        for (_, before), (at, after) in pairwise(seen):
            if after < before:
                yield f"{fence['_id']}: {after} km at {at} after {before}"
        if seen and fence["odometer_km"] != seen[-1][1]:
            yield f"{fence['_id']}: its fence says {fence['odometer_km']} km, read were {seen[-1][1]}"


def pages_are_known_and_closed(evidence: Evidence) -> Iterator[str]:
    """One page at most could be paid for each booking, all pages are stored, and none is open for a car let go."""
    for document in evidence.history.last():
        pages = [page for page in evidence.sessions if page["client_reference_id"] == document["_id"]]
        known = {attempt["session_id"] for attempt in document["payments"][0]["attempts"]}
        for page in pages:
            if page["status"] == "open":
                yield f"{document['_id']} is {document['state']} and {page['id']} can still be paid"
            if page["id"] not in known:
                yield f"{document['_id']} has a page that nobody stored: {page['id']} ({page['status']})"
        yield from _open_together(document["_id"], pages, evidence.history)


def _open_together(booking: str, pages: list[dict[str, Any]], history: History) -> Iterator[str]:
    """A second page may only be made after the first was over; when that was, the stored attempts tell."""
    ended = {
        attempt["session_id"]
        for version in history.bookings[booking]
        for attempt in version.document["payments"][0]["attempts"]
        if attempt["state"] in {"expired", "void"}
    }
    open_ended = [page["id"] for page in pages if page["id"] not in ended]
    if len(open_ended) > 1:
        yield f"{booking} had {len(open_ended)} payable pages: {open_ended}"


def nobody_pays_for_nothing(evidence: Evidence) -> Iterator[str]:
    """What Stripe keeps of a renter's money is what the booking says, and each payment is given back once at most."""
    for document in evidence.history.last():
        charges = [charge for charge in evidence.charges if charge["booking"] == document["_id"]]
        kept, owed = sum(charge["net"] for charge in charges), _owed(document)
        if kept != owed:
            yield f"{document['_id']} is {document['state']}: Stripe keeps {kept}, it owes {owed}"
        for charge in charges:
            if not charge["captured"] and not charge["voided"]:
                yield f"{document['_id']}: {charge['payment_intent']} is neither taken nor let go"
            if len(charge["refunds"]) > 1:
                yield f"{document['_id']}: {charge['payment_intent']} was refunded {len(charge['refunds'])} times"


def _owed(document: dict[str, Any]) -> int:
    """What a renter should have paid in the end."""
    if document["state"] in _NOTHING_LEFT:
        return 0
    price = document["quote"]["total"]
    back = sum(refund["amount"]["minor"] for payment in document["payments"] for refund in payment["refunds"])
    return price - back


def ledger_is_the_books(evidence: Evidence) -> Iterator[str]:
    """The ledger's charges less refunds are what Stripe kept, to the cent, and so are the two shares together."""
    for document in evidence.history.last():
        rows = [row for row in evidence.ledger if row["booking_id"] == document["_id"]]
        kept = sum(charge["net"] for charge in evidence.charges if charge["booking"] == document["_id"])
        for kinds in (("charge", "refund"), ("owner_share", "platform_share")):
            posted = sum(row["amount"]["minor"] for row in rows if row["kind"] in kinds)
            if posted != kept:
                yield f"{document['_id']}: {'+'.join(kinds)} is {posted}, Stripe keeps {kept}"


def refusals_are_justified(evidence: Evidence) -> Iterator[str]:
    """Who was refused was in the way of a booking that blocked just then, or of a desk that was being served."""
    for call in evidence.calls:
        if call.answer == "booking.period_taken" and not _was_taken(
            evidence.history, call, timedelta(minutes=evidence.turn_minutes)
        ):
            yield f"{call.key} at {call.desk}: nothing blocked {call.car} between {call.began} and {call.ended}"
        if call.answer == "booking.already_asked" and call.booking not in evidence.history.bookings:
            yield f"{call.key} at {call.desk}: sent to {call.booking}, which never was"
        if call.answer == "contended" and not _was_served(evidence.calls, call, evidence.lease_s):
            yield f"{call.key} at {call.desk}: nobody else asked for {call.car}"
        if call.answer == "bug":
            yield f"{call.key} at {call.desk}: an exception that nobody expected: {call.detail}"


def _was_taken(history: History, call: Call, turn: timedelta) -> bool:
    for versions in history.bookings.values():
        wished = {"starts_at": call.starts_at, "ends_at": call.ends_at + turn}
        if versions[0].document["car_id"] != call.car:
            continue
        ends = [version.at for version in versions[1:]] + [datetime.max.replace(tzinfo=UTC)]
        for version, until in zip(versions, ends, strict=True):
            row = version.document
            if not _overlap({**row, "ends_at": row["ends_at"] + turn}, wished):
                continue
            if version.blocking and version.at <= call.ended + _CLOCK_SLACK and until >= call.began - _CLOCK_SLACK:
                return True
    return False


def _was_served(calls: Iterable[Call], call: Call, lease_s: float) -> bool:
    """A desk that died holds on until its lease is over."""
    lease = timedelta(seconds=lease_s) + _CLOCK_SLACK
    return any(
        other is not call and other.car == call.car and other.began <= call.ended and other.ended + lease >= call.began
        for other in calls
    )


def leases_keep_others_out(evidence: Evidence) -> Iterator[str]:
    """As long as Redis keeps its word, nobody enters a car's critical section while another's lease still runs."""
    if not evidence.leases_hold:
        return
    for first in evidence.sections:
        runs_until = min(first.left, first.asked + evidence.lease_s)
        for second in evidence.sections:
            if second.car == first.car and first.entered < second.asked and second.entered < runs_until:
                yield f"{second.desk} was let in for {second.booking} while {first.desk} served {first.booking}"


def holds_last_ten_minutes(evidence: Evidence) -> Iterator[str]:
    """From the time at which it was asked for, by the server's clock, whatever the desk's own one says."""
    asked: dict[str, list[Call]] = defaultdict(list)
    for call in evidence.calls:
        asked[call.key].append(call)
    for booking, versions in evidence.history.bookings.items():
        first = versions[0].document
        if first["hold_until"] - first["created_at"] != _HOLD:
            yield f"{booking} is held from {first['created_at']} to {first['hold_until']}"
        calls = asked[first["intent_key"]]
        if not any(call.began - _CLOCK_SLACK <= first["created_at"] <= call.ended + _CLOCK_SLACK for call in calls):
            yield f"{booking} says it was made at {first['created_at']}, when nobody asked for it"


def browsers_open_stored_pages(evidence: Evidence) -> Iterator[str]:
    """The browser opens on a page only after the database knows it."""
    for opened in evidence.opened:
        if not opened["known"]:
            yield f"{opened['desk']} opened {opened['session']} for {opened['booking']} before it was stored"


def reconcile_agrees(evidence: Evidence) -> Iterator[str]:
    """The program's own comparison of Stripe, bookings and ledger finds nothing either."""
    yield from evidence.differences


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]


def forged_rows_move_nothing(evidence: Evidence) -> Iterator[str]:
    """What is written past the program never reaches Stripe."""
    yield from evidence.moved_by_forged_rows
