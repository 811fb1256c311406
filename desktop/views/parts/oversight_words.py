"""How the admin's pages say what the engine names."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import QLocale

from desktop.theme.tokens import Tone
from desktop.words.figures import counted, locale
from desktop.words.messages import booking_number
from engine.domain.booking.booking import BookingId
from engine.domain.firm.audit import IDS, AuditRow
from engine.domain.health.health import HealthArea, Level
from engine.words.tr import tr

LEVELS = MappingProxyType(
    {Level.GOOD: tr("Good"), Level.UNKNOWN: tr("Not seen"), Level.WARNING: tr("Look"), Level.BAD: tr("Bad")}
)
LEVEL_TONES = MappingProxyType(
    {Level.GOOD: Tone.POSITIVE, Level.UNKNOWN: Tone.NEUTRAL, Level.WARNING: Tone.WARNING, Level.BAD: Tone.DANGER}
)
AREAS = MappingProxyType(
    {
        HealthArea.DATABASE: tr("Database"),
        HealthArea.CACHE: tr("Cache"),
        HealthArea.STRIPE: tr("Stripe"),
        HealthArea.SWEEPER: tr("Sweeper"),
        HealthArea.SCHEMA: tr("Validators, indexes, roles"),
        HealthArea.OVERLAPS: tr("Double bookings"),
        HealthArea.CLAIMS: tr("Claims on cars"),
        HealthArea.ROWS: tr("Shapes of records"),
        HealthArea.TERMS: tr("Time zones of cars"),
        HealthArea.LEDGER: tr("Ledger"),
        HealthArea.RECONCILE: tr("Stripe's books"),
        HealthArea.AGREEMENTS: tr("Agreements"),
        HealthArea.MARKS: tr("Marks on cars"),
        HealthArea.SHIFTS: tr("Drawers"),
        HealthArea.PAPERS: tr("Papers"),
        HealthArea.BACKUP: tr("Back-up"),
        HealthArea.RESTORED: tr("Restored"),
        HealthArea.VERSIONS: tr("Versions"),
    }
)
_ROOMS = MappingProxyType(
    {
        "account": tr("Account"),
        "booking": tr("Booking"),
        "branch": tr("Branch"),
        "car": tr("Car"),
        "request": tr("Request"),
        "settings": tr("Rules"),
        "renter": tr("Renter"),
    }
)
_LONGEST = 120


def verb_text(what: str) -> str:
    """``car.retired`` as ``Car retired``."""
    room, _, verb = what.partition(".")
    return f"{_ROOMS.get(room, room.capitalize())} {verb.replace('_', ' ')}".strip()


def strange_rows(count: int, newest: str) -> str:
    """What an administrator is told of records that are not as the program writes them."""
    if not newest:
        found = counted("{count} record", "{count} records", count)
        return tr(
            "In the last days a worker found {found} written past the program. The audit names them: watch.found.",
            found=found,
        )
    cut = newest if len(newest) <= _LONGEST else f"{newest[:_LONGEST]}…"
    return tr("Written past the program: {cut}", cut=cut)


def subject_text(subject: str) -> str:
    """``car:car-12`` as ``car car-12``."""
    return subject.replace(":", " ", 1)


def subject_name(row: AuditRow) -> str:
    """What was changed, as people call it; its id where it has no name."""
    kind, _, identity = row.subject.partition(":")
    name = row.names.get(row.subject, "")
    if kind == "booking":
        return " ".join((kind, booking_number(BookingId(identity)), name)).strip()
    return f"{kind} {name}" if name else subject_text(row.subject)


def who_name(row: AuditRow) -> str:
    return row.name_of("account", row.by)


def value_text(row: AuditRow, name: str, value: str) -> str:
    """A fact's value, with names for ids."""
    if name == "photos":
        return counted("{count} photo", "{count} photos", len(value.split()))
    return row.name_of(IDS[name], value) if name in IDS and value else value


def subject_of(typed: str) -> str:
    """``car car-12``, as ``subject_text`` shows it, as ``car:car-12``; what is stored may be typed as well."""
    text = typed.strip()
    return text if ":" in text else text.replace(" ", ":", 1)


def field_text(name: str) -> str:
    return name.replace("_", " ").capitalize()


def month_short(month: str) -> str:
    """``2026-11`` as ``Nov``."""
    return locale().standaloneMonthName(int(month[5:]), QLocale.FormatType.ShortFormat)


def month_name(month: str) -> str:
    return f"{locale().standaloneMonthName(int(month[5:]))} {month[:4]}"
