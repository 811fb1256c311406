"""What is asked about a booking before something happens to it that cannot be taken back."""

from __future__ import annotations

from datetime import datetime

from desktop.dialogs import About, Amount, Question
from desktop.words.booking_words import line_words, paid_words
from desktop.words.check_words import finding_words
from desktop.words.messages import amount, booking_number, branch_time, counted
from engine.domain.agreement.checks import Finding
from engine.domain.booking.booking import Booking
from engine.domain.booking.cancellation import RefundQuote
from engine.domain.car.car import Car
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

#: Holds named one by one when somebody leaves.
_NAMED = 3


def about(booking: Booking, car: Car | None = None) -> About:
    """*car* where it is at hand: a booking knows name and plate only."""
    body, colour = (car.body.value, car.colour) if car is not None and car.id == booking.car_id else ("", "")
    name = booking.car_label.rpartition(" · ")[0] or booking.car_label
    return About(name, booking.plate, booking.renter_name, booking_number(booking.id), body, colour)


def to_give_up(booking: Booking, now: datetime, car: Car | None = None) -> Question:
    return Question(
        tr("Give this booking up?"),
        tr("The payment page is closed and the car is free for others. A payment made meanwhile still counts."),
        tr("Give up, free the car"),
        tr("Keep the booking"),
        when=times_of(booking, now),
        about=about(booking, car),
        amounts=(Amount(tr("Not paid yet"), amount(booking.price)),),
        final=True,
    )


def to_cancel(booking: Booking, quoted: RefundQuote, now: datetime, car: Car | None = None) -> Question:
    back, kept = quoted.given_back, quoted.kept
    text = tr("The money goes back to the card it came from. The car is free for others at once.")
    if not back.minor:
        text = tr("By the rules nothing goes back to the renter. The car is free for others at once.")
    lines = [Amount(tr("Kept by the rules"), amount(kept))] if kept.minor else []
    return Question(
        tr("Cancel this booking?"),
        text,
        tr("Cancel and refund {back}", back=amount(back)) if back.minor else tr("Cancel without a refund"),
        tr("Keep the booking"),
        when=times_of(booking, now),
        about=about(booking, car),
        amounts=(
            Amount(tr("Price"), amount(booking.price)),
            *lines,
            Amount(tr("Refund now"), amount(back), strong=True),
        ),
        grave=True,
        final=True,
    )


def to_hand_over(
    booking: Booking, now: datetime, car: Car | None = None, findings: tuple[Finding, ...] = ()
) -> Question:
    """*findings* are told of, and it goes out in spite of them."""
    zone = shown_zone(booking.zone)
    lines = [Amount(line_words(line), amount(line.amount)) for line in booking.quote.lines]
    return Question(
        tr("Hand this car over?"),
        "\n".join(
            [
                *map(finding_words, findings),
                tr("The renter has {plate} from now on, until it is taken back.", plate=booking.plate),
            ]
        ),
        tr("Hand it over all the same") if findings else tr("Hand it over"),
        tr("Keep it here"),
        when=tr("Now, {now} · agreed {times}", now=branch_time(now, zone, now=now), times=times_of(booking, now)),
        about=about(booking, car),
        amounts=(*lines, Amount(tr("Price"), paid_words(booking), strong=True)),
        final=True,
    )


def to_let_go(booking: Booking, now: datetime, car: Car | None = None) -> Question:
    return Question(
        tr("Did nobody come for this car?"),
        tr("The car is free for others at once. By the rules nothing goes back to the renter."),
        tr("Nobody came"),
        tr("Wait longer"),
        when=times_of(booking, now),
        about=about(booking, car),
        amounts=(Amount(tr("Price"), paid_words(booking), strong=True),),
        grave=True,
    )


def to_promise_again(booking: Booking, now: datetime, car: Car | None = None) -> Question:
    return Question(
        tr("Did the renter come after all?"),
        tr("{plate} is promised to the renter again, if nobody else has it by now.", plate=booking.plate),
        tr("Promise it again"),
        tr("Leave the car free"),
        when=times_of(booking, now),
        about=about(booking, car),
    )


def to_take_back(booking: Booking, now: datetime, car: Car | None = None, *, itemised: bool = False) -> Question:
    """*itemised* where what it comes to is told beside it."""
    zone = shown_zone(booking.zone)
    due = branch_time(booking.period.ends_at, zone, now=now)
    early = now < booking.period.ends_at
    lines = [Amount(line_words(line), amount(line.amount)) for line in booking.quote.lines]
    return Question(
        tr("Take this car back?"),
        tr("The rental ends now, and {plate} can be given to the next renter.", plate=booking.plate),
        tr("Take it back"),
        tr("Leave it out"),
        when=tr(
            "Now, {now} · {what}, due {due}",
            now=branch_time(now, zone, now=now),
            what=tr("early") if early else tr("late"),
            due=due,
        ),
        about=about(booking, car),
        amounts=() if itemised else (*lines, Amount(tr("Price"), paid_words(booking), strong=True)),
        final=True,
    )


def to_go(holds: tuple[Booking, ...], now: datetime, *, leaving: bool) -> Question:
    """Signing out, or *leaving* the program, while cars are held for payments that have not come."""
    verb, stay = (tr("Leave DriveSphere"), tr("Stay here")) if leaving else (tr("Sign out"), tr("Stay signed in"))
    first = holds[0]
    lines = tuple(
        Amount(f"{hold.car_label}, {hold.renter_name}", f"{amount(hold.price)}, {_left(hold, now)}")
        for hold in holds[: _NAMED if len(holds) > 1 else 0]
    )
    rest = len(holds) - _NAMED
    more = counted(" And {count} more hold.", " And {count} more holds.", rest) if rest > 0 else ""
    waits = tr("A booking waits") if len(holds) == 1 else tr("{holds} bookings wait", holds=len(holds))
    ends = tr("Its hold goes on until it runs") if len(holds) == 1 else tr("Their holds go on until they run")
    return Question(
        tr("{verb} while {waits}{waits2} for payment?", verb=verb, waits=waits[0].lower(), waits2=waits[1:])
        if leaving
        else tr("{verb} with an open hold?", verb=verb),
        tr(
            "{waits} for payment.{more} {ends} out, and the payment page stays open in the browser.",
            waits=waits,
            more=more,
            ends=ends,
        ),
        verb,
        stay,
        when=f"{times_of(first, now)} · {_left(first, now)}" if len(holds) == 1 else "",
        about=about(first) if len(holds) == 1 else None,
        amounts=lines or (Amount(tr("Not paid yet"), amount(first.price)),),
    )


def _left(booking: Booking, now: datetime) -> str:
    minutes = max(int(booking.hold_left(now).total_seconds() // 60), 0)
    return (
        tr("held {minutes}", minutes=counted("{count} more minute", "{count} more minutes", minutes))
        if minutes
        else tr("held less than a minute more")
    )


def times_of(booking: Booking, now: datetime) -> str:
    """Pick-up and return, in the branch's time."""
    zone = shown_zone(booking.zone)
    starts, ends = (branch_time(at, zone, now=now) for at in (booking.period.starts_at, booking.period.ends_at))
    return tr("{starts} to {ends}", starts=starts, ends=ends)
