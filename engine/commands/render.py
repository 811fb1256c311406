"""``drivesphere render``: an issued paper as a PDF, where nobody sits at a window."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.commands.parts import ACCOUNT, DATA, in_words, password_of, settings_of
from engine.config import Secret, Settings
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.rendering import Rendering
from engine.words.tr import counted, tr

if TYPE_CHECKING:
    from desktop.papers.pdf import Drawn


@click.command()
@DATA
@ACCOUNT
@click.argument("paper")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help=tr("Write over a file that is there."))
def render(data: Path | None, account: str, paper: str, out: Path, *, overwrite: bool) -> None:
    """Draw an issued paper as a PDF. PAPER is its number, such as BER-2026-INV-0413, or its id; OUT is the file.

    It is drawn from what was issued, by the template of then: of the same paper and fonts it is always the same file.
    """
    with in_words():
        if out.exists() and not overwrite:
            raise PaperRefused("paper.file_there", path=out)
        settings = settings_of(data)
        drawn = asyncio.run(_run(settings, account, password_of(settings, account), paper, out))
    told = {"path": out, "size": len(drawn.data), "sum": drawn.sha256}
    click.echo(
        counted(
            "{path}: {count} page, {size} bytes, SHA-256 {sum}",
            "{path}: {count} pages, {size} bytes, SHA-256 {sum}",
            drawn.pages,
            **told,
        )
    )


async def _run(settings: Settings, account: str, password: Secret, key: str, out: Path) -> Drawn:
    from desktop.papers.pdf import drawn_alone  # noqa: PLC0415 -- Qt is loaded by who draws
    from engine.bootstrap import open_deployment, open_engine  # noqa: PLC0415 -- the drivers take a while to load

    async with (
        open_deployment(settings) as deployment,
        open_engine(deployment, account, password.reveal(), background=False) as engine,
    ):
        paper = await engine.papers.paper(engine.actor, key)
        drawn = drawn_alone(paper, await engine.papers.logo(engine.actor, paper.body.seller.logo))
        _write(out, drawn.data)
        size, now = len(drawn.data), engine.clock.now()
        noted = Rendering(paper.id, drawn.sha256, size, drawn.pages, paper.body.template, drawn.fonts, account, now)
        await engine.papers.note(engine.actor, noted)
    return drawn


def _write(out: Path, data: bytes) -> None:
    """Whole or not at all. Raises: PaperRefused."""
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise PaperRefused("paper.not_written", path=out, why=problem.strerror or str(problem)) from problem
