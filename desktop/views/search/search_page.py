"""Find a car: form, result, and the way from a card to the booking panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.search.search import SearchForm, SearchState, plain
from desktop.views.parts.area import Page
from desktop.views.parts.car_row import CarRow
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.search.last_search import read, written
from desktop.views.search.results import CarResults
from desktop.views.search.search_form import SearchFormPanel
from desktop.widgets.cards.card_layout import GAP, PICTURE
from desktop.widgets.combo import Combo
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.text import Text
from desktop.words.messages import ORDERS
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch, Car
from engine.domain.car.catalogue import CarOrder, Offer
from engine.domain.people.people import Renter
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import wall_of
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

#: A card keeps half of its gap on each side; with this the cards stand flush with the form above.
_CARD_EDGE = GAP // 2


class SearchPage(Page):
    """Signals: ``chosen`` carries Offer or Blocked, period and branch; ``result_painted`` as CarResults has it."""

    chosen = Signal(object, object, object)
    result_painted = Signal()

    def __init__(
        self, context: ViewContext, workspace: Workspace, photos: Photos, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._photos = photos
        self._preferences, self._workspace = context.preferences, workspace
        self._search = workspace.search
        self._then: Callable[[SearchForm], SearchForm] | None = None
        self.form = SearchFormPanel(context.theme, workspace.now)
        self.results = CarResults(context, workspace.search, workspace.now)
        self.count = Text(context.theme, " ", bold=True)
        self.order = Combo()
        self.order.setAccessibleName(tr("Order"))
        for order, words in ORDERS.items():
            self.order.addItem(words, order)
        self.for_whom = Banner(context.theme)
        self._lay_out(context)
        self.results.grid.set_photo_of(self._photo_of)
        photos.changed.connect(self.results.grid.viewport().update)
        self.form.edited.connect(self._search_for)
        self.form.filters.words.stepped_down.connect(self.results.take_focus)
        self.order.currentIndexChanged.connect(self._reorder)
        self.results.told.connect(self.count.setText)
        self.results.chosen.connect(self.chosen)
        self.results.painted.connect(self.result_painted)
        self.results.clear_wanted.connect(self._clear_filters)
        self.results.times_wanted.connect(self.search_times)
        self.results.next_day_wanted.connect(self._one_day_later)
        self._search.changed.connect(self.draw)
        workspace.panel.kept_changed.connect(self._say_for_whom)
        self._say_for_whom(workspace.panel.kept)
        self.for_whom.acted.connect(self._for_nobody)

    def start(self) -> None:
        """Search as this account last did on this computer, or as a walk-in would."""
        self._search.open(self._last_form)

    def draw(self, state: SearchState) -> None:
        self.form.draw(state, self._workspace.now())
        if state.form is not None:
            blocked = QSignalBlocker(self.order)
            self.order.setCurrentIndex(list(ORDERS).index(state.form.order))
            del blocked
        self.results.draw(state)
        if state.form is not None and self._then is not None:
            self._search_from(self._then)

    def focus_first(self) -> None:
        self.results.take_focus()

    def focus_search(self) -> bool:
        self.focus_form()
        return True

    def focus_form(self) -> None:
        """Into the pick-up: this desk's branch stands there already."""
        self.form.pick_up.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_cards(self) -> None:
        self.results.take_focus()

    def show_similar(self, car: Car) -> None:
        """The same days, other cars of that body type."""
        self._search_from(lambda form: replace(plain(form), bodies=frozenset({car.body})))
        self.focus_cards()

    def current_offer(self) -> tuple[Offer, RentalPeriod, Branch] | None:
        """The free car that the keyboard is on, while what is shown is still true."""
        return self.results.current_offer() if self.isVisible() else None

    def search_times(self, period: RentalPeriod) -> None:
        """The same search at other times."""
        form, branch = self._search.state.form, self._search.state.branch
        if form is not None and branch is not None:
            out, back = (wall_of(at, branch.clock) for at in (period.starts_at, period.ends_at))
            self._search_for(replace(form, pick_up=out, drop_off=back))
        self.focus_cards()

    def search_car(self, car: Car) -> None:
        """That car at its branch, for the days as they are."""
        self._search_from(lambda form: replace(plain(form), branch_id=car.branch_id, text=car.plate))
        self.focus_cards()

    def search_text(self, text: str) -> None:
        """Cars of the branch that have *text*, for the days as they are."""
        self._search_from(lambda form: replace(plain(form), text=text))
        self.focus_cards()

    def _say_for_whom(self, renter: Renter | None) -> None:
        """As long as the next booking is for somebody, the page says so."""
        if renter is None:
            self.for_whom.clear()
        else:
            words = tr("The next booking is for {renter}. Choose a car; Esc leaves it.", renter=renter.name)
            self.for_whom.tell(Tone.ACCENT, words, tr("For nobody yet"), closable=False)

    def search_like(self, booking: Booking) -> None:
        """The branch and the days of a booking that did not come about."""
        zone = shown_zone(booking.zone)
        ends = (booking.period.starts_at, booking.period.ends_at)
        pick_up, drop_off = (wall_of(end, zone) for end in ends)
        self._search_for(SearchForm(booking.branch_id, pick_up, drop_off))

    def _photo_of(self, row: CarRow) -> QPixmap | None:
        image_id = None if isinstance(row.found, Damaged) else next(iter(row.found.car.image_ids), None)
        size: QSize = PICTURE
        return self._photos.pixmap(image_id, size, self.devicePixelRatioF()) if image_id else None

    def _search_from(self, change: Callable[[SearchForm], SearchForm]) -> None:
        """What is searched now with a *change*; on a page just gone to as soon as there is a form to change."""
        form = self._search.state.form
        if form is None:
            self._then = change
        else:
            self._then = None
            self._search_for(change(form))

    def _search_for(self, form: SearchForm) -> None:
        self._preferences.last_search = written(form, self._workspace.actor.account)
        self._search.search(form)

    def _reorder(self) -> None:
        form = self._search.state.form
        if form is not None:
            self._search_for(replace(form, order=CarOrder(self.order.currentData())))

    def _clear_filters(self) -> None:
        if self._search.state.form is not None:
            self._search_for(plain(self._search.state.form))

    def _one_day_later(self) -> None:
        self.form.one_day_later()

    def _last_form(self, branches: tuple[Branch, ...]) -> SearchForm | None:
        return read(self._preferences.last_search, self._workspace.actor.account, branches, self._workspace.now())

    def _for_nobody(self) -> None:
        self._workspace.panel.keep(None)
        self.focus_cards()

    def _lay_out(self, context: ViewContext) -> None:
        found = QHBoxLayout()
        found.addWidget(self.count, 1)
        label = Text(context.theme, tr("Order"), ink="muted")
        label.setBuddy(self.order)
        found.addWidget(label)
        found.addWidget(self.order)
        top = QVBoxLayout()
        top.setContentsMargins(_CARD_EDGE, 0, _CARD_EDGE, 0)
        top.setSpacing(3 * GRID)
        top.addWidget(PageHeader(context.theme, tr("Find a car"), tr("Free at a branch for the days you choose.")))
        top.addWidget(self.for_whom)
        top.addWidget(self.form)
        top.addLayout(found)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID - _CARD_EDGE, 5 * GRID, 6 * GRID - _CARD_EDGE, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(top)
        column.addWidget(self.results, 1)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._workspace.panel.kept is not None:
            self._for_nobody()
        else:
            super().keyPressEvent(event)
