"""What is said of a car that cannot be handed over now, nor be let go of."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.agreement.checks import HandOverChecked
from engine.domain.agreement.closing import AgreementClosed, BalanceOpen, Invoiced
from engine.domain.agreement.reading import ReadingUnlikely
from engine.domain.booking.balance import NothingOpen
from engine.domain.booking.handing_over import NoLicence, NotReady, StillOut, TooEarly
from engine.domain.booking.paying import PayFirst
from engine.domain.counter.shift import NoShift, ShiftOpen
from engine.words.tr import tr

#: Code -> what happened, and what to do next.
OF_THE_COUNTER = MappingProxyType(
    {
        StillOut.code: tr("Another renter still has this car. Take it back first, or move the booking."),
        NoLicence.code: tr(
            "The renter's driving licence is not written down yet. Write it on the renter's page, then hand over."
        ),
        NotReady.code: tr("This car is promised to somebody else until shortly before. Hand it over later."),
        PayFirst.code: tr("The pick-up is too far away to be paid at the counter. Let the renter pay first."),
        ReadingUnlikely.code: tr("The kilometres do not follow from those before. Read them again, or say why."),
        NothingOpen.code: tr("That is more than is open here. What you see now is up to date."),
        BalanceOpen.code: tr("Something is still to be paid or given back. What you see now is up to date."),
        AgreementClosed.code: tr("This rental is closed. An administrator has to open it again before money moves."),
        Invoiced.code: tr("What is charged stands on an invoice. Give that back first, on the booking's papers."),
        HandOverChecked.code: tr("Something is not as the firm wants it before a car goes out. Look at it again."),
        NoShift.code: tr("No shift is open for the drawer, or it is being counted. Open one on the page Shift."),
        ShiftOpen.code: tr("This drawer has a shift that was not closed. Close that one first."),
        TooEarly.code: tr("The renter may still come. Nobody is given up before four hours have passed."),
    }
)
