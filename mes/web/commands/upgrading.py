"""``mes upgrade``: a plant at work gets the tables of this version, with a backup before, and works on."""

import time

import click

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _, say
from mes.core.work import utc_now
from mes.keeping.aside import aside, is_served
from mes.keeping.upgrading import bring_up, check_alone, check_others, copy_first, tables
from mes.web import check_database
from mes.web.check import check as prove
from mes.web.commands.checking import show
from mes.web.training_copy import drop_copies


@click.command()
@click.option("--no-backup", is_flag=True, help="Make none first: you have one.")
@click.option("--no-check", is_flag=True, help="Leave out the check of all books at the end (later: mes check).")
@click.pass_context
def upgrade(ctx: click.Context, *, no_backup: bool, no_check: bool) -> None:
    """Bring the plant to this version, while it works.

    Makes a backup, asks the program that serves this data folder to step aside, changes the tables (all or nothing),
    and lets it start again as this version. Tablets send what was entered meanwhile. At the end all books are proven.
    """
    settings: Settings = ctx.obj
    found, needed = tables(settings)
    if found == needed:
        with aside(settings.data_dir) as served:
            click.echo(_("The database is up to date (%(revision)s).", revision=found))
        _tell_of_start(served)
        return
    if not is_served(settings.data_dir):
        check_alone(settings)
        check_others(settings)
    if not no_backup:
        copy = copy_first(settings, needed, utc_now())
        click.echo(_("A copy of the database was kept: %(file)s", file=str(copy)))
    with aside(settings.data_dir, _tell_of_waiting) as served:
        began = time.monotonic()
        check_others(settings)
        bring_up(settings, found, needed)
        drop_copies(settings)  # it has the tables of before; whoever practises next gets a fresh one
        faults = _faults(settings)
        seconds = max(1, round(time.monotonic() - began))
        click.echo(_("The database went from %(found)s to %(needed)s (%(seconds)s s).",
                     found=found, needed=needed, seconds=f"{seconds:,}"))  # fmt: skip
    for sentence in faults:
        click.echo(sentence, err=True)
    _tell_of_start(served)
    ctx.exit(1 if faults or (not no_check and _check(settings)) else 0)


def _tell_of_waiting() -> None:
    click.echo(_("The program that serves the plant steps aside; what is under way there is finished first."))


def _tell_of_start(served: bool) -> None:
    click.echo(_("The program that served the plant starts again.") if served else _("Start it with: mes serve"))


def _faults(settings: Settings) -> list[str]:
    """What is wrong with tables and guards now, in sentences; what is in them is proven once the plant works again."""
    database = Database(settings.database)
    try:
        with database.read() as read:
            return [say(message, values) for _rule, message, values in check_database.shape(read)]
    finally:
        database.engine.dispose()


def _check(settings: Settings) -> bool:
    """Prove all books while the plant works; whether something is wrong."""
    click.echo(_("Checking all books ..."))
    database = Database(settings.database)
    try:
        outcome = prove(database)
    finally:
        database.engine.dispose()
    show(outcome, as_json=False)
    return bool(outcome.faults)
