"""The panels of one renter: the details, somebody new, and a block."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.booking.booking import NewRenter
from desktop.viewmodels.people.renters import RentersState, RentersViewModel
from desktop.views.booking.renter_form import RenterForm
from desktop.views.booking.twin_choice import TwinChoice
from desktop.views.parts.form import Form
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.frame.banner import Banner
from desktop.widgets.text import Text
from desktop.words.figures import day_time, desk_zone
from desktop.words.messages import counted, say
from engine.domain.booking.booking import Booking
from engine.domain.people.renters import RenterFile, Twin
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.domain.shared.wall import on_wall, wall_of
from engine.words.tr import tr

_LONGEST = 400
_SHOWN = 5
_LIFTED, _THEN = tr("Until somebody lifts it"), tr("Until a day and time")
_FIRST = timedelta(days=7)


class DetailsPanel(FormPanel):
    """The details of one renter to be changed, or of somebody new; every mistake stands at its field."""

    def __init__(self, context: ViewContext, vm: RentersViewModel, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Renter"))
        self.vm = vm
        self._file: RenterFile | None = None
        self.banner, self.twins = Banner(context.theme), TwinChoice(context.theme)
        self.form = RenterForm(context.theme, stands_alone=True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(3 * GRID)
        for part in (self.banner, self.form, self.twins):
            column.addWidget(part)
        column.addStretch(1)
        self.set_content(content)
        self.form.sent.connect(self._submit)
        self.twins.taken.connect(self._take)
        self.twins.kept.connect(self._keep)
        vm.changed.connect(self.draw)

    def begin(self, file: RenterFile | None, first: str = "name") -> None:
        """*file* is to be changed, from the field *first* on; None is somebody new."""
        self.instead(lambda: self._begin(file, first))

    def draw(self, state: RentersState) -> None:
        if not self.is_open:
            return
        if state.done in ("mended", "added") and not state.busy:
            self.forget_form()
            self.close_panel()
            return
        self.form.setEnabled(not state.busy)
        self._tell(state.problem)
        name = self.form.lines["name"].text().strip()
        self.twins.draw(state.twins, name, state.country, added=False)

    def _begin(self, file: RenterFile | None, first: str) -> None:
        self.vm.forget_problem()
        self._file = file
        self.showing = file.id if file is not None else None
        self.set_title(file.renter.name if file is not None else tr("New renter"))
        self.form.begin_with("", self.vm.state.country)
        if file is not None:
            self.form.correct(file.renter, file.bill_to)
        self.twins.draw((), "", "", added=False)
        self.banner.clear()
        self.form.setEnabled(True)
        self.begin_form(self.form)
        self.open(self.form.fields[first])

    def _tell(self, problem: DriveSphereError | None) -> None:
        self.form.tell(problem if isinstance(problem, InvalidText) else None)
        if problem is None or isinstance(problem, InvalidText):
            self.banner.clear()
        else:
            self.banner.tell(Tone.WARNING if problem.retryable else Tone.DANGER, say(problem).text, closable=False)

    def _submit(self, new: NewRenter) -> None:
        if self._file is None:
            self.vm.add(new)
        else:
            self.vm.mend(new)

    def _take(self, twin: Twin) -> None:
        self.forget_form()
        self.close_panel()
        self.vm.open(twin.file.id)

    def _keep(self) -> None:
        self.vm.add(self.form.typed, tuple(twin.file.id for twin in self.twins.twins))


class BlockPanel(FormPanel):
    """Blocks a renter with a reason, or lifts the block with one."""

    def __init__(self, context: ViewContext, vm: RentersViewModel, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Block"))
        self._theme, self.vm = context.theme, vm
        self._file: RenterFile | None = None
        self.act = Button(context.theme, tr("Block this renter"), ButtonKind.DANGER)
        self.act.clicked.connect(self._submit)
        self.foot.addStretch(1)
        self.foot.addWidget(self.act)
        self._begin_form(lift=False)
        vm.changed.connect(self.draw)

    def begin(self, file: RenterFile) -> None:
        self.instead(lambda: self._begin(file))

    def draw(self, state: RentersState) -> None:
        if not self.is_open:
            return
        if state.done in ("blocked", "unblocked") and not state.busy:
            self.forget_form()
            self.close_panel()
            return
        self.act.setEnabled(not state.busy)
        self.form.tell_here(state.problem)
        self.standing.setText(_standing_words(state.standing))

    def _begin(self, file: RenterFile) -> None:
        self.vm.forget_problem()
        self._file = file
        self.showing = file.id
        lift = file.block is not None
        self._begin_form(lift=lift)
        name = file.renter.name
        self.set_title(tr("Lift the block of {renter}", renter=name) if lift else tr("Block {renter}", renter=name))
        self.act.setText(tr("Lift the block") if lift else tr("Block this renter"))
        self.act.setEnabled(True)
        self.begin_form(self.form)
        self.open(self.reason)
        if not lift:
            self.vm.ask_standing()

    def _begin_form(self, *, lift: bool) -> None:
        self.form = Form(self._theme, roomy=True)
        self.reason = QLineEdit(maxLength=_LONGEST)
        self.until = Combo()
        self.moment = MomentField(self._theme, tr("Until"), now=self.vm.now)
        self.moment.set_clock(desk_zone(), None)
        self.reason.returnPressed.connect(self._next)
        for words, then in ((_LIFTED, False), (_THEN, True)):
            self.until.addItem(words, then)
        self.until.currentIndexChanged.connect(self._offer_moment)
        self.moment.entered.connect(lambda: self.act.setFocus(Qt.FocusReason.OtherFocusReason))
        self.standing = Text(self._theme, "", ink="muted", wrap=True)
        if lift:
            self.form.add("note", tr("Why is the block lifted?"), self.reason)
        else:
            self.form.add("reason", tr("Why? Every desk is told this."), self.reason)
            self.form.add("how_long", tr("How long"), self.until)
            self.form.add("until", tr("Until, by this desk's clock"), self.moment)
            self._offer_moment()
            words = tr("Nothing new is booked for this renter then, at any branch. What is booked already stays.")
            self.form.add_row(Text(self._theme, words, ink="muted", wrap=True))
            self.form.add_row(self.standing)
        self.form.end()
        self.set_content(self.form)

    def _next(self) -> None:
        """Enter leads on; it never blocks anybody by itself."""
        target = self.until if self.until.isVisible() else self.act
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        if self._file is None or not self.act.isEnabled():
            return
        if self._file.block is not None:
            self.vm.unblock(self.reason.text())
            return
        if self.until.currentData() and (self.moment.undecided or self.moment.at_odds):
            # What stands there was not understood, or waits for an answer: it says so itself.
            self.moment.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.vm.block(self.reason.text(), self._until())

    def _until(self) -> datetime | None:
        """UTC; None until somebody lifts it."""
        return on_wall(self.moment.moment(), desk_zone()).moment if self.until.currentData() else None

    def _offer_moment(self) -> None:
        """A week from now stands there until another moment is typed."""
        then = bool(self.until.currentData())
        if then and self.moment.day() is None:
            day = wall_of(self.vm.now(), desk_zone()) + _FIRST
            self.moment.show_moment(day.replace(hour=12, minute=0, second=0, microsecond=0))
        self.form.show_field("until", shown=then)


def _standing_words(bookings: tuple[Booking, ...]) -> str:
    if not bookings:
        return ""
    lines = [f"{each.car_label}, {day_time(each.period.starts_at, desk_zone())}" for each in bookings[:_SHOWN]]
    more = [tr("and {bookings} more", bookings=len(bookings) - _SHOWN)] if len(bookings) > _SHOWN else []
    head = tr(
        "{bookings} made before, to be decided one by one:",
        bookings=counted("{count} booking", "{count} bookings", len(bookings)),
    )
    return "\n".join((head, *lines, *more))
