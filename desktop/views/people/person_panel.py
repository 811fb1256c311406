"""One account: who it is, what it works as, and everything an administrator does to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.people.people import PeopleState, PeopleViewModel
from desktop.views.parts import account_words as words
from desktop.views.parts import admin_questions as questions
from desktop.views.parts.form import column_of
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.people.one_time_password import OneTimePasswordBox
from desktop.views.people.post_form import PostForm
from desktop.views.session.confirm_password import ask_own_password
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.text import Text
from desktop.words.messages import ROLES, say
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import NewPerson, OneTimePassword, Person, PersonRow, mistakes
from engine.domain.people.people import Role
from engine.domain.shared.errors import InvalidText, SignInRefused
from engine.words.tr import tr

_HINTS = {"name": "", "account": tr("letters, digits, dots"), "email": "name@example.org", "phone": "+49 30 901820"}
_LABELS = {"account": tr("Signs in as")}
_OWN = tr("This is your own account: role, place and standing are changed by another administrator.")


class PersonPanel(FormPanel):
    """Signals: as FormPanel."""

    def __init__(self, context: ViewContext, workspace: Workspace, vm: PeopleViewModel, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Account"))
        self._context, self.vm, self._now = context, vm, workspace.now
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self._shown: Person | AccountRequest | None = None
        self.banner = Banner(context.theme)
        self.facts = FieldList(context.theme, context.shimmer)
        self.one_time = OneTimePasswordBox(context.theme)
        fields = {name: QLineEdit(maxLength=200, placeholderText=hint) for name, hint in _HINTS.items()}
        self.form = column_of(context.theme, fields, _LABELS)
        self.post = PostForm(context.theme, vm.new_fleet)
        self.own = Text(context.theme, _OWN, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.save = Button(context.theme, tr("Save name and contact"))
        self.move_button = Button(context.theme, tr("Change role or place …"))
        self.reset = Button(context.theme, tr("New password …"), icon=Icon.LOCK)
        self.disable = Button(context.theme, tr("Disable …"), ButtonKind.DANGER)
        self.enable = Button(context.theme, tr("Enable …"))
        self.mend = Button(context.theme, tr("Mend …"), ButtonKind.DANGER)
        self.main = Button(context.theme, tr("Create account"), ButtonKind.PRIMARY)
        self._told: OneTimePassword | None = None
        self._wrong: tuple[InvalidText, ...] = ()
        self._fill_panel()
        self._connect()
        self.draw(vm.state)

    def open_person(self, row: PersonRow) -> None:
        self.instead(lambda: self._open_person(row))

    def _open_person(self, row: PersonRow) -> None:
        self._shown, self._wrong = None, ()
        self.vm.show(row)
        self.open(self.form.fields["name"])

    def open_new(self, request: AccountRequest | None = None) -> None:
        self.instead(lambda: self._open_new(request))

    def _open_new(self, request: AccountRequest | None) -> None:
        self._shown, self._wrong = None, ()
        self.form.clear()
        self.vm.show_new(request)
        if request is not None:
            self.form.fill(request)
            self._suggest(request.name)
        self.post.role.setCurrentIndex(self.post.role.findData(Role.CLIENT))
        self.draw(self.vm.state)
        self.begin_form(self.form)
        self.open(self.form.fields["name"])

    def stop(self) -> None:
        """The session ends."""
        for question in ("move", "disable", "enable", "reset", "mend", "create"):
            self.tasks.stop(question)
        super().stop()

    def draw(self, state: PeopleState) -> None:
        inside = self.isAncestorOf(self.window().focusWidget() or self)
        self._draw_all(state)
        self._keep_keyboard(state, inside=inside)

    def _keep_keyboard(self, state: PeopleState, *, inside: bool) -> None:
        """A button that goes takes the keyboard along to anywhere; Enter there would leave the password that is new."""
        if not inside:
            return
        if state.one_time is not None and state.one_time != self._told:
            self.one_time.copy.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.isAncestorOf(self.window().focusWidget() or self):
            self.form.fields["name"].setFocus(Qt.FocusReason.OtherFocusReason)
        self._told = state.one_time

    def _draw_all(self, state: PeopleState) -> None:
        row, new = state.row, state.row is None
        self.set_title(row.person.name if row is not None else tr("New account"))
        self.post.offer(state)
        self.one_time.draw(state.one_time)
        self.facts.setVisible(row is not None)
        if row is not None:
            self.facts.show_fields(self._facts(row, state))
            if self._shown != row.person and not (state.heard and self.is_dirty):
                self._take(row.person)
        elif state.done:
            self.begin_form(self.form)  # it is made; only its row is still on the way
        self._draw_buttons(row, busy=state.busy)
        self.form.show_field("account", shown=new)
        self.main.setVisible(new)
        self.main.setText(tr("Creating …") if state.busy else tr("Create account"))
        self._draw_word(state)

    def _take(self, person: Person) -> None:
        """The fields as they are stored; done once for each version, so that nothing typed is lost in between."""
        self._shown = person
        self.form.fill(person)
        self.post.show_post(person.post)
        self.begin_form(self.form)

    def _draw_buttons(self, row: PersonRow | None, *, busy: bool) -> None:
        other = row is not None and row.person.account != self.vm.own_account
        disabled = row is not None and row.person.disabled
        self.own.setVisible(row is not None and not other)
        self.post.lock(locked=row is not None and not other)
        self.save.setVisible(row is not None)
        self.move_button.setVisible(other)
        self.reset.setVisible(other and not disabled)
        self.disable.setVisible(other and not disabled)
        self.enable.setVisible(other and disabled)
        self.mend.setVisible(other and row is not None and bool(row.flaws))
        for button in (self.save, self.move_button, self.reset, self.disable, self.enable, self.mend):
            button.setEnabled(not busy)

    def _draw_word(self, state: PeopleState) -> None:
        if state.problem is not None:
            if self.form.tell(state.problem):
                self.banner.clear()
            else:
                own = isinstance(state.problem, SignInRefused)
                self.banner.tell(Tone.DANGER, words.NOT_YOURS if own else say(state.problem).text, closable=False)
            return
        self.form.tell_all(self._wrong)
        if state.done:
            self.banner.tell(Tone.POSITIVE, words.DONE[state.done])
        elif state.row is not None and state.row.flaws:
            self.banner.tell(Tone.DANGER, "; ".join(words.FLAWS[flaw] for flaw in state.row.flaws), closable=False)
        elif state.request is not None and state.request.note:
            self.banner.tell(Tone.NEUTRAL, tr("Asked for: {note}", note=state.request.note), closable=False)
        else:
            self.banner.clear()

    def _facts(self, row: PersonRow, state: PeopleState) -> list[LabelledValue]:
        person, now = row.person, self._now()
        return [
            LabelledValue(tr("Signs in as"), person.account),
            LabelledValue(tr("Role"), ROLES[person.post.role]),
            LabelledValue(tr("Place"), words.where_text(person.post, state.branches, state.fleets)),
            LabelledValue(tr("Standing"), words.standing_of(row)[0]),
            LabelledValue(tr("Last sign-in"), words.seen_text(row.last_sign_in, now)),
            LabelledValue(tr("Since"), words.seen_text(person.created_at, now)),
        ]

    # What the buttons do.

    def _create(self) -> None:
        if not self.vm.state.busy:
            self.tasks.once("create", self._ask_create())

    async def _ask_create(self) -> None:
        post = self.post.post()
        wrong = self._has_mistakes()
        if post is None:
            self.banner.tell(Tone.WARNING, tr("Find the renter this account is for, and choose them."), closable=False)
            if not wrong:
                self.post.search.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if wrong:
            return
        typed = {name: self.form.value(name) for name in _HINTS}
        own_password = ""
        if self.vm.needs_password(post.role):
            own_password = await self._agree(questions.to_create(typed["name"], post.role), by_password=True)
            if not own_password:
                return
        self.vm.create(NewPerson(**typed, post=post), own_password)

    def _has_mistakes(self) -> bool:
        """Says all of them at once, and leads to the first."""
        typed = {name: self.form.value(name) for name in _HINTS}
        if self.vm.state.row is not None:
            del typed["account"]
        self._wrong = mistakes(**typed)
        self.form.tell_all(self._wrong)
        if self._wrong:
            self.form.focus_field(self._wrong[0].field)
        return bool(self._wrong)

    def _save(self) -> None:
        if self.vm.state.row is None:
            self._create()
        elif not self._has_mistakes():
            self.vm.edit(*(self.form.value(name) for name in ("name", "email", "phone")))

    async def _ask_move(self) -> None:
        row, post = self.vm.state.row, self.post.post()
        if row is None or post is None or post == row.person.post:
            return
        where = words.where_text(post, self.vm.state.branches, self.vm.state.fleets)
        question = questions.to_move(row.person, post, where)
        own_password = await self._agree(question, by_password=self.vm.needs_password(post.role))
        if own_password:
            self.vm.move(post, own_password)

    async def _ask_disable(self) -> None:
        row = self.vm.state.row
        if row is not None and (own_password := await self._agree(questions.to_disable(row.person), by_password=True)):
            self.vm.disable(own_password)

    async def _ask_enable(self) -> None:
        if (row := self.vm.state.row) is not None and (own_password := await self._agree_for(row, questions.to_enable)):
            self.vm.enable(own_password)

    async def _ask_reset(self) -> None:
        if (row := self.vm.state.row) is not None and (own_password := await self._agree_for(row, questions.to_reset)):
            self.vm.reset_password(own_password)

    async def _ask_mend(self) -> None:
        if (row := self.vm.state.row) is not None and (own_password := await self._agree_for(row, questions.to_finish)):
            self.vm.finish(own_password)

    async def _agree_for(self, row: PersonRow, question_for: Callable[[PersonRow], Question]) -> str:
        return await self._agree(question_for(row), by_password=self.vm.needs_password(row.person.post.role))

    async def _agree(self, question: Question, *, by_password: bool) -> str:
        """The own password where it is wanted, anything where it is not; empty for a no."""
        if by_password:
            return await ask_own_password(self.window(), self._context.theme, question)
        return "yes" if await confirm(self.window(), question) else ""

    def _suggest(self, name: str) -> None:
        if self.vm.state.row is None:
            self.form.put("account", words.suggested_account(name))

    def _connect(self) -> None:
        asks = {
            self.move_button: ("move", self._ask_move),
            self.disable: ("disable", self._ask_disable),
            self.enable: ("enable", self._ask_enable),
            self.reset: ("reset", self._ask_reset),
            self.mend: ("mend", self._ask_mend),
        }
        for button, (name, ask) in asks.items():
            button.clicked.connect(lambda _checked=False, name=name, ask=ask: self.tasks.once(name, ask()))
        self.main.clicked.connect(self._create)
        self.save.clicked.connect(self._save)
        self.form.submitted.connect(self._save)
        self.form.lines["name"].textEdited.connect(self._suggest)
        self.post.renter_searched.connect(self.vm.find_renter)
        self.closed.connect(self.vm.leave)
        self.vm.changed.connect(self.draw)

    def _fill_panel(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * GRID)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        for button in (self.mend, self.reset, self.enable, self.disable):
            row.addWidget(button)
        row.addStretch(1)
        for part in (
            self.banner,
            self.one_time,
            self.facts,
            self.form,
            self.save,
            self.own,
            self.post,
            self.move_button,
        ):
            column.addWidget(part)
        column.addLayout(row)
        column.addStretch(1)
        self.set_content(content)
        self.foot.addWidget(self.main, 1)
