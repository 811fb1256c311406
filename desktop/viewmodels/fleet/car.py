"""One car in the panel: looked at, filled in, taken out of service and back."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.fleet.car_state import FleetCarStage, FleetCarState, Saved, form_of
from desktop.viewmodels.fleet.photo_files import developed, moved
from desktop.viewmodels.fleet.service import ServiceViewModel
from desktop.viewmodels.marks.marks import MarksViewModel
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.car import BranchId, Car, CarStatus, OwnerId
from engine.domain.car.fleet import Outlook
from engine.domain.car.form import CarForm, blank_form
from engine.domain.car.photo import MOST_PHOTOS
from engine.domain.firm.events import CarChanged, CarClaimed, Fact
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError, Overtaken

_UNDONE = "undone"


class FleetCarViewModel(StateViewModel[FleetCarState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        saved: The database has it; carries a Saved.
        not_undone: A change stays as it is; carries the problem.
    """

    saved = Signal(object)
    not_undone = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(FleetCarState())
        self._desk, self._tasks = desk, tasks
        self.service = ServiceViewModel(desk, tasks)
        self.marks = MarksViewModel(desk, tasks, "of the fleet")
        self._subject = 0

    def open(self, car: Car) -> None:
        """Look at *car*."""
        self._subject += 1
        self.feed(FleetCarState(FleetCarStage.SHOWN, car, photos=car.image_ids))
        self._tasks.latest("car", self._look_ahead(car))
        self.service.look_at(car)
        self.marks.look_at(car)

    def apply(self, fact: Fact) -> None:
        """News of the car that is looked at. What is filled in or asked stays; its save is compared anyway."""
        self.service.apply(fact)
        car, looked_at = self.state.car, self.state.stage is FleetCarStage.SHOWN and not self.state.busy
        if car is None or not looked_at:
            return
        if isinstance(fact, CarChanged) and fact.car.id == car.id and fact.car != car:
            self.feed(replace(self.state, car=fact.car, photos=fact.car.image_ids, outlook=None))
            self._tasks.latest("car", self._look_ahead(fact.car))
            self.service.look_at(fact.car)
            self.marks.look_at(fact.car)
        elif isinstance(fact, CarClaimed) and fact.car_id == car.id:
            self._tasks.latest("car", self._look_ahead(car))

    def add(self, owner_id: OwnerId | None = None, branch_id: BranchId | None = None) -> None:
        """Begin a new car."""
        self._subject += 1
        any_owner = self._desk.actor.may(Deed.MANAGE_ANY_CAR)
        self.feed(FleetCarState(FleetCarStage.FILLED_IN, any_owner=any_owner, owner_id=owner_id))
        self._tasks.latest("car", self._begin(branch_id))

    def edit(self) -> None:
        if self.state.car is not None:
            form = form_of(self.state.car, self.state.rules)
            self.feed(replace(self.state, stage=FleetCarStage.FILLED_IN, form=form, begun=form, problem=None))

    def close(self) -> None:
        self._subject += 1
        self._tasks.stop("car")
        self.service.look_at(None)
        self.marks.look_at(None)
        self.feed(FleetCarState())

    def back(self) -> None:
        """From the form or the question to the car; from a new car's form to nothing."""
        if self.state.car is None:
            self.close()
        else:
            self.open(self.state.car)

    def fill(self, **changes: object) -> None:
        """The person changed fields of the form."""
        form = self.state.form
        if form is not None:
            touched = self.state.touched | changes.keys()
            self.feed(replace(self.state, form=replace(form, **changes), touched=touched, problem=None))  # type: ignore[arg-type]  # names of its fields

    def leave_field(self, name: str) -> None:
        """The person went on to another field: what is wrong with this one may be told."""
        if self.state.stage is FleetCarStage.FILLED_IN:
            self.feed(replace(self.state, touched=self.state.touched | {name}))

    def give_reason(self, reason: str) -> None:
        self.feed(replace(self.state, reason=reason, problem=None))

    def choose_owner(self, owner_id: OwnerId) -> None:
        self.feed(replace(self.state, owner_id=owner_id, problem=None))

    def add_files(self, paths: tuple[str, ...]) -> None:
        """Photos from this computer; those that are none are told of by name."""
        self._tasks.once("car photos", self._add_files(paths))

    def move_photo(self, at: int, to: int) -> None:
        self.feed(replace(self.state, photos=moved(self.state.photos, at, to), taken_off=()))

    def remove_photo(self, at: int) -> None:
        photos = self.state.photos
        self.feed(replace(self.state, photos=(*photos[:at], *photos[at + 1 :]), taken_off=photos, refused=()))

    def put_photo_back(self) -> None:
        """The one that was taken off last."""
        if self.state.taken_off:
            self.feed(replace(self.state, photos=self.state.taken_off, taken_off=()))

    def save(self) -> None:
        if self.state.mistakes:
            self.feed(replace(self.state, tried=True))
        elif self.state.stage is FleetCarStage.FILLED_IN and self.state.form is not None:
            self._tasks.once("car save", self._save(self.state.form))

    def ask_status(self, status: CarStatus) -> None:
        """With nothing counting on the car it is done at once and can be undone; else the person is asked."""
        state = self.state
        if state.car is None or state.outlook is None:
            return
        if status is CarStatus.ACTIVE or not state.outlook.seen:
            self._tasks.once("car save", self._set_status(state.car, status, state.outlook))
        else:
            self.feed(replace(state, stage=FleetCarStage.ASKED, wanted=status, problem=None))

    def confirm_status(self) -> None:
        state = self.state
        if state.car is not None and state.wanted is not None and state.outlook is not None:
            self._tasks.once("car save", self._set_status(state.car, state.wanted, state.outlook))

    def take_newer(self) -> None:
        """The car as it is stored now, under what the person changed."""
        if self.state.car is not None:
            self._tasks.latest("car", self._take_newer(self.state))

    def undo(self, saved: Saved) -> None:
        self._tasks.once("car undo", self._undo(saved))

    async def _look_ahead(self, car: Car) -> None:
        try:
            rules, branches = await self._desk.call(lambda: self._desk.services.fleet.rules(self._desk.actor))
            outlook = await self._desk.call(lambda: self._desk.services.fleet.outlook(self._desk.actor, car.id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, rules=rules, branches=branches, outlook=outlook))

    async def _begin(self, branch_id: BranchId | None) -> None:
        try:
            rules, branches = await self._desk.call(lambda: self._desk.services.fleet.rules(self._desk.actor))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
            return
        home = branch_id or next((branch.id for branch in branches), BranchId(""))
        form = blank_form(rules, home)
        self.feed(replace(self.state, rules=rules, branches=branches, form=form, begun=form))

    async def _add_files(self, paths: tuple[str, ...]) -> None:
        subject, room = self._subject, MOST_PHOTOS - len(self.state.photos)
        self.feed(replace(self.state, busy=True, refused=()))
        photos, refused = await developed(self._desk, paths, room)
        if subject != self._subject:
            return
        self.feed(replace(self.state, busy=False, photos=(*self.state.photos, *photos), refused=refused, taken_off=()))

    async def _save(self, form: CarForm) -> None:
        subject, state, actor, fleet = self._subject, self.state, self._desk.actor, self._desk.services.fleet
        photos = [photo if isinstance(photo, str) else photo.data for photo in state.photos]
        self.feed(replace(state, busy=True, problem=None))
        try:
            if state.car is None:
                after = await self._desk.call(lambda: fleet.add(actor, form, owner_id=state.owner_id, photos=photos))
            else:
                car, seen = state.car, state.outlook.seen if state.outlook else frozenset()
                after = await self._desk.call(
                    lambda: fleet.edit(actor, car, form, photos=photos, reason=state.reason, seen=seen)
                )
        except DriveSphereError as problem:
            if subject == self._subject:
                self.feed(replace(self.state, busy=False, tried=True, problem=problem))
            return
        if subject == self._subject:
            self.open(after)
        undoable = state.car is not None and state.car.image_ids == after.image_ids
        self.saved.emit(Saved(state.car, after, undoable))

    async def _set_status(self, car: Car, status: CarStatus, outlook: Outlook) -> None:
        self.feed(replace(self.state, busy=True, problem=None))
        subject, fleet, actor = self._subject, self._desk.services.fleet, self._desk.actor
        try:
            after = await self._desk.call(lambda: fleet.set_status(actor, car, status, seen=outlook.seen))
        except DriveSphereError as problem:
            if subject == self._subject:
                await self._status_refused(car, status, problem)
            return
        if subject == self._subject:
            self.open(after)
        self.saved.emit(Saved(car, after, undoable=True))

    async def _status_refused(self, car: Car, status: CarStatus, refusal: DriveSphereError) -> None:
        """If somebody booked or changed it: what counts on it now is shown, and the person decides anew."""
        if not isinstance(refusal, Overtaken):
            self.feed(replace(self.state, busy=False, problem=refusal))
            return
        subject, fleet, actor = self._subject, self._desk.services.fleet, self._desk.actor
        try:
            newer = await self._desk.call(lambda: fleet.car(actor, car.id))
            outlook = await self._desk.call(lambda: fleet.outlook(actor, car.id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False, problem=problem))
            return
        if subject != self._subject:
            return
        asked = replace(self.state, busy=False, car=newer, outlook=outlook, problem=refusal)
        if newer.status is not status:
            asked = replace(asked, stage=FleetCarStage.ASKED, wanted=status)
        self.feed(asked)

    async def _take_newer(self, state: FleetCarState) -> None:
        if state.car is None:
            return
        car_id, before = state.car.id, state.begun or CarForm.of(state.car)
        fleet, actor = self._desk.services.fleet, self._desk.actor
        try:
            newer = await self._desk.call(lambda: fleet.car(actor, car_id))
            outlook = await self._desk.call(lambda: fleet.outlook(actor, car_id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
            return
        form, begun = state.form, form_of(newer, state.rules)
        if form is not None:
            own = {each.name: getattr(form, each.name) for each in fields(form)}
            mine = {name: value for name, value in own.items() if value != getattr(before, name)}
            form = replace(begun, **mine)
        same = state.photos == state.car.image_ids
        stored = [photo for photo in state.photos if not isinstance(photo, str) or photo in newer.image_ids]
        photos = newer.image_ids if same else tuple(stored)
        self.feed(
            replace(
                self.state,
                car=newer,
                outlook=outlook,
                form=form,
                begun=begun,
                photos=photos,
                taken_off=(),
                problem=None,
            )
        )

    async def _undo(self, saved: Saved) -> None:
        """Back to what was, through the same doors and with the same guards."""
        if saved.before is None:
            return
        fleet, actor, before, after = self._desk.services.fleet, self._desk.actor, saved.before, saved.after
        try:
            outlook = await self._desk.call(lambda: fleet.outlook(actor, after.id))
            if before.status is not after.status:
                car = await self._desk.call(lambda: fleet.set_status(actor, after, before.status, seen=outlook.seen))
            else:
                form = CarForm.of(before)
                car = await self._desk.call(lambda: fleet.edit(actor, after, form, reason=_UNDONE, seen=outlook.seen))
        except DriveSphereError as problem:
            self.not_undone.emit(problem)
            return
        if self.state.car is not None and self.state.car.id == car.id and not self.state.unsaved:
            self.open(car)
        self.saved.emit(Saved(after, car, undoable=False))
