"""Signing in builds what is looked at; what opens beside it is built when it is first opened."""

from __future__ import annotations

import pytest
from builders import make_car
from person import person_at
from PySide6.QtWidgets import QWidget

from desktop.viewmodels.phases import Phase
from desktop.views.areas.oversight import OversightArea
from desktop.views.areas.owner import OwnerArea
from desktop.views.fleet.service_form import ServiceForm
from desktop.views.parts.moments.popup import MomentPopup
from desktop.views.search.search_page import SearchPage
from desktop.widgets.frame.side_panel import SidePanel
from engine.domain.firm.events import CarChanged


def built(window: QWidget, *kinds: type) -> list[str]:
    return [type(each).__name__ for kind in kinds for each in window.findChildren(kind)]


@pytest.mark.parametrize("account", ["clerk", "owner", "admin"])
async def test_no_panel_is_built_before_somebody_opens_it(qapp, world, tmp_path, account):
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in(account)
        view = person.view
        await person.until(lambda: person.desk.connection.state.heard_at is not None)

        assert built(person.window, SidePanel, MomentPopup) == []

        # Whoever only looks at what is open builds nothing.
        person.window.commands.refresh()
        view.apply(CarChanged(make_car(1)))
        view.reload()
        person.desk.connection.changed.emit(person.desk.connection.state)
        view.leave()
        assert view.questions_before_going(leaving=True) == ()
        assert built(person.window, SidePanel, MomentPopup) == []


async def test_an_administrator_has_no_search_built_nor_asked_until_going_there(qapp, world, tmp_path):
    before = searches(qapp)
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in("admin")
        view = person.view
        await person.until(lambda: view.area(OversightArea).overview.vm.state.phase is Phase.READY)

        view.reload()
        await person.until(lambda: person.desk.connection.state.heard_at is not None)
        assert searches(qapp) <= before
        assert not person.desk.search.state.branches

        view.go("find")
        await person.find()
        assert len(searches(qapp) - before) == 1


def searches(qapp):
    """Also those that are in no window."""
    return {each for each in qapp.allWidgets() if isinstance(each, SearchPage)}


async def test_an_owner_who_opens_a_car_has_no_form_of_a_service_built_until_one_is_planned(qapp, world, tmp_path):
    async with person_at(qapp, world, tmp_path) as person:
        await person.sign_in("owner")
        page = person.view.area(OwnerArea).fleet
        await person.until(lambda: page.fleet.state.first is not None)

        page.open_car(make_car(1))
        await person.until(page.panel.service.plan.isVisible)
        assert built(person.window, ServiceForm) == []

        page.panel.service.plan.click()
        await person.until(page.panel.service.form.isVisible)
        assert built(person.window, ServiceForm) == ["ServiceForm"]
