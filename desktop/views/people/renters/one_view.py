"""One renter: how they are reached, what was blocked, and every booking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.people.renters import RentersState, RentersViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.people.renters.notes import Notes
from desktop.views.people.renters.past import RenterPast
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from desktop.words.figures import day_time, desk_zone
from desktop.words.messages import counted, say
from desktop.words.renter_words import bill_to_text, block_words, driving_text, shared_words
from engine.domain.booking.booking import Booking
from engine.domain.people.people import RenterId
from engine.domain.people.phone import phone_text
from engine.domain.people.renters import RenterFile, RenterLook, Twin
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_LEFT_PX = 300


class RenterView(QWidget):
    """Signals: ``left`` back to the list; ``new_wanted`` a booking, ``change_wanted``, ``block_wanted``.

    ``merge_wanted`` carries the RenterId to be put beside, or None to look for one; ``booking_wanted`` a Booking.
    """

    left = Signal()
    new_wanted = Signal()
    change_wanted = Signal()
    block_wanted = Signal()
    merge_wanted = Signal(object)
    booking_wanted = Signal(object)

    def __init__(self, context: ViewContext, vm: RentersViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self._now, self._online = vm, now, True
        #: A booking that only another branch opens was pressed: said until something else is.
        self._foreign = False
        theme = context.theme
        self.back = Button(theme, tr("Renters"), ButtonKind.QUIET, Icon.BACK)
        self.header = PageHeader(theme, " ", " ")
        self.block = Button(theme, tr("Block …"))
        self.merge = Button(theme, tr("Merge …"))
        self.change = Button(theme, tr("Change"))
        self.new = Button(theme, tr("New booking"), ButtonKind.PRIMARY, Icon.ADD)
        self.problem, self.blocked, self.doubt = Banner(theme), Banner(theme), Banner(theme)
        self.apart = Button(theme, tr("Not the same"), ButtonKind.QUIET)
        self.phone = CopyLine(theme, tr("telephone"), lead=True)
        self.email = CopyLine(theme, tr("e-mail address"), lead=True)
        self.licence = CopyLine(theme, tr("licence number"), lead=True)
        self.bill_to, self.driving = Text(theme, wrap=True), Text(theme, size=TypeSize.SMALL, wrap=True)
        self.blocks = _Blocks(theme)
        self.notes = Notes(theme, now)
        self.past = RenterPast(context, vm, now)
        self.history = self.past.bookings
        self._lay_out(theme)
        self._connect()

    def focus_first(self) -> None:
        target = self.new if self.new.isEnabled() else self.back
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self.draw(self.vm.state)

    def draw(self, state: RentersState) -> None:
        look = state.look
        ready = look is not None and self._online and not state.busy
        blocked = look.file.blocked_at(self._now()) if look is not None else None
        self.new.setEnabled(look is not None and self._online and blocked is None)
        self.new.setToolTip(tr("Nothing new is booked for a blocked renter.") if blocked else "")
        for button, may in ((self.change, self.vm.may_mend), (self.merge, self.vm.may_merge)):
            button.setVisible(may)
            button.setEnabled(ready)
        self.block.setVisible(self.vm.may_block)
        self.block.setEnabled(ready)
        self.block.setText(tr("Lift block …") if look is not None and look.file.block is not None else tr("Block …"))
        self._draw_problem(state)
        self.notes.draw(state, self.vm.drafts, may=look is not None and self._online and self.vm.may_mend)
        if look is None:
            self.header.say(tr("Loading") if state.phase is Phase.LOADING else tr("Renter"), " ")
            for line in (self.phone, self.email, self.licence):
                line.show_value(" ")
            self.blocks.draw(None, self._now())
            self.blocked.clear()
            for text in (self.bill_to, self.driving):
                text.setText(" ")
            self._draw_doubt(None)
            return
        renter = look.file.renter
        self.header.say(renter.name, _facts(look))
        self.phone.show_value(phone_text(renter.phone))
        self.email.show_value(renter.email)
        self.licence.show_value(renter.licence or tr("not written down yet"))
        self.bill_to.setText(bill_to_text(look.file.bill_to))
        self.driving.setText(driving_text(renter))
        self.blocks.draw(look.file, self._now())
        if blocked is not None:
            self.blocked.tell(Tone.DANGER, block_words(blocked), closable=False)
        else:
            self.blocked.clear()
        self._draw_doubt(look)

    def _draw_problem(self, state: RentersState) -> None:
        self._foreign = self._foreign and state.look is not None
        if state.problem is None or isinstance(state.problem, InvalidText):
            if not self._foreign:
                self.problem.clear()
        else:
            tone = Tone.WARNING if state.problem.retryable else Tone.DANGER
            self.problem.tell(tone, say(state.problem, now=self._now()).text, tr("Load again"), closable=False)

    def _draw_doubt(self, look: RenterLook | None) -> None:
        twins = look.twins if look is not None else ()
        self.apart.setVisible(bool(twins) and self.vm.may_mend)
        if twins:
            step = tr("Compare and merge …") if self.vm.may_merge else ""
            self.doubt.tell(Tone.WARNING, _doubt_words(twins), step, closable=False)
        else:
            self.doubt.clear()

    def _first_twin(self) -> RenterId | None:
        look = self.vm.state.look
        return look.twins[0].file.id if look is not None and look.twins else None

    def _tell_apart(self) -> None:
        if (twin := self._first_twin()) is not None:
            self.vm.tell_apart(twin)

    def _draft(self, text: str) -> None:
        if self.vm.state.wanted is not None:
            self.vm.drafts[self.vm.state.wanted] = text

    def _open(self, booking: Booking) -> None:
        self._foreign = not self.vm.may_open(booking)
        if not self._foreign:
            self.problem.clear()
            self.booking_wanted.emit(booking)
        else:
            self.problem.tell(
                Tone.NEUTRAL, tr("This booking belongs to another branch; only that branch opens it."), closable=False
            )

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.new.clicked.connect(self.new_wanted)
        self.change.clicked.connect(self.change_wanted)
        self.block.clicked.connect(self.block_wanted)
        self.merge.clicked.connect(lambda: self.merge_wanted.emit(None))
        self.doubt.acted.connect(lambda: self.merge_wanted.emit(self._first_twin()))
        self.apart.clicked.connect(self._tell_apart)
        self.problem.acted.connect(self._again)
        self.past.booking_opened.connect(self._open)
        self.past.new_wanted.connect(self.new_wanted)
        self.notes.added.connect(self.vm.note)
        self.notes.drafted.connect(self._draft)
        for line in (self.phone, self.email, self.licence):
            line.copied.connect(lambda text: announce(self, tr("{text_} copied", text_=text)))
        self.vm.changed.connect(self.draw)

    def _again(self) -> None:
        self.vm.forget_problem()
        self.vm.reload()

    def _lay_out(self, theme: Theme) -> None:
        for action in (self.merge, self.block, self.change, self.new):
            self.header.add_action(action)
        halves = QHBoxLayout()
        halves.setSpacing(4 * GRID)
        halves.addWidget(self._cards(theme))
        halves.addWidget(self.past, 1)
        doubt = QHBoxLayout()
        doubt.addWidget(self.doubt, 1)
        doubt.addWidget(self.apart)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 3 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self.header)
        column.addWidget(self.problem)
        column.addWidget(self.blocked)
        column.addLayout(doubt)
        column.addLayout(halves, 1)

    def _cards(self, theme: Theme) -> QScrollArea:
        """How the renter is reached, and the blocks; they scroll where the window is low."""
        contact, blocks, notes = Panel(theme), Panel(theme), Panel(theme)
        contact.body.addWidget(Text(theme, tr("Contact and licence"), size=TypeSize.LEAD, bold=True))
        for words, line in ((tr("Telephone"), self.phone), ("E-mail", self.email), (tr("Licence"), self.licence)):
            contact.body.addWidget(Text(theme, words, size=TypeSize.SMALL, ink="muted"))
            contact.body.addWidget(line)
        contact.body.addWidget(self.driving)
        contact.body.addWidget(Text(theme, tr("On invoices"), size=TypeSize.SMALL, ink="muted"))
        contact.body.addWidget(self.bill_to)
        blocks.body.addWidget(Text(theme, tr("Blocks"), size=TypeSize.LEAD, bold=True))
        blocks.body.addWidget(self.blocks)
        left = QWidget()
        cards = QVBoxLayout(left)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(4 * GRID)
        notes.body.addWidget(Text(theme, tr("Notes"), size=TypeSize.LEAD, bold=True))
        notes.body.addWidget(self.notes)
        for card in (contact, blocks, notes):
            cards.addWidget(card)
        cards.addStretch(1)
        room = QScrollArea(widgetResizable=True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.viewport().setAutoFillBackground(False)
        room.setWidget(left)
        left.setAutoFillBackground(False)
        room.setFixedWidth(_LEFT_PX)
        return room


class _Blocks(QWidget):
    """The blocks of one, the newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._file: RenterFile | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(GRID)

    def draw(self, file: RenterFile | None, now: datetime) -> None:
        if file is not None and file == self._file:
            return
        self._file = file
        while (line := self._lines.takeAt(0)) is not None:
            if (widget := line.widget()) is not None:
                widget.deleteLater()
        if file is None:
            return
        if file.block is not None:
            self._add(tr("Blocked") if file.block.holds_at(now) else tr("Blocked, run out"), "danger")
            self._add(block_words(file.block), "muted")
        for past in reversed(file.past_blocks):
            self._add(tr("Lifted"), "positive")
            self._add(tr("{at} by {by}: {note}", at=_when(past.at), by=past.by, note=past.note), "muted")
            self._add(block_words(past.block), "muted")
        if not self._lines.count():
            self._add(tr("Never blocked."), "muted")
        self._add(tr("A blocked renter gets no new booking; what is booked already stands."), "muted")

    def _add(self, words: str, ink: str) -> None:
        line = Text(self._theme, words, wrap=True, bold=ink != "muted")
        line.set_ink(ink)  # type: ignore[arg-type]  # one of the inks above
        line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lines.addWidget(line)


def _facts(look: RenterLook) -> str:
    file = look.file
    changed = (
        tr("changed {changed_at} by {changed_by}", changed_at=_when(file.changed_at), changed_by=file.changed_by)
        if file.changed_at is not None
        else ""
    )
    since = tr("Renter since {since}", since=_when(look.since)) if look.since is not None else tr("No bookings yet")
    count = counted("{count} booking", "{count} bookings", look.bookings) if look.bookings else ""
    return " · ".join(part for part in (since, count, changed) if part)


def _doubt_words(twins: tuple[Twin, ...]) -> str:
    first = twins[0]
    more = (
        tr(" {others} may be, too.", others=counted("{count} other", "{count} others", len(twins) - 1))
        if len(twins) > 1
        else ""
    )
    told = tr("“{renter}” has the {shared}", renter=first.file.renter.name, shared=shared_words(first.shared))
    return tr(
        "Perhaps the same person twice. {told} · {bookings}.{more}",
        told=told,
        bookings=counted("{count} booking", "{count} bookings", first.bookings),
        more=more,
    )


def _when(at: datetime) -> str:
    return day_time(at, desk_zone())
