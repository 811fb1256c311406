"""What is cut, overlapped or outside on a window as it is painted now, found without a person's eyes.

``faults(window)`` paints it and answers with sentences; what may be cut is prose, never money, plates, numbers, names
or the verb of a button. ``faults_in_small(window)`` does so in the small sizes, with nothing on its way to the screen.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollArea,
    QStyle,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

_MONEY = re.compile(r"\d[\d.,]*\s[A-Z]{3}\b|\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
#: What is left for a window of screens of 1024x700 and of 1920x1080 at 150 %, in Qt's px.
SMALL = (QSize(1024, 660), QSize(1280, 680))
#: Turns of the loop in which layouts, scroll bars and words that wrap come to rest.
_TURNS = 6
#: Half a line of small type: less than this of two neighbours over one another is a rounding of the layout.
_OVER_PX = 3
#: What Qt keeps free beside the words of a field, or of a heading.
_BESIDE_PX = 2


@contextmanager
def noticing_cuts() -> Iterator[list[str]]:
    """Every text that ends in dots because its room was too small, while this lasts."""
    cut: list[str] = []
    original = QFontMetrics.elidedText

    def noticed(metrics, text, mode, width, *flags):
        short = original(metrics, text, mode, width, *flags)
        if short != text:
            cut.append(text)
        return short

    QFontMetrics.elidedText = noticed
    try:
        yield cut
    finally:
        QFontMetrics.elidedText = original


def faults(window: QWidget, precious: Collection[str]) -> list[str]:
    """*precious* are the plates and names that are on the screen."""
    _come_to_rest()
    with noticing_cuts() as cut:
        window.grab()
    found = [f"cut: {text!r}" for text in dict.fromkeys(cut) if _is_precious(text, precious)]
    for widget in [window, *window.findChildren(QWidget)]:
        if widget.isVisible() and (widget is window or widget.window() is window):
            found += _of_widget(widget)
    return found


async def faults_in_small(window: QWidget, precious: Collection[str] = ()) -> list[str]:
    """For a window that waits for nothing; afterwards it has its size again."""
    before, found = window.size(), []
    for size in SMALL:
        window.resize(size)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        where = f"at {size.width()}x{size.height()}"
        found += [f"{where}: {fault}" for fault in faults(window, precious)]
    window.resize(before)
    return found


def _come_to_rest() -> None:
    """Layouts within layouts are asked one after the other, and may wait behind all else there is to do."""
    for _ in range(_TURNS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _is_precious(text: str, precious: Collection[str]) -> bool:
    return bool(_MONEY.search(text)) or any(name in text for name in precious)


def _of_widget(widget: QWidget) -> list[str]:
    found: list[str] = []
    name = _name(widget)
    if isinstance(widget, QLabel) and widget.wordWrap() and widget.text():
        needed = widget.heightForWidth(widget.width())
        if needed > widget.height() + 1:
            found.append(f"clipped: {name} has {widget.height()} of {needed} px")
    if isinstance(widget, QAbstractButton) and widget.text() and widget.width() < widget.minimumSizeHint().width():
        found.append(f"verb cut: {name} has {widget.width()} of {widget.minimumSizeHint().width()} px")
    if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
        found += _headings_cut(widget)
    parent = widget.parentWidget()
    if parent is not None and not widget.isWindow() and not _scrolled(widget) and not _slides(widget):
        outside = not parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry())
        if outside and not widget.geometry().isEmpty():
            found.append(f"outside: {name} {_text_of(widget.geometry())} in {_text_of(parent.rect())}")
    if widget.layout() is not None:
        found += _overlaps(widget.layout(), name)
    return found


def _headings_cut(heads: QHeaderView) -> list[str]:
    shown = [at for at in range(heads.count()) if not heads.isSectionHidden(at)]
    titles = {at: str(heads.model().headerData(at, Qt.Orientation.Horizontal) or "") for at in shown}
    rooms = {at: (heads.sectionSize(at), heads.sectionSizeHint(at)) for at in shown if titles[at]}
    return [
        f"heading cut: {titles[at]!r} has {has} of {needs} px"
        for at, (has, needs) in rooms.items()
        if has < needs - _BESIDE_PX
    ]


def hint_is_whole(field: QLineEdit) -> bool:
    """Whether the hint of an empty field is read to its end; Qt cuts it where nobody notices."""
    return QFontMetrics(field.font()).horizontalAdvance(field.placeholderText()) <= _hint_room(field)


def _hint_room(field: QLineEdit) -> int:
    """What the frame and the signs at both ends leave."""
    option = QStyleOptionFrame()
    field.initStyleOption(option)
    inner = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field).width()
    signs = [each for each in field.findChildren(QToolButton) if each.isVisible() and each.isEnabled()]
    return inner - 2 * _BESIDE_PX - sum(each.width() for each in signs)


def _overlaps(layout: QLayout, name: str) -> list[str]:
    places = [(each, QRect(each.mapTo(layout.parentWidget(), QPoint(0, 0)), each.size())) for each in _widgets(layout)]
    found = []
    for at, (one, place) in enumerate(places):
        for other, there in places[at + 1 :]:
            both = place.intersected(there)
            if both.width() > _OVER_PX and both.height() > _OVER_PX:
                found.append(f"overlap in {name}: {_name(one)} and {_name(other)} by {both.width()}x{both.height()}")
    return found


def _widgets(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for at in range(layout.count()):
        item = layout.itemAt(at)
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            found += _widgets(inner)
        elif widget is not None and widget.isVisible() and not widget.size().isEmpty():
            found.append(widget)
    return found


def _scrolled(widget: QWidget) -> bool:
    """What lies in a scroll area may be longer than its view, and what Qt places in one is its own."""
    above = widget.parentWidget()
    if above is None:
        return False
    room = above.parentWidget()
    if isinstance(above, QAbstractScrollArea):
        return True
    if isinstance(room, QScrollArea) and room.viewport() is above:
        return widget.width() <= above.width() + 1
    return isinstance(room, QAbstractScrollArea)


def _slides(widget: QWidget) -> bool:
    return bool(widget.property("slides"))


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {(widget.accessibleName() or text)[:60]!r}"


def _text_of(rect: QRect) -> str:
    return f"{rect.x()},{rect.y()} {rect.width()}x{rect.height()}"
