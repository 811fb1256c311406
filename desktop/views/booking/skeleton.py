"""What stands in the panel of a booking until it is there: a skeleton where a paid booking has its words.

API: DetailSkeleton(context): car, status, act, payments, past; show(waiting, acts).
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect

from desktop.theme.tokens import GRID
from desktop.views.booking.payment_status import ICON
from desktop.views.parts.car_head import LINE
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import HEIGHT
from desktop.widgets.loading.skeleton import Skeleton, text_bone
from desktop.widgets.text import Text
from desktop.widgets.timeline import ASIDE, ROW, moment_places

_BUTTON_PX = 152
_IDS = 2
_STEPS = 2


class DetailSkeleton:
    def __init__(self, context: ViewContext) -> None:
        theme, clock = context.theme, context.shimmer
        self._text = Text(theme, " ", wrap=True).sizeHint().height()
        status = 2 * GRID + ICON + GRID + self._text
        self.car = Skeleton(theme, clock, 2 * LINE, _car)
        self.status = Skeleton(theme, clock, status, self._status)
        self.act = Skeleton(theme, clock, HEIGHT, lambda _width: [QRect(0, 0, _BUTTON_PX, HEIGHT)])
        self.payments = Skeleton(theme, clock, ROW + _IDS * HEIGHT, _payment)
        self.past = Skeleton(theme, clock, _STEPS * ROW, lambda width: _moments(width, _STEPS))

    def show(self, *, waiting: bool, acts: bool) -> None:
        """*acts*: whether a button will be there."""
        for skeleton in (self.car, self.status, self.payments, self.past):
            skeleton.setVisible(waiting)
        self.act.setVisible(waiting and acts)

    def _status(self, width: int) -> Iterator[QRect]:
        icon = QRect(0, 2 * GRID, ICON, ICON)
        left = icon.right() + 1 + 2 * GRID
        yield icon
        yield text_bone(QRect(left, icon.top(), width - left, ICON), 0.35)
        yield text_bone(QRect(0, icon.bottom() + 1 + GRID, width, self._text), 0.4)


def _car(width: int) -> Iterator[QRect]:
    for line, share in enumerate((0.5, 0.25)):
        yield text_bone(QRect(0, line * LINE, width, LINE), share)


def _payment(width: int) -> Iterator[QRect]:
    yield from _moments(width, 1)
    for at in range(_IDS):
        yield text_bone(QRect(ASIDE, ROW + at * HEIGHT, width - ASIDE, HEIGHT), 0.7)


def _moments(width: int, count: int) -> Iterator[QRect]:
    for at in range(count):
        dot, title, detail = moment_places(width, at)
        yield dot
        yield text_bone(title, 0.3)
        yield text_bone(detail, 0.5)
