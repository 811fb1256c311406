"""What the doctor and the health page say of what was found: one sentence for each code, and what to do.

API: says, todo, facts_of, written, stored.
"""

from __future__ import annotations

from engine.domain.health.health import Finding
from engine.words.remarks import Writer, fact
from engine.words.tr import Many, Words

_FOUND = Words(
    {
        "database.away": "MongoDB does not answer.",
        "database.clock_off": "The database answers; this computer's clock is off by {off_by}.",
        "database.well": Many(
            "MongoDB {version} answers in {took}; {count} member.",
            "MongoDB {version} answers in {took}; {count} members.",
        ),
        "database.leaderless": "No member of MongoDB leads.",
        "database.no_majority": Many(
            "MongoDB takes nothing: {away} of {count} member cannot be reached, half or more.",
            "MongoDB takes nothing: {away} of {count} members cannot be reached, half or more.",
        ),
        "members.unreachable": Many(
            "{wrong} of {count} member cannot be reached from here.",
            "{wrong} of {count} members cannot be reached from here.",
        ),
        "members.not_ready": Many(
            "{wrong} of {count} member cannot serve: starting, recovering or removed.",
            "{wrong} of {count} members cannot serve: starting, recovering or removed.",
        ),
        "members.both": "{away} {unready}",
        "cache.full": "Redis answers, but keeps nothing new: its memory is full. Bookings go on, searching is slower.",
        "cache.rights": "Redis refuses this account what this version asks for. Bookings go on, searching is slower.",
        "cache.away": "Redis does not answer. Bookings go on, searching is slower.",
        "cache.well": "Redis answers in {took}.",
        "stripe.no_key": "This desk has no Stripe key; payments are made by desks that have one.",
        "stripe.well": "Stripe answers in {took} ({mode}, {key} key).",
        "sweep.never": "Nobody has swept yet.",
        "sweep.last": "Last swept by {by} {since}.",
        "sweep.late": "Last swept by {by} {since}. Holds that run out stay.",
        "sweep.refunds_wait": Many(
            "{swept} Not made yet: {count} refund of taken money whose car was gone.",
            "{swept} Not made yet: {count} refunds of taken money whose car was gone.",
        ),
        "schema.differs": "{wrong} of {looked} validators, indexes and roles are not as they must be.",
        "schema.well": "Schema version {version}: all {looked} validators, indexes and roles are as it needs them.",
        "overlaps.none": "No car is promised twice.",
        "overlaps.found": Many(
            "The same car at the same time: {count} pair of bookings.",
            "The same car at the same time: {count} pairs of bookings.",
        ),
        "claims.well": "Every car is claimed by what keeps it, and by nothing else.",
        "claims.wrong": Many(
            "{count} claim not as the program writes it.", "{count} claims not as the program writes it."
        ),
        "rows.well": "Every record is of the shape that its collection has.",
        "rows.wrong": Many(
            "{count} record not as the program writes it.", "{count} records not as the program writes it."
        ),
        "terms.beside_series": Many(
            "Not of one mind with their series of terms, or with their own row: {count} car.",
            "Not of one mind with their series of terms, or with their own row: {count} cars.",
        ),
        "terms.well": "Every car is priced by the latest of its terms, in its branch's time zone.",
        "terms.other_zone": Many(
            "Priced in another time zone than their branch has: {count} car.",
            "Priced in another time zone than their branch has: {count} cars.",
        ),
        "ledger.odd": "The ledger's shares do not add up to its charges and refunds.",
        "ledger.well": "Charges and refunds equal the shares, to the cent.",
        "reconcile.differs": Many(
            "{count} difference between Stripe's books and ours.",
            "{count} differences between Stripe's books and ours.",
        ),
        "reconcile.cut_off": "The last two days agree; there was no time to look at all that is older.",
        "reconcile.well": "Stripe's books and ours agree for the last two days.",
        "agreements.well": "Every agreement stands as its booking does, and kilometres never fall without a reason.",
        "agreements.wrong": Many("{count} agreement not as it was made.", "{count} agreements not as they were made."),
        "papers.well": "Numbers of papers have no gap, and every paper is as it was issued.",
        "papers.wrong": Many("{count} fault in the series of papers.", "{count} faults in the series of papers."),
        "backup.only_failed": "The last back-up failed ({code}). There is none.",
        "backup.failed": "The last back-up failed ({code}). The last one was made {since}.",
        "backup.none": "No back-up was made yet.",
        "backup.done": "The last back-up was made {since}.",
        "restored.never": "The database was never restored from a back-up.",
        "restored.forged": (
            "The database says that it was restored, and nothing else bears it out: no account was made anew then."
        ),
        "restored.whole": "The database went back in time to {back_to}.",
        "restored.looking": (
            "The database went back in time to {back_to}. Payments made since are not looked for yet, and no car can "
            "be booked."
        ),
        "restored.waiting": Many(
            "The database went back in time to {back_to}. Without a booking: {count} payment.",
            "The database went back in time to {back_to}. Without a booking: {count} payments.",
        ),
        "versions.well": "DriveSphere {own}, time zones {zones}.",
        "versions.zones_differ": (
            "Desks read different tables of time zones; here it is {zones}. They may see one branch an hour apart."
        ),
        "look.forbidden": "This account or key may not look at it.",
        "look.failed": "It could not be looked at ({code}).",
        "look.no_database": "Not looked at, because MongoDB does not answer.",
        "look.no_time": "There was no time to look at all of it.",
        "server.away": "{server} does not answer.",
        "watch.forged": "A row says that the database was restored (epoch {id}), and nothing else bears it out.",
        "watch.overrun": (
            "More was written than could be looked at: run drivesphere doctor and drivesphere reconcile."
        ),
    }
)

_TO_DO = Words(
    {
        "do.database": "Look after its servers and the network.",
        "do.members": "Look after {addresses}",
        "do.wait_for_leader": "Look again in half a minute: they choose one by themselves.",
        "do.start_members": "Start {addresses}, or look at the network between.",
        "do.clock": "Set this computer's clock by the network.",
        "do.more_memory": "Give Redis more memory (maxmemory), or maxmemory-policy allkeys-lru.",
        "do.redis_rights": "Renew the account's rights: drivesphere redis-account --rights-only says how.",
        "do.redis": "Start Redis, or look at the network between.",
        "do.stripe": "Look at the network of this computer, and at status.stripe.com.",
        "do.worker": "Keep a worker running: drivesphere worker",
        "do.refund": (
            "Start the worker, or sign in as an administrator, with a Stripe key that may refund: a counter's account "
            "may not read the ledger, by which such a refund is judged."
        ),
        "do.provision": "Run: drivesphere provision",
        "do.overlaps": "Call the renters: one of each pair needs another car. Then tell who looks after the program.",
        "do.past_program": (
            "Somebody wrote past the program: look at the audit and at who has accounts, then tell who looks after it."
        ),
        "do.doctor": "Run: drivesphere doctor, which takes its time.",
        "do.terms_anew": (
            "Take each of these cars out of service and back: that writes its terms anew. Look at its bookings."
        ),
        "do.save_again": "Open each of these cars and save it again.",
        "do.reconcile": "Run: drivesphere reconcile",
        "do.backup": "Run: drivesphere backup FILE",
        "do.forged": (
            "Somebody wrote past the program, as the worker's account may: change its password. Cars are booked "
            "again, and copies on owners' computers used, once whoever looks after MongoDB removes the row epoch from "
            "deployment."
        ),
        "do.look_back": "Start the worker, or sign in as an administrator, where there is a Stripe key.",
        "do.restored": "Run: drivesphere restored",
        "do.same_release": "Install the same release of DriveSphere on all desks.",
        "do.tell": "Tell who looks after the program.",
    }
)

#: One row, one member, one step of the way.
_LINES = Words(
    {
        "line": "{text}",
        "and_more": "and {rest} more",
        "bookings": "{number} bookings",
        "rows_looked_at": "{looked} bookings, {posted} ledger rows",
        "of_them": "{number} of them",
        "at_by": "{at}, by {by}",
        "never": "never",
        "none": "none",
        "nothing": "nothing",
        "not_recorded": "not recorded",
        "not_installed": "not installed",
        "disputes.unread": "not looked at: this key may not",
        "disputes.read": "looked at",
        "member.asked": "{state}, {took}",
        "member.primary": "primary",
        "member.secondary": "secondary",
        "member.arbiter": "arbiter",
        "member.unreachable": "unreachable",
        "member.not ready": "not ready",
        "member.not asked": "not asked: this connection goes to one member only",
        "claims.looked_at": Many("{count} car", "{count} cars"),
        "rows.looked_at": Many("{count} collection", "{count} collections"),
        "ledger.over": "{minor} minor units over",
        "overlaps.pair": "{car}: {one} and {other}",
        "restored.epoch": "epoch {id} by {by}",
        "difference": "{booking}: {kind}",
        "row.damaged": "{line} ({collection}; {reason})",
        "row.misshapen": "{collection}: {row}",
        "row.other_terms": "{car}: other terms than its series",
        "row.strangers": "bookings: {booking} is not the renter's who was to pay",
        "schema.missing": "{collection}: missing",
        "schema.validator": "{collection}: another validator",
        "schema.view_missing": "{collection}: view missing",
        "schema.view": "{collection}: another view",
        "schema.index_missing": "{collection}: index {index} missing",
        "schema.index": "{collection}: another index {index}",
        "schema.role": "role {role}",
        "schema.role_missing": "role {role}: missing",
        "schema.role_rights": "role {role}: other rights",
        "claim.no_count": "{car}: its count of claims is none",
        "claim.unreadable": "{car}: {unreadable} of its claims cannot be read",
        "claim.twice": "{car}: {claim} claims it twice",
        "claim.keeps_nothing": "{car}: claimed by {claim}, which does not keep it",
        "claim.floats": "{car}: claim {claim} may be moved to another car, and nobody sells such",
        "claim.other_places": "{car}: claimed by {claim} from or to other branches than were agreed",
        "claim.other_rules": "{car}: its fence says that it was sold by rules that its branch does not have",
        "claim.stands": "{car}: it does not stand where its fence says ({place}), or somebody has it",
        "claim.out": "{car}: claim {claim} and its booking differ in whether the renter has the car",
        "claim.out_twice": "{car}: out with several bookings at once: {claims}",
        "claim.other_times": "{car}: claimed by {claim} for other times than it is booked",
        "claim.missing": "{car}: kept by {booking}, and not claimed by it",
        "claim.held_too_long": "{car}: held by {booking} until {until}, longer than any rule",
        "claim.overlap": "{car}: claimed by {one} and {other} at one time",
        "claim.no_car_kept": "{car}: kept by {keeper}, and there is no such car",
        "claim.no_car_planned": "{car}: planned by {keeper}, and there is no such car",
        "claim.restored_decided": "{car}: kept for the restored payment {payment}, which waits for nobody",
        "claim.restored_other_times": "{car}: kept for the restored payment {payment} for other times than were paid",
        "claim.restored_missing": "{car}: to be kept for the restored payment {payment}, and not claimed for it",
        "claim.no_movement": "{car}: claimed by {claim}, which is no open movement of it",
        "claim.movement_other_times": "{car}: claimed by {claim} for other times than it is planned",
        "claim.movement_other_owner": "{car}: planned by {movement} as another owner's car",
        "claim.movement_missing": "{car}: planned by {movement}, and not claimed by it for all of its time",
        "marks.well": "Marks on cars are counted without a gap, and found where they say.",
        "marks.wrong": Many("{count} mark on a car does not fit.", "{count} marks on cars do not fit."),
        "marks.looked_at": Many("{count} car with marks", "{count} cars with marks"),
        "mark.no_car": "{car}: it has marks, and there is no such car",
        "mark.twice": "{car}: two marks have the number {n}",
        "mark.gap": "{car}: there is no mark {n}, and there are later ones",
        "mark.no_agreement": "{car}: mark {n} was found in the agreement {number}, which has no such leg of this car",
        "mark.state": "{car}: mark {n} and the one that follows it do not fit",
        "progress.marks": "{looked} cars with their marks",
        "shifts.well": "Every drawer holds the cash of the bookings that were paid into it, and nothing else.",
        "shifts.wrong": Many("{count} thing in a shift does not fit.", "{count} things in shifts do not fit."),
        "shifts.looked_at": Many("{count} shift", "{count} shifts"),
        "shift.twice": "{shift}: one payment moved cash in it twice",
        "shift.no_payment": "{shift}: no booking has the payment {payment}, whose cash lies in it",
        "shift.no_move": "{shift}: the payment {payment} names it, and moved nothing in it",
        "shift.other_amount": "{shift}: the payment {payment} moved another amount in it than it says",
        "shift.state": "{shift}: it does not stand as it was counted",
        "progress.shifts": "{looked} shifts beside their bookings",
        "agreements.looked_at": Many("{count} agreement", "{count} agreements"),
        "agreement.no_booking": "{number}: there is no such booking",
        "agreement.state": "{number}: its booking says otherwise whether the renter has the car",
        "agreement.times": "{number}: its car went or came at another time than its booking says",
        "agreement.other_car": "{number}: another car or branch than its booking has",
        "agreement.lines": "{number}: its days are not those of its booking, or it does not begin with its price",
        "agreement.charges": "{number}: it charges other things than its readings and fees come to",
        "agreement.steps": "{number}: it was closed or opened again in another order than can be, or without a reason",
        "agreement.shares": "{number}: {car} has not what its days cost in the books, though the rental is closed",
        "agreement.closed_open": "{number}: it is closed, and something is to be paid or given back",
        "agreement.signed": "{number}: what was signed is not what stands there now",
        "agreement.legs": "{number}: it does not say of its last car alone whether it is out",
        "agreement.gauge": "{number}: more was read than its gauge shows",
        "agreement.out_twice": "{car}: out with several agreements at once: {numbers}",
        "agreement.falls": "{car}: {after} km after {before} km, and nobody said why ({number})",
        "agreement.read_last": "{car}: {last} km were read last, and its fence says {fence}",
        "agreement.missing": "{number}: {car} is out, and there is no agreement",
        "progress.agreements": "{looked} agreements beside their bookings",
        "papers.looked_at": Many("{count} paper", "{count} papers"),
        "papers.gap": "{series}: number {n} is missing before paper {paper}",
        "papers.chain": "{series}: number {n} is not chained to the number before it (paper {paper})",
        "papers.changed": "{series}: number {n} was changed after it was issued (paper {paper})",
        "papers.series": "{series}: number {n} belongs to another series (paper {paper})",
        "papers.time": "{series}: number {n} was issued before the number before it (paper {paper})",
        "papers.unreadable": "{series}: number {n} cannot be read (paper {paper})",
        "papers.next": "{series}: it goes on with {n}, and that is not the number after its last paper",
        "papers.last": "{series}: it does not remember its last paper, number {n}",
        "papers.beyond": "{series}: paper {paper} has the number {n}, which was never given",
        "papers.credits": "paper {paper}: its credit notes, the last of them {note}, are more than it",
        "progress.papers": "{looked} papers in their series",
        "progress.claims": "{looked} cars beside their claims",
        "progress.shapes": "{looked} {collection} beside their shape",
        "progress.renters": "bookings beside their renters",
    }
)

#: What the facts below a finding are called.
_NAMES = Words(
    {
        "as_of": "As of",
        "at": "At",
        "back_to": "Back to",
        "bookings": "Bookings",
        "bookings_looked_at": "Bookings looked at",
        "by": "By",
        "cars": "Cars",
        "compared": "Compared",
        "currencies": "Currencies",
        "desks_with_same": "Desks with the same",
        "differences": "Differences",
        "differs": "Differs",
        "disputes": "Disputes",
        "disputes_read": "Disputes read again",
        "double": "Double",
        "key": "Key",
        "looked_at": "Looked at",
        "mode": "Mode",
        "not_asked": "Stripe was not asked about",
        "of_all_dates": "Of all dates",
        "off_by": "This clock is off by",
        "others": "Others",
        "python": "Python",
        "refunds_read": "Refunds read again",
        "refunds_waiting": "Refunds waiting",
        "replica_set": "Replica set",
        "restored": "Restored",
        "round_trip": "Round trip",
        "rows": "Rows",
        "since": "Since",
        "size": "Size",
        "stripe_payments": "Payments at Stripe",
        "system": "System",
        "time_zones": "Time zones",
        "under_way": "Under way",
        "unseen": "Not visible to this account",
        "version": "Version",
        "when": "When",
        "why": "Why",
        "wrong": "Wrong",
    }
)


_WRITER = Writer(_LINES, _FOUND, _TO_DO)
written = _WRITER.written
#: In English whatever the language: as it is kept in the audit.
stored = _WRITER.stored


def says(finding: Finding) -> str:
    return written(finding.says)


def todo(finding: Finding) -> str:
    """What to do; empty where nothing is."""
    return "" if finding.todo is None else written(finding.todo)


def facts_of(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Name and value. A name that is no code is a server's, a package's or a currency's own."""
    return tuple(
        (_NAMES.say(name) if name in _NAMES else name, fact(name, value, written)) for name, value in finding.facts
    )
