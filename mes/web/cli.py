"""The command line ``mes``. Commands stay as they are: users script against them."""

import json
import locale

import click

from mes import __version__
from mes.core import i18n, schema
from mes.core.access import SYSTEM
from mes.core.config import Settings, read_settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.work import act
from mes.people.service import set_up_plant


class Sentences(click.Group):
    """A refusal is one sentence on standard error and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command in the terminal's language."""
        language = (locale.getlocale()[0] or "en")[:2]
        with i18n.speaking(language if language in i18n.offered() else "en"):
            try:
                return super().invoke(ctx)
            except Refused as refused:
                click.echo(str(refused), err=True)
                ctx.exit(1)


@click.group(cls=Sentences)
@click.version_option(__version__, prog_name="mes")
@click.pass_context
def main(ctx: click.Context) -> None:
    """A manufacturing execution system for small plants."""
    ctx.obj = read_settings()


def open_database(settings: Settings) -> Database:
    """The database in force, its data folder made if needed."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.database)


@main.command()
@click.option("--plant", default="", help="The plant's name.")
@click.pass_obj
def init(settings: Settings, plant: str) -> None:
    """Make the data folder and the tables."""
    database = open_database(settings)
    schema.upgrade(database)
    act(database, SYSTEM, lambda work: set_up_plant(work, name=plant), source="cli")
    database.close()
    click.echo(i18n._("Ready. Start it with: mes serve"))


@main.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to this version."""
    database = open_database(settings)
    schema.upgrade(database)
    click.echo(i18n._("The database is at %(revision)s.", revision=schema.current(database)))
    database.close()


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.pass_obj
def serve(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the pages."""
    from mes.web.server import serve as run

    run(settings, host or settings.host, port or settings.port)


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def config(settings: Settings, as_json: bool) -> None:
    """Settings in force, and where each comes from."""
    values = {
        name: {"value": "***" if name == "secret_key" and settings.secret_key else str(getattr(settings, name)), "from": origin}
        for name, origin in settings.origin.items()
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for name, entry in values.items():
        click.echo(f"{name:14} {entry['value']:40} {entry['from']}")
