"""After an end that nobody foresaw: its report, to be copied or found, and to be left in peace about.

API: await offer_report(parent, context); LOGS is what leads to the folder.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QWidget

from desktop.dialogs import Question, ask
from desktop.outside import open_folder
from desktop.preferences import NEVER
from desktop.theme.tokens import GRID
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from engine.crash_reports import reports
from engine.words.tr import tr

LOGS = tr("Open log folder")
_QUESTION = Question(
    tr("DriveSphere ended unexpectedly"),
    tr(
        "What was saved is safe. This report tells whoever helps where it happened; it names no person, "
        "plate or password. Nothing is sent by itself."
    ),
    tr("Copy the report"),
    tr("Leave the report"),
    harmless=True,
)
_HEIGHT = 40 * GRID


class CrashOffer(QuestionBox):
    def __init__(self, context: ViewContext, report: Path, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, _QUESTION, parent)
        self.text = QPlainTextEdit(report.read_text(encoding="utf-8", errors="replace"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Report"))
        self.text.setFixedHeight(_HEIGHT)
        self.folder = Button(context.theme, LOGS, ButtonKind.PLAIN)
        self.folder.clicked.connect(partial(open_folder, report.parent))
        self.never = QCheckBox(tr("Do not offer reports again"))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 2 * GRID, 0, 0)
        line.addWidget(self.never)
        line.addStretch(1)
        line.addWidget(self.folder)
        self.add(self.text, row)


async def offer_report(parent: QWidget | None, context: ViewContext) -> None:
    """The newest report, once: whatever the answer is, it is not offered again."""
    seen = context.preferences.crash_seen
    found = reports(context.log_folder) if context.log_folder is not None and seen != NEVER else []
    if not found or found[0].name <= seen:
        return
    try:
        box = CrashOffer(context, found[0], parent)
    except OSError:
        return
    await ask(box)
    context.preferences.crash_seen = NEVER if box.never.isChecked() else found[0].name
    context.preferences.save()
    if box.pressed_yes:
        QGuiApplication.clipboard().setText(box.text.toPlainText())
