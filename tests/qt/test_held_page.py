"""Whoever goes to another page is asked over the one that has the form, and both stay until the answer."""

from __future__ import annotations

import gc

import pytest
from gestures import asked
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.views.areas.accounts import AccountsArea
from desktop.widgets.frame.side_panel import SidePanel


@pytest.fixture
def somebody(qapp, world, tmp_path):
    yield lambda: person_at(qapp, world, tmp_path)
    gc.unfreeze()


def _branch(view):
    page = view.page("firm").shown
    page.add_branch()
    return page.branch_panel


def _account(view):
    view.page("users").shown.new.click()
    return view.area(AccountsArea).panel


def _renter(view):
    view.client.renters.add()
    return view.client.renters.details


def _first_field(panel):
    return next(field for field in panel.form.fields.values() if hasattr(field, "setText") and field.isVisible())


#: Of the page and its form; how somebody leaves it; and where they come to.
WAYS = [
    ("admin", "firm", _branch, lambda person: _click(person, "users"), "users"),
    ("admin", "firm", _branch, lambda person: person.window.commands.run("go.health"), "health"),
    ("admin", "users", _account, lambda person: person.window.commands.run("go.firm"), "firm"),
    ("clerk", "renters", _renter, lambda person: _click(person, "find"), "find"),
    ("clerk", "renters", _renter, lambda person: person.window.commands.run("bookings.search"), "bookings"),
]


def _click(person, name):
    QTest.mouseClick(person.view.rail.buttons[name], Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(("account", "page", "begin", "leave", "to"), WAYS)
async def test_a_page_with_a_form_stays_until_it_is_answered(somebody, account, page, begin, leave, to):
    async with somebody() as person:
        await person.sign_in(account)
        view = person.view
        view.go(page)
        await person.until(lambda: view.page(page).isVisible() and not person.window.context.shimmer.running)
        panel = begin(view)
        await person.until(lambda: panel.is_open)
        field = _first_field(panel)
        field.setText("Nora")

        leave(person)
        await person.until(asked)
        assert view.at(page)
        assert page == view.rail.selected
        assert panel.is_open
        asked().no.click()
        await person.until(lambda: asked() is None and not panel.questions.running("lose"))
        assert (view.at(page), "Nora") == (True, field.text())

        leave(person)
        await person.until(asked)
        asked().yes.click()
        await person.until(lambda: view.at(to))
        assert to == view.rail.selected
        assert not [each for each in person.window.findChildren(SidePanel) if each.is_open]
        assert asked() is None
