"""The row above a branch's day: what is looked for, and which section is looked at.

API: TodayFilters(theme): wanted; changed(); count(today), forget(), reset().
"""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone
from desktop.views.today.line import TITLES, Wanted
from desktop.widgets.count_tab import CountTab
from desktop.widgets.flow import FlowLayout
from desktop.widgets.search_field import SearchField
from desktop.words.figures import whole
from engine.domain.booking.today import Section, Today
from engine.words.tr import tr

_TONES = MappingProxyType({Section.OVERDUE: Tone.DANGER, Section.HOLDS: Tone.ACCENT, Section.NOT_COME: Tone.WARNING})


class TodayFilters(QWidget):
    """Signals: ``changed`` after something else is wanted."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.search = SearchField(theme, tr("Plate, name, telephone or number"), pause_ms=0)
        self.search.setMinimumWidth(self.search.hint_width)
        self.all = CountTab(theme, tr("All"))
        self.tabs = {section: CountTab(theme, title) for section, title in TITLES.items()}
        self._group = QButtonGroup(self, exclusive=True)
        self._text = ""
        flow = FlowLayout(gap=2 * GRID)
        flow.addWidget(self.search)
        for tab in (self.all, *self.tabs.values()):
            self._group.addButton(tab)
            flow.add_tail(tab)
        self.all.setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(flow)
        self._group.buttonToggled.connect(lambda _tab, on: self.changed.emit() if on else None)
        self.search.searched.connect(self._typed)

    @property
    def wanted(self) -> Wanted:
        section = next((section for section, tab in self.tabs.items() if tab.isChecked()), None)
        return Wanted(section, self._text)

    def count(self, today: Today) -> None:
        """How many there are of each, whatever is looked for."""
        for section in today.sections:
            tone = _TONES.get(section.section, Tone.NEUTRAL) if section.total else Tone.NEUTRAL
            self.tabs[section.section].set_count(whole(section.total), tone)
        self.all.set_count(whole(sum(section.total for section in today.sections)))

    def forget(self) -> None:
        """Nothing is known of the counts."""
        for tab in (self.all, *self.tabs.values()):
            tab.set_count("")

    def reset(self) -> None:
        """All lines are wanted again."""
        self._text = ""
        self.search.reset()
        self.all.setChecked(True)
        self.changed.emit()

    def _typed(self, text: str) -> None:
        self._text = text
        self.changed.emit()
