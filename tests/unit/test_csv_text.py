"""A table as text: what was put in comes out whatever the habits, and no cell is run."""

import csv
import io
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.money.money import Money
from engine.domain.shared.csv_text import DECIMALS, PLAIN, SEPARATORS, CsvHabits, DateShape

EVERY = [
    CsvHabits(separator, decimal, dates)
    for separator in SEPARATORS
    for decimal in DECIMALS
    if separator != decimal
    for dates in DateShape
]
SHAPES = {
    DateShape.ISO: "%Y-%m-%d",
    DateShape.DOTS: "%d.%m.%Y",
    DateShape.SLASHES: "%d/%m/%Y",
    DateShape.MONTH_FIRST: "%m/%d/%Y",
}
#: What makes a cell of its own, a formula or a line of its own, thick among everything that can be printed.
HOSTILE = st.text(st.sampled_from("=+-@',;\t\r\n\"0123456789. \uff1d"), max_size=12)
PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
TEXTS = st.lists(HOSTILE | PRINTABLE, min_size=2, max_size=6)
MONEY = st.builds(Money, st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def read_back(text, habits):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=habits.separator, strict=True))


def as_written(cell):
    """A text without the apostrophe that keeps it from being run."""
    guarded = cell.startswith("'") and cell.lstrip("'").lstrip(" ").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    )
    return cell[1:] if guarded else cell


@settings(max_examples=400)
@given(st.sampled_from(EVERY), TEXTS)
def test_any_cells_come_out_again_and_none_begins_a_formula(habits, cells):
    [read] = read_back(habits.line(cells), habits)

    assert cells == [as_written(cell) for cell in read]
    for cell in read:
        assert not cell.lstrip(" ").startswith(
            ("=", "+", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
        )
        if cell.lstrip(" ").startswith("-"):
            Fraction(cell.replace(habits.decimal, ".", 1))


@settings(max_examples=400)
@given(st.sampled_from(EVERY), TEXTS)
def test_no_separator_of_another_spreadsheet_stands_bare_in_a_text(habits, cells):
    """A reader that knows quotes and nothing else sees every other separator inside quotes, but in a number."""
    bare = "".join(part for n, part in enumerate(habits.line(cells).split('"')) if n % 2 == 0)

    for piece in bare.rstrip("\r\n").split(habits.separator):
        signs = {sign for sign in SEPARATORS if sign in piece}
        assert not signs or (signs == {","} == {habits.decimal} and piece.lstrip("-").replace(",", "", 1).isdecimal())


@settings(max_examples=400)
@given(st.sampled_from(EVERY), st.lists(MONEY, min_size=2, max_size=4), st.fractions(-(10**6), 10**6), MOMENTS)
def test_what_is_written_reads_back_equal(habits, amounts, exact, at):
    zone = ZoneInfo("Europe/Berlin")
    cells = [habits.number(exact), habits.wall_time(at, zone), habits.stamp(at), habits.fine_stamp(at)]
    [read] = read_back(habits.line([*map(habits.amount, amounts), *cells]), habits)
    money, (number, wall, stamp, fine) = read[: len(amounts)], read[len(amounts) :]

    for amount, cell in zip(amounts, money, strict=True):
        assert amount.minor == Fraction(cell.replace(habits.decimal, ".")) * 10**amount.exponent
    assert abs(Fraction(number.replace(habits.decimal, ".")) - exact) <= Fraction(1, 200)
    shape = SHAPES[habits.dates]
    local = at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    assert local == datetime.strptime(wall, f"{shape} %H:%M")  # noqa: DTZ007 -- a wall's
    assert at.replace(tzinfo=None, microsecond=0) == datetime.strptime(stamp, f"{shape} %H:%M:%S")  # noqa: DTZ007
    assert fine == f"{stamp}{habits.decimal}{at.microsecond // 1000:03d}"


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", "'=1"])
@pytest.mark.parametrize("habits", EVERY, ids=repr)
def test_what_a_spreadsheet_would_run_becomes_text(text, habits):
    [[cell, _]] = read_back(habits.line([text, "b"]), habits)

    assert f"'{text}" == cell


@pytest.mark.parametrize("text", ["-12.50", "12", "Ada Moreau", "B-DS 1", "2026-11-24 14:00", ""])
def test_numbers_and_plain_words_stay_as_they_are(text):
    assert f"{text}\r\n" == PLAIN.line([text])


def test_a_number_is_one_by_its_own_decimal_sign_only():
    german = CsvHabits(";", ",", DateShape.DOTS)

    assert "-1250,50;'-1250.50\r\n" == german.line([german.amount(Money(-125_050, "EUR")), "-1250.50"])


@pytest.mark.parametrize(("separator", "decimal"), [(",", ","), ("|", "."), (";", ";"), ("", "."), (";", "'")])
def test_one_sign_is_never_both_and_no_other_is_taken(separator, decimal):
    with pytest.raises(ValueError, match="no habits"):
        CsvHabits(separator, decimal)


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
    assert text == PLAIN.amount(money)
