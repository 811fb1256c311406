"""One ring shows where the keyboard is: the chosen row of a table wears it, and a table without rows itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from desktop.models.rows import Column, RowsModel
from desktop.theme.theme import Scheme
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.table.record_table import ROW_HEIGHT, RecordTable

_COLUMNS = (Column("Plate", str, str), Column("Car", str, str))


def _rings(table):
    """The heights at which the left and the right edge of the table wear the colour of the keyboard."""
    picture, focus = table.grab().toImage(), QColor(table._theme.tokens.focus)
    rows = table.viewport().geometry()
    edges = (range(rows.left() + 3), range(rows.right() - 2, picture.width()))
    return [
        {y for y in range(picture.height()) if any(QColor(picture.pixel(x, y)) == focus for x in edge)}
        for edge in edges
    ]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize(("rows", "down"), [(0, 0), (1, 0), (5, 0), (5, 3), (40, 5)])
def test_one_ring_shows_where_the_keyboard_is(qtbot, theme, scheme, rows, down):
    theme.choose(scheme)
    clock = ShimmerClock(theme)
    table, model = RecordTable(theme, clock), RowsModel(_COLUMNS, str)
    model.replace_all([f"B-DS {number}" for number in range(rows)])
    table.setModel(model)
    table.resize(400, 320)
    qtbot.addWidget(table)
    table.show()
    table.activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    table.setFocus()
    for _ in range(down):
        QTest.keyClick(table, Qt.Key.Key_Down)

    for ring in _rings(table):
        if rows:
            assert max(ring) - min(ring) <= ROW_HEIGHT
        else:
            assert len(ring) > 320 - 60
    clock.deleteLater()
