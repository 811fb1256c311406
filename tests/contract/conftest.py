"""A sandbox process for the contract tests, and hands to use it: an API caller, a payer, a tester."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from plain_http import PLAIN
from within import WITHIN_S

from engine.adapters.stripe.gateway import STRIPE_VERSION, StripeGateway
from engine.domain.money.money import Money
from engine.domain.money.payment import PageOrder, Stay
from engine.domain.shared.period import RentalPeriod

KEY = "sk_test_" + "c0ntract" * 3
VISA, DECLINED, ASKS_3DS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0025 0000 3155"


class SandboxProcess:
    """``python -m engine.sandbox`` in its own process."""

    def __init__(self, folder, *arguments, key=KEY, port=0):
        self.key_file = folder / "key"
        self.key_file.write_text(key + "\n")
        command = [sys.executable, "-m", "engine.sandbox", "--port", str(port), "--state", str(folder / "state.db")]
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, "--key-file", str(self.key_file), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.first_line = self.process.stdout.readline()
        self.url = self.first_line.removeprefix("ready ").strip()

    def end(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=WITHIN_S)
        return self.process.returncode, out, err


@dataclass
class Hands:
    """What a test does to a sandbox from outside."""

    url: str
    http: httpx.Client

    @property
    def key(self):
        return self.http.headers["authorization"].removeprefix("Bearer ")

    def get(self, path, **params):
        return self.http.get(path, params=params)

    def post(self, path, data=None, key=None, **headers):
        extra = {"Idempotency-Key": key} if key else {}
        return self.http.post(path, data=data or {}, headers=extra | headers)

    def control(self, path, **body):
        answer = self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def books(self, booking):
        return [entry for entry in self.get("/_control/books").json()["charges"] if entry["booking"] == booking]

    def session(self, **changes):
        """A new session as a raw form would make it."""
        answer = self.post("/v1/checkout/sessions", form(**changes))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pay(self, page_url, number=VISA, **changes):
        """Fill in the hosted page and press Pay, as a browser would, without following where it leads."""
        typed = {"email": "a@example.com", "number": number, "expiry": "12/30", "cvc": "123", "name": "Ann Able"}
        return httpx.post(page_url, data=typed | changes, **PLAIN)

    def paid_session(self, **changes):
        session = self.session(**changes)
        assert self.pay(session["url"]).status_code == 303
        return self.get(f"/v1/checkout/sessions/{session['id']}").json()


def form(**changes):
    fields = {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "12000",
        "line_items[0][price_data][product_data][name]": "Golf, 2 days",
        "payment_intent_data[capture_method]": "manual",
        "client_reference_id": uuid4().hex,
        "success_url": "http://127.0.0.1:9/back?session={CHECKOUT_SESSION_ID}",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory):
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+\n", process.first_line), process.process.stderr.read()
    yield process
    process.end()


@pytest.fixture
def sandbox(sandbox_process):
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": STRIPE_VERSION}
    with httpx.Client(base_url=sandbox_process.url, headers=headers, **PLAIN) as http:
        yield Hands(sandbox_process.url, http)
        http.delete("/_control/faults")


@pytest_asyncio.fixture
async def gateway(sandbox_process):
    gateway = StripeGateway(KEY, base_url=sandbox_process.url, timeout=timedelta(seconds=WITHIN_S), retries=0)
    yield gateway
    await gateway.aclose()


_numbers = count(1)
_FROM = datetime(2027, 1, 4, 9, tzinfo=UTC)
STAY = Stay("car-1", RentalPeriod(_FROM, _FROM + timedelta(days=2)), Money(6000, "EUR"))


@pytest.fixture
def order():
    """A builder of page orders, each for a booking of its own."""

    def build(**changes):
        values = {
            "booking_id": f"b{next(_numbers)}-{uuid4().hex[:8]}",
            "attempt": 1,
            "amount": Money(12000, "EUR"),
            "title": "VW Golf, 2 days · Zürich",
            "renter_email": "ann@example.com",
            "expires_at": datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=31),
            "return_url": "http://127.0.0.1:9/back",
            "stay": STAY,
        }
        return PageOrder(**values | changes)

    return build


@pytest.fixture
def new_sandbox(tmp_path):
    """Starts sandboxes of a test's own, on one state file unless told otherwise; ends them with the test."""
    started = []

    def start(*arguments, folder=tmp_path, **options):
        process = SandboxProcess(folder, *arguments, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.process.poll() is None:
            process.end()


@pytest.fixture
def hands():
    """Hands on a sandbox of a test's own."""
    opened = []

    def open_on(process):
        headers = {"Authorization": f"Bearer {process.key_file.read_text().strip()}"}
        opened.append(httpx.Client(base_url=process.url, headers=headers, **PLAIN))
        return Hands(process.url, opened[-1])

    yield open_on
    for client in opened:
        client.close()


@pytest.fixture
def fresh(new_sandbox, hands):
    """A sandbox of the test's own, for those that move its clock or count everything in it."""
    return hands(new_sandbox())


@pytest.fixture
def session_form():
    return form
