"""``mes generate``: a large plant for trials."""

import click

from mes.core import schema
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.i18n import _
from mes.keeping.installation import check_installed, revision, shown_url
from mes.web.generating.service import FEWEST
from mes.web.generating.service import generate as fill


@click.command()
@click.option("--edges", type=click.IntRange(min=FEWEST), required=True, help="How many genealogy edges, about.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number gives another plant.")
@click.pass_obj
def generate(settings: Settings, edges: int, seed: int) -> None:
    """Fill an EMPTY plant with ten believable years, for trials at scale.

    Half as many lots as edges, and about five ledger lines and events for each edge; the same number and seed give the
    same plant. Rows are written in bulk, past the ordinary use cases: a plant in which anybody has recorded anything is
    refused.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    fresh = revision(settings) is None
    if not fresh:
        check_installed(settings)
    database = Database(settings.database)
    try:
        if fresh:
            schema.upgrade(database)
        done = fill(database, edges, seed)
    finally:
        database.close()
    for table, rows in done.rows.items():
        click.echo(f"{table:20} {rows:>12,}")
    total = sum(done.rows.values())
    click.echo(
        _("%(rows)s rows in %(seconds)s s (%(rate)s a second), in %(where)s.",
          rows=f"{total:,}", seconds=f"{done.seconds:,.0f}", rate=f"{total / done.seconds:,.0f}",
          where=shown_url(settings.database))
    )  # fmt: skip
    for size, root in done.roots.items():
        click.echo(_("Try the trace of %(lots)s lots: mes trace %(code)s --down", lots=f"{size:,}", code=root))
