"""The one box that asks or tells: what it is about, what it costs, what follows, and verbs to answer with.

API: About, Amount, Wording (frozen), QuestionBox(theme, wording, parent): a QDialog for ``dialogs.ask``: pressed_yes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.theme.tokens import BORDER, GRID, RADIUS_CARD, Tone, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.question_parts import About, Amount, AmountLine, Consequence, Rule, Subject
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

WIDTH = 130 * GRID
_SIDE = 6 * GRID
_SHADE = 92
FINAL = tr("This cannot be undone.")


@dataclass(frozen=True, slots=True)
class Wording:
    """See ``desktop.dialogs.Question``; without *no* there is nothing to decide, only to read."""

    title: str
    text: str
    yes: str
    no: str = ""
    when: str = ""
    about: About | None = None
    amounts: tuple[Amount, ...] = ()
    grave: bool = False
    final: bool = False
    harmless: bool = False


class QuestionBox(QDialog):
    """Enter and Esc mean *no* and the keyboard is there, but for what is harmless; *yes* is then no primary button.

    Attributes:
        wide: How wide it is where the screen has the room, in px.
    """

    wide = WIDTH

    def __init__(self, theme: Theme, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._theme, self.wording = theme, wording
        self.pressed_yes = False
        self._shade: Shade | None = None
        light = wording.harmless or not wording.no
        act = ButtonKind.PRIMARY if light else ButtonKind.DANGER if wording.grave else ButtonKind.PLAIN
        self.yes = Button(theme, wording.yes, act)
        self.no = Button(theme, wording.no, ButtonKind.PLAIN if light else ButtonKind.PRIMARY)
        self.safe = self.yes if light else self.no
        self.setWindowTitle(wording.title)
        self.setAccessibleName(wording.title)
        self.setAccessibleDescription(" ".join(filter(None, (_spoken(wording), wording.text))))
        self._content = QWidget()
        self._column, self._whole = QVBoxLayout(self._content), QVBoxLayout(self)
        self._room = self._lay_out()
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.reject)
        for button in (self.yes, self.no):
            button.setAutoDefault(True)
        self.safe.setDefault(True)
        self.safe.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def told(self) -> str:
        """All its words, as a person reads them."""
        words = self.wording
        parts = (words.title, words.when, *_facts(words), words.text, FINAL if words.final else "")
        return "\n".join(filter(None, parts))

    def add(self, *parts: QWidget) -> None:
        """Below the words: what has to be given with the answer."""
        for part in parts:
            self._column.addWidget(part)

    def ask_first(self, part: QWidget) -> None:
        """Before the figures: what they follow from."""
        self._column.insertSpacing(self._asked_at, 3 * GRID)
        self._column.insertWidget(self._asked_at + 1, part)

    def _agree(self) -> None:
        self.pressed_yes = True
        self.accept()

    def _lay_out(self) -> QScrollArea:
        words, theme = self.wording, self._theme
        content = self._content
        content.setAutoFillBackground(False)
        column = self._column
        column.setContentsMargins(_SIDE, _SIDE, _SIDE, 5 * GRID)
        column.setSpacing(GRID)
        column.addWidget(Text(theme, words.title, size=TypeSize.TITLE, bold=True, wrap=True))
        if words.when:
            column.addWidget(Text(theme, words.when, ink="muted", wrap=True))
        if words.about is not None:
            column.addSpacing(3 * GRID)
            column.addWidget(Subject(theme, words.about))
        self._asked_at = column.count()
        if words.amounts:
            column.addSpacing(3 * GRID)
            for amount in words.amounts:
                column.addWidget(AmountLine(theme, amount))
        if words.text:
            column.addSpacing(3 * GRID)
            column.addWidget(self._consequence())
        room = QScrollArea(widgetResizable=True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.viewport().setAutoFillBackground(False)
        room.setWidget(content)
        content.setAutoFillBackground(False)
        whole = self._whole
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(room, 1)
        whole.addWidget(Rule(theme))
        self._foot_row = self._foot()
        whole.addLayout(self._foot_row)
        return room

    def _consequence(self) -> QWidget:
        words = self.wording
        if not words.no:
            # A report is there to be copied.
            text = Text(self._theme, words.text, wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return text
        tone = Tone.DANGER if words.grave else Tone.NEUTRAL if words.harmless else Tone.WARNING
        return Consequence(self._theme, words.text, tone, FINAL if words.final else "")

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(_SIDE, 4 * GRID, _SIDE, 4 * GRID)
        foot.setSpacing(3 * GRID)
        foot.addStretch(1)
        order = (self.no, self.yes) if self.safe is self.yes else (self.yes, self.no)
        for button in order:
            foot.addWidget(button)
        self.no.setVisible(bool(self.wording.no))
        return foot

    def _fit(self) -> None:
        """As high as its words, as long as the screen has the room; in the middle of its window."""
        parent = self.parentWidget()
        screen = (parent or self).screen().availableGeometry()
        width = min(max(self.wide, self._whole.minimumSize().width()), screen.width())
        content = self._content
        needed = content.heightForWidth(width - 2) if content.hasHeightForWidth() else content.sizeHint().height()
        foot = self._whole.minimumSize().height() - self._room.minimumSizeHint().height()
        height = min(needed + foot, screen.height())
        self.setFixedSize(width, height)
        if parent is not None:
            middle = parent.window().frameGeometry().center()
            place = self.rect()
            place.moveCenter(middle)
            left = min(max(place.left(), screen.left()), screen.right() - width + 1)
            top = min(max(place.top(), screen.top()), screen.bottom() - height + 1)
            self.move(left, top)

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        self._fit()
        window = self.parentWidget()
        if window is not None and self._shade is None:
            self._shade = Shade(window.window())
        super().showEvent(event)
        self.safe.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self, result: int) -> None:
        if self._shade is not None:
            self._shade.hide()
            self._shade.deleteLater()
            self._shade = None
        super().done(result)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_card(self, self._theme)


def paint_card(box: QWidget, theme: Theme) -> None:
    """The ground and the edge of a window without a frame, within its ``paintEvent``."""
    painter = QPainter(box)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Not every desktop can show what is behind round corners: they get the colour of a page in the shade.
    painter.fillRect(box.rect(), _in_shade(theme.tokens.surface))
    painter.setBrush(QColor(theme.tokens.raised))
    painter.setPen(QPen(QColor(theme.tokens.control_border), BORDER))
    painter.drawRoundedRect(QRectF(box.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
    painter.end()


def _in_shade(colour: str) -> QColor:
    light = QColor(colour)
    left = 255 - _SHADE
    return QColor(light.red() * left // 255, light.green() * left // 255, light.blue() * left // 255)


class Shade(QWidget):
    """The window behind steps back while something is asked."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        self.show()
        self.raise_()

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, _SHADE))
        painter.end()


def _facts(words: Wording) -> list[str]:
    about = [words.about.spoken] if words.about is not None else []
    return [*about, *(f"{amount.label}: {amount.value}" for amount in words.amounts)]


def _spoken(words: Wording) -> str:
    return ". ".join(_facts(words))


__all__ = ["FINAL", "WIDTH", "About", "Amount", "QuestionBox", "Shade", "Wording", "paint_card"]
