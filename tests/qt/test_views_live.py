"""News from other desks: what the window says about how true it is, and what it changes in place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, LISBON
from view_builders import NOW, PERIOD, fed_workspace, found, looking, make_booking, make_offer

from desktop.tasks import TaskScope
from desktop.theme.tokens import Tone
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.viewmodels.connection import FRESH, ConnectionState
from desktop.viewmodels.live import LiveViewModel
from desktop.viewmodels.search.search import SearchViewModel
from desktop.views.frame.connection import ConnectionLook
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.status_bar import StatusBar
from engine.domain.booking.booking import BookingId
from engine.domain.booking.listing import BookingRows
from engine.domain.firm.events import BookingChanged, CarChanged, CarClaimed, Pulse, Resync
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.period import RentalPeriod

FORM = PanelState(offer=make_offer(), period=PERIOD, branch=BERLIN)
CLAIM = CarClaimed(FORM.offer.car.id, BERLIN.id, BookingId("OTHER"), PERIOD, blocking=True)


@pytest.fixture
def workspace():
    return fed_workspace(TaskScope())


@pytest.fixture
def look(qtbot, theme, workspace, tmp_path):
    status = StatusBar(theme)
    qtbot.addWidget(status)
    banner = Banner(theme, status)
    look = ConnectionLook(workspace, status, banner, banner)
    workspace.connection.look_now = lambda: None
    yield look
    look.stop()


def said(look):
    return look.status.drawn.connection, look.status.drawn.last_word


def test_X5_live_is_said_with_proof_only_and_for_as_long_as_there_is_some(look, workspace):
    connection, desk = workspace.connection, workspace.desk
    connection.feed(ConnectionState(NOW))
    assert "Connected" == said(look)[0]

    connection.on_pulse(Pulse(streaming=True, heard_at=NOW))
    assert ("Live", "") == said(look)
    assert Tone.POSITIVE is look.status.drawn.tone

    desk.at = NOW + FRESH + timedelta(seconds=1)
    look.say()
    assert "Connected" == said(look)[0]
    assert said(look)[1].endswith(", 5 s ago")


def test_X5_without_a_stream_a_server_that_answers_is_not_called_live(look, workspace):
    workspace.connection.on_pulse(Pulse(streaming=True, heard_at=NOW))
    workspace.connection.on_pulse(Pulse(streaming=False, heard_at=NOW, problem=Unavailable("mongodb")))
    workspace.connection.feed(replace(workspace.connection.state, heard_at=NOW))

    assert "Connected" == said(look)[0]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, ""), (59, ", 59 s ago"), (60, ", 1 min ago"), (200, ", 3 min ago"), (7300, ", 2 h ago")]
)
def test_the_age_of_the_last_word_counts_up(look, workspace, seconds, words):
    workspace.connection.feed(ConnectionState(NOW, Unavailable("mongodb")))
    workspace.desk.at = NOW + timedelta(seconds=seconds)
    look.say()

    assert "No connection" == said(look)[0]
    assert said(look)[1].startswith("as of ")
    assert said(look)[1].endswith(words)


def test_a_stream_that_breaks_or_comes_back_has_the_servers_asked_at_once(workspace):
    asked = []
    connection = workspace.connection
    connection.look_now = lambda: asked.append(1)

    connection.on_pulse(Pulse(streaming=True, heard_at=NOW))
    assert [] == asked
    connection.on_pulse(Pulse(streaming=False, heard_at=NOW, problem=Unavailable("mongodb")))
    assert [1] == asked
    connection.feed(replace(connection.state, problem=Unavailable("mongodb")))
    connection.on_pulse(Pulse(streaming=True, heard_at=NOW))
    assert [1, 1] == asked


def test_X1_a_car_taken_while_its_form_is_open_says_so_and_no_longer_when_it_is_free_again(workspace):
    panel = workspace.panel
    panel.feed(FORM)

    panel.apply(CLAIM)
    assert (PERIOD.ends_at, ("OTHER",)) == (panel.state.problem.until, panel.state.problem.booking_ids)
    first = panel.state.problem
    panel.apply(CLAIM)
    assert first is panel.state.problem
    panel.apply(replace(CLAIM, booking_id=BookingId("THIRD"), blocking=False))
    assert first is panel.state.problem
    panel.apply(replace(CLAIM, blocking=False))
    assert panel.state.problem is None


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, car_id="another"),
        replace(CLAIM, period=RentalPeriod(PERIOD.ends_at, PERIOD.ends_at + timedelta(days=1))),
    ],
)
def test_a_claim_of_another_car_or_other_days_is_nobodys_business_here(workspace, claim):
    workspace.panel.feed(FORM)
    workspace.panel.apply(claim)

    assert FORM is workspace.panel.state


def test_a_claim_of_ones_own_is_no_surprise(workspace):
    holding = replace(FORM, stage=PanelStage.HOLDING)
    workspace.panel.feed(holding)
    workspace.panel.apply(CLAIM)

    assert holding is workspace.panel.state


async def test_a_booking_whose_answer_was_lost_is_led_to(workspace, until):
    panel = workspace.panel
    panel.start(FORM.offer, PERIOD, BERLIN)
    panel.feed(replace(panel.state, problem=Unavailable("mongodb")))
    booking = make_booking(state="confirmed", intent_key=panel._intent_key)

    panel.apply(BookingChanged(make_booking(2, state="confirmed")))
    assert panel.state.booking is None
    panel.apply(BookingChanged(booking))

    assert (booking, PanelStage.CONFIRMED, None) == (panel.state.booking, panel.state.stage, panel.state.problem)


async def test_a_burst_of_news_searches_once(workspace, until):
    searched = []
    workspace.search.again = lambda: searched.append(1)
    workspace.search.feed(found(3))
    wish = workspace.search.state.wish
    claim = replace(CLAIM, period=wish.period)

    for number in range(300):
        workspace.search.apply(replace(claim, car_id=f"car-{number}"))
    workspace.search.apply(CarChanged(make_offer(2).car))
    await until(lambda: searched)
    await until(lambda: not workspace.search._tasks.running("search soon"))

    assert [1] == searched


@pytest.mark.parametrize(
    ("changes", "concerns"),
    [
        ({}, True),
        ({"branch_id": LISBON.id}, False),
        ({"period": RentalPeriod(NOW + timedelta(days=90), NOW + timedelta(days=91))}, False),
        ({"period": RentalPeriod(NOW - timedelta(days=3), NOW - timedelta(days=1)), "blocking": False}, True),
    ],
)
def test_only_what_may_change_the_cards_is_searched_for(workspace, changes, concerns):
    workspace.search.feed(found(3))
    claim = replace(CLAIM, period=workspace.search.state.wish.period)

    assert concerns is workspace.search._concerns(replace(claim, **changes))


async def test_hundreds_of_facts_leave_the_window_its_turns(workspace):
    """Each slice is shorter than a frame, whatever one fact costs."""
    live, turns, heard, between = LiveViewModel(None, None, TaskScope()), 0, [], []

    async def window():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def slow(fact):
        heard.append(fact)
        between.append(turns)
        end = asyncio.get_running_loop().time() + 0.002
        while asyncio.get_running_loop().time() < end:
            pass

    live.happened.connect(slow)
    task = asyncio.create_task(window())
    facts = tuple(replace(CLAIM, booking_id=BookingId(f"B{number}")) for number in range(100))
    await live._tell(facts)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert list(facts) == heard
    assert len(set(between)) >= 10


async def test_what_was_missed_is_asked_for_and_not_told(workspace):
    live, resynced, heard = LiveViewModel(None, None, TaskScope()), [], []
    live.resync.connect(lambda: resynced.append(1))
    live.happened.connect(heard.append)
    await live._tell((Resync(), CLAIM))

    assert ([1], [CLAIM]) == (resynced, heard)


async def test_news_of_a_search_under_way_searches_once_more_and_never_drops_it(workspace, until, monkeypatch):
    """On a busy day a search that was dropped at each word would never end."""
    monkeypatch.setattr(SearchViewModel, "soon_s", 0.0)
    tasks, ended, searched = workspace.search._tasks, asyncio.Event(), []
    workspace.search.again = lambda: searched.append(1)
    workspace.search.feed(looking())
    tasks.latest("search", waiting(ended))

    workspace.search.apply(CLAIM)
    for _turn in range(20):
        await asyncio.sleep(0)
    workspace.search.apply(replace(CLAIM, branch_id=LISBON.id))
    assert [] == searched
    ended.set()
    await until(lambda: searched)

    assert [1] == searched


async def waiting(event):
    await event.wait()


class SlowListing:
    """The page was read before the change, and arrives after the news of it."""

    def __init__(self, *rows):
        self.rows, self.go_on = rows, asyncio.Event()

    async def page(self, _actor, _query):
        await self.go_on.wait()
        return BookingRows(self.rows, len(self.rows))


async def test_a_page_read_before_a_change_does_not_undo_the_news_of_it(workspace, until):
    old, other = make_booking(1), make_booking(2)
    vm, desk = workspace.bookings, workspace.desk
    desk.services.listing, desk.call = SlowListing(old, other), lambda make: make()
    vm.feed(replace(vm.state, branches=(BERLIN,)))
    changed = []
    vm.row_changed.connect(changed.append)
    vm.load()
    await until(lambda: vm.state.run == 1)
    newer, made = replace(old, version=2, state="confirmed"), make_booking(3)

    vm.took(newer)
    vm.took(made)
    desk.services.listing.go_on.set()
    await until(lambda: vm.state.first is not None)

    assert (newer, other) == vm.state.first.rows
    assert [newer, made] == changed
