"""How fields of forms, roles, kinds of cars, orders of lists and bookings are called."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking.booking import BookingId
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel, Transmission
from engine.domain.car.catalogue import CarOrder
from engine.domain.people.people import Role
from engine.words.tr import tr

#: Letters of a booking's number that are read out in one breath.
_GROUP = 4

FIELDS = MappingProxyType(
    {
        "name": tr("Name"),
        "pin": tr("The PIN"),
        "new_pin": tr("The PIN"),
        "email": tr("E-mail"),
        "phone": tr("Phone"),
        "licence": tr("Licence number"),
        "born": tr("Born on"),
        "licence_since": tr("Licence held since"),
        "licence_until": tr("Licence holds until"),
        "search": tr("Search text"),
        "plate": tr("Plate"),
        "branch_id": tr("Branch"),
        "brand": tr("Brand"),
        "model": tr("Model"),
        "year": tr("Year"),
        "body": tr("Body"),
        "fuel": tr("Fuel"),
        "transmission": tr("Gears"),
        "seats": tr("Seats"),
        "country": tr("Registered in"),
        "daily_rate": tr("Daily rate"),
        "odometer_km": tr("Odometer"),
        "full": tr("How full it is"),
        "colour": tr("Colour"),
        "reason": tr("Reason"),
        "said": tr("The reason in words"),
        "owner": tr("Owner"),
        "week": tr("The branch"),
        "special": tr("The special days"),
        "pickup": tr("The fee"),
        "return": tr("The fee"),
        "key_box": tr("The fee"),
        "vat_id": tr("VAT id"),
        "iban": tr("IBAN"),
        "bic": tr("BIC"),
        "register": tr("Register"),
        "terms": tr("The terms"),
        "code": tr("Code"),
        "rate": tr("Rate"),
        "note": tr("Note"),
        "zone": tr("Time zone"),
        "company": tr("Company"),
        "street": tr("Street and number"),
        "postcode": tr("Postcode"),
        "town": tr("Town"),
        "in_country": tr("Country"),
        "valid_from": tr("The moment"),
    }
)
ROLES = MappingProxyType(
    {
        Role.CLIENT: tr("Counter"),
        Role.OWNER: tr("Fleet owner"),
        Role.ADMIN: tr("Administrator"),
        Role.WORKER: tr("Head office"),
        Role.RENTER: tr("Renter"),
        Role.BACKUP: tr("Back-up"),
    }
)
BODIES = MappingProxyType({body: "SUV" if body is BodyType.SUV else body.value.capitalize() for body in BodyType})
FUELS = MappingProxyType({fuel: fuel.value.capitalize() for fuel in Fuel})
TRANSMISSIONS = MappingProxyType({gears: gears.value.capitalize() for gears in Transmission})
ORDERS = MappingProxyType(
    {
        CarOrder.PRICE: tr("Lowest price"),
        CarOrder.PRICE_DOWN: tr("Highest price"),
        CarOrder.NEWEST: tr("Newest car"),
        CarOrder.NAME: tr("Name"),
    }
)


def booking_number(booking_id: BookingId) -> str:
    """In groups of four, so that it can be read out: ``G8ET-6JAM-QZ04``. One with marks of its own stays as it is."""
    if not booking_id.isalnum():
        return booking_id
    return "-".join(booking_id[at : at + _GROUP] for at in range(0, len(booking_id), _GROUP))
