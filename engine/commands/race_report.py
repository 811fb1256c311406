"""``drivesphere race``: which servers, and what is printed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import click

from engine.adapters.mongo.client import Credentials
from engine.commands.race import Answer, RaceRound, Terms, race
from engine.config import Settings
from engine.embedded.servers import open_servers
from engine.words.tr import tr

__all__ = ["Terms", "run"]

_MOST_LINES = 20
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
        "rounds_with_more_than_one": sum(each.blocking > 1 for each in rounds),
        "rounds_with_none": sum(each.blocking == 0 for each in rounds),
        "given_twice": sum((each.given or 0) > 1 for each in rounds),
        "returns_lost": sum(each.taken_back == 0 for each in rounds),
        "fair": fair,
    }
    if as_json:
        click.echo(json.dumps(summary))
    elif terms.rounds > 1 or terms.clients > _MOST_LINES:
        click.echo(
            tr(
                "{summary} rounds of {clients} clients in {processes} processes, {what} the lease: {summary2} "
                "with more than one booking, {summary3} with none",
                summary=summary["rounds"],
                clients=terms.clients,
                processes=terms.processes,
                what="with" if terms.lease else "without",
                summary2=summary["rounds_with_more_than_one"],
                summary3=summary["rounds_with_none"],
            )
        )
    return fair


def _tell_as_json(each: RaceRound) -> None:
    click.echo(json.dumps(each.as_json()))


def _tell(each: RaceRound) -> None:
    if len(each.answers) <= _MOST_LINES:
        for answer in each.answers:
            click.echo(tr("User {client}: {answer}", client=answer.client + 1, answer=_words(answer)))
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


def _words(answer: Answer) -> str:
    return _WORDS.get(answer.code, tr("FAILED ({code})")).format(code=answer.code, booking_id=answer.booking_id)
