"""Who drives: found by typing, or added."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking import PanelState, Stage
from desktop.views.client.renter_form import RenterForm
from desktop.views.client.renter_list import RenterList
from desktop.widgets.button import Button, Kind
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text
from engine.domain.errors import InvalidText
from engine.domain.people import Renter
from engine.domain.phone import phone_text

HINT = "Name, e-mail or phone"
#: The index answers within milliseconds; somebody waits at the counter.
_PAUSE_MS = 120


class RenterPicker(QWidget):
    """Signals: ``searched`` text, ``chosen`` a Renter or None to choose again, ``added`` a NewRenter."""

    searched = Signal(str)
    chosen = Signal(object)
    added = Signal(object)

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
        self.new = Button(theme, "New renter", Kind.QUIET, Icon.ADD)
        self.form = RenterForm(theme)
        self.name = Text(theme, bold=True, wrap=True)
        self.contact = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        for words in (self.name, self.contact):
            # A long name wraps or is cut; it does not widen the panel.
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.change = Button(theme, "Change", Kind.QUIET)
        self._seek, self._card = QWidget(), QWidget()
        self._lay_out(theme)
        self.field.installEventFilter(self)
        self.field.searched.connect(self._ask)
        self.list.chosen.connect(self.chosen)
        self.new.clicked.connect(lambda: self._open_form(shown=True))
        self.form.left.connect(lambda: self._open_form(shown=False))
        self.form.submitted.connect(self.added)
        self.change.clicked.connect(lambda: self.chosen.emit(None))

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
        self._renter = None
        self._card.hide()
        self._seek.show()

    def correct(self, renter: Renter, country: str) -> None:
        """For another booking of somebody whose details were refused: the form, filled with them."""
        self.begin(country)
        self._open_form(shown=True)
        self.form.fill(renter)

    def draw(self, state: PanelState) -> None:
        chosen = state.renter
        if chosen is not None:
            self.name.setText(chosen.name)
            self.contact.setText(f"{phone_text(chosen.phone, state.country)}\n{chosen.email}")
            self.form.hide()
        elif self._renter is not None:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            # Whoever types now looks for somebody else.
            self.field.selectAll()
        self._renter = chosen
        self.change.setVisible(state.stage is Stage.RENTER and not self._own)
        self._card.setVisible(chosen is not None)
        self._seek.setVisible(chosen is None and self.form.isHidden())
        self._draw_found(state)
        if not self.form.isHidden():
            self.form.tell(state.problem if isinstance(state.problem, InvalidText) else None)

    def says(self, problem: object) -> bool:
        """Whether *problem* is told at one of the form's fields."""
        return isinstance(problem, InvalidText) and not self.form.isHidden() and problem.field in self.form.fields

    def _draw_found(self, state: PanelState) -> None:
        if state.searching:
            self.word.setText("Searching …")
            return
        self._answered = bool(self._told)
        self.list.show_renters(state.renters if self._told else (), state.country)
        if not self._told:
            self.word.setText("Type the beginning of a first or family name, an e-mail address or a phone number.")
        elif state.renters:
            self.word.setText("Enter takes the marked one.")
        else:
            self.word.setText("Nobody found. Enter adds a new renter.")

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
        if shown:
            self.form.begin(self.field.text().strip(), self._country)
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
        words.addWidget(self.contact)
        card = QHBoxLayout(self._card)
        card.setContentsMargins(0, 0, 0, 0)
        card.addLayout(words, 1)
        card.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(Text(theme, "Renter", size=TypeSize.LEAD, bold=True))
        for part in (self._card, self._seek, self.form):
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
