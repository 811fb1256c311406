"""Lines typed at the counter: 300 by hand, and whatever hypothesis thinks of."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from walk_in import corpus, known, matches, written

from engine.domain.counter.chips import ChipKind, ChipState, Chosen, Rents, RentsNew, Stay, WhyNot
from engine.domain.counter.line_cut import LONGEST
from engine.domain.counter.walk_in_line import WalkInLine
from engine.domain.moments.habits import ENGLISH, Order, joined
from engine.domain.shared.text import search_words

READERS = {numerals: WalkInLine(known(numerals)) for numerals in ("en", "de")}
#: What a wrong reading of costs money or a day.
_DEAR = ("times ", "deposit ", "off ")


def test_lines_are_read_as_they_were_meant():
    wrong, dear = list[str](), list[str]()
    for numerals, typed, expected in corpus():
        read = READERS[numerals].read(typed)
        if not matches(read, expected):
            wrong.append(f"{typed!r}\n   meant {expected}\n   read  {'; '.join(written(read))}")
        meant = {each.strip() for each in expected.split(";")}
        dear += [f"{typed!r}: {each}" for each in written(read) if each.startswith(_DEAR) and each not in meant]

    assert len(corpus()) >= 300
    assert dear == []
    assert wrong == []


def read(typed, *chosen):
    return READERS["en"].read(typed, chosen)


def certain(typed, *chosen):
    """What a line without questions was read as."""
    found = read(typed, *chosen)
    assert found.in_the_way is None, written(found)
    return written(found)


def test_what_is_not_read_is_in_the_way_and_named():
    found = read("golf tue 10-18 jonas quickly cash")

    assert "quickly" == found.in_the_way.words
    assert not found.ready
    assert read("golf tue 10-18 jonas cash").ready


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("tue 10-18 jonas", [ChipKind.MODEL]),
        ("suv jonas", [ChipKind.TIMES]),
        ("6183 from tue 10 jonas", [ChipKind.TIMES]),
        ("cmar tue 10-18", [ChipKind.RENTER]),
        ("", [ChipKind.MODEL, ChipKind.TIMES, ChipKind.RENTER]),
    ],
)
def test_a_walk_in_lacks_what_no_word_tells(typed, missing):
    found = read(typed)

    assert (None, missing) == (found.in_the_way, list(found.missing()))
    assert not found.ready


def test_who_is_chosen_from_a_list_is_no_question_any_more_while_the_line_goes_on():
    chosen = Chosen("schafer", Rents("r2"))

    assert certain("yaris tue 10-18 schafer", chosen) == ["model Yaris", "renter r2", "times 15T10>15T18"]
    assert "renter r2" in certain("+seat schafer cash tue 10-18 yaris", chosen)
    assert read("tue 10-18 schafers yaris", chosen).in_the_way is not None


def test_somebody_new_is_added_by_the_words_that_nobody_is_called_by():
    asked = read("golf 3d Ada Byron")
    chip = asked.in_the_way

    assert ("Ada Byron", (RentsNew("Ada Byron"),)) == (chip.words, chip.candidates)
    assert "renter new" in certain("golf 3d Ada Byron", Chosen(chip.words, chip.candidates[0]))


def test_a_word_that_is_a_name_or_a_day_is_asked_about_in_all_its_places():
    typed = "kim so golf 10-18"
    name, time = (chip for chip in read(typed).chips if not chip.sure)

    assert Rents("r7") in name.candidates
    assert "times 9T10>9T18" in certain(typed, Chosen(name.words, Rents("r7")), Chosen(time.words, time_of(time, 9)))
    assert ChipState.AMBIGUOUS is time.state
    sunday = next(each for each in name.candidates if isinstance(each, Stay))
    assert ["model Golf", "renter r7", "times 13T10>13T18"] == certain(typed, Chosen("so", sunday))


def time_of(chip, day):
    return next(each for each in chip.candidates if isinstance(each, Stay) and each.out.day == each.back.day == day)


def test_a_decision_that_fits_the_line_no_longer_is_left_out():
    ninth = time_of(read("golf 10-18").chips[1], 9)

    assert certain("golf 10-18", Chosen("10-18", ninth)) == ["model Golf", "times 9T10>9T18"]
    assert ChipState.AMBIGUOUS is read("golf 10-17", Chosen("10-18", ninth)).chips[1].state


def test_ten_thousand_signs_are_one_chip_that_says_so():
    found = read("golf 10-18 " * 1000)

    assert [(WhyNot.TOO_LONG, LONGEST)] == [(chip.why, len(chip.words)) for chip in found.chips]


def test_an_order_of_day_and_month_that_nobody_knows_is_asked_for():
    reader = WalkInLine(known(habits=joined(Order.UNKNOWN, ENGLISH)))
    dates = {each.out.month for each in reader.read("golf 3/4/2027 10:00 2d").chips[1].candidates}

    assert {3, 4} == dates


# Whatever hypothesis thinks of.

PIECES = st.sampled_from(
    "golf yaris 500 3 suv tue so mo 10 18 10-18 10:00 1830 15.12. dec 3d 18h 5 days from bis to for @ber > muc +seat + "
    "+2 dep 500 1.500 dep500 -10% -10 % stammkunde cash bar schafer kim müller 5014 +49 cdw cdw1 , - ' „ “ ( ) now "
    "\u202e \u200b \x00 ½ \u0661\u0660 😀 0 jetzt h".split(" ")
) | st.just('"')

TEXTS = st.one_of(
    st.text(max_size=80), st.lists(PIECES, max_size=9).map(" ".join), st.lists(PIECES, max_size=9).map("".join)
)


@given(text=TEXTS, numerals=st.sampled_from(["en", "de"]))
@example("\ud800 golf", "en")
@example("+" * 300, "en")
@example("mo 10 " * 13, "de")
def test_any_text_is_read_and_each_visible_sign_of_it_is_in_one_chip(text, numerals):
    found = READERS[numerals].read(text)
    places = [at for chip in found.chips for span in chip.spans for at in range(span.begin, span.end)]

    assert len(places) == len(set(places))
    left = "".join(sign for at, sign in enumerate(text) if at not in set(places))
    assert not [word for word in search_words(left) if word.isprintable()]
    assert all(chip.said is not None or chip.kind is ChipKind.FILLER for chip in found.chips if chip.sure)
    assert all(chip.candidates for chip in found.chips if chip.state is ChipState.AMBIGUOUS)


#: One of each row is a line; what stands beside each other in one string stays so.
UNITS = [
    [["golf"], ["vw golf variant"], ["suv"], ["cmar"], ["B-WR 6183"], ["yaris", "6183"], ["fiat 500"]],
    [
        ["tue 10-18"], ["tue", "10-18"], ["di", "von 10 bis 18 uhr"], ["from tue 10", "to thu 9"], ["3d"], ["3 tage"],
        ["sat 9", "3d"], ["sat", "9:00", "2 days"], ["15.12. 10:00 - 16.12. 12:00"], ["dec 15 10:00", "dec 16 12:00"],
        ["today", "until 18:00"], ["14:00-18:00"], ["tue", "10:00-18:00"],
    ],
    [["jonas"], ["müller anna"], ["schafer", "5014"], ["+49 30 2312 5014"], ["B072RRE2I55"], []],
    [["@ber"], ["@münchen ost"], ["@lhr"], []],
    [[">muc"], ["> ber"], []],
    [["+seat"], ["+2 kindersitze", "+gps"], []],
    [["cdw1"], ["full cover"], []],
    [["dep 300"], ["dep500"], ["1500 € kaution"], []],
    [["cash"], ["auf rechnung"], ["please by card"], []],
    [["-10% regular guest"], ['-12.5% "golf club"'], []],
]  # fmt: skip
LINES_OF_UNITS = st.tuples(*map(st.sampled_from, UNITS)).map(lambda rows: [unit for row in rows for unit in row])


@given(units=LINES_OF_UNITS, order=st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_order_of_words_does_not_change_what_they_mean(units, order):
    turned = list(units)
    order.shuffle(turned)

    meant, found = certain(" ".join(units)), read(" ".join(turned))

    asked = [chip for chip in found.chips if not chip.sure]
    assert {ChipKind.TIMES} >= {chip.kind for chip in asked}
    assert all(time in chip.candidates for chip in asked for time in said_times(read(" ".join(units))))
    assert asked or meant == written(found)


def said_times(found):
    return [chip.said for chip in found.chips if chip.kind is ChipKind.TIMES]


@given(text=st.lists(PIECES, max_size=7).map(" ".join), pick=st.integers(0, 20))
@settings(max_examples=60)
def test_every_question_of_a_line_can_be_answered(text, pick):
    chosen, asked = list[Chosen](), None
    for _ in range(12):
        asked = next((chip for chip in read(text, *chosen).chips if chip.state is ChipState.AMBIGUOUS), None)
        if asked is None:
            break
        chosen.append(Chosen(asked.words, asked.candidates[pick % len(asked.candidates)]))

    assert asked is None, chosen
