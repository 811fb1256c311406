"""The day sheet as PDF: every line of the branch's day stands on it, in the words of its template."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN
from drawn_papers import pages_of
from view_builders import NOW, make_booking

from desktop.papers.day import DaySheet
from desktop.papers.drawing import day_laid_out
from desktop.papers.pdf import day_written
from desktop.papers.sheets import Writ
from desktop.papers.template import day_template
from desktop.papers.writing import Writing
from engine.domain.booking.today import CarNow, DaySection, Section, Today
from engine.domain.papers.legal import LANGUAGES

pytestmark = pytest.mark.usefixtures("qapp")


def sheet(language, rows=(), more=0, branch=BERLIN):
    sections = tuple(DaySection(each, tuple(rows), len(rows) + more) for each in Section)
    phones = {row.renter_id: "+4930123456" for row in rows}
    cars = {row.car_id: CarNow(at=BERLIN.id, promised=(("B9", NOW + timedelta(days=9)),)) for row in rows}
    return DaySheet(Today(branch, NOW, NOW + timedelta(hours=9), sections, phones, cars), "Cleo Clerk", language)


def pages(told):
    return [" ".join(page.split()) for page in pages_of(day_written(told, day_laid_out(told)).data)]


def amount_of(row, language):
    """What a hold has still to pay is all of it."""
    write = Writing(day_template(language).habits, BERLIN.tzinfo)
    return f"{write.amount(row.price)} {row.price.currency}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_has_the_head_and_each_line_all_that_is_known(language):
    row, words = make_booking(), day_template(language).habits["words"]
    drawn = pages(sheet(language, [row] * 30, more=4))

    assert len(drawn) > 2
    for n, page in enumerate(drawn, 1):
        assert page.count(f"{BERLIN.city} {BERLIN.name}") > 1
        assert words["by"].format(by="Cleo Clerk") in page
        assert words["footer.right"].format(page=n, pages=len(drawn)) in page
        assert words["col.next"] in page
    whole = " ".join(drawn)
    assert 30 * len(Section) == whole.count(row.renter_name)
    assert len(Section) == whole.count(words["more"].format(more=4))
    for section in Section:
        assert words[f"section.{section}"].replace(f"{{{section}.total}}", "34") in whole
    assert "+49 30 123456" in whole
    assert row.plate in whole
    assert words["place.here"] in whole
    assert amount_of(row, language) in whole
    assert "{" not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_day_says_so(language):
    assert [day_template(language).habits["words"]["empty"] in page for page in pages(sheet(language))] == [True]


def test_a_city_is_not_said_twice():
    (page,) = pages(sheet("en", branch=replace(BERLIN, name="Berlin Spreebogen")))

    assert "Berlin Spreebogen" in page
    assert "Berlin Berlin" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_says_its_day_only_where_it_is_another_one(language):
    row, write = make_booking(), Writing(day_template(language).habits, BERLIN.tzinfo)
    today = replace(row, period=replace(row.period, starts_at=NOW + timedelta(hours=2)))
    (page,) = pages(sheet(language, [today]))

    assert f"{write.clock(NOW + timedelta(hours=2))} {row.renter_name}" in page
    later = NOW + timedelta(days=9)
    assert f"{write.clock(later)} {write.weekday(later)}" in page
    assert page.count(write.weekday(NOW)) == page.count(write.moment(NOW))


def test_a_long_name_takes_two_lines_at_most():
    name = "Maximiliane-Friederike von Schwarzenberg-Hohenlohe"
    row = replace(make_booking(), renter_name=name)
    laid = day_laid_out(sheet("en", [row]))

    told = [mark.text for mark in laid.pages[0] if isinstance(mark, Writ)]
    lines = [text for text in told if text in name]
    assert (2, name) == (len(lines) / len(Section), " ".join(lines[:2]))
