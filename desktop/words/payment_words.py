"""What is said where no payment page could be made or opened."""

from __future__ import annotations

from desktop.words.figures import amount
from engine.domain.money.addresses import NotOpenedWhy
from engine.domain.money.charging import Uncharged
from engine.domain.money.money import Money
from engine.domain.shared import errors
from engine.words.tr import tr


def no_browser(problem: errors.DriveSphereError) -> str:
    told = {
        NotOpenedWhy.MISSING: tr("This computer has no program that opens pages."),
        NotOpenedWhy.FAILED: tr("The browser could not be opened."),
        NotOpenedWhy.ENDED: tr("The browser was closed before it opened the page."),
    }
    why = getattr(problem, "why", NotOpenedWhy.FAILED)
    return tr("{told} Nothing was paid. Copy the address below into a browser, or try again.", told=told[why])


def email_refused(problem: errors.DriveSphereError | None) -> bool:
    """Whether Stripe made no page because of the renter's e-mail address."""
    return isinstance(problem, errors.PaymentRefused) and problem.param.startswith("customer_email")


def refused_page(problem: errors.DriveSphereError) -> str:
    """A field is named where it is one that can be mended."""
    param, code = getattr(problem, "param", ""), getattr(problem, "stripe_code", "")
    free = tr("Nothing was charged, and the car is free again.")
    if email_refused(problem):
        return tr(
            "Stripe does not take the renter's e-mail address. {free} Correct the address and book again.",
            free=free,
        )
    if code == "amount_too_small":
        return tr("Stripe does not charge so little in this currency. {free} Book it for more days.", free=free)
    if code.startswith("amount_") or param.startswith("line_items"):
        return tr("Stripe does not charge this price. {free} Choose other days or another car.", free=free)
    return tr("The payment service refused the payment page. Please tell head office.")


def not_chargeable(problem: errors.DriveSphereError) -> str:
    reason, currency = getattr(problem, "reason", ""), getattr(problem, "currency", "")
    minor = getattr(problem, "limit_minor", None)
    limit = amount(Money(minor, currency)) if minor is not None else ""
    told = {
        Uncharged.CURRENCY: tr(
            "Stripe charges nothing in {currency}. Ask an administrator about the firm's currency.", currency=currency
        ),
        Uncharged.TOO_LITTLE: tr(
            "This price is less than a card can be charged: at least {limit}. Choose more days.", limit=limit
        ),
        Uncharged.TOO_MUCH: tr(
            "This price is more than a card is charged at once: at most {limit}. Choose fewer days.", limit=limit
        ),
        Uncharged.FRACTION: tr(
            "This price is no amount that is paid in {currency}. The car needs another daily rate.", currency=currency
        ),
    }
    return told[Uncharged(reason)]


#: Told before a car is held, too.
NO_KEY = tr("This desk has no Stripe key, so no payment page can be opened here. Have it paid at a desk that has one.")
