"""Test payments and live ones never meet: the firm has one mode, and a key of the other is not used.

What the firm's mode is read with tells too whether this program fits the stored shapes at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import LookingBack, WrongStripeMode
from engine.ports.local import Clock, DeploymentRecord
from engine.ports.payments import PaymentGateway


@dataclass(frozen=True, slots=True)
class ModeGuard:
    """Without it a desk with a test key in a live firm would give cars away for the test card."""

    deployment: DeploymentRecord
    gateway: PaymentGateway
    clock: Clock

    async def begin(self, actor: Actor) -> None:
        """At the start of an engine: the first admin's or worker's key settles the firm's mode.

        Raises:
            WrongStripeMode: The key is of the other mode, or nobody who may has recorded one.
            ProgramTooOld, DatabaseTooOld: The stored shapes are of another release.
        """
        firm, own = await self.deployment.stripe_mode(), self.gateway.mode
        if own is not None and firm is None and actor.may(Deed.RECORD_STRIPE_MODE):
            await self.deployment.record_stripe_mode(own, actor.account, self.clock.now())
        await self.must_fit()

    async def must_know_payments(self) -> None:
        """Before a car is promised: in a restored database it may have been paid for after the back-up.

        Raises:
            LookingBack: The payments made since are not looked for yet.
        """
        back_to = await self.deployment.looking_back()
        if back_to is not None:
            raise LookingBack(back_to)

    async def must_fit(self) -> None:
        """Before each step at Stripe, since the firm may have gone live, or on to another release, since the start.

        Raises:
            WrongStripeMode, ProgramTooOld, DatabaseTooOld: As ``begin``.
        """
        firm, own = await self.deployment.stripe_mode(), self.gateway.mode
        if own is not None and firm is not own:
            raise WrongStripeMode(firm or "", own)
