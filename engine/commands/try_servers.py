"""``drivesphere try-servers``: what is in the way between this computer and the firm's servers."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from engine.commands.parts import DATA, in_words, password_of, settings_of
from engine.commands.trial_words import in_a_sentence
from engine.config import Secret, Settings
from engine.domain.health.trial import Trial
from engine.words.tr import tr


@click.command("try-servers")
@DATA
@click.option("--account", help=tr("Also whether it may sign in; its password: DRIVESPHERE_PASSWORD or the keyring."))
def try_servers(data: Path | None, account: str | None) -> None:
    """Look at the servers of the settings and say of each whether it is fine, or the one thing that is in the way.

    Status 1 where something is.
    """
    with in_words():
        settings = settings_of(data)
        if settings.embedded:
            click.echo(tr("No servers of a firm are named in the settings; the program uses its own."))
            return
        password = password_of(settings, account) if account else Secret()
        trials = asyncio.run(_run(settings, account or "", password))
    for each in trials:
        click.echo(in_a_sentence(each))
    sys.exit(1 if any(each.trouble for each in trials) else 0)


async def _run(settings: Settings, account: str, password: Secret) -> list[Trial]:
    from engine.adapters.mongo.client import Credentials  # noqa: PLC0415 -- the drivers take a while to load
    from engine.adapters.server_trial import try_mongo, try_redis  # noqa: PLC0415 -- as above

    who = Credentials(account, password.reveal(), settings.database) if account else None
    asked = [try_mongo(settings.mongo_url, settings.ca_file, who)]
    if settings.redis_url:
        asked.append(try_redis(settings.redis_url.reveal(), settings.ca_file))
    return list(await asyncio.gather(*asked))
