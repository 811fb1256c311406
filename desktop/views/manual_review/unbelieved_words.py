"""What is said of a booking that is not believed, and what is asked before its car or its money goes."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.dialogs import About, Amount, Question
from desktop.viewmodels.manual_review.unbelieved import UnbelievedRow
from desktop.views.parts.booking_questions import about as about_booking
from desktop.views.parts.doubt_words import doubt_alone
from desktop.words.messages import Message, amount, booking_number, branch_time, desk_zone, period_text, say
from engine.domain.booking.belief import Doubt
from engine.domain.booking.unbelieved import KeptCar, UnbelievedCase
from engine.domain.money.money import Money
from engine.domain.shared import errors
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_WAITS = tr("No money moves until you decide.")
LET_GO, KEEP_MONEY = tr("Let the car go"), tr("Give nothing back")


def about_row(row: UnbelievedRow) -> About:
    """Before anything was looked up."""
    if row.case is not None:
        return about_booking(row.case.booking)
    return About(number=booking_number(row.booking_id))


def about(found: UnbelievedCase) -> About:
    told = about_booking(found.booking)
    return About(told.car, told.plate, told.renter, told.number)


def why(row: UnbelievedRow, found: UnbelievedCase | None) -> str:
    """Why it is here."""
    damaged = found.stored.damaged if found is not None else row.damaged
    if damaged is not None:
        return f"{doubt_alone(Doubt.DAMAGED)} {damaged.reason[:1].upper()}{damaged.reason[1:]}. {_WAITS}"
    code = found.doubt if found is not None else row.case.code if row.case is not None else ""
    return f"{doubt_alone(code)} {_WAITS}"


def when(found: UnbelievedCase) -> str:
    return period_text(found.booking.period, shown_zone(found.booking.zone), desk=desk_zone())


def kept_cars(found: UnbelievedCase) -> str:
    """Which cars are kept from everybody else."""
    cars = found.stored.cars
    if not cars:
        return tr("No car is kept for it.")
    return tr("Kept for it: {car}.", car="; ".join(_car(car, found) for car in cars))


def _car(car: KeptCar, found: UnbelievedCase) -> str:
    return tr(
        "{car}, until {ends_at}", car=car.label, ends_at=branch_time(car.period.ends_at, shown_zone(found.booking.zone))
    )


def money_lines(found: UnbelievedCase) -> tuple[Amount, ...]:
    """As Stripe tells it now."""
    money = found.money
    lines = [
        Amount(tr("Payment page"), tr("can still be paid") if money.pages else tr("closed, or none")),
        Amount(tr("Held on the card"), amounts(money.held)),
        Amount(tr("Taken"), amounts(money.taken)),
        Amount(
            tr("Given back before"),
            tr(
                "{given_back}{what}",
                given_back=amounts(money.given_back),
                what=tr(" (on its way)") if money.on_its_way else "",
            ),
        ),
        Amount(tr("Would be given back"), amounts(money.left), strong=True),
    ]
    return tuple(lines)


def amounts(sums: Sequence[Money]) -> str:
    return " + ".join(map(amount, sums)) or tr("nothing")


def give_back_label(found: UnbelievedCase | None) -> str:
    """Where all went back and only the books lack it, the key writes it down."""
    if found is None or not found.money.taken:
        return tr("Give the money back")
    return tr("Give back {left}", left=amounts(found.money.left)) if found.money.left else tr("Write down the refund")


def let_go_label(found: UnbelievedCase | None) -> str:
    return KEEP_MONEY if found is not None and not found.keeps_car else LET_GO


def to_let_go(found: UnbelievedCase, reason: str) -> Question:
    money = found.money
    what = [tr("Its payment page is closed.")] if money.pages else []
    what += [tr("{held} held on the card are let go.", held=amounts(money.held))] if money.held else []
    what += [tr("The car is free for others at once.")] if found.keeps_car else []
    what += [tr("{left} stay with the firm.", left=amounts(money.left))] if money.left else []
    what += [tr("It goes from the list; the audit keeps the reason.")]
    return Question(
        tr("Let this car go?") if found.keeps_car else tr("Give nothing back?"),
        " ".join(what),
        let_go_label(found),
        tr("Leave it on the list"),
        when=when(found),
        about=about(found),
        amounts=(Amount(tr("Reason"), reason), Amount(tr("Stays with the firm"), amounts(money.left), strong=True)),
        grave=True,
        final=True,
    )


def to_give_back(found: UnbelievedCase) -> Question:
    car = tr("The car is free for others at once. ") if found.keeps_car else ""
    return Question(
        tr("Give this money back?") if found.money.left else tr("Write down this refund?"),
        tr(
            "All that Stripe has taken for it goes back to the card it came from. {car}The audit keeps the reason.",
            car=car,
        ),
        give_back_label(found),
        tr("Leave it on the list"),
        when=when(found),
        about=about(found),
        amounts=(
            Amount(tr("Taken"), amounts(found.money.taken)),
            Amount(tr("Refund now"), amounts(found.money.left), strong=True),
        ),
        grave=True,
        final=True,
    )


def to_lose(row: UnbelievedRow, reason: str) -> Question:
    return Question(
        tr("Leave without deciding?"),
        tr("What you found out is not kept anywhere yet and would be lost."),
        tr("Leave, lose the reason"),
        tr("Go on deciding"),
        about=about_row(row),
        amounts=(Amount(tr("Reason"), reason),),
        grave=True,
        final=True,
    )


def refused(problem: errors.DriveSphereError) -> Message:
    """As everywhere, but for what only happens here."""
    if isinstance(problem, errors.MoveRefused):
        return Message(tr("Nothing is wrong with this booking any more: DriveSphere goes on with it by itself."))
    if isinstance(problem, errors.Forbidden):
        return Message(
            tr(
                "This desk's Stripe key may not do this, or it has none. Decide at a desk whose key may read and "
                "refund."
            )
        )
    return say(problem)
