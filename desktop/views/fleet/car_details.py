"""A car looked at: its photos, its facts, and the bookings that count on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, RADIUS_CARD, Tone
from desktop.viewmodels.fleet.car_state import FleetCarStage, FleetCarState
from desktop.viewmodels.fleet.photo_files import NewPhoto
from desktop.views.fleet.fleet_row import status_of
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.cards.photo_strip import PhotoStrip
from desktop.widgets.cards.silhouette import Silhouettes
from desktop.widgets.frame.banner import Banner
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.text import Text
from desktop.words.booking_words import STANDINGS
from desktop.words.messages import (
    BODIES,
    FUELS,
    TRANSMISSIONS,
    booking_number,
    branch_name,
    branch_time,
    counted,
    rate,
    whole,
)
from engine.domain.car.car import Car, CarStatus
from engine.domain.car.fleet import Coming, Outlook
from engine.domain.car.photo import MOST_PHOTOS
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_HEIGHT = 196
_LABELS = (tr("Plate"), tr("Status"), tr("Branch"), tr("Rate"), tr("Odometer"), tr("Car"), tr("Seats"))
#: Bookings told one by one; more would push the rest of the panel away.
_TOLD = 5
_CONSEQUENCE = {
    CarStatus.ACTIVE: "",
    CarStatus.MAINTENANCE: tr("In maintenance the car takes no new bookings."),
    CarStatus.RETIRED: tr("A retired car takes no new bookings. You can bring it back at any time."),
}


class PhotoFrame(QWidget):
    """One photo as large as the panel is wide, or the silhouette where there is none."""

    def __init__(self, context: ViewContext, pixmap_of: Callable[[Hashable, QSize, float], QPixmap | None]) -> None:
        super().__init__()
        self._theme, self._pixmap_of = context.theme, pixmap_of
        self._silhouettes = Silhouettes()
        self._car: Car | None = None
        self._photo: Hashable | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        context.theme.changed.connect(self.update)

    def show_photo(self, car: Car | None, photo: Hashable | None) -> None:
        self._car, self._photo = car, photo
        self.setAccessibleName(tr("Photo of the car") if photo else tr("No photo of the car yet"))
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.picture))
        painter.drawRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
        ratio = self.devicePixelRatioF()
        photo = self._pixmap_of(self._photo, self.size(), ratio) if self._photo else None
        if photo is not None:
            painter.drawPixmap(self.rect(), photo)
        elif self._car is not None:
            inner = self.rect().adjusted(10 * GRID, 4 * GRID, -10 * GRID, -4 * GRID)
            drawn = self._silhouettes.pixmap(self._car.body.value, self._car.colour, inner.size(), ratio)
            painter.drawPixmap(QRect(inner), drawn)
        painter.end()


class CarDetails(QWidget):
    def __init__(self, context: ViewContext, photos: Photos, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._photos, self._now = photos, now
        self._state = FleetCarState()
        self.frame = PhotoFrame(context, self._pixmap)
        self.strip = PhotoStrip(context.theme, MOST_PHOTOS, self._pixmap)
        self.warning = Banner(context.theme)
        self.facts = FieldList(context.theme, context.shimmer)
        self.heading = Text(context.theme, bold=True)
        self.coming = FieldList(context.theme, context.shimmer)
        self.more = Text(context.theme, ink="muted", wrap=True)
        self.all_bookings = Button(context.theme, tr("All its bookings"), ButtonKind.QUIET, Icon.BOOKINGS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * GRID)
        for part in (self.warning, self.frame, self.strip, self.facts, self.heading, self.coming, self.more):
            column.addWidget(part)
        column.addWidget(self.all_bookings, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.all_bookings.hide()
        self.strip.chosen.connect(self._show_photo)
        photos.changed.connect(self._repaint)

    def draw(self, state: FleetCarState) -> None:
        self._state = state
        asked = state.stage is FleetCarStage.ASKED
        if state.car is None:
            return
        self.strip.show_photos(state.photos)
        self.strip.setVisible(len(state.photos) > 1 and not asked)
        self.frame.setVisible(not asked)
        self.facts.setVisible(not asked)
        self._show_photo(self.strip.current)
        self.facts.show_fields(_facts(state, state.car, self._now()))
        self._tell_coming(state)
        self._warn(state, state.car)

    def _warn(self, state: FleetCarState, car: Car) -> None:
        coming = len(state.outlook.seen) if state.outlook else 0
        if state.stage is FleetCarStage.ASKED and state.wanted is not None:
            words = f"{_CONSEQUENCE[state.wanted]} {_stay(coming)}"
            self.warning.tell(Tone.WARNING, words, closable=False)
        elif coming and car.status is not CarStatus.ACTIVE:
            words = counted(
                "The car is not for rent, and {count} booking still counts on it. The counter moves or cancels them.",
                "The car is not for rent, and {count} bookings still count on it. The counter moves or cancels them.",
                coming,
            )
            self.warning.tell(Tone.DANGER, words, closable=False)
        else:
            self.warning.clear()

    def _tell_coming(self, state: FleetCarState) -> None:
        if state.outlook is None:
            self.heading.setText(tr("Bookings that count on this car"))
            self.coming.show_skeleton(("", "")) if state.problem is None else self.coming.show_fields(())
            self.more.hide()
            return
        total, told = len(state.outlook.seen), state.outlook.first[:_TOLD]
        self.heading.setText(tr("Bookings that count on this car") if total else tr("No booking counts on this car"))
        self.coming.show_fields([_line(each, self._now()) for each in told])
        self.more.setText(tr("and {total} more", total=whole(total - len(told))))
        self.more.setVisible(total > len(told))

    def _show_photo(self, at: int) -> None:
        photos = self._state.photos
        self.frame.show_photo(self._state.car, photos[at] if at < len(photos) else None)

    def _pixmap(self, photo: Hashable, size: QSize, ratio: float) -> QPixmap | None:
        return pixmap_of(self._photos, photo, size, ratio)

    def _repaint(self) -> None:
        self.frame.update()
        self.strip.update()


def pixmap_of(photos: Photos, photo: Hashable, size: QSize, ratio: float) -> QPixmap | None:
    """Of a stored photo by its id, or of one that waits to be saved."""
    if isinstance(photo, NewPhoto):
        return photos.of_bytes(f"new {hash(photo.data)}", photo.thumbnail, size, ratio)
    return photos.pixmap(str(photo), size, ratio)


def _facts(state: FleetCarState, car: Car, now: datetime) -> list[LabelledValue]:
    branch = next((each for each in state.branches if each.id == car.branch_id), None)
    known = state.outlook or Outlook()
    values = (
        car.plate,
        status_of(car, out=known.out, away=known.away_at(now))[0],
        branch_name(branch) if branch else "",
        rate(car.daily_rate),
        tr("{odometer_km} km", odometer_km=whole(car.odometer_km)),
        f"{car.year}, {BODIES[car.body].lower()}, {FUELS[car.fuel].lower()}, {TRANSMISSIONS[car.transmission].lower()}",
        whole(car.seats),
    )
    return [LabelledValue(label, value) for label, value in zip(_LABELS, values, strict=True)]


def _line(coming: Coming, now: datetime) -> LabelledValue:
    zone = shown_zone(coming.zone)
    out = coming.period.starts_at <= now
    when = branch_time(coming.period.ends_at if out else coming.period.starts_at, zone, now=now)
    words = tr("out, back {when}", when=when) if out else tr("from {when}", when=when)
    standing = STANDINGS[coming.standing].lower()
    return LabelledValue(booking_number(coming.id), words if standing == "confirmed" else f"{words}, {standing}")


def _stay(coming: int) -> str:
    if coming == 1:
        return tr("The booking below stays as it is: the counter moves or cancels it with the renter.")
    return tr(
        "The {coming} bookings below stay as they are: the counter moves or cancels them with the renters.",
        coming=coming,
    )
