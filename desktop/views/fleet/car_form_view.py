"""The form of a car: every field with its own mistake below it, judged while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.fleet.car_state import FleetCarState
from desktop.views.parts.form import Form
from desktop.widgets.colour_dots import ColourDots
from desktop.widgets.combo import Combo
from desktop.widgets.frame.banner import Banner
from desktop.words.figures import country_names
from desktop.words.messages import (
    BODIES,
    FIELDS,
    FUELS,
    TRANSMISSIONS,
    branch_name,
    count_of,
    counted,
    digits,
    minor_of,
    say,
    unclear_amount,
)
from engine.domain.car.fleet import FleetOwner
from engine.domain.car.form import CarForm
from engine.domain.money.money import Money
from engine.words.tr import tr

#: Field -> row and column of the two-column form; the colour takes a row of its own.
_PLACES = {
    "plate": (0, 0),
    "branch_id": (0, 1),
    "brand": (1, 0),
    "model": (1, 1),
    "year": (2, 0),
    "body": (2, 1),
    "fuel": (3, 0),
    "transmission": (3, 1),
    "seats": (4, 0),
    "daily_rate": (4, 1),
    "odometer_km": (5, 0),
    "colour": (5, 1),
    "country": (6, 0),
}
_PAINT_PX = 16
_NUMBERS = ("year", "seats", "odometer_km")
_CHOICES: dict[str, Mapping[Any, str]] = {"body": BODIES, "fuel": FUELS, "transmission": TRANSMISSIONS}


class CarFormView(Form):
    """Draws what the view-model holds, which also judges it.

    Signals: ``filled`` carries the changed fields of a CarForm; ``left`` the name of a field that was left.
    """

    filled = Signal(dict)
    left = Signal(str)
    reasoned = Signal(str)
    owner_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._form: CarForm | None = None
        self.reason = QLineEdit(maxLength=240, placeholderText=tr("Why it shows less than before"))
        self.owner = Combo(placeholder=tr("Choose an owner"))
        self._parts: dict[str, QWidget] = {
            "owner": self.owner,
            "plate": QLineEdit(maxLength=60),
            "branch_id": Combo(),
            "brand": QLineEdit(maxLength=80),
            "model": QLineEdit(maxLength=80),
            "year": QLineEdit(maxLength=4),
            "body": Combo(),
            "fuel": Combo(),
            "transmission": Combo(),
            "seats": QLineEdit(maxLength=2),
            "daily_rate": QLineEdit(maxLength=24),
            "odometer_km": QLineEdit(maxLength=12),
            "colour": QLineEdit(maxLength=7, placeholderText="#2f6f9f"),
            "country": Combo(),
            "reason": self.reason,
        }
        self.dots = ColourDots(theme)
        self._paint = QAction(self)
        self.leaves = Banner(theme)
        self._lay_out()
        self.lines["colour"].addAction(self._paint, QLineEdit.ActionPosition.TrailingPosition)
        self._connect()

    @property
    def ready(self) -> bool:
        """Whether there is something to fill in yet."""
        return self._form is not None

    def offer_owners(self, owners: tuple[FleetOwner, ...]) -> None:
        blocked = QSignalBlocker(self.owner)
        self.owner.clear()
        for owner in in_language_order(owners, lambda owner: owner.name):
            self.owner.addItem(owner.name, owner.id)
        del blocked

    def draw(self, state: FleetCarState) -> None:
        self._form = state.form
        self._show_owner(state)
        if state.form is None:
            return
        self._offer_branches(state)
        for name in _PLACES:
            self.put(name, getattr(state.form, name))
        self._show_paint(state.form.colour.lower())
        self.labels["daily_rate"].setText(tr("Daily rate, {currency}", currency=state.form.daily_rate.currency))
        self.labels["odometer_km"].setText(tr("Odometer, km"))
        self.show_field("reason", shown=state.goes_back)
        if state.leaves_bookings:
            words = counted("{count} booking", "{count} bookings", state.leaves_bookings)
            self.leaves.tell(
                Tone.WARNING,
                tr("{words} stay with the old branch: the car is picked up there.", words=words),
                closable=False,
            )
        else:
            self.leaves.clear()
        self._tell(state)

    def focus_first(self) -> None:
        self.focus_field("plate")

    def _show_paint(self, colour: str) -> None:
        self.dots.show_colour(colour)
        paint = QColor(colour) if QColor.isValidColorName(colour) else QColor(self._theme.tokens.sunken)
        drop = QPixmap(_PAINT_PX, _PAINT_PX)
        drop.fill(paint)
        self._paint.setIcon(QIcon(drop))

    def _tell(self, state: FleetCarState) -> None:
        told = state.told.items()
        self.show_mistakes({name: self._unclear(name) or say(problem).text for name, problem in told})

    def _unclear(self, name: str) -> str:
        if name != "daily_rate" or self._form is None:
            return ""
        return unclear_amount(self.value(name), self._form.daily_rate.currency)

    def _show_owner(self, state: FleetCarState) -> None:
        asked = state.car is None and state.any_owner
        self.show_field("owner", shown=asked)
        if asked:
            self.put("owner", state.owner_id)

    def _offer_branches(self, state: FleetCarState) -> None:
        box = self.fields["branch_id"]
        if isinstance(box, Combo) and box.count() != len(state.branches):
            blocked = QSignalBlocker(box)
            box.clear()
            for branch in in_language_order(state.branches, branch_name):
                box.addItem(branch_name(branch), branch.id)
            del blocked

    def put(self, name: str, value: Any) -> None:
        """Show *value* unless the person's own spelling of it stands there already."""
        if isinstance(value, Money):
            line = self.lines[name]
            typed = minor_of(line.text(), value.currency)
            if typed != value.minor and not (value.minor == 0 and line.hasFocus()):
                line.setText(digits(value) if value.minor else "")
        elif name in _NUMBERS:
            if _number(self.value(name)) != value:
                super().put(name, str(value))
        else:
            super().put(name, value)

    def _edited(self, name: str) -> None:
        value = self.value(name)
        if self._form is None:
            return
        if name in _NUMBERS:
            value = _number(value)
        elif name == "daily_rate":
            currency = self._form.daily_rate.currency
            value = Money(minor_of(value, currency) or 0, currency)
        self.filled.emit({name: value})

    def _connect(self) -> None:
        for name in _PLACES:
            field = self.fields[name]
            edited = lambda *_, name=name: self._edited(name)  # noqa: E731 -- one for each field
            if isinstance(field, Combo):
                field.activated.connect(edited)
            else:
                self.lines[name].textEdited.connect(edited)
            field.installEventFilter(self)
        self.dots.picked.connect(lambda colour: self.filled.emit({"colour": colour}))
        self.reason.textEdited.connect(self.reasoned)
        self.owner.activated.connect(lambda _: self.owner_chosen.emit(str(self.owner.currentData())))

    def _lay_out(self) -> None:
        for name, words in (*_CHOICES.items(), ("country", {"": tr("As its branch"), **_countries()})):
            box = self._parts[name]
            if isinstance(box, Combo):
                for value, word in words.items():
                    box.addItem(word, value)
        places = {name: self._place(name, field) for name, field in self._parts.items()}
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(2 * GRID)
        for name, (row, column) in _PLACES.items():
            # A widget of its own: a bare layout at the top of its cell has no room for a mistake of several lines.
            place = QWidget()
            place.setLayout(places[name])
            grid.addWidget(place, row, column, Qt.AlignmentFlag.AlignTop)
        for column in range(2):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 10)
        self.column.setSpacing(2 * GRID)
        self.column.addLayout(places["owner"])
        self.column.addWidget(self.leaves)
        self.column.addLayout(grid)
        self.column.addWidget(self.dots)
        self.column.addLayout(places["reason"])

    def _place(self, name: str, field: QWidget) -> QVBoxLayout:
        field.setMinimumWidth(10)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in self.bind(name, FIELDS[name], field):
            column.addWidget(widget)
        return column

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            name = next((name for name in _PLACES if self.fields[name] is watched), "")
            if name and self._form is not None and self.isVisible():
                self.left.emit(name)
        return super().eventFilter(watched, event)


def _number(text: str) -> int:
    """What was typed, its thousands parted or not; -1, which no field may be, for what is no number."""
    read = count_of(text)
    return -1 if read is None else read


def _countries() -> dict[str, str]:
    """ISO 3166 code -> name, in the order of this person's language."""
    return dict(in_language_order(country_names().items(), lambda pair: pair[1]))
