"""``drivesphere backup`` and ``drivesphere restore``: what they take, before they begin."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.commands.parts import DATA, database_name, in_words, password_of, settings_of
from engine.config import backup_phrase
from engine.domain.health.backup import BackupRefused
from engine.words.tr import tr

if TYPE_CHECKING:
    from engine.adapters.disk.backup_file import BackupKey

_KEY_FILE = click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=tr("File of the key; else a pass phrase is asked for."),
)
_JSON_LINES = click.option(
    "--json", "as_json", is_flag=True, help=tr("One JSON object a line: progress, then the end.")
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@DATA
@click.option(
    "--account", default="backup", show_default=True, help=tr("Its password: DRIVESPHERE_PASSWORD or the keyring.")
)
@_KEY_FILE
@click.option(
    "--make-key", is_flag=True, help=tr("Make a new key and write it to --key-file, which must not be there yet.")
)
@click.option("--overwrite", is_flag=True, help=tr("Replace FILE if it is there."))
@_JSON_LINES
def backup(
    file: Path,
    data: Path | None,
    account: str,
    key_file: Path | None,
    *,
    make_key: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Copy the whole database as of one moment into FILE, sealed. Work goes on meanwhile.

    The pass phrase comes from DRIVESPHERE_BACKUP_PASSPHRASE or is asked for. FILE appears when it is whole. Status 2 if
    it could not be made.
    """
    # The drivers take a quarter of a second to load.
    from engine.commands import backup as backing_up  # noqa: PLC0415
    from engine.commands import backup_words  # noqa: PLC0415

    if make_key and key_file is None:
        raise click.BadParameter(tr("--make-key needs --key-file."))
    teller = backup_words.Teller(as_json)

    async def run() -> backing_up.Made:
        settings = settings_of(data)
        key = _backup_key(key_file, new=True, make=make_key)
        async with backing_up.whole_database(settings, account, lambda: password_of(settings, account)) as client:
            by = tr("the computer's own") if settings.embedded else account
            return await backing_up.make_backup(
                client, settings.database, file, key, teller, by=by, overwrite=overwrite
            )

    with in_words(lambda _: teller.end()):
        made = asyncio.run(run())
    teller.end()
    backup_words.tell_made(made, as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@DATA
@click.option(
    "--database", callback=database_name, help=tr("Another name than the settings' for the database to make.")
)
@click.option("--root", default="root", show_default=True, help=tr("MongoDB account that may create roles."))
@_KEY_FILE
@click.option(
    "--passwords",
    type=click.Path(path_type=Path, dir_okay=False),
    default="one-time-passwords.txt",
    show_default=True,
    help=tr("New file for the accounts' one-time passwords."),
)
@click.option("--again", is_flag=True, help=tr("Clear away a restore that did not come to its end, and begin anew."))
@_JSON_LINES
def restore(file: Path, data: Path | None, key_file: Path | None, *, as_json: bool, **more: Any) -> None:
    """Put a back-up into an empty database, look at every row of it there, and say what to do next.

    FILE is read to its end first; nothing is written before all of it is known to be whole. The pass phrase comes from
    DRIVESPHERE_BACKUP_PASSPHRASE, the root account's password from DRIVESPHERE_PASSWORD, or they are asked for.
    """
    # The drivers take a quarter of a second to load.
    from engine.commands import backup_words  # noqa: PLC0415
    from engine.commands import restore as restoring  # noqa: PLC0415

    teller = backup_words.Teller(as_json)

    async def run() -> restoring.RestoreReport:
        settings = settings_of(data)
        settings = replace(settings, database=more["database"] or settings.database)
        key = _backup_key(key_file, new=False, sealed=file, data=data)
        order = restoring.RestoreOrder(file, key, more["passwords"], again=more["again"])
        root_name = more["root"]
        async with restoring.open_target(settings, root_name, lambda: password_of(settings, root_name)) as target:
            return await restoring.restore(target, order, teller)

    with in_words(lambda _: teller.end()):
        restored = asyncio.run(run())
    teller.end()
    backup_words.tell_restored(restored, as_json=as_json)


def _backup_key(
    key_file: Path | None, *, new: bool, make: bool = False, sealed: Path | None = None, data: Path | None = None
) -> BackupKey:
    from engine.adapters.disk.backup_place import make_key_file, phrase_key, read_key_file  # noqa: PLC0415 -- as above

    if key_file is not None:
        return make_key_file(key_file) if make else read_key_file(key_file)
    if sealed is not None and (daily := _daily_key(sealed, data)) is not None:
        return daily
    phrase = backup_phrase().reveal() or click.prompt(
        tr("Pass phrase of the back-up"), hide_input=True, confirmation_prompt=new, err=True
    )
    return phrase_key(phrase, new=new)


def _daily_key(sealed: Path, data: Path | None) -> BackupKey | None:
    """This computer's own, for a file that was sealed with a key; None where it was sealed with a pass phrase."""
    from engine.adapters.disk.backup_file import needs_phrase  # noqa: PLC0415 -- as above
    from engine.wiring.daily_backup import kept_key  # noqa: PLC0415 -- as above

    try:
        with sealed.open("rb") as file:
            phrase = needs_phrase(file)
    except OSError as problem:
        raise BackupRefused("backup.unreadable", path=sealed, why=problem.strerror) from problem
    if phrase:
        return None
    key = kept_key(settings_of(data).data_dir)
    if key is None:
        raise BackupRefused("backup.sealed_elsewhere", path=sealed)
    return key


@click.command("backup-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@DATA
def backup_key(file: Path, data: Path | None) -> None:
    """Write the key of this computer's daily back-ups to a new FILE, to be kept elsewhere than the computer."""
    from engine.wiring.daily_backup import export_key  # noqa: PLC0415 -- as above

    with in_words():
        export_key(settings_of(data).data_dir, file)
    click.echo(tr("{file} opens this computer's daily back-ups. Keep it elsewhere.", file=file))
