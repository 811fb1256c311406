"""What an administrator is asked: each question says who or what it is about and what will happen."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.dialogs import About, Amount, Question
from desktop.views.parts.account_words import FLAWS
from desktop.views.parts.booking_questions import about as about_booking
from desktop.words.messages import ROLES, amount, branch_name, plural
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import Person, PersonRow, Post
from engine.domain.people.people import Role

#: Of many that are declined, those that are named.
_NAMED = 5


def to_move(person: Person, post: Post, where: str) -> Question:
    role, before = ROLES[post.role], ROLES[person.post.role]
    if post.role is person.post.role:
        text = f"{person.name} works elsewhere from now on: {where}. What is open on the desk is closed."
        return Question("Change the place?", text, "Change the place", "Leave it as it is", about=_about(person))
    text = f"{person.name} is {role} from now on instead of {before}, and has to sign in again."
    grave = post.role is Role.ADMIN
    return Question(
        "Change the role?", text, f"Make it {role}", f"Leave it {before}", about=_about(person), grave=grave
    )


def to_disable(person: Person) -> Question:
    text = (
        f"{person.name} is signed out within five seconds and cannot sign in until the account is enabled again. "
        "Bookings, cars and history stay as they are."
    )
    return Question(
        "Disable this account?", text, "Disable the account", "Leave it enabled", about=_about(person), grave=True
    )


def to_enable(row: PersonRow) -> Question:
    person = row.person
    text = f"{person.name} can sign in again as {ROLES[person.post.role]}, with the password used before."
    return Question("Enable this account?", text, "Enable the account", "Leave it disabled", about=_about(person))


def to_reset(row: PersonRow) -> Question:
    person = row.person
    text = (
        f"The password of {person.name} stops working now. You are shown a one-time password once; with it another is "
        "chosen at the next sign-in."
    )
    if person.post.role is Role.RENTER:
        text += " The key that the account signs its wishes with is made anew too."
    return Question(
        "Make a new password?",
        text,
        "Make a new password",
        "Leave the password",
        about=_about(person),
        grave=True,
        final=True,
    )


def to_finish(row: PersonRow) -> Question:
    flaws = "; ".join(FLAWS[flaw] for flaw in row.flaws)
    text = f"For {row.person.account} {flaws}. It is made as it should be: {ROLES[row.person.post.role]}."
    return Question("Mend this account?", text, "Mend the account", "Leave it as it is", about=_about(row.person))


def to_create(name: str, role: Role) -> Question:
    text = f"{name} can see and change everything of this firm, and make others administrators."
    return Question(
        "Make an administrator?",
        text,
        f"Create the {ROLES[role].lower()}",
        "Go on editing",
        about=About(name),
        grave=True,
    )


def to_decline(requests: Sequence[AccountRequest]) -> Question:
    one = len(requests) == 1
    who = requests[0].name if one else plural(len(requests), "request")
    what = "The request is removed" if one else "They are removed"
    asked = "whoever asked may ask again"
    return Question(
        f"Decline {who}?",
        f"{what}; the audit keeps who asked. Nobody is told, and {asked}.",
        "Decline the request" if one else "Decline them all",
        "Leave the request open" if one else "Leave them open",
        about=About(requests[0].name, "", requests[0].email, requests[0].phone) if one else None,
        amounts=() if one else tuple(Amount(each.name, each.email) for each in requests[:_NAMED]),
        grave=True,
        final=True,
    )


def to_set_rules(when: str, rules: str, cancellation: str) -> Question:
    return Question(
        "Set these rules?",
        "Bookings that are made keep the rules they were made with. What is planned for later stays planned.",
        "Set the rules",
        "Go on editing",
        amounts=(Amount("Holds", when), Amount("Rules", rules), Amount("Cancellation", cancellation)),
        final=True,
    )


def to_withdraw(rules: str, since: str) -> Question:
    return Question(
        "Withdraw this plan?",
        "It will never hold. It can only be planned anew.",
        "Withdraw the plan",
        "Leave it planned",
        amounts=(Amount("Planned from", since), Amount("Rules", rules)),
        grave=True,
    )


def to_change_zone(before: Branch, after: Branch) -> Question:
    return Question(
        "Change the time zone?",
        f"All cars that stand at {branch_name(before)} are priced by days of the new zone from now on; bookings that "
        "are made keep the old one.",
        "Change the zone",
        f"Leave it {before.zone}",
        about=About(branch_name(before)),
        amounts=(Amount("Now", before.zone), Amount("From now on", after.zone.strip(), strong=True)),
    )


def to_close(branch: Branch) -> Question:
    return Question(
        "Close this branch?",
        f"{branch_name(branch)} is no longer offered for pick-up and return. It stays in all old bookings and can be "
        "opened again. Cars that stand there have to be moved first.",
        "Close the branch",
        "Keep the branch open",
        about=About(branch_name(branch), "", branch.address),
        grave=True,
    )


def to_settle(booking: Booking, why: str, note: str) -> Question:
    return Question(
        "Was this booking seen to?",
        "It goes from the list of what needs a person; the audit keeps what was done.",
        "Take it from the list",
        "Leave it on the list",
        about=about_booking(booking),
        amounts=(
            Amount("Why it is there", why),
            Amount("What was done", note),
            _at_stake(booking),
        ),
        final=True,
    )


def to_lose_note(about: About | None, note: str) -> Question:
    return Question(
        "Leave without writing it down?",
        "What was done is not kept anywhere yet and would be lost.",
        "Leave, lose the note",
        "Go on writing",
        about=about,
        amounts=(Amount("What was done", note),),
        grave=True,
        final=True,
    )


def _at_stake(booking: Booking) -> Amount:
    if booking.payment.refund is not None:
        return Amount("To be given back", amount(booking.payment.refund.amount), strong=True)
    return Amount("Price", amount(booking.price), strong=True)


def _about(person: Person) -> About:
    return About(person.name, "", ROLES[person.post.role], person.account)
