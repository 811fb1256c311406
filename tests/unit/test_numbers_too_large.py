"""A number beyond 64 bits is a typed mistake at every edge, never a traceback."""

from __future__ import annotations

import bson
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from refusing import refused

from engine.adapters.mongo.client import speaking
from engine.adapters.stripe.facts import page_facts
from engine.cli import drivesphere
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText, PaymentMismatch
from engine.services.input_guard import gated

TOO_LARGE = st.integers(min_value=2**63) | st.integers(max_value=-(2**63) - 1)
DIGITS = st.integers(19, 6000).map("9".__mul__)


@gated
class Verb:
    async def do(self, what):
        return what


def run(coroutine):
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    return done.value.value


@given(TOO_LARGE)
def test_no_use_case_is_called_with_one(number):
    for what in (number, [number], (number,), Money(number, "EUR")):
        with refused(InvalidText, match="too large a number"):
            run(Verb().do(what))


@given(st.integers(-(2**63), 2**63 - 1) | st.booleans())
def test_every_other_number_passes(number):
    assert number == run(Verb().do(number))


@given(TOO_LARGE)
def test_the_database_is_not_asked_to_keep_one(number):
    with refused(InvalidText, match="cannot keep"), speaking():
        bson.encode({"minor": number})


@given(TOO_LARGE)
def test_stripe_telling_one_is_an_answer_we_do_not_know(number):
    told = {"id": "cs_1", "status": "open", "payment_status": "unpaid", "amount_total": 100, "currency": "eur"}
    told |= {"livemode": False, "metadata": {"attempt": "1"}, "expires_at": number}

    with pytest.raises(PaymentMismatch):
        page_facts(told)


@given(DIGITS)
@pytest.mark.parametrize("words", [["worker", "--webhook"], ["race", "--clients"], ["race", "--rounds"]])
def test_the_command_line_refuses_one_in_words(words, digits):
    told = CliRunner().invoke(drivesphere, [*words, digits])

    assert 2 == told.exit_code
    assert isinstance(told.exception, SystemExit)
    assert "Invalid value" in told.output
