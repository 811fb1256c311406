"""A page beside which forms slide in, one at a time: what is half filled in is asked about, and answers stand in it.

API: SentPanel(theme, host, title): save, form, set_busy(busy), tell(problem). FormsPage: panels, forms(toast),
open_form(panel, begin), ended(told), refused(problem).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.dialogs import Question
from desktop.views.parts.area import Page
from desktop.views.parts.form import Form
from desktop.views.parts.form_panel import FormPanel
from desktop.widgets.button import Button
from desktop.widgets.frame.toast import Toast
from desktop.words.messages import say
from engine.domain.shared.errors import DriveSphereError


class SentPanel(FormPanel):
    """A form that is sent, and hears what came of it. Attributes: ``save`` sends it."""

    save: Button
    form: Form

    def set_busy(self, *, busy: bool) -> None:
        """It is on its way."""
        self.save.setEnabled(not busy)

    def tell(self, problem: DriveSphereError) -> None:
        """At its field, or above all of them."""
        self.form.tell_here(problem)


class FormsPage(Page):
    """Attributes: ``toast`` tells in the corner what no open form tells."""

    toast: Toast

    @property
    def panels(self) -> Sequence[SentPanel]:
        raise NotImplementedError

    def leave(self) -> None:
        for panel in self.panels:
            panel.close_panel()

    def stop(self) -> None:
        for panel in self.panels:
            panel.stop()

    def unsaved(self) -> Question | None:
        """See ``Told.unsaved``."""
        return next((question for panel in self.panels if (question := panel.unsaved())), None)

    def open_form(self, wanted: FormPanel, begin: Callable[[], None]) -> None:
        """Whatever another form holds is asked about first."""
        busy = next((panel for panel in self.panels if panel is not wanted and panel.is_open), None)
        if busy is None:
            begin()
            return

        def go_on() -> None:
            busy.give_way()
            begin()

        busy.instead(go_on)

    def ended(self, told: str) -> None:
        """What was sent is done."""
        for panel in self.panels:
            panel.forget_form()
        self.leave()
        self.toast.tell(told)

    def refused(self, problem: DriveSphereError) -> None:
        """Where the person is: in the open form, else in the corner."""
        for panel in self.panels:
            if panel.is_open:
                panel.tell(problem)
                return
        self.toast.tell(say(problem).text)
