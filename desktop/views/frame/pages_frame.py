"""What every window of pages has: rail, the pages, banner and status bar; and whoever is there is told everything.

API: PagesFrame(context, actor): fill(entries, parts), page(name), built(name), at(name), show_page(name),
page_commands(); start(), reload(), apply(fact), leave(), unsaved(), stop().
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.theme.tokens import GRID
from desktop.views.frame.account_menu import AccountButton
from desktop.views.parts.area import Entry, Page, Told
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_stack import PageStack
from desktop.widgets.frame.rail import Rail, RailItem
from desktop.widgets.frame.status_bar import StatusBar
from engine.domain.firm.events import Fact
from engine.domain.people.people import Actor
from engine.words.tr import tr

#: In the order of the keyboard's top row, which has a key for each page of every role.
_TOP_ROW = "1234567890-="


class PagesFrame(QWidget):
    """Builds each page when it is first gone to.

    Signals: what is pressed at the account's button, and ``task_failed`` with an exception that nobody foresaw.
    """

    sign_out_wanted = Signal()
    keys_wanted = Signal()
    csv_wanted = Signal()
    password_wanted = Signal()
    task_failed = Signal(object)

    def __init__(
        self, context: ViewContext, actor: Actor, parent: QWidget | None = None, *, online: bool = True
    ) -> None:
        super().__init__(parent)
        self.rail, self.status, self.banner = Rail(context.theme), StatusBar(context.theme), Banner(context.theme)
        self.pages = PageStack()
        self.account = AccountButton(context, actor, online=online)
        #: Where the banner stands.
        self.inset = QWidget()
        self.entries: dict[str, Entry] = {}
        self._parts: tuple[Told, ...] = ()
        self._made: dict[str, Page] = {}
        self._started = False
        self._lay_out()
        self.account.sign_out_wanted.connect(self.sign_out_wanted)
        self.account.keys_wanted.connect(self.keys_wanted)
        self.account.csv_wanted.connect(self.csv_wanted)
        self.account.password_wanted.connect(self.password_wanted)

    def fill(self, entries: Iterable[Entry], parts: Iterable[Told]) -> None:
        """The pages, in the order of the rail; *parts* are told what pages are told, before them."""
        self.entries, self._parts = {entry.name: entry for entry in entries}, tuple(parts)
        keys = _keys(self.entries.values())
        lines = self.entries.values()
        self.rail.set_items([RailItem(entry.name, entry.title, entry.icon, keys[entry.name]) for entry in lines])

    def page(self, name: str) -> Page:
        """The page of that name, built if it was not gone to before."""
        if name not in self._made:
            page = self._made[name] = self.entries[name].make()
            page.task_failed.connect(self.task_failed)
            self.pages.addWidget(page)
            if self._started:
                page.start()
        return self._made[name]

    def built(self, name: str) -> Page | None:
        """The page of that name, if it was gone to."""
        return self._made.get(name)

    def start(self) -> None:
        self._started = True
        for told in self._told():
            told.start()

    def reload(self) -> None:
        """Ask again for everything shown."""
        for told in self._told():
            told.reload()

    def apply(self, fact: Fact) -> None:
        for told in self._told():
            told.apply(fact)

    def leave(self) -> None:
        """Close what is open beside the pages."""
        for told in self._told():
            told.leave()

    def unsaved(self) -> tuple[Question, ...]:
        """What to ask before the session ends."""
        return tuple(question for told in self._told() if (question := told.unsaved()))

    def stop(self) -> None:
        """Let go of dialogs and clocks before the window's view is deleted."""
        for told in self._told():
            told.stop()

    def _told(self) -> tuple[Told, ...]:
        return (*self._parts, *self._made.values())

    def at(self, name: str) -> bool:
        """Whether the page of that name is the one that is looked at."""
        page = self._made.get(name)
        return page is not None and self.pages.currentWidget() is page

    def show_page(self, name: str) -> None:
        """Put that page in front, with the keyboard; on the way from another one what is beside it closes."""
        known = name in self._made
        page = self.page(name)
        self.rail.select(name)
        if self.pages.currentWidget() is not page:
            self.leave()
            self.pages.setCurrentWidget(page)
            if known:
                page.come_back()
        page.focus_first()

    def page_commands(self, go: Callable[[str], None]) -> tuple[Command, ...]:
        """One that opens it for each page, with its key."""
        keys = _keys(self.entries.values())
        return tuple(
            Command(f"go.{entry.name}", entry.title, partial(go, entry.name), key=keys[entry.name], group=tr("Go to"))
            for entry in self.entries.values()
        )

    def _lay_out(self) -> None:
        self.rail.add_at_foot(self.account)
        content = QVBoxLayout()
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(0)
        inset = QHBoxLayout(self.inset)
        inset.setContentsMargins(6 * GRID, 3 * GRID, 6 * GRID, 0)
        inset.addWidget(self.banner)
        content.addWidget(self.inset)
        content.addWidget(self.pages, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addLayout(content, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.pages.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def _keys(entries: Iterable[Entry]) -> dict[str, str]:
    """By name: a page's own key, or else its number among those that have none."""
    numbers = iter(_TOP_ROW)
    return {entry.name: entry.key or _numbered(next(numbers, "")) for entry in entries}


def _numbered(top_row: str) -> str:
    return tr("Ctrl+{top_row}", top_row=top_row) if top_row else ""
