"""``mes init``, ``mes upgrade``, ``mes config``: setting up an installation."""

import json

import click

from mes.core import schema
from mes.core.access import SYSTEM
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.core.work import act
from mes.people.service import set_up_plant


def open_database(settings: Settings) -> Database:
    """The database in force, its data folder made if needed."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.database)


@click.command()
@click.option("--plant", default="", help="The plant's name.")
@click.pass_obj
def init(settings: Settings, plant: str) -> None:
    """Make the data folder and the tables."""
    database = open_database(settings)
    schema.upgrade(database)
    act(database, SYSTEM, lambda work: set_up_plant(work, name=plant), source="cli")
    database.close()
    click.echo(_("Ready. Start it with: mes serve"))


@click.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to this version."""
    database = open_database(settings)
    schema.upgrade(database)
    click.echo(_("The database is at %(revision)s.", revision=schema.current(database)))
    database.close()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def config(settings: Settings, as_json: bool) -> None:
    """Settings in force, and where each comes from."""
    values = {
        name: {"value": "***" if name == "secret_key" and settings.secret_key else str(getattr(settings, name)),
               "from": origin}
        for name, origin in settings.origin.items()
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for name, entry in values.items():
        click.echo(f"{name:14} {entry['value']:40} {entry['from']}")
