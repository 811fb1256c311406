"""What the console script's commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from engine.config import Secret, Settings, kept_password, load
from engine.domain.moments.habits import ENGLISH, Order, joined
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Lean, Misread
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import (
    UNTRUSTED,
    DriveSphereError,
    Misconfigured,
    ProgramTooOld,
    ServersFailed,
    Unavailable,
)
from engine.domain.shared.remark import Remark
from engine.domain.shared.server_address import check_database, check_mongo_url, shown
from engine.words import errors
from engine.words.problems import sentence as of_this_place
from engine.words.problems import told as words
from engine.words.tr import tr

_SUMMARY_LONGEST = 1_000
_STATUS, _STATUS_TOO_OLD = 2, 4
_SERVERS = f"{__name__}.servers"


class CommandGroup(click.Group):
    """The group of all commands: its options hold for every command or are refused, and its help cuts nothing."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            self._hand_down(ctx, name, command)
        return name, command, rest

    def _hand_down(self, ctx: click.Context, name: str, command: click.Command) -> None:
        takes, given = {each.name for each in command.params}, dict[str, object]()
        for option in self.params:
            if option.name is None or ctx.get_parameter_source(option.name) is not ParameterSource.COMMANDLINE:
                continue
            if option.name not in takes:
                raise click.UsageError(
                    tr("{opts} means nothing to {name}; leave it out.", opts=option.opts[0], name=name), ctx
                )
            given[option.name] = ctx.params[option.name]
        ctx.default_map = {**(ctx.default_map or {}), name: given}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(_SUMMARY_LONGEST))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        with formatter.section(tr("Commands")):
            formatter.write_dl(rows)


def _one_folder(ctx: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    """Not one before the command and another behind it."""
    above = ctx.parent.params.get("data") if ctx.parent else None
    if above is not None and value != above:
        raise click.BadParameter(
            tr("there are two: {above} before the command and {value} behind it; give one.", above=above, value=value)
        )
    return value


DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    callback=_one_folder,
    help=tr("Folder of the program's own servers and data."),
)


DEBUG = click.option(
    "--debug", is_flag=True, help=tr("Say and keep in the log folder whatever happens, not only what goes wrong.")
)


def database_name(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """For an option that names a database."""
    if value is not None:
        try:
            check_database(value)
        except Misconfigured as problem:
            raise click.BadParameter(of_this_place(problem)) from problem
    return value


def mongo_address(_ctx: click.Context, _option: click.Parameter, value: str) -> str:
    """For an option that names a MongoDB."""
    try:
        check_mongo_url(value)
    except Misconfigured as problem:
        more = tr(" If a password was typed, change it: the shell's history has it now.") if "@" in value else ""
        example = tr("Like this: --mongo-url 'mongodb://HOST:27017/?replicaSet=rs0' --root NAME")
        raise click.BadParameter(f"{of_this_place(problem)}{more} {example}") from problem
    return value


ACCOUNT = click.option(
    "--account", default="worker", show_default=True, help=tr("Its password: DRIVESPHERE_PASSWORD or the keyring.")
)


def settings_of(data: Path | None) -> Settings:
    """As ``load``; whatever does not answer from now on is told with its address."""
    settings = load(data)
    remember_servers(settings.mongo_url, settings.redis_url.reveal())
    return settings


def remember_servers(mongo_url: str, redis_url: str = "") -> None:
    """Where this command's servers are, for ``sentence``."""
    click.get_current_context().meta[_SERVERS] = {
        "mongodb": ("MongoDB", mongo_url and shown(mongo_url)),
        "redis": ("Redis", redis_url and shown(redis_url)),
    }


def sentence(problem: DriveSphereError) -> str:
    """What is wrong; of a server that does not answer also which one, and what to do."""
    if not isinstance(problem, Unavailable):
        return errors.sentence(problem)
    if problem.server == "embedded":
        said = of_this_place(problem) if isinstance(problem, ServersFailed) else problem.detail
        return tr("The program's own servers did not answer: {said}", said=said or tr("no word from them"))
    context = click.get_current_context(silent=True)
    name, address = (context.meta.get(_SERVERS, {}) if context else {}).get(problem.server, (problem.server, ""))
    why = f" ({problem.detail})" if problem.detail else ""
    if problem.server == "stripe":
        return tr("Stripe does not answer{why}. Look at the network between, and try again.", why=why)
    if problem.detail == UNTRUSTED:
        return tr(
            "{name} at {address} shows a certificate that is not trusted here. Set ca_file to the firm's authority.",
            name=name,
            address=address,
        )
    where = tr("at {address}", address=address) if address else tr("of the program's own servers")
    return tr(
        "{name} {where} does not answer{why}. See that it runs, that the address is right and that it is in reach.",
        name=name,
        where=where,
        why=why,
    )


@contextmanager
def in_words(also: Callable[[DriveSphereError], None] = lambda _: None) -> Iterator[None]:
    """A problem we know is a sentence and a status, and what *also* says; any other is a bug and shows itself.

    Status 4 where only another release of the program helps, so that nobody starts this one again and again; else 2.
    """
    try:
        yield
    except DriveSphereError as problem:
        click.echo(f"{sentence(problem)} [{problem.code}]", err=True)
        also(problem)
        sys.exit(_STATUS_TOO_OLD if isinstance(problem, ProgramTooOld) else _STATUS)


def progress(told: Remark) -> None:
    """What is being done: a line to whoever waits, beside what the command answers."""
    click.echo(words(told), err=True)


def password_of(settings: Settings, account: str) -> Secret:
    """From the environment, the keyring, the demo's public ones, or else from the person."""
    from engine.embedded.demo_people import accounts  # noqa: PLC0415 -- only these commands need it

    public = {each.account: each.password for each in accounts()} if settings.embedded else {}
    known = kept_password(account) or Secret(public.get(AccountName(account), ""))
    return known or Secret(click.prompt(tr("Password of {account}", account=account), hide_input=True, err=True))


def typed_day(_context: click.Context, _option: click.Parameter, value: str) -> date:
    """A day as it may be typed in the window; whether 3/4 is in March or April, no order decides here."""
    now = datetime.now(UTC).replace(tzinfo=None)
    asked = AskedBack(joined(Order.UNKNOWN, ENGLISH), now, lean=Lean.BACKWARD, days_only=True)
    read = read_moment(value, asked)
    if isinstance(read, Misread):
        raise click.BadParameter(
            tr("{word!r} is not understood as a day; write it as 2026-11-30.", word=read.word or value)
        )
    return read.at.date()
