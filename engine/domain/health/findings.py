"""What was measured, judged: of the members of a replica set, of back-ups, of a restore, of refunds that wait."""

from __future__ import annotations

from datetime import datetime

from engine.domain.health.health import (
    BACKUP_LATE,
    NOT_READY,
    UNREACHABLE,
    BackupNote,
    Finding,
    HealthArea,
    Level,
    Member,
    RestoredFacts,
    has_no_majority,
)
from engine.domain.health.words import ago, many, moment, ms

DATABASE_AWAY = "MongoDB does not answer."
_TROUBLES = ((UNREACHABLE, "cannot be reached from here"), (NOT_READY, "cannot serve: starting, recovering or removed"))


def lines_of(members: tuple[Member, ...]) -> tuple[tuple[str, str], ...]:
    """For the facts of a finding."""
    return tuple(
        (each.address, each.state + (f", {ms(each.round_trip)}" if each.round_trip else "")) for each in members
    )


def trouble_of(members: tuple[Member, ...]) -> tuple[str, str] | None:
    """What is wrong with some of the members, and what to do; None where nothing is."""
    says, todo = list[str](), list[str]()
    for state, what in _TROUBLES:
        if wrong := [each.address for each in members if each.state == state]:
            says.append(f"{len(wrong)} of {many(len(members), 'member')} {what}.")
            todo += wrong
    return (" ".join(says), "Look after " + ", ".join(todo)) if says else None


def leaderless(members: tuple[Member, ...]) -> Finding:
    """The database gave no answer: nobody is there, or too few are to choose the one who leads."""
    away = [each.address for each in members if each.state == UNREACHABLE]
    if len(away) == len(members):
        facts = lines_of(members) if len(members) > 1 else ()
        return Finding(HealthArea.DATABASE, Level.BAD, DATABASE_AWAY, facts, "Look after its servers and the network.")
    if not has_no_majority(members):
        says, todo = "No member of MongoDB leads.", "Look again in half a minute: they choose one by themselves."
    else:
        says = f"MongoDB takes nothing: {len(away)} of {many(len(members), 'member')} cannot be reached, half or more."
        todo = "Start " + ", ".join(away) + ", or look at the network between."
    return Finding(HealthArea.DATABASE, Level.BAD, says, lines_of(members), todo)


def backed_up(done: BackupNote | None, failed: BackupNote | None, now: datetime) -> Finding:
    """The last back-up and its age, and whether one failed since."""
    todo = "Run: drivesphere backup FILE"
    if failed is not None and (done is None or failed.at > done.at):
        last = "There is none." if done is None else f"The last one was made {ago(now - done.at)}."
        facts = (("By", failed.by), ("At", failed.desk), ("When", moment(failed.at)), ("Why", failed.code))
        return Finding(HealthArea.BACKUP, Level.BAD, f"The last back-up failed ({failed.code}). {last}", facts, todo)
    if done is None:
        return Finding(HealthArea.BACKUP, Level.WARNING, "No back-up was made yet.", todo=todo)
    about = (
        ("By", done.by),
        ("At", done.desk),
        ("As of", moment(done.as_of or done.at)),
        ("Rows", f"{done.rows:,}"),
        ("Size", f"{done.size / 1e6:,.1f} MB"),
    )
    says = f"The last back-up was made {ago(now - done.at)}."
    if now - done.at > BACKUP_LATE:
        return Finding(HealthArea.BACKUP, Level.WARNING, says, about, todo)
    return Finding(HealthArea.BACKUP, Level.GOOD, says, about)


_FORGED = (
    "Somebody wrote past the program, as the worker's account may: change its password. Cars are booked again, and "
    "copies on owners' computers used, once whoever looks after MongoDB removes the row epoch from deployment."
)


def went_back(facts: RestoredFacts | None) -> Finding:
    """Whether the database is an older one, and what that left open."""
    if facts is None:
        return Finding(HealthArea.RESTORED, Level.GOOD, "The database was never restored from a back-up.")
    about = (("Restored", moment(facts.at)), ("By", facts.by), ("Back to", moment(facts.back_to)))
    if facts.forged:
        wrong = ("Wrong", f"epoch {facts.id} by {facts.by}")
        says = "The database says that it was restored, and nothing else bears it out: no account was made anew then."
        return Finding(HealthArea.RESTORED, Level.BAD, says, (*about, wrong), _FORGED)
    says = f"The database went back in time to {moment(facts.back_to)}."
    if facts.looking:
        todo = "Start the worker, or sign in as an administrator, where there is a Stripe key."
        says += " Payments made since are not looked for yet, and no car can be booked."
        return Finding(HealthArea.RESTORED, Level.BAD, says, about, todo)
    if facts.waiting:
        says += f" Without a booking: {many(facts.waiting, 'payment')}."
        return Finding(HealthArea.RESTORED, Level.BAD, says, about, "Run: drivesphere restored")
    return Finding(HealthArea.RESTORED, Level.GOOD, says, about)


def refunds_wait(swept: str, count: int, facts: tuple[tuple[str, str], ...]) -> Finding:
    """A counter may not read the ledger, so it cannot tell a car that was gone from a rental that took place."""
    says = f"{swept} Not made yet: {many(count, 'refund')} of taken money whose car was gone."
    todo = (
        "Start the worker, or sign in as an administrator, with a Stripe key that may refund: a counter's account may "
        "not read the ledger, by which such a refund is judged."
    )
    return Finding(HealthArea.SWEEPER, Level.BAD, says, (*facts, ("Refunds waiting", f"{count:,}")), todo)
