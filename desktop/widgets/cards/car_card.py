"""One car card, painted: skeleton, the loaded car, or the sentence of a page that failed.

API: CarCardText (what a card says), CardState, CardPainter(theme, clock).paint(painter, rect, card, state).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap

from desktop.theme.icons import Icon
from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CARD, RADIUS_CONTROL, Tone, TypeSize
from desktop.widgets.cards.card_layout import CardLayout, layout
from desktop.widgets.cards.silhouette import Silhouettes
from desktop.widgets.column_widths import two_lines_of
from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

_Align = Qt.AlignmentFlag
_START = _Align.AlignLeading | _Align.AlignVCenter
_END = _Align.AlignTrailing | _Align.AlignVCenter

#: How much of the picture is left of a car that cannot be had.
_DIMMED = 0.45
FAILED_TEXT = tr("Could not be loaded")
RETRY_TEXT = tr("Enter or click to try again")


@dataclass(frozen=True, slots=True)
class CarCardText:
    """Everything a card says, ready to be painted: words, money and dates are formatted already.

    *facts* are up to four short words (body, fuel, transmission, seats); *body_type* is one of
    ``silhouette.BODY_TYPES``, *colour* a colour word or ``#rrggbb``. A *note* takes the place of the last two facts;
    a *dimmed* card is one that cannot be had, which its badge says too.
    """

    title: str
    plate: str
    facts: tuple[str, ...]
    branch: str
    price: str
    per_day: str
    badge: str
    badge_tone: Tone = Tone.POSITIVE
    body_type: str = "sedan"
    colour: str = "silver"
    note: str = ""
    dimmed: bool = False

    @property
    def spoken(self) -> str:
        """For a screen reader: the order in which one would say it."""
        parts = (self.title, self.badge, self.price, self.per_day, self.note, *self.facts, self.branch, self.plate)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class CardState:
    hovered: bool = False
    selected: bool = False
    focused: bool = False
    failed: bool = False
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight
    surface: QRect = field(default_factory=QRect)
    """What the light of the skeleton runs over: the whole view, not each card by itself."""


class CardPainter:
    """Knows how a card looks; knows no view and no model."""

    def __init__(self, theme: Theme, clock: ShimmerClock) -> None:
        self._theme = theme
        self._clock = clock
        self._silhouettes = Silhouettes()

    def paint(
        self, painter: QPainter, rect: QRect, card: CarCardText | None, state: CardState, photo: QPixmap | None = None
    ) -> None:
        """Without a *card*: its skeleton, or the failure in their place."""
        places = layout(rect, state.direction)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(state.direction)
        self._ground(painter, places, state, dimmed=card is not None and card.dimmed)
        if card is not None:
            self._picture(painter, places, card, photo)
            self._texts(painter, places, card)
        elif state.failed:
            self._failure(painter, places)
        else:
            self._skeleton(painter, places, state.surface)
        if state.focused:
            self._focus_ring(painter, places)
        painter.restore()

    def _ground(self, painter: QPainter, places: CardLayout, state: CardState, *, dimmed: bool) -> None:
        tokens = self._theme.tokens
        edge = tokens.accent if state.selected else tokens.control_border if state.hovered else tokens.border
        painter.setPen(QPen(QColor(edge), BORDER))
        painter.setBrush(QColor(tokens.surface if dimmed else tokens.raised))
        painter.drawRoundedRect(QRectF(places.card).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
        if not state.failed:
            painter.fillRect(places.rule, QColor(tokens.border))

    def _focus_ring(self, painter: QPainter, places: CardLayout) -> None:
        painter.setPen(QPen(QColor(self._theme.tokens.focus), FOCUS))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(places.card).adjusted(-2, -2, 2, 2)
        painter.drawRoundedRect(ring, RADIUS_CARD + 2, RADIUS_CARD + 2)

    def _picture(self, painter: QPainter, places: CardLayout, card: CarCardText, photo: QPixmap | None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.picture))
        painter.drawRoundedRect(places.picture, RADIUS_CONTROL, RADIUS_CONTROL)
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.setOpacity(_DIMMED if card.dimmed else 1.0)
        if photo is not None:
            painter.drawPixmap(places.picture, photo)
            painter.setOpacity(1.0)
            return
        inner = places.picture.adjusted(GRID, GRID, -GRID, -GRID)
        photo = self._silhouettes.pixmap(card.body_type, card.colour, inner.size(), ratio)
        size = QSize(photo.deviceIndependentSize().toSize()).scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(inner.topLeft(), size)
        target.moveCenter(inner.center())
        painter.drawPixmap(target, photo)
        painter.setOpacity(1.0)

    def _texts(self, painter: QPainter, places: CardLayout, card: CarCardText) -> None:
        theme, tokens = self._theme, self._theme.tokens
        small = theme.font(TypeSize.SMALL)
        strong = theme.font(TypeSize.LEAD, bold=True)
        ink = tokens.muted if card.dimmed else tokens.text
        self._name(painter, places, card, ink)
        for place, fact in zip(places.facts, card.facts[:2] if card.note else card.facts, strict=False):
            _write(painter, place, fact, small, ink)
        if card.note:
            _write(painter, places.facts[2].united(places.facts[3]), card.note, small, tokens.accent)
        price = theme.font(TypeSize.BODY, bold=True) if card.dimmed else strong
        _write(painter, _beside(places, QFontMetrics(price), card.price), card.branch, small, tokens.muted)
        _write(painter, places.price, card.price, price, tokens.text, _END)
        _write(painter, places.per_day, card.per_day, small, tokens.muted, _END)
        if card.badge:
            paint_badge(painter, theme, places.badge, card.badge, card.badge_tone)

    def _name(self, painter: QPainter, places: CardLayout, card: CarCardText, ink: str) -> None:
        """Never cut: where one large line is too short the name takes two smaller ones, and the plate makes room."""
        theme, muted = self._theme, self._theme.tokens.muted
        strong, body = theme.font(TypeSize.LEAD, bold=True), theme.font(TypeSize.BODY)
        if QFontMetrics(strong).horizontalAdvance(card.title) < places.title.width():
            _write(painter, places.title, card.title, strong, ink)
            _write(painter, places.plate, _plate(card, QFontMetrics(body), places.plate.width()), body, muted)
            return
        smaller = theme.font(TypeSize.BODY, bold=True)
        line = QRect(places.title.left(), places.title.top(), places.title.width(), places.plate.height())
        for words in filter(None, two_lines_of(QFontMetrics(smaller), card.title, "", line.width() - 1)):
            _write(painter, line, words, smaller, ink)
            line.translate(0, line.height())
        _write(painter, line, _plate(card, QFontMetrics(body), line.width()), body, muted)

    def _failure(self, painter: QPainter, places: CardLayout) -> None:
        theme, tokens = self._theme, self._theme.tokens
        theme.icons.paint(painter, places.picture.adjusted(0, 20, 0, -20), Icon.ERROR, tokens.danger)
        _write(painter, places.title, FAILED_TEXT, theme.font(TypeSize.BODY, bold=True), tokens.text)
        _write(painter, places.plate, RETRY_TEXT, theme.font(TypeSize.SMALL), tokens.muted)

    def _skeleton(self, painter: QPainter, places: CardLayout, surface: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(surface.width(), surface.left()))
        seen = painter.clipBoundingRect().toAlignedRect() if painter.hasClipping() else places.card
        for bone in places.skeleton():
            if bone.intersects(seen):
                radius = RADIUS_CONTROL if bone.height() > 2 * RADIUS_CONTROL else GRID
                painter.drawRoundedRect(bone, radius, radius)


def paint_badge(painter: QPainter, theme: Theme, place: QRect, text: str, tone: Tone, *, chosen: bool = False) -> None:
    """A pill at the reading edge of *place*, as wide as its word.

    On the ground of a *chosen* line tints are hardly seen, or not at all: there the pill has the page's and an edge.
    """
    tokens, font = theme.tokens, theme.font(TypeSize.SMALL, bold=True)
    text = _elided(font, text, place.width() - 4 * GRID)
    pill = QRect(place)
    pill.setWidth(QFontMetrics(font).horizontalAdvance(text) + 4 * GRID)
    if painter.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        pill.moveRight(place.right())
    painter.setPen(QPen(QColor(tokens.ink(tone)), BORDER) if chosen else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.raised if chosen else tokens.tint(tone)))
    round_px, edge = pill.height() / 2, BORDER / 2 if chosen else 0.0
    painter.drawRoundedRect(QRectF(pill).adjusted(edge, edge, -edge, -edge), round_px, round_px)
    painter.setPen(QColor(tokens.ink(tone)))
    painter.setFont(font)
    painter.drawText(pill, _Align.AlignCenter, text)


def _beside(places: CardLayout, metrics: QFontMetrics, price: str) -> QRect:
    """Where the branch stands: all that the price beside it leaves."""
    least = min(places.price.width(), metrics.horizontalAdvance(price) + 2 * GRID)
    more = places.price.width() - least
    mirrored = places.direction == Qt.LayoutDirection.RightToLeft
    return places.branch.adjusted(-more, 0, 0, 0) if mirrored else places.branch.adjusted(0, 0, more, 0)


def _plate(card: CarCardText, metrics: QFontMetrics, width: int) -> str:
    """Without the year where there is no room for both."""
    return card.plate if metrics.horizontalAdvance(card.plate) < width else card.plate.partition(" · ")[0]


def badge_width(theme: Theme, text: str) -> int:
    """How wide the pill of *text* is, in px."""
    return QFontMetrics(theme.font(TypeSize.SMALL, bold=True)).horizontalAdvance(text) + 4 * GRID


def _write(
    painter: QPainter, place: QRect, text: str, font: QFont, colour: str, align: Qt.AlignmentFlag = _START
) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(place, align, _elided(font, text, place.width()))


def _elided(font: QFont, text: str, width: int) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
