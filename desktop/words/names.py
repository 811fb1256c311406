"""How fields of forms, roles, kinds of cars, orders of lists and bookings are called."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.booking.booking import BookingId
from engine.domain.car.car import BodyType, Fuel, Transmission
from engine.domain.car.catalogue import CarOrder
from engine.domain.people.people import Role

#: Letters of a booking's number that are read out in one breath.
_GROUP = 4

FIELDS = MappingProxyType(
    {
        "name": "Name",
        "pin": "The PIN",
        "new_pin": "The PIN",
        "email": "E-mail",
        "phone": "Phone",
        "licence": "Licence number",
        "search": "Search text",
        "plate": "Plate",
        "branch_id": "Branch",
        "brand": "Brand",
        "model": "Model",
        "year": "Year",
        "body": "Body",
        "fuel": "Fuel",
        "transmission": "Gears",
        "seats": "Seats",
        "country": "Registered in",
        "daily_rate": "Daily rate",
        "odometer_km": "Odometer",
        "colour": "Colour",
        "reason": "Reason",
        "said": "The reason in words",
        "owner": "Owner",
        "opens": "Opening time",
        "closes": "Closing time",
        "zone": "Time zone",
        "valid_from": "The moment",
    }
)
ROLES = MappingProxyType(
    {
        Role.CLIENT: "Counter",
        Role.OWNER: "Fleet owner",
        Role.ADMIN: "Administrator",
        Role.WORKER: "Head office",
        Role.RENTER: "Renter",
        Role.BACKUP: "Back-up",
    }
)
BODIES = MappingProxyType({body: "SUV" if body is BodyType.SUV else body.value.capitalize() for body in BodyType})
FUELS = MappingProxyType({fuel: fuel.value.capitalize() for fuel in Fuel})
TRANSMISSIONS = MappingProxyType({gears: gears.value.capitalize() for gears in Transmission})
ORDERS = MappingProxyType(
    {
        CarOrder.PRICE: "Lowest price",
        CarOrder.PRICE_DOWN: "Highest price",
        CarOrder.NEWEST: "Newest car",
        CarOrder.NAME: "Name",
    }
)


def booking_number(booking_id: BookingId) -> str:
    """In groups of four, so that it can be read out: ``G8ET-6JAM-QZ04``. One with marks of its own stays as it is."""
    if not booking_id.isalnum():
        return booking_id
    return "-".join(booking_id[at : at + _GROUP] for at in range(0, len(booking_id), _GROUP))
