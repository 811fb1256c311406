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
from engine.domain.shared.remark import Fact, Remark, remark

DATABASE_AWAY = "database.away"
_TROUBLES = ((UNREACHABLE, "members.unreachable"), (NOT_READY, "members.not_ready"))


def lines_of(members: tuple[Member, ...]) -> tuple[tuple[str, Fact], ...]:
    """For the facts of a finding."""
    return tuple((each.address, _line_of(each)) for each in members)


def _line_of(member: Member) -> Remark:
    state = remark(f"member.{member.state}")
    return remark("member.asked", state=state, took=member.round_trip) if member.round_trip else state


def trouble_of(members: tuple[Member, ...]) -> tuple[Remark, Remark] | None:
    """What is wrong with some of the members, and what to do; None where nothing is."""
    says, todo = list[Remark](), list[str]()
    for state, code in _TROUBLES:
        if wrong := [each.address for each in members if each.state == state]:
            says.append(remark(code, wrong=str(len(wrong)), count=len(members)))
            todo += wrong
    if not says:
        return None
    told = says[0] if len(says) == 1 else remark("members.both", away=says[0], unready=says[1])
    return told, remark("do.members", addresses=", ".join(todo))


def leaderless(members: tuple[Member, ...]) -> Finding:
    """The database gave no answer: nobody is there, or too few are to choose the one who leads."""
    away = [each.address for each in members if each.state == UNREACHABLE]
    if len(away) == len(members):
        facts = lines_of(members) if len(members) > 1 else ()
        return Finding(HealthArea.DATABASE, Level.BAD, remark(DATABASE_AWAY), facts, remark("do.database"))
    if not has_no_majority(members):
        says, todo = remark("database.leaderless"), remark("do.wait_for_leader")
    else:
        says = remark("database.no_majority", away=str(len(away)), count=len(members))
        todo = remark("do.start_members", addresses=", ".join(away))
    return Finding(HealthArea.DATABASE, Level.BAD, says, lines_of(members), todo)


def backed_up(done: BackupNote | None, failed: BackupNote | None, now: datetime) -> Finding:
    """The last back-up and its age, and whether one failed since."""
    todo = remark("do.backup")
    if failed is not None and (done is None or failed.at > done.at):
        says = remark("backup.only_failed", code=failed.code)
        if done is not None:
            says = remark("backup.failed", code=failed.code, since=now - done.at)
        facts = (("by", failed.by), ("at", failed.desk), ("when", failed.at), ("why", failed.code))
        return Finding(HealthArea.BACKUP, Level.BAD, says, facts, todo)
    if done is None:
        return Finding(HealthArea.BACKUP, Level.WARNING, remark("backup.none"), todo=todo)
    about = (
        ("by", done.by),
        ("at", done.desk),
        ("as_of", done.as_of or done.at),
        ("rows", done.rows),
        ("size", f"{done.size / 1e6:,.1f} MB"),
    )
    says = remark("backup.done", since=now - done.at)
    if now - done.at > BACKUP_LATE:
        return Finding(HealthArea.BACKUP, Level.WARNING, says, about, todo)
    return Finding(HealthArea.BACKUP, Level.GOOD, says, about)


def went_back(facts: RestoredFacts | None) -> Finding:
    """Whether the database is an older one, and what that left open."""
    if facts is None:
        return Finding(HealthArea.RESTORED, Level.GOOD, remark("restored.never"))
    about = (("restored", facts.at), ("by", facts.by), ("back_to", facts.back_to))
    if facts.forged:
        wrong = ("wrong", remark("restored.epoch", id=facts.id, by=facts.by))
        says = remark("restored.forged")
        return Finding(HealthArea.RESTORED, Level.BAD, says, (*about, wrong), remark("do.forged"))
    if facts.looking:
        says = remark("restored.looking", back_to=facts.back_to)
        return Finding(HealthArea.RESTORED, Level.BAD, says, about, remark("do.look_back"))
    if facts.waiting:
        says = remark("restored.waiting", back_to=facts.back_to, count=facts.waiting)
        return Finding(HealthArea.RESTORED, Level.BAD, says, about, remark("do.restored"))
    return Finding(HealthArea.RESTORED, Level.GOOD, remark("restored.whole", back_to=facts.back_to), about)


def refunds_wait(swept: Remark, count: int, facts: tuple[tuple[str, Fact], ...]) -> Finding:
    """A counter may not read the ledger, so it cannot tell a car that was gone from a rental that took place."""
    says = remark("sweep.refunds_wait", swept=swept, count=count)
    return Finding(HealthArea.SWEEPER, Level.BAD, says, (*facts, ("refunds_waiting", count)), remark("do.refund"))
