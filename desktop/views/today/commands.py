"""The steps of a branch's day by key.

API: key_of_line(line), today_commands(here, on, page).
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.commands import Command
from desktop.views.today.line import DayLine
from desktop.views.today.page import TodayPage
from engine.words.tr import tr


def key_of_line(line: DayLine | None) -> object:
    """Which booking a line shows; None for the head of a section, and for a line that has not come yet."""
    return line.booking.id if line is not None and line.booking is not None else None


def today_commands(
    here: Callable[[], bool],
    on: Callable[[Callable[[TodayPage], object]], Callable[[], None]],
    page: Callable[[], TodayPage | None],
    *,
    takes: bool,
) -> tuple[Command, ...]:
    """The steps by key: *here* is whether the page is looked at, *on* goes to it and acts.

    *takes* is whether the account takes money.
    """

    def may(asked: Callable[[TodayPage], bool]) -> Callable[[], bool]:
        def answer() -> bool:
            there = page()
            return there is not None and here() and asked(there)

        return answer

    out, back, group = may(TodayPage.may_hand_over), may(TodayPage.may_take_back), tr("Today")
    owed, money = may(TodayPage.may_take_money), tr("Take money for the chosen line …")
    sheet = Command("today.print", tr("Print the day sheet …"), on(TodayPage.print_day), "Ctrl+P", here, group, here)
    pay = Command("today.money", money, on(TodayPage.take_money), "F9", owed, group, here)
    return (
        Command("today.hand_over", tr("Hand over …"), on(TodayPage.hand_over), "F2", out, group, here),
        Command("today.take_back", tr("Take the car back …"), on(TodayPage.take_back), "F6", back, group, here),
        *((pay,) if takes else ()),
        sheet,
    )
