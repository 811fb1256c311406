"""What happens to money: a card is tried, authorised, captured, let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.sandbox import templates
from engine.sandbox.problems import StripeProblem, refused
from engine.sandbox.store import Record
from engine.sandbox.stripe_state import State, new_id

_AUTHORISED_S = 7 * 24 * 60 * 60
_UNDECIDED = frozenset({"requires_payment_method", "requires_action", "requires_confirmation"})
_EXPIRY_YEAR = 2030


@dataclass(frozen=True)
class Payer:
    """What was typed into the payment page; the number is one of the test cards."""

    email: str
    name: str
    number: str
    exp_month: int = 12
    exp_year: int = _EXPIRY_YEAR


PAID, DECLINED, ASKS_3DS = "4242424242424242", "4000000000000002", "4000002500003155"
TEST_CARDS = frozenset({PAID, DECLINED, ASKS_3DS})


def pay(state: State, session: Record, payer: Payer) -> str:
    """Try a card on an open session: ``paid``, ``declined`` or ``verify``."""
    session, intent = _intent_of(state, session)
    hidden = {"email": payer.email, "name": payer.name, "number": payer.number}
    session = _remember(state, session, {**hidden, "exp_month": payer.exp_month, "exp_year": payer.exp_year})
    if payer.number == DECLINED:
        _decline(state, intent, payer)
        return "declined"
    if payer.number == ASKS_3DS:
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        intent = state.change(intent, status="requires_action", next_action=action, last_payment_error=None)
        state.tell("payment_intent.requires_action", intent.body)
        return "verify"
    _authorise(state, session, intent, payer)
    return "paid"


def verify(state: State, session: Record, *, approved: bool) -> bool:
    """End the 3-D Secure step; False when there is none to end."""
    intent = state.store.get("payment_intent", session.body["payment_intent"] or "")
    if intent is None or intent.body["status"] != "requires_action":
        return False
    if approved:
        _authorise(state, session, intent, Payer(**session.hidden["payer"]))
    else:
        _fail(
            state, intent, "payment_intent_authentication_failure", "We are unable to authenticate your payment method."
        )
    return True


def abandon(state: State, session: Record) -> None:
    """The session can no longer be paid: nor can the payment begun on it."""
    intent = state.store.get("payment_intent", session.body["payment_intent"] or "")
    if intent and intent.body["status"] in _UNDECIDED:
        _end(state, intent, "expired")


def capture(state: State, intent: Record, params: dict[str, Any]) -> dict[str, Any]:
    if intent.body["status"] != "requires_capture":
        raise _unexpected(intent, "captured", "requires_capture")
    amount = params.get("amount_to_capture", intent.body["amount_capturable"])
    if not 0 < amount <= intent.body["amount_capturable"]:
        raise refused(
            "The payment intent could not be captured because the requested capture amount is greater than the "
            "amount you can capture for this charge.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    return _take(state, intent, amount).body


def cancel(state: State, intent: Record, params: dict[str, Any]) -> dict[str, Any]:
    """Raises: StripeProblem: it is over already, or belongs to a page that can still be paid."""
    if intent.body["status"] not in _UNDECIDED | {"requires_capture"}:
        raise _unexpected(intent, "canceled", "requires_payment_method, requires_capture, requires_action")
    session = state.find("checkout.session", intent.hidden["session"], "intent")
    if session.body["status"] == "open":
        raise refused("You cannot cancel the PaymentIntent of an open Checkout Session. Expire the session instead.")
    return _end(state, intent, params.get("cancellation_reason")).body


def lapse(state: State, intent: Record) -> None:
    """An authorisation that nobody captured in time."""
    _end(state, intent, "automatic")


def _intent_of(state: State, session: Record) -> tuple[Record, Record]:
    """The session's PaymentIntent, made when a card is first tried."""
    if known := session.body["payment_intent"]:
        return session, state.find("payment_intent", known, "intent")
    data = session.hidden["payment_intent_data"]
    body = templates.payment_intent(new_id("pi_"), session.body, data, state.now())
    intent = Record(body["id"], "payment_intent", body, {"session": session.id})
    state.store.add(intent)
    state.tell("payment_intent.created", body)
    return state.change(session, due=session.due, payment_intent=intent.id), intent


def _remember(state: State, session: Record, payer: dict[str, Any]) -> Record:
    remembered = Record(
        session.id, session.kind, session.body, {**session.hidden, "payer": payer}, session.due, session.secret
    )
    state.store.replace(remembered)
    return remembered


def _authorise(state: State, session: Record, intent: Record, payer: Payer) -> None:
    capture_before = state.now() + _AUTHORISED_S
    charge = _charge(state, intent, payer, capture_before)
    state.tell("charge.succeeded", charge.body)
    intent = state.change(
        intent,
        due=capture_before,
        status="requires_capture",
        amount_capturable=intent.body["amount"],
        latest_charge=charge.id,
        next_action=None,
        last_payment_error=None,
    )
    session = state.change(
        session, status="complete", url=None, customer_details=templates.customer_details(payer.email, payer.name)
    )
    if intent.body["capture_method"] == "manual":
        state.tell("payment_intent.amount_capturable_updated", intent.body)
    else:
        _take(state, intent, intent.body["amount"])
        session = state.find(session.kind, session.id, "session")
    state.tell("checkout.session.completed", session.body)


def _charge(state: State, intent: Record, payer: Payer, capture_before: int | None) -> Record:
    card = templates.visa(payer.number, payer.exp_month, payer.exp_year)
    if capture_before:
        card["capture_before"] = capture_before
    billing = {"email": payer.email, "name": payer.name}
    body = {**templates.charge(new_id("ch_"), intent.body, card, billing), "created": state.now()}
    charge = Record(body["id"], "charge", body, {})
    state.store.add(charge)
    return charge


def _decline(state: State, intent: Record, payer: Payer) -> None:
    said = "Your card was declined."
    charge = state.change(
        _charge(state, intent, payer, None),
        status="failed",
        paid=False,
        failure_code="card_declined",
        failure_message=said,
        outcome=templates.outcome("declined_by_network", "issuer_declined", "generic_decline", said),
    )
    state.tell("charge.failed", charge.body)
    _fail(state, intent, "card_declined", said, charge=charge.id, decline_code="generic_decline")


def _fail(state: State, intent: Record, code: str, said: str, **more: str) -> None:
    error = {"type": "card_error", "code": code, "message": said, **more}
    changes: dict[str, Any] = {"latest_charge": more["charge"]} if "charge" in more else {}
    intent = state.change(
        intent, status="requires_payment_method", next_action=None, last_payment_error=error, **changes
    )
    state.tell("payment_intent.payment_failed", intent.body)


def _take(state: State, intent: Record, amount: int) -> Record:
    charge = state.find("charge", intent.body["latest_charge"], "charge")
    charge = state.change(charge, captured=True, amount_captured=amount)
    intent = state.change(intent, status="succeeded", amount_received=amount, amount_capturable=0)
    state.change(state.find("checkout.session", intent.hidden["session"], "session"), payment_status="paid")
    state.tell("charge.captured", charge.body)
    state.tell("payment_intent.succeeded", intent.body)
    return intent


def _end(state: State, intent: Record, reason: str | None) -> Record:
    authorised = intent.body["status"] == "requires_capture"
    intent = state.change(
        intent,
        status="canceled",
        canceled_at=state.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    if authorised:
        charge = state.find("charge", intent.body["latest_charge"], "charge")
        charge = state.change(charge, refunded=True, amount_refunded=charge.body["amount"])
        state.tell("charge.expired" if reason == "automatic" else "charge.refunded", charge.body)
    state.tell("payment_intent.canceled", intent.body)
    return intent


def _unexpected(intent: Record, done: str, wanted: str) -> StripeProblem:
    return refused(
        f"This PaymentIntent could not be {done} because it has a status of {intent.body['status']}. "
        f"Only a PaymentIntent with one of the following statuses may be {done}: {wanted}.",
        code="payment_intent_unexpected_state",
        payment_intent=intent.body,
    )
