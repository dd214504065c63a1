"""``mes backup`` and ``mes restore``."""

from pathlib import Path

import click

from mes.core.access import EVERYONE, Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.core.schema import head
from mes.core.work import utc_now
from mes.keeping import backup as saving
from mes.keeping.copying import Copying
from mes.keeping.installation import check_installed, revision
from mes.web.check import check as prove
from mes.web.commands.checking import show
from mes.web.training_copy import drop_copies


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def backup(settings: Settings, file: Path | None) -> None:
    """Write a verified copy of everything to FILE (or, dated, into a folder), while the plant works. Without FILE it
    goes where the nightly ones go."""
    made = saving.backup(settings, file, utc_now()) if file else _with_the_others(settings)
    size = max(1, made.stat().st_size // 1024)
    click.echo(_("The backup %(file)s was written and checked (%(size)s kB).", file=str(made), size=size))


def _with_the_others(settings: Settings) -> Path:
    check_installed(settings)
    database = Database(settings.database)
    try:
        copying = Copying(database, settings)
        made = copying.make(Actor(_("Command line"), EVERYONE))
        copying.look()  # and on to the other places
    finally:
        database.close()
    return copying.folder / made.file


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
