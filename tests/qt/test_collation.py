"""Lists that are held whole stand in the order of the person's language."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locales import desk_in
from PySide6.QtCore import QLocale

from desktop.collation import in_language_order
from desktop.views.parts.filter_button import FilterButton
from engine.domain.shared.text import search_key

#: Language -> its letters in its own order, as its dictionaries have them.
ALPHABETS = {
    "sv_SE": "a b c d e f g h i j k l m n o p q r s t u v w x y z å ä ö",
    "cs_CZ": "a b c č d e f g h ch i j k l m n o p q r ř s š t u v w x y z ž",
    "pl_PL": "a ą b c ć d e ę f g h i j k l ł m n ń o ó p q r s ś t u v w x y z ź ż",
    "es_ES": "a b c d e f g h i j k l m n ñ o p q r s t u v w x y z",
    "tr_TR": "a b c ç d e f g ğ h \u0131 i j k l m n o ö p r s ş t u ü v y z",
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(ALPHABETS))
@given(st.data())
def test_words_stand_as_the_language_has_its_letters(language, data):
    letters = ALPHABETS[language].split()
    drawn = data.draw(st.lists(st.lists(st.sampled_from(letters), min_size=2, max_size=4), min_size=2, max_size=8))
    # Two letters that are one by themselves would be read otherwise.
    wanted = sorted(each for each in drawn if "ch" not in "".join(each).replace("ch", "") and not _torn(each))
    wanted.sort(key=lambda each: [letters.index(letter) for letter in each])
    words = ["".join(each) for each in wanted]
    shuffled = data.draw(st.permutations(words))

    assert words == in_language_order(shuffled, language=QLocale(language))


def _torn(letters):
    return any(pair == ("c", "h") for pair in pairwise(letters))


@given(st.permutations(["Ahrens", "Ärger", "Azur", "Bauer", "ähnlich"]))
def test_a_german_umlaut_stands_with_its_letter(names):
    assert ["ähnlich", "Ahrens", "Ärger", "Azur", "Bauer"] == in_language_order(names, language=QLocale("de_DE"))


@given(st.lists(st.integers(0, 300), unique=True, min_size=2, max_size=6))
def test_numbers_in_names_count_unless_they_are_none(numbers):
    names = [f"Terminal {number}" for number in numbers]
    german = QLocale("de_DE")

    assert [f"Terminal {number}" for number in sorted(numbers)] == in_language_order(names, language=german)
    assert sorted(names) == in_language_order(names, numeric=False, language=german)


@given(st.lists(st.text(max_size=8), max_size=8))
def test_nothing_is_lost_and_case_makes_no_order(names):
    ordered = in_language_order(names, language=QLocale.c())

    assert sorted(names) == sorted(ordered)
    assert [each.casefold() for each in ordered] or not names
    assert in_language_order(["b", "A", "a", "B"], language=QLocale.c()) == ["A", "a", "b", "B"]
    assert in_language_order(["Zürich", "Äpfel", "zebra"], language=QLocale.c()) == ["Äpfel", "zebra", "Zürich"]


def test_brands_to_tick_stand_in_the_persons_order_and_choices_with_one_of_their_own_keep_it(theme, qtbot):
    for language, wanted in (("sv_SE", ["Audi", "Zeekr", "Åkerman"]), ("de_DE", ["Åkerman", "Audi", "Zeekr"])):
        with desk_in(language):
            brands, ranks = FilterButton(theme, "Brand", str, by_words=True), FilterButton(theme, "Rank", str)
            for button in (brands, ranks):
                qtbot.addWidget(button)
                button.set_choices(sorted(["Zeekr", "Åkerman", "Audi"], key=search_key, reverse=True))
            assert wanted == list(brands.boxes)
            assert ["Zeekr", "Audi", "Åkerman"] == list(ranks.boxes)
