"""Every list, count and search that the engine offers, as each role asks for it of a firm of any size."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from scale_firm import ADMIN, CLERK, HUGE, HUGE_OWNER, OWNER, ScaledFirm, owner_of

from engine.bootstrap import Engine
from engine.domain.booking.board import BoardAsked
from engine.domain.booking.listing import BookingOrder, BookingQuery, BookingScope
from engine.domain.booking.states import Standing
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus
from engine.domain.car.catalogue import CarOrder, CarWish
from engine.domain.car.fleet import FleetOrder, FleetQuery
from engine.domain.firm.audit import AuditQuery
from engine.domain.people.accounts import PeopleQuery
from engine.domain.people.people import Deed, Role
from engine.domain.people.renters import RenterOrder, RenterQuery
from engine.domain.reports.overview import MoneyQuestion, months_until
from engine.domain.shared.period import RentalPeriod

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Reads:
    """What is asked of *firm* at one *desk*."""

    desk: Engine
    firm: ScaledFirm

    def all(self) -> Iterator[tuple[str, Ask]]:
        yield from self._cars()
        yield from self._bookings()
        role = self.desk.actor.role
        if role in (Role.CLIENT, Role.ADMIN):
            yield from self._renters()
            for name, branch in (("own", self.desk.actor.branch_id), ("another", self.firm.branches[-1].id)):
                if branch is not None:
                    yield f"today {name}", lambda branch=branch: self.desk.today.day(self.desk.actor, branch)
        if role in (Role.CLIENT, Role.OWNER, Role.ADMIN):
            yield from self._board()
        if role in (Role.OWNER, Role.ADMIN):
            yield from self._fleet()
        if role is Role.ADMIN:
            yield from self._office()

    def _board(self) -> Iterator[tuple[str, Ask]]:
        actor, now = self.desk.actor, self.desk.clock.now()
        span = RentalPeriod(now - timedelta(days=1), now + timedelta(days=59))
        branch, board = actor.branch_id, self.desk.board
        yield "board", lambda: board.board(actor, BoardAsked(span, branch))
        suvs = BoardAsked(span, branch, frozenset({BodyType.SUV}))
        yield "board of a body", lambda: board.board(actor, suvs)
        yield (
            "board of one car",
            lambda: board.board(actor, BoardAsked(span, branch, only=frozenset({self._own_car.id}))),
        )
        if branch is None:
            own = BoardAsked(span, self.firm.branches[0].id)
            yield "board of a branch", lambda: board.board(actor, own)
            yield "board second page", lambda: board.board(actor, BoardAsked(span, offset=100, limit=100))

    @property
    def _car(self):
        return self.firm.car(self.firm.cars // 2 + 1)

    @property
    def _own_car(self):
        return self.firm.car(20) if self.desk.actor.account == HUGE_OWNER else self.firm.car(1)

    @property
    def _renter(self):
        return self.firm.renters[self.firm.cars // 3]

    def _wish(self, **changes: object) -> CarWish:
        start = self.desk.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        return replace(CarWish(self.firm.branches[0].id, RentalPeriod(start, start + timedelta(days=3))), **changes)

    def _cars(self) -> Iterator[tuple[str, Ask]]:
        actor, catalogue, car = self.desk.actor, self.desk.catalogue, self._car
        yield "branches", lambda: catalogue.branches(actor)
        yield "facets", lambda: catalogue.facets(actor, self.firm.branches[0].id)
        if actor.may(Deed.HAND_OVER):
            yield "car names", lambda: catalogue.names(actor, self.firm.branches[0].id)
        for order in CarOrder:
            yield f"search by {order}", lambda order=order: catalogue.search(actor, self._wish(order=order))
        yield "search of a text", lambda: catalogue.search(actor, self._wish(text="golf"))
        yield "search of a text with a slip", lambda: catalogue.search(actor, self._wish(text="glof"))
        yield "cars by plate", lambda: catalogue.cars(actor, self._own_car.plate)
        yield "cars by model", lambda: catalogue.cars(actor, car.model)
        yield "cars by a slip", lambda: catalogue.cars(actor, "sandreo")
        yield "taken cars", lambda: self.desk.availability.taken_cars(actor, self._wish())
        yield "calendar", lambda: self.desk.availability.calendar(actor, car.id, self._wish().period)

    def _texts(self) -> dict[str, str]:
        """What is searched for -> as it is typed."""
        number = f"bk-{self._own_car.id[3:]}-004"
        return {"number": number, "plate": self._own_car.plate, "short": "B", "nothing": "qqqqzz"}

    def _bookings(self) -> Iterator[tuple[str, Ask]]:
        actor, listing = self.desk.actor, self.desk.listing
        owner = actor.role is Role.OWNER
        scopes = {Role.CLIENT: (BookingScope.MINE, BookingScope.BRANCH), Role.OWNER: (BookingScope.FLEET,)}
        now, last = self.desk.clock.now(), self.firm.cars * 10 - 50
        texts = self._texts()
        if not owner:
            texts |= {"telephone": self._renter.phone, "e-mail": self._renter.email, "name": self._renter.name}
            texts |= {"family": self._renter.name.split()[1][:4], "slip": self._renter.name.replace("e", "x", 1)}
        asked: dict[str, dict] = {f"text {name}": {"text": text} for name, text in texts.items()}
        for order in BookingOrder:
            if not (owner and order is BookingOrder.RENTER):
                asked |= {
                    f"by {order} {'down' if down else 'up'}": {"order": order, "descending": down}
                    for down in (True, False)
                }
        for standing in Standing:
            asked[f"standing {standing}"] = {"standings": frozenset({standing})}
        asked["picked up this week"] = {"since": now - timedelta(days=7), "until": now}
        asked["of a car"] = {"car_id": self._own_car.id}
        asked["row 400"] = {"offset": 400}
        for scope in scopes.get(actor.role, (BookingScope.ALL,)):
            for name, changes in asked.items():
                query = BookingQuery(scope, **changes)
                yield f"bookings {scope} {name}", lambda query=query: listing.page(actor, query)
            if scope is BookingScope.ALL:
                deep = BookingQuery(scope, offset=min(last, 9_950))
                yield "bookings all last page", lambda deep=deep: listing.page(actor, deep)

    def _renters(self) -> Iterator[tuple[str, Ask]]:
        actor, renters, somebody = self.desk.actor, self.desk.renters, self._renter
        found = {"name": somebody.name, "telephone": somebody.phone, "e-mail": somebody.email, "two signs": "sc"}
        for name, text in found.items():
            yield f"renters to choose {name}", lambda text=text: self.desk.catalogue.renters(actor, text, "DE")
            yield f"renters {name}", lambda text=text: renters.page(actor, RenterQuery(text))
        for order in RenterOrder:
            yield f"renters by {order}", lambda order=order: renters.page(actor, RenterQuery(order=order))
        yield "renters blocked", lambda: renters.page(actor, RenterQuery(blocked=True))
        for verb in ("look", "history", "payments", "changes", "open_bookings"):
            yield f"renter's {verb}", lambda verb=verb: getattr(renters, verb)(actor, somebody.id)

    def _fleet(self) -> Iterator[tuple[str, Ask]]:
        actor, fleet = self.desk.actor, self.desk.fleet
        asked: dict[str, dict] = {f"by {order}": {"order": order} for order in FleetOrder}
        asked |= {"text plate": {"text": self._own_car.plate}, "text model": {"text": "golf"}, "slip": {"text": "glof"}}
        asked |= {"in service": {"statuses": frozenset({CarStatus.MAINTENANCE})}, "out": {"out": True}}
        asked |= {"to move": {"to_move": True}, "branch": {"branch_id": self.firm.branches[1].id}}
        if actor.role is Role.ADMIN:
            asked |= {"of an owner": {"owner_id": owner_of(1)}, "of the huge owner": {"owner_id": HUGE}}
        for name, changes in asked.items():
            query = FleetQuery(**changes)
            yield f"fleet {name}", lambda query=query: fleet.page(actor, query)
        yield "outlook", lambda: fleet.outlook(actor, self._own_car.id)
        if actor.role is Role.ADMIN:
            yield "fleet owners", lambda: fleet.owners(actor)

    def _office(self) -> Iterator[tuple[str, Ask]]:
        actor, office = self.desk.actor, self.desk.admin
        now, branches = self.desk.clock.now(), list(self.firm.branches)
        months = months_until(now, branches)
        yield "overview figures", lambda: office.overview.figures(actor)
        yield "overview pulse", lambda: office.overview.pulse(actor)
        yield "behind a month", lambda: office.overview.behind(actor, MoneyQuestion(months[-1:], "EUR"))
        yield "needs a person", lambda: office.manual_review.waiting(actor)
        for name, query in {
            "": AuditQuery(),
            " by": AuditQuery(by=ADMIN),
            " verb": AuditQuery(what="car.added"),
            " subject": AuditQuery(subject=f"car:{self._car.id}"),
            " desk": AuditQuery(desk="head-office"),
            " week": AuditQuery(since=now - timedelta(days=7), until=now),
        }.items():
            yield f"audit{name}", lambda query=query: office.audit.page(actor, query)
        yield "audit names", lambda: office.audit.names(actor)
        yield "branches of the office", lambda: office.branches.lines(actor)
        for name, query in {
            "": PeopleQuery(),
            " text": PeopleQuery("owner ow-0001"),
            " slip": PeopleQuery("olag"),
            " role": PeopleQuery(role=Role.OWNER),
            " branch": PeopleQuery(branch_id=branches[1].id),
            " disabled": PeopleQuery(disabled=True),
        }.items():
            yield f"people{name}", lambda query=query: self.desk.accounts.page(actor, query)
        yield "fleets to give", lambda: self.desk.accounts.fleets(actor)


DESKS = (CLERK, OWNER, HUGE_OWNER, ADMIN)
