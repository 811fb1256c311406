"""What is said where an account may not in, or where something about accounts is refused."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.people import account_errors
from engine.domain.shared import errors

#: Code -> what is said.
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
        account_errors.AccountChanged.code: "An administrator changed what this account may do. Please sign in again.",
        errors.PasswordMustChange.code: "This is a one-time password: choose one of your own.",
        account_errors.AccountTaken.code: "There is an account of this name already. Choose another.",
        account_errors.OwnAccount.code: "Nobody changes this about the own account. Ask another administrator.",
        account_errors.LastAdmin.code: "This is the last administrator. Make somebody else one first.",
        account_errors.AlreadyRequested.code: "Somebody asked with this e-mail address already. It is being decided.",
        account_errors.RequestsFull.code: "Too many requests wait at present. Ask an administrator directly.",
    }
)
