"""One branch: open a new one, change it, give it up."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.views.parts.form import Form
from desktop.views.parts.form_panel import FormPanel
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from desktop.words.messages import clock_of
from engine.domain.car.branches import BranchLine, sound, zones
from engine.domain.car.car import Branch, BranchId
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.words.tr import tr

_NEW = Branch(BranchId(""), "", "", "", "Europe/Berlin", "08:00", "18:00")
_LONGEST = 200


class BranchPanel(FormPanel):
    """Signals: ``wanted`` carries the branch before (None: a new one) and after; ``turned`` one to close or reopen."""

    wanted = Signal(object, object)
    turned = Signal(object)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, tr("Branch"))
        self._theme = theme
        self._line: BranchLine | None = None
        self.save = Button(theme, tr("Save"), ButtonKind.PRIMARY, Icon.CHECK)
        self.turn = Button(theme, tr("Close this branch …"), ButtonKind.DANGER)
        self.save.clicked.connect(self._submit)
        self.turn.clicked.connect(lambda: self.turned.emit(self._line))
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.foot.addWidget(self.turn)
        self.form = BranchForm(theme, _NEW)

    def begin(self, line: BranchLine | None, zone: str = "") -> None:
        """A new one, in *zone* where it is known, or *line* to be changed; what is half filled in is asked about."""
        self.instead(lambda: self._begin(line, zone))

    def _begin(self, line: BranchLine | None, zone: str) -> None:
        self._line = line
        self.showing = line.branch.id if line is not None else None
        start = line.branch if line else replace(_NEW, zone=zone or _NEW.zone)
        self.form = BranchForm(self._theme, start)
        self.set_content(self.form)
        self.set_title(line.branch.name if line else tr("New branch"))
        self.turn.setVisible(line is not None)
        self.turn.setText(tr("Reopen") if line and line.branch.closed else tr("Close this branch …"))
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.name)

    def set_busy(self, *, busy: bool) -> None:
        self.save.setEnabled(not busy)
        self.turn.setEnabled(not busy)

    def tell(self, problem: DriveSphereError) -> None:
        self.form.tell_here(problem)

    def _submit(self) -> None:
        self.form.tell_here(None)
        before = self._line.branch if self._line else None
        try:
            after = sound(self.form.branch(before or _NEW))
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            self.wanted.emit(before, after)


class BranchForm(Form):
    def __init__(self, theme: Theme, branch: Branch) -> None:
        super().__init__(theme, roomy=True)
        self.name = QLineEdit(branch.name, maxLength=_LONGEST)
        self.city = QLineEdit(branch.city, maxLength=_LONGEST)
        self.address = QLineEdit(branch.address, maxLength=2 * _LONGEST)
        self.zone = _zone_box(branch.zone)
        self.opens = QLineEdit(branch.opens, maxLength=5, placeholderText="08:00")
        self.closes = QLineEdit(branch.closes, maxLength=5, placeholderText="18:00")
        self.add("name", tr("Name"), self.name)
        self.add("city", tr("City"), self.city)
        self.add("address", tr("Address"), self.address)
        self.add("zone", tr("Time zone"), self.zone)
        note = Text(theme, tr("Days are counted and times are shown in it. Bookings keep the one they were made in."))
        note.setWordWrap(True)
        note.set_ink("muted")
        self.add_row(note)
        self.add("opens", tr("Opens, every day"), self.opens)
        self.add("closes", tr("Closes; may lie after midnight, 24:00 is midnight"), self.closes)
        self.end()

    def branch(self, before: Branch) -> Branch:
        return replace(
            before,
            name=self.name.text(),
            city=self.city.text(),
            address=self.address.text(),
            zone=self.zone.currentText().strip(),
            opens=clock_of(self.opens.text()),
            closes=clock_of(self.closes.text()),
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
