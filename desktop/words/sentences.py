"""Sentences for problems that need nothing but a sentence; ``messages`` says them."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking import changed_car, wish_errors
from engine.domain.booking.unbelieved import RefundNotMade
from engine.domain.booking.wish import Refusal
from engine.domain.health import backup
from engine.domain.money.payment import NoStripeKey
from engine.domain.shared import errors
from engine.domain.shared.damage import Damaged

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


_ZONE_UNKNOWN = (
    "The time zone of this branch is newer than this program, so no car can be promised there from here. "
    "Update DriveSphere on this computer."
)
OF_WISHES = MappingProxyType(
    {
        wish_errors.NobodyCarries.code: (
            "No desk is open that could see to this just now. Nothing was booked or changed; please try again when the "
            "branch is open, or call it."
        ),
        wish_errors.WishUnanswered.code: (
            "The desk that was to see to this has not answered. Trying again is safe: it is never done twice."
        ),
    }
)
NOT_UNDERSTOOD = "The desks do not understand this program. It may have to be updated."
#: Why a wish was not tried -> what to do.
REFUSED_WISHES: MappingProxyType[str, str] = MappingProxyType(
    {
        Refusal.SIGNATURE: "The desks do not know this account's key. Ask an administrator for a new password.",
        Refusal.KEY: "This account has no key to ask desks with. Ask an administrator for a new password.",
        Refusal.ACCOUNT: "This account may not book at present. Ask an administrator.",
        Refusal.RENTER: "This account books for nobody else.",
        Refusal.EXPIRED: "No desk saw to this in time, so nothing was done. Please try again.",
        Refusal.USED: "This was asked for already. Please begin anew.",
        Refusal.FULL: "The desks have too much to do just now. Please try again in a minute.",
    }
)
OF_ACCOUNTS = MappingProxyType(
    {
        errors.SignInRefused.code: "The name or the password is not right.",
        errors.ProgramTooOld.code: (
            "This program is older than the firm's database, so it may not write there. Install the newer release."
        ),
        errors.DatabaseTooOld.code: (
            "The firm's database is of an older release, or is being brought up to this one. "
            "Its administrator runs: drivesphere provision"
        ),
        errors.AccountDisabled.code: "This account is disabled. Ask an administrator to enable it.",
        errors.AccountChanged.code: "An administrator changed what this account may do. Please sign in again.",
        errors.PasswordMustChange.code: "This is a one-time password: choose one of your own.",
        errors.AccountTaken.code: "There is an account of this name already. Choose another.",
        errors.OwnAccount.code: "Nobody changes this about the own account. Ask another administrator.",
        errors.LastAdmin.code: "This is the last administrator. Make somebody else one first.",
        errors.AlreadyRequested.code: "Somebody asked with this e-mail address already. It is being decided.",
        errors.UnknownZone.code: _ZONE_UNKNOWN,
        errors.RequestsFull.code: "Too many requests wait at present. Ask an administrator directly.",
    }
)

#: Told before a car is held, too.
NO_KEY = "This desk has no Stripe key, so no payment page can be opened here. Have it paid at a desk that has one."
PLAIN = MappingProxyType(
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
        errors.CopyUnusable.code: "The copy on this computer is damaged. Signing in makes it anew.",
    }
)
