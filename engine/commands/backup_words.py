"""What ``drivesphere backup`` and ``drivesphere restore`` say, to people and as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field

import click

from engine.commands.backup import Made
from engine.commands.restore import RestoreReport
from engine.domain.health.backup import BackupProgress, BackupSummary
from engine.words.tr import tr

_HUNDRED = 100
_PAYMENTS = tr(
    "Start the worker, or sign in as an administrator, where there is a Stripe key: payments made "
    "since then are looked for, and those that the database lacks become cases for a person. Until "
    "that is done no car is booked."
)


@dataclass(slots=True)
class Teller:
    """Progress: on a terminal in one line that renews itself, as JSON an object a line, into a pipe nothing."""

    as_json: bool
    _last: tuple[str, int] = field(default=("", -1))

    def __call__(self, progress: BackupProgress) -> None:
        share = min(_HUNDRED, _HUNDRED * progress.rows // progress.of) if progress.of else progress.rows // 10_000
        if (progress.step, share) == self._last:
            return
        self._last = (progress.step, share)
        if self.as_json:
            told = {
                "step": progress.step,
                "rows": progress.rows,
                "of": progress.of or None,
                "size": progress.size or None,
            }
            click.echo(json.dumps({"progress": told}))
        elif sys.stderr.isatty():
            line = tr("{step}: {rows:,} rows", step=progress.step, rows=progress.rows)
            if progress.of:
                line = tr("{rows} of {of:,}, {share} %", rows=line, of=progress.of, share=share)
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)

    def end(self) -> None:
        if not self.as_json and sys.stderr.isatty() and self._last[0]:
            click.echo("\r\x1b[K", nl=False, err=True)


def tell_made(made: Made, *, as_json: bool) -> None:
    summary = made.summary
    if as_json:
        told = {
            "file": str(made.path),
            "size": made.size,
            "as_of": summary.as_of.isoformat(),
            "operation_time": str(summary.moment),
            "rows": summary.rows,
            "collections": dict(summary.counts),
            "replayed": summary.replayed,
        }
        click.echo(json.dumps({"done": told}))
        return
    click.echo(
        tr(
            "{path}: the database {database} as of {as_of} (operation {moment}).",
            path=made.path,
            database=made.about.database,
            as_of=_at(summary.as_of),
            moment=summary.moment,
        )
    )
    click.echo(
        tr(
            "{rows:,} rows of {counts} collections, {size:,.1f} MB; read back: whole.",
            rows=summary.rows,
            counts=len(summary.counts),
            size=made.size / 1000000.0,
        )
    )
    if summary.replayed:
        click.echo(
            tr(
                "{replayed:,} rows changed while it was copied, and are in it as of that moment.",
                replayed=summary.replayed,
            )
        )
    click.echo(tr("Keep its key or pass phrase elsewhere: without it nobody can read the file."))


def tell_restored(restored: RestoreReport, *, as_json: bool) -> None:
    summary = restored.whole.summary
    if as_json:
        told = {
            "database": restored.database,
            "as_of": summary.as_of.isoformat(),
            "operation_time": str(summary.moment),
            "epoch": restored.epoch.id,
            "rows": summary.rows,
            "collections": dict(summary.counts),
            "accounts": restored.accounts,
            "passwords": str(restored.passwords),
            "unfit": restored.unfit,
            "provisioned": restored.provisioned,
        }
        click.echo(json.dumps({"done": told}))
    else:
        _tell_restored(restored, summary)


def _tell_restored(restored: RestoreReport, summary: BackupSummary) -> None:
    click.echo(
        tr(
            "The database {database} went back in time to {as_of}.",
            database=restored.database,
            as_of=_at(summary.as_of),
        )
    )
    click.echo(
        tr(
            "{rows:,} rows of {counts} collections were read back and are those of the file.",
            rows=summary.rows,
            counts=len(summary.counts),
        )
    )
    for name, count in restored.unfit.items():
        click.echo(
            tr(
                "{name}: {count:,} rows do not have the shape they should; they were so before. See: drivesphere "
                "doctor",
                name=name,
                count=count,
            )
        )
    click.echo(tr("\nWhat to do next:"))
    for number, line in enumerate(_next(restored), 1):
        click.echo(f"{number}. {line}")


def _next(restored: RestoreReport) -> list[str]:
    since, today = restored.epoch.back_to.date(), restored.epoch.at.date()
    passwords = tr(
        "{passwords} holds a one-time password for each of {accounts:,} accounts.",
        passwords=restored.passwords,
        accounts=restored.accounts,
    )
    lines = [
        tr("{passwords} Hand them out, then delete the file.", passwords=passwords),
        tr("Choose the services' passwords: drivesphere service-password FILE --account worker"),
        _PAYMENTS,
        tr("Compare the books: drivesphere reconcile --since {since} --until {today}", since=since, today=today),
        tr("Look at everything else: drivesphere doctor"),
    ]
    if not restored.administrators:
        lines.insert(1, tr("There is no administrator among them: run drivesphere provision --admin NAME."))
    return lines


def _at(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
