"""A page is built when it is first gone to, and from then on told what everybody is told."""

from __future__ import annotations

import pytest
from builders import make_car
from PySide6.QtWidgets import QLineEdit, QVBoxLayout
from view_builders import CLERK

from desktop.dialogs import Question
from desktop.preferences import Preferences
from desktop.theme.icons import Icon
from desktop.views.frame.pages_frame import PagesFrame
from desktop.views.parts.area import Entry, Page, Told
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.firm.events import CarChanged

FACT = CarChanged(make_car(1))
LOST = Question("Leave?", "It would be lost.", "Leave", "Stay")


class Listening(Told):
    """Writes down what it is told."""

    name = "part"

    def start(self):
        self.heard.append((self.name, "start"))

    def reload(self):
        self.heard.append((self.name, "reload"))

    def apply(self, fact):
        self.heard.append((self.name, fact))

    def leave(self):
        self.heard.append((self.name, "leave"))

    def unsaved(self):
        return LOST

    def stop(self):
        self.heard.append((self.name, "stop"))


class Written(Page, Listening):
    def __init__(self, heard, name):
        super().__init__()
        self.heard, self.name, self.field = heard, name, QLineEdit()
        QVBoxLayout(self).addWidget(self.field)

    def focus_first(self):
        self.field.setFocus()

    def come_back(self):
        self.heard.append((self.name, "come back"))


@pytest.fixture
def heard():
    return []


@pytest.fixture
def frame(qtbot, theme, tmp_path, heard):
    shimmer = ShimmerClock(theme)
    frame = PagesFrame(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), CLERK)
    qtbot.addWidget(frame)
    entries = [Entry(name, name.title(), Icon.CAR, lambda name=name: Written(heard, name)) for name in ("one", "two")]
    part = Listening()
    part.heard = heard
    frame.fill(entries, [part])
    return frame


def test_a_page_is_built_when_it_is_first_gone_to_and_starts_with_the_session(frame, heard):
    frame.show_page("one")
    assert frame.built("two") is None
    assert heard == []

    frame.start()
    assert heard == [("part", "start"), ("one", "start")]
    heard.clear()

    frame.show_page("two")
    assert heard == [("two", "start"), ("part", "leave"), ("one", "leave"), ("two", "leave")]
    assert frame.at("two")
    assert frame.built("two") is frame.page("two")


def test_who_is_there_is_told_everything_and_who_is_gone_back_to_asks_anew(frame, heard):
    frame.start()
    for name in ("one", "two", "one"):
        frame.show_page(name)
    assert heard[-1] == ("one", "come back")
    heard.clear()

    frame.reload()
    frame.apply(FACT)
    frame.stop()

    everybody = ("part", "one", "two")
    assert heard == [(who, what) for what in ("reload", FACT, "stop") for who in everybody]
    assert frame.unsaved() == (LOST,) * 3


def test_what_a_page_does_not_foresee_reaches_the_window(frame):
    told, bug = [], RuntimeError("a bug")
    frame.task_failed.connect(told.append)

    frame.page("one").task_failed.emit(bug)

    assert [bug] == told
