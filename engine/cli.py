"""``drivesphere …``: the program's commands. Each says in words what is wrong; its exit status is for scripts."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
from collections.abc import Coroutine, Iterable
from datetime import date
from multiprocessing import freeze_support
from pathlib import Path
from typing import Any

import click
import structlog

from engine.adapters.redis import rights as redis_rights
from engine.commands.backup_options import backup, backup_key, restore
from engine.commands.parts import (
    ACCOUNT,
    DATA,
    DEBUG,
    CommandGroup,
    database_name,
    in_words,
    mongo_address,
    password_of,
    progress,
    remember_servers,
    settings_of,
    typed_day,
)
from engine.commands.render import render
from engine.commands.restored_payments import restored
from engine.commands.return_pages import return_pages
from engine.commands.service_password import service_password
from engine.commands.try_servers import try_servers
from engine.config import Settings, kept_password, load, must_have_screen
from engine.crash_reports import watching
from engine.domain.money.payment import StripeMode
from engine.domain.shared.errors import Misconfigured
from engine.words.tr import tr

NEW_WINDOW = click.option(
    "--new-window", is_flag=True, help=tr("Open another window where one is open on this data folder already.")
)


@click.group(cls=CommandGroup, invoke_without_command=True)
@DATA
@NEW_WINDOW
@DEBUG
@click.version_option(package_name="drivesphere")
@click.pass_context
def drivesphere(context: click.Context, data: Path | None, *, new_window: bool, debug: bool) -> None:
    """Rent out cars; each car once. Without a command the window opens."""
    if context.invoked_subcommand is None:
        with in_words():
            _open_window(settings_of(data), smoke=False, new_window=new_window, debug=debug)


@drivesphere.command()
@DATA
@NEW_WINDOW
@DEBUG
@click.option("--smoke", is_flag=True, help=tr("Sign in, wait for the first search result, print the times, leave."))
def demo(data: Path | None, *, smoke: bool, new_window: bool, debug: bool) -> None:
    """Open the window on the program's own servers with the demo's firm."""
    with in_words():
        settings = settings_of(data)
        if not settings.embedded:
            raise Misconfigured("demo.own_servers")
        _open_window(settings, smoke=smoke, new_window=new_window, debug=debug)


def _open_window(settings: Settings, *, smoke: bool, new_window: bool, debug: bool) -> None:
    must_have_screen()
    # Qt is loaded only by who opens a window: worker, race and provision run on machines without a screen.
    from desktop.start import run  # noqa: PLC0415

    with watching(settings.log_dir, "desktop", debug=debug) as crashes:
        status = run(settings, smoke=smoke, crashes=crashes, new_window=new_window)
    sys.exit(status)


def _for_a_new_set(told: dict[str, Any]) -> None:
    for name in ("key_file", "set_only"):
        if told[name] and not told["initiates"]:
            raise click.UsageError(
                tr("--{what} is for a new replica set: add --init-replica-set.", what=name.replace("_", "-"))
            )


def _root_password(name: str) -> str:
    told: str = kept_password(name).reveal() or click.prompt(
        tr("Password of {name}", name=name), hide_input=True, err=True
    )
    return told


@drivesphere.command()
@click.option(
    "--mongo-url",
    required=True,
    is_eager=True,
    callback=mongo_address,
    help=tr("Address of the replica set, without name and password."),
)
@click.option("--database", default="drivesphere", show_default=True, callback=database_name)
@click.option(
    "--root",
    "root_name",
    prompt=tr("MongoDB account that may create roles"),
    help=tr("As in MongoDB's admin database."),
)
@click.option("--admin", default="admin", show_default=True, help=tr("Name of the first admin account."))
@click.option(
    "--stripe-mode",
    type=click.Choice(["test", "live"]),
    help=tr("Which payments the firm takes; desks whose Stripe key is of the other kind refuse to start."),
)
@click.option(
    "--success-url",
    "pages",
    multiple=True,
    metavar="URL",
    help=tr("An https page to which Stripe may send payers back; with live payments there must be one."),
)
@click.option(
    "--init-replica-set",
    "initiates",
    is_flag=True,
    help=tr("First make a replica set of the address, and --root its first account; on the computer of a member."),
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=tr("With --init-replica-set: make this file, by which members know each other, where it is missing."),
)
@click.option(
    "--set-only", is_flag=True, help=tr("With --init-replica-set: make nothing in the database, as before a restore.")
)
def provision(
    mongo_url: str,
    database: str,
    root_name: str,
    admin: str,
    stripe_mode: str | None,
    pages: tuple[str, ...],
    **more: Any,
) -> None:
    """Make a MongoDB ready for DriveSphere. May be run again at any time; says what it changed.

    The root account's password comes from DRIVESPHERE_PASSWORD or is asked for; it is no argument, because every
    account of this computer can read those. Where the setting ca_file names certificates, it speaks TLS.
    """
    from engine.commands import provision as provisioning  # noqa: PLC0415 -- the drivers take a quarter of a second to load

    remember_servers(mongo_url)
    _for_a_new_set(more)
    with in_words():
        if _made_key_file(more["key_file"], mongo_url):
            return
        ca_file = load().ca_file
        password = _root_password(root_name)
        if more["initiates"]:
            _carry_out(provisioning.initiate(mongo_url, root_name, password, ca_file))
        if more["set_only"]:
            return
        _carry_out(
            provisioning.run(
                mongo_url,
                database,
                root_name,
                password,
                admin,
                stripe_mode=StripeMode(stripe_mode) if stripe_mode else None,
                return_pages=pages,
                ca_file=ca_file,
                hear=progress,
            )
        )


def _made_key_file(key_file: Path | None, mongo_url: str) -> bool:
    """Whether it was made now, and what to do with it said; False where none is wanted, or it is there already."""
    from engine.commands import provision as provisioning  # noqa: PLC0415 -- as above

    made = provisioning.key_file(key_file, mongo_url) if key_file else ()
    if made:
        click.echo("\n".join(made))
    return bool(made)


def _carry_out(work: Coroutine[Any, Any, Iterable[str]]) -> None:
    """Do it, and say what was changed, a line each."""
    for line in asyncio.run(work):
        click.echo(line)


@drivesphere.command()
@DATA
@click.option("--clients", type=click.IntRange(1, 10_000), default=2, show_default=True)
@click.option("--rounds", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--handover", is_flag=True, help=tr("A booked car is handed over and taken back instead."))
@click.option("--no-lease", is_flag=True, help=tr("Without the lease in Redis: the database alone must be right."))
@click.option("--json", "as_json", is_flag=True, help=tr("A JSON object for each round and one for all."))
@click.option(
    "--mongo-root", help=tr("On given servers: MongoDB account that may create a database; asks for its password.")
)
def race(  # noqa: PLR0913 -- one for each option
    data: Path | None,
    clients: int,
    rounds: int,
    processes: int,
    mongo_root: str | None,
    *,
    no_lease: bool,
    handover: bool,
    as_json: bool,
) -> None:
    """Let many clients want one car at the same moment. Status 1 if ever two of them have it, or none."""
    from engine.commands import race_report  # noqa: PLC0415 -- the drivers take a quarter of a second to load

    with in_words():
        terms = race_report.Terms(clients, rounds, min(processes, clients), lease=not no_lease, handover=handover)
        fair = asyncio.run(race_report.run(settings_of(data), terms, mongo_root, as_json=as_json))
    sys.exit(0 if fair else 1)


_PORT_DIGITS = 5


def _address(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """``HOST:PORT``, ``[::1]:PORT``, or only ``PORT``, which is this machine's own."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not (port.isascii() and port.isdecimal() and len(port) <= _PORT_DIGITS and int(port) < 2**16):
        raise click.BadParameter(tr("HOST:PORT is wanted, for example 127.0.0.1:8460."))
    return host.strip("[]") or "127.0.0.1", int(port)


@drivesphere.command()
@DATA
@DEBUG
@ACCOUNT
@click.option(
    "--webhook", metavar="HOST:PORT", callback=_address, help=tr("Hear Stripe's webhooks at http://HOST:PORT/stripe.")
)
@click.option(
    "--behind-proxy", is_flag=True, help=tr("All webhooks come through one trusted proxy: do not limit one address.")
)
@click.option(
    "--monitor",
    metavar="HOST:PORT",
    callback=_address,
    help=tr("Answer monitoring at http://HOST:PORT/ready and /metrics."),
)
def worker(
    data: Path | None,
    account: str,
    webhook: tuple[str, int] | None,
    monitor: tuple[str, int] | None,
    *,
    behind_proxy: bool,
    debug: bool,
) -> None:
    """Sweep, look for overlooked payments and hear Stripe, without a window, until SIGTERM.

    Status 4 if the database belongs to a later release, also when it is brought there meanwhile: install that release.
    """
    from engine.commands import worker as working  # noqa: PLC0415 -- the drivers take a quarter of a second to load

    _log_from(logging.INFO)
    with in_words():
        settings = settings_of(data)
        password = password_of(settings, account)
        orders = working.Orders(account, password, webhook, settings.stripe_webhook_secret, behind_proxy, monitor)
        with watching(settings.log_dir, "worker", aloud=logging.INFO, debug=debug):
            asyncio.run(working.run(settings, orders))


@drivesphere.command()
@DATA
@ACCOUNT
@click.option(
    "--since",
    callback=typed_day,
    required=True,
    metavar="DAY",
    help=tr("First day, in UTC, such as 2026-11-01 or 1 nov."),
)
@click.option("--until", callback=typed_day, required=True, metavar="DAY", help=tr("Last day, in UTC."))
@click.option("--json", "as_json", is_flag=True, help=tr("One JSON object."))
def reconcile(data: Path | None, account: str, since: date, until: date, *, as_json: bool) -> None:
    """Compare Stripe's books with bookings and ledger, and list the bookings that need a person.

    Status 1 if they differ or one does, 2 if they could not be compared.
    """
    from engine.commands import reconcile as reconciling  # noqa: PLC0415 -- the drivers take a quarter of a second to load

    if until < since:
        raise click.BadParameter(tr("--until lies before --since."))
    with in_words():
        settings = settings_of(data)
        findings = asyncio.run(reconciling.run(settings, account, password_of(settings, account), since, until))
    (reconciling.tell_as_json if as_json else reconciling.tell)(findings, since, until)
    sys.exit(0 if findings.clean else 1)


@drivesphere.command()
@DATA
@ACCOUNT
@click.option("--json", "as_json", is_flag=True, help=tr("One JSON object, whatever happens."))
def doctor(data: Path | None, account: str, *, as_json: bool) -> None:
    """Look at servers, sweeper, schema and data.

    Status 1 if something is bad, 2 if nothing could be looked at, 3 if something that the account may look at could not
    be, or not all of it. It changes nothing. An admin's account sees more than the worker's: the rights of all roles.
    """
    from engine.commands import doctor as doctoring  # noqa: PLC0415 -- the drivers take a quarter of a second to load
    from engine.domain.health.health import Level  # noqa: PLC0415 -- as above

    with in_words(doctoring.tell_problem_as_json) if as_json else in_words():
        settings = settings_of(data)
        hear = (lambda _: None) if as_json else doctoring.tell
        password = password_of(settings, account)
        report = asyncio.run(doctoring.run(settings, account, password, hear, doctoring.Progress()))
    if as_json:
        doctoring.tell_as_json(report)
    sys.exit(1 if report.level is Level.BAD else 3 if report.missed else 0)


@drivesphere.command("redis-account")
@click.option("--database", default="drivesphere", show_default=True, help=tr("Whose keys it may use; * for all."))
@click.option("--at", default="HOST:PORT", show_default=True, help=tr("Where Redis is, for the address that is told."))
@click.option("--rights-only", is_flag=True, help=tr("Renew the rights after an update and keep the password."))
def redis_account(database: str, at: str, *, rights_only: bool) -> None:
    """Print the account that desks use in Redis or Valkey, with the rights they need and no more.

    The line is for the server's ACL file, or its configuration; it holds the password's hash. The password itself is
    made anew and shown once, on the terminal's error output.
    """
    with in_words():
        if rights_only:
            click.echo(" ".join(["ACL", "SETUSER", redis_rights.USER, *redis_rights.acl(database)]))
            return
        password = secrets.token_urlsafe(24)
        click.echo(redis_rights.acl_line(password, database))
        click.echo(tr("Its password, shown this once: {password}", password=password), err=True)
        click.echo(
            tr("At each desk: rediss://{user}:{password}@{at}/0", user=redis_rights.USER, password=password, at=at),
            err=True,
        )


@drivesphere.command(hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def keeper(arguments: tuple[str, ...]) -> None:
    """Keep the embedded servers of one data folder; started by the program itself."""
    from engine.embedded import keeper as keeping  # noqa: PLC0415 -- only this process needs it

    sys.exit(keeping.main(list(arguments)))


@drivesphere.command(hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def sandbox(arguments: tuple[str, ...]) -> None:
    """Run the local payment sandbox; started by the keeper."""
    from engine.sandbox import __main__ as playing  # noqa: PLC0415 -- only this process needs it

    playing.main(list(arguments))


for _command in (backup, backup_key, render, restore, restored, return_pages, service_password, try_servers):
    drivesphere.add_command(_command)


def main() -> None:
    """Entry of the console script and of the frozen program."""
    freeze_support()
    _log_from(logging.WARNING)
    drivesphere()


def _log_from(level: int) -> None:
    # Standard output belongs to the commands' own answers.
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


if __name__ == "__main__":
    main()
