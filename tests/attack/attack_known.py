"""Why a cell that nobody notices does no harm."""

from __future__ import annotations

from fnmatch import fnmatchcase

from attack_cells import Cell

#: Collections whose every row holds for the whole firm, tried one at a time.
OF_ALL = ("settings.*", "deployment._id")
#: place (collection.field) -> why a hostile value there is nobody's business.
HARMLESS = {
    "account_requests.*": "anybody may ask; an administrator decides",
    "agreements.*": "a counter's own word of what was seen; car, times, state and price are compared with the booking",
    "audit.*": "told, not acted on; nothing is exempted by it",
    "backups.*": "Health's word on the last back-up; no booking hangs on it",
    "bookings.payments.0.attempts.0.captured_at": "before a capture nothing goes by it",
    "bookings.payments.0.attempts.0.payment_intent": "Stripe's own payment of the page is asked for",
    "bookings.payments.0.attempts.0.session_id": "its page is asked for at Stripe, by the frozen key",
    "bookings.payments.0.attempts.0.url": "Stripe's own address is opened (0026)",
    "bookings.booked_by": "a name beside the booking",
    "bookings.due_at": "times too far ahead count as now",
    "bookings.former_owners*": "by which whom it earned for finds it; what was earned is the ledger's",
    "bookings.history.0.by": "a name beside the booking",
    "bookings.history.0.reason*": "told, not acted on; what goes back is the rules'",
    "bookings.hold_until": "a hold that ends early lets go of the car; no money moves",
    "bookings.intent_key": "only tells two presses apart",
    "bookings.person_at": "where a case stands in the list; cases are found without it",
    "bookings.payments.0.refunds*": "looked at where something is to be given back, and compared with the rules",
    **dict.fromkeys(("bookings.renter_name", "bookings.renter_key"), "who is shown; no money goes by it"),
    "bookings.return_branch_id": "where the car is expected; no money goes by it",
    "bookings.search_keys*": "search only",
    "bookings.session_ids*": "a way to find the booking; Stripe's tags decide",
    "bookings.payments.0.trouble*": "a case; settled only with its row in settlements (0025)",
    "bookings.version": "two writers at once; the next one reads anew",
    "branches.*": "an administrator's own decision; cars keep the terms that were agreed on",
    "car_statuses.*": "utilisation counts on it; no money does",
    "car_terms.car_id": "no car of that name",
    "carriers.*": "who says that it answers wishes; a wish that nobody answers runs out",
    **dict.fromkeys(
        (
            "cars._id",
            "cars.plate*",
            "cars.brand",
            "cars.model",
            "cars.year",
            "cars.body",
            "cars.colour",
            "cars.fuel",
            "cars.transmission",
            "cars.seats",
            "cars.odometer_km",
            "cars.image_ids*",
            "cars.country",
            "cars.parts*",
            "cars.order",
        ),
        "what the car looks like; price, owner, branch and status are compared with its fence",
    ),
    "damaged_bookings.*": "a note counts only while its booking cannot be read; at most it shows one that is damaged",
    "deployment._id": "no live deployment is a demo; of an epoch that nothing bears out the doctor tells",
    "deployment.*": "no row that anybody looks up",
    "disputes.*": "a case for a person; reconcile asks Stripe itself",
    "fences.seq": "it only has to differ each time",
    "images.*": "a picture",
    "legal_data.*": "an administrator's own right; a paper keeps what held when it was issued",
    "logos.*": "an administrator's own right; one that is not what its name says is drawn on no paper",
    "lost_numbers.*": "an administrator's own word; that a number is missing is told without it",
    "marks.*": "a counter's own word of what was seen; told, and no money goes by it",
    "movements.*": "one that is not open claims nothing; utilisation counts on it, and no money does",
    "news.*": "word that something changed; who hears it reads the row",
    "people.*": "an administrator's own right; rights come from MongoDB's users, compared in Users",
    "renderings.*": "told, not acted on; a PDF is made anew from its paper",
    "renters.*": "a desk's own right; what was frozen for a payment stays",
    "restored_payments.*": "a case for a person; Stripe is asked before anything is done",
    "return_pages.*": "an administrator's own right; pages are listed by drivesphere return-pages",
    "returns.*": "keeps money where it is; a refund is then doubted",
    "roster.*": "who administers; MongoDB's users decide",
    "rounds.*": "a time ahead counts as never; the sweep goes on",
    "settings.*": "an administrator's own right; the series is shown on the Firm page",
    "settlements.*": "an administrator's own word",
    "shifts.*": "who opened a drawer, and when, is told and not acted on; its cash is compared with the bookings",
    "sign_ins.*": "told, not acted on",
    "tax_rates.*": "an administrator's own right; a paper keeps what held when it was issued",
    "wish_answers.*": "what a renter's window shows; the booking is read anew",
    "wish_keys.*": "an administrator's own right; a wish must have a key's signature",
    "wishes.*": "not signed by its account: refused (0027)",
}


#: place -> by whom a value that does harm there must be noticed, whoever else notices it. All of them work without a
#: worker: ``desk`` is the act itself, the others an administrator's Health page or command. They look when somebody
#: asks; what they tell of a row the watches must tell within a minute of its writing (``attack_watch``).
#: The last that fits counts.
NAMED = {
    "bookings.*": ("reconcile",),
    "ledger.*": ("reconcile",),
    "fences.*": ("doctor",),
    "movements.*": ("doctor",),
    "agreements.*": ("doctor",),
    "marks.*": ("doctor",),
    "shifts.*": ("doctor",),
    "papers.*": ("doctor",),
    "series.*": ("doctor",),
    "car_terms.*": ("doctor",),
    "cars.daily_rate.*": ("doctor",),
    "cars.status": ("doctor",),
    "bookings.cancellation.0.refund_bp": ("desk", "reconcile"),
    "bookings.renter_id": ("doctor",),
    "bookings.turn_minutes": ("doctor",),
    "bookings.priced.*": ("desk", "reconcile"),
    "bookings.quote.*": ("desk", "reconcile"),
    "bookings.payments.0.attempts.0.session_id": ("desk",),
    "bookings.payments.0.attempts.0.request": ("desk", "reconcile"),
    "bookings.payments.0.attempts.0.amount.*": ("desk", "reconcile"),
}
#: Acts at which a desk asks for nothing of the booking.
_NO_DESK = "sweep"


def missing(cell: Cell, by: dict[str, str]) -> set[str]:
    """Who should have noticed and did not; of what nobody noticed at all there is the table of reasons."""
    fitting = [all_of for place, all_of in NAMED.items() if fnmatchcase(cell.place, place)]
    named = set(fitting[-1]) if fitting else set()
    return (named - {"desk"} if cell.act == _NO_DESK else named) - by.keys() if by else set()


def is_named(cell: Cell) -> bool:
    """Whether what is written there must be told within the minute; what does no harm is told when looked for."""
    return not reason(cell) or any(fnmatchcase(cell.place, place) for place in NAMED)


def only_window(cell: Cell) -> bool:
    """Whether it takes the audit to know, which workers may not read."""
    return cell.place in ("bookings.renter_id", "bookings.payments.0.attempts.0.request")


def tried_apart(cell: Cell) -> bool:
    return any(fnmatchcase(cell.place, place) for place in OF_ALL)


def reason(cell: Cell) -> str:
    return next((why for place, why in HARMLESS.items() if fnmatchcase(cell.place, place)), "")
