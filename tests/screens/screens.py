"""The pictures in docs/screens: the real window on its own servers and demo data, without a display.

``python tests/screens/screens.py [--size 1920x1080] [--to FOLDER] [NAME ...]`` takes those whose name begins with NAME.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Pictures are compared by people in different places: the desk stands in Berlin for all of them.
os.environ["TZ"] = "Europe/Berlin"

import httpx
from patience import until
from plain_http import PLAIN
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop
from screens_accounts import accounts, door
from screens_admin import admin
from screens_board import board
from screens_bookings import bookings, hold
from screens_earnings import earnings
from screens_fleet import fleet
from screens_marks import marks
from screens_office import office
from screens_papers import papers
from screens_today import today

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.theme.theme import Scheme
from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.search import SearchForm
from desktop.viewmodels.session.session import SessionPhase
from engine.config import load
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel
from engine.domain.shared.errors import SignInRefused, Unavailable

_SETTLE_S = 0.3
_LARGEST, _USUAL = 300_000, 1280 * 800
_SMALLEST = 0
"""What Qt calls quality: for PNG the size of the file, slowest and smallest."""
_CARD = {"email": "ada@example.org", "number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ada"}
_DAY = timedelta(days=1)


@dataclass
class Photographer:
    program: Program
    opened: list[str]
    folder: Path
    wanted: tuple[str, ...]

    @property
    def view(self):
        return self.program.window.workspace

    @property
    def desk(self):
        return self.view.workspace

    async def until(self, condition: Callable[[], object]) -> None:
        await until(condition)

    async def take(self, name: str, of: Callable[[], QWidget] | None = None) -> None:
        """Light and dark; the whole window, or the widget that *of* names."""
        if self.wanted and not name.startswith(self.wanted):
            return
        for scheme, ending in ((Scheme.DARK, "dark"), (Scheme.LIGHT, "light")):
            self.program.theme.choose(scheme)
            await asyncio.sleep(_SETTLE_S)
            path = self.folder / f"{name}-{ending}.png"
            widget = self.program.window if of is None else of()
            picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
            picture.save(str(path), "PNG", _SMALLEST)
            size = path.stat().st_size
            print(f"{path.name:32} {size / 1000:6.0f} kB")  # noqa: T201 -- its output
            if size > _LARGEST * max(picture.width() * picture.height() / _USUAL, 1):
                raise ValueError(f"{path.name} has {size} bytes; {_LARGEST} at 1280x800 is the most for the repository")


async def sign_in(photo: Photographer) -> None:
    session = photo.program.session
    await photo.until(photo.program.window.isVisible)
    await photo.take("starting")
    await photo.until(lambda: session.state.phase in (SessionPhase.SIGNED_OUT, SessionPhase.BROKEN))
    if session.state.phase is SessionPhase.BROKEN:
        raise RuntimeError(str(session.state.problem))
    await photo.take("sign-in")
    await door(photo)
    ready = session.state
    photo.program.window.sign_in.form.account.setText("lena")
    session.feed(replace(ready, problem=SignInRefused()))
    await photo.take("sign-in-refused")
    session.feed(ready)
    first = ready.offered[0]
    session.sign_in(first.account, first.password)
    await photo.until(lambda: photo.view is not None)


async def found(photo: Photographer, form: SearchForm | None = None) -> None:
    """Search for *form*, or wait for the first search; until the result is on the screen."""
    photo.view.go("find")
    search = photo.desk.search
    before = search.state.run
    if form is not None:
        search.search(form)
        await photo.until(lambda: search.state.run > before)
    await photo.until(lambda: search.state.phase is Phase.READY and search.state.first is not None)
    await photo.until(lambda: photo.desk.connection.state.heard_at is not None)


async def search(photo: Photographer) -> None:
    await found(photo)
    vm, connection = photo.desk.search, photo.desk.connection
    # Two weeks from now, when most of the fleet is free.
    form = vm.state.form
    form = replace(form, pick_up=form.pick_up + 14 * _DAY, drop_off=form.drop_off + 15 * _DAY)
    await found(photo, form)
    await photo.take("search")
    await found(photo, replace(form, bodies=frozenset({BodyType.SUV, BodyType.ESTATE}), min_seats=5))
    await photo.take("search-filtered")
    await found(photo, form)
    full, away = vm.state, Unavailable("mongodb")
    later = replace(form, drop_off=form.drop_off + _DAY)
    vm.feed(replace(full, phase=Phase.LOADING, form=later, run=full.run + 1, first=None))
    await photo.take("search-loading")
    vm.feed(replace(full, phase=Phase.FAILED, form=later, run=full.run + 1, first=None, problem=away))
    await photo.take("search-failed")
    none = replace(form, bodies=frozenset({BodyType.CONVERTIBLE}), fuels=frozenset({Fuel.DIESEL}))
    await found(photo, none)
    await photo.take("search-empty")
    await found(photo, form)
    # The servers are there all the while, and word of them would take the place of what the picture shows.
    photo.desk.live.blockSignals(True)  # noqa: FBT003 -- Qt's signature
    photo.desk.tasks.stop("connection")
    alive = connection.state
    connection.feed(ConnectionState(alive.heard_at, away, cache=False))
    vm.feed(replace(vm.state, phase=Phase.LOADING, run=vm.state.run + 1, first=None))
    vm.feed(replace(vm.state, phase=Phase.FAILED, problem=away))
    await photo.take("search-offline")
    photo.desk.live.blockSignals(False)  # noqa: FBT003
    connection.feed(alive)
    connection.watch()
    await found(photo, form)


async def taken(photo: Photographer) -> None:
    """Cars that cannot be had, one of them held at this desk a moment ago, and what is told of it."""
    view, vm = photo.view.client, photo.desk.search
    results, panel = view.search.results, photo.desk.panel
    form = vm.state.form
    await photo.until(lambda: results.model.row_at(1) is not None)
    held = results.model.row_at(1).car_id
    await hold(photo, 1)
    view.panel.close_panel()
    near = replace(form, pick_up=form.pick_up - 13 * _DAY, drop_off=form.drop_off - 12 * _DAY, taken=True)
    await found(photo, near)
    await photo.until(lambda: vm.state.taken is not None)
    at_first_taken(results, vm.state.first.total)
    await photo.take("taken")
    await found(photo, replace(form, taken=True))
    await photo.until(lambda: results.model.rowCount() > vm.state.first.total)
    rows = range(results.model.rowCount())
    at_first_taken(results, vm.state.first.total)
    await photo.until(lambda: any(row.car_id == held for row in map(results.model.row_at, rows) if row))
    row = next(at for at in rows if (known := results.model.row_at(at)) and known.car_id == held)
    results.grid.setCurrentIndex(results.model.index(row, 0))
    results.grid._open(results.model.index(row, 0))
    await photo.until(lambda: photo.desk.car.state.calendar is not None)
    await photo.take("taken-car")
    view.car.close_panel()
    panel.give_up()
    await photo.until(lambda: panel.state.stage is PanelStage.RELEASED)
    await found(photo, form)


def at_first_taken(results, row: int) -> None:
    results.grid.setCurrentIndex(results.model.index(row, 0))
    results.grid.scrollTo(results.model.index(max(row - 2, 0), 0), results.grid.ScrollHint.PositionAtTop)


async def car(photo: Photographer) -> None:
    view, car = photo.view.client, photo.desk.car
    results = view.search.results
    await photo.until(lambda: results.model.row_at(4) is not None)
    results.grid.setCurrentIndex(results.model.index(4, 0))
    results.grid._open(results.model.index(4, 0))
    await photo.until(lambda: car.state.calendar is not None)
    await photo.take("car")
    view.car.strip.setFocus()
    full = car.state
    car.feed(replace(full, calendar=None))
    view.car.loading.begin(has_rows=False)
    await photo.take("car-loading")
    car.feed(replace(full, calendar=None, problem=Unavailable("mongodb")))
    await photo.take("car-failed")
    car.feed(full)
    view.car.as_list.click()
    await photo.take("car-list")
    await marks(photo)
    view.car.close_panel()


async def booking(photo: Photographer) -> None:
    view, panel = photo.view, photo.desk.panel
    results = view.client.search.results
    await photo.until(lambda: results.model.row_at(1) is not None)
    results.grid.setCurrentIndex(results.model.index(1, 0))
    view.client._book_car()
    view.client.panel.renters.field.setText("ma")
    await photo.until(lambda: panel.state.found.rows)
    await photo.take("booking")
    view.client.panel.renters.new.click()
    view.client.panel.renters.form.fields["email"].setText("ada@")
    form = view.client.panel.renters.form
    form.fields["name"].setText("Ada Moreau")
    form.fields["phone"].setText("030 901820")
    form._submit()
    await photo.until(form.mistakes["email"].isVisible)
    await photo.take("booking-new-renter")
    panel.choose(panel.state.found.rows[0])
    await photo.until(lambda: panel.state.renter is not None)
    await photo.take("booking-chosen")
    view.client.panel.book()
    await photo.until(lambda: panel.state.checkout_ready)
    await photo.take("booking-held")
    async with httpx.AsyncClient(**PLAIN) as payer:
        await payer.post(panel.state.booking.payment.attempt.url, data=_CARD)
    await photo.until(lambda: panel.state.stage is PanelStage.CONFIRMED)
    await photo.take("booking-confirmed")
    view.client.panel.close_panel()


async def renter(photo: Photographer) -> None:
    """A renter's own account: the same view for one person."""
    session = photo.program.session
    own = next(account for account in session.state.offered if account.account == "renter")
    session.sign_out()
    await photo.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
    session.sign_in(own.account, own.password)
    await photo.until(lambda: photo.view is not None)
    await found(photo)
    view = photo.view.client
    await photo.until(lambda: view.search.current_offer() is not None)
    view._book_car()
    await photo.until(view.panel.main.isEnabled)
    await photo.take("renter")
    view.panel.close_panel()


async def take_all(app: QApplication, arguments: argparse.Namespace, data: Path) -> None:
    opened: list[str] = []
    settings = load(data / "data", environ={}, cwd=data)
    program = Program(app, settings, Preferences(data / "preferences.ini"), Stopwatch(), open_browser=opened.append)
    width, height = (int(side) for side in arguments.size.split("x"))
    program.window.resize(width, height)
    photo = Photographer(program, opened, arguments.to, tuple(arguments.names))
    arguments.to.mkdir(parents=True, exist_ok=True)
    living = asyncio.create_task(program.live())
    try:
        counter = (sign_in, today, board, search, taken, car, booking, bookings, renter)
        for scene in (*counter, fleet, earnings, admin, office, papers, accounts):
            await scene(photo)
    finally:
        program.leave()
        await living


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--size", default="1280x800")
    reader.add_argument("--to", type=Path, default=Path(__file__).resolve().parents[2] / "docs" / "screens")
    reader.add_argument("names", nargs="*")
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with (
        tempfile.TemporaryDirectory(prefix="drivesphere-screens-") as folder,
        asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner,
    ):
        runner.run(take_all(app, reader.parse_args(), Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
