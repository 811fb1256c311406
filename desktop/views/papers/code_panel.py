"""What a branch is called by in the numbers of its papers: proposed, and confirmed once for ever."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import About, Question
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.messages import branch_name
from engine.domain.car.car import Branch
from engine.domain.papers.branch_codes import sound_code
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr


class CodePanel(SentPanel):
    """Signals: ``wanted`` carries the Branch and its code."""

    wanted = Signal(object, str)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, tr("Code of a branch"))
        self._theme = theme
        self._branch: Branch | None = None
        self.save = Button(theme, tr("Confirm this code …"), ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = _form(theme, "")

    def begin(self, branch: Branch) -> None:
        self.instead(lambda: self._begin(branch))

    def _begin(self, branch: Branch) -> None:
        self._branch, self.showing = branch, branch.id
        self.form = _form(self._theme, branch.code)
        self.form.submitted.connect(self._submit)
        self.set_title(branch_name(branch))
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.fields["code"])

    def _submit(self) -> None:
        if self._branch is None or not self.save.isEnabled():
            return
        self.form.tell_here(None)
        try:
            code = sound_code(self.form.value("code"))
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            self.wanted.emit(self._branch, code)


def to_confirm_code(branch: Branch, code: str, year: int) -> Question:
    text = tr(
        "Its papers are numbered from {code}-{year}-INV-0001 on. A code is never changed: that would begin a series in "
        "the middle of a year.",
        code=code,
        year=year,
    )
    return Question(
        tr("Call this branch {code}?", code=code),
        text,
        tr("Confirm {code}", code=code),
        tr("Go on choosing"),
        about=About(branch_name(branch)),
        final=True,
    )


def _form(theme: Theme, code: str) -> Form:
    form = Form(theme, roomy=True)
    form.add("code", tr("Code, 2 to 5 letters and digits"), QLineEdit(code, maxLength=5))
    words = tr(
        "Numbers of papers begin with it, such as {code}-2026-INV-0001. Each branch has its own. Nothing is issued at "
        "a branch before its code is confirmed.",
        code=code or "BER",
    )
    form.add_row(Text(theme, words, ink="muted", wrap=True))
    form.end()
    return form
