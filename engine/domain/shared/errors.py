"""What can go wrong, as a tree; what only one subject knows stands beside it.

DriveSphereError
├── RuleBroken               understood and refused; asking again changes nothing
│   ├── InvalidPeriod        naive, reversed, too long, or in the past
│   ├── UnknownZone          a time zone that this desk's table does not have
│   ├── InvalidMoney         an amount that is no amount of that currency
│   ├── NotChargeable        a price that Stripe does not take: too little, too much, a fraction
│   ├── CurrencyMismatch     two currencies in one sum
│   ├── InvalidText          a text field that is empty, too long or holds control characters
│   ├── Forbidden            the actor's role or branch does not allow it
│   ├── NotFound             no record with that id
│   ├── DamagedRow           a stored record that cannot be read here
│   ├── CarNotRentable       in maintenance or retired
│   ├── BranchInUse          cars stand there or bookings name it
│   ├── AlreadyHolds         rules that are in force cannot be withdrawn
│   ├── PlateTaken           another car has this plate
│   ├── PhotoRefused         a file that is no picture for a car
│   ├── PeriodTaken          a blocking booking overlaps (409)
│   ├── AlreadyAsked         this press of "Book" has been served before (409)
│   ├── PriceChanged         the price shown is no longer the price
│   ├── MoveRefused          the booking's state machine has no such move
│   ├── CarIsOut, NotAlike   a booking cannot go on with this car; in ``domain.booking.changed_car``
│   ├── those of booking.handing_over: a car cannot be handed over now, or be let go of
│   ├── ReadingUnlikely      kilometres do not follow from those before; in ``domain.agreement.reading``
│   ├── those of agreement.closing, agreement.checks: a rental that is closed, or is not to be; a car kept back
│   ├── NotHere         the car will stand elsewhere; in ``domain.car.places``
│   ├── PaymentMismatch      Stripe's facts are not those of the booking
│   ├── NotBelieved          the stored booking is not one that the program writes, so Stripe was not asked
│   ├── StrangeAddress       an address that is not Stripe's own, so no browser was opened
│   ├── BrowserNotOpened     the system opened no browser on a page; NoStripeKey: ``domain.money.payment``
│   ├── PaymentRefused       Stripe understood the request and said no
│   ├── WrongStripeMode      this desk's Stripe key is for test payments and the firm takes live ones, or the reverse
│   ├── ProgramTooOld        the stored shapes are of a later release than this program
│   ├── DatabaseTooOld       the stored shapes are of an earlier release; provisioning brings them up
│   ├── LookingBack          a restored database does not know yet which cars were paid for after the back-up
│   ├── SignInRefused        name or password is wrong
│   ├── AccountDisabled      the account exists and may do nothing
│   ├── PasswordMustChange   the password is a one-time password
│   ├── Told                 told by a code with its facts: InvalidPeriod, Misconfigured, ServersFailed and others
│   ├── those of health.backup, people.account_errors, people.copy_pin, people.renter_errors
│   ├── those of car.movement_errors, car.handing_over, booking.unbelieved, booking.paying, papers.errors
│   ├── those of booking.balance, counter.shift: money at the counter
│   ├── WishRefused          a renter's wish that was not even tried: wrong signature, too old, for somebody else
│   ├── NoKeyring            this computer keeps no secrets, so nothing that needs one is kept on it
│   ├── CopyUnusable         the stored copy here is damaged, or does not open with its key
│   ├── CopyOutOfReach       its file cannot be read or written now
│   └── Misconfigured        a setting, a folder or a server that cannot work as it is
├── Contended                somebody else is being served for this car right now (423)
├── NobodyCarries            no desk is open that could carry out what a renter wishes
├── WishUnanswered           a renter's wish was sent, and nobody has said yet what came of it
├── Overtaken                the record was changed by somebody else since it was read (of renters: who)
└── Unavailable              mongodb, redis or stripe did not answer; ServersFailed: those of the program itself
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from engine.domain.shared.remark import remark_of


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


class Told(RuleBroken):
    """What is wrong, without its words. Attributes: ``said`` is told by ``engine.words``."""

    code = "told"

    def __init__(self, what: str, /, **facts: object) -> None:
        self.said = remark_of(what, facts)
        super().__init__(str(self.said))


class InvalidPeriod(Told):
    code = "period.invalid"


class UnknownZone(RuleBroken):
    """Attributes: ``zone`` as it is stored."""

    code = "zone.unknown"

    def __init__(self, zone: str) -> None:
        super().__init__(f"the time zone {zone!r} is not known here")
        self.zone = zone


class InvalidMoney(RuleBroken):
    code = "money.invalid"


class NotChargeable(RuleBroken):
    """Attributes: ``reason`` is a value of ``charging.Uncharged``; ``limit_minor`` the least or largest amount."""

    code = "money.not_chargeable"

    def __init__(self, reason: str, currency: str, limit_minor: int | None = None) -> None:
        super().__init__(f"{reason} ({limit_minor} {currency})")
        self.reason, self.currency, self.limit_minor = reason, currency, limit_minor


class CurrencyMismatch(RuleBroken):
    code = "money.currency"


class InvalidText(RuleBroken):
    """Attributes: ``said`` is what is wrong with ``field``."""

    code = "text.invalid"

    def __init__(self, field: str, problem: str, /, **facts: object) -> None:
        self.field, self.said = field, remark_of(problem, facts)
        super().__init__(f"{field}: {self.said}")


class Forbidden(RuleBroken):
    """Attributes: ``role`` and ``deed``, where all accounts of that role may not do it; else empty."""

    code = "account.forbidden"

    def __init__(self, message: str = "", role: str = "", deed: str = "") -> None:
        super().__init__(message or f"{role} accounts may not {deed}")
        self.role, self.deed = role, deed


class NotFound(RuleBroken):
    code = "not_found"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} with the id {key!r}")
        self.kind, self.key = kind, key


class DamagedRow(RuleBroken):
    """A stored record that this program cannot read: damaged, hostile, or written by a newer one.

    Attributes:
        collection: Where it is stored.
        key: As much of its id as can be shown.
        reason: Which field, and what is wrong with it.
    """

    code = "record.damaged"

    def __init__(self, collection: str, key: str, reason: str) -> None:
        super().__init__(f"damaged: {key} ({collection}; {reason})")
        self.collection, self.key, self.reason = collection, key, reason


class CarNotRentable(RuleBroken):
    code = "car.not_rentable"

    def __init__(self, car_id: str) -> None:
        super().__init__(f"car {car_id} is not for rent at present")
        self.car_id = car_id


class BranchInUse(RuleBroken):
    """A branch cannot be given up yet.

    Attributes:
        cars: That stand there.
        bookings: That begin or end there and still keep a car.
        booking_ids: The first of them.
    """

    code = "branch.in_use"

    def __init__(self, branch_id: str, cars: int, bookings: int, booking_ids: tuple[str, ...] = ()) -> None:
        super().__init__(f"branch {branch_id} has {cars} cars and {bookings} bookings")
        self.branch_id, self.cars, self.bookings, self.booking_ids = branch_id, cars, bookings, booking_ids


class PlateTaken(RuleBroken):
    """Attributes: ``label`` names the car that has the plate."""

    code = "car.plate_taken"

    def __init__(self, car_id: str, label: str) -> None:
        super().__init__(f"the plate is that of {label} ({car_id})")
        self.car_id, self.label = car_id, label


class PhotoRefused(RuleBroken):
    """Attributes: ``problem`` is a ``photo.PhotoProblem``."""

    code = "photo.refused"

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class AlreadyHolds(RuleBroken):
    """Rules that hold, or will before every desk could know otherwise."""

    code = "settings.holds"


class PeriodTaken(RuleBroken):
    """The car is somebody else's.

    Attributes:
        until: When the last booking in the way ends, if it is known (UTC); in the past for one that is overdue.
        booking_ids: The bookings in the way; empty where something is that is none.
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


class NotBelieved(RuleBroken):
    """Attributes: ``doubt`` names what is wrong with the row; ``listed``, whether it is listed for a person."""

    code = "payment.not_believed"

    def __init__(self, booking_id: str, doubt: str) -> None:
        super().__init__(f"booking {booking_id} is not believed: {doubt}")
        self.doubt, self.listed = doubt, False


class StrangeAddress(RuleBroken):
    code = "payment.strange_address"


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


class WrongStripeMode(RuleBroken):
    """Attributes: ``firm`` is the mode that the firm has recorded, empty if none; ``key`` is that of this desk."""

    code = "payment.mode"

    def __init__(self, firm: str, key: str) -> None:
        super().__init__(f"the firm takes {firm or 'no'} payments, this Stripe key is for {key} ones")
        self.firm, self.key = firm, key


class ProgramTooOld(RuleBroken):
    """Attributes: ``schema`` is the version of the stored shapes, ``own`` the one that this program writes."""

    code = "schema.newer"

    def __init__(self, schema: int, own: int) -> None:
        super().__init__(f"schema {own}, stored {schema}")
        self.schema, self.own = schema, own


class DatabaseTooOld(RuleBroken):
    """Attributes: as for ``ProgramTooOld``."""

    code = "schema.older"

    def __init__(self, schema: int, own: int) -> None:
        super().__init__(f"schema {schema}, needed {own}")
        self.schema, self.own = schema, own


class LookingBack(RuleBroken):
    """Attributes: ``back_to`` is the moment to which the database went back (UTC)."""

    code = "booking.looking_back"

    def __init__(self, back_to: datetime) -> None:
        super().__init__(f"the database went back to {back_to:%Y-%m-%d %H:%M}; payments made since are looked for")
        self.back_to = back_to


class SignInRefused(RuleBroken):
    code = "account.sign_in"


class AccountDisabled(RuleBroken):
    code = "account.disabled"


class PasswordMustChange(RuleBroken):
    code = "account.password_must_change"


class Misconfigured(Told):
    code = "config"


class NoKeyring(RuleBroken):
    code = "copy.no_keyring"


class CopyUnusable(RuleBroken):
    code = "copy.unusable"


class CopyOutOfReach(RuleBroken):
    """The stored copy is no worse than it was, but its file cannot be used now: full disk, rights, another program."""

    code = "copy.out_of_reach"


class Contended(DriveSphereError):
    code = "contended"
    retryable = True


class Overtaken(DriveSphereError):
    code = "overtaken"
    retryable = True


#: Detail of an ``Unavailable`` server that showed a certificate from elsewhere.
UNTRUSTED = "certificate not trusted"


class Unavailable(DriveSphereError):
    """Attributes: ``server`` is one of ``mongodb``, ``redis``, ``stripe``, ``embedded``."""

    code = "unavailable"
    retryable = True

    def __init__(self, server: str, detail: str = "") -> None:
        super().__init__(f"{server} did not answer{': ' + detail if detail else ''}")
        self.server, self.detail = server, detail


class ServersFailed(Unavailable):
    """The program's own servers did not start. Attributes: ``said`` is why."""

    code = "unavailable.own"

    def __init__(self, what: str, /, **facts: object) -> None:
        self.said = remark_of(what, facts)
        super().__init__("embedded", str(self.said))
