"""One car in detail: pictures, price, its coming weeks and facts; from here on it is booked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.search.car import CarState
from desktop.views.marks.marks_part import MarksPart
from desktop.views.parts.photos import Photos
from desktop.views.parts.price_lines import elsewhere_words, price_lines
from desktop.views.parts.view_context import ViewContext, Workspace, announce
from desktop.views.search.availability import DAYS, heads, keys, lead_of, lines, strip_days, wished_days
from desktop.views.search.why_not import WhyNot
from desktop.widgets.availability_strip import AvailabilityStrip
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.cards.photo_view import PhotoView
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.loading.loading import Loading, WaitLook
from desktop.widgets.text import Text
from desktop.words.messages import BODIES, FUELS, TRANSMISSIONS, branch_name, counted, day_time, say, whole
from engine.domain.car.availability import Blocked
from engine.domain.car.car import Branch, Car
from engine.domain.car.catalogue import Offer
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr

_READABLE = Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
_AS_LIST, _AS_STRIP = tr("As a list"), tr("As a calendar")


class CarPanel(SidePanel):
    """The last thing before a booking.

    Signals:
        book_wanted: Carries Offer, period and branch.
        times_wanted: The period in which a car is free.
        task_failed: An exception nobody foresaw.
    """

    book_wanted = Signal(object, object, object)
    times_wanted = Signal(object)
    task_failed = Signal(object)

    def __init__(self, context: ViewContext, workspace: Workspace, photos: Photos, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Car"))
        self._stored = photos
        self._pictured: Car | None = None
        self._drawn: Offer | Blocked | None = None
        self.vm, self._now, self._actor = workspace.car, workspace.now, workspace.actor
        self._online = True
        self.photos = PhotoView(context.theme)
        self.plate = Text(context.theme, ink="muted")
        self.elsewhere = Text(context.theme, ink="warning", bold=True, wrap=True)
        self.why_not = WhyNot(context.theme)
        self.price = FieldList(context.theme, context.shimmer)
        self.problem = Banner(context.theme)
        self.strip = AvailabilityStrip(context.theme, context.shimmer, heads(), keys())
        self.as_list = Button(context.theme, _AS_LIST, ButtonKind.QUIET)
        self.list = Text(context.theme, wrap=True)
        self.facts = FieldList(context.theme, context.shimmer)
        self.marks = MarksPart(context.theme, self.vm.marks, workspace.now)
        self.main = Button(context.theme, tr("Book"), ButtonKind.PRIMARY)
        self._listed = False
        self.loading = Loading(self)
        self._lay_out_car(context)
        self.main.clicked.connect(self.go_on)
        self.why_not.other_wanted.connect(self._show_other)
        self.why_not.countdown.ended.connect(self.vm.load)
        self.as_list.clicked.connect(self._turn)
        self.problem.acted.connect(self._load_again)
        self.loading.changed.connect(lambda _showing: self._draw_weeks(self.vm.state))
        self.closed.connect(self.vm.close)
        photos.changed.connect(self._photos_came)
        self.marks.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self.draw)
        self.draw(self.vm.state)

    def open_car(self, found: Offer | Blocked, period: RentalPeriod, branch: Branch) -> None:
        self._listed = False
        self.loading.begin(has_rows=False)
        self.vm.open(found, period, branch)
        self.open(self.main if self.main.isEnabled() and not self.main.isHidden() else None)

    def stop(self) -> None:
        """The session ends."""
        self.why_not.countdown.stop()
        self.marks.stop()
        self.hide()

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self.marks.draw(online=online)
        self._draw_foot(self.vm.state)

    def may_book(self) -> bool:
        return self.isVisible() and self._online and isinstance(self.vm.state.found, Offer)

    def go_on(self) -> None:
        """To the booking of a free car; to the time at which a taken one is free."""
        state = self.vm.state
        if isinstance(state.found, Offer) and state.period is not None and state.branch is not None:
            self.book_wanted.emit(state.found, state.period, state.branch)
        elif isinstance(state.found, Blocked) and state.found.next_free is not None:
            self.times_wanted.emit(state.found.next_free)

    def draw(self, state: CarState) -> None:
        if state.found is None or state.branch is None:
            return
        car = state.found.car
        self.set_title(car.title)
        self.plate.setText(f"{car.plate} · {branch_name(state.branch)}")
        self.elsewhere.setText(elsewhere_words(state.branch, self._actor))
        self.elsewhere.setVisible(bool(self.elsewhere.text()))
        self._draw_pictures(car)
        self.why_not.draw(state.found, state.branch, self._now(), self.vm.hold_left_s(), self._actor.account)
        offer = state.found if isinstance(state.found, Offer) else None
        self.price.show_fields(
            price_lines(state.period, state.branch.clock, offer.quote if offer else None, self._now())
        )
        self.facts.show_fields(_facts(car))
        if state.calendar is not None:
            self.loading.settle()
        elif state.problem is not None:
            self.loading.fail()
        self._draw_weeks(state)
        self._draw_foot(state)
        # What the button is about, for those who hear it only: the focus is there as soon as the panel is.
        self.main.setAccessibleDescription(f"{car.title}. {self.why_not.spoken or self.price.accessibleDescription()}")
        self._tell_turn(state.found)

    def _tell_turn(self, found: Offer | Blocked) -> None:
        """A car that another desk took, or set free, while somebody has it open is said aloud."""
        before, self._drawn = self._drawn, found
        turned = before is not None and isinstance(before, Blocked) is not isinstance(found, Blocked)
        if turned and before is not None and before.car.id == found.car.id and self.isVisible():
            announce(
                self, tr("{title}. {spoken}", title=found.car.title, spoken=self.why_not.spoken or tr("Free again"))
            )

    def _draw_pictures(self, car: Car) -> None:
        """Each takes its place once it is there; until the first is, the drawing stands for all."""
        if car != self._pictured:
            self._pictured = car
            self.photos.show_silhouette(car.body.value, car.colour, car.title)
        size, ratio = QSize(self.photos.width(), self.photos.height()), self.devicePixelRatioF()
        there = [self._stored.pixmap(image_id, size, ratio) for image_id in car.image_ids]
        pictures = [picture for picture in there if picture is not None]
        if len(pictures) != self.photos.count:
            self.photos.show_photos(pictures)

    def _photos_came(self) -> None:
        if self.isVisible() and self.vm.state.car is not None:
            self._draw_pictures(self.vm.state.car)

    def _draw_weeks(self, state: CarState) -> None:
        if state.branch is None or state.span is None or state.period is None:
            return
        zone, now = state.branch.clock, self._now()
        lead = lead_of(state.span, zone)
        if state.problem is not None:
            told = say(state.problem)
            self.problem.tell(
                Tone.WARNING,
                tr("The coming weeks could not be loaded. {told}", told=told.text),
                tr("Try again"),
                closable=False,
            )
        else:
            self.problem.clear()
        look = self.loading.showing.look
        if state.calendar is None or look is not WaitLook.CONTENT:
            self.strip.show_skeleton(lead, DAYS, lit=look is WaitLook.SKELETON)
        else:
            wished = wished_days(state.period, state.span, zone)
            self.strip.show_days(strip_days(state.calendar, zone, now), lead, wished)
            self.list.setText("\n".join(lines(state.calendar, zone, now)))
        self.strip.setVisible(not self._listed and state.problem is None)
        self.list.setVisible(self._listed and state.calendar is not None)
        self.as_list.setText(_AS_STRIP if self._listed else _AS_LIST)
        self.as_list.setEnabled(state.calendar is not None)

    def _draw_foot(self, state: CarState) -> None:
        if state.branch is None:
            return
        found = state.found
        if isinstance(found, Blocked):
            free = found.next_free
            self.main.setVisible(free is not None)
            self.main.setText(
                tr("Choose {starts_at}", starts_at=day_time(free.starts_at, state.branch.clock, now=self._now()))
                if free
                else ""
            )
            self.main.setEnabled(True)
            return
        self.main.setVisible(True)
        self.main.setText(tr("Book"))
        self.main.setEnabled(self._online)
        self.main.setToolTip("" if self._online else tr("There is no connection to the database."))

    def _show_other(self) -> None:
        state = self.vm.state
        if isinstance(state.found, Blocked) and state.found.instead and state.period and state.branch:
            self.open_car(state.found.instead, state.period, state.branch)

    def _load_again(self) -> None:
        self.loading.begin(has_rows=False)
        self.vm.load()

    def _turn(self) -> None:
        self._listed = not self._listed
        self._draw_weeks(self.vm.state)

    def _lay_out_car(self, context: ViewContext) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 2 * GRID, 0)
        column.setSpacing(3 * GRID)
        weeks = Text(context.theme, tr("Coming weeks"), size=TypeSize.LEAD, bold=True)
        facts = Text(context.theme, tr("Facts"), size=TypeSize.LEAD, bold=True)
        above: tuple[QWidget, ...] = (self.plate, self.elsewhere, self.photos, self.why_not, self.price)
        below: tuple[QWidget, ...] = (self.problem, self.strip, self.list, facts, self.facts, self.marks)
        for part in above:
            column.addWidget(part)
        head = QHBoxLayout()
        head.addWidget(weeks, 1)
        head.addWidget(self.as_list)
        column.addLayout(head)
        for part in below:
            column.addWidget(part)
        column.addStretch(1)
        self.list.setTextInteractionFlags(_READABLE)
        self.list.hide()
        self.set_content(content)
        self.foot.addWidget(self.main, 1)


def _facts(car: Car) -> list[LabelledValue]:
    return [
        LabelledValue(tr("Body"), BODIES[car.body]),
        LabelledValue(tr("Fuel"), FUELS[car.fuel]),
        LabelledValue(tr("Gears"), TRANSMISSIONS[car.transmission]),
        LabelledValue(tr("Seats"), counted("{count} seat", "{count} seats", car.seats)),
        LabelledValue(tr("Year"), str(car.year)),
        LabelledValue(tr("Odometer"), tr("{odometer_km} km", odometer_km=whole(car.odometer_km))),
    ]
