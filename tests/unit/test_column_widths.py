"""Columns: what must be whole is whole, spare ones go first, and together they fill their room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.column_widths import Need, in_two, share, two_lines_of


class Even:
    """Every sign is as wide as the next."""

    def horizontalAdvance(self, text):
        return 7 * len(text)


def _need(draw):
    least, more = draw[0], draw[1]
    return Need(least + more, least, draw[2], draw[3])


NEEDS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 200), st.booleans(), st.integers(0, 20)).map(_need),
    min_size=1,
    max_size=9,
)
NAMES = st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=12), min_size=1, max_size=5).map(" ".join)


@given(room=st.integers(100, 2000), needs=NEEDS)
def test_widths_fill_the_room_and_nothing_is_below_its_least_while_a_spare_column_is_left(room, needs):
    widths = share(room, needs)

    kept = [at for at, need in enumerate(needs) if not need.spare]
    if sum(needs[at].least for at in kept) <= room and any(widths):
        assert room == sum(widths)
        assert all(widths[at] >= needs[at].least for at in kept)
        assert all(width == 0 or width >= need.least for width, need in zip(widths, needs, strict=True))
    assert sum(widths) <= room


@given(room=st.integers(100, 2000), needs=NEEDS)
def test_a_spare_column_goes_only_where_all_do_not_fit(room, needs):
    widths = share(room, needs)

    if sum(need.least for need in needs) <= room:
        assert all(width >= need.least for width, need in zip(widths, needs, strict=True))


@given(name=NAMES, after=st.sampled_from(["", "B-XB 2778", "1214-ASM5-PTTJ"]))
def test_two_lines_of_the_least_width_hold_every_word(name, after):
    width = in_two(Even(), name, after)
    lines = two_lines_of(Even(), name, after, width)

    assert f"{name} {after}".split() == " ".join(lines).replace("· ", "").split()
    if width < 240:
        assert all(Even().horizontalAdvance(line) <= width for line in lines)


@given(name=NAMES, plate=st.sampled_from(["B-LN\u00a01688", "4232\u00a0WDM", "AB\u00a0123\u00a0CD"]))
def test_no_line_ends_within_a_plate(name, plate):
    text = f"{name} · {plate}"
    lines = two_lines_of(Even(), text, "", in_two(Even(), text))

    assert 1 == sum(plate in line for line in lines)
