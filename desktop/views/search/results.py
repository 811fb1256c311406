"""What a search found: cards, a skeleton, the empty page or the error, all in the same place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.search import PAGE_SIZE, FoundRows, SearchForm, SearchState, SearchViewModel, wish_of
from desktop.views.parts.asked_slices import AskedSlices
from desktop.views.parts.car_row import CarRow, blocked_row, damaged_row, row_of
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox
from desktop.views.parts.near import slip_words
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.parts.waiting import Waiting
from desktop.views.search.held_cards import HeldCards
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.cards.card_layout import GAP
from desktop.widgets.loading.loading import Showing, WaitWord
from desktop.widgets.loading.painted import Painted
from desktop.words.messages import counted, day_time, say, whole
from engine.domain.car.availability import Blocked, BlockedPage
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import CarWish, Offer, OfferPage
from engine.domain.car.handing_over import ClosedThen, at_the_opening
from engine.domain.car.opening_hours import Handing
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidPeriod
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr

#: Skeleton while the number of cars is unknown: enough for a large screen, scrolled or not.
_SKELETON = 30


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the cards on the screen answer."""

    form: SearchForm
    wish: CarWish
    branch: Branch
    free: int
    taken: int
    slip: str = ""

    @property
    def words(self) -> str:
        """How many there are; where none is spelt as typed, what they are instead (``slip``)."""
        free = (
            tr("{cars} free", cars=counted("{count} car", "{count} cars", self.free))
            if self.free
            else tr("No car free")
        )
        told = tr("{free} · {taken} taken", free=free, taken=whole(self.taken)) if self.form.with_taken else free
        return f"{told}. {self.slip}" if self.slip else told

    def true_for(self, form: SearchForm | None) -> bool:
        """Whether these cars and prices also hold for *form*, which may only filter or order them otherwise."""
        asked = None if form is None else (form.branch_id, form.pick_up, form.drop_off)
        return asked == (self.form.branch_id, self.form.pick_up, self.form.drop_off)


def _taken(state: SearchState) -> int:
    return state.taken.total if state.taken is not None else 0


def _slip(state: SearchState) -> str:
    """What is said where no car of the branch is spelt as typed."""
    if state.first is None or state.form is None or not state.first.slip:
        return ""
    rows: list[Offer | Blocked] = [*state.first.offers, *(state.taken.blocked if state.taken is not None else ())]
    return slip_words(state.form.text, (row.car.label for row in rows))


def _first_rows(first: OfferPage, taken: BlockedPage | None) -> FoundRows:
    """What fits on the first page: at least one taken car was asked for, whether there is room or not."""
    room = PAGE_SIZE - first.rows
    if taken is None:
        return FoundRows(first.offers, (), first.damaged)
    blocked = taken.blocked[:room]
    return FoundRows(first.offers, blocked, first.damaged, taken.damaged[: room - len(blocked)])


def opening_period(state: SearchState) -> RentalPeriod | None:
    """What is searched, moved to when the branch opens; None where that is not what is wrong."""
    if not isinstance(state.problem, ClosedThen) or state.form is None:
        return None
    return at_the_opening(wish_of(state.form, state.branch).period, state.problem)


def _opening_step(state: SearchState) -> str:
    """What stands on the one key."""
    period, branch = opening_period(state), state.branch
    if period is None or branch is None or not isinstance(state.problem, ClosedThen):
        return ""
    if state.problem.handing == Handing.RETURN:
        return tr("Return {at}", at=day_time(period.ends_at, branch.clock))
    return tr("Pick up {at}", at=day_time(period.starts_at, branch.clock))


class CarResults(QWidget):
    """Draws one SearchState; a search under way keeps what is still true on the screen.

    Signals:
        chosen: Offer or Blocked, period and branch of the card that was opened.
        clear_wanted: No car fits; the filters are to go.
        times_wanted: The branch is closed then; carries the RentalPeriod from when it opens.
        next_day_wanted: No car is free; the next day may be better.
        told: How many cars there are, in words.
        painted: A result (cards, or that there are none) came to the screen.
    """

    chosen = Signal(object, object, object)
    clear_wanted = Signal()
    times_wanted = Signal(object)
    next_day_wanted = Signal()
    told = Signal(str)
    painted = Signal()

    def __init__(
        self, context: ViewContext, search: SearchViewModel, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._search, self._now = search, now
        self._shown: _Shown | None = None
        column: Column[CarRow] = Column(tr("Car"), lambda row: row.text.spoken, lambda row: row.text.title)
        self.model: AskedSlices[CarRow] = AskedSlices([column], search, self._rows, PAGE_SIZE)
        self.grid = CardGrid(context.theme, context.shimmer, lambda row: row.text_at(self._now()))
        self.damage = DamageBox(self)
        self.held = HeldCards(self.grid, self.model)
        self.content = Content(context, self.grid, inset=GAP // 2)
        self._on_screen = Painted(self, self.grid.viewport(), self.content.empty)
        self.loading = Waiting(
            self, search, self.content, skeleton=self._put_up_skeleton, fill=self._fill, has_rows=self._still_true
        )
        room = QVBoxLayout(self)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.content)
        self._connect()

    def draw(self, state: SearchState) -> None:
        if state.form is None:
            self.loading.anew()
        self.loading.draw(state)

    def current_offer(self) -> tuple[Offer, RentalPeriod, Branch] | None:
        shown, row = self._shown, self.model.row_at(self.grid.currentIndex().row())
        if shown is None or row is None or not shown.true_for(self._search.state.form):
            return None
        return (row.found, shown.wish.period, shown.branch) if isinstance(row.found, Offer) else None

    def take_focus(self) -> None:
        self.content.take_focus()

    def _put_up_skeleton(self) -> None:
        self._forget(_SKELETON)
        self.content.show_rows()
        self.told.emit(tr("Looking for free cars"))

    def _say_word(self, showing: Showing) -> None:
        if self._search.state.phase is Phase.LOADING and showing.word is WaitWord.STILL_LOADING:
            self.told.emit(tr("Still loading"))

    def _fill(self, state: SearchState) -> None:
        """Put the answer in the place of a skeleton, of older cards, or of an error."""
        if state.phase is Phase.FAILED:
            self._fail(state)
        elif state.first is None or state.form is None or state.wish is None or state.branch is None:
            self._show_empty(
                Icon.PLACE, tr("There is no branch yet"), tr("An administrator adds branches and their cars."), ""
            )
        elif state.first.total + _taken(state) == 0:
            self._forget()
            self._tell_none(state.form)
        else:
            many = (state.first.total, _taken(state))
            self._put(state, _Shown(state.form, state.wish, state.branch, *many, _slip(state)))

    def _put(self, state: SearchState, shown: _Shown) -> None:
        if state.first is None:
            return
        again = self._shown is not None and self._shown.form == shown.form
        place = self._place() if again else (None, -1, 0)
        said = self._shown.words if again and self._shown is not None else ""
        self._shown = shown
        rows = self._rows(_first_rows(state.first, state.taken))
        self.model.begin(shown.free + shown.taken, rows, again=again)
        self.content.show_rows()
        self._restore(place)
        self.told.emit(shown.words)
        self._on_screen.expect()
        if again:
            self.grid.look()  # pages further down are those of before
        if shown.words != said:
            announce(self, shown.words)

    def _rows(self, page: FoundRows) -> list[CarRow]:
        if self._shown is None:
            return []
        branch, now = self._shown.branch, self._now()
        free = [row_of(offer, branch) for offer in page.offers]
        free += [damaged_row(each) for each in page.damaged_free]
        taken = [blocked_row(each, branch, now) for each in page.blocked]
        return [*free, *taken, *(damaged_row(each) for each in page.damaged_taken)]

    def _place(self) -> tuple[str | None, int, int]:
        """Car and row that are current, and how far the cards are scrolled."""
        row = self.grid.currentIndex().row()
        current = self.model.row_at(row)
        return (current.car_id if current else None), row, self.grid.verticalScrollBar().value()

    def _restore(self, place: tuple[str | None, int, int]) -> None:
        car_id, row, scrolled = place
        found = self.model.find(lambda known: known.car_id == car_id)
        selection = self.grid.selectionModel()
        if found is not None:
            selection.setCurrentIndex(self.model.index(found, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        elif 0 <= row < self.model.rowCount():
            # The car is gone from the list; where it stood the keyboard goes on, but another car is not marked for it.
            selection.clearSelection()
            selection.setCurrentIndex(self.model.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            # Ready for Enter, but nobody has chosen anything yet.
            selection.setCurrentIndex(self.model.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.grid.verticalScrollBar().setValue(scrolled)

    def _fail(self, state: SearchState) -> None:
        if state.problem is None:
            return
        told = say(state.problem)
        if self._shown is not None and self._still_true(state):
            self.model.fail_asked()
            self.content.tell_stale(tr("{told} These cars are those found before.", told=told.text))
            self.told.emit(tr("{words}, not up to date", words=self._shown.words))
            return
        self._forget()
        if isinstance(state.problem, ClosedThen):
            self._show_empty(Icon.CLOCK, tr("Closed then"), told.text, _opening_step(state))
        elif isinstance(state.problem, InvalidPeriod):
            self._show_empty(Icon.CLOCK, tr("Choose other times"), told.text, "")
        else:
            self.told.emit(" ")
            self.content.show_problem(state.problem, tr("The search did not work"))
        announce(self, told.text)

    def _tell_none(self, form: SearchForm) -> None:
        self.told.emit(tr("No car free"))
        self._on_screen.expect()
        if form.filters:
            words = tr("With fewer filters there may be a free one.")
            self._show_empty(Icon.NO_CAR, tr("No car fits"), words, tr("Clear filters"))
        else:
            words = tr("Every car of this branch is out or booked at that time.")
            self._show_empty(Icon.NO_CAR, tr("No car is free for these days"), words, tr("Try one day later"))
        announce(self, tr("No car is free"))

    def _show_empty(self, icon: Icon, title: str, sentence: str, step: str) -> None:
        if icon is not Icon.NO_CAR:
            self.told.emit(" ")
        self.content.show_empty(icon, title, sentence, step)

    def _forget(self, skeleton: int = 0) -> None:
        self._shown = None
        self.model.forget(skeleton)

    def _still_true(self, state: SearchState) -> bool:
        return self._shown is not None and self._shown.true_for(state.form)

    def _stepped(self) -> None:
        """The one button of the empty page: what it does depends on why the page is empty."""
        state = self._search.state
        if state.phase is Phase.FAILED and (period := opening_period(state)) is not None:
            self.times_wanted.emit(period)
        elif state.phase is Phase.FAILED or state.form is None:
            self._search.again()
        elif state.form.filters:
            self.clear_wanted.emit()
        else:
            self.next_day_wanted.emit()

    def _choose(self, row: CarRow) -> None:
        shown = self._shown
        if isinstance(row.found, Damaged):
            self.damage.tell(row.found)
        elif shown is not None and shown.true_for(self._search.state.form):
            self.chosen.emit(row.found, shown.wish.period, shown.branch)

    def _connect(self) -> None:
        self.grid.setModel(self.model)
        self.grid.visible_rows.connect(self.model.want_rows)
        self.grid.retry_wanted.connect(self.model.retry)
        self.grid.chosen.connect(self._choose)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self._search.again)
        self.loading.changed.connect(self._say_word)
        self._on_screen.painted.connect(self.painted)
