"""What an administrator is asked: each question says who or what it is about and what will happen."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.dialogs import About, Amount, Question
from desktop.views.parts.account_words import FLAWS
from desktop.views.parts.booking_questions import about as about_booking
from desktop.words.hours_words import HANDINGS
from desktop.words.messages import ROLES, amount, booking_number, branch_name, counted, day_time
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import Branch
from engine.domain.car.handing_over import Promised
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import Person, PersonRow, Post
from engine.domain.people.people import Role
from engine.words.tr import tr

#: Of many that are declined, those that are named.
_NAMED = 5


def to_move(person: Person, post: Post, where: str) -> Question:
    role, before = ROLES[post.role], ROLES[person.post.role]
    if post.role is person.post.role:
        text = tr(
            "{person} works elsewhere from now on: {where}. What is open on the desk is closed.",
            person=person.name,
            where=where,
        )
        return Question(
            tr("Change the place?"), text, tr("Change the place"), tr("Leave it as it is"), about=_about(person)
        )
    text = tr(
        "{person} is {role} from now on instead of {before}, and has to sign in again.",
        person=person.name,
        role=role,
        before=before,
    )
    grave = post.role is Role.ADMIN
    return Question(
        tr("Change the role?"),
        text,
        tr("Make it {role}", role=role),
        tr("Leave it {before}", before=before),
        about=_about(person),
        grave=grave,
    )


def to_disable(person: Person) -> Question:
    text = tr(
        "{person} is signed out within five seconds and cannot sign in until the account is enabled "
        "again. Bookings, cars and history stay as they are.",
        person=person.name,
    )
    return Question(
        tr("Disable this account?"),
        text,
        tr("Disable the account"),
        tr("Leave it enabled"),
        about=_about(person),
        grave=True,
    )


def to_enable(row: PersonRow) -> Question:
    person = row.person
    text = tr(
        "{person} can sign in again as {roles}, with the password used before.",
        person=person.name,
        roles=ROLES[person.post.role],
    )
    return Question(
        tr("Enable this account?"), text, tr("Enable the account"), tr("Leave it disabled"), about=_about(person)
    )


def to_reset(row: PersonRow) -> Question:
    person = row.person
    text = tr(
        "The password of {person} stops working now. You are shown a one-time password once; with it "
        "another is chosen at the next sign-in.",
        person=person.name,
    )
    if person.post.role is Role.RENTER:
        text += tr(" The key that the account signs its wishes with is made anew too.")
    return Question(
        tr("Make a new password?"),
        text,
        tr("Make a new password"),
        tr("Leave the password"),
        about=_about(person),
        grave=True,
        final=True,
    )


def to_finish(row: PersonRow) -> Question:
    flaws = "; ".join(FLAWS[flaw] for flaw in row.flaws)
    text = tr(
        "For {account} {flaws}. It is made as it should be: {roles}.",
        account=row.person.account,
        flaws=flaws,
        roles=ROLES[row.person.post.role],
    )
    return Question(
        tr("Mend this account?"), text, tr("Mend the account"), tr("Leave it as it is"), about=_about(row.person)
    )


def to_create(name: str, role: Role) -> Question:
    text = tr("{name} can see and change everything of this firm, and make others administrators.", name=name)
    return Question(
        tr("Make an administrator?"),
        text,
        tr("Create the {roles}", roles=ROLES[role].lower()),
        tr("Go on editing"),
        about=About(name),
        grave=True,
    )


def to_decline(requests: Sequence[AccountRequest]) -> Question:
    one = len(requests) == 1
    who = requests[0].name if one else counted("{count} request", "{count} requests", len(requests))
    what = tr("The request is removed") if one else tr("They are removed")
    asked = tr("whoever asked may ask again")
    return Question(
        tr("Decline {who}?", who=who),
        tr("{what}; the audit keeps who asked. Nobody is told, and {asked}.", what=what, asked=asked),
        tr("Decline the request") if one else tr("Decline them all"),
        tr("Leave the request open") if one else tr("Leave them open"),
        about=About(requests[0].name, "", requests[0].email, requests[0].phone) if one else None,
        amounts=() if one else tuple(Amount(each.name, each.email) for each in requests[:_NAMED]),
        grave=True,
        final=True,
    )


def to_set_rules(when: str, rules: str, cancellation: str, fees: str) -> Question:
    return Question(
        tr("Set these rules?"),
        tr("Bookings that are made keep the rules they were made with. What is planned for later stays planned."),
        tr("Set the rules"),
        tr("Go on editing"),
        amounts=(
            Amount(tr("Holds"), when),
            Amount(tr("Rules"), rules),
            Amount(tr("Cancellation"), cancellation),
            Amount(tr("Charged beyond"), fees),
        ),
        final=True,
    )


def to_withdraw(rules: str, since: str) -> Question:
    return Question(
        tr("Withdraw this plan?"),
        tr("It will never hold. It can only be planned anew."),
        tr("Withdraw the plan"),
        tr("Leave it planned"),
        amounts=(Amount(tr("Planned from"), since), Amount(tr("Rules"), rules)),
        grave=True,
    )


def to_change_zone(before: Branch, after: Branch) -> Question:
    return Question(
        tr("Change the time zone?"),
        tr(
            "All cars that stand at {before} are priced by days of the new zone from now on; bookings that "
            "are made keep the old one.",
            before=branch_name(before),
        ),
        tr("Change the zone"),
        tr("Leave it {zone}", zone=before.zone),
        about=About(branch_name(before)),
        amounts=(Amount(tr("Now"), before.zone), Amount(tr("From now on"), after.zone.strip(), strong=True)),
    )


def to_close(branch: Branch) -> Question:
    return Question(
        tr("Close this branch?"),
        tr(
            "{branch} is no longer offered for pick-up and return. It stays in all old bookings and can be "
            "opened again. Cars that stand there have to be moved first.",
            branch=branch_name(branch),
        ),
        tr("Close the branch"),
        tr("Keep the branch open"),
        about=About(branch_name(branch), "", branch.address),
        grave=True,
    )


def to_settle(booking: Booking, why: str, note: str) -> Question:
    return Question(
        tr("Was this booking seen to?"),
        tr("It goes from the list of what needs a person; the audit keeps what was done."),
        tr("Take it from the list"),
        tr("Leave it on the list"),
        about=about_booking(booking),
        amounts=(
            Amount(tr("Why it is there"), why),
            Amount(tr("What was done"), note),
            _at_stake(booking),
        ),
        final=True,
    )


def to_lose_note(about: About | None, note: str) -> Question:
    return Question(
        tr("Leave without writing it down?"),
        tr("What was done is not kept anywhere yet and would be lost."),
        tr("Leave, lose the note"),
        tr("Go on writing"),
        about=about,
        amounts=(Amount(tr("What was done"), note),),
        grave=True,
        final=True,
    )


def _at_stake(booking: Booking) -> Amount:
    if booking.payment.refund is not None:
        return Amount(tr("To be given back"), amount(booking.payment.refund.amount), strong=True)
    return Amount(tr("Price"), amount(booking.price), strong=True)


def _about(person: Person) -> About:
    return About(person.name, "", ROLES[person.post.role], person.account)


def to_strand(branch: Branch, stranded: Sequence[Promised]) -> Question:
    """Hours by which nobody would be there for what was promised."""
    count = counted("{count} promised hand-over", "{count} promised hand-overs", len(stranded))
    named = [
        tr(
            "{what} {at}, {car}, {booking}",
            what=HANDINGS[each.handing],
            at=day_time(each.at, branch.clock),
            car=each.car_label,
            booking=booking_number(BookingId(each.booking_id)),
        )
        for each in stranded[:_NAMED]
    ]
    more = len(stranded) - len(named)
    if more:
        named.append(counted("and {count} more", "and {count} more", more))
    text = tr(
        "By these hours nobody is there for {count}. They stay promised: see to them, or choose other hours.",
        count=count,
    )
    return Question(
        tr("Change the hours of {branch}?", branch=branch.name),
        "\n".join((text, *named)),
        tr("Change them all the same"),
        tr("Go on editing"),
        grave=True,
    )
