"""A fleet: the owner's own cars, or those of all owners for an administrator."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import Question
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.fleet.car import FleetCarViewModel
from desktop.viewmodels.fleet.car_state import Saved
from desktop.viewmodels.fleet.fleet import FleetState, FleetViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.thumbnails import ThumbnailsViewModel
from desktop.views.fleet.car_panel import FleetCarPanel
from desktop.views.fleet.fleet_filters import FleetFilters
from desktop.views.fleet.fleet_row import OUT, STATUSES
from desktop.views.fleet.fleet_rows import FleetRowsView
from desktop.views.fleet.service_words import done_words
from desktop.views.parts.area import Page
from desktop.views.parts.damage import sound_key
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.cards.card_layout import GAP
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.words.messages import counted, say, whole
from engine.domain.car.car import Car, CarId, CarStatus
from engine.domain.car.fleet import FleetQuery, FleetRows
from engine.domain.firm.events import Fact
from engine.words.tr import tr

_EDGE = GAP // 2
_TABLE = "table"


class FleetPage(Page):
    """One class for both areas: what the account may do decides whose cars it shows.

    Its area calls ``open``; ``FleetCommands`` has the rest.

    Signals:
        task_failed: Work of the page ended with an exception nobody foresaw; carries it.
    """

    def __init__(
        self,
        context: ViewContext,
        workspace: Workspace,
        host: QWidget,
        *,
        show_bookings: Callable[[Car], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """*show_bookings* opens the list of all bookings of a car, where the view has one."""
        super().__init__(parent)
        self._preferences, self._connection = context.preferences, workspace.connection
        self._saved: Saved | None = None
        self.fleet = FleetViewModel(workspace.desk, workspace.tasks)
        self.car = FleetCarViewModel(workspace.desk, workspace.tasks)
        self._thumbnails = ThumbnailsViewModel(workspace.desk, workspace.tasks)
        photos = Photos(self._thumbnails, self)
        self.header = PageHeader(context.theme, tr("All cars") if self.fleet.any_owner else tr("Fleet"), " ")
        self.view_switch = Button(context.theme, "", ButtonKind.PLAIN)
        self.add = Button(context.theme, tr("Add car"), ButtonKind.PRIMARY, Icon.ADD)
        self.filters = FleetFilters(context.theme, owners=self.fleet.any_owner)
        self.to_move = Banner(context.theme)
        self.rows = FleetRowsView(context, workspace, self.fleet, photos)
        self.beside = Beside(lambda: FleetCarPanel(context, workspace, self.car, photos, host))
        self.toast = Toast(context.theme, host)
        self._lay_out()
        self._connect()
        if show_bookings is not None:
            self.beside.when_built(lambda panel: panel.offer_bookings(show_bookings))
        self._show_as(table=context.preferences.fleet_view == _TABLE)
        self._connection_changed()

    @property
    def panel(self) -> FleetCarPanel:
        return self.beside.wanted()

    def start(self) -> None:
        self.fleet.load()

    def open_car(self, car: Car) -> None:
        """One that was found elsewhere: its panel, beside the list as it is."""
        self.panel.open_car(car)

    def show_found(self, text: str) -> None:
        """Every car that has *text*, whatever was filtered before."""
        self.fleet.ask(FleetQuery(text=text, order=self.fleet.state.query.order))

    def focus_first(self) -> None:
        if self.beside.there is None or not self.beside.there.come_back():
            self.rows.take_focus()

    def reload(self) -> None:
        self._thumbnails.again()
        self.fleet.load()

    def apply(self, fact: Fact) -> None:
        """Something happened, here or at another desk."""
        self.fleet.apply(fact)
        self.car.apply(fact)

    def leave(self) -> None:
        if self.beside.there is not None:
            self.beside.there.leave()

    def unsaved(self) -> Question | None:
        return self.beside.there.unsaved if self.beside.there is not None else None

    def stop(self) -> None:
        if self.beside.there is not None:
            self.beside.there.stop()
        self.toast.hide()

    def draw(self, state: FleetState) -> None:
        self.filters.draw(state)
        self.rows.draw(state)
        if state.phase is Phase.READY and state.first is not None:
            self.header.say(tr("All cars") if self.fleet.any_owner else tr("Fleet"), _summary(state.first))
            self._warn(state, state.first)
        elif state.first is None or state.phase is Phase.FAILED:
            self.to_move.clear()

    def _warn(self, state: FleetState, rows: FleetRows) -> None:
        if state.query.out:
            self.to_move.tell(
                Tone.ACCENT, tr("Only cars that are out are shown: {out}.", out=OUT), tr("Show all"), closable=False
            )
        elif rows.to_move and not state.query.to_move:
            words = counted(
                "{count} car has bookings to move or cancel: it is not for rent, or in service then.",
                "{count} cars have bookings to move or cancel: they are not for rent, or in service then.",
                rows.to_move,
            )
            self.to_move.tell(Tone.WARNING, words, tr("Show"), closable=False)
        elif state.query.to_move:
            self.to_move.tell(
                Tone.ACCENT, tr("Only cars with bookings to move are shown."), tr("Show all"), closable=False
            )
        else:
            self.to_move.clear()

    def add_car(self) -> None:
        """Begin a new one, for the owner and at the branch that are looked at."""
        state = self.fleet.state
        if self.add.isEnabled():
            self.panel.open_new(state.query.owner_id, state.query.branch_id, state.owners)

    def focus_search(self) -> bool:
        self.filters.words.setFocus()
        self.filters.words.selectAll()
        return True

    def switch_view(self) -> None:
        """From cards to table and back; kept on this computer."""
        self._show_as(table=not self.rows.as_table)
        self._preferences.fleet_view = _TABLE if self.rows.as_table else "cards"
        self.rows.take_focus()

    def show_to_move(self, *, shown: bool = True) -> None:
        """Only the cars with bookings to move, or all again."""
        query = self.fleet.state.query
        self.fleet.ask(FleetQuery(owner_id=query.owner_id, order=query.order, to_move=shown))

    def _told_to_show(self) -> None:
        asked = self.fleet.state.query
        self.show_to_move(shown=not (asked.to_move or asked.out))

    def _show_as(self, *, table: bool) -> None:
        self.rows.show_as(table=table)
        self.view_switch.setText(tr("Show cards") if table else tr("Show table"))

    def _was_saved(self, saved: Saved) -> None:
        self._saved = saved
        self.fleet.load()
        self.toast.tell(_told(saved), tr("Undo") if saved.undoable else "")

    def save(self) -> None:
        """What is filled in of a car."""
        if self.beside.there is not None:
            self.beside.there.save()

    def undo(self) -> None:
        """A photo that was taken off while the form is open, else the last change that was saved."""
        if self.car.state.taken_off:
            self.car.put_photo_back()
        elif self._saved is not None and self._saved.undoable and not self.car.state.unsaved:
            self.car.undo(self._saved)
        else:
            self.toast.tell(tr("There is nothing to undo."))

    def _undo_saved(self) -> None:
        if self._saved is not None and self._saved.undoable:
            self.car.undo(self._saved)

    def _car_shown(self) -> CarId | None:
        car = self.car.state.car
        return car.id if car is not None else None

    def _connection_changed(self) -> None:
        online = self._online
        self.add.setEnabled(online)
        self.add.setToolTip("" if online else tr("There is no connection to the database."))
        if self.beside.there is not None:
            self.beside.there.set_online(online=online)

    @property
    def _online(self) -> bool:
        return self._connection.state.problem is None

    def _join_panel(self, panel: FleetCarPanel) -> None:
        panel.task_failed.connect(self.task_failed)
        panel.set_online(online=self._online)

    def _connect(self) -> None:
        self.fleet.changed.connect(self.draw)
        self.filters.edited.connect(self.fleet.ask)
        self.filters.words.stepped_down.connect(self.rows.take_focus)
        self.rows.chosen.connect(self.open_car)
        shows = Shows(self.beside, self._car_shown, held=lambda: self.unsaved() is not None)
        for view in (self.rows.grid, self.rows.table):
            follow = Follow(view, sound_key(lambda line: line.row.car.id), shows)
            self.car.changed.connect(follow.refresh)
        self.rows.add_wanted.connect(self.add_car)
        self.rows.clear_wanted.connect(self.fleet.clear_filters)
        self.to_move.acted.connect(self._told_to_show)
        self.add.clicked.connect(self.add_car)
        self.view_switch.clicked.connect(self.switch_view)
        self.toast.acted.connect(self._undo_saved)
        self.car.saved.connect(self._was_saved)
        self.car.service.done.connect(lambda movement: self.toast.tell(done_words(movement)))
        self.car.not_undone.connect(
            lambda problem: self.toast.tell(tr("Not undone. {problem}", problem=say(problem).text))
        )
        self.beside.when_built(self._join_panel)
        self._connection.changed.connect(self._connection_changed)

    def _lay_out(self) -> None:
        self.header.add_action(self.view_switch)
        self.header.add_action(self.add)
        top = QVBoxLayout()
        top.setContentsMargins(_EDGE, 0, _EDGE, 0)
        top.setSpacing(3 * GRID)
        for part in (self.header, self.filters, self.to_move):
            top.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID - _EDGE, 5 * GRID, 6 * GRID - _EDGE, 3 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(top)
        column.addWidget(self.rows, 1)


def _summary(rows: FleetRows) -> str:
    """``25 cars: 24 for rent, out or not, 1 in maintenance · 1 retired``, and how many of them are shown."""
    if not rows.ever:
        return " "
    parts = [
        f"{whole(count)} {words}"
        for status, words in (
            (CarStatus.ACTIVE, tr("for rent, out or not")),
            (CarStatus.MAINTENANCE, STATUSES[CarStatus.MAINTENANCE].lower()),
        )
        if (count := rows.statuses.get(status, 0))
    ]
    retired = rows.statuses.get(CarStatus.RETIRED, 0)
    beside = tr(" · {retired} retired", retired=whole(retired)) if retired else ""
    slip = tr(", differing by one slip") if rows.slip else ""
    shown = tr(" · {total} shown{slip}", total=whole(rows.total), slip=slip) if rows.total != rows.ever else ""
    return tr(
        "{cars}{what}{parts}{beside}{shown}",
        cars=counted("{count} car", "{count} cars", rows.cars),
        what=": " if parts else "",
        parts=", ".join(parts),
        beside=beside,
        shown=shown,
    )


def _told(saved: Saved) -> str:
    car = saved.after
    if saved.before is None:
        return tr("{car} is added and can be booked.", car=car.label)
    if saved.before.status is not car.status:
        words = {
            CarStatus.ACTIVE: tr("is for rent"),
            CarStatus.MAINTENANCE: tr("is in maintenance"),
            CarStatus.RETIRED: tr("is retired"),
        }
        return f"{car.label} {words[car.status]}."
    return tr("{car} is saved.", car=car.label)
