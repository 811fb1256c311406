"""What a payment that a restored database lacks is called, and what is asked before its money goes back."""

from __future__ import annotations

from datetime import datetime, tzinfo

from desktop.dialogs import About, Amount, Question
from desktop.words.messages import Message, amount, booking_number, branch_time, desk_zone, period_text, say
from engine.domain.booking.restored import Outcome, RestoredCase
from engine.domain.shared.errors import DriveSphereError, MoveRefused
from engine.words.tr import tr

UNKNOWN_CAR = tr("Car not known")
_DECIDED = frozenset({Outcome.BOOKED, Outcome.GIVEN_BACK})


def zone_of(case: RestoredCase) -> tzinfo:
    return desk_zone() if case.branch is None else case.branch.clock


def about(case: RestoredCase) -> About:
    number, car = booking_number(case.payment.booking_id), case.car
    if car is None:
        return About(UNKNOWN_CAR, number=number)
    return About(car.title, car.plate, "", number, car.body.value, car.colour)


def restored_line(case: RestoredCase) -> str:
    """To be told apart in a list: the car, else the booking that there was."""
    return booking_number(case.payment.booking_id) if case.car is None else f"{case.car.plate} · {case.car.title}"


def period_of(case: RestoredCase) -> str:
    """Empty where Stripe was not told."""
    stay = case.payment.stay
    return "" if stay is None else period_text(stay.period, zone_of(case), desk=desk_zone())


def paid_of(case: RestoredCase, now: datetime) -> str:
    if (at := case.payment.paid_at) is not None:
        return branch_time(at, desk_zone(), now=now)
    return tr("Before {paid_before}", paid_before=branch_time(case.paid_before, desk_zone(), now=now))


def what_happened(case: RestoredCase, now: datetime) -> str:
    """In three sentences: the database is older, this was paid, and whether the car is kept."""
    if case.back_to is None:
        restored = tr("The database was restored from a back-up and went back in time.")
    else:
        restored = tr(
            "The database was restored from a back-up and went back in time to {back_to}.",
            back_to=branch_time(case.back_to, desk_zone(), now=now),
        )
    paid = tr("This payment was made since then, and its booking was lost.")
    if case.payment.stay is None:
        kept = tr("Nobody knows which car it was for, so its money can only go back.")
    elif case.car is None:
        kept = tr("The back-up has no such car, so its money can only go back.")
    elif case.payment.claimed:
        kept = tr("The car is kept for it until you decide.")
    else:
        kept = tr("The car is not kept for it: it is promised to somebody else, or the rental is over.")
    return f"{restored} {paid} {kept}"


def to_give_back(case: RestoredCase, now: datetime) -> Question:
    times = [Amount(tr("Paid"), paid_of(case, now))]
    car = tr(" The car is free for others at once.") if case.car is not None and case.payment.claimed else ""
    return Question(
        tr("Give this money back?"),
        tr("All of it goes back to the card it came from.{car}", car=car),
        tr("Give back {amount}", amount=amount(case.payment.amount)),
        tr("Keep the payment"),
        when=period_of(case),
        about=about(case),
        amounts=(*times, Amount(tr("Refund now"), amount(case.payment.amount), strong=True)),
        grave=True,
        final=True,
    )


def refused(problem: DriveSphereError, case: RestoredCase, now: datetime) -> Message:
    """As everywhere, but for what only happens here."""
    told = say(problem, zone_of(case), now=now)
    if isinstance(problem, MoveRefused):
        if problem.current in _DECIDED:
            return Message(tr("Somebody decided on this payment meanwhile. The list is up to date."))
        return Message(tr("The price that was paid is not the one of these days. Look at the payment in Stripe."))
    return told
