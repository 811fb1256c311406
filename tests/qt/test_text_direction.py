"""A Hebrew or Arabic name stands where every name stands, beside its label and in front of its number."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor

from desktop.widgets.text import Text, isolated, kept_apart

_HEBREW = st.text(st.characters(min_codepoint=0x05D0, max_codepoint=0x05EA), min_size=1, max_size=12)
_ARABIC = st.text(st.characters(min_codepoint=0x0627, max_codepoint=0x063A), min_size=1, max_size=12)
_ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _first_ink(label):
    """The column of the first dark point, in px."""
    image = label.grab().toImage()
    ground = QColor(image.pixel(image.width() - 1, 0))
    for x in range(image.width()):
        for y in range(image.height()):
            if abs(QColor(image.pixel(x, y)).lightness() - ground.lightness()) > 60:
                return x
    return image.width()


@pytest.mark.parametrize("wrap", [False, True])
@given(name=st.one_of(_HEBREW, _ARABIC), tail=st.sampled_from(["", " · 1214-ASM5-PTTJ"]))
@_ANY
def test_a_name_begins_where_its_label_begins(qapp, theme, wrap, name, tail):
    label = Text(theme, f"{name}{tail}", wrap=wrap)
    label.resize(500, 24)

    assert _first_ink(label) < 20
    label.deleteLater()


@given(name=st.one_of(_HEBREW, _ARABIC))
def test_a_name_in_a_line_with_a_number_is_a_thing_by_itself(name):
    assert f"\u2068{name}\u2069 · 1214" == kept_apart(name, "1214")
    assert isolated("Nora Vogt") == "Nora Vogt"
