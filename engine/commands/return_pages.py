"""``drivesphere return-pages``: where Stripe may send payers back to, as an administrator records it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from engine.commands.parts import DATA, in_words, password_of, settings_of
from engine.config import Secret, Settings
from engine.words.tr import tr


@click.command("return-pages")
@DATA
@click.option(
    "--account", default="admin", show_default=True, help=tr("Its password: DRIVESPHERE_PASSWORD or the keyring.")
)
@click.option("--add", "added", multiple=True, metavar="URL", help=tr("Payers may be sent back to this https page."))
@click.option("--remove", "removed", multiple=True, metavar="URL", help=tr("From now on they may not."))
def return_pages(data: Path | None, account: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """List the pages to which Stripe may send payers back, and change the list. For an administrator's account."""
    with in_words():
        settings = settings_of(data)
        for line in asyncio.run(_run(settings, account, password_of(settings, account), added, removed)):
            click.echo(line)


async def _run(
    settings: Settings, account: str, password: Secret, added: tuple[str, ...], removed: tuple[str, ...]
) -> list[str]:
    """What is recorded afterwards, the last one first."""
    from engine.bootstrap import open_deployment, open_engine  # noqa: PLC0415 -- the drivers take a while to load

    async with (
        open_deployment(settings) as deployment,
        open_engine(deployment, account, password.reveal(), background=False) as engine,
    ):
        pages = engine.admin.return_pages
        for url in added:
            await pages.add(engine.actor, url)
        for url in removed:
            await pages.remove(engine.actor, url)
        return await pages.pages(engine.actor) or [tr("No page is recorded.")]
