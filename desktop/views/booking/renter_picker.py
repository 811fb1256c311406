"""Who drives: found by typing, or added."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.dialogs import About, Question
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.booking.booking import NewRenter, PanelStage, PanelState
from desktop.views.booking.renter_form import RenterForm
from desktop.views.booking.renter_list import RenterList
from desktop.views.booking.twin_choice import TwinChoice
from desktop.views.parts.near import found_words
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.frame.banner import Banner
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text
from desktop.words.renter_words import block_words
from engine.domain.people.people import Renter
from engine.domain.people.phone import phone_text
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

HINT = tr("Name, e-mail or phone")
#: The index answers within milliseconds; somebody waits at the counter.
_PAUSE_MS = 120


class RenterPicker(QWidget):
    """Who is known twice or blocked is told here, before anything is booked.

    Signals:
        searched: A text.
        chosen: A Renter, or None to choose again.
        added: A NewRenter, and the ids of those who are somebody else though they share a telephone.
        mended: A Renter whose details were refused, and the NewRenter with other ones.
    """

    searched = Signal(str)
    chosen = Signal(object)
    added = Signal(object, object)
    mended = Signal(object, object)

    def __init__(self, theme: Theme, *, own: bool = False, parent: QWidget | None = None) -> None:
        """*own*: the account rents for itself, there is nobody to choose."""
        super().__init__(parent)
        self._own = own
        self._told = self._country = ""
        self._answered = False
        self._renter: Renter | None = None
        self.field = SearchField(theme, HINT, pause_ms=_PAUSE_MS)
        self.list = RenterList(theme)
        self.word = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.new = Button(theme, tr("New renter"), ButtonKind.QUIET, Icon.ADD)
        self.form = RenterForm(theme)
        self.name = Text(theme, bold=True, wrap=True)
        # A long name wraps or is cut; it does not widen the panel.
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.phone, self.email = CopyLine(theme, tr("telephone"), lead=False), CopyLine(theme, tr("e-mail address"))
        self.blocked = Banner(theme)
        self.twins = TwinChoice(theme)
        self._mending: Renter | None = None
        self.change = Button(theme, tr("Change"), ButtonKind.QUIET)
        self._seek, self._card = QWidget(), QWidget()
        self._lay_out(theme)
        self.field.installEventFilter(self)
        self.field.searched.connect(self._ask)
        self.list.chosen.connect(self.chosen)
        self.new.clicked.connect(lambda: self._open_form(shown=True))
        self.form.left.connect(lambda: self._open_form(shown=False))
        self.form.sent.connect(self._submit)
        self.twins.taken.connect(lambda twin: self.chosen.emit(twin.file.renter))
        self.twins.kept.connect(self._keep)
        self.change.clicked.connect(lambda: self.chosen.emit(None))

    def unsaved(self) -> Question | None:
        """A renter who is half filled in; see ``Told.unsaved``."""
        if not self.form.is_filled:
            return None
        typed = {name: field.text().strip() for name, field in self.form.lines.items()}
        return Question(
            tr("Leave without adding this renter?"),
            tr("What you filled in for this renter is not added yet and would be lost."),
            tr("Leave, lose what was typed"),
            tr("Go on with the renter"),
            about=About(typed["name"] or tr("New renter"), "", typed["email"], typed["phone"]),
            grave=True,
            final=True,
        )

    @property
    def country(self) -> str:
        """Where numbers without a + belong."""
        return self._country

    def begin(self, country: str = "") -> None:
        """For another booking: nothing typed, nobody found. Numbers without a + are those of *country*."""
        self._told, self._country, self._answered = "", country, False
        self.field.reset()
        self.list.show_renters(())
        self.form.hide()
        # The one before may have been left with its form open, or with a renter chosen.
        self._renter = self._mending = None
        self._card.hide()
        self.twins.hide()
        self.blocked.clear()
        self._seek.show()

    def begin_new(self, name: str) -> None:
        """For somebody new, called *name*."""
        self._open_form(shown=True)
        self.form.begin_with(name, self._country)

    def correct(self, renter: Renter, country: str) -> None:
        """For another booking of somebody whose details were refused: the form, filled with them."""
        self.begin(country)
        self._open_form(shown=True)
        self._mending = renter
        self.form.correct(renter)

    def draw(self, state: PanelState) -> None:
        chosen = state.renter
        if chosen is not None:
            self.name.setText(chosen.name)
            self.phone.show_value(phone_text(chosen.phone, state.country), phone_text(chosen.phone))
            self.email.show_value(chosen.email)
            self.form.hide()
        elif self._renter is not None:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            # Whoever types now looks for somebody else.
            self.field.selectAll()
        self._renter = chosen
        self.change.setVisible(state.stage is PanelStage.RENTER and not self._own)
        self._card.setVisible(chosen is not None)
        self._seek.setVisible(chosen is None and self.form.isHidden())
        self._draw_found(state)
        self._draw_doubts(state)
        if not self.form.isHidden():
            self.form.tell(state.problem if isinstance(state.problem, InvalidText) else None)

    def says(self, problem: object) -> bool:
        """Whether *problem* is told at one of the form's fields."""
        return isinstance(problem, InvalidText) and not self.form.isHidden() and problem.field in self.form.fields

    def _draw_doubts(self, state: PanelState) -> None:
        """Who is known twice, and who is blocked."""
        name = state.renter.name if state.renter is not None else self.form.lines["name"].text().strip()
        self.twins.draw(state.twins, name, state.country, added=state.renter is not None)
        if state.renter is not None and state.blocked is not None:
            words = tr("Nothing new is booked for this renter. {blocked}", blocked=block_words(state.blocked))
            self.blocked.tell(Tone.DANGER, words, closable=False)
        else:
            self.blocked.clear()

    def _submit(self, new: NewRenter) -> None:
        if self._mending is not None:
            self.mended.emit(self._mending, new)
        else:
            self.added.emit(new, ())

    def _keep(self) -> None:
        """It is somebody else."""
        if self._renter is not None:
            self.chosen.emit(self._renter)
        else:
            self.added.emit(self.form.typed, tuple(twin.file.id for twin in self.twins.twins))

    def _draw_found(self, state: PanelState) -> None:
        if state.searching:
            self.word.setText(tr("Searching …"))
            return
        self._answered = bool(self._told)
        found = state.found
        self.list.show_renters(found.rows if self._told else (), state.country)
        if not self._told:
            self.word.setText(tr("Type the beginning of a first or family name, an e-mail address or a phone number."))
        elif found.rows:
            told = (found_words(found, self._told), tr("Enter takes the marked one."))
            self.word.setText(" ".join(filter(None, told)))
        else:
            self.word.setText(tr("Nobody found. Enter adds a new renter."))

    def _take_answer(self) -> None:
        """The marked one; where nobody was found, somebody new."""
        if self.list.count():
            self.list.choose_current()
        else:
            self._open_form(shown=True)

    def _ask(self, text: str) -> None:
        self._told, self._answered = text, False
        self.searched.emit(text)

    def _open_form(self, *, shown: bool) -> None:
        self.form.setVisible(shown)
        self._seek.setVisible(not shown)
        self._mending = None
        self.twins.hide()
        if shown:
            self.form.begin_with(self.field.text().strip(), self._country)
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, theme: Theme) -> None:
        seek = QVBoxLayout(self._seek)
        seek.setContentsMargins(0, 0, 0, 0)
        seek.setSpacing(GRID)
        for widget in (self.field, self.word, self.list):
            seek.addWidget(widget)
        seek.addWidget(self.new, 0, Qt.AlignmentFlag.AlignLeading)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.phone)
        words.addWidget(self.email)
        card = QHBoxLayout(self._card)
        card.setContentsMargins(0, 0, 0, 0)
        card.addLayout(words, 1)
        card.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(Text(theme, tr("Renter"), size=TypeSize.LEAD, bold=True))
        for part in (self._card, self.blocked, self.twins, self._seek, self.form):
            column.addWidget(part)
        self.form.hide()

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if event.key() in steps and self.list.count():
                self.list.step(steps[Qt.Key(event.key())])
                return True
            enter = plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and self._answered and self.field.text().strip() == self._told:
                self._take_answer()
                return True
        return super().eventFilter(watched, event)
