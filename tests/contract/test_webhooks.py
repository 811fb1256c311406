"""Events posted to whoever registered, signed as Stripe signs."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from stripe import Webhook
from within import WITHIN_S

SECRET = "whsec_" + "c0ntract" * 4


@pytest.fixture
def receiver():
    """A listener that answers with what the test has put in ``answers``, 200 when there is none left."""
    received, answers = queue.Queue(), queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answers.get_nowait() if answers.qsize() else 200)
            self.end_headers()
            received.put((body.decode(), self.headers["Stripe-Signature"]))

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.received, server.answers = received, answers
    server.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_event_arrives_signed_and_a_duplicate_can_be_had(fresh, receiver):
    fresh.control("webhooks", url=receiver.url, secret=SECRET)
    session = fresh.session()
    fresh.post(f"/v1/checkout/sessions/{session['id']}/expire")

    body, signature = receiver.received.get(timeout=WITHIN_S)
    event = Webhook.construct_event(body, signature, SECRET)
    fresh.control(f"events/{event.id}/resend")
    again, _ = receiver.received.get(timeout=WITHIN_S)

    assert event.type == "checkout.session.expired"
    assert event.data.object.id == session["id"]
    assert again.replace('"pending_webhooks": 0', '"pending_webhooks": 1') == body


def test_a_refused_event_comes_again(fresh, receiver):
    fresh.control("webhooks", url=receiver.url, secret=SECRET)
    receiver.answers.put(500)
    session = fresh.session()
    fresh.post(f"/v1/checkout/sessions/{session['id']}/expire")

    first, _ = receiver.received.get(timeout=WITHIN_S)
    second, signature = receiver.received.get(timeout=WITHIN_S)

    assert first == second
    assert Webhook.construct_event(second, signature, SECRET)


def test_a_page_that_runs_out_is_told_without_being_asked(fresh, receiver):
    fresh.control("webhooks", url=receiver.url, secret=SECRET)
    fresh.session()

    fresh.control("clock", offset_s=24 * 3600 + 1)

    body, _ = receiver.received.get(timeout=WITHIN_S)
    assert '"checkout.session.expired"' in body


@pytest.mark.parametrize("url", ["http://hooks.example/x", "https://127.0.0.1/x", "file:///etc/passwd"])
def test_only_this_machine_is_told(sandbox, url):
    assert sandbox.http.post("/_control/webhooks", json={"url": url}).status_code == 400


def test_a_receiver_that_signed_off_hears_nothing_more(fresh, receiver):
    fresh.control("webhooks", url=receiver.url, secret=SECRET)
    fresh.http.delete("/_control/webhooks").raise_for_status()
    session = fresh.session()
    fresh.post(f"/v1/checkout/sessions/{session['id']}/expire")

    (event,) = fresh.get("/v1/events").json()["data"]

    assert event["pending_webhooks"] == 0
    assert receiver.received.empty()
