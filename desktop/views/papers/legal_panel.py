"""What papers say of the firm, to be changed from a moment on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.viewmodels.papers.legal import Picture
from desktop.views.papers.logo_field import LogoField
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.views.parts.moments.holds_from import HoldsFrom
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.words.messages import say
from desktop.words.paper_words import LANGUAGE_NAMES
from engine.domain.papers.legal import LANGUAGES, MOST_TERMS, LegalData, sound_legal
from engine.domain.shared.errors import DriveSphereError, InvalidText, PhotoRefused
from engine.words.tr import tr

_FIRST = tr("From the beginning")
_NEW = LegalData("", "")
#: Field -> its label, an example, and how long it may be.
_LINES = {
    "name": (tr("Name"), tr("Example Rentals Ltd"), 120),
    "address": (tr("Address, in one line"), tr("1 Example Street, 10115 Berlin"), 300),
    "vat_id": (tr("VAT id"), tr("DE123456789; empty for none"), 40),
    "register": (tr("Register"), tr("Court and number"), 200),
    "phone": (tr("Telephone"), "", 60),
    "email": (tr("E-mail"), "", 200),
    "bank": (tr("Bank"), "", 120),
    "iban": ("IBAN", "", 60),
    "bic": ("BIC", "", 40),
    "terms_version": (tr("Version of the terms"), "2026-03", 40),
}


class LegalPanel(SentPanel):
    """Signals: ``wanted`` carries LegalData, the moment (UTC) or None, and a picture's file or None.

    ``file_chosen`` carries the path of a logo.
    """

    form: LegalForm
    wanted = Signal(object, object, object)
    file_chosen = Signal(str)

    def __init__(self, theme: Theme, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(theme, host, tr("The firm on its papers"))
        self._theme, self._now = theme, now
        self.save = Button(theme, tr("Save"), ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = LegalForm(theme, now, None, None)

    def begin(self, data: LegalData | None, logo: Picture | None) -> None:
        """With what holds now; None where the firm never said."""
        self.instead(lambda: self._begin(data, logo))

    def _begin(self, data: LegalData | None, logo: Picture | None) -> None:
        self.form = LegalForm(self._theme, self._now, data, logo)
        self.form.logo.chosen.connect(self.file_chosen)
        self.form.logo.task_failed.connect(self.task_failed)
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.fields["name"])

    def show_picture(self, picture: Picture) -> None:
        self.form.mark("logo", "")
        self.form.logo.show_picture(picture)

    def tell(self, problem: DriveSphereError) -> None:
        if isinstance(problem, PhotoRefused):
            self.form.mark("logo", say(problem).text)
            self.form.focus_field("logo")
        else:
            self.form.tell_here(problem)

    def stop(self) -> None:
        self.form.logo.stop()
        super().stop()

    def _submit(self) -> None:
        self.form.tell_here(None)
        if not self.form.holds.ready():
            return
        try:
            data, valid_from = sound_legal(self.form.data()), self.form.holds.valid_from()
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            picture = self.form.logo.picture
            self.wanted.emit(data, valid_from, picture.file if picture is not None else None)


class LegalForm(Form):
    def __init__(self, theme: Theme, now: Callable[[], datetime], data: LegalData | None, logo: Picture | None) -> None:
        super().__init__(theme, roomy=True)
        self._before = data or _NEW
        for name, (label, example, longest) in _LINES.items():
            self.add(name, label, QLineEdit(getattr(self._before, name), maxLength=longest, placeholderText=example))
        self.terms = QPlainTextEdit(self._before.terms)
        self.terms.setTabChangesFocus(True)
        self.add("terms", tr("Terms of rental, a line for each paragraph"), self.terms)
        self.language = Combo()
        for code in LANGUAGES:
            self.language.addItem(LANGUAGE_NAMES[code], code)
        self.language.setCurrentIndex(max(self.language.findData(self._before.language), 0))
        self.add("language", tr("Papers are written in"), self.language)
        self.logo = LogoField(theme)
        self.logo.show_picture(logo)
        self.add("logo", tr("Logo"), self.logo)
        self.holds = HoldsFrom(self, theme, now, *(() if data else (_FIRST,)))
        self.end()

    def data(self) -> LegalData:
        """As typed; a picture that was stored before is named by it."""
        kept = self.logo.picture is not None and self.logo.picture.file is None
        return replace(
            self._before,
            **{name: self.value(name) for name in _LINES},
            terms=self.terms.toPlainText()[: MOST_TERMS + 1],
            language=self.language.currentData(),
            logo=self._before.logo if kept else "",
        )
