"""Another car for a booking, in its panel: the cars there are, the best suited first, and the way back.

API: OtherCarsPart(context, vm, now): draw(booking, online), stop(); task_failed. Its button ``ask`` stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.dialogs import Amount, Question, confirm
from desktop.models.rows import Column, RowsModel
from desktop.tasks import TaskScope
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking.other_cars import OtherCarsState, OtherCarsViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.agreement.exchange_dialog import ask_exchange
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from desktop.widgets.table.record_table import ROW_HEIGHT, RecordTable
from desktop.widgets.text import Text, unbroken
from desktop.words.messages import amount, booking_number, branch_time, counted, say
from engine.domain.booking.booking import Booking
from engine.domain.booking.other_cars import OtherCars
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Car
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_MOST_ROWS = 6


class OtherCarsPart(QWidget):
    """Signals: ``task_failed`` carries what nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: OtherCarsViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self._now, self._online = vm, now, True
        self.tasks = TaskScope(self)
        self.ask, self.undo = Button(context.theme, tr("Another car …")), Button(context.theme, tr("Undo"))
        self.words = Text(context.theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.problem = Text(context.theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.model: RowsModel[Car] = RowsModel(_columns(), lambda car: car.id)
        self.table = RecordTable(context.theme, context.shimmer)
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Other cars, the best suited first"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        row = QHBoxLayout()
        row.addWidget(self.undo)
        row.addStretch(1)
        column.addLayout(row)
        for part in (self.problem, self.words, self.table):
            column.addWidget(part)
        self.tasks.failed.connect(self.task_failed)
        self.ask.clicked.connect(vm.ask)
        self.undo.clicked.connect(vm.undo)
        self.table.chosen.connect(lambda car: self.tasks.once("move", self._agree(car)))
        vm.changed.connect(self._draw)
        self._draw(vm.state)

    def may_exchange(self) -> bool:
        booking = self.vm.state.booking
        return self.ask.isVisible() and self.ask.isEnabled() and booking is not None and self.vm.may_exchange(booking)

    def draw(self, booking: Booking | None, *, online: bool) -> None:
        self._online = online
        self.vm.look_at(booking)
        self._draw(self.vm.state)

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        self.tasks.stop("move")

    def _draw(self, state: OtherCarsState) -> None:
        booking = state.booking
        movable = booking is not None and self.vm.may_move(booking)
        out = booking is not None and self.vm.may_exchange(booking)
        self.ask.setVisible(movable or out)
        last = booking.history[-1].change if booking is not None and movable else None
        self.undo.setVisible(last is not None)
        self.setVisible((movable or out) and (last is not None or state.phase is not None or state.problem is not None))
        if last is not None:
            self.undo.setText(tr("Undo: back to {what}", what=last.before.label.rpartition(" · ")[2]))
        for button in (self.ask, self.undo):
            button.setEnabled(self._online and not state.acting)
        self._draw_list(state)
        self.problem.setVisible(state.problem is not None)
        if state.problem is not None:
            self.problem.setText(_problem_words(state, self._now()))

    def _draw_list(self, state: OtherCarsState) -> None:
        found = state.found
        cars = found.cars if found is not None else ()
        out = state.booking is not None and self.vm.may_exchange(state.booking)
        begin = tr("Exchange the car …") if out else tr("Another car …")
        self.ask.setText(tr("Close the list") if state.phase is not None else begin)
        self.words.setVisible(state.phase in (Phase.LOADING, Phase.READY))
        self.words.setText(tr("Looking for free cars …") if found is None else _found_words(found))
        fresh = not self.table.isVisibleTo(self) and bool(cars)
        self.model.replace_all(cars)
        self.table.setVisible(bool(cars))
        self.table.setEnabled(self._online and not state.acting)
        # One row more for the heading.
        self.table.setFixedHeight((min(len(cars), _MOST_ROWS) + 1) * ROW_HEIGHT + GRID)
        if fresh:
            self.table.selectRow(0)
            self.table.setFocus()

    async def _agree(self, car: Car) -> None:
        found = self.vm.state.found
        if found is not None and self.vm.may_exchange(found.booking):
            await self._exchange(found, car)
            return
        if found is None or not await confirm(self.window(), to_move(found.booking, car, self._now())):
            return
        if self.vm.state.found is found:
            self.vm.take(car.id)

    async def _exchange(self, found: OtherCars, car: Car) -> None:
        """What both cars show, and why, is the yes."""
        known = await self.vm.read_before(car.id)
        if known is None or self.vm.state.found is not found:
            return
        exchange = await ask_exchange(self.window(), found.booking, car, *known, self._now())
        if exchange is not None and self.vm.state.found is found:
            self.vm.exchange(car.id, exchange)


def to_move(booking: Booking, car: Car, now: datetime) -> Question:
    return Question(
        tr("Move this booking to another car?"),
        tr(
            "{renter_name} gets the {title}, {plate}, instead of {plate2}. Please tell the renter. From now "
            "on the owner of the new car earns with this booking.",
            renter_name=booking.renter_name,
            title=car.title,
            plate=car.plate,
            plate2=booking.plate,
        ),
        tr("Move to {plate}", plate=car.plate),
        tr("Keep {plate}", plate=booking.plate),
        when=times_of(booking, now),
        about=about(booking),
        amounts=(Amount(tr("Price, as sold"), amount(booking.price), strong=True),),
    )


def _columns() -> list[Column[Car]]:
    return [
        Column(tr("Plate"), lambda car: unbroken(car.plate), lambda car: car.plate, weight=14),
        Column(tr("Car"), lambda car: car.title, lambda car: car.title, weight=14),
        Column(tr("Has"), _has, _has, weight=13),
        Column(
            tr("A day"),
            lambda car: amount(car.daily_rate),
            lambda car: car.daily_rate.minor,
            numeric=True,
            weight=9,
            spare=True,
        ),
    ]


def _has(car: Car) -> str:
    return tr(
        "{seats} seats, {transmission}, {fuel}",
        seats=car.seats,
        transmission=car.transmission.value,
        fuel=car.fuel.value,
    )


def _found_words(found: OtherCars) -> str:
    if found.booking.state is BookingState.OUT:
        if not found.cars:
            return tr("No other car is free at this branch until the return. Take the car back, or end the rental.")
        free = counted("{count} free car", "{count} free cars", len(found.cars))
        return tr("{free} at this branch until the return, the same kind first. The price stays.", free=free)
    kind = found.car.body.value.upper() if found.car.body.value == "suv" else found.car.body.value
    if not found.cars:
        return tr(
            "No other {kind} is free at this branch for these times. Cancelling gives the money back by the rules.",
            kind=kind,
        )
    free, price = (
        counted("{count} free {kind}", "{count} free {kind}s", len(found.cars), kind=kind),
        amount(found.booking.price),
    )
    return tr("{free} at this branch, the best suited first. The price stays {price}.", free=free, price=price)


def _problem_words(state: OtherCarsState, now: datetime) -> str:
    problem, by = state.problem, state.taken_by
    if by is not None:
        zone = shown_zone(by.zone)
        until = branch_time(by.period.ends_at, zone, now=now)
        return tr(
            "{plate} was taken meanwhile: {renter_name}, booking {by}, by {booked_by}, until {until}. "
            "Nothing was changed.",
            plate=by.plate,
            renter_name=by.renter_name,
            by=booking_number(by.id),
            booked_by=by.booked_by,
            until=until,
        )
    zone = shown_zone(state.booking.zone if state.booking else "UTC")
    return (
        tr("{problem} Nothing was changed.", problem=say(problem, zone, now=now).text)
        if isinstance(problem, DriveSphereError)
        else ""
    )
