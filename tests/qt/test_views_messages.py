from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, LISBON
from PySide6.QtCore import QLocale

from desktop.words import booking_words, messages
from desktop.words.messages import NextStep, say
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import Standing
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel, Transmission
from engine.domain.car.catalogue import CarOrder
from engine.domain.car.handing_over import ClosedThen
from engine.domain.money.money import Money
from engine.domain.people.people import Role
from engine.domain.shared import errors
from engine.domain.shared.period import RentalPeriod

BERLIN_ZONE, LISBON_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def plain_locale():
    before = QLocale()
    QLocale.setDefault(QLocale.c())
    yield
    QLocale.setDefault(before)


def every_error(root=errors.DriveSphereError):
    for kind in root.__subclasses__():
        yield kind
        yield from every_error(kind)


def test_every_error_has_its_own_sentence():
    missing = {kind.__name__ for kind in every_error() if kind.code not in messages.TOLD}

    assert set() == missing


@pytest.mark.parametrize(
    ("problem", "text", "step"),
    [
        (errors.PeriodTaken("car-1", FRIDAY + timedelta(hours=4)), "taken until Fri 27 Nov 14:00.", NextStep.SIMILAR),
        (errors.PeriodTaken("car-1"), "taken for these days.", NextStep.SIMILAR),
        (
            ClosedThen("pickup", "br-1", "Mitte", "Europe/Berlin", FRIDAY, FRIDAY + timedelta(days=1)),
            "Mitte is closed on Fri 27 Nov 10:00, and no car is handed out then. It opens Sat 28 Nov 10:00.",
            NextStep.OPENING,
        ),
        (
            ClosedThen("return", "br-1", "Mitte", "Europe/Berlin", FRIDAY),
            "Mitte is closed on Fri 27 Nov 10:00, and no car is taken back then.",
            NextStep.NONE,
        ),
        (errors.SignInRefused(), "The name or the password is not right.", NextStep.NONE),
        (errors.AccountDisabled(), "This account is disabled.", NextStep.NONE),
        (errors.Unavailable("mongodb"), "The database does not answer.", NextStep.RETRY),
        (
            errors.ServersFailed("servers.mongod_refused", why="no"),
            "The database refused to start up: no",
            NextStep.RETRY,
        ),
        (errors.Unavailable("embedded"), "The servers on this computer did not start.", NextStep.RETRY),
        (errors.InvalidText("email", "field.email"), "This is no e-mail address.", NextStep.NONE),
        (errors.InvalidText("name", "field.too_long", longest=9), "Name: longer than 9 characters.", NextStep.NONE),
        (errors.InvalidPeriod("period.pick_up_past"), "the pick-up lies in the past.", NextStep.NONE),
        (errors.AlreadyAsked("G8ET6JAMQZ04"), "as G8ET-6JAM-QZ04.", NextStep.SHOW_BOOKING),
        (errors.Contended(), "Somebody else is being served", NextStep.RETRY),
        (errors.Misconfigured("folder.held", folder="/data"), "The data folder /data is held by", NextStep.RETRY),
    ],
)
def test_problem_is_told_in_words_with_the_next_step(problem, text, step):
    told = say(problem, BERLIN_ZONE)

    assert text in told.text
    assert step is told.step


def test_overdue_car_is_called_overdue():
    overdue = errors.PeriodTaken("car-1", FRIDAY)

    told = say(overdue, BERLIN_ZONE, now=FRIDAY + timedelta(hours=1))

    assert "This car is overdue: it has not come back yet." == told.text


def test_unknown_problem_is_told_with_its_code():
    class Strange(errors.DriveSphereError):
        code = "strange.one"

    assert "Something went wrong (strange.one)." == say(Strange()).text


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (messages.ROLES, Role),
        (booking_words.STANDINGS, Standing),
        (messages.BODIES, BodyType),
        (messages.FUELS, Fuel),
        (messages.TRANSMISSIONS, Transmission),
        (messages.ORDERS, CarOrder),
    ],
)
def test_every_kind_has_a_word(words, kinds):
    assert set(kinds) == set(words)
    assert all(words.values())


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(100_00, "EUR"), "100.00 EUR"),
        (Money(1_234_567_05, "EUR"), "1,234,567.05 EUR"),
        (Money(5000, "JPY"), "5,000 JPY"),
        (Money(1_500, "KWD"), "1.500 KWD"),
        (Money(-7, "EUR"), "-0.07 EUR"),
        (Money(9_007_199_254_740_993, "EUR"), "90,071,992,547,409.93 EUR"),
    ],
)
def test_P3_money_is_shown_to_the_last_minor_unit(money, text):
    assert text == messages.amount(money)


def test_money_follows_the_custom_of_the_country():
    QLocale.setDefault(QLocale("de_DE"))

    assert "1.250,00 EUR" == messages.amount(Money(1_250_00, "EUR"))


def test_booking_number_can_be_read_out():
    assert "G8ET-6JAM-QZ04" == messages.booking_number(BookingId("G8ET6JAMQZ04"))


def test_period_is_told_in_branch_time():
    period = RentalPeriod(FRIDAY, FRIDAY + timedelta(days=2))

    here = messages.period_text(period, BERLIN_ZONE, desk=BERLIN_ZONE)
    there = messages.period_text(period, LISBON_ZONE, desk=BERLIN_ZONE)

    assert "Fri 27 Nov 10:00 – Sun 29 Nov 10:00 · 2 days" == here  # noqa: RUF001
    assert "Fri 27 Nov 09:00 – Sun 29 Nov 09:00 (WET) · 2 days" == there  # noqa: RUF001


def test_year_is_told_when_it_is_another():
    assert "Fri 27 Nov 2026 10:00" == messages.day_time(FRIDAY, BERLIN_ZONE, now=FRIDAY + timedelta(days=90))
    assert "Fri 27 Nov 10:00" == messages.day_time(FRIDAY, BERLIN_ZONE, now=FRIDAY)


@pytest.mark.parametrize(
    ("zone", "line"),
    [
        ("Europe/Berlin", "CET, UTC+1"),
        ("Europe/Lisbon", "WET, UTC"),
        ("Asia/Dubai", "UTC+4"),
        ("America/St_Johns", "NST, UTC-3:30"),
    ],
)
def test_zone_is_named_with_its_distance(zone, line):
    assert line == messages.zone_line(FRIDAY, ZoneInfo(zone))


def test_zone_is_explained_only_where_it_differs_from_the_desk():
    assert "" == messages.zone_note(FRIDAY, BERLIN, desk=BERLIN_ZONE)
    note = messages.zone_note(FRIDAY, LISBON, desk=BERLIN_ZONE)
    assert "Times are those of Lisboa (WET), 1 hour behind this desk." == note


@pytest.mark.parametrize(
    ("name", "city", "told"),
    [("Mitte", "Berlin", "Berlin Mitte"), ("Lisboa Miradouro", "Lisbon", "Lisboa Miradouro")],
)
def test_branch_is_named_with_its_city_once(name, city, told):
    assert f"{told} · CET, UTC+1" == messages.branch_line(replace(BERLIN, name=name, city=city), FRIDAY)
