"""A branch's day as texts by the names that its template calls them by: no paper of a series, and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop.papers.template import Template
from desktop.papers.values import Facts, Values
from desktop.papers.writing import Writing
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import FACTS, BookingState, MoneyExpected
from engine.domain.booking.today import DaySection, Section, Today
from engine.domain.car.branches import name_with_city
from engine.domain.people.phone import phone_text
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone

_NO_TIMES: Facts = {"time": "", "time_day": "", "next": "", "next_day": ""}


@dataclass(frozen=True, slots=True)
class DaySheet:
    """Attributes: ``by`` is who prints it."""

    today: Today
    by: str
    language: str


def values_of_day(sheet: DaySheet, template: Template) -> Values:
    today = sheet.today
    write = Writing(template.habits, shown_zone(today.branch.zone))
    one = {"day": write.day(today.at), "at": write.moment(today.at), "by": sheet.by}
    one["branch"] = name_with_city(today.branch.name, today.branch.city)
    lists: dict[str, tuple[Facts, ...]] = {}
    teller = _Teller(today, template, write)
    for part in today.sections:
        one[f"{part.section}.total"] = write.number(part.total)
        lists[part.section] = tuple(teller.row(row, part.section) for row in part.rows)
        lists[f"{part.section}.more"] = teller.more(part)
    empty = not any(part.total for part in today.sections)
    lists["empty"] = ({"text": template.say("empty", one)},) if empty else ()
    return Values(one, lists)


@dataclass(frozen=True, slots=True)
class _Teller:
    today: Today
    template: Template
    write: Writing

    def more(self, part: DaySection) -> tuple[Facts, ...]:
        left = part.total - len(part.rows)
        return ({"text": self.template.say("more", {"more": self.write.number(left)})},) if left else ()

    def row(self, row: Booking | Damaged, section: Section) -> Facts:
        if isinstance(row, Damaged):
            why = self.template.say("damaged", {"reason": row.reason})
            return {"renter": why, "car": row.line, "place": "", "open": "", **_NO_TIMES}
        car, _, plate = row.car_label.rpartition(" · ")
        now = self.today.cars.get(row.car_id)
        following = now.next_after(row) if now is not None else None
        return {
            **self._told("time", self._when(row, section)),
            "renter": row.renter_name,
            "phone": phone_text(self.today.phones.get(row.renter_id, "")),
            "car": car or plate,
            "plate": plate,
            "place": self.template.say(f"place.{self._place(row)}", {}),
            "open": self._open(row),
            **self._told("next", following),
        }

    def _told(self, name: str, at: datetime | None) -> Facts:
        """The time, and below it its day, where that is another one."""
        if at is None:
            return {name: "", f"{name}_day": ""}
        now, then = (each.astimezone(self.write.zone).date() for each in (self.today.at, at))
        return {name: self.write.clock(at), f"{name}_day": "" if now == then else self.write.weekday(at)}

    def _when(self, row: Booking, section: Section) -> datetime:
        if section is Section.HOLDS:
            return row.hold_until
        back = section in (Section.OVERDUE, Section.COMING_BACK)
        return row.period.ends_at if back else row.period.starts_at

    def _open(self, row: Booking) -> str:
        asked = FACTS[row.state].money is MoneyExpected.ASKED
        still = row.price if asked else self.today.open(row)
        return self.template.say("money", {"amount": self.write.amount(still), "currency": still.currency})

    def _place(self, row: Booking) -> str:
        car = self.today.cars.get(row.car_id)
        if row.state is BookingState.OUT:
            return "out"
        if car is None:
            return "unknown"
        if car.out_with:
            return "other_renter"
        if not car.active:
            return "maintenance"
        return "here" if car.at == row.branch_id else "elsewhere"
