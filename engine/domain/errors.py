"""Everything that can go wrong, on one page.

DriveSphereError
├── RuleBroken               understood and refused; asking again changes nothing
│   ├── InvalidPeriod        naive, reversed, too long, or in the past
│   ├── InvalidMoney         an amount that is no amount of that currency
│   ├── CurrencyMismatch     two currencies in one sum
│   ├── InvalidText          a text field that is empty, too long or holds control characters
│   ├── Forbidden            the actor's role or branch does not allow it
│   ├── NotFound             no record with that id
│   ├── CarNotRentable       in maintenance or retired
│   ├── PeriodTaken          a blocking booking overlaps (409)
│   ├── AlreadyAsked         this press of "Book" has been served before (409)
│   ├── PriceChanged         the price shown is no longer the price
│   ├── MoveRefused          the booking's state machine has no such move
│   ├── PaymentMismatch      Stripe's facts are not those of the booking
│   ├── PaymentRefused       Stripe understood the request and said no
│   ├── SignInRefused        name or password is wrong
│   ├── AccountDisabled      the account exists and may do nothing
│   └── Misconfigured        a setting, a folder or a server that cannot work as it is
├── Contended                somebody else is being served for this car right now (423)
├── Overtaken                the record was changed by somebody else since it was read
└── Unavailable              mongodb, redis or stripe did not answer
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class DriveSphereError(Exception):
    """Root of the tree.

    Attributes:
        code: Stable; what the window, the log and the tests look at.
        retryable: Whether the same request may succeed a moment later.
    """

    code: ClassVar[str] = "unknown"
    retryable: ClassVar[bool] = False


class RuleBroken(DriveSphereError):
    code = "rule"


class InvalidPeriod(RuleBroken):
    code = "period.invalid"


class InvalidMoney(RuleBroken):
    code = "money.invalid"


class CurrencyMismatch(RuleBroken):
    code = "money.currency"


class InvalidText(RuleBroken):
    code = "text.invalid"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field, self.problem = field, problem


class Forbidden(RuleBroken):
    code = "account.forbidden"


class NotFound(RuleBroken):
    code = "not_found"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} with the id {key!r}")
        self.kind, self.key = kind, key


class CarNotRentable(RuleBroken):
    code = "car.not_rentable"

    def __init__(self, car_id: str) -> None:
        super().__init__(f"car {car_id} is not for rent at present")
        self.car_id = car_id


class PeriodTaken(RuleBroken):
    """The car is somebody else's.

    Attributes:
        until: When the last booking in the way ends, if it is known (UTC); in the past for one that is overdue.
        booking_ids: The bookings in the way.
    """

    code = "booking.period_taken"

    def __init__(self, car_id: str, until: datetime | None = None, booking_ids: tuple[str, ...] = ()) -> None:
        super().__init__(f"car {car_id} is taken for that period")
        self.car_id, self.until, self.booking_ids = car_id, until, booking_ids


class AlreadyAsked(RuleBroken):
    """Attributes: ``booking_id`` is the booking that the first request made or is making."""

    code = "booking.already_asked"

    def __init__(self, booking_id: str) -> None:
        super().__init__(f"already asked for as booking {booking_id}")
        self.booking_id = booking_id


class PriceChanged(RuleBroken):
    code = "booking.price_changed"


class MoveRefused(RuleBroken):
    code = "booking.move"

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"a booking that is {current} cannot become {wanted}")
        self.current, self.wanted = current, wanted


class PaymentMismatch(RuleBroken):
    code = "payment.mismatch"


class PaymentRefused(RuleBroken):
    """Stripe's considered "no": nothing was done, and the same request will be refused again.

    Attributes:
        param: The request field Stripe names, for example ``expires_at``; empty if none.
        stripe_code: Stripe's machine-readable error code; empty if none.
        status: HTTP status of the answer.
    """

    code = "payment.refused"

    def __init__(self, message: str, *, param: str = "", stripe_code: str = "", status: int = 0) -> None:
        super().__init__(message)
        self.param, self.stripe_code, self.status = param, stripe_code, status


class SignInRefused(RuleBroken):
    code = "account.sign_in"


class AccountDisabled(RuleBroken):
    code = "account.disabled"


class Misconfigured(RuleBroken):
    """The message is a sentence for the person, with what to do."""

    code = "config"


class Contended(DriveSphereError):
    code = "contended"
    retryable = True


class Overtaken(DriveSphereError):
    code = "overtaken"
    retryable = True


class Unavailable(DriveSphereError):
    """Attributes: ``server`` is one of ``mongodb``, ``redis``, ``stripe``, ``embedded``."""

    code = "unavailable"
    retryable = True

    def __init__(self, server: str, detail: str = "") -> None:
        super().__init__(f"{server} did not answer{': ' + detail if detail else ''}")
        self.server, self.detail = server, detail
