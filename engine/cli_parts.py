"""What the console script's commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click

from engine.config import Secret, Settings, kept_password
from engine.domain.errors import DriveSphereError
from engine.domain.moments.habits import ENGLISH, Order, joined
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import Lean, Misread, Question
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


def typed_day(_context: click.Context, _option: click.Parameter, value: str) -> date:
    """A day as it may be typed in the window; whether 3/4 is in March or April, no order decides here."""
    now = datetime.now(UTC).replace(tzinfo=None)
    asked = Question(joined(Order.UNKNOWN, ENGLISH), now, lean=Lean.BACKWARD, days_only=True)
    read = read_moment(value, asked)
    if isinstance(read, Misread):
        raise click.BadParameter(f"{read.word or value!r} is not understood as a day; write it as 2026-11-30.")
    return read.at.date()
