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
from desktop.words.counter_words import OF_THE_COUNTER
from desktop.words.figures import (
    amount,
    basis_points_of,
    branch_line,
    branch_name,
    branch_time,
    clock_of,
    clock_time,
    count_of,
    counted,
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
    rate,
    unclear_amount,
    whole,
    zone_line,
    zone_name,
    zone_note,
)
from desktop.words.hours_words import hours_field
from desktop.words.movement_words import OF_MOVEMENTS
from desktop.words.names import BODIES, FIELDS, FUELS, ORDERS, ROLES, TRANSMISSIONS, booking_number
from desktop.words.payment_words import NO_KEY, email_refused, no_browser, not_chargeable, refused_page
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
from engine.domain.car import places
from engine.domain.car.handing_over import ClosedThen
from engine.domain.car.opening_hours import Handing
from engine.domain.car.photo import PhotoProblem
from engine.domain.health import backup
from engine.domain.money.addresses import BrowserNotOpened
from engine.domain.money.payment import NoStripeKey
from engine.domain.papers.errors import PaperRefused
from engine.domain.shared import errors
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone
from engine.words.problems import sentence
from engine.words.refused import field_sentence, period_clause
from engine.words.tr import tr


class NextStep(Enum):
    """What to do next; the value stands on the button, the view knows what it does."""

    NONE = ""
    RETRY = tr("Try again")
    SIMILAR = tr("Show similar cars")
    SEARCH_AGAIN = tr("Search again")
    SHOW_BOOKING = tr("Show the booking")
    OPENING = tr("Take the next opening")


@dataclass(frozen=True, slots=True)
class Message:
    """Attributes: ``text`` is one or two short sentences: what happened, and what to do where no button does it."""

    text: str
    step: NextStep = NextStep.NONE


_Sentence = Callable[[errors.DriveSphereError], Message]


#: The badge of a row that cannot be read.
DAMAGED = tr("Damaged")


def damage_words(damaged: Damaged) -> str:
    """What is wrong with a stored record, and what to do."""
    return tr(
        "This record cannot be read at this desk. {reason}{reason2} ({collection}, {damaged}). If a "
        "newer version of the program wrote it, update this one. Otherwise tell an administrator: the "
        "health page says which records are damaged. Everything else goes on meanwhile.",
        reason=damaged.reason[:1].upper(),
        reason2=damaged.reason[1:],
        collection=damaged.collection,
        damaged=damaged.id,
    )


def say(problem: errors.DriveSphereError, zone: tzinfo = UTC, *, now: datetime | None = None) -> Message:
    """The words for *problem*; times in it are shown in *zone*. *now* is the server's time, where it is at hand."""
    if isinstance(problem, errors.PeriodTaken):
        return _taken(problem, zone, now)
    if isinstance(problem, ClosedThen):
        return _closed(problem, now)
    sentence = _SENTENCES.get(problem.code)
    if sentence is None:
        return Message(
            tr("Something went wrong ({code}).", code=problem.code),
            NextStep.RETRY if problem.retryable else NextStep.NONE,
        )
    return sentence(problem) if callable(sentence) else sentence


def _taken(problem: errors.PeriodTaken, zone: tzinfo, now: datetime | None) -> Message:
    if problem.until is None:
        return Message(tr("This car was just taken for these days."), NextStep.SIMILAR)
    if now is not None and problem.until <= now:
        return Message(tr("This car is overdue: it has not come back yet."), NextStep.SIMILAR)
    return Message(tr("This car was just taken until {until}.", until=day_time(problem.until, zone)), NextStep.SIMILAR)


def _text(problem: errors.DriveSphereError) -> Message:
    if not isinstance(problem, errors.InvalidText):
        return Message("")
    name = hours_field(problem.field) or FIELDS.get(problem.field, problem.field.capitalize()) or tr("The text")
    return Message(field_sentence(problem, name))


_SERVERS = MappingProxyType(
    {
        "mongodb": tr("The database does not answer. Trying again is safe."),
        "redis": tr("The cache does not answer. Bookings go on, searching may be slower."),
        "stripe": tr("The payment service does not answer. Nothing is lost; it is asked again."),
        "embedded": tr("The servers on this computer did not start."),
    }
)


def _away(problem: errors.DriveSphereError) -> Message:
    server = str(getattr(problem, "server", ""))
    detail = str(getattr(problem, "detail", ""))
    if detail == errors.UNTRUSTED:
        return Message(tr("The database's certificate is not one this firm trusts (setting ca_file)."), NextStep.RETRY)
    if isinstance(problem, errors.ServersFailed):
        return Message(sentence(problem), NextStep.RETRY)
    return Message(_SERVERS.get(server, tr("A server does not answer.")), NextStep.RETRY)


def _missing(problem: errors.DriveSphereError) -> Message:
    kind = str(getattr(problem, "kind", "")) or tr("record")
    return Message(tr("This {kind} is no longer there.", kind=kind), NextStep.SEARCH_AGAIN)


def _damaged(problem: errors.DriveSphereError) -> Message:
    collection, key, reason = (str(getattr(problem, name, "")) for name in ("collection", "key", "reason"))
    return Message(damage_words(Damaged(collection, key, reason)))


def _period(problem: errors.DriveSphereError) -> Message:
    why = period_clause(problem) if isinstance(problem, errors.InvalidPeriod) else problem.code
    return Message(tr("These times do not work: {why}.", why=why))


def _asked(problem: errors.DriveSphereError) -> Message:
    number = booking_number(BookingId(str(getattr(problem, "booking_id", ""))))
    return Message(tr("This was booked a moment ago, as {number}.", number=number), NextStep.SHOW_BOOKING)


def _closed(problem: ClosedThen, now: datetime | None) -> Message:
    zone = shown_zone(problem.zone)
    at = day_time(problem.at, zone, now=now)
    told = tr("{branch} is closed on {at}, and no car is handed out then.", branch=problem.name, at=at)
    if problem.handing == Handing.RETURN:
        told = tr("{branch} is closed on {at}, and no car is taken back then.", branch=problem.name, at=at)
    if problem.opens is None:
        return Message(told)
    opens = tr("It opens {opens}.", opens=day_time(problem.opens, zone, now=now))
    return Message(f"{told} {opens}", NextStep.OPENING)


def _in_use(problem: errors.DriveSphereError) -> Message:
    cars, bookings = (
        counted("{count} car", "{count} cars", getattr(problem, "cars", 0)),
        counted("{count} booking", "{count} bookings", getattr(problem, "bookings", 0)),
    )
    text = tr(
        "This branch still has {cars} and {bookings}. Move the cars and wait for the returns first.",
        cars=cars,
        bookings=bookings,
    )
    ids = getattr(problem, "booking_ids", ())
    if not ids:
        return Message(text)
    named = ", ".join(booking_number(BookingId(each)) for each in ids)
    return Message(f"{text} {tr('The first of them: {named}.', named=named)}")


def _mode(problem: errors.DriveSphereError) -> Message:
    key, firm = getattr(problem, "key", ""), getattr(problem, "firm", "")
    if not firm:
        return Message(tr("The firm has not said yet whether it takes test or live payments. Ask an administrator."))
    return Message(
        tr(
            "The Stripe key here is for {key} payments; this firm takes {firm} ones. Ask an administrator.",
            key=key,
            firm=firm,
        )
    )


def _own_words(problem: errors.DriveSphereError) -> Message:
    return Message(sentence(problem) if isinstance(problem, errors.Told) else "", NextStep.RETRY)


_PHOTOS = MappingProxyType(
    {
        PhotoProblem.TOO_LARGE: tr("The file is larger than 5 MB. A smaller copy of the photo will do."),
        PhotoProblem.NO_PICTURE: tr("The file is no photo we can read. JPEG, PNG, WebP, TIFF and HEIC work."),
        PhotoProblem.BROKEN: tr("The photo is damaged: it ends too early or cannot be read."),
        PhotoProblem.TOO_MANY_PIXELS: tr("The photo has more than 50 million pixels. A smaller copy will do."),
        PhotoProblem.TOO_SMALL: tr("The photo is too small: it needs 64 pixels a side."),
        PhotoProblem.LOGO_TOO_SMALL: tr("The picture is too small: it needs 16 pixels a side."),
        PhotoProblem.HEIC: tr(
            "This computer cannot read HEIC. Save the photo as JPEG, or let the telephone send it so."
        ),
        PhotoProblem.TOO_MANY: tr("A car has five photos at the most. Remove one first."),
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
    return Message(
        tr("This plate is that of {problem} already.", problem=getattr(problem, "label", "") or tr("another car"))
    )


#: Code -> what is said, where it needs nothing but a sentence.
_PLAIN = MappingProxyType(
    {
        NoStripeKey.code: NO_KEY,
        RefundNotMade.code: (
            tr(
                "Stripe did not give the money back. Look at the payment there and give it back; then press "
                "again here, and it is written down."
            )
        ),
        errors.NotBelieved.code: (
            tr("This booking was not written by DriveSphere as it stands. No money is moved; head office must look.")
        ),
        errors.StrangeAddress.code: (
            tr("That is not a payment page of Stripe's, so it was not opened. Please tell head office.")
        ),
        backup.BackupDamaged.code: tr("The back-up was changed or cut short. Take another one."),
        backup.BackupKeyWrong.code: tr("The back-up opens with another key or pass phrase."),
        backup.NotABackup.code: tr("That file is no back-up that this version knows."),
        backup.BackupRefused.code: tr("The back-up cannot be made or restored there. Health tells why."),
        errors.LookingBack.code: (
            tr(
                "The database was restored from a back-up, and payments made since are looked up at Stripe "
                "first. It takes the worker, or an administrator at a desk with a Stripe key. Then cars can be "
                "booked again."
            )
        ),
        errors.RuleBroken.code: tr("This is not allowed by the rules of booking."),
        errors.InvalidMoney.code: tr("This price cannot be charged. Choose other days or another car."),
        errors.CurrencyMismatch.code: tr("Two currencies cannot be added up. Please tell head office."),
        errors.Forbidden.code: tr("Your account may not do this. Ask an administrator."),
        errors.AlreadyHolds.code: tr("This holds already, or will within a minute. Set other rules instead."),
        changed_car.CarIsOut.code: (tr("The renter has the car. A car that is out is exchanged, not moved.")),
        changed_car.NotAlike.code: tr("Only a car of the same type at the same branch takes over a booking."),
        errors.MoveRefused.code: tr("The booking is already further on. What you see now is up to date."),
        errors.PaymentMismatch.code: tr("The payment does not fit this booking. Please tell head office."),
        errors.NoKeyring.code: tr("This computer has no keyring, so no copy is kept on it."),
        errors.UnknownZone.code: (
            tr(
                "The time zone of this branch is newer than this program, so no car can be promised there from "
                "here. Update DriveSphere on this computer."
            )
        ),
        errors.CopyUnusable.code: tr("The copy on this computer is damaged. Signing in makes it anew."),
    }
)

#: Code -> what is said.
_SENTENCES: MappingProxyType[str, Message | _Sentence] = MappingProxyType(
    {
        places.NotHere.code: Message(
            tr("This car will stand at another branch then, or is promised there next."), NextStep.SIMILAR
        ),
        errors.InvalidPeriod.code: _period,
        BrowserNotOpened.code: lambda problem: Message(no_browser(problem)),
        errors.NotChargeable.code: lambda problem: Message(not_chargeable(problem)),
        errors.PaymentRefused.code: lambda problem: Message(refused_page(problem)),
        errors.DamagedRow.code: _damaged,
        errors.InvalidText.code: _text,
        errors.NotFound.code: _missing,
        errors.CarNotRentable.code: Message(tr("This car is not for rent at present."), NextStep.SIMILAR),
        errors.BranchInUse.code: _in_use,
        errors.PlateTaken.code: _plate,
        errors.PhotoRefused.code: _photo,
        errors.AlreadyAsked.code: _asked,
        errors.PriceChanged.code: Message(
            tr("The price has changed meanwhile. Nothing was booked."), NextStep.SEARCH_AGAIN
        ),
        errors.WrongStripeMode.code: _mode,
        **{code: Message(text) for code, text in (_PLAIN | OF_ACCOUNTS | OF_MOVEMENTS | OF_THE_COUNTER).items()},
        **{code: Message(text, NextStep.RETRY) for code, text in OF_WISHES.items()},
        WishRefused.code: _refused_wish,
        **dict.fromkeys(RENTER_CODES, _renter),
        **dict.fromkeys(PIN_CODES, lambda problem: Message(pin_sentence(problem))),
        errors.Told.code: _own_words,
        errors.Misconfigured.code: _own_words,
        PaperRefused.code: _own_words,
        errors.ServersFailed.code: _away,
        errors.CopyOutOfReach.code: Message(
            tr("The copy on this computer cannot be used now. The disk may be full, or another program holds it."),
            NextStep.RETRY,
        ),
        errors.Contended.code: Message(tr("Somebody else is being served for this car right now."), NextStep.RETRY),
        errors.Overtaken.code: Message(tr("This was changed on another desk meanwhile."), NextStep.RETRY),
        errors.Unavailable.code: _away,
    }
)

#: Codes that have words of their own; a test holds this complete over the classes of ``errors``.
TOLD = _SENTENCES.keys() | {errors.PeriodTaken.code, ClosedThen.code}


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
    "counted",
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
    "rate",
    "say",
    "unclear_amount",
    "whole",
    "zone_line",
    "zone_name",
    "zone_note",
]
