"""``mes init``, ``mes config``, ``mes doctor``: setting up an installation and keeping it well."""

import json

import click

from mes.core import schema
from mes.core.access import SYSTEM
from mes.core.config import SECRET, Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.core.work import act, utc_now
from mes.keeping.installation import check_installed, revision, shown_url
from mes.people.plant import set_up_plant
from mes.people.rules import check_mark
from mes.web.doctor import examine
from mes.web.terminal import terminal_language


@click.command()
@click.option("--plant", default="", help="The plant's name.")
@click.option("--language", type=click.Choice(["ko", "en"]), help="The plant's language; else the terminal's.")
@click.option("--plant-mark", "mark", help="One or two letters in its codes, where a company has several plants.")
@click.pass_obj
def init(settings: Settings, plant: str, language: str | None, mark: str | None) -> None:
    """Make the data folder and the tables."""
    letters = check_mark(mark) if mark else None
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if revision(settings) is not None:
        check_installed(settings)
        click.echo(_("There is a plant in %(where)s already; nothing was changed.", where=shown_url(settings.database)))
        return
    database = Database(settings.database)
    schema.upgrade(database)
    spoken = language or terminal_language()
    act(database, SYSTEM, lambda work: set_up_plant(work, name=plant, language=spoken, mark=letters), source="cli")
    database.close()
    click.echo(_("The plant is ready in %(where)s.", where=shown_url(settings.database)))
    click.echo(_("Start it with: mes serve"))
    click.echo(_("The first visitor sets the administrator's password there, or you do now with: mes user add"))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def config(settings: Settings, as_json: bool) -> None:
    """Settings in force, and where each comes from."""
    values = {name: {"value": _shown(settings, name), "from": origin} for name, origin in settings.origin.items()}
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for name, entry in values.items():
        click.echo(f"{name:14} {entry['value']:40} {entry['from']}")


def _shown(settings: Settings, name: str) -> str:
    if name == "database_url":
        return shown_url(settings.database)
    if name == "read_url" and settings.read_url:
        return shown_url(settings.read_url)
    if name in SECRET:
        return "***" if getattr(settings, name) else ""
    return str(getattr(settings, name))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what ails this installation, and what to do. Exit code 1 when something does."""
    found = examine(ctx.obj, utc_now())
    sick = [finding for finding in found if not finding.is_well]
    if as_json:
        rows = [{"about": f.about, "well": f.is_well, "sentence": f.sentence} for f in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for finding in found:
            click.echo(f"{'  ' if finding.is_well else '! '}{finding.sentence}")
        if not sick:
            click.echo(_("This installation is well."))
    ctx.exit(1 if sick else 0)
