"""What a disputed payment is called, and what there is to do."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from desktop.words.messages import amount, branch_time, desk_zone
from engine.domain.money.dispute import Dispute
from engine.words.tr import tr

#: Stripe's reasons (https://docs.stripe.com/disputes/categories); any other is shown as Stripe writes it.
_REASONS = MappingProxyType(
    {
        "fraudulent": tr("the cardholder says that it was somebody else"),
        "product_not_received": tr("the cardholder says that there was no car"),
        "product_unacceptable": tr("the cardholder says that the car was not as promised"),
        "credit_not_processed": tr("the cardholder waits for a refund"),
        "duplicate": tr("the cardholder says that it was paid twice"),
        "subscription_canceled": tr("the cardholder says that it was cancelled"),
        "unrecognized": tr("the cardholder does not know the payment"),
    }
)
_NO_REASON = "general"
_STATUSES = MappingProxyType(
    {
        "needs_response": tr("Waits for your answer"),
        "warning_needs_response": tr("An enquiry: waits for your answer"),
        "under_review": tr("Answered; the bank decides"),
        "warning_under_review": tr("An enquiry: answered; the bank decides"),
    }
)
_WAITS = frozenset({"needs_response", "warning_needs_response"})
#: Begins the statuses of an enquiry, for which no bank takes anything back yet.
_ENQUIRY = "warning_"
NO_DASHBOARD = tr("Demo: the sandbox has no page for this. At Stripe it is answered in the dashboard.")


def reason_of(dispute: Dispute) -> str:
    return _REASONS.get(dispute.facts.reason, dispute.facts.reason.replace("_", " "))


def status_of(dispute: Dispute) -> str:
    return _STATUSES.get(dispute.facts.status, dispute.facts.status.replace("_", " "))


def due_of(dispute: Dispute, now: datetime) -> str:
    """Until when it can be answered; empty once nothing can be sent."""
    due_by = dispute.facts.due_by
    if due_by is None or dispute.facts.status not in _WAITS:
        return ""
    told = branch_time(due_by, desk_zone(), now=now)
    return told if now < due_by else tr("{when} (over)", when=told)


def taken_label(dispute: Dispute) -> str:
    return tr("Asked about") if _is_enquiry(dispute) else tr("Taken back")


def answer_label(dispute: Dispute) -> str:
    """What the way to Stripe is for."""
    return tr("Answer it at Stripe") if dispute.facts.status in _WAITS else tr("Open it at Stripe")


def _is_enquiry(dispute: Dispute) -> bool:
    return dispute.facts.status.startswith(_ENQUIRY)


def in_short(dispute: Dispute) -> str:
    return tr("Disputed: {amount}", amount=amount(dispute.facts.amount))


def what_happened(dispute: Dispute) -> str:
    """In three sentences: who took what back, why, and what is to be done."""
    money, enquiry = amount(dispute.facts.amount), _is_enquiry(dispute)
    took = tr("The cardholder's bank took {money} back.", money=money)
    if enquiry:
        took = tr("The cardholder's bank asks about {money}; it has taken nothing back so far.", money=money)
    general = dispute.facts.reason == _NO_REASON
    why = tr("It gives no reason.") if general else tr("The reason it gives: {dispute}.", dispute=reason_of(dispute))
    if dispute.facts.status not in _WAITS:
        return tr(
            "{took} {why} It was answered. This leaves the list when Stripe says how it ended.", took=took, why=why
        )
    lost = tr("the bank may take the money") if enquiry else tr("the money is lost")
    return tr("{took} {why} Answer it at Stripe; without an answer in time {lost}.", took=took, why=why, lost=lost)
