"""What can go wrong with a renter; part of the tree in ``shared.errors``."""

from __future__ import annotations

from datetime import datetime

from engine.domain.people.renters import Block, Twin
from engine.domain.shared.errors import Overtaken, RuleBroken


class RenterBlocked(RuleBroken):
    """Nothing new is booked for this renter."""

    code = "renter.blocked"

    def __init__(self, renter_id: str, block: Block) -> None:
        super().__init__(f"renter {renter_id} is blocked since {block.since.isoformat()}")
        self.renter_id, self.block = renter_id, block


class RenterKnown(RuleBroken):
    """Somebody with the same e-mail address or telephone is known already; nothing was stored."""

    code = "renter.known"

    def __init__(self, twins: tuple[Twin, ...]) -> None:
        super().__init__(f"{len(twins)} renters have this e-mail address or telephone")
        self.twins = twins


class RenterOvertaken(Overtaken):
    """Somebody else changed the renter since it was read.

    Attributes:
        by: Whose change it was; empty where nobody noted it.
        at: When (UTC).
    """

    code = "renter.overtaken"

    def __init__(self, renter_id: str, by: str = "", at: datetime | None = None) -> None:
        super().__init__(f"renter {renter_id} was changed by {by or 'somebody else'}")
        self.renter_id, self.by, self.at = renter_id, by, at


class RenterMerged(RuleBroken):
    """The renter is merged into another one already. Attributes: ``into`` is who it is now."""

    code = "renter.merged"

    def __init__(self, renter_id: str, into: str) -> None:
        super().__init__(f"renter {renter_id} is merged into {into}")
        self.renter_id, self.into = renter_id, into


class RenterHasAccount(RuleBroken):
    """Somebody signs in as the renter who should go. Attributes: ``account`` is the name."""

    code = "renter.has_account"

    def __init__(self, renter_id: str, account: str) -> None:
        super().__init__(f"renter {renter_id} signs in as {account}")
        self.renter_id, self.account = renter_id, account
