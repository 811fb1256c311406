"""The demo firm's people: renters, owners and the accounts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from engine.domain.agreement.checks import CheckRules, Severity
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.bill_to import NOWHERE, BillTo
from engine.domain.people.people import AccountName, Renter, RenterId, Role
from engine.domain.people.renters import RenterFile
from engine.embedded.demo_tables import dice, rows

RENTERS = 120
#: Every so manieth renter has no address yet, and every so manieth of the others rents for a company.
_AWAY, _COMPANIES = 4, 9
#: Every so manieth renter's licence has run out, and that of every so manieth has nobody looked at.
_RUN_OUT, _UNSEEN = 15, 10
#: Told of at a hand-over.
CHECKS = CheckRules(licence_valid=Severity.WARN, age=Severity.WARN, balance=Severity.WARN)
_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "\u0131": "i", "ø": "o", "'": "", " ": "."})


@dataclass(frozen=True, slots=True)
class DemoOwner:
    id: OwnerId
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the demo's sign-in screen offers; the passwords are public.

    Attributes:
        branch_id: The clerk's branch; None for the others.
        owner_id: The owner's fleet; None for the others.
        renter_id: Who the renter's own account books for; None for the others.
    """

    account: AccountName
    password: str
    role: Role
    name: str
    branch_id: BranchId | None
    owner_id: OwnerId | None
    renter_id: RenterId | None


def accounts() -> tuple[DemoAccount, ...]:
    return tuple(
        DemoAccount(
            account=AccountName(row["account"]),
            password=row["password"],
            role=Role(row["role"]),
            name=row["name"],
            branch_id=BranchId(row["branch_id"]) if row["branch_id"] else None,
            owner_id=OwnerId(row["owner_id"]) if row["owner_id"] else None,
            renter_id=RenterId(row["renter_id"]) if row["renter_id"] else None,
        )
        for row in rows("accounts")
    )


def owners() -> tuple[DemoOwner, ...]:
    return tuple(DemoOwner(OwnerId(row["id"]), row["name"], row["email"]) for row in rows("owners"))


def owner_deck() -> list[OwnerId]:
    """One owner for each car of the fleet, large owners as often as they have cars."""
    return [OwnerId(row["id"]) for row in rows("owners") for _ in range(int(row["share"]))]


def renters(seed: int, today: date) -> tuple[Renter, ...]:
    """Renters of eleven cultures; names are unique, so are the addresses made from them.

    The telephone numbers lie in ranges that regulators keep free for fiction: Ofcom +44 7700 900xxx,
    Bundesnetzagentur +49 30 23125xxx, ComReg +353 20 91xxxxx, ARCEP +33 6 3998xxxx, PTS +46 70 1740605-699.
    Cultures whose regulator keeps none use British ones.
    """
    rng, cultures, taken = dice(seed, "renters"), rows("names"), set[str]()
    known = [_renter(n, cultures[n % len(cultures)], rng, taken) for n in range(RENTERS)]
    seen = dice(seed, "licences")
    return tuple(_with_days(renter, n, seen, today) for n, renter in enumerate(known))


def _with_days(renter: Renter, n: int, rng: Random, today: date) -> Renter:
    """Born and licensed when people are; some licences have run out by *today*, and a few nobody has looked at."""
    years, day = rng.randrange(19, 74), timedelta(days=rng.randrange(365))
    born = date(today.year - years - 1, 1, 1) + day
    since = born.replace(year=born.year + rng.randrange(18, min(years, 30) + 1), day=1)
    until = today + timedelta(days=rng.randrange(200, 4_000))
    if n % _RUN_OUT == 0:
        until = today - timedelta(days=rng.randrange(1, 90))
    if n % _UNSEEN == 1:
        return renter
    return replace(renter, born=born.isoformat(), licence_since=since.isoformat(), licence_until=until.isoformat())


def _renter(n: int, culture: dict[str, str], rng: Random, taken: set[str]) -> Renter:
    given, family = culture["given"].split(), culture["family"].split()
    name = ""
    while not name or name in taken:
        name = f"{rng.choice(given)} {rng.choice(family)}"
    taken.add(name)
    return Renter(
        id=RenterId(f"re-{n + 1:03d}"),
        name=name,
        email=f"{_plain(name)}@example.{'org' if n % 3 else 'com'}",
        phone=f"{culture['dialling']}{10 + n // 11:02d}",
        licence=f"{culture['culture'].upper()}{rng.randrange(10**8, 10**9)}",
    )


def files(seed: int, renters: tuple[Renter, ...]) -> tuple[RenterFile, ...]:
    """As the firm keeps them: most have an address, and some a company."""
    rng, cultures = dice(seed, "addresses"), rows("names")
    homes = (_bill_to(n, cultures[n % len(cultures)], rng) for n in range(len(renters)))
    return tuple(RenterFile(renter, bill_to=home) for renter, home in zip(renters, homes, strict=True))


def _bill_to(n: int, culture: dict[str, str], rng: Random) -> BillTo:
    number, company = rng.randrange(1, 90), f"{rng.choice(culture['family'].split())} & Co"
    if (n + 1) % _AWAY == 0:
        return NOWHERE
    first = culture["culture"] in {"fr", "gb", "ie"}  # where the number of the house comes before the street
    street = f"{number} {culture['street']}" if first else f"{culture['street']} {number}"
    told = {name: culture[name] for name in ("postcode", "town", "in_country")}
    return BillTo(company=company if (n + 1) % _COMPANIES == 0 else "", street=street, **told)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return decomposed.encode("ascii", "ignore").decode()
