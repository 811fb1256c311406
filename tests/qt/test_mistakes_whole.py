"""What is wrong with a field is read whole, however long it is and however narrow the form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from look_over import faults
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea
from within import WITHIN_S

from desktop.views.booking.renter_form import RenterForm
from desktop.views.fleet.car_form_view import CarFormView
from desktop.views.parts.form import Form, column_of
from engine.domain.shared.errors import InvalidText, Unavailable

_WORDS = st.lists(st.sampled_from(["Plate", "must", "not", "be", "empty.", "Kennzeichen", "1.234,50"]), max_size=24)


def _admin(theme):
    form = Form(theme, roomy=True)
    for name in ("name", "address"):
        form.add(name, name, QLineEdit())
    form.end()
    return form


FORMS = {
    "car": CarFormView,
    "renter": RenterForm,
    "account": lambda theme: column_of(theme, {name: QLineEdit() for name in ("name", "email", "phone")}),
    "branch": _admin,
}


@pytest.mark.parametrize("kind", FORMS)
@given(told=st.lists(_WORDS, min_size=2, max_size=6), width=st.integers(300, 420))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_mistake_is_clipped_or_lies_behind_the_next_field(qtbot, theme, kind, told, width):
    form = FORMS[kind](theme)
    form.show()
    for mistake, words in zip(form.mistakes.values(), told, strict=False):
        mistake.setText(" ".join(words))
        mistake.setVisible(bool(words))
    # As high as a panel that scrolls makes it.
    form.resize(width, form.layout().heightForWidth(width))
    QApplication.processEvents()

    assert not [fault for fault in faults(form, ()) if not fault.startswith("verb cut")]
    form.hide()
    form.deleteLater()


@pytest.mark.parametrize("name", ["first", ""])
def test_a_form_that_is_scrolled_away_comes_back_to_its_mistake(qtbot, theme, name):
    form, room = Form(theme, roomy=True), QScrollArea(widgetResizable=True)
    for each in ("first", *map(str, range(20)), "last"):
        form.add(each, each, QLineEdit())
    form.end()
    room.setWidget(form)
    qtbot.addWidget(room)
    room.resize(400, 300)
    room.show()
    room.ensureWidgetVisible(form.fields["last"])
    wrong = form.mistakes["first"] if name else form.general
    assert form.fields["first"].visibleRegion().isEmpty()

    form.tell_here(InvalidText("first", "field.empty") if name else Unavailable("mongodb"))

    qtbot.waitUntil(lambda: not wrong.visibleRegion().isEmpty(), timeout=round(WITHIN_S * 1000))
    if name:
        assert not form.fields["first"].visibleRegion().isEmpty()
