import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean, name_keys, plain, search_forms, search_key

#: Turning marks, isolates, zero-width blanks, a byte order mark, a soft hyphen, fillers, a tag, a variation selector.
UNSEEN = "\u200b\u200e\u200f\u061c\u202a\u202d\u202e\u2060\u2066\u2069\ufeff\u00ad\u034f\u3164\u180e\U000e0041\ufe0f"
SEEN = (
    st.text("abcXYZéßøŁшΣ李 ''.", min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: any(map(str.isalnum, text)))
)


@pytest.mark.parametrize(
    "value",
    [
        "a\0b",
        "\ud800",
        "a\udfffb",
        "\x9b31m",
        "\ue000",
        "",
        "   ",
        "\u200b\ufeff",
        "\u0301",
        "x" * 41,
        "x" * 10_000_000,
        "\u0958" * 40,
    ],
    ids=[
        "NUL",
        "high surrogate",
        "low surrogate",
        "terminal escape",
        "private",
        "empty",
        "blank",
        "zero width only",
        "a mark only",
        "one too long",
        "ten megabytes",
        "longer once composed",
    ],
)
def test_text_that_cannot_be_kept_or_shown_is_refused(value):
    with pytest.raises(InvalidText) as caught:
        clean("name", value, longest=40)

    assert "name" == caught.value.field


@pytest.mark.parametrize("value", [{"$gt": ""}, ["a"], 1, None, b"abc"], ids=repr)
def test_S9_only_strings_are_text(value):
    with pytest.raises(InvalidText):
        clean("name", value, longest=40)


@pytest.mark.parametrize(
    "value", [".*", "$where", '{"$gt": ""}', "a'; drop", "%_", "(", "O'Sullivan", "Łukasz", "李雷", "نادية"]
)
def test_S9_text_that_means_something_elsewhere_is_kept_as_it_is(value):
    assert value == clean("name", value, longest=40)


def test_text_is_trimmed_and_composed():
    assert "Zo\u00eb" == clean("name", "  Zoe\u0308 ", longest=40)


def test_an_optional_field_may_be_empty():
    assert clean("note", "  ", longest=40, required=False) == ""


@given(st.text(st.characters(), max_size=60))
def test_cleaned_text_is_short_composed_trimmed_and_stays_as_it_is(value):
    try:
        text = clean("name", value, longest=40)
    except InvalidText:
        return

    assert 0 < len(text) <= 40
    assert text == text.strip()
    assert unicodedata.is_normalized("NFC", text)
    assert text == clean("name", text, longest=40)
    text.encode()


@given(SEEN, st.data())
def test_what_is_not_seen_makes_no_difference_wherever_it_is_pasted(text, data):
    # Behind a Chinese letter the last of them chooses how it is drawn.
    pasted = sprinkled(text, UNSEEN[:-1] if "李" in text else UNSEEN, data)

    assert clean("name", text, longest=40) == clean("name", pasted, longest=40)
    assert search_key(text) == search_key(pasted)


def sprinkled(text, signs, data):
    at = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    for place in sorted(at, reverse=True):
        text = f"{text[:place]}{data.draw(st.sampled_from(signs))}{text[place:]}"
    return text


@given(
    st.lists(st.text("abÉß李", min_size=1, max_size=4), min_size=2, max_size=5),
    st.data(),
)
def test_a_pasted_tab_break_or_odd_blank_is_one_space(words, data):
    blanks = st.lists(st.sampled_from("\t\n\r\v\f\x85\u2028\u2029\u00a0\u202f\u2009\u3000"), min_size=1, max_size=3)
    pasted = words[0] + "".join("".join(data.draw(blanks)) + word for word in words[1:])

    assert clean("name", " ".join(words), longest=80) == clean("name", pasted, longest=80)


@pytest.mark.parametrize(
    "name",
    [
        "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        "\u0915\u094d\u200d\u0937",
        "\u0915\u094d\u200c\u0937",
        "\u09b0\u200d\u09cd\u09af",
        "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
        "\U0001f469\u200d\U0001f680",
        "\u845b\U000e0100\u57ce",
        "\u2764\ufe0f",
    ],
    ids=["Persian", "half letter", "no ligature", "Bengali", "Sri", "emoji", "drawing of Katsuragi", "red heart"],
)
def test_what_is_not_seen_but_changes_what_is_seen_is_kept_and_no_matter_for_searching(name):
    assert name == clean("name", name, longest=40)
    bare = "".join(sign for sign in name if sign not in "\u200c\u200d\ufe0f\U000e0100")
    assert search_key(bare) == search_key(name)


@pytest.mark.parametrize("name", ["A\u200cda", "Ad\u200da", "\u0639\u200c", "\u200c\u0639", "\u0639\u200c\u200c\u0645"])
def test_joiners_that_join_nothing_are_dropped(name):
    assert name.count("\u200c") + name.count("\u200d") > sum(
        clean("name", name, longest=40).count(each) for each in "\u200c\u200d"
    )


@given(st.text(min_size=1, max_size=20))
def test_the_key_of_a_key_is_itself_and_older_rows_are_looked_for_too(text):
    assert search_key(text) in {*search_forms(text), ""}
    assert all(search_forms(text))


@given(st.text("aB\u0301\u00c9\u200c\uff21 -", max_size=20))
def test_composed_or_in_parts_narrow_or_wide_a_name_has_the_same_keys(name):
    keys = name_keys(name)

    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert keys == name_keys(unicodedata.normalize(form, name).swapcase())


@given(SEEN, st.data())
def test_an_id_that_would_have_to_be_cleaned_is_refused(text, data):
    assert text == plain("car", text, longest=40) or not unicodedata.is_normalized("NFC", text)
    with pytest.raises(InvalidText):
        plain("car", f"{text}{data.draw(st.sampled_from(UNSEEN[:-1]))}", longest=40)
