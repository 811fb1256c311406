"""A walk-in typed in one line: what each word is read as, whether the car is free, and what Enter books."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.state import StateViewModel
from desktop.viewmodels.walk_in.names import Names, ask_cars, ask_renters, asked_for
from desktop.viewmodels.walk_in.state import LineState, Sought, minute
from engine.domain.car.availability import Blocked
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car
from engine.domain.car.catalogue import PAGE_SIZE, CarWish
from engine.domain.counter.chips import Chip, Chosen, OfBody, OfModel, OfPlate, Said
from engine.domain.counter.known import Known
from engine.domain.counter.walk_in_line import WalkInLine
from engine.domain.moments.habits import Habits
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.numerals import Numerals
from engine.domain.shared.period import RentalPeriod

#: Nobody is looked for before the typing pauses.
_PAUSE_S = 0.12
#: So many pages of cars that have the words are looked through.
_MOST_PAGES = 4
_LONGEST_TEXT = 100
_TASK = "walk-in"


class WalkInViewModel(StateViewModel[LineState]):
    """The line is read beside the window's thread.

    Signals: ``wanted`` carries the WalkIn that Enter made; ``kept_back`` that something stands in its way.
    """

    wanted = Signal(object)
    kept_back = Signal()

    def __init__(self, desk: Desk, tasks: TaskScope, branch_id: BranchId, habits: Habits, numerals: Numerals) -> None:
        super().__init__(LineState(home=branch_id))
        self._desk, self._tasks, self._branch_id = desk, tasks, branch_id
        self._habits, self._numerals = habits, numerals
        self._names: Names | None = None
        self._line: WalkInLine | None = None
        self._chosen: tuple[Chosen, ...] = ()
        self._pressed = False

    def open(self) -> None:
        """Ask anew for what the firm has; a line that was left stands as it was."""
        self._names = self._line = None
        self._go_on()

    def type(self, text: str) -> None:
        """The line is *text* now."""
        self._pressed = False
        if text != self.state.text:
            self.feed(replace(self.state, text=text))
            self._go_on()

    def choose(self, chip: Chip, said: Said | None) -> None:
        """*chip* means *said*; None: go on without what is not sold."""
        if said is None:
            self.feed(replace(self.state, left_out=self.state.left_out | {chip.words}))
        else:
            others = tuple(each for each in self._chosen if each.words != chip.words)
            self._chosen = (*others, Chosen(chip.words, said))
            self._go_on(pause=False)

    def press(self) -> None:
        """Book it, as soon as all of it is read."""
        self._pressed = True
        if self.state.settled:
            self._act()
        else:
            self._go_on(pause=False)

    def leave(self) -> None:
        """Nobody looks any more."""
        self._pressed = False
        self._tasks.stop(_TASK)

    def forget(self) -> None:
        """It is booked."""
        self._chosen, self._pressed = (), False
        self.feed(LineState(home=self._branch_id, branches=self.state.branches))

    def _go_on(self, *, pause: bool = True) -> None:
        self.feed(replace(self.state, settled=False, problem=None))
        self._tasks.latest(_TASK, self._work(self.state.text, pause=pause))

    async def _work(self, text: str, *, pause: bool) -> None:
        try:
            names = await self._named()
            if names is not None:
                await self._read(names, text)
                await self._look_elsewhere(names, text)
                if new := names.not_asked(text):
                    await asyncio.sleep(_PAUSE_S if pause else 0)
                    await self._ask(names, new, text)
                await self._look_for_car()
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        self.feed(replace(self.state, settled=True))
        if self._pressed:
            self._act()

    async def _named(self) -> Names | None:
        if self._names is None:
            self._names = names = await asked_for(self._desk, self._branch_id)
            if names is not None:
                open_now = names.drawer_open
                self.feed(replace(self.state, branches=names.branches, drawer_open=open_now, sought=None))
        return self._names

    async def _look_elsewhere(self, names: Names, text: str) -> None:
        """A branch that is named has other cars."""
        branch = self.state.branch
        if branch is not None and await ask_cars(self._desk, names, branch.id):
            self._line = None
            await self._read(names, text)

    async def _ask(self, names: Names, texts: Iterable[str], text: str) -> None:
        before = len(names.renters)
        await ask_renters(self._desk, names, texts)
        if len(names.renters) != before:
            self._line = None
            await self._read(names, text)

    async def _read(self, names: Names, text: str) -> None:
        known, chosen, line = self.state.known, self._chosen, self._line
        now = self._desk.now()
        if line is None or known is None or known.now != minute(now):
            known = names.known(now, self._habits, self._numerals)
            self._line = line = await asyncio.to_thread(WalkInLine, known)
        read = await asyncio.to_thread(line.read, text, chosen)
        self.feed(replace(self.state, read=read, known=known, renters=dict(names.renters)))

    async def _look_for_car(self) -> None:
        """The car is looked for again only where it, its times or its place are others."""
        state = self.state
        branch, period, known = state.branch, state.period, state.known
        cars = [chip.said for chip in state.chips if chip.sure and isinstance(chip.said, OfBody | OfModel | OfPlate)]
        if branch is None or period is None or known is None or not cars:
            self.feed(replace(state, sought=None))
            return
        wanted = _Wanted(cars, known)
        try:
            sought = await self._free(wanted, branch, period)
        except DriveSphereError as problem:
            sought = Sought(period, branch, problem=problem)
        self.feed(replace(self.state, sought=sought))

    async def _free(self, wanted: _Wanted, branch: Branch, period: RentalPeriod) -> Sought:
        catalogue, actor = self._desk.services.catalogue, self._desk.actor
        wish = wanted.wish(branch, period)
        for page in range(_MOST_PAGES):
            offset = page * PAGE_SIZE
            found = await self._desk.call(partial(catalogue.search, actor, wish, offset=offset))
            offer = next((each for each in found.offers if wanted.takes(each.car)), None)
            if offer is not None:
                return Sought(period, branch, offer)
            if offset + PAGE_SIZE >= found.total:
                break
        return Sought(period, branch, next_free=await self._next_free(wanted, wish))

    async def _next_free(self, wanted: _Wanted, wish: CarWish) -> RentalPeriod | None:
        availability, actor = self._desk.services.availability, self._desk.actor
        taken = await self._desk.call(lambda: availability.taken_cars(actor, wish))
        free = [each.next_free for each in taken.blocked if isinstance(each, Blocked) and wanted.takes(each.car)]
        return min((each for each in free if each is not None), key=lambda each: each.starts_at, default=None)

    def _act(self) -> None:
        self._pressed = False
        walk_in = self.state.walk_in()
        if walk_in is None:
            self.kept_back.emit()
        else:
            self.wanted.emit(walk_in)


class _Wanted:
    """Which car the line means: a model, a plate, a body, or several of them together."""

    def __init__(self, said: Iterable[OfBody | OfModel | OfPlate], known: Known) -> None:
        said = tuple(said)
        self._bodies = frozenset(each.body for each in said if isinstance(each, OfBody))
        self._models = {(each.brand, each.model) for each in said if isinstance(each, OfModel)}
        self._cars = {each.car_id for each in said if isinstance(each, OfPlate)}
        self._plates = {car.id: car.plate for car in known.cars}

    def wish(self, branch: Branch, period: RentalPeriod) -> CarWish:
        """Finds them, and others whose names have the same words."""
        plate = next((self._plates[each] for each in self._cars if each in self._plates), "")
        model = next((" ".join(each) for each in self._models), "")
        bodies: frozenset[BodyType] = frozenset() if plate or model else self._bodies
        return CarWish(branch.id, period, bodies=bodies, text=(plate or model)[:_LONGEST_TEXT])

    def takes(self, car: Car) -> bool:
        of_model = not self._models or (car.brand, car.model) in self._models
        return of_model and (not self._cars or car.id in self._cars) and (not self._bodies or car.body in self._bodies)
