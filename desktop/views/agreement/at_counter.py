"""A car goes out or comes back at the counter: what has to be asked, wherever the window asks it.

API: await ask_hand_over(parent, booking, before, findings, now, car, marks=...) -> what is given along, None for a no.
await ask_car_back(parent, booking, known, now, by, car) -> what is given along with the return, or None for a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.dialogs import tell
from desktop.views.agreement.charges_part import Bill
from desktop.views.agreement.reading_form import ask_reading
from desktop.views.agreement.return_dialog import ask_return
from desktop.views.parts.booking_questions import to_hand_over, to_take_back
from desktop.words.check_words import findings_text
from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.charges import AS_PROPOSED, Due
from engine.domain.agreement.checks import Finding, Severity
from engine.domain.agreement.reading import ReadBefore
from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch, Car
from engine.domain.car.condition import CarMarks
from engine.domain.people.people import AccountName
from engine.words.tr import tr


async def ask_hand_over(
    parent: QWidget | None,
    booking: Booking,
    before: ReadBefore,
    findings: tuple[Finding, ...],
    now: datetime,
    car: Car | None = None,
    *,
    marks: CarMarks | None,
) -> tuple[object, ...] | None:
    """Reading, marks and in spite of which warnings it goes on, as ``RentalService.hand_over`` takes them.

    What the firm keeps the car here for is told, and nothing else is asked.
    """
    if blocking := [each for each in findings if each.severity is Severity.BLOCK]:
        title = tr("{plate} does not go out to {renter} like this", plate=booking.plate, renter=booking.renter_name)
        await tell(parent, title, findings_text(blocking))
        return None
    told = await ask_reading(parent, to_hand_over(booking, now, car, findings), before, marks, out=True)
    return None if told is None else (*told, frozenset(each.check for each in findings))


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """Of a car that comes back.

    Attributes:
        agreement: None where its rental has none that can be read.
        marks: None where they could not be read.
    """

    read: ReadBefore
    agreement: Agreement | None
    branches: tuple[Branch, ...] = ()
    marks: CarMarks | None = None


async def ask_car_back(
    parent: QWidget | None,
    booking: Booking,
    known: KnownBefore,
    now: datetime,
    by: AccountName,
    car: Car | None = None,
) -> tuple[object, ...] | None:
    """Reading, place, charges, marks, as ``RentalService.returned`` takes them; what it costs is told as it is read."""
    question = to_take_back(booking, now, car, itemised=known.agreement is not None)
    if known.agreement is None:
        read = await ask_reading(parent, question, known.read, known.marks)
        return None if read is None else (read[0], None, AS_PROPOSED, read[1])
    due = Due(booking.period.ends_at, booking.return_branch_id)
    bill = Bill(known.agreement, due, balance(booking).paid, known.branches, known.marks)
    told = await ask_return(parent, question, known.read, bill, now, by)
    return None if told is None else (told.reading, told.place_id, told.charging, told.marks)
