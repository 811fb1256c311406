"""Which program this is, and under which licences it and what it brings along may be used.

API: await show_about(parent, context); TITLE is what leads there.
"""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desktop.dialogs import ask
from desktop.theme.tokens import GRID
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox, Wording
from engine.crash_reports import program_version
from engine.licences import Shipped, shipped
from engine.words.tr import tr

TITLE = tr("About DriveSphere")
_OWN = "drivesphere"
_HEIGHT = 64 * GRID
#: Licences are broken into lines of 80 letters, which take so many of the average width, and stay so.
_LETTERS = 90
_READING = tr("The terms are being read …")
#: The box's margins, the field's and its scroll bar.
_AROUND = 22 * GRID


class AboutBox(QuestionBox):
    """There at once; the works come when their files were read."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        text = tr(
            "Version {program_version}. MIT licence. It brings along the work of others, each under the terms below.",
            program_version=program_version(),
        )
        super().__init__(context.theme, Wording(TITLE, text, tr("Close")), parent)
        self.works = Combo()
        self.works.setAccessibleName(tr("Work"))
        # As wide as the box; its list shows the longest whole.
        self.works.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.terms = QPlainTextEdit()
        self.terms.setReadOnly(True)
        self.terms.setTabChangesFocus(True)
        self.terms.setAccessibleName(tr("Terms"))
        self.terms.setFixedHeight(_HEIGHT)
        self.terms.setPlainText(_READING)
        self.works.setEnabled(False)
        self.wide = max(self.wide, self.terms.fontMetrics().averageCharWidth() * _LETTERS + _AROUND)
        self.add(self.works, self.terms)

    def show_works(self, works: tuple[Shipped, ...]) -> None:
        for each in sorted(works, key=lambda each: (each.name != _OWN, each.name.lower())):
            licence = f"  ·  {each.licence}" if each.licence else ""
            self.works.addItem(f"{each.name} {each.version}{licence}", each.text)
        self.works.currentIndexChanged.connect(self._show)
        self.works.setEnabled(True)
        self._show()

    def _show(self) -> None:
        self.terms.setPlainText(str(self.works.currentData() or ""))


async def show_about(parent: QWidget | None, context: ViewContext) -> None:
    box = AboutBox(context, parent)

    async def read() -> None:
        # Half a hundred files are read; the window goes on meanwhile.
        box.show_works(await asyncio.to_thread(shipped))

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await ask(box)
        reading.cancel()
