"""What is refused of accounts and of requests for them; beside those of ``shared.errors``."""

from __future__ import annotations

from engine.domain.shared.errors import RuleBroken


class AccountChanged(RuleBroken):
    """Attributes: ``role`` is what the account works as now."""

    code = "account.changed"

    def __init__(self, role: str) -> None:
        super().__init__(f"the account works as {role} or elsewhere since this desk signed in")
        self.role = role


class AccountTaken(RuleBroken):
    code = "account.taken"

    def __init__(self, account: str) -> None:
        super().__init__(f"there is an account named {account}")
        self.account = account


class OwnAccount(RuleBroken):
    code = "account.own"


class LastAdmin(RuleBroken):
    code = "account.last_admin"


class AlreadyRequested(RuleBroken):
    code = "account.already_requested"


class RequestsFull(RuleBroken):
    code = "account.requests_full"
