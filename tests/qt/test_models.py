from __future__ import annotations

from PySide6.QtCore import QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtTest import QAbstractItemModelTester

from desktop.models.rows import ROW_ROLE, SORT_ROLE, STATE_ROLE, Column, RowsModel
from desktop.models.slices import KEEP_PAGES, SlicesModel

COLUMNS = (
    Column("Plate", lambda row: row[0], lambda row: row[0]),
    Column("Rate", lambda row: f"{row[1]} EUR", lambda row: row[1], numeric=True),
)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def rows_model(*rows):
    model = RowsModel(COLUMNS, key=lambda row: row[0])
    model.replace_all(rows)
    return model


def pages_model(total, size=10):
    asked = []
    model = SlicesModel(COLUMNS, asked.append, size=size)
    model.reset(total)
    return model, asked


def page(ticket, tag=""):
    return [(f"{tag}{n}", n) for n in range(ticket.first_row, ticket.first_row + ticket.size)]


def plates(model):
    return [model.index(at, 0).data() for at in range(model.rowCount())]


def test_refresh_keeps_rows_in_place_by_identity():
    model = rows_model(("a", 1), ("b", 2), ("c", 10))
    tester = QAbstractItemModelTester(model, FATAL)
    changes, resets = [], []
    model.dataChanged.connect(lambda *where: changes.append(where))
    model.modelReset.connect(lambda: resets.append(1))
    kept = QPersistentModelIndex(model.index(2, 0))

    model.replace_all([("d", 5), ("a", 1), ("c", 11)])

    assert plates(model) == ["a", "c", "d"]
    assert (kept.row(), kept.data(ROW_ROLE)) == (1, ("c", 11))
    assert len(changes) == 1
    assert resets == []
    assert model.row_of("c") == 1
    assert tester is not None


def test_rows_are_sorted_by_their_key_and_not_by_their_text():
    model = rows_model(("a", 11), ("b", 5), ("c", 1))
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setSortRole(SORT_ROLE)
    proxy.sort(1)

    assert [proxy.index(at, 1).data(SORT_ROLE) for at in range(3)] == [1, 5, 11]


def test_numbers_stand_at_the_reading_end_together_with_their_heading():
    model = rows_model(("a", 1))
    expected = int(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)

    assert expected == model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert expected == model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)


def test_count_is_known_before_any_row_is_there():
    model, asked = pages_model(240)
    tester = QAbstractItemModelTester(model, FATAL)

    assert model.rowCount() == 240
    assert asked == []
    assert model.index(239, 0).data(ROW_ROLE) is None
    assert model.index(239, 0).data(STATE_ROLE) == "waiting"
    assert model.index(239, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Loading"
    assert tester is not None


def test_only_the_pages_looked_at_are_ordered_and_each_once():
    model, asked = pages_model(100)
    model.want_rows(18, 31)
    model.want_rows(20, 35)

    assert [ticket.number for ticket in asked] == [1, 2, 3]


def test_end_of_the_list_is_reached_without_the_middle():
    model, asked = pages_model(95)
    model.want_rows(90, 94)
    model.put_slice(asked[0], page(asked[0])[:5])

    assert [ticket.number for ticket in asked] == [9]
    assert model.index(94, 0).data(ROW_ROLE) == ("94", 94)
    assert model.index(50, 0).data(ROW_ROLE) is None


def test_arriving_page_changes_its_rows_and_moves_none():
    model, asked = pages_model(100)
    tester = QAbstractItemModelTester(model, FATAL)
    changes, layouts = [], []
    model.dataChanged.connect(lambda first, last, _roles: changes.append((first.row(), last.row())))
    model.rowsInserted.connect(lambda *_: layouts.append(1))
    model.modelReset.connect(lambda: layouts.append(1))
    model.want_rows(10, 19)
    model.put_slice(asked[0], page(asked[0]))
    model.put_slice(asked[0], page(asked[0]))

    assert changes == [(10, 19)]
    assert layouts == []
    assert tester is not None


def test_answer_to_an_older_query_is_dropped():
    model, asked = pages_model(100)
    model.want_rows(0, 5)
    model.reset(40)
    model.put_slice(asked[0], page(asked[0], "old"))
    model.slice_failed(asked[0])

    assert model.row_at(0) is None
    assert model.state_of(0) == "waiting"


def test_failed_page_says_so_until_it_is_asked_for_again():
    model, asked = pages_model(100)
    model.want_rows(0, 5)
    model.slice_failed(asked[0])
    model.want_rows(0, 5)
    assert model.state_of(3) == "failed"
    assert len(asked) == 1

    model.retry(3)
    assert model.state_of(3) == "waiting"
    model.put_slice(asked[1], page(asked[1]))
    assert model.state_of(3) == "loaded"


def test_pages_long_unseen_are_forgotten_and_can_come_back():
    model, asked = pages_model(10 * (KEEP_PAGES + 5))
    for number in range(KEEP_PAGES + 5):
        model.want_rows(number * 10, number * 10)
        model.put_slice(asked[-1], page(asked[-1]))

    assert len(model._pages) == KEEP_PAGES
    assert model.row_at(0) is None
    model.want_rows(0, 0)
    assert asked[-1].number == 0
