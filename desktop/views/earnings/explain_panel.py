"""Explain this number: how it is made, the bookings behind it, and for each its payments and its commission rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.earnings.explain import ExplainState, ExplainViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.earnings.earnings_words import MEANINGS, NAMES, hours, value_text
from desktop.views.earnings.posting_fields import posting_field
from desktop.views.parts.asked_slices import AskedSlices
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.text import Text
from desktop.words.figures import amount, counted, day_time, percent, whole
from desktop.words.messages import booking_number, damage_words, say
from engine.domain.booking.booking import BookingId
from engine.domain.money.money import Money
from engine.domain.reports.earnings import Figures
from engine.domain.reports.figure_sources import COUNTED, PAGE, Explanation, Figure, SourceLine
from engine.domain.reports.report_period import moment
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_SKELETON = 6
_HINT = tr("Press Enter on a booking for its payments and its commission.")


class ExplainPanel(SidePanel):
    """Signals: ``booking_wanted`` carries the id of the booking that is to be opened."""

    booking_wanted = Signal(str)

    def __init__(
        self, context: ViewContext, vm: ExplainViewModel, host: QWidget, now: Callable[[], datetime], *, opens: bool
    ) -> None:
        """*opens*: whether a booking has a panel that tells more of it; a stored one has none."""
        super().__init__(context.theme, host)
        self.vm, self._now, self._opens, self._shown = vm, now, opens, ""
        self._figure = Figure.NET
        theme, clock = context.theme, context.shimmer
        self.about = Text(theme, ink="muted", wrap=True)
        self.value = Text(theme, size=TypeSize.HERO, bold=True)
        self.meaning = Text(theme, wrap=True)
        self.sums = FieldList(theme, clock)
        self.banner = Banner(theme)
        self.model: AskedSlices[SourceLine] = AskedSlices(self._columns(), vm, lambda page: page.lines, PAGE)
        self.lines = RecordTable(theme, clock)
        self.lines.setModel(self.model)
        self.lines.setMinimumHeight(64 * GRID)
        self.lines.setAccessibleName(tr("Bookings behind this figure"))
        self.hint = Text(theme, _HINT, ink="muted", wrap=True)
        self.detail_title = Text(theme, size=TypeSize.LEAD, bold=True)
        self.detail = FieldList(theme, clock)
        self.open_booking = Button(theme, tr("Open booking"))
        self._lay_out_content()
        vm.changed.connect(self.draw)
        self.lines.visible_rows.connect(self.model.want_rows)
        self.lines.retry_wanted.connect(self.model.retry)
        self.lines.chosen.connect(self._show_line)
        self.banner.acted.connect(vm.again)
        self.open_booking.clicked.connect(lambda: self.booking_wanted.emit(self._shown))

    def draw(self, state: ExplainState) -> None:
        if state.question is None or state.figures is None:
            return
        self._figure = state.question.figure
        self.set_title(NAMES[self._figure])
        self.about.setText(state.about)
        self.value.setText(value_text(self._figure, state.figures))
        self.meaning.setText(MEANINGS[self._figure])
        self._show_line(None)
        if state.phase is Phase.LOADING:
            self.banner.clear()
            self.sums.show_skeleton([field.label for field in _sums(self._figure, state.figures, None)])
            self.model.forget(_SKELETON)
        elif state.phase is Phase.FAILED and state.problem is not None:
            self.model.forget()
            self.sums.show_fields(_sums(self._figure, state.figures, None))
            self.banner.tell(Tone.DANGER, say(state.problem).text, tr("Try again"), closable=False)
        elif state.first is not None:
            self.banner.clear()
            self.sums.show_fields(_sums(self._figure, state.figures, state.first))
            self.model.begin(state.first.count, state.first.lines)
            self.hint.setText(_HINT if state.first.count else tr("No booking is behind this figure."))

    def _columns(self) -> tuple[Column[SourceLine], ...]:
        return (
            Column(tr("Booking"), _number, _id, weight=4),
            Column(tr("Car"), lambda line: line.rental.car_label.split(" · ")[-1], _id, weight=3),
            Column(tr("Part"), self._part, _id, numeric=True, weight=3),
        )

    def _part(self, line: SourceLine) -> str:
        if self._figure is Figure.UTILISATION:
            return hours(line.rented_ms)
        if self._figure is Figure.LENGTH:
            return counted("{count} day", "{count} days", line.rental.days)
        currency = line.postings[0].currency if line.postings else line.rental.currency
        return amount(Money(line.minor, currency))

    def _show_line(self, line: SourceLine | None) -> None:
        for widget in (self.detail_title, self.detail):
            widget.setVisible(line is not None)
        self.open_booking.setVisible(self._opens and line is not None)
        if line is None:
            return
        rental = line.rental
        if (damaged := rental.damage) is not None:
            self._shown = rental.booking_id
            self.detail_title.setText(damaged.line)
            self.detail.show_fields([LabelledValue(tr("What is wrong"), damage_words(damaged))])
            return
        self._shown = rental.booking_id
        zone, now = shown_zone(rental.zone), self._now()
        self.detail_title.setText(tr("Booking {booking_id}", booking_id=booking_number(BookingId(rental.booking_id))))
        fields = [
            LabelledValue(tr("Car"), rental.car_label),
            LabelledValue(tr("From"), day_time(moment(rental.starts), zone, now=now)),
            LabelledValue(tr("Until"), day_time(moment(rental.ends), zone, now=now)),
            LabelledValue(tr("State"), rental.state.replace("_", " ").capitalize()),
            LabelledValue(
                tr("Price"),
                tr(
                    "{minor}, {days}",
                    minor=amount(Money(rental.minor, rental.currency)),
                    days=counted("{count} day", "{count} days", rental.days),
                ),
            ),
            LabelledValue(
                tr("Commission rule"),
                tr("{commission_bp}, agreed when booked", commission_bp=percent(rental.commission_bp)),
            ),
        ]
        fields += [posting_field(row, zone, now) for row in line.postings]
        self.detail.show_fields(fields)
        self.detail.setMinimumHeight(self.detail.sizeHint().height())

    def _lay_out_content(self) -> None:
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 2 * GRID, 0)
        column.setSpacing(2 * GRID)
        for widget in (self.about, self.value, self.meaning, self.sums, self.banner, self.lines, self.hint):
            column.addWidget(widget)
        column.addWidget(self.detail_title)
        column.addWidget(self.detail)
        column.addStretch(1)
        self.set_content(room)
        self.foot.addWidget(self.open_booking, 1)
        self.lines.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _sums(figure: Figure, figures: Figures, answer: Explanation | None) -> list[LabelledValue]:
    """What the figure is made of, in the order in which it is computed."""
    count = "" if answer is None else whole(answer.count)
    if figure is Figure.UTILISATION:
        return [
            LabelledValue(tr("Rented"), hours(figures.rented_ms), amount=True),
            LabelledValue(tr("Could be rented"), hours(figures.available_ms), amount=True),
            LabelledValue(tr("Rentals"), count, amount=True),
        ]
    if figure is Figure.PER_CAR_DAY:
        revenue = Money(figures.gross_minor + figures.refunds_minor, figures.currency)
        return [
            LabelledValue(tr("Gross less refunds"), amount(revenue), amount=True),
            LabelledValue(tr("Could be rented"), hours(figures.available_ms), amount=True),
            LabelledValue(tr("Bookings"), count, amount=True),
        ]
    if figure in COUNTED:
        paid = Money(figures.paid_minor, figures.currency)
        return [
            LabelledValue(tr("Price of the rentals"), amount(paid), amount=True),
            LabelledValue(tr("Billed days"), whole(figures.days), amount=True),
            LabelledValue(tr("Rentals"), whole(figures.rentals), amount=True),
        ]
    minor = "" if answer is None else amount(Money(answer.minor, figures.currency))
    return [LabelledValue(tr("Bookings"), count, amount=True), LabelledValue(tr("Together"), minor, amount=True)]


def _id(line: SourceLine) -> str:
    return line.rental.booking_id


def _number(line: SourceLine) -> str:
    damaged = line.rental.damage
    return damaged.line if damaged is not None else booking_number(BookingId(line.rental.booking_id))
