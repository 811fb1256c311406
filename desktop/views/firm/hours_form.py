"""A branch's hours in its form: the week, special days, out of hours, turn-round. Times are typed: ``8-12, 13-18``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.views.parts.moments.field import MomentField
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import NumberBox
from desktop.widgets.text import Text
from desktop.words.hours_words import stretches_of, stretches_text, weekday_names
from desktop.words.messages import BODIES, digits, minor_of
from engine.domain.car.body_type import BodyType
from engine.domain.car.opening_hours import (
    LONGEST_TURN,
    MOST_SPECIAL_DAYS,
    BodyTurn,
    OpeningHours,
    OutOfHours,
    OutsideRule,
    SpecialDay,
    TurnRound,
)
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_LONGEST_HOURS, _LONGEST_FEE, _LONGEST_NAME = 120, 24, 80
_DAY_WIDTH, _FEE_WIDTH, _LABEL_WIDTH = 44 * GRID, 26 * GRID, 28 * GRID
_RULES = {"pickup": tr("Pick-up"), "return": tr("Return"), "key_box": tr("Return by key box")}
_AS_USUAL = -1


class HoursFields:
    """The fields of *hours* in *form*. Attributes: ``week`` are its lines, Monday first."""

    def __init__(
        self, form: Form, theme: Theme, hours: OpeningHours, currency: str, now: Callable[[], datetime]
    ) -> None:
        self._form, self._theme, self._currency = form, theme, currency
        self._head(tr("Open"), tr("Times such as 8-12, 13-18; closed; 24h. 18-2 ends the day after."))
        self.week = self._add_week(hours)
        self._head(
            tr("Special days"), tr("Instead of their weekday; the fee is for each pick-up and return on that day.")
        )
        self.special = SpecialRows(theme, hours.special_days, currency, now)
        for widget in form.bind("special", tr("Special days"), self.special)[1:]:
            form.add_row(widget)
        self._head(tr("Out of hours"), tr("What is done while the branch is closed, and for what fee."))
        self.rules = self._add_rules(hours.out_of_hours)
        self._head(tr("Turn-round"), tr("Minutes until a car that came back may go out again."))
        self.usual, self.bodies = self._add_turn(hours.turn)
        self.counted = QCheckBox(tr("Only open hours count"))
        self.counted.setChecked(hours.counts_only_open_hours)
        form.add_row(self.counted)

    def hours(self) -> OpeningHours:
        """As it stands there. Raises: InvalidText, for what is no time, no day or no amount."""
        outside = {name: self._rule(name) for name in _RULES}
        bodies = (BodyTurn(body, box.value()) for body, box in self.bodies.items() if box.value() != _AS_USUAL)
        return OpeningHours(
            week=tuple(stretches_of(f"week.{n}", line.text()) for n, line in enumerate(self.week)),
            special_days=self.special.days(),
            out_of_hours=OutOfHours(outside["pickup"], outside["return"], outside["key_box"]),
            turn=TurnRound(self.usual.value(), tuple(bodies)),
            counts_only_open_hours=self.counted.isChecked(),
        )

    def _rule(self, name: str) -> OutsideRule:
        allowed, fee = self.rules[name]
        done = allowed.isChecked()
        return OutsideRule(done, _fee_of(name, fee.text(), self._currency) if done else None)

    def _head(self, title: str, note: str) -> None:
        self._form.column.addSpacing(3 * GRID)
        self._form.add_row(Text(self._theme, title, bold=True))
        words = Text(self._theme, note, size=TypeSize.SMALL, ink="muted", wrap=True)
        self._form.add_row(words)

    def _add_week(self, hours: OpeningHours) -> tuple[QLineEdit, ...]:
        grid, lines = _grid(), []
        for n, (name, day) in enumerate(zip(weekday_names(), hours.week, strict=True)):
            line = QLineEdit(stretches_text(day), maxLength=_LONGEST_HOURS)
            self._lay(grid, f"week.{n}", name, line, line)
            lines.append(line)
        self._form.column.addLayout(grid)
        return tuple(lines)

    def _add_rules(self, rules: OutOfHours) -> dict[str, tuple[QCheckBox, QLineEdit]]:
        grid, made = _grid(), {}
        for name, label in _RULES.items():
            rule = rules.named[name]
            allowed, fee = QCheckBox(tr("Allowed")), _fee_line(rule.fee, self._currency)
            allowed.setAccessibleName(tr("{what} out of hours is allowed", what=label))
            allowed.setChecked(rule.allowed)
            fee.setEnabled(rule.allowed)
            allowed.toggled.connect(fee.setEnabled)
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(allowed, 1)
            line.addWidget(fee)
            self._lay(grid, name, label, fee, row)
            fee.setAccessibleName(tr("Fee, {what} out of hours", what=label))
            made[name] = (allowed, fee)
        self._form.column.addLayout(grid)
        return made

    def _add_turn(self, turn: TurnRound) -> tuple[NumberBox, dict[BodyType, NumberBox]]:
        grid, usual, own = _grid(), _minutes(0), dict(turn.by_body)
        usual.setValue(turn.usual)
        self._lay(grid, "turn.usual", tr("Usual"), usual, usual)
        boxes = {}
        for body in BodyType:
            boxes[body] = box = _minutes(_AS_USUAL)
            box.setSpecialValueText(tr("as usual"))
            box.setValue(own.get(body, _AS_USUAL))
            self._lay(grid, f"turn.{body}", BODIES[body], box, box)
        self._form.column.addLayout(grid)
        return usual, boxes

    def _lay(self, grid: QGridLayout, name: str, label: str, field: QWidget, row: QWidget) -> None:
        """One line of *grid*: what it is, the field, and below it what is wrong."""
        words, _, mistake = self._form.bind(name, label, field)
        words.setFixedWidth(_LABEL_WIDTH)
        at = grid.rowCount()
        grid.addWidget(words, at, 0)
        grid.addWidget(row, at, 1)
        grid.addWidget(mistake, at + 1, 1)


class SpecialRows(QWidget):
    """Two lines for each day: which and its hours; its name and its fee."""

    def __init__(self, theme: Theme, days: tuple[SpecialDay, ...], currency: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme, self._currency, self._now = theme, currency, now
        self.rows: list[SpecialRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * GRID)
        self.add_button = Button(theme, tr("Add a day"), ButtonKind.QUIET, Icon.ADD)
        self.add_button.clicked.connect(lambda: self._add(None).day.setFocus(Qt.FocusReason.OtherFocusReason))
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addStretch(1)
        self._column.addLayout(row)
        self.setFocusProxy(self.add_button)
        for day in days:
            self._add(day)

    def days(self) -> tuple[SpecialDay, ...]:
        """Raises: InvalidText."""
        return tuple(row.special() for row in self.rows)

    def _add(self, special: SpecialDay | None) -> SpecialRow:
        row = SpecialRow(self._theme, special, self._currency, self._now)
        self.rows.append(row)
        self._column.insertWidget(len(self.rows) - 1, row)
        row.away.clicked.connect(lambda: self._remove(row))
        self.add_button.setEnabled(len(self.rows) < MOST_SPECIAL_DAYS)
        return row

    def _remove(self, row: SpecialRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.setParent(None)
        row.deleteLater()
        self.add_button.setEnabled(True)
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)


class SpecialRow(QWidget):
    def __init__(self, theme: Theme, special: SpecialDay | None, currency: str, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._currency = currency
        self.day = MomentField(theme, tr("Special day"), days_only=True, now=now, beneath=False)
        self.day.show_day(special.day if special else None)
        self.open = QLineEdit(stretches_text(special.intervals if special else ()), maxLength=_LONGEST_HOURS)
        self.open.setAccessibleName(tr("Open on that day"))
        self.name = QLineEdit(special.name if special else "", maxLength=_LONGEST_NAME, placeholderText=tr("Name"))
        self.name.setAccessibleName(tr("Name of the day"))
        self.fee = _fee_line(special.fee if special else None, currency)
        self.fee.setAccessibleName(tr("Fee on that day"))
        self.away = Button(theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        self.away.setAccessibleName(tr("Remove this day"))
        self.away.setToolTip(tr("Remove this day"))
        self.day.setFixedWidth(_DAY_WIDTH)
        self.fee.setFixedWidth(_FEE_WIDTH)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.day, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.open, 0, 1, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.away, 0, 3, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.name, 1, 0, 1, 2)
        grid.addWidget(self.fee, 1, 2)

    def special(self) -> SpecialDay:
        """Raises: InvalidText."""
        day = self._day()
        field = f"special.{day.isoformat()}"
        intervals = stretches_of(field, self.open.text())
        return SpecialDay(day, intervals, _fee_of(field, self.fee.text(), self._currency), self.name.text())

    def _day(self) -> date:
        if not self.day.take() or (day := self.day.day()) is None:
            raise InvalidText("special", "field.day")
        return day


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(GRID)
    grid.setColumnStretch(1, 1)
    return grid


def _minutes(least: int) -> NumberBox:
    box = NumberBox(suffix=tr(" min"))
    box.setRange(least, LONGEST_TURN)
    box.setSingleStep(5)
    return box


def _fee_line(fee: Money | None, currency: str) -> QLineEdit:
    line = QLineEdit(digits(fee) if fee else "", maxLength=_LONGEST_FEE)
    line.setPlaceholderText(tr("Fee, {currency}", currency=currency))
    line.setFixedWidth(_FEE_WIDTH)
    return line


def _fee_of(field: str, text: str, currency: str) -> Money | None:
    """None for an empty field. Raises: InvalidText."""
    if not text.strip():
        return None
    minor = minor_of(text, currency)
    if minor is None:
        raise InvalidText(field, "field.amount")
    return Money(minor, currency) if minor else None
