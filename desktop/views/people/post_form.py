"""What an account works as, and where: a role, and the place that goes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal

from desktop.collation import in_language_order
from desktop.theme.theme import Theme
from desktop.theme.tokens import TypeSize
from desktop.viewmodels.people.people import PeopleState
from desktop.views.parts.account_words import fleet_text
from desktop.views.parts.form import Form
from desktop.views.parts.near import found_words
from desktop.widgets.combo import Combo
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text, isolated
from desktop.words.messages import ROLES, branch_name
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.accounts import Post
from engine.domain.people.people import Renter, Role
from engine.words.tr import tr

_NO_BRANCH = tr("No branch of its own")
_NEW_FLEET = tr("A new fleet, without cars yet")


class PostForm(Form):
    """Only the place that belongs to the chosen role is shown.

    Signals:
        edited: Something else was chosen.
        renter_searched: Text to look for among renters.
    """

    edited = Signal()
    renter_searched = Signal(str)

    def __init__(self, theme: Theme, new_fleet: Callable[[], OwnerId]) -> None:
        super().__init__(theme)
        self._new_fleet = new_fleet
        self._renters: tuple[Renter, ...] = ()
        self.role, self.branch, self.fleet, self.renter = Combo(), Combo(), Combo(), Combo()
        self.search = SearchField(theme, tr("Find the renter: name, e-mail or phone"))
        for role in Role:
            self.role.addItem(ROLES[role], role)
        self.add("role", tr("Role"), self.role)
        self.add("branch_id", tr("Branch"), self.branch)
        self.add("owner_id", tr("Fleet"), self.fleet)
        self.add("renter", tr("Renter"), self.search)
        self.word = Text(theme, "", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.add_row(self.word)
        self.add_row(self.renter)
        self.renter.setAccessibleName(tr("Renter"))
        self.role.currentIndexChanged.connect(self._role_chosen)
        for box in (self.branch, self.fleet, self.renter):
            box.currentIndexChanged.connect(self.edited)
        self.search.searched.connect(self.renter_searched)
        self._role_chosen()

    def offer(self, state: PeopleState) -> None:
        """What can be chosen; what is chosen stays so."""
        branches = [(branch_name(branch), branch.id) for branch in in_language_order(state.branches, branch_name)]
        _fill(self.branch, [(_NO_BRANCH, ""), *branches])
        fleets = in_language_order(state.fleets, fleet_text)
        _fill(self.fleet, [(_NEW_FLEET, ""), *((fleet_text(each), each.owner_id) for each in fleets)])
        renters = tuple(each for each in state.found.rows if isinstance(each, Renter))
        if renters and renters != self._renters:
            self._take(renters)
        self.word.setText(found_words(state.found, state.found_for))

    def show_post(self, post: Post) -> None:
        if post.renter is not None:
            self._take((post.renter,))
        for box, value in ((self.branch, post.branch_id), (self.fleet, post.owner_id), (self.role, post.role)):
            if value is not None and box.findData(value) < 0:
                box.addItem(value, value)
            box.setCurrentIndex(max(0, box.findData("" if value is None else value)))

    def post(self) -> Post | None:
        """What is chosen; None while a renter is still to be found."""
        role = Role(self.role.currentData())
        if role is Role.CLIENT:
            return Post(role, BranchId(self.branch.currentData()) if self.branch.currentData() else None)
        if role is Role.OWNER:
            return Post(role, owner_id=OwnerId(self.fleet.currentData() or self._new_fleet()))
        if role is Role.RENTER:
            at = self.renter.currentIndex()
            return Post(role, renter=self._renters[at]) if 0 <= at < len(self._renters) else None
        return Post(role)

    def lock(self, *, locked: bool) -> None:
        for field in (self.role, self.branch, self.fleet, self.renter, self.search):
            field.setEnabled(not locked)

    def _take(self, renters: Sequence[Renter]) -> None:
        self._renters = tuple(renters)
        self.renter.clear()
        self.renter.addItems([f"{isolated(renter.name)}, {renter.email}" for renter in renters])

    def _role_chosen(self) -> None:
        role = Role(self.role.currentData())
        owner, client, renter = role is Role.OWNER, role is Role.CLIENT, role is Role.RENTER
        for name, shown in (("branch_id", client), ("owner_id", owner), ("renter", renter)):
            self.show_field(name, shown=shown)
        self.renter.setVisible(renter)
        self.word.setVisible(renter)
        self.edited.emit()


def _fill(box: Combo, choices: Sequence[tuple[str, str]]) -> None:
    if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] == list(choices):
        return
    blocked, chosen = QSignalBlocker(box), box.currentData()
    box.clear()
    for words, value in choices:
        box.addItem(words, value)
    if chosen and box.findData(chosen) < 0:
        box.addItem(str(chosen), chosen)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    del blocked
