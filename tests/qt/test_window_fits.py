"""The first window lies on its screen, foot and frame included, whatever the screen and the scale."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QMargins, QRect, QSize

from desktop.views.frame.window_place import fitting, smallest


@given(
    free=st.tuples(st.integers(-2000, 2000), st.integers(0, 400), st.integers(640, 4000), st.integers(400, 2200)),
    window=st.tuples(st.integers(-3000, 5000), st.integers(-500, 3000), st.integers(200, 5000), st.integers(200, 3000)),
    frame=st.tuples(st.integers(0, 12), st.integers(0, 48), st.integers(0, 12), st.integers(0, 12)),
)
@example(free=(0, 0, 1280, 680), window=(0, 0, 1280, 800), frame=(0, 28, 0, 0))  # 1920x1080 at 150 %
@example(free=(0, 0, 1024, 700), window=(0, 0, 1280, 800), frame=(0, 28, 0, 0))
def test_a_window_of_any_size_and_place_is_brought_onto_its_screen(free, window, frame):
    screen, around = QRect(*free), QMargins(*frame)
    place = fitting(QRect(*window), around, screen)

    assert screen.contains(place.marginsAdded(around))
    assert place.width() <= window[2]
    assert place.height() <= window[3]


@given(width=st.integers(320, 4000), height=st.integers(240, 2500))
def test_the_least_size_is_no_larger_than_the_room(width, height):
    room = QRect(0, 0, width, height).size()

    assert smallest(room).width() <= width
    assert smallest(room).height() <= height


def test_the_first_window_lies_on_this_screen(window):
    free = window.screen().availableGeometry()

    assert window.width() <= free.width()
    assert window.height() < free.height()


def test_a_panel_opens_at_its_top_and_its_foot_is_seen(window, qtbot, theme):
    from PySide6.QtWidgets import QLabel, QPushButton, QWidget  # noqa: PLC0415 -- of this test alone

    from desktop.widgets.frame.side_panel import SidePanel  # noqa: PLC0415

    host = QWidget(window)
    host.setGeometry(0, 0, 900, 500)
    host.show()
    panel = SidePanel(theme, host, "Tall")
    content = QLabel("\n".join(str(line) for line in range(200)))
    panel.set_content(content)
    button = QPushButton("Save")
    panel.foot.addWidget(button)
    panel.open(button)
    bar = panel._room.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    panel.open(button)

    assert 0 == bar.value()
    assert panel.rect().contains(button.geometry())
    assert host.rect().contains(panel.geometry())


def test_a_size_that_somebody_gave_it_at_once_stays(window, qtbot):
    """What the desktop's frame costs is looked at a moment after the window has opened."""
    wanted = QSize(1920, 1080)
    window.resize(wanted)
    qtbot.waitUntil(lambda: not window._place._framing.isActive())

    assert wanted == window.size()
