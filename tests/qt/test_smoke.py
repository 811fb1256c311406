from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.smoke import Stopwatch


class Counting(Stopwatch):
    seen = 0

    def eventFilter(self, watched, event):
        self.seen += 1
        return super().eventFilter(watched, event)


def test_the_watch_lets_go_of_the_window_after_its_first_frame(qtbot):
    window, watch = QWidget(), Counting()
    qtbot.addWidget(window)
    watch.observe(window)

    window.show()
    qtbot.waitUntil(watch.first_frame.is_set)
    seen = watch.seen
    window.resize(300, 200)
    window.grab()

    assert 0 < seen == watch.seen
