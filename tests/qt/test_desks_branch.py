"""A search begins at the branch of the computer, then at that of the account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import BERLIN, LISBON
from view_builders import CLERK, FedDesk

from desktop.tasks import TaskScope
from desktop.viewmodels.search.search import SearchViewModel


class Counter(FedDesk):
    """A firm of two branches."""

    def __init__(self, branch, account_at):
        super().__init__(replace(CLERK, branch_id=account_at))
        self.branch, self.services.catalogue = branch, self

    async def branches(self, _actor):
        return [BERLIN, LISBON]

    async def call(self, make):
        return await make()


@pytest.mark.parametrize(
    ("desk", "account", "begins"),
    [
        (LISBON.id, BERLIN.id, LISBON.id),
        ("", LISBON.id, LISBON.id),
        ("gone", LISBON.id, LISBON.id),
        ("", None, BERLIN.id),
    ],
)
async def test_a_search_begins_at_the_desks_own_branch_then_at_the_accounts(desk, account, begins):
    tasks, searched = TaskScope(), []
    search = SearchViewModel(Counter(desk, account), tasks)

    async def note(form):
        searched.append(form.branch_id)

    search._search = note
    search.open()
    await tasks.ended("search")

    assert [begins] == searched
