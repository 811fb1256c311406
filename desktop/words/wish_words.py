"""What is said where a renter's account asks the firm's desks for something, and they do not see to it."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking import wish_errors
from engine.domain.booking.wish import Refusal
from engine.words.tr import tr

#: Code -> what is said; asking again is safe.
OF_WISHES = MappingProxyType(
    {
        wish_errors.NobodyCarries.code: (
            tr(
                "No desk is open that could see to this just now. Nothing was booked or changed; please try "
                "again when the branch is open, or call it."
            )
        ),
        wish_errors.WishUnanswered.code: (
            tr("The desk that was to see to this has not answered. Trying again is safe: it is never done twice.")
        ),
    }
)
NOT_UNDERSTOOD = tr("The desks do not understand this program. It may have to be updated.")
#: Why a wish was not tried -> what to do.
REFUSED_WISHES: MappingProxyType[str, str] = MappingProxyType(
    {
        Refusal.SIGNATURE: tr("The desks do not know this account's key. Ask an administrator for a new password."),
        Refusal.KEY: tr("This account has no key to ask desks with. Ask an administrator for a new password."),
        Refusal.ACCOUNT: tr("This account may not book at present. Ask an administrator."),
        Refusal.RENTER: tr("This account books for nobody else."),
        Refusal.EXPIRED: tr("No desk saw to this in time, so nothing was done. Please try again."),
        Refusal.USED: tr("This was asked for already. Please begin anew."),
        Refusal.FULL: tr("The desks have too much to do just now. Please try again in a minute."),
    }
)
