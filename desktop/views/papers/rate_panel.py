"""What a code of lines bears, to be changed from a moment on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.views.firm.rules_panel import share_of
from desktop.views.parts.form import Form
from desktop.views.parts.forms_page import SentPanel
from desktop.views.parts.moments.holds_from import HoldsFrom
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.messages import percent
from engine.domain.papers.legal import RENTAL_TAX, TaxRate, sound_rate
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_SOON = tr("As soon as possible; a new code from the beginning")


class RatePanel(SentPanel):
    """Signals: ``wanted`` carries the TaxRate and the moment (UTC) it holds from, or None."""

    form: RateForm
    wanted = Signal(object, object)

    def __init__(self, theme: Theme, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(theme, host, tr("Rate of tax"))
        self._theme, self._now = theme, now
        self.save = Button(theme, tr("Save"), ButtonKind.PRIMARY, Icon.CHECK)
        self.save.clicked.connect(self._submit)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.form = RateForm(theme, now, None)

    def begin(self, rate: TaxRate | None) -> None:
        """With what the code bears now; None is another code."""
        self.instead(lambda: self._begin(rate))

    def _begin(self, rate: TaxRate | None) -> None:
        self.form = RateForm(self._theme, self._now, rate)
        self.set_content(self.form)
        self.set_busy(busy=False)
        self.begin_form(self.form)
        self.open(self.form.fields["code" if rate is None else "rate"])

    def _submit(self) -> None:
        self.form.tell_here(None)
        if not self.form.holds.ready():
            return
        try:
            rate, valid_from = sound_rate(self.form.rate()), self.form.holds.valid_from()
        except InvalidText as problem:
            self.form.tell_here(problem)
        else:
            self.wanted.emit(rate, valid_from)


class RateForm(Form):
    def __init__(self, theme: Theme, now: Callable[[], datetime], rate: TaxRate | None) -> None:
        super().__init__(theme, roomy=True)
        bears = percent(rate.rate_bp).removesuffix(" %") if rate else ""
        self.add("code", tr("Code"), QLineEdit(rate.code if rate else "", maxLength=30, placeholderText=RENTAL_TAX))
        self.add("rate", tr("Percent of the net"), QLineEdit(bears, maxLength=6, placeholderText="19"))
        self.add("note", tr("What papers say beside it"), QLineEdit(rate.note if rate else "", maxLength=200))
        self.add_row(
            Text(
                theme,
                tr(
                    "Rentals bear the rate with the code “{code}”. A rate of 0 says why: exempt, or owed by the "
                    "renter.",
                    code=RENTAL_TAX,
                ),
                ink="muted",
                wrap=True,
            )
        )
        self.holds = HoldsFrom(self, theme, now, _SOON)
        self.end()

    def rate(self) -> TaxRate:
        """As typed. Raises: InvalidText for what is no number."""
        return TaxRate(self.value("code").strip(), share_of("rate", self.value("rate")), self.value("note"))
