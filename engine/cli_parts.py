"""What the console script's commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from engine.config import Secret, Settings, kept_password
from engine.domain.errors import DriveSphereError
from engine.domain.people import AccountName

DATA = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the program's own servers and data."
)
ACCOUNT = click.option(
    "--account", default="worker", show_default=True, help="Its password: DRIVESPHERE_PASSWORD or the keyring."
)


@contextmanager
def in_words(also: Callable[[DriveSphereError], None] = lambda _: None) -> Iterator[None]:
    """A problem we know is a sentence and status 2, and what *also* says; any other is a bug and shows itself."""
    try:
        yield
    except DriveSphereError as problem:
        click.echo(f"{problem} [{problem.code}]", err=True)
        also(problem)
        sys.exit(2)


def password_of(settings: Settings, account: str) -> Secret:
    """From the environment, the keyring, the demo's public ones, or else from the person."""
    from engine.embedded.demo_people import accounts  # noqa: PLC0415 -- only these commands need it

    public = {each.account: each.password for each in accounts()} if settings.embedded else {}
    known = kept_password(account) or Secret(public.get(AccountName(account), ""))
    return known or Secret(click.prompt(f"Password of {account}", hide_input=True, err=True))
