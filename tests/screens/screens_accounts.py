"""The pictures of accounts: the sign-in screen's other pages, users and requests, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.accounts import AccountsArea
from engine.domain.people.accounts import PeopleQuery
from engine.domain.shared.errors import Unavailable

AWAY = Unavailable("mongodb")
_ASKED = {"name": "Nele Vogt", "email": "nele@example.org", "note": "I begin at the counter in Berlin on Monday"}


async def door(photo) -> None:
    """Before anybody is signed in: asking for an account, and choosing a password."""
    session, page = photo.program.session, photo.program.window.sign_in
    ready = session.state
    page.form.ask.click()
    for name, text in _ASKED.items():
        page.ask.form.fields[name].setText(text)
    await photo.take("ask")
    page.ask.send.click()
    await photo.until(lambda: page.ask.vm.state.filed)
    await photo.take("asked")
    page.ask.left.emit()
    session.feed(replace(ready, phase=SessionPhase.CHOOSING, account="nele.vogt", knows_old=True))
    await photo.take("choose-password")
    session.feed(ready)


async def accounts(photo) -> None:
    """As an administrator."""
    area = photo.view.area(AccountsArea)
    photo.view.go("users")
    listing = area.people_vm.listing
    await photo.until(lambda: listing.state.phase is Phase.READY and area.people_vm.state.fleets)
    await photo.take("users")
    area.panel.open_person(next(row for row in listing.state.first.rows if row.person.account == "clerk"))
    await photo.until(lambda: not area.panel._slide.state().value)
    await photo.take("user")
    await _new_account(photo, area)
    photo.view.go("requests")
    await photo.until(lambda: area.requests.list.row() is not None)
    await photo.take("requests")
    await _phases(photo, area, listing)
    await _requests_phases(photo, area)
    area.requests_vm.decline(area.requests_vm.listing.state.first.rows)
    await photo.until(lambda: area.requests_vm.listing.state.first.total == 0)
    photo.view.go("users")
    await _back_to(photo, "requests", area.requests_vm.listing)
    await photo.take("requests-empty")


async def _new_account(photo, area) -> None:
    area.panel.open_new(area.requests_vm.listing.state.first.rows[0])
    area.panel.post.branch.setCurrentIndex(1)
    await photo.take("user-new")
    area.people_vm.state = replace(area.people_vm.state, request=None)
    area.panel.main.click()
    await photo.until(lambda: area.people_vm.state.one_time is not None)
    await photo.take("user-issued")
    area.panel.close_panel()
    await photo.until(lambda: listing_ready(area))


def listing_ready(area) -> bool:
    return area.people_vm.listing.state.phase is Phase.READY


async def _back_to(photo, name, listing) -> None:
    """A page one comes back to is loaded again."""
    run = listing.state.run
    photo.view.go(name)
    await photo.until(lambda: listing.state.run > run and listing.state.phase is Phase.READY)


async def _phases(photo, area, listing) -> None:
    await _back_to(photo, "users", listing)
    full = listing.state
    area.people.list._shown = None
    listing.feed(replace(full, phase=Phase.LOADING, run=full.run + 1, first=None))
    await photo.until(lambda: area.people.list.model.rowCount() != full.first.total)
    await photo.take("users-loading")
    listing.feed(replace(full, phase=Phase.FAILED, run=full.run + 1, first=None, problem=AWAY))
    await photo.take("users-failed")
    listing.feed(replace(full, run=full.run + 2))
    listing.feed(replace(full, run=full.run + 2, phase=Phase.FAILED, problem=AWAY))
    await photo.take("users-offline")
    listing.ask(PeopleQuery("zzz"))
    await photo.until(lambda: listing.state.phase is Phase.READY and not area.people.list.content.shows_rows)
    await photo.take("users-empty")
    listing.ask(PeopleQuery())
    await photo.until(lambda: listing_ready(area))


async def _requests_phases(photo, area) -> None:
    shown, listing = area.requests.list, area.requests_vm.listing
    await _back_to(photo, "requests", listing)
    await photo.until(lambda: shown.row() is not None)
    full = listing.state
    listing.feed(replace(full, run=full.run + 1, phase=Phase.LOADING))
    listing.feed(replace(full, run=full.run + 1, phase=Phase.FAILED, problem=AWAY))
    await photo.take("requests-offline")
    shown._shown = object()
    listing.feed(replace(full, phase=Phase.LOADING, run=full.run + 2, first=None))
    await photo.until(lambda: shown.model.rowCount() != full.first.total)
    await photo.take("requests-loading")
    listing.feed(replace(full, phase=Phase.FAILED, run=full.run + 2, first=None, problem=AWAY))
    await photo.take("requests-failed")
    listing.load()
    await photo.until(lambda: listing.state.phase is Phase.READY and shown.row() is not None)
