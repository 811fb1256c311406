"""What can go wrong with a renter's wishes; where these stand in the tree, ``errors`` draws."""

from __future__ import annotations

from engine.domain.shared.errors import DriveSphereError, RuleBroken


class WishRefused(RuleBroken):
    """Attributes: ``why`` is a ``wish.Refusal``."""

    code = "wish.refused"

    def __init__(self, why: str) -> None:
        super().__init__(f"the wish was not tried: {why}")
        self.why = why


class NobodyCarries(DriveSphereError):
    code = "wish.nobody"
    retryable = True


class WishUnanswered(DriveSphereError):
    code = "wish.unanswered"
    retryable = True
