"""The branch's day on paper: in which language, then on the screen as it is printed.

API: DayPrinting(context, vm, owner): button, online; print_day(), stop(); task_failed.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, ask
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.viewmodels.booking.today import TodayViewModel
from desktop.views.papers.issue_box import IssueBox
from desktop.views.papers.preview import PaperBox
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from engine.words.tr import tr

_QUESTION = Question(
    tr("Print the day sheet?"),
    tr("All that is to be done here today, on paper. It is shown first."),
    tr("Show the day sheet"),
    tr("Print nothing"),
    harmless=True,
)


class DayPrinting(QObject):
    """Signals: ``task_failed`` carries what nobody foresaw.

    Attributes: ``online`` is False while the database is away: what is known is printed then.
    """

    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: TodayViewModel, owner: QWidget) -> None:
        super().__init__(owner)
        self._context, self._vm, self._owner = context, vm, owner
        self.online = True
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.button = Button(context.theme, icon=Icon.PRINT)
        self.button.setAccessibleName(tr("Day sheet …"))
        self.button.setToolTip(tr("Print the day sheet (Ctrl+P)"))
        self.button.clicked.connect(self.print_day)

    def print_day(self) -> None:
        self.tasks.once("print day", self._print())

    def stop(self) -> None:
        self.tasks.stop("print day")

    async def _print(self) -> None:
        window = self._owner.window()
        box = IssueBox(self._context.theme, _QUESTION, await self._vm.language(online=self.online), window)
        await ask(box)
        if not box.pressed_yes:
            return
        day = self._vm.day_to_draw(str(box.language.currentData()), online=self.online)
        shown = PaperBox(self._context, self._vm.sheets, day, tr("Day sheet"), window)
        shown.task_failed.connect(self.task_failed)
        await ask(shown)
