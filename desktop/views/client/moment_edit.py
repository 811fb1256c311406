"""A date and a time on a branch's wall clock: quarter-hour steps, no zone of this computer's in between."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QAbstractSpinBox, QDateTimeEdit, QWidget

from desktop.messages import locale

_QUARTER = 15
_HOUR = 60


class MomentEdit(QDateTimeEdit):
    """Up and Down step the part under the cursor, minutes by the quarter hour; Alt+Down opens the calendar."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt's local time refuses the hour that this desk's zone skips in spring; a branch's clock may show it.
        self.setTimeZone(QTimeZone.utc())
        self.setLocale(locale())
        self.setDisplayFormat("ddd d MMM yyyy  HH:mm")
        self.setCalendarPopup(True)
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            # Qt paints weekends in a red of its own, hard to read in the dark.
            self.calendarWidget().setWeekdayTextFormat(day, QTextCharFormat())
        self.setAccessibleName(name)

    def moment(self) -> datetime:
        """What the wall clock shows; without a zone."""
        date, time = self.date(), self.time()
        return datetime(date.year(), date.month(), date.day(), time.hour(), time.minute())  # noqa: DTZ001 -- wall clock

    def show_moment(self, moment: datetime) -> None:
        date = QDate(moment.year, moment.month, moment.day)
        self.setDateTime(QDateTime(date, QTime(moment.hour, moment.minute), QTimeZone.utc()))

    # Qt names below.

    def stepBy(self, steps: int) -> None:
        if self.currentSection() is not QDateTimeEdit.Section.MinuteSection:
            super().stepBy(steps)
            return
        past = self.time().minute() % _QUARTER
        first = -past if steps < 0 and past else 0 if steps < 0 else -past
        rest = steps + 1 if steps < 0 and past else steps
        self.setDateTime(self.dateTime().addSecs((first + rest * _QUARTER) * _HOUR))
        self.setSelectedSection(QDateTimeEdit.Section.MinuteSection)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        # A quarter past 23:45 is tomorrow, not the end of the scale.
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
