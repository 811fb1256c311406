"""The audit: who changed what, when, at which desk; with filters, the fields before and after, and a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.audit.audit import AuditViewModel
from desktop.views.parts.area import Page
from desktop.views.parts.damage import sound_key
from desktop.views.parts.export_bar import ExportBar, dated
from desktop.views.parts.facts import facts_of
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.oversight_words import (
    field_text,
    subject_name,
    subject_of,
    subject_text,
    value_text,
    verb_text,
    who_name,
)
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from desktop.widgets.combo import Combo
from desktop.widgets.flow import FlowLayout, with_label
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text
from desktop.words.figures import whole
from desktop.words.messages import counted, desk_zone
from engine.domain.booking.listing import COUNT_CAP
from engine.domain.firm.audit import AuditNames, AuditQuery, AuditRow
from engine.domain.moments.reading import Lean
from engine.domain.shared.wall import on_wall, wall_of
from engine.words.tr import Many, tr

_TITLE = tr("Audit")
_SEARCH_PX = 240
_EVERYBODY, _ANYTHING, _EVERYWHERE = tr("Everybody"), tr("Everything"), tr("Every desk")
_SPANS = (
    (tr("Any time"), None),
    (tr("Last 24 hours"), 1),
    (tr("Last 7 days"), 7),
    (tr("Last 30 days"), 30),
    (tr("Last 365 days"), 365),
)
_CHOSEN = tr("Chosen days")
_DAY_PX = 180
#: So many changed fields stand in a line; the panel has all of them.
_MOST_TOLD = 3
_NOTHING = ListWords(
    Icon.HISTORY,
    tr("Nothing was changed yet"),
    tr("Every change of a car, a branch, an account or the rules is written down here, and stays."),
    "",
    tr("The audit did not come"),
)
_NO_MATCH = ListWords(
    Icon.FILTER,
    tr("Nothing fits"),
    tr("No change fits these filters."),
    tr("Clear all filters"),
    tr("The audit did not come"),
)


def _when(row: AuditRow) -> str:
    return row.at.astimezone(desk_zone()).strftime("%Y-%m-%d %H:%M:%S")


def _changes(row: AuditRow) -> str:
    names = [*row.before, *(name for name in row.after if name not in row.before)]
    more = [tr("and {names} more", names=len(names) - _MOST_TOLD)] if len(names) > _MOST_TOLD else []
    return ", ".join([*(_change(row, name) for name in names[:_MOST_TOLD]), *more])


def _change(row: AuditRow, name: str) -> str:
    before, after = (value_text(row, name, each[name]) if name in each else "" for each in (row.before, row.after))
    both = f"{before} → {after}" if before and after else after or before
    return f"{field_text(name)}: {both}"


def columns() -> list[Column[AuditRow]]:
    return [
        Column(tr("When"), _when, lambda row: row.at, weight=5),
        Column(tr("Who"), who_name, who_name, weight=3),
        Column(tr("What"), lambda row: verb_text(row.what), lambda row: row.what, weight=5),
        Column(tr("Subject"), subject_name, subject_name, weight=5),
        Column(tr("Change"), _changes, _changes, weight=9, spare=True),
        Column(tr("Desk"), lambda row: row.desk, lambda row: row.desk, weight=3, spare=True),
    ]


class AuditPage(Page):
    def __init__(self, context: ViewContext, vm: AuditViewModel, host: QWidget) -> None:
        """*host* is where the detail of a row slides in."""
        super().__init__()
        self.vm = vm
        # Nobody's child: a question that is cancelled as the session ends outlives the page by a moment.
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.save = Button(context.theme, tr("Export …"), icon=Icon.DOWNLOAD)
        self.header.add_action(self.save)
        self.subject = SearchField(context.theme, tr("Subject, such as car car-12"))
        self.who, self.what, self.where, self.span = (Combo() for _ in range(4))
        for box, name in (
            (self.who, tr("Who")),
            (self.what, tr("What")),
            (self.where, tr("Desk")),
            (self.span, tr("When")),
        ):
            box.setAccessibleName(name)
        self.span.addItems([*(words for words, _ in _SPANS), _CHOSEN])
        self.first, self.last = (
            MomentField(context.theme, name, days_only=True, lean=Lean.BACKWARD, beneath=False)
            for name in (tr("First day"), tr("Last day"))
        )
        for field in (self.first, self.last):
            field.setMinimumWidth(_DAY_PX)
            field.show_day(wall_of(datetime.now(UTC), desk_zone()).date())
            field.hide()
        self._fill_names(AuditNames())
        self.export = ExportBar(
            context,
            vm.export,
            vm.save,
            title=tr("Export the audit"),
            name=dated(_TITLE),
            rows=Many("{count} change", "{count} changes"),
        )
        self.list = PagedList(context, vm.list, columns(), _NOTHING, _TITLE)
        self.detail = AuditDetail(context, host)
        self._lay_out(context)
        self._connect()
        vm.load()

    def focus_first(self) -> None:
        self.list.focus_first()

    def come_back(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def focus_search(self) -> bool:
        self.subject.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.subject.selectAll()
        return True

    def clear(self) -> None:
        for box in (self.who, self.what, self.where, self.span):
            blocked = QSignalBlocker(box)
            box.setCurrentIndex(0)
            del blocked
        self.subject.reset()
        self._ask()

    def leave(self) -> None:
        self.detail.close_panel()

    def stop(self) -> None:
        self.export.stop()
        self.vm.export.stop()

    def _ask(self) -> None:
        since, until = self._since_until()
        query = AuditQuery(
            by=self.who.currentData() or "",
            what=self.what.currentData() or "",
            subject=subject_of(self.subject.text()),
            desk=self.where.currentData() or "",
            since=since,
            until=until,
        )
        self.list.words = _NOTHING if query == AuditQuery() else _NO_MATCH
        self.vm.list.ask(query)

    def _since_until(self) -> tuple[datetime | None, datetime | None]:
        """Of chosen days from the first midnight to the one after the last, on this desk's wall."""
        chosen = self.span.currentText() == _CHOSEN
        for field in (self.first, self.last):
            field.setVisible(chosen)
        first, last = self.first.day(), self.last.day()
        if not chosen or first is None or last is None:
            days = None if chosen else _SPANS[max(self.span.currentIndex(), 0)][1]
            now = datetime.now(UTC).replace(second=0, microsecond=0)
            return (now - timedelta(days=days) if days else None), None
        first, last = min(first, last), max(first, last)
        ends = (first, last + timedelta(days=1))
        since, until = (on_wall(datetime.combine(day, time(0)), desk_zone()).moment for day in ends)
        return since, until

    def _range_typed(self, first: date, last: date) -> None:
        self.first.show_day(first)
        self.last.show_day(last)
        self._ask()

    def _fill_names(self, names: AuditNames) -> None:
        rooms = sorted({verb.partition(".")[0] for verb in names.verbs})
        lines = [(tr("{subject}: everything", subject=verb_text(room)), f"{room}.") for room in rooms]
        lines += [(verb_text(verb), verb) for verb in in_language_order(names.verbs, verb_text)]
        people, desks = ([(name, name) for name in in_language_order(known)] for known in (names.people, names.desks))
        filters = ((self.who, _EVERYBODY, people), (self.what, _ANYTHING, lines), (self.where, _EVERYWHERE, desks))
        for box, first, choices in filters:
            blocked, chosen = QSignalBlocker(box), box.currentData()
            box.clear()
            box.addItem(first, "")
            for words, value in choices:
                box.addItem(words, value)
            box.setCurrentIndex(max(box.findData(chosen), 0))
            del blocked

    def _counted(self, total: int) -> None:
        told = (
            tr("Loading")
            if total < 0
            else tr("{changes}, newest first", changes=counted("{count} change", "{count} changes", total))
            if total
            else " "
        )
        # No more are counted.
        told = told if total < COUNT_CAP else tr("The newest {count_cap} changes", count_cap=whole(COUNT_CAP))
        self.header.say(_TITLE, told)
        self.save.setEnabled(total > 0)

    def _lay_out(self, context: ViewContext) -> None:
        filters = FlowLayout(gap=2 * GRID)
        self.subject.setMinimumWidth(_SEARCH_PX)
        filters.addWidget(self.subject)
        for words, box in (
            (tr("Who"), self.who),
            (tr("What"), self.what),
            (tr("Desk"), self.where),
            (tr("When"), self.span),
        ):
            filters.addWidget(with_label(Text(context.theme, words, ink="muted"), box, 2 * GRID))
        for field in (self.first, self.last):
            filters.addWidget(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addLayout(filters)
        column.addWidget(self.export)
        column.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.subject.searched.connect(self._ask)
        self.subject.stepped_down.connect(self.list.focus_first)
        for box in (self.who, self.what, self.where, self.span):
            box.currentIndexChanged.connect(self._ask)
        for field in (self.first, self.last):
            field.taken.connect(self._ask)
            field.range_taken.connect(self._range_typed)
        self.list.opened.connect(self.detail.show_row)
        Follow(self.list.table, sound_key(lambda row: row), Shows(self.detail, lambda: self.detail.showing))
        self.list.filled.connect(self._counted)
        self.list.stepped.connect(self.clear)
        self.save.clicked.connect(self.export.ask)
        self.export.task_failed.connect(self.task_failed)
        self.vm.names_changed.connect(self._fill_names)


def _with_id(name: str, identity: str) -> str:
    return identity if name == identity else f"{name} ({identity})"


class AuditDetail(SidePanel):
    """One change with every field as it was and as it is."""

    def __init__(self, context: ViewContext, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Change"))
        self._context = context

    def show_row(self, row: AuditRow) -> None:
        told = (
            (tr("When"), _when(row)),
            (tr("Who"), _with_id(who_name(row), row.by)),
            (tr("Desk"), row.desk),
            (tr("Subject"), _with_id(subject_name(row), subject_text(row.subject))),
        )
        before, after = (
            [(field_text(name), _with_id(value_text(row, name, value), value)) for name, value in each.items()]
            for each in (row.before, row.after)
        )
        content = facts_of(self._context.theme, [("", told), (tr("Before"), before), (tr("After"), after)])
        self.showing = row
        self.set_content(content)
        self.set_title(verb_text(row.what))
        self.open(content)
