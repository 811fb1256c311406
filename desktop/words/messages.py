"""What the window says: problems and the next step in plain words; and with ``figures``, everything as people read it.

API: say(problem, zone) -> Message(text, step); NextStep; booking_number, the tables of words, and all of ``figures``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum
from types import MappingProxyType

from desktop.words.account_words import OF_ACCOUNTS
from desktop.words.figures import (
    amount,
    basis_points_of,
    branch_line,
    branch_name,
    branch_time,
    clock_of,
    clock_time,
    count_of,
    day_time,
    days_text,
    decimals,
    desk_time,
    desk_zone,
    digits,
    locale,
    minor_of,
    percent,
    period_text,
    plural,
    rate,
    unclear_amount,
    whole,
    zone_line,
    zone_name,
    zone_note,
)
from desktop.words.movement_words import OF_MOVEMENTS
from desktop.words.names import BODIES, FIELDS, FUELS, ORDERS, ROLES, TRANSMISSIONS, booking_number
from desktop.words.pin_words import CODES as PIN_CODES
from desktop.words.pin_words import pin_sentence
from desktop.words.renter_words import CODES as RENTER_CODES
from desktop.words.renter_words import renter_sentence
from desktop.words.wish_words import NOT_UNDERSTOOD, OF_WISHES, REFUSED_WISHES
from engine.domain.booking import changed_car
from engine.domain.booking.booking import BookingId
from engine.domain.booking.unbelieved import RefundNotMade
from engine.domain.booking.wish import Refusal
from engine.domain.booking.wish_errors import WishRefused
from engine.domain.car.photo import PhotoProblem
from engine.domain.health import backup
from engine.domain.money.addresses import BrowserNotOpened, NotOpenedWhy
from engine.domain.money.charging import Uncharged
from engine.domain.money.money import Money
from engine.domain.money.payment import NoStripeKey
from engine.domain.shared import errors
from engine.domain.shared.damage import Damaged
from engine.words.problems import sentence
from engine.words.refused import field_sentence, period_clause


class NextStep(Enum):
    """What to do next; the value stands on the button, the view knows what it does."""

    NONE = ""
    RETRY = "Try again"
    SIMILAR = "Show similar cars"
    SEARCH_AGAIN = "Search again"
    SHOW_BOOKING = "Show the booking"


@dataclass(frozen=True, slots=True)
class Message:
    """Attributes: ``text`` is one or two short sentences: what happened, and what to do where no button does it."""

    text: str
    step: NextStep = NextStep.NONE


_Sentence = Callable[[errors.DriveSphereError], Message]


#: The badge of a row that cannot be read.
DAMAGED = "Damaged"


def damage_words(damaged: Damaged) -> str:
    """What is wrong with a stored record, and what to do."""
    return (
        f"This record cannot be read at this desk. {damaged.reason[:1].upper()}{damaged.reason[1:]} "
        f"({damaged.collection}, {damaged.id}). If a newer version of the program wrote it, update this one. "
        "Otherwise tell an administrator: the health page says which records are damaged. "
        "Everything else goes on meanwhile."
    )


def say(problem: errors.DriveSphereError, zone: tzinfo = UTC, *, now: datetime | None = None) -> Message:
    """The words for *problem*; times in it are shown in *zone*. *now* is the server's time, where it is at hand."""
    if isinstance(problem, errors.PeriodTaken):
        return _taken(problem, zone, now)
    sentence = _SENTENCES.get(problem.code)
    if sentence is None:
        return Message(
            f"Something went wrong ({problem.code}).", NextStep.RETRY if problem.retryable else NextStep.NONE
        )
    return sentence(problem) if callable(sentence) else sentence


def _taken(problem: errors.PeriodTaken, zone: tzinfo, now: datetime | None) -> Message:
    if problem.until is None:
        return Message("This car was just taken for these days.", NextStep.SIMILAR)
    if now is not None and problem.until <= now:
        return Message("This car is overdue: it has not come back yet.", NextStep.SIMILAR)
    return Message(f"This car was just taken until {day_time(problem.until, zone)}.", NextStep.SIMILAR)


def _text(problem: errors.DriveSphereError) -> Message:
    if not isinstance(problem, errors.InvalidText):
        return Message("")
    name = FIELDS.get(problem.field, problem.field.capitalize()) or "The text"
    return Message(field_sentence(problem, name))


_SERVERS = MappingProxyType(
    {
        "mongodb": "The database does not answer. Trying again is safe.",
        "redis": "The cache does not answer. Bookings go on, searching may be slower.",
        "stripe": "The payment service does not answer. Nothing is lost; it is asked again.",
        "embedded": "The servers on this computer did not start.",
    }
)


def _away(problem: errors.DriveSphereError) -> Message:
    server = str(getattr(problem, "server", ""))
    detail = str(getattr(problem, "detail", ""))
    if detail == errors.UNTRUSTED:
        return Message("The database's certificate is not one this firm trusts (setting ca_file).", NextStep.RETRY)
    if isinstance(problem, errors.ServersFailed):
        return Message(sentence(problem), NextStep.RETRY)
    return Message(_SERVERS.get(server, "A server does not answer."), NextStep.RETRY)


def _missing(problem: errors.DriveSphereError) -> Message:
    kind = str(getattr(problem, "kind", "")) or "record"
    return Message(f"This {kind} is no longer there.", NextStep.SEARCH_AGAIN)


def _damaged(problem: errors.DriveSphereError) -> Message:
    collection, key, reason = (str(getattr(problem, name, "")) for name in ("collection", "key", "reason"))
    return Message(damage_words(Damaged(collection, key, reason)))


def _period(problem: errors.DriveSphereError) -> Message:
    why = period_clause(problem) if isinstance(problem, errors.InvalidPeriod) else problem.code
    return Message(f"These times do not work: {why}.")


def _asked(problem: errors.DriveSphereError) -> Message:
    number = booking_number(BookingId(str(getattr(problem, "booking_id", ""))))
    return Message(f"This was booked a moment ago, as {number}.", NextStep.SHOW_BOOKING)


def _in_use(problem: errors.DriveSphereError) -> Message:
    cars, bookings = plural(getattr(problem, "cars", 0), "car"), plural(getattr(problem, "bookings", 0), "booking")
    return Message(f"This branch still has {cars} and {bookings}. Move the cars and wait for the returns first.")


def _mode(problem: errors.DriveSphereError) -> Message:
    key, firm = getattr(problem, "key", ""), getattr(problem, "firm", "")
    if not firm:
        return Message("The firm has not said yet whether it takes test or live payments. Ask an administrator.")
    return Message(f"The Stripe key here is for {key} payments; this firm takes {firm} ones. Ask an administrator.")


def _own_words(problem: errors.DriveSphereError) -> Message:
    return Message(sentence(problem) if isinstance(problem, errors.Told) else "", NextStep.RETRY)


_PHOTOS = MappingProxyType(
    {
        PhotoProblem.TOO_LARGE: "The file is larger than 5 MB. A smaller copy of the photo will do.",
        PhotoProblem.NO_PICTURE: "The file is no photo we can read. JPEG, PNG, WebP, TIFF and HEIC work.",
        PhotoProblem.BROKEN: "The photo is damaged: it ends too early or cannot be read.",
        PhotoProblem.TOO_MANY_PIXELS: "The photo has more than 50 million pixels. A smaller copy will do.",
        PhotoProblem.TOO_SMALL: "The photo is too small: it needs 64 pixels a side.",
        PhotoProblem.HEIC: "This computer cannot read HEIC. Save the photo as JPEG, or let the telephone send it so.",
        PhotoProblem.TOO_MANY: "A car has five photos at the most. Remove one first.",
    }
)


def _photo(problem: errors.DriveSphereError) -> Message:
    return Message(_PHOTOS.get(PhotoProblem(getattr(problem, "problem", "broken")), ""))


def _refused_wish(problem: errors.DriveSphereError) -> Message:
    why = str(getattr(problem, "why", ""))
    again = why in (Refusal.EXPIRED, Refusal.FULL)
    return Message(REFUSED_WISHES.get(why, NOT_UNDERSTOOD), NextStep.RETRY if again else NextStep.NONE)


def _renter(problem: errors.DriveSphereError) -> Message:
    return Message(renter_sentence(problem))


def _plate(problem: errors.DriveSphereError) -> Message:
    return Message(f"This plate is that of {getattr(problem, 'label', 'another car')} already.")


def _no_browser(problem: errors.DriveSphereError) -> Message:
    told = {
        NotOpenedWhy.MISSING: "This computer has no program that opens pages.",
        NotOpenedWhy.FAILED: "The browser could not be opened.",
        NotOpenedWhy.ENDED: "The browser was closed before it opened the page.",
    }
    why = getattr(problem, "why", NotOpenedWhy.FAILED)
    return Message(f"{told[why]} Nothing was paid. Copy the address below into a browser, or try again.")


def email_refused(problem: errors.DriveSphereError | None) -> bool:
    """Whether Stripe made no page because of the renter's e-mail address."""
    return isinstance(problem, errors.PaymentRefused) and problem.param.startswith("customer_email")


def _refused_page(problem: errors.DriveSphereError) -> Message:
    """A field is named where it is one that can be mended."""
    param, code = getattr(problem, "param", ""), getattr(problem, "stripe_code", "")
    free = "Nothing was charged, and the car is free again."
    if email_refused(problem):
        return Message(f"Stripe does not take the renter's e-mail address. {free} Correct the address and book again.")
    if code == "amount_too_small":
        return Message(f"Stripe does not charge so little in this currency. {free} Book it for more days.")
    if code.startswith("amount_") or param.startswith("line_items"):
        return Message(f"Stripe does not charge this price. {free} Choose other days or another car.")
    return Message("The payment service refused the payment page. Please tell head office.")


def _not_chargeable(problem: errors.DriveSphereError) -> Message:
    reason, currency = getattr(problem, "reason", ""), getattr(problem, "currency", "")
    minor = getattr(problem, "limit_minor", None)
    limit = amount(Money(minor, currency)) if minor is not None else ""
    told = {
        Uncharged.CURRENCY: f"Stripe charges nothing in {currency}. Ask an administrator about the firm's currency.",
        Uncharged.TOO_LITTLE: f"This price is less than a card can be charged: at least {limit}. Choose more days.",
        Uncharged.TOO_MUCH: f"This price is more than a card is charged at once: at most {limit}. Choose fewer days.",
        Uncharged.FRACTION: f"This price is no amount that is paid in {currency}. The car needs another daily rate.",
    }
    return Message(told[Uncharged(reason)])


#: Told before a car is held, too.
NO_KEY = "This desk has no Stripe key, so no payment page can be opened here. Have it paid at a desk that has one."
#: Code -> what is said, where it needs nothing but a sentence.
_PLAIN = MappingProxyType(
    {
        NoStripeKey.code: NO_KEY,
        RefundNotMade.code: (
            "Stripe did not give the money back. Look at the payment there and give it back; then press again "
            "here, and it is written down."
        ),
        errors.NotBelieved.code: (
            "This booking was not written by DriveSphere as it stands. No money is moved; head office must look."
        ),
        errors.StrangeAddress.code: (
            "That is not a payment page of Stripe's, so it was not opened. Please tell head office."
        ),
        backup.BackupDamaged.code: "The back-up was changed or cut short. Take another one.",
        backup.BackupKeyWrong.code: "The back-up opens with another key or pass phrase.",
        backup.NotABackup.code: "That file is no back-up that this version knows.",
        backup.BackupRefused.code: "The back-up cannot be made or restored there. Health tells why.",
        errors.LookingBack.code: (
            "The database was restored from a back-up, and payments made since are looked up at Stripe first. It takes "
            "the worker, or an administrator at a desk with a Stripe key. Then cars can be booked again."
        ),
        errors.RuleBroken.code: "This is not allowed by the rules of booking.",
        errors.InvalidMoney.code: "This price cannot be charged. Choose other days or another car.",
        errors.CurrencyMismatch.code: "Two currencies cannot be added up. Please tell head office.",
        errors.Forbidden.code: "Your account may not do this. Ask an administrator.",
        errors.AlreadyHolds.code: "This holds already, or will within a minute. Set other rules instead.",
        changed_car.CarIsOut.code: (
            "This rental has begun, so the booking stays with its car. A car that is out is exchanged, not moved."
        ),
        changed_car.NotAlike.code: "Only a car of the same type at the same branch takes over a booking.",
        errors.MoveRefused.code: "The booking is already further on. What you see now is up to date.",
        errors.PaymentMismatch.code: "The payment does not fit this booking. Please tell head office.",
        errors.NoKeyring.code: "This computer has no keyring, so no copy is kept on it.",
        errors.UnknownZone.code: (
            "The time zone of this branch is newer than this program, so no car can be promised there from here. "
            "Update DriveSphere on this computer."
        ),
        errors.CopyUnusable.code: "The copy on this computer is damaged. Signing in makes it anew.",
    }
)

#: Code -> what is said.
_SENTENCES: MappingProxyType[str, Message | _Sentence] = MappingProxyType(
    {
        errors.InvalidPeriod.code: _period,
        BrowserNotOpened.code: _no_browser,
        errors.NotChargeable.code: _not_chargeable,
        errors.PaymentRefused.code: _refused_page,
        errors.DamagedRow.code: _damaged,
        errors.InvalidText.code: _text,
        errors.NotFound.code: _missing,
        errors.CarNotRentable.code: Message("This car is not for rent at present.", NextStep.SIMILAR),
        errors.BranchInUse.code: _in_use,
        errors.PlateTaken.code: _plate,
        errors.PhotoRefused.code: _photo,
        errors.AlreadyAsked.code: _asked,
        errors.PriceChanged.code: Message(
            "The price has changed meanwhile. Nothing was booked.", NextStep.SEARCH_AGAIN
        ),
        errors.WrongStripeMode.code: _mode,
        **{code: Message(text) for code, text in (_PLAIN | OF_ACCOUNTS | OF_MOVEMENTS).items()},
        **{code: Message(text, NextStep.RETRY) for code, text in OF_WISHES.items()},
        WishRefused.code: _refused_wish,
        **dict.fromkeys(RENTER_CODES, _renter),
        **dict.fromkeys(PIN_CODES, lambda problem: Message(pin_sentence(problem))),
        errors.Told.code: _own_words,
        errors.Misconfigured.code: _own_words,
        errors.ServersFailed.code: _away,
        errors.CopyOutOfReach.code: Message(
            "The copy on this computer cannot be used now. The disk may be full, or another program holds it.",
            NextStep.RETRY,
        ),
        errors.Contended.code: Message("Somebody else is being served for this car right now.", NextStep.RETRY),
        errors.Overtaken.code: Message("This was changed on another desk meanwhile.", NextStep.RETRY),
        errors.Unavailable.code: _away,
    }
)

#: Codes that have words of their own; a test holds this complete over the classes of ``errors``.
TOLD = _SENTENCES.keys() | {errors.PeriodTaken.code}


__all__ = [
    "BODIES",
    "DAMAGED",
    "FIELDS",
    "FUELS",
    "NO_KEY",
    "ORDERS",
    "ROLES",
    "TOLD",
    "TRANSMISSIONS",
    "Message",
    "NextStep",
    "amount",
    "basis_points_of",
    "booking_number",
    "branch_line",
    "branch_name",
    "branch_time",
    "clock_of",
    "clock_time",
    "count_of",
    "damage_words",
    "day_time",
    "days_text",
    "decimals",
    "desk_time",
    "desk_zone",
    "digits",
    "email_refused",
    "locale",
    "minor_of",
    "percent",
    "period_text",
    "plural",
    "rate",
    "say",
    "unclear_amount",
    "whole",
    "zone_line",
    "zone_name",
    "zone_note",
]
