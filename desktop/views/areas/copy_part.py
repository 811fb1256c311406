"""What the copy on this computer brings into the owner's view: its state in words, its news, and forgetting it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.viewmodels.offline.copy import CopyState, CopyStatus, CopyViewModel, news_counts
from desktop.views.areas.earnings_part import EarningsPart
from desktop.views.areas.pin_part import PinPart
from desktop.views.offline.news_panel import NewsPanel
from desktop.views.parts.area import Told
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.toast import Toast
from desktop.words.figures import counted, desk_time
from engine.domain.reports.copying import CopyNews
from engine.domain.reports.report_period import moment
from engine.words.tr import Many, tr

NO_KEYRING = tr("This computer has no keyring, so no copy is kept for days without a network.")
STUCK = tr("A copy cannot be written now: the disk may be full. It is tried again in ten minutes.")
LOCKED = tr("The copy on this computer is locked with a PIN, and is not brought up to date until it is unlocked.")
ANEW = tr(
    "The firm's database was restored from a back-up. The copy on this computer was of the time "
    "before, and was made anew."
)
_ALWAYS = {
    CopyStatus.NO_KEYRING: NO_KEYRING,
    CopyStatus.LOCKED: LOCKED,
    CopyStatus.BROKEN: tr("The copy on this computer could not be made. It is tried again in ten minutes."),
}
FORGET = Question(
    tr("Forget this computer?"),
    tr(
        "The copy of your earnings, bookings and cars on this computer is removed, with its key. Without "
        "a network nothing can be shown here then. A new copy is made when you next sign in on this "
        "computer."
    ),
    tr("Remove the copy"),
    tr("Keep the copy"),
    grave=True,
    final=True,
)


NEVER = Question(
    tr("Never keep a copy on this computer?"),
    tr(
        "The copy of your earnings, bookings and cars on this computer is removed, with its key, and "
        "none is made again, whoever signs in. Without a network nothing can be shown here. It can be "
        "switched on again."
    ),
    tr("Never keep a copy"),
    tr("Go on keeping one"),
    grave=True,
)


class CopyPart(QObject, Told):
    """Signals: ``task_failed`` carries an exception nobody foresaw; ``booking_wanted`` the number of a booking."""

    task_failed = Signal(object)
    booking_wanted = Signal(str)

    def __init__(self, context: ViewContext, vm: CopyViewModel, earnings: EarningsPart, host: QWidget) -> None:
        super().__init__(host)
        self.vm, self._earnings, self._host, self._preferences = vm, earnings, host, context.preferences
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.toast = Toast(context.theme, host)
        self.beside = Beside(lambda: NewsPanel(context, host))
        self._told = CopyNews()
        self._pin = PinPart(context, vm, host)
        self._pin.task_failed.connect(self.task_failed)
        self.toast.acted.connect(self._act)
        self.beside.when_built(lambda panel: panel.booking_wanted.connect(self._open))
        vm.changed.connect(self.draw)
        vm.told.connect(self._tell)
        vm.locked.connect(self._tell_locked)
        earnings.page_made.connect(self._join_page)
        earnings.vm.changed.connect(lambda _state: self.draw(vm.state))

    def commands(self) -> tuple[Command, ...]:
        return (
            Command(
                "copy.forget",
                tr("Forget this computer …"),
                self._ask_to_forget,
                when=lambda: self.vm.is_kept,
                group=tr("Earnings"),
            ),
            *self._pin.commands(),
            Command(
                "copy.never",
                tr("Never keep a copy on this computer …"),
                self._ask_never,
                when=self.vm.keeps,
                group=tr("Earnings"),
            ),
            Command(
                "copy.keep",
                tr("Keep a copy on this computer"),
                self._keep,
                when=lambda: not self.vm.keeps(),
                group=tr("Earnings"),
            ),
            Command(
                "copy.news",
                tr("What changed since the copy before"),
                self.show_news,
                when=lambda: bool(self._told.money),
                group=tr("Earnings"),
            ),
        )

    def start(self) -> None:
        self.vm.start()

    def stop(self) -> None:
        self.tasks.stop("forget")
        self._pin.stop()
        if self.beside.there is not None:
            self.beside.there.hide()

    @property
    def news(self) -> NewsPanel:
        return self.beside.wanted()

    def leave(self) -> None:
        if self.beside.there is not None:
            self.beside.there.close_panel()

    def show_news(self) -> None:
        """The list of what the last sync found."""
        if self._told.money:
            self.news.show_news(self._told, news_words(self._told, self._zone), self._zone)

    def _open(self, booking_id: str) -> None:
        self.leave()
        self.booking_wanted.emit(booking_id)

    def draw(self, state: CopyState) -> None:
        if self._earnings.page is not None:
            self._earnings.page.copy_line.setText(copy_words(state, self._zone))
            self._earnings.page.forget.setVisible(self.vm.is_kept)
            self._pin.draw(self._earnings.page.pin)

    def _join_page(self) -> None:
        if self._earnings.page is not None:
            self._earnings.page.forget.clicked.connect(self._ask_to_forget)
            self._earnings.page.pin.clicked.connect(self._pin.ask_next)
        self.draw(self.vm.state)

    @property
    def _zone(self) -> tzinfo | None:
        """In which the figures are counted, so that one page tells one time; this computer's until it is known."""
        span = self._earnings.vm.state.span
        return None if span is None else span.wall

    def _tell(self, news: CopyNews) -> None:
        if news.money:
            self._told = news
        self.toast.tell(news_words(news, self._zone), tr("Show") if news.money else "")
        if self._earnings.page is not None:
            self._earnings.vm.load()

    def _tell_locked(self) -> None:
        """Asked once after signing in, and never in the way."""
        self.toast.tell(tr("The copy on this computer is locked with a PIN."), tr("Unlock"))

    def _act(self) -> None:
        if self.vm.state.status is CopyStatus.LOCKED:
            self._pin.ask_next()
        else:
            self.show_news()

    def _ask_to_forget(self) -> None:
        self.tasks.once("forget", self._confirm())

    def _ask_never(self) -> None:
        self.tasks.once("forget", self._never())

    async def _never(self) -> None:
        if await confirm(self._host.window(), NEVER):
            self._preferences.keeps_copies = False
            self.vm.forget()

    def _keep(self) -> None:
        self._preferences.keeps_copies = True
        self.vm.start()

    async def _confirm(self) -> None:
        if await confirm(self._host.window(), FORGET):
            self.vm.forget()


def copy_words(state: CopyState, zone: tzinfo | None = None) -> str:
    kept = "" if state.as_of is None else _as_of(state.as_of, zone, complete=state.complete)
    if state.status in _ALWAYS:
        return _ALWAYS[state.status]
    if state.status is CopyStatus.SYNCING:
        return tr("Bringing the copy on this computer up to date. {kept}", kept=kept).strip()
    if state.status is CopyStatus.STUCK:
        return tr("{stuck} {kept}", stuck=STUCK, kept=kept and tr("The one that is kept is {kept}", kept=kept)).strip()
    if state.as_of is None:
        return tr("No copy is kept on this computer.")
    guard = tr("your PIN and the sign-in") if state.pin else tr("the sign-in")
    return tr(
        "Sealed copy on this computer: {kept} What protects it is {guard} of this computer.", kept=kept, guard=guard
    )


def news_words(news: CopyNews, zone: tzinfo | None = None) -> str:
    """``Since Tue 24 Nov 20:14: + 3 rentals, 1 refund``."""
    if news.anew:
        return ANEW
    since = "" if news.since is None else tr("Since {since}: ", since=_here(moment(news.since), zone))
    return f"{since}+ {', '.join(_counted(count, what) for count, what in news_counts(news))}"


#: What came since the copy before, as ``news_counts`` names it.
_NEWS = {
    "rental": Many("{count} rental", "{count} rentals"),
    "refund": Many("{count} refund", "{count} refunds"),
    "change of a car": Many("{count} change of a car", "{count} changes of cars"),
}


def _counted(count: int, what: str) -> str:
    return counted(_NEWS[what].one, _NEWS[what].many, count)


def _as_of(at: datetime, zone: tzinfo | None, *, complete: bool) -> str:
    when = _here(at, zone)
    return tr("as of {at}, complete.", at=when) if complete else tr("as of {at}, partial.", at=when)


def _here(at: datetime, zone: tzinfo | None) -> str:
    return desk_time(at, zone, now=datetime.now(UTC))
