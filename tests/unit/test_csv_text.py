"""A table as text: what was put in comes out, and no cell is run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.csv_text import csv_line, plain_amount
from engine.domain.money import Money

PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_what_a_spreadsheet_would_run_becomes_text(text):
    [cell] = next(csv.reader(io.StringIO(csv_line([text]), newline="")))

    assert f"'{text}" == cell


@pytest.mark.parametrize("text", ["-12.50", "12", "Ada Moreau", "B-DS 1", "2026-11-24 14:00", ""])
def test_numbers_and_plain_words_stay_as_they_are(text):
    assert f"{text}\r\n" == csv_line([text])


@given(st.lists(PRINTABLE, min_size=1, max_size=5))
def test_any_cells_come_out_again(cells):
    [read] = list(csv.reader(io.StringIO(csv_line(cells), newline=""))) or [[""]]

    assert [cell.removeprefix("'") for cell in cells] == [cell.removeprefix("'") for cell in read] or cells == [""]


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(125_000, "EUR"), "1250.00"),
        (Money(-5, "EUR"), "-0.05"),
        (Money(500, "JPY"), "500"),
        (Money(-1_230, "KWD"), "-1.230"),
    ],
)
def test_amounts_are_digits_and_a_point(money, text):
    assert text == plain_amount(money)
