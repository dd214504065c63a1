"""``mes move-database``, ``mes export --all`` and ``mes import --all``: the whole plant, proven."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _, say, stamp
from mes.core.work import utc_now
from mes.keeping.installation import shown_url
from mes.keeping.marks import MarkState
from mes.moving.doors import read_url
from mes.moving.export import export_all, import_all
from mes.moving.filling import Progress
from mes.moving.move import Move, Plan, give_up
from mes.moving.switch import overruled_by, write_setting
from mes.moving.values import shapes
from mes.web import check_database
from mes.web.check import check
from mes.web.commands.checking import show
from mes.web.tables import metadata
from mes.web.training_copy import drop_copies

#: Seconds between two lines about the same table.
EVERY = 5.0


@click.command("move-database")
@click.argument("url", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--switch", is_flag=True, help="Afterwards write the new address into mes.toml.")
@click.option("--give-up", "stay", is_flag=True, help="Do not move after all: the plant works here again.")
@click.option("--no-check", is_flag=True, help="Leave out the check of all books at the end (later: mes check).")
@click.pass_context
def move_database(ctx: click.Context, url: str | None, *, yes: bool, switch: bool, stay: bool, no_check: bool) -> None:
    """Copy the whole plant to the EMPTY database URL, prove the copy, and leave the old one as it was.

    \b
    URL:  postgresql://USER:PASSWORD@HOST/DATABASE   or   sqlite:////folder/mes.db
    The password may come from the variable PGPASSWORD instead.

    While it runs, pages can be looked at and nothing can be recorded. If it is interrupted, give the same command
    again: it goes on where it stopped. At the end it says which setting to change. Then stop the program and start
    it again.
    """
    settings: Settings = ctx.obj
    if stay:
        _stay(settings, url, yes)
        return
    if url is None:
        raise click.UsageError(ctx.get_usage())
    target = read_url(url)
    move = Move(settings, target, shapes(metadata), utc_now())
    _tell_plan(move.plan())
    if not yes:
        click.confirm(_("Go on?"), abort=True)
    began = time.monotonic()
    done = move.run(_prove, _telling(), _telling_of_indexes)
    seconds = max(1, round(time.monotonic() - began))
    drop_copies(settings)  # people practised in a copy of the old database
    click.echo(
        _("All %(tables)s tables with %(rows)s rows are there, and each was read back and compared (%(seconds)s s).",
          tables=done.tables, rows=f"{done.rows:,}", seconds=f"{seconds:,}")
    )  # fmt: skip
    faults = 0 if no_check else _check(target)
    if faults:
        click.echo(_("These faults were in the old database already: the copy is exact."))
    _tell_what_next(settings, target, switch)
    ctx.exit(1 if faults else 0)


def _tell_plan(plan: Plan) -> None:
    click.echo(_("From: %(where)s", where=plan.source))
    click.echo(_("To:   %(where)s", where=plan.target))
    if plan.begun_at is not None:
        click.echo(_("This goes on with what was begun on %(when)s.", when=stamp(plan.begun_at)))
    click.echo(_("%(tables)s tables with %(rows)s rows will be copied and proven.",
                 tables=plan.tables, rows=f"{plan.rows:,}"))  # fmt: skip
    click.echo(_("Until it is done nothing can be recorded in the plant; pages can be looked at."))
    click.echo(_("The old database stays as it is. Photos are in the database; files of the data folder stay there."))


def _telling() -> Callable[[Progress], None]:
    """Says how far each table is, a large one every few seconds."""
    last = [time.monotonic(), 0.0]

    def tell(progress: Progress) -> None:
        now = time.monotonic()
        if progress.is_proven:
            if progress.rows:
                click.echo(_("%(table)s: %(rows)s rows, proven", table=progress.table, rows=f"{progress.rows:,}"))
        elif now - last[0] > EVERY:
            last[0] = now
            click.echo(_("%(table)s: %(rows)s rows so far", table=progress.table, rows=f"{progress.rows:,}"))

    return tell


def _telling_of_indexes(done: int, of: int) -> None:
    if done == 0:
        click.echo(_("Making %(count)s indexes and references; with a large plant this takes a while.", count=of))


def _prove(database: Database) -> list[str]:
    """What is wrong with a database around its rows."""
    with database.read() as read:
        return [say(message, values) for _rule, message, values in check_database.faults(read, [])]


def _check(target: str) -> int:
    click.echo(_("Checking all books ..."))
    database = Database(target)
    try:
        outcome = check(database)
    finally:
        database.close()
    show(outcome, as_json=False)
    return len(outcome.faults)


def _tell_what_next(settings: Settings, target: str, switch: bool) -> None:
    click.echo(_("The plant is in %(where)s now; the old database takes no more entries.", where=shown_url(target)))
    written = write_setting(target) if switch else None
    if written is not None:
        click.echo(_("database_url was written into %(file)s. Keep that file where only you can read it.",
                     file=str(written)))  # fmt: skip
    else:
        click.echo(_("Set database_url in mes.toml, or MES_DATABASE_URL, to the address you gave (with its password):"))
        click.echo(f'database_url = "{shown_url(target)}"')
    variable = overruled_by(settings)
    if variable is not None and switch:
        click.echo(_("%(name)s is set in the environment and goes before mes.toml: change it there.", name=variable))
    click.echo(_("Stop the program and start it again; mes config shows which database is in force."))


def _stay(settings: Settings, url: str | None, yes: bool) -> None:
    if not yes:
        click.echo(_("The plant will work in %(where)s again. If it has moved already, what was recorded there since "
                     "is not here.", where=shown_url(settings.database)))  # fmt: skip
        click.confirm(_("Go on?"), abort=True)
    mark = give_up(settings, shapes(metadata), utc_now(), target=read_url(url) if url else None, away=True)
    click.echo(_("The plant works in %(where)s again.", where=shown_url(settings.database)))
    if mark.state is MarkState.MOVING and url is None:
        click.echo(_("What was copied to %(where)s is still there; empty that database before you use it.",
                     where=mark.where))  # fmt: skip


def write_everything(settings: Settings, out: Path) -> None:
    """Everything of the plant into a folder or a ZIP."""
    done = export_all(settings, metadata, out, utc_now(), _telling())
    click.echo(_("%(rows)s rows in %(files)s files were written to %(out)s.",
                 rows=f"{done.rows:,}", files=f"{done.files:,}", out=str(out)))  # fmt: skip
    click.echo(_("Its README says how to read it. The hash that stands for all of it: %(sha256)s", sha256=done.sha256))
    click.echo(_("Keep it where only you can read it: it holds what people sign in with."))


def read_everything(settings: Settings, path: Path) -> int:
    """Everything that was written, into a plant that nobody has used. Gives the exit code."""
    done = import_all(settings, metadata, path, utc_now(), _prove, _telling(), _telling_of_indexes)
    drop_copies(settings)
    click.echo(_("All %(tables)s tables with %(rows)s rows and %(files)s files are there, each compared with its hash.",
                 tables=done.tables, rows=f"{done.rows:,}", files=f"{done.files:,}"))  # fmt: skip
    faults = _check(settings.database)
    click.echo(_("Start it with: mes serve"))
    return 1 if faults else 0
