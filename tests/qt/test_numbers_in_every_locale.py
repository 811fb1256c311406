# ruff: noqa: RUF001 -- digits of other scripts are read too
"""What is shown is read back equal, whatever this computer's locale is, and the words stay English."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locales import desk_in
from PySide6.QtCore import QLocale

from desktop.views.firm.rules_panel import share_of
from desktop.widgets.combo import NumberBox
from desktop.words import figures
from engine.domain.money.charging import CHARGED
from engine.domain.money.money import Money

_ANY = (QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry)
LOCALES = st.sampled_from(sorted({each.name() for each in QLocale.matchingLocales(*_ANY)}))
CURRENCIES = st.sampled_from(sorted(CHARGED))


@given(LOCALES, CURRENCIES, st.integers(0, 10**11 - 1))
def test_an_amount_that_is_shown_reads_back_equal(name, currency, minor):
    with desk_in(name):
        money = Money(minor, currency)
        if minor < 10 ** (9 + money.exponent):
            assert minor == figures.minor_of(figures.amount(money), currency), figures.amount(money)
            assert minor == figures.minor_of(figures.digits(money), currency)
        assert not figures.unclear_amount(figures.amount(money), currency)
        assert (
            figures.amount(money).isascii() or figures.custom().decimalPoint() in figures.amount(money) or minor > 999
        )
        assert all(each.isascii() for each in figures.amount(money) if each.isdecimal())


def test_in_no_locale_a_number_is_parted_by_letters_or_read_differently():
    for name in sorted({each.name() for each in QLocale.matchingLocales(*_ANY)}):
        with desk_in(name):
            shown = figures.amount(Money(1_234_567_89, "EUR"))
            assert 1_234_567_89 == figures.minor_of(shown, "EUR"), (name, shown)
            assert not any(each.isalpha() for each in shown.removesuffix("EUR")), (name, shown)


@given(LOCALES, st.integers(0, 10**12), st.integers(0, 10_000))
def test_numbers_and_percent_that_are_shown_read_back_equal(name, number, basis_points):
    with desk_in(name):
        assert number == figures.count_of(figures.whole(number))
        assert basis_points == figures.basis_points_of(figures.percent(basis_points))
        assert basis_points == share_of("commission", figures.percent(basis_points))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tr_TR", "1.250,00 EUR"),
        ("el_GR", "1.250,00 EUR"),
        ("pt_BR", "1.250,00 EUR"),
        ("ru_RU", "1\u00a0250,00 EUR"),
        ("de_CH", "1'250.00 EUR"),
        ("en_US", "1,250.00 EUR"),
        ("fa_IR", "1,250.00 EUR"),
        ("C", "1,250.00 EUR"),
    ],
)
def test_amounts_are_those_of_the_desks_country(name, shown):
    with desk_in(name):
        assert shown == figures.amount(Money(1250_00, "EUR"))
        assert "December" == figures.locale().standaloneMonthName(12)
        assert figures.short_amount(Money(12_500_00, "EUR")) == f"12{figures.custom().decimalPoint()}5k"


@given(LOCALES, st.sampled_from(["EUR", "JPY", "KWD"]), st.integers(-(10**14), 10**14))
def test_a_short_figure_is_short_and_near_and_grows_with_its_amount(name, currency, minor):
    money, more = Money(minor, currency), Money(minor + abs(minor) // 50 + 10**5, currency)
    with desk_in(name):
        short, exact = _value(figures.short_amount(money)), Fraction(minor, 10**money.exponent)
        assert abs(short - exact) <= max(Fraction(1, 2), abs(exact) / 20)
        assert (short < 0) == (exact <= Fraction(-1, 2))
        assert short <= _value(figures.short_amount(more))
        assert abs(exact) >= 999 * 10**6 or len(figures.short_amount(money)) <= len("-99.9k")


def _value(short):
    custom, size = figures.custom(), {"k": 1_000, "M": 1_000_000}.get(short[-1], 1)
    digits = short.rstrip("kM").replace(custom.groupSeparator(), "").replace(custom.decimalPoint(), ".")
    return Fraction(digits.replace(custom.negativeSign(), "-")) * size


@given(LOCALES, st.sampled_from(["BHD", "KWD", "TND"]), st.integers(1, 999), st.integers(0, 999))
def test_two_readings_are_both_named_and_each_of_them_is_then_read(name, currency, head, tail):
    with desk_in(name):
        group = "." if figures.custom().decimalPoint() == "," else ","
        typed = f"{head}{group}{tail:03d}"
        told = figures.unclear_amount(typed, currency)
        both = (Money(head * 10**6 + tail * 1000, currency), Money(head * 1000 + tail, currency))
        assert figures.minor_of(typed, currency) is None
        assert all(figures.amount(each) in told for each in both)
        assert all(each.minor == figures.minor_of(figures.amount(each), currency) for each in both)


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["0", "٠", "۰", "०", "０"]), st.sampled_from(":.h"))
def test_a_time_of_the_day_is_read_in_every_script(hour, minute, zero, sign):
    def script(text):
        return "".join(chr(ord(zero) + int(each)) if each.isdecimal() else each for each in text)

    assert f"{hour:02d}:{minute:02d}" == figures.clock_of(script(f" {hour}{sign}{minute:02d}"))
    assert f"{hour:02d}:{minute:02d}" == figures.clock_of(script(f"{hour:02d}{minute:02d}"))


@pytest.mark.parametrize("text", ["x", "8", "8:0", "1234:00", ""])
def test_what_is_no_time_stays_as_it_was_typed(text):
    assert text == figures.clock_of(text)


def test_a_box_for_numbers_takes_the_digits_of_every_script(qtbot):
    with desk_in("ar_EG"):
        box = NumberBox(suffix=" h before")
        qtbot.addWidget(box)
        box.setRange(0, 8784)
        box.lineEdit().selectAll()
        box.lineEdit().insert("٤٨")  # the test library types no letters beyond Latin
        assert (48, "48 h before") == (box.value(), box.text())
        box.lineEdit().selectAll()
        qtbot.keyClicks(box.lineEdit(), "72")
        assert 72 == box.value()
