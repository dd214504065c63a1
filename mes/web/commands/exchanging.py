"""``mes import`` and ``mes export``: lists from files, all of a file or nothing, and lists into files."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import click

from mes.core.config import Settings
from mes.core.i18n import _
from mes.core.work import Reader, utc_now
from mes.exchange.exports import LISTS, Listed, get_list
from mes.exchange.kinds import KINDS
from mes.exchange.plans import Options
from mes.exchange.rules import VERDICT_NAMES, Preview, RowsRefused, Verdict
from mes.exchange.service import import_prepared, prepare, preview
from mes.exchange.sheets import as_csv, as_xlsx
from mes.web.commands.opening import acting, as_json, reading


@click.command("import")
@click.argument("kind", metavar="KIND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
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
    kind: str,
    file: Path,
    *,
    dry_run: bool,
    sheet: str | None,
    parent: str | None,
    create_missing: bool,
    draft: bool,
    again: bool,
    for_programs: bool,
) -> None:
    """Import a list from FILE (CSV or XLSX). KIND: items, boms, routings, ... or: auto."""
    settings: Settings = ctx.obj
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


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[KIND] OUT")
@click.option("--all", "everything", is_flag=True, help="Every list: sheets of one workbook, or files in a folder.")
@click.pass_obj
def export(settings: Settings, words: tuple[str, ...], everything: bool) -> None:
    """Write a list to OUT: .xlsx, .csv or .json by its ending. KIND: what can be imported, and more."""
    if len(words) != (1 if everything else 2):
        raise click.UsageError(_("Give one kind of list (or --all) and one file: %(kinds)s", kinds=", ".join(LISTS)))
    out = Path(words[-1])
    chosen = list(LISTS.values()) if everything else [get_list(words[0])]
    with reading(settings) as read:
        if everything and not out.suffix:
            out.mkdir(parents=True, exist_ok=True)
            for one in chosen:
                (out / f"{one.name}.csv").write_bytes(_written(read, [one], ".csv"))
        else:
            out.write_bytes(_written(read, chosen, out.suffix.lower()))
    click.echo(_("%(count)s lists were written to %(file)s.", count=len(chosen), file=str(out)))


export.help = (export.help or "").replace("what can be imported, and more", ", ".join(LISTS))


def _written(read: Reader, chosen: list[Listed], ending: str) -> bytes:
    if ending == ".json":
        answer = {one.name: [_row(one, row) for row in one.rows(read)] for one in chosen}
        return json.dumps(answer, ensure_ascii=False, indent=1).encode()
    if ending == ".csv" and len(chosen) == 1:
        return as_csv(chosen[0].headings(), chosen[0].rows(read))
    if ending == ".xlsx":
        return as_xlsx(((_(one.label), one.headings(), one.rows(read)) for one in chosen), made=utc_now())
    raise click.UsageError(_("A file ending in .xlsx, .json or (for one list) .csv is needed."))


def _row(one: Listed, row: Iterable[object]) -> dict[str, object]:
    """Quantities stay exact: as text, like everywhere on the command line."""
    pairs = zip(one.fields, row, strict=True)
    return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in pairs}
