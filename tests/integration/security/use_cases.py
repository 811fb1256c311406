"""Every public use case of the engine, and who may call it with what.

A new use case needs a line in ``TABLE``: its name as in ``Engine`` (``booking.cancel``), the deeds of which the actor
must be allowed one (none: everybody may), how its arguments are made from an ``It``, and whether they name a booking or
a car that may be somebody else's. Verbs of the engine's own that no person calls stand in ``INTERNAL``, and why.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta

from builders import BERLIN, FULL, MISTAKE, PASSWORD, RENTER, make_car
from paper_builders import FIRM as PAPER_FIRM
from paper_builders import STANDARD, paper_wish

import engine.bootstrap
from engine.domain.agreement.charges import Charging
from engine.domain.agreement.exchange import Exchange
from engine.domain.booking.board import BoardAsked
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.car.body_parts import PartId, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.car import Branch, BranchId, CarStatus
from engine.domain.car.catalogue import CarWish
from engine.domain.car.condition import MarkKind, NewMark
from engine.domain.car.fleet import FleetQuery
from engine.domain.car.form import CarForm
from engine.domain.car.movement import Movement, MovementId, MovementKind, MovementState
from engine.domain.car.opening_hours import every_day
from engine.domain.counter.shift import CashMoveKind, ShiftId
from engine.domain.firm.audit import AuditQuery
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.money.tender import Handed, Tender
from engine.domain.papers.of_agreement import Protocol
from engine.domain.papers.rendering import Rendering
from engine.domain.people.accounts import NewPerson, PeopleQuery, Post
from engine.domain.people.people import MAY, Deed, RenterId, Role
from engine.domain.people.renters import Merge, RenterQuery
from engine.domain.reports.figure_sources import Figure, FigureQuestion
from engine.domain.reports.overview import MoneyQuestion
from engine.domain.reports.report_period import Span, SpanKind
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.booking import HoldCar
from engine.services.people.renters import NewRenter

EUR = Money(50_00, "EUR")
NEW_MARK = NewMark(Place(View.TOP, 5000, 5000), PartId("roof"), MarkKind.DENT, 2)


@dataclass(frozen=True)
class It:
    """What a use case is done to: the actor's own, or somebody else's."""

    booking_id: str
    car: object
    now: object
    request: object = None

    @property
    def period(self):
        start = self.now + timedelta(days=30)
        return RentalPeriod(start, start + timedelta(days=1))


@dataclass(frozen=True)
class UseCase:
    """Attributes: ``of`` is ``booking`` or ``car`` where it names one that may be somebody else's."""

    deeds: frozenset[Deed]
    args: Callable[[It], tuple] = lambda _it: ()
    kwargs: Callable[[It], dict] = lambda _it: {}
    of: str = ""

    @property
    def who(self) -> frozenset[Role]:
        return frozenset(role for role in Role if not self.deeds or MAY[role] & self.deeds)

    @property
    def refused_foreign(self) -> frozenset[Role]:
        """Those who may, and may not with somebody else's."""
        beyond = {"booking": Deed.SEE_ALL_BOOKINGS, "car": Deed.MANAGE_ANY_CAR}[self.of]
        return frozenset(role for role in self.who if beyond not in MAY[role])


def may(*deeds: Deed, of: str = "", args=lambda _it: (), kwargs=lambda _it: {}) -> UseCase:
    return UseCase(frozenset(deeds), args, kwargs, of)


_booking = lambda it: (it.booking_id,)  # noqa: E731 -- a table reads best in one line each
_car = lambda it: (it.car.id,)  # noqa: E731
_clerk = lambda *more: lambda _it: ("clerk2", *more)  # noqa: E731
_branch = Branch(BranchId("br-new"), "New", "Town", "Street 1", "Europe/Berlin", every_day("08:00", "18:00"))
_renter = lambda *more: lambda _it: (RENTER.id, *more)  # noqa: E731
_nele = NewRenter("Nele", "nele@example.org", "+4930901821", "L1")


def _visit_of(it: It) -> Movement:
    """A period of service of the car that nobody stored."""
    there = it.car.branch_id
    told = (MovementKind.SERVICE, MovementState.PLANNED, it.period, there, there, "brakes", "admin", it.now)
    return Movement(MovementId("mv-1"), it.car.id, it.car.owner_id, *told)


_write = lambda _text: None  # noqa: E731


def _cash(it):
    return it.booking_id, Handed(Tender.CASH, Money(1_00, "EUR"))


BROWSE, BOOK, FIRM, ACCOUNTS = Deed.BROWSE_CARS, Deed.BOOK, Deed.MANAGE_FIRM, Deed.MANAGE_ACCOUNTS
CARS = (Deed.MANAGE_OWN_CARS, Deed.MANAGE_ANY_CAR)

TABLE: dict[str, UseCase] = {
    "catalogue.branches": may(BROWSE),
    "catalogue.facets": may(BROWSE, args=lambda _it: (BERLIN.id,)),
    "catalogue.names": may(Deed.HAND_OVER, args=lambda _it: (BERLIN.id,)),
    "catalogue.search": may(BROWSE, args=lambda it: (CarWish(BERLIN.id, it.period),)),
    "catalogue.cars": may(BROWSE, args=lambda _it: ("golf",)),
    "catalogue.renters": may(Deed.SEE_RENTERS, args=lambda _it: ("ada", "DE")),
    "renters.page": may(Deed.SEE_RENTERS, args=lambda _it: (RenterQuery(),)),
    "renters.file": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.look": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.history": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.payments": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.changes": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.note": may(Deed.MEND_RENTERS, args=_renter("drives with a dog")),
    "renters.open_bookings": may(Deed.SEE_RENTERS, args=_renter()),
    "renters.add": may(Deed.MEND_RENTERS, args=lambda _it: (_nele, "DE")),
    "renters.mend": may(Deed.MEND_RENTERS, args=_renter(1, _nele, "DE")),
    "renters.correct": may(Deed.MEND_RENTERS, args=lambda _it: (RENTER, _nele, "DE")),
    "renters.tell_apart": may(Deed.MEND_RENTERS, args=_renter(1, RenterId("renter-2"))),
    "renters.block": may(Deed.BLOCK_RENTERS, args=_renter(1, "owes 340.00 EUR")),
    "renters.unblock": may(Deed.BLOCK_RENTERS, args=_renter(1, "paid")),
    "renters.merge": may(
        Deed.MERGE_RENTERS, args=lambda _it: (Merge(RENTER.id, 1, RenterId("renter-2"), 1, "N", "n@e.org", "", "L"),)
    ),
    "renters.carry_on": may(Deed.MERGE_RENTERS, args=_renter()),
    "availability.taken_cars": may(BROWSE, args=lambda it: (CarWish(BERLIN.id, it.period),)),
    "availability.calendar": may(BROWSE, args=lambda it: (it.car.id, it.period)),
    "booking.booking": may(args=_booking, of="booking"),
    "booking.must_have_somebody": may(BOOK),
    "booking.hold": may(BOOK, args=lambda it: (HoldCar(f"k-{it.booking_id}", it.car.id, it.period, RENTER.id, EUR),)),
    "listing.page": may(Deed.SEE_ALL_BOOKINGS, args=lambda _it: (BookingQuery(BookingScope.ALL),)),
    "listing.export": may(Deed.SEE_ALL_BOOKINGS, args=lambda _it: (BookingQuery(BookingScope.ALL), _write)),
    "till.take": may(Deed.TAKE_MONEY, args=_cash, kwargs=lambda _it: {"seen": 1}, of="booking"),
    "till.give_back": may(
        Deed.TAKE_MONEY, args=_cash, kwargs=lambda _it: {"seen": 1, "reason": "x"}, of="booking"
    ),
    "till.of_branch": may(Deed.TAKE_MONEY, args=lambda _it: (BERLIN.id,)),
    "till.currency": may(Deed.TAKE_MONEY),
    "till.open": may(Deed.TAKE_MONEY, args=lambda _it: (BERLIN.id, EUR)),
    "till.move": may(Deed.TAKE_MONEY, args=lambda _it: (ShiftId("none"), CashMoveKind.TO_SAFE, EUR)),
    "till.count": may(Deed.TAKE_MONEY, args=lambda _it: (ShiftId("none"), ((100, 1),))),
    "till.close": may(Deed.TAKE_MONEY, args=lambda _it: (ShiftId("none"), "a note was torn")),
    "till.count_again": may(Deed.TAKE_MONEY, args=lambda _it: (ShiftId("none"),)),
    "board.board": may(
        Deed.SEE_BRANCH_BOOKINGS, Deed.MANAGE_OWN_CARS, args=lambda it: (BoardAsked(it.period, BERLIN.id),)
    ),
    "today.day": may(Deed.HAND_OVER, args=lambda _it: (BERLIN.id,)),
    "restored.waiting": may(Deed.SEE_ALL_BOOKINGS),
    "restored.cases": may(Deed.SEE_ALL_BOOKINGS),
    "restored.book_again": may(Deed.SETTLE_BY_HAND, args=lambda _it: ("pi_none", RENTER.id)),
    "restored.give_back": may(Deed.SETTLE_BY_HAND, args=lambda _it: ("pi_none", MISTAKE)),
    "admin.unbelieved.case": may(Deed.SETTLE_BY_HAND, args=_booking),
    "admin.unbelieved.let_go": may(Deed.SETTLE_BY_HAND, args=lambda it: (it.booking_id, "looked at it")),
    "admin.unbelieved.give_back": may(
        Deed.SETTLE_BY_HAND, args=lambda it: (it.booking_id, MISTAKE), kwargs=lambda _it: {"shown": ()}
    ),
    "admin.unbelieved.give_back_lost": may(Deed.SETTLE_BY_HAND, args=lambda it: (it.booking_id, MISTAKE)),
    "payment.settle": may(BOOK, Deed.CAPTURE, args=_booking, of="booking"),
    # Whose booking it is, is asked as by ``settle``; these are over and have no page, which is NotFound as well.
    "payment.page_address": may(BOOK, Deed.CAPTURE, args=_booking),
    "rental.quote_refund": may(BOOK, args=_booking, of="booking"),
    "rental.cancel": may(BOOK, args=lambda it: (it.booking_id, Money(0, "EUR")), of="booking"),
    "rental.give_up": may(BOOK, args=_booking, of="booking"),
    "rental.check": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "rental.hand_over": may(Deed.HAND_OVER, args=lambda it: (it.booking_id, FULL), of="booking"),
    "agreements.agreement": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "agreements.quote_end": may(Deed.HAND_OVER, args=lambda it: (it.booking_id, it.now), of="booking"),
    "agreements.extend": may(
        Deed.HAND_OVER, args=lambda it: (it.booking_id, it.now), kwargs=lambda _it: {"seen": 1}, of="booking"
    ),
    "contracts.sign": may(
        Deed.HAND_OVER,
        args=lambda it: (it.booking_id, "Ana", "1,1 2000,2"),
        kwargs=lambda _it: {"seen": 1},
        of="booking",
    ),
    "contracts.agreement": may(Deed.ISSUE_PAPER, args=_booking, of="booking"),
    "contracts.protocol": may(
        Deed.ISSUE_PAPER, args=lambda it: (it.booking_id, Protocol(1, "")), of="booking"
    ),
    "exchanging.other_cars": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "exchanging.read_before": may(Deed.HAND_OVER, args=lambda it: (it.car.id,)),
    "exchanging.exchange": may(
        Deed.HAND_OVER,
        args=lambda it: (it.booking_id, it.car.id, Exchange(FULL, FULL, "broken")),
        kwargs=lambda _it: {"seen": 1},
        of="booking",
    ),
    "closing.close": may(Deed.TAKE_BACK, args=_booking, kwargs=lambda _it: {"seen": 1}, of="booking"),
    "closing.reopen": may(
        Deed.REOPEN, args=lambda it: (it.booking_id, "wrong"), kwargs=lambda _it: {"seen": 1}, of="booking"
    ),
    "closing.recharge": may(
        Deed.TAKE_BACK, args=lambda it: (it.booking_id, Charging()), kwargs=lambda _it: {"seen": 1}, of="booking"
    ),
    "agreements.read_before": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "rental.no_show": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "rental.came_after_all": may(Deed.HAND_OVER, args=_booking, of="booking"),
    "rental.returned": may(Deed.TAKE_BACK, args=lambda it: (it.booking_id, FULL), of="booking"),
    "changing.other_cars": may(Deed.CHANGE_CAR, args=_booking, of="booking"),
    "changing.change": may(
        Deed.CHANGE_CAR, args=lambda it: (it.booking_id, it.car.id), kwargs=lambda _it: {"seen": 1}, of="booking"
    ),
    "changing.change_back": may(Deed.CHANGE_CAR, args=_booking, kwargs=lambda _it: {"seen": 1}, of="booking"),
    "rental.take_up_again": may(BOOK, args=lambda it: (it.booking_id, "key-again"), of="booking"),
    "follower.next_change": may(BOOK, Deed.CAPTURE, args=lambda it: (it.booking_id, 0), of="booking"),
    "admin.manual_review.waiting": may(Deed.SEE_ALL_BOOKINGS),
    "admin.disputes.cases": may(Deed.SEE_ALL_BOOKINGS),
    "admin.manual_review.settle_by_hand": may(
        Deed.SETTLE_BY_HAND, args=lambda it: (it.booking_id, "settled in cash"), kwargs=lambda _it: {"seen": 1}
    ),
    "fleet.page": may(*CARS, args=lambda _it: (FleetQuery(),)),
    "fleet.owners": may(Deed.MANAGE_ANY_CAR),
    "fleet.rules": may(*CARS),
    "fleet.car": may(*CARS, args=_car, of="car"),
    "fleet.outlook": may(*CARS, args=_car, of="car"),
    "fleet.add": may(*CARS, args=lambda it: (CarForm.of(make_car(77, plate=f"N {it.car.id[-1]}77")),),
                     kwargs=lambda it: {"owner_id": it.car.owner_id}, of="car"),
    "fleet.edit": may(*CARS, args=lambda it: (it.car, CarForm.of(it.car)), of="car"),
    "fleet.set_status": may(*CARS, args=lambda it: (it.car, CarStatus.MAINTENANCE), of="car"),
    "servicing.ahead": may(*CARS, Deed.SEE_BRANCH_BOOKINGS, args=_car),
    "servicing.look": may(*CARS, args=lambda it: (it.car.id, it.period), of="car"),
    "servicing.plan": may(*CARS, args=lambda it: (it.car.id, it.period, "brakes"), of="car"),
    # Whose car it is, is asked of the stored row; this one is none, which is NotFound as well: test_servicing.py.
    "servicing.change": may(*CARS, args=lambda it: (_visit_of(it), it.period, "tyres")),
    "servicing.end": may(*CARS, args=lambda it: (_visit_of(it),)),
    "servicing.cancel": may(*CARS, args=lambda it: (_visit_of(it),)),
    "marks.of_car": may(Deed.MARK_CARS, *CARS, args=_car),
    "marks.add": may(Deed.MARK_CARS, args=lambda it: (it.car.id, (NEW_MARK,))),
    "marks.repair": may(Deed.CLOSE_MARKS, args=lambda _it: ("none", "painted")),
    "marks.follow": may(Deed.CLOSE_MARKS, args=lambda _it: ("none", NEW_MARK, "longer by now")),
    "images.thumbnail": may(BROWSE, args=lambda _it: ("no-such-picture",)),
    "images.thumbnails": may(BROWSE, args=lambda _it: (["no-such-picture"],)),
    "images.picture": may(BROWSE, args=lambda _it: ("no-such-picture",)),
    "images.preview": may(BROWSE, args=lambda _it: (b"no picture",)),
    "accounts.page": may(ACCOUNTS, args=lambda _it: (PeopleQuery("cleo"),)),
    "accounts.person": may(ACCOUNTS, args=_clerk()),
    "accounts.fleets": may(ACCOUNTS),
    "accounts.create": may(
        ACCOUNTS, args=lambda _it: (NewPerson("new.one", "New", "n@example.org", "", Post(Role.CLIENT)), "")
    ),
    "accounts.edit": may(ACCOUNTS, args=_clerk("Colin", "c@example.org", "+4930901822")),
    "accounts.move": may(ACCOUNTS, args=_clerk(Post(Role.CLIENT, BERLIN.id), "")),
    "accounts.disable": may(ACCOUNTS, args=_clerk(PASSWORD)),
    "accounts.enable": may(ACCOUNTS, args=_clerk("")),
    "accounts.reset_password": may(ACCOUNTS, args=_clerk("")),
    "accounts.finish": may(ACCOUNTS, args=_clerk("")),
    "accounts.change_own_password": may(args=lambda _it: ("not the password", "a phrase of words")),
    "earnings.zone": may(Deed.SEE_OWN_EARNINGS),
    "earnings.report": may(
        Deed.SEE_OWN_EARNINGS,
        args=lambda _it: (Span(SpanKind.MONTH, date(2026, 11, 1), date(2026, 12, 1), "Europe/Berlin"),),
    ),
    "earnings.explain": may(
        Deed.SEE_OWN_EARNINGS, args=lambda _it: (FigureQuestion(next(iter(Figure)), 0, 1_000_000, "EUR"),)
    ),
    "copying.copy": may(Deed.SEE_OWN_EARNINGS),
    "copying.sync": may(Deed.SEE_OWN_EARNINGS),
    "admin.firm.firm": may(FIRM),
    "admin.firm.change": may(FIRM, args=lambda _it: (FirmSettings(), None), kwargs=lambda _it: {"after": 1}),
    "admin.firm.withdraw": may(FIRM, args=lambda _it: (9,), kwargs=lambda _it: {"after": 1}),
    "admin.return_pages.pages": may(FIRM),
    "admin.return_pages.add": may(FIRM, args=lambda _it: ("https://pay.example.org/paid",)),
    "admin.return_pages.remove": may(FIRM, args=lambda _it: ("https://pay.example.org/paid",)),
    "admin.branches.lines": may(FIRM),
    "admin.branches.add": may(FIRM, args=lambda _it: (_branch,)),
    "admin.branches.change": may(FIRM, args=lambda _it: (BERLIN, BERLIN)),
    "admin.branches.confirm_code": may(FIRM, args=lambda _it: (_branch, "NEW")),
    "admin.legal.legal": may(FIRM),
    "admin.legal.taxes": may(FIRM),
    "admin.legal.look_at_logo": may(FIRM, args=lambda _it: (b"none",)),
    "admin.legal.set_legal": may(FIRM, args=lambda _it: (PAPER_FIRM, None), kwargs=lambda _it: {"after": 0}),
    "admin.legal.set_rate": may(FIRM, args=lambda _it: (STANDARD, None), kwargs=lambda _it: {"after": 0}),
    "papers.issue": may(Deed.ISSUE_PAPER, args=lambda _it: (paper_wish(),)),
    "papers.draft": may(Deed.ISSUE_PAPER, args=lambda _it: (paper_wish(),)),
    "papers.credit": may(Deed.CREDIT, args=lambda _it: ("none", None, "wrong car")),
    "billing.language": may(Deed.SEE_PAPERS),
    "billing.standing": may(Deed.SEE_PAPERS, args=_booking, of="booking"),
    "billing.invoice": may(Deed.ISSUE_PAPER, args=_booking, of="booking"),
    "billing.receipt": may(Deed.ISSUE_PAPER, args=lambda it: (it.booking_id, "none"), of="booking"),
    "billing.give_back": may(Deed.CREDIT, args=lambda _it: ("none", None, "wrong car")),
    "papers.paper": may(Deed.SEE_PAPERS, args=lambda _it: ("none",)),
    "papers.logo": may(Deed.SEE_PAPERS, args=lambda _it: ("a" * 64,)),
    "papers.of_booking": may(Deed.SEE_PAPERS, args=_booking),
    "papers.series": may(Deed.SEE_PAPERS),
    "papers.go_on_above": may(FIRM, args=lambda _it: ("BER-2026-INV", 7, "from the drawer")),
    "papers.note": may(Deed.SEE_PAPERS, args=lambda it: (Rendering("none", "a" * 64, 1, 1, 1, "f", "", it.now),)),
    "papers.renderings": may(Deed.SEE_PAPERS, args=lambda _it: ("none",)),
    "admin.branches.stranded": may(FIRM, args=lambda _it: (BERLIN, BERLIN)),
    "admin.branches.close": may(FIRM, args=lambda _it: (_branch,)),
    "admin.branches.reopen": may(FIRM, args=lambda _it: (_branch,)),
    "admin.audit.page": may(Deed.SEE_AUDIT, args=lambda _it: (AuditQuery(by="admin"),)),
    "admin.audit.names": may(Deed.SEE_AUDIT),
    "admin.audit.export": may(Deed.SEE_AUDIT, args=lambda _it: (AuditQuery(), _write)),
    "admin.health.examine": may(Deed.SEE_HEALTH),
    "admin.overview.figures": may(Deed.SEE_OVERVIEW),
    "admin.overview.pulse": may(Deed.SEE_OVERVIEW),
    "admin.overview.behind": may(Deed.SEE_OVERVIEW, args=lambda _it: (MoneyQuestion(("2026-11",), "EUR"),)),
    "admin.requests.page": may(ACCOUNTS),
    "admin.requests.decline": may(ACCOUNTS, args=lambda _it: ((),)),
}  # fmt: skip

#: Verbs without an actor: the engine's own.
INTERNAL = {
    "carrier.run": "listens in the background; whose wish it is, its signature says",
    "carrier.until_decided": "one wish; the renter's own rights are asked, and not those of whose desk it is",
    "follower.look_again": "settles with the actor of the wish",
    "payment.carry_on": "the payment protocol, called by services that have checked the actor, and by the sweeper",
    "payment.give_up": "the same",
    "admin.return_pages.begin": "at the start of every engine, and it records for an administrator only",
    "payment.heard": "a webhook said so; it proves nothing and is looked up at Stripe",
    "restored_look.run": "started by the engine after a restore, for accounts that record the firm's mode",
    "restored_look.look": "the same, once; reads Stripe, closes pages of bookings that are gone, books nothing",
    "restored_look.take_up": "the same: writes down a payment and keeps its car",
    "afterwards.run": "started by the engine for accounts that may sweep",
    "afterwards.look_if_due": "the same, once: reads Stripe's refunds and disputes, and stores what changed",
    "admin.disputes.heard": "a webhook said so; it proves nothing and is looked up at Stripe",
    "admin.disputes.look": "the same for all; the database lets only the worker and administrators write them",
    "sweeper.run": "started by the engine for accounts that may sweep",
    "sweeper.sweep": "the same",
    "admin.watch.run": "started by the engine for accounts that see the health; it reads and changes nothing",
    "admin.watch.look": "the same, once",
    "admin.watch.next": "what it found, for the window of the account that runs it",
    "admin.watch_notes.note": "a worker's own word in the audit, which the database lets it add to",
    "live.run": "started by the engine; follows what the account may read",
    "copying.has_pin": "says of this computer's own keyring whether a copy is locked",
    "copying.unlock": "opens what lies on this computer for who is signed in; what it is read by, looks at the right",
    "copying.change_pin": "wraps the key on this computer anew, by who knows its PIN",
    "copying.forget": "deletes this computer's own copy, which needs no right",
}


def found() -> Iterator[str]:
    """Names of all public coroutines of the services that ``Engine`` holds, by looking."""
    yield from _of(engine.bootstrap.Engine, "")


def _of(holder: type, prefix: str) -> Iterator[str]:
    hints = typing.get_type_hints(holder)
    for field in fields(holder):
        held = next((each for each in typing.get_args(hints[field.name]) if isinstance(each, type)), hints[field.name])
        if not getattr(held, "__module__", "").startswith("engine.services"):
            continue
        verbs = [name for name, verb in inspect.getmembers(held) if _public(name, verb)]
        yield from (f"{prefix}{field.name}.{verb}" for verb in verbs)
        if not verbs and is_dataclass(held):
            yield from _of(held, f"{prefix}{field.name}.")


def _public(name: str, verb: object) -> bool:
    return not name.startswith("_") and (inspect.iscoroutinefunction(verb) or inspect.isasyncgenfunction(verb))


def of_engine(desk: object, name: str) -> object:
    """The bound use case; None where this desk has no such service."""
    for part in name.split("."):
        desk = None if desk is None else getattr(desk, part)
    return desk
