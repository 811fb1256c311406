"""The fleet as it is stored on this computer: to look at, not to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout

from desktop.models.rows import Column
from desktop.models.slices import PageTicket, SlicesModel
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.views.fleet.fleet_row import STATUS_TONES, STATUSES, short_km
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.damage import tell_partial
from desktop.views.parts.photos import covering
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.cards.car_card import CarCardText
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.cards.card_layout import GAP, PICTURE
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.words.messages import BODIES, FUELS, TRANSMISSIONS, amount, branch_name, counted, day_time, whole
from engine.domain.car.car import Car, CarStatus
from engine.domain.reports.copying import OwnCopy
from engine.domain.reports.report_period import moment
from engine.domain.shared.zones import AnyZone, shown_zone
from engine.words.tr import tr

_ALL = 5_000
_HINT = tr("open one for its bookings")
_COLUMNS: tuple[Column[Car], ...] = (Column(tr("Car"), lambda car: car.label, lambda car: car.label),)

_NONE = tr("When this copy was made, there was no car in the fleet.")


class StoredFleetPage(Page):
    def __init__(self, context: ViewContext, copy: OwnCopy, stamp: str) -> None:
        super().__init__()
        self._pictures: Mapping[str, bytes] = copy.pictures
        self._made: dict[str, QPixmap | None] = {}
        places = {branch.branch_id: branch_name(branch) for branch in copy.fleet.branches}
        cars = sorted(copy.fleet.cars, key=lambda car: (car.title, car.plate))
        service = {car.car_id: car.service for car in copy.fleet.own_cars}
        zone, as_of = shown_zone(copy.manifest.zone), copy.manifest.head.as_of
        self.model: SlicesModel[Car] = SlicesModel(_COLUMNS, _never, _ALL)

        def told(car: Car) -> CarCardText:
            text = _text(car, places.get(car.branch_id, ""))
            return replace(text, note=service_note(service.get(car.id, ()), as_of, zone))

        self.grid = CardGrid(context.theme, context.shimmer, told)
        self.grid.setModel(self.model)
        self.grid.set_photo_of(self._photo)
        self.content = Content(context, self.grid, inset=GAP // 2)
        retired = sum(car.status is CarStatus.RETIRED for car in cars)
        beside = (*((tr("{retired} retired", retired=whole(retired)),) if retired else ()), *((_HINT,) if cars else ()))
        cars_told = counted("{count} car", "{count} cars", len(cars) - retired)
        self.header = PageHeader(context.theme, tr("Fleet"), " · ".join((cars_told, *beside, stamp)))
        self.partial = Banner(context.theme)
        if not copy.manifest.head.complete:
            tell_partial(self.partial, tr("photos may be missing here"))
        above = QVBoxLayout()
        above.setContentsMargins(0, 0, 2 * GRID, 0)
        above.addWidget(self.partial)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 4 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addLayout(above)
        column.addWidget(self.content, 1)
        self.model.reset(len(cars))
        self.model.put_slice(self.model.ticket(0), cars)
        if not cars:
            self.content.show_empty(Icon.CAR, tr("No cars"), _NONE, "")

    def focus_first(self) -> None:
        self.content.take_focus()

    def _photo(self, car: Car) -> QPixmap | None:
        image_id = next(iter(car.image_ids), "")
        if image_id not in self._pictures:
            return None
        if image_id not in self._made:
            size: QSize = PICTURE
            self._made[image_id] = covering(self._pictures[image_id], size, self.devicePixelRatioF())
        return self._made[image_id]


def _text(car: Car, branch: str) -> CarCardText:
    return CarCardText(
        title=car.title,
        plate=f"{car.plate} · {car.year}",
        facts=(BODIES[car.body], FUELS[car.fuel], TRANSMISSIONS[car.transmission], short_km(car.odometer_km)),
        branch=branch,
        price=amount(car.daily_rate),
        per_day=tr("a day"),
        badge=STATUSES[car.status],
        badge_tone=STATUS_TONES[car.status],
        body_type=car.body.value,
        colour=car.colour,
    )


def service_note(periods: Iterable[tuple[int, int]], as_of: int, zone: AnyZone) -> str:
    """The first period of service that was not over at *as_of* (milliseconds since 1970); empty without one."""
    ahead = sorted(each for each in periods if each[1] > as_of)
    if not ahead:
        return ""
    start, end = (day_time(moment(at), zone, now=moment(as_of)) for at in ahead[0])
    return tr("In service until {end}", end=end) if ahead[0][0] <= as_of else tr("Service from {start}", start=start)


def _never(_ticket: PageTicket) -> None:
    """All cars come with the copy."""
