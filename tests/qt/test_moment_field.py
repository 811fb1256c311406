"""The moment field as a person types, steps and clicks in it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from desktop.theme.theme import Scheme
from desktop.views.parts.moments.field import MomentField
from desktop.views.parts.moments.habits import habits_of, order_of
from desktop.views.parts.moments.words import EXAMPLES, misread_words
from desktop.words.figures import desk_time, desk_zone
from engine.domain.car.opening_hours import every_day
from engine.domain.moments.habits import ENGLISH, GERMAN, Order, joined
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Misread, Reading
from engine.domain.moments.write import day_written, moment_written
from engine.domain.shared.wall import on_wall, wall_of

#: A Wednesday, 08:00 in Berlin.
NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
HELD = datetime(2026, 11, 27, 10, 0)
HABITS = joined(Order.DMY, ENGLISH, GERMAN)
ZONE = BERLIN.tzinfo
NIGHT_AND_DAY = replace(BERLIN, hours=every_day("00:00", "24:00"))
OPEN_BY_DAY = replace(BERLIN, hours=every_day("07:30", "20:00"))


@pytest.fixture
def field(qtbot, theme):
    """Beside another field that the focus can go to."""
    host = QWidget()
    field, other = MomentField(theme, "Pick-up", now=lambda: NOW, habits=HABITS), QLineEdit()
    row = QHBoxLayout(host)
    row.addWidget(field)
    row.addWidget(other)
    field.set_clock(ZONE, OPEN_BY_DAY)
    field.show_moment(HELD)
    qtbot.addWidget(host)
    host.resize(700, 120)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.edit.hasFocus)
    field.other = other
    return field


def type_in(field, text):
    field.edit.selectAll()
    QTest.keyClicks(field.edit, text)


def press(field, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(field.edit, key, modifier)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2.12. 18", datetime(2026, 12, 2, 18)),
        ("02.12.2026 18:00", datetime(2026, 12, 2, 18)),
        ("fri 10", datetime(2026, 11, 27, 10)),
        ("tomorrow 9:30", datetime(2026, 11, 26, 9, 30)),
        ("now", datetime(2026, 11, 25, 8)),
        ("+3d 18:00", datetime(2026, 11, 28, 18)),
        ("3/12/2026", datetime(2026, 12, 3, 10)),
        ("Freitag um 10 Uhr", datetime(2026, 11, 27, 10)),
    ],
)
def test_it_says_what_it_understood_before_it_takes_it(field, typed, expected):
    type_in(field, typed)

    assert HELD == field.moment()
    assert day_written(expected) in field.beneath.text.text()
    assert f"{expected:%H:%M}" in field.beneath.text.text()
    press(field, Qt.Key.Key_Return)
    assert expected == field.moment()
    assert moment_written(expected) == field.edit.text()


@pytest.mark.parametrize("leave", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
@pytest.mark.parametrize(
    ("typed", "word"),
    [("fri ten", "ten"), ("31.2.", "31.2."), ("2.12.1800", "1800"), ("25:00", "25:00"), ("18", "18"), ("2.12", "2.12")],
)
def test_what_it_did_not_understand_is_named_and_the_old_value_stays(field, qtbot, typed, word, leave):
    with qtbot.assertNotEmitted(field.taken):
        type_in(field, typed)
        press(field, leave)

    assert HELD == field.moment()
    assert f"“{word}”" in field.beneath.text.text()
    assert f"“{word}”" in field.edit.accessibleDescription()
    # Once nobody types in it, it shows nothing but what it holds.
    assert field.edit.hasFocus() or moment_written(HELD) == field.edit.text()


def test_it_is_one_tab_stop_and_the_slash_is_a_sign(field, qtbot):
    type_in(field, "3/12")
    assert "3/12" == field.edit.text()
    press(field, Qt.Key.Key_Tab)

    qtbot.waitUntil(field.other.hasFocus)
    assert datetime(2026, 12, 3, 10) == field.moment()
    QTest.keyClick(field.other, Qt.Key.Key_Tab)
    qtbot.waitUntil(field.edit.hasFocus)


class ShownWindows(QObject):
    """What becomes a window of its own, if only for a moment."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(watched.accessibleName() or type(watched).__name__)
        return False


def test_making_one_opens_no_window(qtbot, theme, qapp):
    """A child that is shown before it has its place would be a window, and take the keyboard."""
    shown = ShownWindows()
    qapp.installEventFilter(shown)
    try:
        for days in (True, False):
            qtbot.addWidget(MomentField(theme, "Day", now=lambda: NOW, days_only=days, beneath=days))
    finally:
        qapp.removeEventFilter(shown)

    assert [] == shown.seen


def test_escape_puts_back_what_it_held(field, qtbot):
    with qtbot.assertNotEmitted(field.taken):
        type_in(field, "tomorrow")
        press(field, Qt.Key.Key_Escape)

    assert moment_written(HELD) == field.edit.text()
    assert not field.at_odds


@pytest.mark.parametrize("where", ["edit", "field"])
def test_the_wheel_never_changes_it(field, where):
    target = field.edit if where == "edit" else field
    at, turned = QPointF(10, 10), QPoint(0, 120)
    for _ in range(3):
        wheel = QWheelEvent(
            at, target.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,  # noqa: FBT003 -- as Qt has it
        )  # fmt: skip
        QApplication.sendEvent(target, wheel)

    assert HELD == field.moment()
    assert moment_written(HELD) == field.edit.text()


def test_up_and_down_step_the_day_or_the_time_the_cursor_is_in(field):
    field.edit.setCursorPosition(1)
    press(field, Qt.Key.Key_Up)
    assert HELD + timedelta(days=1) == field.moment()
    field.edit.setCursorPosition(len(field.edit.text()))
    press(field, Qt.Key.Key_Up)
    press(field, Qt.Key.Key_Up)
    press(field, Qt.Key.Key_Down)
    assert HELD + timedelta(days=1, minutes=15) == field.moment()


@pytest.mark.parametrize(
    ("minute", "key", "expected"), [(7, Qt.Key.Key_Up, 15), (7, Qt.Key.Key_Down, 0), (0, Qt.Key.Key_Down, -15)]
)
def test_minutes_step_by_quarters(field, minute, key, expected):
    field.show_moment(HELD + timedelta(minutes=minute))
    field.edit.setCursorPosition(len(field.edit.text()))
    press(field, key)

    assert HELD + timedelta(minutes=expected) == field.moment()


def test_a_time_that_does_not_exist_is_moved_and_said(field):
    type_in(field, "28.3.2027 2:30")
    assert "02:30 does not exist" in field.beneath.text.text()
    press(field, Qt.Key.Key_Return)

    assert datetime(2027, 3, 28, 3, 30) == field.moment()
    assert "03:30" in field.edit.text()
    assert "Moved to Sun 28 Mar 2027, 03:30" in field.beneath.text.text()


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_comes_twice_asks_which_and_takes_none_by_itself(field, qtbot, fold):
    with qtbot.assertNotEmitted(field.taken):
        type_in(field, "31.10.2027 2:30")
        press(field, Qt.Key.Key_Return)
    assert field.undecided
    assert HELD == field.moment()
    assert ["First (CEST)", "Second (CET)"] == [field.beneath.first.text(), field.beneath.second.text()]
    assert field.beneath.first.isVisible()
    assert not field.beneath.first.isDefault()
    press(field, Qt.Key.Key_Return)
    assert field.undecided
    press(field, Qt.Key.Key_Tab)
    qtbot.waitUntil(field.beneath.first.hasFocus)
    if fold:
        QTest.keyClick(field.beneath.first, Qt.Key.Key_Tab)
        qtbot.waitUntil(field.beneath.second.hasFocus)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)

    assert (datetime(2027, 10, 31, 2, 30), fold) == (field.moment(), field.moment().fold)
    assert ("CEST", "CET")[fold] == field.edit.text().split()[-1]
    assert not field.beneath.first.isVisible()
    assert not field.at_odds


def test_closed_hours_are_said_and_taken(field):
    type_in(field, "fri 22")
    assert "Closed then, opens Sat 07:30." in field.beneath.text.text()
    press(field, Qt.Key.Key_Return)

    assert datetime(2026, 11, 27, 22) == field.moment()
    assert "Closed then, opens Sat 07:30." == field.beneath.text.text()
    field.set_clock(ZONE, NIGHT_AND_DAY)
    type_in(field, "fri 22")
    assert "open then" in field.beneath.text.text()


def test_the_calendar_walks_by_keys_and_takes_with_enter(field, qtbot):
    press(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    month = field.popup.month
    assert field.popup.isVisible()
    qtbot.waitUntil(month.hasFocus)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
        QTest.keyClick(month, key)
    assert HELD == field.moment()
    QTest.keyClick(month, Qt.Key.Key_Return)

    assert datetime(2027, 1, 5, 10) == field.moment()
    assert not field.popup.isVisible()


def test_the_calendar_closes_without_a_change(field, qtbot):
    press(field, Qt.Key.Key_F4)
    QTest.keyClick(field.popup.month, Qt.Key.Key_Right)
    QTest.keyClick(field.popup.month, Qt.Key.Key_Escape)

    assert HELD == field.moment()
    assert not field.popup.isVisible()
    press(field, Qt.Key.Key_F4)
    day = field.popup.month.place_of(date(2026, 12, 2))
    QTest.mouseClick(field.popup.month, Qt.MouseButton.LeftButton, pos=day.center())
    QTest.keyClick(field.popup, Qt.Key.Key_Escape)
    assert HELD == field.moment()


def test_letters_typed_into_the_calendar_go_into_the_text(field):
    press(field, Qt.Key.Key_F4)
    QTest.keyClick(field.popup.month, Qt.Key.Key_N)

    assert not field.popup.isVisible()
    assert "n" == field.edit.text()


def test_half_hours_stand_beside_and_the_closed_ones_say_so(field):
    press(field, Qt.Key.Key_F4)
    times = field.popup.times
    rows = {times.item(n).text().split()[0]: times.item(n).text() for n in range(times.count())}
    assert 48 == len(rows)
    assert "07:00   closed" == rows["07:00"]
    assert "20:30   closed" == rows["20:30"]
    assert ("07:30", "20:00") == (rows["07:30"], rows["20:00"])
    assert "10:00" == times.currentItem().text()
    QTest.keyClick(times, Qt.Key.Key_Down)
    QTest.keyClick(times, Qt.Key.Key_Return)

    assert HELD + timedelta(minutes=30) == field.moment()


@pytest.mark.parametrize("height", [200, 237, 256])
def test_no_half_hour_is_cut_at_the_edge_of_the_times(field, height):
    press(field, Qt.Key.Key_F4)
    times = field.popup.times
    times.resize(times.width(), height)

    room = times.viewport().rect()
    seen = [times.visualItemRect(times.item(n)) for n in range(times.count())]
    seen = [place for place in seen if place.intersects(room)]
    assert seen
    assert all(room.top() <= place.top() and place.bottom() <= room.bottom() for place in seen)
    assert times.visualItemRect(times.currentItem()) in seen


@given(day=st.dates(date(1971, 2, 1), date(2100, 1, 1)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_six_whole_weeks_are_always_visible(field, day):
    month = field.popup.month
    month.resize(month.sizeHint())
    month.show_day(day, day)
    first = month.first_shown()
    places = [month.place_of(first + timedelta(days=n)) for n in range(6 * 7)]

    assert 0 == first.weekday()
    assert all(month.rect().contains(place) for place in places)
    assert len({(place.x(), place.y()) for place in places}) == 6 * 7
    assert month.place_of(day) in places


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_nothing_in_the_calendar_is_stock_red(field, theme, scheme):
    theme.choose(scheme)
    press(field, Qt.Key.Key_F4)
    picture = field.popup.grab().toImage()
    places = ((x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2))
    red = [colour.name() for colour in (picture.pixelColor(x, y) for x, y in places) if _is_red(colour)]

    assert not red
    field.popup.hide()


def _is_red(colour):
    return colour.red() > 150 and max(colour.green(), colour.blue()) < colour.red() // 2


def test_f1_shows_what_can_be_typed_with_what_it_means(field):
    press(field, Qt.Key.Key_F1)
    card = field.examples

    assert card.isVisible()
    shown = [card._grid.itemAt(n).widget().text() for n in range(card._grid.count())]
    assert set(EXAMPLES) <= set(shown)
    assert all(isinstance(field.read(text), Reading) for text in EXAMPLES)
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_a_screen_reader_hears_name_role_value_and_what_is_wrong(field):
    type_in(field, "fri ten")
    heard = QAccessible.queryAccessibleInterface(field.edit)

    assert "Pick-up" == heard.text(QAccessible.Text.Name)
    assert QAccessible.Role.EditableText is heard.role()
    assert "fri ten" == heard.text(QAccessible.Text.Value)
    assert "Not understood: “ten”." == heard.text(QAccessible.Text.Description)


# Languages.


@pytest.mark.parametrize(
    ("name", "order"),
    [("de_DE", Order.DMY), ("en_GB", Order.DMY), ("en_US", Order.MDY), ("ja_JP", Order.YMD), ("hu_HU", Order.YMD),
     ("sv_SE", Order.YMD), ("fr_FR", Order.DMY), ("C", Order.UNKNOWN)],
)  # fmt: skip
def test_the_order_is_that_of_the_system(name, order):
    assert order is order_of(QLocale(name))


PLACES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca"]
_ANY = (QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry)
LOCALES = st.sampled_from(sorted({each.name() for each in QLocale.matchingLocales(*_ANY)}))


@given(
    name=LOCALES,
    zone=st.sampled_from(PLACES),
    minutes=st.integers(0, 9 * 366 * 24 * 60),
)
@settings(max_examples=300, deadline=None)
def test_what_is_shown_reads_back_equal_in_every_locale(name, zone, minutes):
    where = ZoneInfo(zone)
    wall = wall_of(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), where)
    asked = AskedBack(habits_of(QLocale(name)), datetime(2026, 6, 1), zone=where)
    read = read_moment(moment_written(wall, where), asked)

    assert isinstance(read, Reading), (name, moment_written(wall, where), read)
    assert (wall, wall.fold) == (read.at, read.at.fold)


@given(name=LOCALES, day=st.dates(date(2026, 6, 1), date(2035, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_a_date_in_the_users_own_words_is_that_day_or_is_refused(name, day):
    """Whatever the locale writes itself, short or long, is never understood as another day."""
    user = QLocale(name)
    asked = AskedBack(habits_of(user), datetime(2026, 6, 1), days_only=True)
    month = user.monthName(day.month, QLocale.FormatType.LongFormat)
    for text in (f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{day.isoformat()}"):
        read = read_moment(text, asked)
        assert isinstance(read, Misread) or day == read.at.date(), (text, read)
        assert misread_words(read) if isinstance(read, Misread) else True


def test_french_and_german_desks_type_their_own_words():
    for name, typed in {
        "fr_FR": "2 décembre 2026",
        "de_DE": "2. Dezember 2026",
        "pl_PL": "2 grudnia 2026",
        "el_GR": "2 Δεκεμβρίου 2026",
        "tr_TR": "2 ARALIK 2026",
        "ar_EG": "٢ ديسمبر ٢٠٢٦",
    }.items():
        read = read_moment(typed, AskedBack(habits_of(QLocale(name)), datetime(2026, 6, 1), days_only=True))
        assert isinstance(read, Reading), (typed, read)
        assert date(2026, 12, 2) == read.at.date()


def test_today_and_tomorrow_are_words_of_ones_own_language():
    """2 June 2026 is the day after 1 June, whoever says so; English is understood everywhere."""
    for name, typed in {
        "fr_FR": "demain 9h30", "es_ES": "mañana a las 9:30", "it_IT": "domani alle 9:30", "pt_BR": "amanhã às 9:30",
        "nl_NL": "morgen om 9:30", "sv_SE": "i morgon kl 9:30", "da_DK": "i morgen kl. 9.30", "nb_NO": "imorgen 9:30",
        "fi_FI": "huomenna klo 9.30", "pl_PL": "jutro o 9:30", "cs_CZ": "zítra v 9:30", "tr_TR": "YARIN 9:30",
        "el_GR": "αύριο στις 9:30", "ru_RU": "завтра в 9:30", "uk_UA": "завтра 9:30", "hu_HU": "holnap 9:30",
        "ro_RO": "mâine la 9:30", "bg_BG": "утре в 9:30", "hr_HR": "sutra u 9:30", "sr_RS": "сутра 9:30",
        "sk_SK": "zajtra o 9:30", "sl_SI": "jutri ob 9:30", "et_EE": "homme kell 9.30", "lv_LV": "rīt plkst. 9:30",
        "lt_LT": "rytoj 9:30", "ca_ES": "demà a les 9:30", "ar_EG": "غدا ٩:٣٠", "he_IL": "מחר 9:30",
        "fa_IR": "فردا ۹:۳۰", "ja_JP": "明日 9:30", "zh_CN": "明天 9:30", "ko_KR": "내일 9:30",
        "ms_MY": "tomorrow 9:30",
    }.items():  # fmt: skip
        read = read_moment(typed, AskedBack(habits_of(QLocale(name)), datetime(2026, 6, 1, 12)))
        assert isinstance(read, Reading), (name, typed, read)
        assert datetime(2026, 6, 2, 9, 30) == read.at, (name, typed)


@pytest.mark.parametrize(
    ("name", "typed", "at"),
    [
        ("fr_FR", "aujourd\u2019hui 18h", datetime(2026, 6, 1, 18)),
        ("fr_FR", "après-demain", datetime(2026, 6, 3)),
        ("fr_FR", "dans 3 jours", datetime(2026, 6, 4)),
        ("es_ES", "pasado mañana 8:00", datetime(2026, 6, 3, 8)),
        ("es_ES", "+2 semanas", datetime(2026, 6, 15)),
        ("it_IT", "tra 3 giorni", datetime(2026, 6, 4)),
        ("ru_RU", "через 2 дня", datetime(2026, 6, 3)),
        ("tr_TR", "bugün 18:00", datetime(2026, 6, 1, 18)),
        ("nl_NL", "vandaag 18 uur", datetime(2026, 6, 1, 18)),
    ],
)
def test_days_close_by_and_lengths_are_words_of_ones_own_language(name, typed, at):
    read = read_moment(typed, AskedBack(habits_of(QLocale(name)), datetime(2026, 6, 1, 12)))

    assert isinstance(read, Reading), read
    assert at == read.at


def test_the_desks_own_zone_is_asked_anew(monkeypatch):
    for name in ("Europe/Berlin", "America/New_York"):
        monkeypatch.setenv("TZ", name)
        time.tzset()
        try:
            assert name == str(desk_zone())
        finally:
            monkeypatch.undo()
            time.tzset()


@given(fleet=st.sampled_from(PLACES), minutes=st.integers(0, 366 * 24 * 60), desk=st.sampled_from(PLACES))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_happened_here_has_one_time_named_where_the_fleets_clock_differs(fleet, minutes, desk):
    at = NOW + timedelta(minutes=minutes)
    before = os.environ.get("TZ")
    os.environ["TZ"] = desk
    time.tzset()
    try:
        words = desk_time(at, ZoneInfo(fleet), now=at)
        plain = desk_time(at, now=at)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()

    there, here = at.astimezone(ZoneInfo(fleet)), at.astimezone(ZoneInfo(desk))
    assert f"{here:%H:%M}" in words
    assert words.startswith(plain)
    assert (words == plain) is (there.utcoffset() == here.utcoffset())


AWKWARD = ["28.3.2027 2:30", "31.10.2027 2:30", "+3", "fri 22", "now", "1.1. 0:00"]


@given(typed=st.sampled_from(AWKWARD), zone=st.sampled_from(PLACES))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_it_holds_is_always_a_time_that_exists(field, typed, zone):
    field.set_clock(ZoneInfo(zone), OPEN_BY_DAY)
    field.show_moment(HELD)
    type_in(field, typed)
    press(field, Qt.Key.Key_Return)

    assert on_wall(field.moment(), ZoneInfo(zone)).skipped is None
