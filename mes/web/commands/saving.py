"""``mes backup`` and ``mes restore``."""

from pathlib import Path

import click

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.core.schema import head
from mes.core.work import utc_now
from mes.keeping import backup as saving
from mes.keeping.installation import revision
from mes.web.check import check as prove
from mes.web.commands.checking import show
from mes.web.training_copy import drop_copies


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write a verified copy of everything to FILE (or, dated, into a folder), while the plant works."""
    made = saving.backup(settings, file, utc_now())
    size = max(1, made.stat().st_size // 1024)
    click.echo(_("The backup %(file)s was written and checked (%(size)s kB).", file=str(made), size=size))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Replace the plant that is there.")
@click.pass_context
def restore(ctx: click.Context, file: Path, yes: bool) -> None:
    """Bring back a backup, whole or not at all."""
    settings: Settings = ctx.obj
    kept = saving.restore(settings, file, utc_now(), yes=yes)
    drop_copies(settings)  # people practised in a copy of the plant that was there before
    if kept is not None:
        click.echo(_("What was there before is kept: %(file)s", file=str(kept)))
    if revision(settings) != head():
        click.echo(_("The backup was brought back; it is older than this version. Continue with: mes upgrade"))
        return
    database = Database(settings.database)
    try:
        outcome = prove(database)
    finally:
        database.close()
    click.echo(_("The backup was brought back."))
    show(outcome, as_json=False)
    ctx.exit(1 if outcome.faults else 0)
