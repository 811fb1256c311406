"""What is said where an account may not in, or where something about accounts is refused."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.people import account_errors
from engine.domain.shared import errors
from engine.words.tr import tr

#: Code -> what is said.
OF_ACCOUNTS = MappingProxyType(
    {
        errors.SignInRefused.code: tr("The name or the password is not right."),
        errors.ProgramTooOld.code: (
            tr("This program is older than the firm's database, so it may not write there. Install the newer release.")
        ),
        errors.DatabaseTooOld.code: (
            tr(
                "The firm's database is of an older release, or is being brought up to this one. "
                "Its administrator runs: drivesphere provision"
            )
        ),
        errors.AccountDisabled.code: tr("This account is disabled. Ask an administrator to enable it."),
        account_errors.AccountChanged.code: tr(
            "An administrator changed what this account may do. Please sign in again."
        ),
        errors.PasswordMustChange.code: tr("This is a one-time password: choose one of your own."),
        account_errors.AccountTaken.code: tr("There is an account of this name already. Choose another."),
        account_errors.OwnAccount.code: tr("Nobody changes this about the own account. Ask another administrator."),
        account_errors.LastAdmin.code: tr("This is the last administrator. Make somebody else one first."),
        account_errors.AlreadyRequested.code: tr(
            "Somebody asked with this e-mail address already. It is being decided."
        ),
        account_errors.RequestsFull.code: tr("Too many requests wait at present. Ask an administrator directly."),
    }
)
