"""``mes export``: lists out of the plant, as Excel or CSV, or everything as files that need no program."""

from pathlib import Path

import click

from mes.core.config import Settings
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.exchange.exports import LISTS, get_list
from mes.exchange.sheets import as_csv, as_xlsx
from mes.web.commands.moving import write_everything
from mes.web.commands.opening import reading


class FormUnknown(Refused):
    """The file's ending does not say how to write it."""

    message = N_("%(file)s: the name must end in .xlsx or .csv.")
    hint = N_("For example: mes export items items.xlsx")


class OneSheetOnly(Refused):
    """Several lists do not fit into one CSV file."""

    message = N_("All lists together need a workbook or a folder, not the CSV file %(file)s.")
    hint = N_("For example: mes export --all plant.xlsx")


class CannotWrite(Refused):
    """The file or folder cannot be written."""

    message = N_("%(file)s cannot be written: %(why)s.")
    hint = N_("Choose another folder, or check its rights and free space.")


@click.command()
@click.argument("names", metavar="[KIND] OUT", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="EVERYTHING the plant recorded, into a new folder or a .zip.")
@click.option("--lists", is_flag=True, help="All lists: into a workbook (.xlsx), or as CSV files into a folder.")
@click.pass_context
def export(ctx: click.Context, names: tuple[str, ...], everything: bool, lists: bool) -> None:
    """Write the list KIND to OUT (.xlsx or .csv). Lists that can be imported come back with: mes import.

    With --all everything is written to OUT, a new folder or a file that ends in .zip: all tables as CSV, photos and
    files, a description of every column, and hashes. Anybody can read it without this program, and
    mes import --all OUT brings it into an empty installation. It is secret: it holds what people sign in with.
    """
    settings: Settings = ctx.obj
    if len(names) != (1 if everything or lists else 2):
        raise click.UsageError(ctx.get_usage())
    out = Path(names[-1])
    if everything and out.suffix.lower() not in (".xlsx", ".csv"):
        write_everything(settings, out)
        return
    try:
        if everything or lists:
            _write_all(settings, out)
        else:
            _write_one(settings, names[0], out)
    except OSError as error:
        raise CannotWrite(file=str(out), why=error.strerror or str(error)) from None
    click.echo(_("%(file)s was written.", file=str(out)))


export.help = f"{export.help}\n\nKIND: {', '.join(LISTS)}."


def _write_one(settings: Settings, name: str, out: Path) -> None:
    chosen, ending = get_list(name), out.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise FormUnknown(file=str(out))
    with reading(settings) as read:
        headings, rows = chosen.headings(), chosen.rows(read)
        content = as_csv(headings, rows) if ending == ".csv" else as_xlsx([(_(chosen.label), headings, rows)])
    out.write_bytes(content)


def _write_all(settings: Settings, out: Path) -> None:
    if out.suffix.lower() == ".csv":
        raise OneSheetOnly(file=str(out))
    with reading(settings) as read:
        if out.suffix.lower() == ".xlsx":
            out.write_bytes(as_xlsx([(_(one.label), one.headings(), one.rows(read)) for one in LISTS.values()]))
            return
        out.mkdir(parents=True, exist_ok=True)
        for one in LISTS.values():
            (out / f"{one.name}.csv").write_bytes(as_csv(one.headings(), one.rows(read)))
