"""``drivesphere race``: which servers, and what is printed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import click

from engine.adapters.mongo.client import Credentials
from engine.commands.race import Answer, RaceRound, Terms, race
from engine.config import Settings
from engine.embedded.servers import open_servers
from engine.words.tr import tr

__all__ = ["Terms", "run"]

_MOST_LINES = 20
_OF_HANDING_OVER = {
    201: tr("HANDED OVER (201) - Booking ID: {booking_id}"),
    409: tr("REFUSED (409) - Somebody else handed the car over"),
}
_WORDS = {
    201: tr("SUCCESS (201) - Booking ID: {booking_id}"),
    409: tr("TAKEN (409) - Vehicle is already booked for these dates"),
    423: tr("LOCKED (423) - Vehicle is currently being processed..."),
    503: tr("NO ANSWER (503) - The servers did not answer in time"),
}


async def run(settings: Settings, terms: Terms, mongo_root: str | None, *, as_json: bool) -> bool:
    """Race on the servers that *settings* name and print it; whether every round had exactly one winner."""
    if not settings.embedded:
        name = mongo_root or click.prompt(tr("MongoDB account that may create a database"), err=True)
        password = click.prompt(tr("Password of {name}", name=name), hide_input=True, err=True)
        admin = Credentials(name, password, "admin")
        return await asyncio.to_thread(
            _race, settings.mongo_url, settings.redis_url.reveal(), admin, terms, as_json=as_json
        )
    async with open_servers(
        settings.data_dir, sandbox=False, mongod=settings.mongod, valkey=settings.valkey
    ) as servers:
        admin = Credentials(servers.root_name, servers.root_password, "admin")
        return await asyncio.to_thread(_race, servers.mongo_url, servers.redis_url, admin, terms, as_json=as_json)


def _race(mongo_url: str, redis_url: str, admin: Credentials, terms: Terms, *, as_json: bool) -> bool:
    rounds: list[RaceRound] = []
    for each in race(mongo_url, redis_url, admin, terms):
        rounds.append(each)
        _tell_as_json(each) if as_json else _tell(each)
    fair = all(each.fair for each in rounds)
    codes: Counter[int] = Counter()
    for each in rounds:
        codes.update(each.codes)
    summary = {
        "rounds": len(rounds),
        "clients": terms.clients,
        "processes": terms.processes,
        "lease": terms.lease,
        "codes": dict(sorted(codes.items())),
        **(_of_handing_over(rounds) if terms.handover else _of_booking(rounds)),
        "fair": fair,
    }
    if as_json:
        click.echo(json.dumps(summary))
    elif terms.rounds > 1 or terms.clients > _MOST_LINES:
        told = tr(
            "{summary} rounds of {clients} clients in {processes} processes, {what} the lease",
            summary=summary["rounds"],
            clients=terms.clients,
            processes=terms.processes,
            what="with" if terms.lease else "without",
        )
        click.echo(f"{told}: {_summed_up(summary)}")
    return fair


def _of_booking(rounds: list[RaceRound]) -> dict[str, int]:
    return {
        "rounds_with_more_than_one": sum(each.blocking > 1 for each in rounds),
        "rounds_with_none": sum(each.blocking == 0 for each in rounds),
    }


def _of_handing_over(rounds: list[RaceRound]) -> dict[str, int]:
    return {
        "handed_over_twice": sum((each.given or 0) > 1 for each in rounds),
        "never_handed_over": sum(each.given == 0 for each in rounds),
        "returns_lost": sum(each.taken_back != 1 for each in rounds),
    }


def _summed_up(summary: dict[str, Any]) -> str:
    if "returns_lost" in summary:
        return tr(
            "{twice} cars handed over twice, {never} never, {lost} returns lost",
            twice=summary["handed_over_twice"],
            never=summary["never_handed_over"],
            lost=summary["returns_lost"],
        )
    return tr(
        "{more} with more than one booking, {none} with none",
        more=summary["rounds_with_more_than_one"],
        none=summary["rounds_with_none"],
    )


def _tell_as_json(each: RaceRound) -> None:
    click.echo(json.dumps(each.as_json()))


def _tell(each: RaceRound) -> None:
    if len(each.answers) <= _MOST_LINES:
        for answer in each.answers:
            words = _words(answer, handover=each.given is not None)
            click.echo(tr("User {client}: {answer}", client=answer.client + 1, answer=words))
    else:
        counts = ", ".join(tr("{count} x {code}", count=count, code=code) for code, count in each.codes.items())
        click.echo(
            tr(
                "Round {number}: {counts}; {blocking} booking in the database; last answer after {seconds:.2f} s",
                number=each.round,
                counts=counts,
                blocking=each.blocking,
                seconds=each.seconds,
            )
        )


def _words(answer: Answer, *, handover: bool) -> str:
    words = _WORDS | _OF_HANDING_OVER if handover else _WORDS
    return words.get(answer.code, tr("FAILED ({code})")).format(code=answer.code, booking_id=answer.booking_id)
