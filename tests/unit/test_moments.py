# ruff: noqa: RUF001 -- digits of other scripts are read too
"""Typed days and times: a corpus by hand, and whatever hypothesis thinks of."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.domain.car.branches import zones
from engine.domain.moments.habits import ENGLISH, GERMAN, Order, joined, named
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Lean, Misread, NotUnderstood, Reading
from engine.domain.moments.write import coming_names, day_written, moment_written
from engine.domain.shared.wall import on_wall, wall_of

BERLIN = ZoneInfo("Europe/Berlin")
#: A Wednesday; the field holds Friday, 10:00.
NOW, SHOWN = datetime(2026, 11, 25, 8, 0), datetime(2026, 11, 27, 10, 0)
HABITS = joined(Order.DMY, ENGLISH, GERMAN)
ASKED = AskedBack(HABITS, NOW, SHOWN, zone=BERLIN)
AMERICAN = replace(ASKED, habits=joined(Order.MDY, ENGLISH))

UNDERSTOOD = """
2.12. 18                    | 2026-12-02 18:00
02.12.2026 18:00            | 2026-12-02 18:00
2.12.2026                   | 2026-12-02 10:00
2.12.26                     | 2026-12-02 10:00
2.12.                       | 2026-12-02 10:00
2. 12. 2026                 | 2026-12-02 10:00
2.12.2026, 18 Uhr           | 2026-12-02 18:00
2.12.2026 18.30             | 2026-12-02 18:30
2.12.2026 18.30 Uhr         | 2026-12-02 18:30
02.12. 18:00 Uhr            | 2026-12-02 18:00
2.12. um 18                 | 2026-12-02 18:00
am 2.12. um 18 Uhr          | 2026-12-02 18:00
18:00 2.12.                 | 2026-12-02 18:00
1.3.                        | 2027-03-01 10:00
29.2.                       | 2028-02-29 10:00
31.12. 23:59                | 2026-12-31 23:59
25.11.                      | 2026-11-25 10:00
24.11.                      | 2027-11-24 10:00
10.                         | 2026-12-10 10:00
10. 18:00                   | 2026-12-10 18:00
10th                        | 2026-12-10 10:00
fri 10                      | 2026-11-27 10:00
fri 10:30                   | 2026-11-27 10:30
Fri, 10:30                  | 2026-11-27 10:30
FRIDAY 10                   | 2026-11-27 10:00
friday at 10                | 2026-11-27 10:00
on friday at 10:15          | 2026-11-27 10:15
fri 10am                    | 2026-11-27 10:00
fri 10 am                   | 2026-11-27 10:00
10 am fri                   | 2026-11-27 10:00
fri 6 p.m.                  | 2026-11-27 18:00
fri 6:45pm                  | 2026-11-27 18:45
fri 12 pm                   | 2026-11-27 12:00
fri 12 am                   | 2026-11-27 00:00
fri noon                    | 2026-11-27 12:00
fri 1830                    | 2026-11-27 18:30
fri 0930                    | 2026-11-27 09:30
fri 18h30                   | 2026-11-27 18:30
fri 18h                     | 2026-11-27 18:00
fri 9 o'clock               | 2026-11-27 09:00
fri                         | 2026-11-27 10:00
wed                         | 2026-11-25 10:00
wed 7                       | 2026-12-02 07:00
wed 9                       | 2026-11-25 09:00
tue                         | 2026-12-01 10:00
thurs 9.30                  | 2026-11-26 09:30
wednes 9:15                 | 2026-11-25 09:15
fr 10                       | 2026-11-27 10:00
Fr. 10 Uhr                  | 2026-11-27 10:00
Freitag 10                  | 2026-11-27 10:00
am Freitag um 10            | 2026-11-27 10:00
am Freitag um 10 Uhr        | 2026-11-27 10:00
samst 10                    | 2026-11-28 10:00
Sonnabend 9 Uhr             | 2026-11-28 09:00
so 12                       | 2026-11-29 12:00
di 8:30                     | 2026-12-01 08:30
Mittwoch 18 Uhr             | 2026-11-25 18:00
do, 9.30 Uhr                | 2026-11-26 09:30
10 Uhr am Freitag           | 2026-11-27 10:00
today                       | 2026-11-25 10:00
today 18:00                 | 2026-11-25 18:00
tomorrow                    | 2026-11-26 10:00
tomorrow 9:30               | 2026-11-26 09:30
tomorrow at 9:30            | 2026-11-26 09:30
tomorrow 9.30               | 2026-11-26 09:30
tomorrow 2.12               | 2026-11-26 02:12
tomorrow noon               | 2026-11-26 12:00
tomorrow 0930               | 2026-11-26 09:30
9:30 tomorrow               | 2026-11-26 09:30
day after tomorrow 9        | 2026-11-27 09:00
yesterday                   | 2026-11-24 10:00
day before yesterday        | 2026-11-23 10:00
heute 18 Uhr                | 2026-11-25 18:00
heute um 18:00              | 2026-11-25 18:00
morgen 9:30                 | 2026-11-26 09:30
morgen um 9                 | 2026-11-26 09:00
morgen mittag               | 2026-11-26 12:00
übermorgen 9 uhr            | 2026-11-27 09:00
uebermorgen 9               | 2026-11-27 09:00
gestern                     | 2026-11-24 10:00
now                         | 2026-11-25 08:00
NOW                         | 2026-11-25 08:00
jetzt                       | 2026-11-25 08:00
sofort                      | 2026-11-25 08:00
+3                          | 2026-11-28 10:00
+0                          | 2026-11-25 10:00
+3d                         | 2026-11-28 10:00
+3d 18:00                   | 2026-11-28 18:00
+3 18:00                    | 2026-11-28 18:00
+3 days 18:00               | 2026-11-28 18:00
+3 Tage 18 Uhr              | 2026-11-28 18:00
+3t                         | 2026-11-28 10:00
+2w                         | 2026-12-09 10:00
+1 week                     | 2026-12-02 10:00
in 3 days                   | 2026-11-28 10:00
in 3 Tagen um 9             | 2026-11-28 09:00
in 2 Wochen                 | 2026-12-09 10:00
+2h                         | 2026-11-25 10:00
+90 min                     | 2026-11-25 09:30
in 2 Stunden                | 2026-11-25 10:00
in 45 minutes               | 2026-11-25 08:45
3 days ago                  | 2026-11-22 10:00
vor 3 Tagen                 | 2026-11-22 10:00
2026-12-02                  | 2026-12-02 10:00
2026-12-02T18:00            | 2026-12-02 18:00
2026-12-02 18:00            | 2026-12-02 18:00
2026-12-02 18:00:00         | 2026-12-02 18:00
20261202                    | 2026-12-02 10:00
20261202 1800               | 2026-12-02 18:00
2026/12/02                  | 2026-12-02 10:00
2026.12.02. 18:00           | 2026-12-02 18:00
2 dec                       | 2026-12-02 10:00
2 dec 18                    | 2026-12-02 18:00
2 dec 18:00                 | 2026-12-02 18:00
2 December 2026 6 pm        | 2026-12-02 18:00
2nd of December             | 2026-12-02 10:00
dec 2                       | 2026-12-02 10:00
Dec 2nd, 2026               | 2026-12-02 10:00
December 2, 2026 18:00      | 2026-12-02 18:00
Dec. 2 6pm                  | 2026-12-02 18:00
dec 10 10                   | 2026-12-10 10:00
sept 3                      | 2027-09-03 10:00
1 may                       | 2027-05-01 10:00
2. Dezember                 | 2026-12-02 10:00
2. Dez. 18 Uhr              | 2026-12-02 18:00
2. Dezember 2026 18:00      | 2026-12-02 18:00
1. Mai 9 Uhr                | 2027-05-01 09:00
3. März                     | 2027-03-03 10:00
3. maerz                    | 2027-03-03 10:00
3. Jänner                   | 2027-01-03 10:00
wed 2 dec 18:00             | 2026-12-02 18:00
Mi. 2.12. 18:00             | 2026-12-02 18:00
Wed 2 Dec 2026  18:00       | 2026-12-02 18:00
Mittwoch, 2. Dezember 2026  | 2026-12-02 10:00
Mittwoch, den 2. Dezember   | 2026-12-02 10:00
18:00                       | 2026-11-27 18:00
6pm                         | 2026-11-27 18:00
18 Uhr                      | 2026-11-27 18:00
noon                        | 2026-11-27 12:00
9.30                        | 2026-11-27 09:30
18.30 Uhr                   | 2026-11-27 18:30
24:00                       | 2026-11-28 00:00
fri 24:00                   | 2026-11-28 00:00
25/12                       | 2026-12-25 10:00
3/12/2026 9:00              | 2026-12-03 09:00
12/13                       | 2026-12-13 10:00
2-12-2026                   | 2026-12-02 10:00
٢.١٢. ١٨                    | 2026-12-02 18:00
۲.۱۲.۲۰۲۶ ۱۸:۰۰             | 2026-12-02 18:00
２．１２．２０２６　１８：００         | 2026-12-02 18:00
२.१२.२०२६                   | 2026-12-02 10:00
2026年12月2日 18:00          | 2026-12-02 18:00
31.10.27 2:30 CEST          | 2027-10-31 02:30
fri 10:00 CET               | 2026-11-27 10:00
"""

REFUSED = """
fri ten                     | WORD      | ten
next fri                    | WORD      | next
nächsten Freitag            | WORD      | nächsten
next week                   | WORD      | next
banana                      | WORD      | banana
tomorrow evening            | WORD      | evening
morgen früh                 | WORD      | früh
fri 10 or 11                | WORD      | or
mon-fri                     | WORD      | mon-fri
fri fri                     | WORD      | fri
10:00 11:00                 | WORD      | 11:00
fri 25                      | WORD      | 25
3 dec 26                    | WORD      | 26
+x                          | WORD      | +x
2026                        | WORD      | 2026
1800                        | WORD      | 1800
now 18:00                   | WORD      | 18:00
now fri                     | WORD      | fri
fri 18:00 CEST              | WORD      | CEST
fri 10 $gt                  | WORD      | $gt
{"$gt": ""}                 | WORD      | {"$gt":
2.12. 18:00; drop table     | WORD      | 18:00;
<script>                    | WORD      | <script>
½                           | WORD      | ½
fri 1²                      | WORD      | 1²
fri ⅻ                       | WORD      | ⅻ
fri 13 pm                   | WORD      | pm
fri 0 am                    | WORD      | am
5:5                         | WORD      | 5:5
fri 18:00:30                | WORD      | 18:00:30
1.2.3.4                     | DAY       | 1.2.3.4
31.2.                       | DAY       | 31.2.
30.2.2028                   | DAY       | 30.2.2028
29.2.2027                   | DAY       | 29.2.2027
31 april                    | DAY       | 31 april
32.1.                       | DAY       | 32.1.
2026-13-01                  | DAY       | 2026-13-01
2026-02-30                  | DAY       | 2026-02-30
25:00                       | TIME      | 25:00
12:60                       | TIME      | 12:60
fri 24:01                   | WORD      | 24:01
2.12. 1800                  | YEAR      | 1800
2.12.18                     | YEAR      | 2.12.18
Thu 18 Dec 1800             | YEAR      | 1800
2.12.9999                   | YEAR      | 9999
2.12.0001                   | YEAR      | 2.12.0001
2 dec 2090                  | YEAR      | 2090
thu 27 nov 2026             | WEEKDAY   | thu
Do. 2.12.                   | WEEKDAY   | Do
2.12                        | AMBIGUOUS | 2.12
28. 9                       | AMBIGUOUS | 28. 9
fri 9.12                    | AMBIGUOUS | fri 9.12
12 am freitag               | AMBIGUOUS | 12 am freitag
18                          | AMBIGUOUS | 18
10                          | AMBIGUOUS | 10
99                          | WORD      | 99
fri 10:00 first             | COMING    | first
fri 10:00 zweite            | COMING    | zweite
"""


def lines(corpus):
    return [tuple(part.strip() for part in line.split("|")) for line in corpus.strip().splitlines()]


@pytest.mark.parametrize(("typed", "expected"), lines(UNDERSTOOD))
def test_what_people_type_is_understood(typed, expected):
    assert Reading(datetime.fromisoformat(expected), coming_named="CEST" in typed) == read_moment(typed, ASKED)


@pytest.mark.parametrize(("typed", "why", "word"), lines(REFUSED))
def test_what_is_not_understood_is_named_and_never_guessed(typed, why, word):
    answer = read_moment(typed, ASKED)

    assert isinstance(answer, Misread), answer
    assert (NotUnderstood[why], word) == (answer.why, answer.word)


def test_the_corpus_is_as_large_as_it_was_meant_to_be():
    assert len(lines(UNDERSTOOD)) + len(lines(REFUSED)) >= 150


@pytest.mark.parametrize(
    ("order", "typed", "expected"),
    [
        (Order.DMY, "3/4/2026", datetime(2026, 4, 3, 10)),
        (Order.MDY, "3/4/2026", datetime(2026, 3, 4, 10)),
        (Order.YMD, "3/4", datetime(2027, 3, 4, 10)),
        (Order.MDY, "25/12/2026", datetime(2026, 12, 25, 10)),
        (Order.DMY, "12/25/2026", datetime(2026, 12, 25, 10)),
        # Where points part them the day comes first, whatever the order.
        (Order.MDY, "2.12. 18", datetime(2026, 12, 2, 18)),
    ],
)
def test_day_and_month_stand_in_the_order_of_the_language(order, typed, expected):
    asked = replace(ASKED, habits=joined(order, ENGLISH))

    assert Reading(expected) == read_moment(typed, asked)


@pytest.mark.parametrize("order", [Order.YMD, Order.UNKNOWN])
def test_an_order_that_nobody_knows_is_asked_for_with_both_readings(order):
    answer = read_moment("3/4/2026", replace(ASKED, habits=joined(order, ENGLISH)))

    assert NotUnderstood.AMBIGUOUS is answer.why
    assert {date(2026, 4, 3), date(2026, 3, 4)} == {each.date() for each in answer.readings}


def test_a_word_of_two_languages_is_not_guessed():
    spanish = named([[name] for name in "ene feb mar abr may jun jul ago sep oct nov dic".split()], [["lun"], ["mar"]])
    asked = replace(ASKED, habits=joined(Order.DMY, ENGLISH, spanish))

    assert NotUnderstood.AMBIGUOUS is read_moment("mar 3", asked).why  # Tuesday at three, or 3 March
    assert Reading(datetime(2027, 3, 3, 10)) == read_moment("3 mar", asked)
    assert Reading(datetime(2026, 12, 1, 3)) == read_moment("mar 3:00", asked)


def test_an_american_types_am_and_means_the_morning():
    assert Reading(datetime(2026, 11, 27, 0, 0)) == read_moment("12 am friday", AMERICAN)


@pytest.mark.parametrize(
    ("lean", "typed", "expected"),
    [
        (Lean.FORWARD, "24.11.", date(2027, 11, 24)),
        (Lean.BACKWARD, "24.11.", date(2026, 11, 24)),
        (Lean.BACKWARD, "1.12.", date(2025, 12, 1)),
        (Lean.NEAREST, "1.12.", date(2026, 12, 1)),
        (Lean.NEAREST, "1.11.", date(2026, 11, 1)),
        (Lean.BACKWARD, "fri", date(2026, 11, 20)),
        (Lean.BACKWARD, "wed", date(2026, 11, 25)),
        (Lean.NEAREST, "25 Mar 2026", date(2026, 3, 25)),
        (Lean.BACKWARD, "1.3.1998", date(1998, 3, 1)),
    ],
)
def test_a_field_for_days_leans_where_its_days_are(lean, typed, expected):
    asked = replace(ASKED, lean=lean, days_only=True, shown=None)

    assert expected == read_moment(typed, asked).at.date()


@pytest.mark.parametrize("typed", ["2.12. 18", "18:00", "fri 10", "+2h", "tomorrow 9:30"])
def test_a_field_for_days_takes_no_time(typed):
    assert isinstance(read_moment(typed, replace(ASKED, days_only=True)), Misread)


def test_a_length_counts_from_the_pick_up_and_keeps_its_time():
    asked = replace(ASKED, base=datetime(2026, 12, 24, 9, 15))

    assert Reading(datetime(2026, 12, 27, 9, 15)) == read_moment("+3", asked)
    assert Reading(datetime(2026, 12, 27, 18, 0)) == read_moment("+3d 18:00", asked)
    assert Reading(datetime(2026, 12, 27, 9, 15)) == read_moment("3 days", asked)
    # A day of the calendar still counts from today.
    assert Reading(datetime(2026, 11, 26, 10, 0)) == read_moment("tomorrow", asked)


def test_hours_are_counted_as_they_pass_in_the_night_of_a_change():
    asked = replace(ASKED, now=datetime(2027, 3, 28, 1, 30))

    assert Reading(datetime(2027, 3, 28, 3, 30)) == read_moment("+1h", asked)


def test_text_that_shows_itself_in_another_order_is_refused():
    assert NotUnderstood.TURNED is read_moment("\u202e.21.2", ASKED).why


def test_what_cannot_be_seen_does_not_count():
    assert Reading(datetime(2026, 12, 2, 18)) == read_moment("\u2066\ufeff2.12.\u2069\u202f18\u200b", ASKED)


# Whatever hypothesis thinks of.

ZONES = st.sampled_from(zones()).map(ZoneInfo)
ORDERS = st.sampled_from(Order)
LANGUAGES = st.sampled_from([(ENGLISH,), (ENGLISH, GERMAN), (GERMAN, ENGLISH)])
MINUTES = st.integers(0, 10 * 366 * 24 * 60)


@given(minutes=MINUTES, zone=ZONES, order=ORDERS, tables=LANGUAGES, shown=st.booleans(), lean=st.sampled_from(Lean))
@settings(max_examples=400, deadline=None)
def test_what_is_shown_reads_back_equal(minutes, zone, order, tables, shown, lean):
    wall = wall_of(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), zone)
    asked = AskedBack(joined(order, *tables), NOW, SHOWN if shown else None, zone=zone, lean=lean)
    read = read_moment(moment_written(wall, zone), asked)

    assert isinstance(read, Reading), (moment_written(wall, zone), read)
    assert (wall, wall.fold) == (read.at, read.at.fold)


def first_twice(zone, year):
    """The first wall-clock time of *year* that comes a second time, as that second coming."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [at.astimezone(zone).utcoffset() for at in days]
    day = next((at for at, now, then in zip(days, offsets, offsets[1:], strict=False) if then < now), None)
    walls = (wall_of(day + timedelta(minutes=30 * n), zone) for n in range(50)) if day else ()
    return next((wall for wall in walls if wall.fold), None)


@given(zone=ZONES, year=st.integers(2026, 2036))
@settings(max_examples=150, deadline=None)
def test_both_comings_of_a_time_read_back_apart(zone, year):
    twice = first_twice(zone, year)
    assume(twice is not None)
    asked = replace(ASKED, zone=zone)
    for fold in (0, 1):
        wall = twice.replace(fold=fold)
        read = read_moment(moment_written(wall, zone), asked)
        assert (wall, fold, True) == (read.at, read.at.fold, read.coming_named)
    assert 2 == len(set(coming_names(twice, zone)))
    assert not read_moment(f"{day_written(twice)} {twice:%H:%M}", asked).coming_named


@given(day=st.dates(date(1971, 1, 1), date(2036, 12, 31)), order=ORDERS, tables=LANGUAGES, lean=st.sampled_from(Lean))
def test_a_day_that_is_shown_reads_back_equal(day, order, tables, lean):
    assume(lean is not Lean.FORWARD or day.year >= NOW.year - 1)
    asked = AskedBack(joined(order, *tables), NOW, lean=lean, days_only=True)

    assert day == read_moment(day_written(day), asked).at.date()


PIECES = st.sampled_from(
    "2 12 18 2026 26 31 0 99 1800 . : / - + , fri Freitag sa mar march dec Dez may am pm uhr h t d now today morgen in "
    "ago vor um on the +3 2.12. 10:30 +3d ٣ ３ первый ½ st nd noon first".split()
)


@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map(" ".join), st.lists(PIECES).map("".join)))
@example("1" * 79)
@example("+" * 79)
@example("." * 79)
@example("fri " * 19)
@settings(max_examples=600, deadline=None)
def test_any_text_has_an_answer_and_an_understood_one_is_what_it_says(text):
    answer = read_moment(text, ASKED)

    if isinstance(answer, Misread):
        assert answer.why is NotUnderstood.NOTHING or answer.word
    else:
        assert answer.at.year in ASKED.years
        assert (0, 0) == (answer.at.second, answer.at.microsecond)
        again = read_moment(moment_written(answer.at, BERLIN), ASKED)
        assert on_wall(answer.at, BERLIN).skipped or answer.at == again.at


MONATE = "Jan Feb März Apr Mai Juni Juli Aug Sept Okt Nov Dez".split()


@given(
    day=st.dates(date(2026, 1, 1), date(2036, 12, 31)),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    order=ORDERS,
)
def test_a_whole_date_is_never_another_day(day, at, order):
    """Written out in any of the usual ways it is that day, or it is refused; never another one."""
    asked = replace(ASKED, habits=joined(order, ENGLISH, GERMAN))
    ways = [
        f"{day.day}.{day.month}.{day.year} {at:%H:%M}",
        f"{day.isoformat()} {at:%H:%M}",
        f"{day.isoformat()}T{at:%H:%M}",
        f"{day.day}. {MONATE[day.month - 1]} {day.year} {at:%H:%M}",
        f"{at:%H:%M} {day:%B} {day.day}, {day.year}",
        f"{day.day}.{day.month}.{day.year % 100:02d} {at:%H.%M}",
    ]
    for text in ways:
        assert Reading(datetime.combine(day, at)) == read_moment(text, asked), text
    parted = {Order.MDY: f"{day.month}/{day.day}", Order.DMY: f"{day.day}/{day.month}"}.get(order)
    if parted:
        assert Reading(datetime.combine(day, at)) == read_moment(f"{parted}/{day.year} {at:%H:%M}", asked)


@given(text=st.text(alphabet="0123456789.: /-", min_size=1, max_size=20))
@settings(max_examples=500)
def test_other_digits_mean_the_same(text):
    arabic = "".join(
        unicodedata.lookup(f"ARABIC-INDIC DIGIT {unicodedata.name(s).split()[-1]}") if s.isdigit() else s for s in text
    )
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)
    plain = read_moment(text, ASKED)

    for other in (arabic, wide):
        read = read_moment(other, ASKED)
        assert plain == read if isinstance(plain, Reading) else plain.why is read.why


@given(zone=ZONES, minutes=MINUTES, fold=st.integers(0, 1))
@settings(max_examples=400, deadline=None)
def test_a_wall_clock_never_shows_a_time_that_does_not_exist(zone, minutes, fold):
    asked = datetime(2026, 1, 1, fold=fold) + timedelta(minutes=minutes)
    placed = on_wall(asked.replace(fold=fold), zone)

    assert all(placed.at.replace(fold=0) == wall_of(at, zone).replace(fold=0) for at in placed.comings)
    assert (placed.skipped is None) == (placed.at == asked)
    assert wall_of(placed.moment, zone) == placed.at
    assert placed.skipped is None or placed.at > asked


def test_the_hour_that_berlin_skips_is_moved_on_by_it():
    placed = on_wall(datetime(2027, 3, 28, 2, 30), BERLIN)

    assert (datetime(2027, 3, 28, 3, 30), datetime(2027, 3, 28, 2, 30)) == (placed.at, placed.skipped)
    assert time(1, 30) == placed.moment.time()
