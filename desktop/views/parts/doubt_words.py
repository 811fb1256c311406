"""What is said of a booking whose stored row is not believed (docs/decisions/0025)."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking.belief import Doubt
from engine.words.tr import tr

#: Doubt -> what a list says of it, and what the booking's own page does.
_WORDS = MappingProxyType(
    {
        Doubt.HISTORY: (tr("History does not fit"), tr("Its history does not lead to where it stands.")),
        Doubt.TIMES: (tr("Times do not fit"), tr("Its times are out of order, or still to come.")),
        Doubt.ATTEMPTS: (tr("Attempts do not fit"), tr("Its payment attempts do not fit its state.")),
        Doubt.CAR: (tr("Cars do not fit"), tr("The cars that it went on with do not follow each other.")),
        Doubt.RULES: (
            tr("Not the firm's rules"),
            tr("Its commission, hold or cancellation rules were never the firm's."),
        ),
        Doubt.PRICE: (tr("Not the car's price"), tr("Its price or its car is not what the car's terms were then.")),
        Doubt.OWN_PRICE: (tr("Price does not add up"), tr("Its price is not what its own days and lines make.")),
        Doubt.REQUEST: (tr("Payment page changed"), tr("What was to be asked of Stripe is not what DriveSphere asks.")),
        Doubt.RETURN_PAGE: (tr("Strange return page"), tr("Its payer would be sent to a page that nobody recorded.")),
        Doubt.REFUND: (tr("Refund not owed"), tr("What it wants given back is not what the rules give.")),
        Doubt.CAR_WAS_OUT: (tr("Refund after the rental"), tr("It wants money back although the car was out.")),
        Doubt.PAYMENT: (tr("Somebody else's payment"), tr("The payment that it names is not its own.")),
        Doubt.DAMAGED: (tr("Damaged"), tr("It cannot be read as a booking.")),
    }
)
_STOPS = tr("Stripe is not asked and no money moves; head office must look.")


def doubt_in_short(code: str) -> str:
    """For a list; *code* is that of the trouble."""
    return _WORDS[Doubt(code)][0] if code in _WORDS else tr("Row not believed")


def doubt_alone(code: str) -> str:
    """For whoever decides: what does not fit, in a sentence."""
    return _WORDS[Doubt(code)][1] if code in _WORDS else tr("What is stored of it is not as DriveSphere writes it.")


def doubt_in_full(code: str) -> str:
    """For the booking's own page."""
    return f"{doubt_alone(code)} {_STOPS}"
