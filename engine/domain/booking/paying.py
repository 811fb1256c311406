"""What is refused about how a booking is paid."""

from __future__ import annotations

from engine.domain.shared.errors import RuleBroken


class PayFirst(RuleBroken):
    """The pick-up is too far away to be paid at the counter. Attributes: ``days`` is how far away it may be."""

    code = "booking.pay_first"

    def __init__(self, days: int) -> None:
        super().__init__(f"a car is promised without being paid {days} days ahead at most")
        self.days = days
