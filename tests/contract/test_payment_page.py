"""What a payer meets in the browser."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx
import pytest
from plain_http import PLAIN

DECLINED, ASKS_3DS = "4000 0000 0000 0002", "4000 0025 0000 3155"


def get(url):
    return httpx.get(url, **PLAIN)


def state(sandbox, session):
    return sandbox.get(f"/v1/checkout/sessions/{session['id']}").json()["status"]


class Labels(HTMLParser):
    """Names of inputs, and what labels speak of."""

    def __init__(self, page):
        super().__init__()
        self.inputs, self.labelled, self.scripts = set(), set(), 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "input":
            self.inputs.add(told["id"])
        if tag == "label":
            self.labelled.add(told["for"])
        self.scripts += tag == "script"


def test_the_page_says_test_what_and_how_much_and_needs_no_script(sandbox):
    session = sandbox.session(**{"line_items[0][price_data][unit_amount]": "123450", "customer_email": "a@b.example"})

    page = get(session["url"])

    assert page.status_code == 200
    assert "<strong>TEST</strong>" in page.text
    assert "EUR 1,234.50" in page.text
    assert "Golf, 2 days" in page.text
    assert 'value="a@b.example"' in page.text
    read = Labels(page.text)
    assert read.inputs == read.labelled == {"email", "number", "expiry", "cvc", "name"}
    assert read.scripts == 0


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("jpy", "9000", "JPY 9,000<"), ("kwd", "12340", "KWD 12.340<"), ("ugx", "50000", "UGX 500<")],
)
def test_amounts_are_shown_in_the_currency_s_own_places(sandbox, currency, amount, shown):
    price = "line_items[0][price_data]"
    session = sandbox.session(**{f"{price}[currency]": currency, f"{price}[unit_amount]": amount})

    assert shown in get(session["url"]).text


def test_the_page_may_load_nothing_and_be_framed_by_nobody(sandbox):
    session = sandbox.session(success_url="http://127.0.0.1:9/back")

    policy = get(session["url"]).headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self' http://127.0.0.1:9;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_address_cannot_be_guessed_from_the_session(sandbox):
    session = sandbox.session()

    secret = urlsplit(session["url"]).path.removeprefix("/c/pay/")

    assert len(secret) >= 43
    assert session["id"] not in session["url"]
    assert get(f"{sandbox.url}/c/pay/{session['id']}").status_code == 404


def test_text_from_the_shop_is_text_on_the_page(sandbox):
    session = sandbox.session(
        **{"line_items[0][price_data][product_data][name]": "<script>alert(1)</script>", "customer_email": '"x"@b.co'}
    )

    page = get(session["url"]).text

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'value="&quot;x&quot;@b.co"' in page


def test_a_paid_page_leads_back_to_the_shop(sandbox):
    session = sandbox.session(success_url="https://firm.example/paid?session={CHECKOUT_SESSION_ID}")

    answer = sandbox.pay(session["url"])

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"https://firm.example/paid?session={session['id']}",
    )
    assert state(sandbox, session) == "complete"
    assert "Already paid" in get(session["url"]).text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_whoever_pays_after_the_desk_has_closed_is_told_so_by_a_page_that_is_there(sandbox, host):
    session = sandbox.session(success_url=f"http://{host}:9/paid/nobody?booking=b")

    answer = sandbox.pay(session["url"])
    told = get(sandbox.url + answer.headers["location"])

    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/paid")
    assert told.status_code == 200
    assert "You can close this window." in told.text
    assert "href" not in told.text
    assert told.text == get(session["url"]).text


def test_a_desk_that_is_there_is_told_of_the_payment(sandbox):
    with socket.create_server(("127.0.0.1", 0)) as desk:
        desk.settimeout(20)
        port = desk.getsockname()[1]
        session = sandbox.session(success_url=f"http://127.0.0.1:{port}/paid/x?booking=b-1")
        sandbox.pay(session["url"])
        guest, _ = desk.accept()
        with guest:
            asked = guest.recv(4096)

    assert asked.startswith(b"GET /paid/x?booking=b-1 ")


def test_a_declined_card_leaves_the_page_open_for_another(sandbox):
    session = sandbox.session()

    answer = sandbox.pay(session["url"], DECLINED)

    assert answer.status_code == 402
    assert 'role="alert">Your card was declined' in answer.text
    assert DECLINED.replace(" ", "") not in answer.text.split("</section>")[1]
    assert state(sandbox, session) == "open"
    assert sandbox.pay(session["url"]).status_code == 303
    assert [entry["authorised"] for entry in sandbox.books(session["client_reference_id"])] == [12000]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("number", "4111 1111 1111 1111", "Only test cards here"),
        ("number", "", "Only test cards here"),
        ("expiry", "01/20", "a month and year to come"),
        ("expiry", "13/30", "a month and year to come"),
        ("cvc", "12", "any three digits"),
        ("email", "ann", "Enter an email address"),
        ("name", "", "Enter the name"),
    ],
)
def test_a_field_that_is_wrong_is_told_beside_it(sandbox, field, value, told):
    session = sandbox.session()

    answer = sandbox.pay(session["url"], **{field: value}) if field != "number" else sandbox.pay(session["url"], value)

    assert answer.status_code == 422
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true" aria-describedby="{field}-wrong"', answer.text)
    assert re.search(rf'id="{field}-wrong">[^<]*{told}', answer.text)
    assert state(sandbox, session) == "open"


def test_the_bank_approves(sandbox):
    session = sandbox.session()

    step = sandbox.pay(session["url"], ASKS_3DS)
    page = get(sandbox.url + step.headers["location"])
    answer = httpx.post(sandbox.url + step.headers["location"], data={"verdict": "approve"}, **PLAIN)

    assert "3-D Secure" in page.text
    assert answer.status_code == 303
    assert state(sandbox, session) == "complete"


def test_the_bank_refuses_and_another_card_may_be_tried(sandbox):
    session = sandbox.session()
    step = sandbox.pay(session["url"], ASKS_3DS).headers["location"]

    answer = httpx.post(sandbox.url + step, data={"verdict": "fail"}, **PLAIN)

    assert answer.status_code == 402
    assert "could not confirm" in answer.text
    assert (state(sandbox, session), sandbox.books(session["client_reference_id"])) == ("open", [])
    assert sandbox.pay(session["url"]).status_code == 303


def test_pressing_pay_twice_pays_once(sandbox):
    session = sandbox.session()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sandbox.pay, [session["url"]] * 4))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(sandbox.books(session["client_reference_id"])) == 1


def test_an_expired_page_says_so_and_takes_nothing(sandbox):
    session = sandbox.session()
    sandbox.post(f"/v1/checkout/sessions/{session['id']}/expire")

    for answer in (get(session["url"]), sandbox.pay(session["url"])):
        assert answer.status_code == 410
        assert "has expired. Nothing was charged" in answer.text
    assert sandbox.books(session["client_reference_id"]) == []


def test_a_page_that_ran_out_by_itself_takes_nothing(fresh):
    session = fresh.session()
    fresh.control("clock", offset_s=24 * 3600 + 1)

    assert fresh.pay(session["url"]).status_code == 410
    assert fresh.books(session["client_reference_id"]) == []
