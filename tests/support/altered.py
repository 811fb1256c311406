"""A booking with any of its fields changed, also those of its payment."""

from __future__ import annotations

from dataclasses import replace

from engine.domain.booking.booking import Booking

_OF_THE_PAYMENT = ("attempts", "refund", "trouble")


def altered(booking: Booking, **changes: object) -> Booking:
    """*booking* with *changes*; ``attempts``, ``refund`` and ``trouble`` are those of what the rental is paid by."""
    paid = {name: changes.pop(name) for name in _OF_THE_PAYMENT if name in changes}
    if "refund" in paid:
        refund = paid.pop("refund")
        paid["refunds"] = () if refund is None else (refund,)
    changed = replace(booking, **changes)
    return changed.with_payment(replace(changed.payment, **paid))
