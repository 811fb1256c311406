"""``drivesphere service-password``: what a worker or the back-up signs in with, where nobody sits at a window."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

import click

from engine.commands.parts import DATA, in_words, password_of, settings_of
from engine.config import Secret, Settings
from engine.domain.shared.errors import DriveSphereError, Misconfigured, Unavailable
from engine.words.tr import tr


@click.command("service-password")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@DATA
@click.option("--account", default="worker", show_default=True, help=tr("The account of the service."))
def service_password(file: Path, data: Path | None, account: str) -> None:
    """Choose a password for a service's account, and write it to a new FILE that only its owner may read.

    The password that it has now, such as the one-time password of a new account, comes from DRIVESPHERE_PASSWORD or is
    asked for. FILE is one line DRIVESPHERE_PASSWORD=…, as systemd and shells read it.
    """
    with in_words():
        settings = settings_of(data)
        asyncio.run(_run(settings, account, password_of(settings, account), file))
    click.echo(
        tr(
            "The account {account} has a new password; it stands in {file} and nowhere else.",
            account=account,
            file=file,
        )
    )


async def _run(settings: Settings, account: str, old: Secret, file: Path) -> None:
    from engine.bootstrap import choose_password, open_deployment  # noqa: PLC0415 -- the drivers take a while to load

    async with open_deployment(settings) as deployment:
        new = secrets.token_urlsafe(24)
        # First the file: a password that was chosen and could not be written down would be lost.
        _write(file, f"DRIVESPHERE_PASSWORD={new}\n")
        try:
            await choose_password(deployment, account, old.reveal(), new)
        except Unavailable:
            click.echo(tr("{file} is kept: the password in it may be the account's by now.", file=file), err=True)
            raise
        except DriveSphereError:
            file.unlink()  # noqa: ASYNC240 -- nothing else goes on here
            raise


def _write(file: Path, text: str) -> None:
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Misconfigured("password_file.there", path=file) from None
    except OSError as problem:
        raise Misconfigured("password_file.not_made", path=file, why=problem.strerror) from problem
    with os.fdopen(opened, "w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
