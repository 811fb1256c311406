"""What is said of a booking whose stored row is not believed (docs/decisions/0025)."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking.belief import Doubt

#: Doubt -> what a list says of it, and what the booking's own page does.
_WORDS = MappingProxyType(
    {
        Doubt.HISTORY: ("History does not fit", "Its history does not lead to where it stands."),
        Doubt.TIMES: ("Times do not fit", "Its times are out of order, or still to come."),
        Doubt.ATTEMPTS: ("Attempts do not fit", "Its payment attempts do not fit its state."),
        Doubt.CAR: ("Cars do not fit", "The cars that it went on with do not follow each other."),
        Doubt.RULES: ("Not the firm's rules", "Its commission, hold or cancellation rules were never the firm's."),
        Doubt.PRICE: ("Not the car's price", "Its price or its car is not what the car's terms were then."),
        Doubt.OWN_PRICE: ("Price does not add up", "Its price is not what its own days and lines make."),
        Doubt.REQUEST: ("Payment page changed", "What was to be asked of Stripe is not what DriveSphere asks."),
        Doubt.RETURN_PAGE: ("Strange return page", "Its payer would be sent to a page that nobody recorded."),
        Doubt.REFUND: ("Refund not owed", "What it wants given back is not what the rules give."),
        Doubt.CAR_WAS_OUT: ("Refund after the rental", "It wants money back although the car was out."),
        Doubt.PAYMENT: ("Somebody else's payment", "The payment that it names is not its own."),
        Doubt.DAMAGED: ("Damaged", "It cannot be read as a booking."),
    }
)
_STOPS = "Stripe is not asked and no money moves; head office must look."


def doubt_in_short(code: str) -> str:
    """For a list; *code* is that of the trouble."""
    return _WORDS[Doubt(code)][0] if code in _WORDS else "Row not believed"


def doubt_alone(code: str) -> str:
    """For whoever decides: what does not fit, in a sentence."""
    return _WORDS[Doubt(code)][1] if code in _WORDS else "What is stored of it is not as DriveSphere writes it."


def doubt_in_full(code: str) -> str:
    """For the booking's own page."""
    return f"{doubt_alone(code)} {_STOPS}"
