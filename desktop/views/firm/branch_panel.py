"""One branch: open a new one, change it, give it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.views.firm.hours_form import HoursFields
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.car.branches import BranchLine, sound, zones
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.opening_hours import every_day
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.words.tr import tr

_NEW = Branch(BranchId(""), "", "", "", "Europe/Berlin", every_day("08:00", "18:00"))
_LONGEST, _CURRENCY = 200, "EUR"


class BranchPanel(SentPanel):
    """Signals: ``wanted`` carries the branch before (None: a new one) and after; ``turned`` one to close or reopen."""

    form: BranchForm
    wanted = Signal(object, object)
    turned = Signal(object)

    def __init__(self, theme: Theme, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(theme, host, tr("Branch"))
        self._theme, self._now, self._currency = theme, now, _CURRENCY
        self._line: BranchLine | None = None
        self.save = Button(theme, tr("Save"), ButtonKind.PRIMARY, Icon.CHECK)
        self.turn = Button(theme, tr("Close this branch …"), ButtonKind.DANGER)
        self.save.clicked.connect(self._submit)
        self.turn.clicked.connect(lambda: self.turned.emit(self._line))
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.foot.addWidget(self.turn)
        self.form = BranchForm(theme, _NEW, _CURRENCY, now)

    def begin(self, line: BranchLine | None, zone: str = "", currency: str = _CURRENCY) -> None:
        """A new one, in *zone* where it is known, or *line* to be changed; what is half filled in is asked about.

        Fees are in the firm's *currency*.
        """
        self.instead(lambda: self._begin(line, zone, currency))

    def _begin(self, line: BranchLine | None, zone: str, currency: str) -> None:
        self._line, self._currency = line, currency
        self.showing = line.branch.id if line is not None else None
        start = line.branch if line else replace(_NEW, zone=zone or _NEW.zone)
        self.form = BranchForm(self._theme, start, currency, self._now)
        self.set_content(self.form)
        self.set_title(line.branch.name if line else tr("New branch"))
        self.turn.setVisible(line is not None)
        self.turn.setText(tr("Reopen") if line and line.branch.closed else tr("Close this branch …"))
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.name)

    def set_busy(self, *, busy: bool) -> None:
        super().set_busy(busy=busy)
        self.turn.setEnabled(not busy)

    def _submit(self) -> None:
        self.form.tell_here(None)
        before = self._line.branch if self._line else None
        try:
            typed = self.form.branch(before or _NEW)
            after = sound(typed, now=self._now(), currency=self._currency, before=before)
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            self.wanted.emit(before, after)


class BranchForm(Form):
    def __init__(self, theme: Theme, branch: Branch, currency: str, now: Callable[[], datetime]) -> None:
        super().__init__(theme, roomy=True)
        self.name = QLineEdit(branch.name, maxLength=_LONGEST)
        self.city = QLineEdit(branch.city, maxLength=_LONGEST)
        self.address = QLineEdit(branch.address, maxLength=2 * _LONGEST)
        self.zone = _zone_box(branch.zone)
        self.add("name", tr("Name"), self.name)
        self.add("city", tr("City"), self.city)
        self.add("address", tr("Address"), self.address)
        self.add("zone", tr("Time zone"), self.zone)
        note = Text(theme, tr("Days are counted and times are shown in it. Bookings keep the one they were made in."))
        note.setWordWrap(True)
        note.set_ink("muted")
        self.add_row(note)
        self.hours = HoursFields(self, theme, branch.hours, currency, now)
        self.end()

    def tell(self, problem: DriveSphereError | None) -> bool:
        """A special day's mistake is told below all of them."""
        told = super().tell(problem)
        if not isinstance(problem, InvalidText) or not problem.field.startswith("special."):
            return told
        self.mark("special", say(problem).text)
        self.focus_field("special")
        return True

    def branch(self, before: Branch) -> Branch:
        return replace(
            before,
            name=self.name.text(),
            city=self.city.text(),
            address=self.address.text(),
            zone=self.zone.currentText().strip(),
            hours=self.hours.hours(),
        )


def _zone_box(zone: str) -> Combo:
    """Found by any part of its name: "lis" finds Europe/Lisbon."""
    box = Combo(editable=True)
    box.addItems(list(zones()))
    box.setInsertPolicy(Combo.InsertPolicy.NoInsert)
    box.setCurrentText(zone)
    finder = box.completer() or QCompleter(box)
    finder.setFilterMode(Qt.MatchFlag.MatchContains)
    finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return box
