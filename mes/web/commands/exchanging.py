"""``mes import``: lists from files, as on the import page: all of a file, or nothing. With --all a whole plant."""

import errno
import os
from pathlib import Path

import click

from mes.core.config import Settings
from mes.core.i18n import _
from mes.exchange.kinds import KINDS
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.rules import VERDICT_NAMES, Preview, RowsRefused
from mes.exchange.service import import_prepared, prepare, preview
from mes.web.commands.moving import read_everything
from mes.web.commands.opening import acting, as_json, reading


@click.command("import")
@click.argument("names", metavar="[KIND] FILE", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Everything that mes export --all wrote, into an EMPTY plant.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--sheet", help="The sheet of a workbook; else the first that fits.")
@click.option("--parent", help="The item whose one-level BOM the file is.")
@click.option("--create-missing", is_flag=True, help="Enter items that a BOM names and the plant does not know.")
@click.option("--draft", is_flag=True, help="Leave new BOM and routing revisions as drafts.")
@click.option("--again", is_flag=True, help="Import a file again that was imported already.")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_context
def import_(
    ctx: click.Context,
    names: tuple[str, ...],
    *,
    everything: bool,
    dry_run: bool,
    sheet: str | None,
    parent: str | None,
    create_missing: bool,
    draft: bool,
    again: bool,
    for_programs: bool,
) -> None:
    """Import a list from FILE (CSV or XLSX). KIND: items, boms, routings, ... or: auto.

    With --all FILE is the folder or ZIP that mes export --all wrote. It comes into an installation that nobody has
    used yet (a new MES_DATA_DIR, or an empty database), all of it or nothing, and each table is proven.
    """
    settings: Settings = ctx.obj
    if len(names) != (1 if everything else 2):
        raise click.UsageError(ctx.get_usage())
    file = Path(names[-1])
    if not file.exists() or (file.is_dir() and not everything):
        raise click.BadParameter(f"{file}: {os.strerror(errno.ENOENT)}")
    if everything:
        ctx.exit(read_everything(settings, file))
    kind = names[0]
    options = Options(parent=parent, create_missing=create_missing, release=not draft)
    prepared = prepare(None if kind == "auto" else kind, file.name, file.read_bytes(), sheet=sheet, options=options)
    if dry_run:
        with reading(settings) as read:
            found = preview(read, prepared)
    else:
        try:
            found = acting(settings, lambda work: import_prepared(work, prepared, confirmed=again)).preview
        except RowsRefused as refused:
            found = refused.preview
    is_done = not dry_run and not found.refused
    if for_programs:
        as_json(_data(found, is_done))
    else:
        _show(found, is_done)
    ctx.exit(1 if found.refused else 0)


import_.help = (import_.help or "").replace("items, boms, routings, ...", ", ".join(KINDS))


def _show(found: Preview, is_done: bool) -> None:
    for row in found.refused:
        why = f"{row.reason}" if row.reason else ""
        click.echo(_("Row %(number)s (%(code)s): %(why)s", number=str(row.number), code=row.code, why=why), err=True)
    if found.ignored:
        click.echo(_("Columns that are not read: %(names)s", names=", ".join(found.ignored)))
    if found.missing:
        click.echo(_("Items entered on the way: %(codes)s", codes=", ".join(found.missing)))
    counts = ", ".join(f"{_(VERDICT_NAMES[verdict])} {count}" for verdict, count in found.counts.items() if count)
    click.echo(f"{found.name}: {counts or '-'}")
    click.echo(_("Imported.") if is_done else _("Nothing was imported."))


def _data(found: Preview, is_done: bool) -> dict[str, object]:
    return {
        "kind": found.kind,
        "imported": is_done,
        "counts": {verdict.value: count for verdict, count in found.counts.items()},
        "ignored": found.ignored,
        "made": found.missing,
        "rows": [
            {"number": row.number, "code": row.code, "name": row.name, "verdict": row.verdict.value,
             "reason": str(row.reason) if row.reason else None, "cell": row.cell or None}
            for row in found.rows
            if row.verdict is not Verdict.SAME
        ],
    }  # fmt: skip
