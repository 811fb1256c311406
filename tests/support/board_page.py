"""The page of the board, fed with what a test shows on it."""

from __future__ import annotations

from dataclasses import replace

from board_builders import AT, every_shape
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from view_builders import CLERK, FedDesk

from desktop.preferences import Preferences
from desktop.viewmodels.board.board import BoardState, BoardViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.board.page import BoardPage
from desktop.views.board.scale import Density
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def page_maker(qtbot, theme, tasks, folder):
    """A page of a fed view-model, in a window of that size."""
    shimmer = ShimmerClock(theme)

    def made(shown=None, *, days=14, size=(1100, 760), actor=CLERK, density=Density.NORMAL):
        theme.reduce_motion(reduced=True)
        desk = FedDesk(actor)
        desk.at = AT
        vm = BoardViewModel(desk, tasks, actor.branch_id)
        host = QWidget()
        host.resize(*size)
        page = BoardPage(ViewContext(theme, shimmer, Preferences(folder / "p.ini")), vm, desk.now, host)
        page.setParent(host)
        page.setGeometry(host.rect())
        qtbot.addWidget(host)
        host.show()
        page.set_density(density)
        show(page, shown or every_shape(), days=days)
        page.view.setFocus()
        page.desk = desk
        return page

    yield made
    shimmer.deleteLater()


def show(page, shown, **look):
    before = page.vm.state
    page.filters.show_days(look.get("days", before.look.days))
    page.vm.feed(BoardState(Phase.READY, replace(before.look, **look), shown, before.run + 1))


def press(page, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(page.view, key, modifier)


def spot(page, line, at):
    """Where that moment of a line is."""
    view = page.view
    y = line * view.density.row_px + view.density.row_px // 2 - view.verticalScrollBar().value()
    return QPoint(round(view.scale.x(at)), y)


def drag(page, start, *stops):
    """Press and go on with the mouse; QTest's own moves come with no button. Returns what lets it go."""
    port = page.view.viewport()
    QTest.mousePress(port, _LEFT, pos=start)
    for stop in (start + QPoint(0, 1), *stops):
        where, at = QPointF(stop), QPointF(port.mapToGlobal(stop))
        move = QMouseEvent(QEvent.Type.MouseMove, where, at, Qt.MouseButton.NoButton, _LEFT, _NONE)
        QApplication.sendEvent(port, move)
    return lambda: QTest.mouseRelease(port, _LEFT, pos=stops[-1])
