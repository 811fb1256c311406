"""Renters: the list, one of them with history, and everything that is done to one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import ListViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.booking import Booking
from engine.domain.firm.events import BookingChanged, Fact, RenterChanged
from engine.domain.people.people import Deed, RenterId
from engine.domain.people.renter_errors import RenterKnown
from engine.domain.people.renters import (
    Merge,
    RenterChanges,
    RenterFile,
    RenterHistory,
    RenterLook,
    RenterPage,
    RenterQuery,
    RentersFound,
    Twin,
)
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.services.people.renters import Added, BlockedRenter, NewRenter

_NOBODY = RenterId("")


@dataclass(frozen=True, slots=True)
class RentersState:
    """What stands beside the lists.

    Attributes:
        wanted: Whose page is shown; None while the list is.
        look: What is known of them; None until it came.
        other: Who is compared with them.
        found: Renters to compare with, by the text ``found_for``.
        twins: Who may be the same person as somebody who is being added.
        standing: Bookings that were made before a block and stand as they are.
        country: Where telephone numbers without a country's code belong.
        busy: A change is on its way.
        done: What was carried out last, in a word such as ``mended``; None while nothing was.
    """

    wanted: RenterId | None = None
    phase: Phase = Phase.LOADING
    look: RenterLook | None = None
    other: RenterLook | None = None
    found: RentersFound = field(default_factory=RentersFound)
    found_for: str = ""
    twins: tuple[Twin, ...] = ()
    standing: tuple[Booking, ...] = ()
    country: str = ""
    busy: bool = False
    done: str | None = None
    problem: DriveSphereError | None = None


class RentersViewModel(StateViewModel[RentersState]):
    """Signals: ``changed`` carries the new state."""

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(RentersState())
        self._desk, self._tasks = desk, tasks
        self.listing: ListViewModel[RenterQuery] = ListViewModel(tasks, "renters list", self._rows, RenterQuery())
        self.history: ListViewModel[RenterId] = ListViewModel(tasks, "renter history", self._bookings, _NOBODY)
        self.payments: ListViewModel[RenterId] = ListViewModel(tasks, "renter payments", self._payments, _NOBODY)
        self.changes: ListViewModel[RenterId] = ListViewModel(tasks, "renter changes", self._changes, _NOBODY)
        self._asked = _NOBODY
        #: What was begun and not added, by renter.
        self.drafts: dict[RenterId, str] = {}

    @property
    def may_mend(self) -> bool:
        return self._desk.actor.may(Deed.MEND_RENTERS)

    @property
    def may_merge(self) -> bool:
        return self._desk.actor.may(Deed.MERGE_RENTERS)

    @property
    def may_block(self) -> bool:
        return self._desk.actor.may(Deed.BLOCK_RENTERS)

    def now(self) -> datetime:
        return self._desk.now()

    def may_open(self, booking: Booking) -> bool:
        """Whether the account opens this booking, or only sees that there is one."""
        return booking.visible_to(self._desk.actor)

    def begin(self) -> None:
        """The page is opened."""
        self.reload()
        if not self.state.country:
            self._tasks.latest("renters country", self._find_country())

    def reload(self) -> None:
        self.listing.load()
        if self.state.wanted is not None:
            self._look_again()
            self._load_past()

    def _load_past(self) -> None:
        """What was shown of the one who is looked at; what was not is asked for when it is."""
        for past in (self.history, self.payments, self.changes):
            if past.state.query == self._asked:
                past.load()

    def open(self, renter_id: RenterId) -> None:
        """The page of one."""
        self.feed(RentersState(wanted=renter_id, country=self.state.country))
        self._asked = renter_id
        self._look_again()
        self.history.ask(renter_id)

    def show_past(self, past: ListViewModel[RenterId]) -> None:
        """One of ``history``, ``payments`` and ``changes`` of the renter, asked for when it is first looked at."""
        if self.state.wanted is not None:
            past.ask(self._asked)

    def leave(self) -> None:
        """Back to the list."""
        for name in ("renter look", "renter other", "renter found", "renter standing"):
            self._tasks.stop(name)
        self.feed(RentersState(country=self.state.country))

    def add(self, new: NewRenter, beside: tuple[RenterId, ...] = ()) -> None:
        """Somebody new; *beside* are those with the same telephone or address who are somebody else."""
        self._act("added", partial(self._desk.services.renters.add, self._desk.actor, new, self.state.country, beside))

    def mend(self, new: NewRenter) -> None:
        self._on_file("mended", self._desk.services.renters.mend, new, self.state.country)

    def block(self, reason: str, until: datetime | None) -> None:
        self._on_file("blocked", self._desk.services.renters.block, reason, until)

    def note(self, text: str) -> None:
        """Written down with the renter."""
        look = self.state.look
        if look is not None:
            self._act("noted", partial(self._desk.services.renters.note, self._desk.actor, look.file.id, text))

    def unblock(self, note: str) -> None:
        self._on_file("unblocked", self._desk.services.renters.unblock, note)

    def tell_apart(self, twin: RenterId) -> None:
        self._on_file("told apart", self._desk.services.renters.tell_apart, twin)

    def merge(self, merge: Merge) -> None:
        self._act("merged", partial(self._desk.services.renters.merge, self._desk.actor, merge, self.state.country))

    def compare(self, renter_id: RenterId) -> None:
        """Put somebody beside the one that is shown."""
        self._tasks.latest("renter other", self._compare(renter_id))

    def compare_no_more(self) -> None:
        self._tasks.stop("renter other")
        self.feed(replace(self.state, other=None, found=RentersFound(), found_for="", problem=None))

    def find(self, text: str) -> None:
        """Renters to compare with."""
        self._tasks.latest("renter found", self._find(text))

    def ask_standing(self) -> None:
        """What is booked already and would stand beside a block."""
        if self.state.wanted is not None:
            self._tasks.latest("renter standing", self._ask_standing(self.state.wanted))

    def forget_problem(self) -> None:
        self.feed(replace(self.state, problem=None, twins=(), done=None))

    def apply(self, fact: Fact) -> None:
        """Something changed, at another desk or this one."""
        look = self.state.look
        if isinstance(fact, RenterChanged):
            if self.listing.state.run:
                self.listing.load()
            if look is not None and self._concerns(fact.file, look):
                self._look_again()
                if self.changes.state.query == self._asked:
                    self.changes.load()
        elif isinstance(fact, BookingChanged) and look is not None and fact.booking.renter_id == look.file.id:
            self._look_again()
            self._load_past()

    def _concerns(self, file: RenterFile, look: RenterLook) -> bool:
        near = {look.file.id, *(twin.file.id for twin in look.twins)}
        mine = look.file.renter
        return file.id in near or mine.phone == file.renter.phone or mine.email == file.renter.email

    def _on_file(self, done: str, use_case: Callable[..., Coroutine[Any, Any, object]], *more: object) -> None:
        look = self.state.look
        if look is not None:
            self._act(done, partial(use_case, self._desk.actor, look.file.id, look.file.version, *more))

    def _act(self, done: str, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """One at a time: a second press while the first is under way does nothing."""
        self._tasks.once("change renter", self._change(done, act))

    async def _change(self, done: str, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self.feed(replace(self.state, busy=True, problem=None, done=None, twins=()))
        try:
            told = await self._desk.call(act)
        except RenterKnown as known:
            self.feed(replace(self.state, busy=False, twins=known.twins))
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False, problem=problem))
        except Exception:
            self.feed(replace(self.state, busy=False))
            raise
        else:
            self._took(done, told)
        self.listing.load()

    def _took(self, done: str, told: object) -> None:
        """Show what came of it at once; the rest is asked for again."""
        if isinstance(told, Added):
            self.feed(replace(self.state, busy=False, done=done))
            self.open(told.renter.id)
            return
        file = told.file if isinstance(told, BlockedRenter) else told
        state = replace(self.state, busy=False, done=done, other=None)
        if isinstance(file, RenterFile) and state.look is not None:
            state = replace(state, wanted=file.id, look=replace(state.look, file=file))
        self.feed(state)
        if done == "noted" and state.wanted is not None:
            self.drafts.pop(state.wanted, None)
        self._look_again()
        if done == "merged" and state.wanted is not None:
            self._asked = state.wanted
            self.history.ask(state.wanted)
            self.history.load()

    def _look_again(self) -> None:
        if self.state.wanted is not None:
            self._tasks.latest("renter look", self._look(self.state.wanted))

    async def _look(self, renter_id: RenterId) -> None:
        renters, actor = self._desk.services.renters, self._desk.actor
        try:
            look = await self._desk.call(lambda: renters.look(actor, renter_id))
            if look.unmoved and self.may_merge:
                # A merge was cut off: whoever opens the page next carries it on.
                await self._desk.call(lambda: renters.carry_on(actor, renter_id))
                look = await self._desk.call(lambda: renters.look(actor, renter_id))
        except DriveSphereError as problem:
            if self.state.wanted == renter_id:
                phase = Phase.READY if self.state.look is not None else Phase.FAILED
                self.feed(replace(self.state, phase=phase, problem=self.state.problem or problem))
        else:
            if self.state.wanted == renter_id:
                self.feed(replace(self.state, phase=Phase.READY, look=look, wanted=look.file.id))

    async def _compare(self, renter_id: RenterId) -> None:
        try:
            look = await self._desk.call(lambda: self._desk.services.renters.look(self._desk.actor, renter_id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, other=look, problem=None))

    async def _find(self, text: str) -> None:
        country = self.state.country
        try:
            found = await self._desk.call(
                lambda: self._desk.services.catalogue.renters(self._desk.actor, text, country)
            )
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            others = tuple(each for each in found.rows if isinstance(each, Damaged) or each.id != self.state.wanted)
            self.feed(replace(self.state, found=replace(found, rows=others), found_for=text))

    async def _ask_standing(self, renter_id: RenterId) -> None:
        try:
            found = await self._desk.call(
                lambda: self._desk.services.renters.open_bookings(self._desk.actor, renter_id)
            )
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, standing=found))

    async def _find_country(self) -> None:
        actor = self._desk.actor
        try:
            branches = await self._desk.call(lambda: self._desk.services.catalogue.branches(actor))
        except DriveSphereError:
            return  # the list says what is wrong
        own = [branch.country for branch in branches if branch.id == actor.branch_id]
        if own:
            self.feed(replace(self.state, country=own[0]))

    async def _rows(self, query: RenterQuery, offset: int) -> RenterPage:
        asked = replace(query, country=self.state.country)
        return await self._desk.call(lambda: self._desk.services.renters.page(self._desk.actor, asked, offset=offset))

    async def _payments(self, renter_id: RenterId, offset: int) -> RenterHistory:
        return await self._desk.call(
            lambda: self._desk.services.renters.payments(self._desk.actor, renter_id, offset=offset)
        )

    async def _changes(self, renter_id: RenterId, offset: int) -> RenterChanges:
        return await self._desk.call(
            lambda: self._desk.services.renters.changes(self._desk.actor, renter_id, offset=offset)
        )

    async def _bookings(self, renter_id: RenterId, offset: int) -> RenterHistory:
        return await self._desk.call(
            lambda: self._desk.services.renters.history(self._desk.actor, renter_id, offset=offset)
        )
