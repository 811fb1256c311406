"""Where everything on a car card stands: said once, for the skeleton and for what replaces it.

API: layout(rect, direction) -> CardLayout with named rects and skeleton(); cell_size(width) -> columns and QSize.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QStyle

from desktop.theme.tokens import GRID

PAD = 3 * GRID
GAP = 3 * GRID
CARD_HEIGHT = 166
MIN_CARD_WIDTH = 294
PICTURE = QSize(128, 72)
FACTS = 4

_TITLE, _LINE, _PRICE = 20, 16, 20
_RULE_Y = PAD + 84 + GRID + 4
_FOOT_Y = _RULE_Y + 2 * GRID + 1

# How much of a field's width its bone takes: ragged ends look like text, full blocks like a form.
_BONE_SHARE = {"title": 0.78, "plate": 0.5, "fact": 0.72, "branch": 0.66, "badge": 0.34, "price": 0.56, "per_day": 0.5}
_BONE_HEIGHT = {"title": 13, "badge": 18, "price": 14}
_BONE_LINE = 10
#: How much of the foot belongs to its start; prices and dates are wider than the words before them.
_FOOT_SHARE = 0.47
#: How much of a line the first of two facts takes: "Hatchback" and "Automatic" are longer than "Petrol" and "5 seats".
_FACT_SHARE = 0.56


@dataclass(frozen=True, slots=True)
class CardLayout:
    """Rects in the coordinates of the given rect, already mirrored for right-to-left."""

    card: QRect
    picture: QRect
    title: QRect
    plate: QRect
    facts: tuple[QRect, ...]
    rule: QRect
    branch: QRect
    badge: QRect
    price: QRect
    per_day: QRect
    direction: Qt.LayoutDirection

    def skeleton(self) -> tuple[QRect, ...]:
        """Picture first; each bone begins where the text of its field begins and shares its middle line."""
        facts = tuple(self._bone(rect, "fact") for rect in self.facts)
        return (
            self.picture,
            self._bone(self.title, "title"),
            self._bone(self.plate, "plate"),
            *facts,
            self._bone(self.branch, "branch"),
            self._bone(self.badge, "badge"),
            self._bone(self.price, "price", flush_end=True),
            self._bone(self.per_day, "per_day", flush_end=True),
        )

    def _bone(self, field: QRect, name: str, *, flush_end: bool = False) -> QRect:
        height = _BONE_HEIGHT.get(name, _BONE_LINE)
        side = Qt.AlignmentFlag.AlignRight if flush_end else Qt.AlignmentFlag.AlignLeft
        size = QSize(round(field.width() * _BONE_SHARE[name]), height)
        return QStyle.alignedRect(self.direction, side | Qt.AlignmentFlag.AlignVCenter, size, field)


def layout(rect: QRect, direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight) -> CardLayout:
    """*rect* is a cell of the grid; the card fills it but for the gap."""
    half = GAP // 2
    card = rect.adjusted(half, half, -half, -half)
    inner = card.adjusted(PAD, PAD, -PAD, -PAD)
    left = inner.left() + PICTURE.width() + PAD
    width = inner.right() - left + 1
    columns = (0, round(width * _FACT_SHARE), width)
    facts_y = inner.top() + _TITLE + _LINE + 3 * GRID
    foot_y, foot_width = card.top() + _FOOT_Y, round(inner.width() * _FOOT_SHARE)

    def place(x: int, y: int, w: int, h: int) -> QRect:
        return QStyle.visualRect(direction, card, QRect(x, y, w, h))

    return CardLayout(
        card=card,
        picture=place(inner.left(), inner.top() + 4, PICTURE.width(), PICTURE.height()),
        title=place(left, inner.top(), width, _TITLE),
        plate=place(left, inner.top() + _TITLE + 2, width, _LINE),
        facts=tuple(
            place(
                left + columns[n % 2],
                facts_y + (n // 2) * (_LINE + GRID),
                columns[n % 2 + 1] - columns[n % 2] - GRID,
                _LINE,
            )
            for n in range(FACTS)
        ),
        rule=place(inner.left(), card.top() + _RULE_Y, inner.width(), 1),
        branch=place(inner.left(), foot_y + 1, foot_width, _LINE),
        badge=place(inner.left(), foot_y + _PRICE, foot_width, 18),
        price=place(inner.left() + foot_width, foot_y, inner.width() - foot_width, _PRICE),
        per_day=place(inner.left() + foot_width, foot_y + _PRICE + 1, inner.width() - foot_width, _LINE),
        direction=direction,
    )


def cell_size(width: int) -> tuple[int, QSize]:
    """How many cards fit side by side into *width* px, and the cell of each (card and gap)."""
    columns = max(1, width // (MIN_CARD_WIDTH + GAP))
    return columns, QSize(width // columns, CARD_HEIGHT + GAP)
