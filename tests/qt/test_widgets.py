from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QTableView, QVBoxLayout, QWidget

from desktop.models.rows import Column, RowsModel
from desktop.models.slices import SlicesModel
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.countdown import Countdown, clock_text
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.help_sheet import HelpLine, HelpSheet
from desktop.widgets.frame.rail import Rail, RailItem
from desktop.widgets.frame.side_panel import WIDTH, SidePanel
from desktop.widgets.frame.status_bar import StatusBar, StatusText
from desktop.widgets.frame.toast import Toast
from desktop.widgets.loading.empty_state import EmptyState
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue, field_layout
from desktop.widgets.loading.progress_line import ProgressLine
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.search_field import SearchField
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.table.visible_rows import VisibleRows
from desktop.widgets.text import Text, plain_tip
from engine.domain.booking.listing import BookingQuery, BookingScope, selection
from engine.domain.people.people import Actor, Role


class Clock:
    at = 50.0

    def __call__(self):
        return self.at


@pytest.fixture
def shimmer(theme):
    clock = ShimmerClock(theme)
    yield clock
    clock.deleteLater()


@pytest.fixture
def window(qtbot):
    """An active window to put things into."""
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window)
    window.resize(900, 600)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def put(window, *widgets):
    for widget in widgets:
        window.layout().addWidget(widget)
    QTest.qWait(0)  # a layout shows what it was given one turn later
    return widgets[0] if len(widgets) == 1 else widgets


@pytest.mark.parametrize("kind", ButtonKind)
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_button_is_pressed_by_enter_and_space(window, theme, kind, key):
    button = put(window, Button(theme, "Pay in browser", kind, Icon.OPEN_BROWSER))
    pressed = []
    button.clicked.connect(lambda: pressed.append(1))
    button.setFocus()
    QTest.keyClick(button, key)

    assert [1] == pressed


@pytest.mark.parametrize("kind", ButtonKind)
def test_focus_on_a_button_is_seen(qtbot, window, theme, kind):
    button, other = put(window, Button(theme, "Pay", kind), QLineEdit())
    other.setFocus()
    before = button.grab().toImage()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)

    assert before != button.grab().toImage()


def test_markup_from_outside_is_shown_as_it_is(theme):
    assert Qt.TextFormat.PlainText == Text(theme, "<b>Bobby</b>").textFormat()


def test_no_tool_tip_and_no_toast_reads_markup_from_outside(window, theme):
    toast = Toast(theme, window)
    toast.tell("<b>Bobby</b> is added.")

    assert Qt.TextFormat.PlainText == toast._text.textFormat()
    assert "Golf · B-DS 1" == plain_tip("Golf · B-DS 1")
    assert "<span>&lt;b&gt;Bobby&lt;/b&gt;<br>2</span>" == plain_tip("<b>Bobby</b>\n2")


def test_a_line_without_room_ends_in_dots(window, theme):
    whole, cut = Text(theme, "Mercedes-Benz V-Class"), Text(theme, "Mercedes-Ben…")
    for text in (whole, cut):
        text.setFixedSize(text.fontMetrics().horizontalAdvance("Mercedes-Ben…") + 1, 20)
    put(window, whole, cut)

    assert whole.grab().toImage() == cut.grab().toImage()


def test_text_follows_the_theme(theme):
    from desktop.theme.theme import Scheme  # noqa: PLC0415

    text = Text(theme, "Total", ink="muted")
    theme.choose(Scheme.DARK)

    assert theme.tokens.muted == text.palette().windowText().color().name()


def test_search_is_told_on_enter_at_once_and_never_twice(window, theme):
    field = put(window, SearchField(theme, "Plate"))
    told = []
    field.searched.connect(told.append)
    QTest.keyClicks(field, " golf ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert ["golf"] == told
    assert not field._pause.isActive()


def test_search_is_told_when_the_typing_pauses(qtbot, window, theme):
    field = put(window, SearchField(theme, "Plate"))
    told = []
    field.searched.connect(told.append)
    QTest.keyClicks(field, "clio")
    assert [] == told
    qtbot.waitUntil(lambda: bool(told))

    assert ["clio"] == told


def test_banner_offers_the_next_step(window, theme):
    banner = put(window, Banner(theme))
    acted = []
    banner.acted.connect(lambda: acted.append(1))
    assert not banner.isVisible()
    banner.tell(Tone.WARNING, "This car was just taken.", "Show similar cars")
    QTest.mouseClick(banner.step, Qt.MouseButton.LeftButton)

    assert [1] == acted
    assert "This car was just taken." == banner.accessibleName()
    banner.clear()
    assert not banner.isVisible()


def test_toast_goes_by_itself_and_takes_no_focus(window, theme):
    field = put(window, QLineEdit())
    field.setFocus()
    toast = Toast(theme, window)
    toast.tell("Booking B-7 was cancelled on another desk.", "Show")

    assert field.hasFocus()
    assert window.rect().contains(toast.geometry())
    toast._leave.timeout.emit()
    assert not toast.isVisible()
    assert not toast._leave.isActive()


@pytest.mark.parametrize(
    ("seconds", "text"), [(600, "10:00"), (599.2, "10:00"), (61, "1:01"), (0.4, "0:01"), (0, "0:00"), (-3, "0:00")]
)
def test_begun_second_counts_in_full(seconds, text):
    assert text == clock_text(seconds)


def test_countdown_warns_in_the_last_minute_and_ends_once(theme):
    clock, ended = Clock(), []
    countdown = Countdown(theme, now=clock)
    countdown.ended.connect(lambda: ended.append(1))
    countdown.start(581)
    assert ("9:41", theme.tokens.text) == (countdown.text(), countdown.palette().windowText().color().name())
    clock.at += 530
    countdown.tick()
    assert ("0:51", theme.tokens.danger) == (countdown.text(), countdown.palette().windowText().color().name())
    clock.at += 51
    countdown.tick()
    countdown.tick()

    assert "0:00" == countdown.text()
    assert [1] == ended
    assert not countdown._timer.isActive()


def test_countdown_wakes_just_after_the_next_second(theme):
    countdown = Countdown(theme, now=Clock())
    countdown.start(10.25)

    assert 250 <= countdown._timer.interval() <= 260
    countdown.stop()
    assert "" == countdown.text()


def test_status_bar_tells_state_by_word_and_counts_holds_down(window, theme):
    bar = put(window, StatusBar(theme))
    bar.draw(StatusText("Offline", Tone.DANGER, "last word 12:41:07", "Berlin", "Clara"))
    assert "Offline. last word 12:41:07" == bar.accessibleDescription()
    assert not bar.countdown.isVisible()
    bar.set_holds(2, 300)
    assert "2 holds" == bar.holds.text()
    assert "5:00" == bar.countdown.text()
    bar.set_holds(0)

    assert not bar.countdown.isVisible()


@pytest.mark.parametrize("reduced", [True, False])
def test_panel_takes_the_focus_and_gives_it_back(qtbot, window, theme, reduced):
    theme.reduce_motion(reduced=reduced)
    _, outside, _ = put(window, QLineEdit(), QLineEdit(), QLineEdit())
    outside.setFocus()
    panel, inside = SidePanel(theme, window, "Mazda MX-5"), QLineEdit()
    panel.set_content(inside)
    with qtbot.waitSignal(panel.opened):
        panel.open()
    assert inside.hasFocus()
    assert window.rect().right() == panel.geometry().right()
    with qtbot.waitSignal(panel.closed):
        QTest.keyClick(inside, Qt.Key.Key_Escape)

    assert outside.hasFocus()
    assert not panel.isVisible()


def test_panel_follows_the_window_and_mirrors(qtbot, window, theme):
    theme.reduce_motion(reduced=True)
    panel = SidePanel(theme, window)
    panel.open()
    window.resize(700, 500)
    qtbot.waitUntil(lambda: panel.height() == window.height())
    assert window.rect().right() == panel.geometry().right()
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    panel.close_panel()
    panel.open()

    assert 0 == panel.geometry().left()


def test_rail_is_walked_with_arrows_and_entered_with_enter(window, theme):
    rail = put(window, Rail(theme))
    rail.set_items([RailItem("find", "Find a car", Icon.FIND_CAR), RailItem("mine", "Bookings", Icon.BOOKINGS)])
    chosen = []
    rail.chosen.connect(chosen.append)
    rail.select("find")
    assert "find" == rail.selected
    assert [] == chosen
    rail.buttons["find"].setFocus()
    QTest.keyClick(rail.buttons["find"], Qt.Key.Key_Down)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)

    assert ["mine"] == chosen
    assert "mine" == rail.selected


def test_rail_shows_only_what_the_role_may_see(window, theme):
    rail = put(window, Rail(theme))
    rail.set_items([RailItem("admin", "Accounts", Icon.SETTINGS)])
    rail.set_items([RailItem("find", "Find a car", Icon.FIND_CAR)])

    assert ["find"] == list(rail.buttons)


def test_values_arrive_where_their_skeleton_were(window, theme, shimmer):
    fields = put(window, FieldList(theme, shimmer))
    fields.show_skeleton(["Renter", "Phone"])
    assert shimmer.running
    height = fields.sizeHint()
    fields.show_fields([LabelledValue("Renter", "Ada"), LabelledValue("Phone", "+49 30 1")])

    assert not shimmer.running
    assert height == fields.sizeHint()
    assert "Renter: Ada. Phone: +49 30 1" == fields.accessibleDescription()
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        for place in field_layout(QRect(0, 0, 360, 200), 2, direction):
            flush = QRect.left if direction == Qt.LayoutDirection.LeftToRight else QRect.right
            assert flush(place.value) == flush(place.bone)
            assert abs(place.value.center().y() - place.bone.center().y()) <= 1


def test_progress_line_takes_the_same_room_on_and_off(window, theme, shimmer):
    line = put(window, ProgressLine(theme, shimmer))
    off = line.sizeHint()
    line.set_active(active=True)
    assert shimmer.running
    assert off == line.sizeHint()
    line.hide()

    assert not shimmer.running


def test_empty_page_offers_the_first_step(window, theme):
    empty = put(window, EmptyState(theme))
    stepped = []
    empty.stepped.connect(lambda: stepped.append(1))
    empty.say(Icon.BOOKINGS, "No bookings yet", "A booking shows up here once a car is held.", "Find a car")
    QTest.mouseClick(empty.step, Qt.MouseButton.LeftButton)
    assert [1] == stepped
    empty.say(Icon.NO_CAR, "No such car", "Nothing fits all filters.")

    assert not empty.step.isVisible()


def test_an_empty_list_is_not_cut_off_in_a_side_panel(window, theme):
    panel, empty, content = SidePanel(theme, window), EmptyState(theme), QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, GRID, 0)
    column.addWidget(empty)
    panel.set_content(content)
    panel.resize(WIDTH, 600)
    panel.show()
    QTest.qWait(0)

    assert content.width() == panel._room.viewport().width()


def test_help_sheet_lists_every_key(qtbot, theme):
    sheet = HelpSheet(theme, [HelpLine("Go", "Bookings", "Ctrl+2"), HelpLine("Booking", "New booking", "N")])
    qtbot.addWidget(sheet)
    words = [text.text() for text in sheet.findChildren(Text)]

    assert ["Keys and commands", "Go", "Bookings", "Ctrl+2", "Booking", "New booking", "N"] == words


def test_table_orders_only_the_pages_on_the_screen(qtbot, window):
    asked = []
    model = SlicesModel([Column("N", str, lambda row: row)], asked.append)
    model.reset(1000)
    table = put(window, QTableView())
    table.setModel(model)
    seen = VisibleRows(table)
    seen.changed.connect(model.want_rows)
    qtbot.waitUntil(lambda: bool(asked))
    assert [0] == [ticket.number for ticket in asked]
    table.scrollToBottom()
    qtbot.waitUntil(lambda: len(asked) > 1)
    assert [0, 19] == [ticket.number for ticket in asked]
    model.reset(1000)

    qtbot.waitUntil(lambda: len(asked) > 2)


@pytest.mark.parametrize("icon", Icon)
def test_icon_is_in_the_font(theme, icon):
    drawn = theme.icons.pixmap(icon, "#000000", 24).toImage()
    other = theme.icons.pixmap(Icon.CAR if icon is not Icon.CAR else Icon.CHECK, "#000000", 24).toImage()

    assert any(drawn.pixelColor(x, y).alpha() for x in range(24) for y in range(24))
    assert drawn != other  # as two boxes for what is missing would be


@pytest.fixture
def bookings():
    return [
        Column("Booking", lambda row: row[0], lambda row: row[0], weight=3),
        Column("State", lambda row: row[1], lambda row: row[1], tone=lambda _row: "warning", weight=1),
        Column("Total", lambda row: row[2], lambda row: row[2], numeric=True, weight=2),
    ]


def test_table_shares_its_width_by_weight(window, theme, shimmer, bookings):
    table = put(window, RecordTable(theme, shimmer))
    table.setModel(RowsModel(bookings, key=lambda row: row[0]))
    widths = [table.columnWidth(at) for at in range(3)]

    assert table.viewport().width() == sum(widths)
    assert widths[0] == pytest.approx(3 * widths[1], abs=3)


def test_a_narrow_table_leaves_out_what_can_be_spared_and_is_walked_all_the_same(window, theme, shimmer):
    spare = [Column("Number", str, str, spare=True), Column("Car", str, str), Column("Desk", str, str, spare=True)]
    model = SlicesModel(spare, lambda _ticket: None)
    table = RecordTable(theme, shimmer, window)
    table.setModel(model)
    table.resize(900, 300)
    table.show()
    model.reset(3)
    table.setCurrentIndex(model.index(0, 0))
    assert not any(table.isColumnHidden(column) for column in range(3))
    table.resize(500, 300)
    QTest.keyClick(table, Qt.Key.Key_Down)

    assert [True, False, True] == [table.isColumnHidden(column) for column in range(3)]
    assert table.viewport().width() == table.columnWidth(1)
    assert 1 == table.currentIndex().row()
    table.resize(900, 300)
    assert not any(table.isColumnHidden(column) for column in range(3))


def test_table_is_walked_and_opened_by_keys(window, theme, shimmer, bookings):
    model = RowsModel(bookings, key=lambda row: row[0])
    model.replace_all([("B-1", "Held", "10 EUR"), ("B-2", "Held", "20 EUR"), ("B-3", "Held", "30 EUR")])
    table = put(window, RecordTable(theme, shimmer))
    table.setModel(model)
    table.setCurrentIndex(model.index(0, 0))
    chosen = []
    table.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(table, key)

    assert ["B-3"] == [row[0] for row in chosen]


def test_table_skeleton_shimmer_until_the_page_is_there(qtbot, window, theme, shimmer, bookings):
    asked, retried = [], []
    model = SlicesModel(bookings, asked.append)
    table = put(window, RecordTable(theme, shimmer))
    table.setModel(model)
    table.visible_rows.connect(model.want_rows)
    table.retry_wanted.connect(retried.append)
    model.reset(40)
    qtbot.waitUntil(lambda: bool(asked) and shimmer.running)
    model.slice_failed(asked[0])
    assert not shimmer.running
    table.setCurrentIndex(model.index(3, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [3] == retried
    model.retry(3)
    assert shimmer.running
    model.put_slice(asked[1], [(f"B-{n}", "Held", "10 EUR") for n in range(40)])

    assert not shimmer.running


def test_state_is_told_by_a_badge_with_its_word(window, theme, shimmer, bookings):
    model = RowsModel(bookings, key=lambda row: row[0])
    model.replace_all([("B-1", "Held", "10 EUR")])
    table = put(window, RecordTable(theme, shimmer))
    table.setModel(model)
    cell = table.visualRect(model.index(0, 1))
    image = table.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    colours = {
        image.pixelColor(int(x * ratio), int(cell.center().y() * ratio)).name()
        for x in range(cell.left(), cell.right())
    }

    assert theme.tokens.warning_tint in colours


@pytest.mark.parametrize("length", [79, 80, 81, 200, 100_000])
def test_a_search_never_asks_for_more_than_lists_take(length, window, theme):
    field = put(window, SearchField(theme, "Plate"))
    told = []
    field.searched.connect(told.append)
    QApplication.clipboard().setText("x" * length)

    field.paste()
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert ["x" * min(length, 80)] == told
    assert selection(Actor("ada", "Ada", Role.ADMIN), BookingQuery(BookingScope.ALL, text=told[0])).sought


def test_long_words_in_the_status_bar_give_way_and_never_make_the_window_wider(theme):
    bar = StatusBar(theme)
    long = "A branch of a very long name indeed " * 6
    bar.draw(replace(StatusText(), branch=long, account=long))

    assert bar.minimumSizeHint().width() < 700
    bar.deleteLater()


@pytest.mark.parametrize("moved", [False, True], ids=["left alone", "moved on"])
def test_a_focus_lost_by_being_disabled_comes_back_unless_somebody_moved_it(qtbot, theme, moved):
    """The servers do not answer for a moment: who had the finger on Enter does not press something else afterwards."""
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    book, other, third = (Button(theme, text) for text in ("Book", "As a list", "Done"))
    for button in (book, other, third):
        row.addWidget(button)
    window.show()
    book.setFocus()

    for _ in range(2):
        book.setEnabled(False)
    assert other is window.focusWidget()
    if moved:
        third.setFocus()
    book.setEnabled(True)

    assert (third if moved else book) is window.focusWidget()
