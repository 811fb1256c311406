from __future__ import annotations

from collections import Counter
from dataclasses import fields

import pytest
from contrast import AA_SHAPE, AA_TEXT, contrast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from desktop.dialogs import Question
from desktop.theme.theme import Scheme
from desktop.theme.tokens import DARK, LIGHT, Tokens, Tone, TypeSize
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text

WRITTEN_ON = ("surface", "raised", "sunken", "hover")
TEXTS = ("text", "muted", "accent", "positive", "warning", "danger")


def pairs(tokens):
    for background in WRITTEN_ON:
        for text in TEXTS:
            yield text, background
    for tone in Tone:
        yield "text", f"{tone.value}_tint"
    for text in TEXTS:
        yield text, "accent_tint"  # the ground of a chosen line
    for background in ("accent", "accent_hover", "accent_pressed"):
        yield "on_accent", background


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_every_text_is_readable_on_every_ground_it_is_written_on(tokens):
    worst = {
        f"{text} on {ground}": round(contrast(getattr(tokens, text), getattr(tokens, ground)), 2)
        for text, ground in pairs(tokens)
        if contrast(getattr(tokens, text), getattr(tokens, ground)) < AA_TEXT
    }

    assert worst == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_badge_words_are_readable_on_their_tint(tokens):
    assert all(contrast(tokens.ink(tone), tokens.tint(tone)) >= AA_TEXT for tone in Tone)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_focus_ring_and_field_border_stand_out(tokens):
    for ground in ("surface", "raised"):
        assert contrast(tokens.focus, getattr(tokens, ground)) >= AA_SHAPE
        assert contrast(tokens.control_border, getattr(tokens, ground)) >= AA_SHAPE


def test_light_and_dark_name_every_role():
    colours = [field.name for field in fields(Tokens) if field.name != "name"]

    assert all(QColor(getattr(tokens, name)).isValid() for tokens in (LIGHT, DARK) for name in colours)


def test_own_setting_wins_and_the_palette_follows(theme):
    seen = []
    theme.changed.connect(lambda: seen.append(theme.tokens.name))

    theme.choose(Scheme.DARK)

    assert seen == ["dark"]
    assert QColor(DARK.surface) == QApplication.palette().color(QPalette.ColorRole.Window)
    theme.choose(Scheme.SYSTEM)
    assert theme.tokens.name == "light"  # offscreen does not know: light


def test_digits_have_one_width(theme):
    for size in TypeSize:
        metrics = QFontMetrics(theme.font(size))
        assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_reduced_motion_takes_the_time_out_of_movements(theme):
    assert theme.duration(120) == 120

    theme.reduce_motion(reduced=True)

    assert theme.duration(120) == 0


def test_a_window_wears_the_sheet_of_the_theme_and_the_application_none(window, theme):
    box = QuestionBox(theme, Question("Cancel it?", "It ends.", "Cancel it", "Keep it"), window)
    light = window.styleSheet()

    theme.choose(Scheme.DARK)

    assert QApplication.instance().styleSheet() == ""
    assert LIGHT.raised in light
    assert DARK.raised in window.styleSheet() != light
    assert box.style().metaObject().className() == "QStyleSheetStyle"


def test_signing_in_tells_no_label_again_and_again_that_it_has_another_style(monkeypatch, window, workspace):
    """With a sheet for the application each of them heard it up to ten times."""
    times, event = Counter(), Text.event

    def heard(label, happened):
        times[label] += happened.type() is QEvent.Type.StyleChange
        return event(label, happened)

    monkeypatch.setattr(Text, "event", heard)

    window.open_workspace(workspace)

    assert max(times.values()) == 1


@given(looks=st.lists(st.sampled_from([Scheme.LIGHT, Scheme.DARK]), min_size=1, max_size=5), ink=st.sampled_from(TEXTS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_a_label_of_a_page_that_is_shown_later_wears_the_look_of_then(qtbot, theme, looks, ink):
    stack, page = QStackedWidget(), QWidget()
    qtbot.addWidget(stack)
    theme.dress(stack)
    stack.addWidget(QWidget())
    stack.show()
    label = Text(theme, "Find a car", ink=ink)
    QVBoxLayout(page).addWidget(label)
    for look in looks:
        theme.choose(look)
    stack.addWidget(page)
    stack.setCurrentWidget(page)
    QApplication.processEvents()

    assert QColor(getattr(theme.tokens, ink)) == label.palette().color(QPalette.ColorRole.WindowText)
    stack.deleteLater()
