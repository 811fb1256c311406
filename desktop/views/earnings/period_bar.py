"""Which days the figures are about: month, quarter, year or own days, back and forth."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.earnings.earnings_words import KINDS
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.view_context import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from engine.domain.moments.reading import Lean
from engine.domain.reports.report_period import LONGEST_DAYS, Span, SpanKind
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_DAY_WIDTH = 34 * GRID
_BACKWARDS = tr("The last day lies before the first one.")
_NO_SUCH = tr("A report covers up to {longest_days} years, none of them before 1971.", longest_days=LONGEST_DAYS // 366)


class PeriodBar(QWidget):
    """Signals: ``kind_chosen`` carries a SpanKind, ``stepped`` -1 or 1, ``days_chosen`` first and last day."""

    kind_chosen = Signal(object)
    stepped = Signal(int)
    days_chosen = Signal(object, object)
    currency_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Combo()
        self.kind.setAccessibleName(tr("Kind of period"))
        for kind, words in KINDS.items():
            self.kind.addItem(words, kind)
        self.earlier = Button(theme, kind=ButtonKind.PLAIN, icon=Icon.BACK)
        self.earlier.setAccessibleName(tr("Period before"))
        self.earlier.setToolTip(tr("Period before (Alt+Left)"))
        self.later = Button(theme, kind=ButtonKind.PLAIN, icon=Icon.FORWARD)
        self.later.setAccessibleName(tr("Period after"))
        self.later.setToolTip(tr("Period after (Alt+Right)"))
        self.first, self.last = (
            MomentField(theme, name, days_only=True, lean=Lean.BACKWARD, beneath=False)
            for name in (tr("First day"), tr("Last day"))
        )
        for field in (self.first, self.last):
            field.setMinimumWidth(_DAY_WIDTH)
        self._to = Text(theme, tr("to"), ink="muted")
        self.currency = Combo()
        self.currency.setAccessibleName(tr("Currency"))
        self.mistake = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self._lay_out()
        self._own = False
        self._drawn: Span | None = None
        self._show_days(shown=False)
        for hidden in (self.mistake, self.currency):
            hidden.hide()
        self.kind.activated.connect(self._kind_picked)
        self.earlier.clicked.connect(lambda: self.stepped.emit(-1))
        self.later.clicked.connect(lambda: self.stepped.emit(1))
        for field in (self.first, self.last):
            field.taken.connect(self._days_picked)
            field.range_taken.connect(self._range_typed)
        self.currency.activated.connect(lambda at: self.currency_chosen.emit(self.currency.itemText(at)))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        for widget in (self.kind, self.earlier, self.later, self.first, self._to, self.last, self.currency):
            row.addWidget(widget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self.mistake)

    def draw(self, span: Span | None, currencies: tuple[str, ...], currency: str) -> None:
        self.currency.setVisible(len(currencies) > 1)
        if [self.currency.itemText(n) for n in range(self.currency.count())] != list(currencies):
            self.currency.clear()
            self.currency.addItems(list(currencies))
        self.currency.setCurrentText(currency)
        # What is typed but not shown yet stays when the same days are loaded once more.
        if span is None or span == self._drawn:
            return
        self._drawn = span
        self._tell("")
        self._own = span.kind is SpanKind.CUSTOM or self._own
        self.kind.setCurrentIndex(list(KINDS).index(SpanKind.CUSTOM if self._own else span.kind))
        self._show_days(shown=self._own)
        last = span.end - timedelta(days=1)
        blocked = QSignalBlocker(self.first), QSignalBlocker(self.last)
        self.first.set_clock(shown_zone(span.zone))
        self.last.set_clock(shown_zone(span.zone))
        self.first.show_day(span.first)
        self.last.show_day(last)
        del blocked

    def _kind_picked(self) -> None:
        kind = SpanKind(self.kind.currentData())
        self._own = kind is SpanKind.CUSTOM
        self._show_days(shown=self._own)
        self._tell("")
        if self._own:
            self.first.setFocus()
        else:
            self.kind_chosen.emit(kind)

    def _days_picked(self) -> None:
        first, last = self.first.day(), self.last.day()
        if not self._own or first is None or last is None:
            return
        self._tell("" if first <= last else _BACKWARDS)
        if first <= last:
            self.days_chosen.emit(first, last)

    def _range_typed(self, first: date, last: date) -> None:
        self.first.show_day(first)
        self.last.show_day(last)
        self._days_picked()

    def refuse(self) -> None:
        """There are no figures for the days that were asked for."""
        self._tell(_NO_SUCH)

    def _tell(self, words: str) -> None:
        self.mistake.setText(words)
        self.mistake.setVisible(bool(words))
        if words and self.isVisible():
            announce(self, words)

    def _show_days(self, *, shown: bool) -> None:
        for widget in (self.first, self._to, self.last):
            widget.setVisible(shown)
