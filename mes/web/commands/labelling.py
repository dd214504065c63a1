"""``mes labels``: labels as PDF, recorded as on the page, and the check of a layout file."""

import errno
import os
from pathlib import Path

import click

from mes.core.access import SYSTEM
from mes.core.config import Settings, bundled
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.i18n import language as spoken
from mes.core.plant import plant
from mes.core.work import Work
from mes.keeping.installation import CannotUse
from mes.labels.files import check_layout, find_faults, find_layouts, get_layout
from mes.labels.layout import Layout
from mes.labels.queries import subjects_of
from mes.labels.rules import SUBJECTS, DifferentThings
from mes.printing.models import LabelPrint, PrinterLanguage
from mes.printing.queries import layout_used_last
from mes.printing.roll import check_roll, roll_of
from mes.printing.rules import RESOLUTIONS
from mes.printing.service import paper_of, print_labels
from mes.web.commands.opening import acting, as_json, reading

#: In which language a file is written, by the end of its name.
ENDINGS = {".pdf": PrinterLanguage.PDF, ".zpl": PrinterLanguage.ZPL, ".tspl": PrinterLanguage.TSPL}
#: Why a label is printed again, when a script says nothing more.
REASON = N_("Printed from the command line")


class OnlyThese(Refused):
    """What labels are written in is told by the end of the file's name."""

    message = N_("Labels are written as PDF, ZPL or TSPL, not as %(ending)s.")
    hint = N_("Give a file whose name ends in .pdf, .zpl or .tspl.")
    status = 422


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="CODE... OUT.pdf|.zpl|.tspl | check FILE | list")
@click.option("--layout", "name", help="A layout, e.g. lot-60x40; else the one used last.")
@click.option("--copies", type=click.IntRange(1, 100), default=1, show_default=True)
@click.option("--reason", help="Why labels are printed again.")
@click.option("--dpi", type=click.Choice([*RESOLUTIONS]), help="Of the printer, for ZPL and TSPL; else the layout's.")
@click.option("--language", type=click.Choice(["ko", "en"]), help="Of the words on the label; else the plant's.")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_context
def labels(
    ctx: click.Context,
    words: tuple[str, ...],
    *,
    name: str | None,
    copies: int,
    reason: str | None,
    dpi: int | None,
    language: str | None,
    for_programs: bool,
) -> None:
    """Labels of lots, orders, places, machines or people (by number) as PDF, ZPL or TSPL, recorded as on the page.

    check FILE: every fault of a layout file. list: the layouts in force.
    """
    settings: Settings = ctx.obj
    if words[0] == "check":
        ctx.exit(_check([Path(word) for word in words[1:]], for_programs))
    if words == ("list",):
        ctx.exit(_list(settings, for_programs))
    if len(words) < 2:
        raise click.UsageError(_("Give at least one code, and the file for the labels."))
    codes, out = words[:-1], Path(words[-1])
    if out.suffix.lower() not in ENDINGS:
        raise OnlyThese(ending=out.suffix or out.name)
    _check_place(out)  # before a print is recorded that nobody gets

    def deed(work: Work) -> list[LabelPrint]:
        subject = subject_of(work, codes)
        layout = get_layout(_folders(settings), name or _usual(work, settings, subject))
        if out.suffix.lower() != ".pdf":
            check_roll(layout, out.name)
        return print_labels(
            work, subject=subject, codes=codes, layout=layout, copies=copies, reason=reason or REASON,
            language=language or plant(work.session).language, dpi=dpi,
        )  # fmt: skip

    prints = acting(settings, deed)
    layout = get_layout(_folders(settings), prints[0].layout)
    with reading(settings) as read:
        tongue = language or plant(read).language
        if out.suffix.lower() == ".pdf":
            content = paper_of(read, SYSTEM, prints, layout, tongue)
        else:
            content = roll_of(read, SYSTEM, prints, layout, tongue, ENDINGS[out.suffix.lower()], dpi)
    out.write_bytes(content)
    if for_programs:
        as_json({"file": str(out), "layout": layout.name, "labels": len(prints) * copies})
    else:
        click.echo(_("Labels written to %(file)s: %(count)s.", count=len(prints) * copies, file=str(out)))


def _check_place(out: Path) -> None:
    """Whether the file can be written. Raises CannotUse."""
    folder = out.absolute().parent
    faults = {
        errno.EISDIR: out.is_dir(),
        errno.ENOENT: not folder.exists(),
        errno.ENOTDIR: folder.exists() and not folder.is_dir(),
        errno.EACCES: not os.access(out if out.exists() else folder, os.W_OK),
    }
    fault = next((number for number, found in faults.items() if found), None)
    if fault is not None:
        raise CannotUse(file=str(out), why=os.strerror(fault))


def subject_of(work: Work, codes: tuple[str, ...]) -> str:
    """What all these codes are; labels of different things have different layouts. Raises DifferentThings."""
    found = subjects_of(work.session, codes)
    first = codes[0]
    other = next((code for code in codes if found[code] != found[first]), None)
    if other is not None:
        raise DifferentThings(code=first, other=other)
    return found[first]


def _folders(settings: Settings) -> list[Path]:
    return [bundled("labels"), settings.layouts_dir]


def _usual(work: Work, settings: Settings, subject: str) -> str:
    last = layout_used_last(work.session, subject, None, None)
    return last if last in find_layouts(_folders(settings)) else SUBJECTS[subject].layout


def _check(files: list[Path], for_programs: bool) -> int:
    """Every fault of layout files; 0 when there are none."""
    if not files:
        raise click.UsageError(_("Give at least one layout file."))
    faults = {str(file): check_layout(file) for file in files}
    if for_programs:
        as_json(faults)
    else:
        for file, sentences in faults.items():
            for sentence in sentences or [_("No fault.")]:
                click.echo(f"{file}: {sentence}")
    return 1 if any(faults.values()) else 0


def _list(settings: Settings, for_programs: bool) -> int:
    """The layouts in force; 1 when a layout of the plant's own has faults."""
    found = sorted(find_layouts(_folders(settings)).values(), key=lambda one: (one.content, one.name))
    faults = find_faults([settings.layouts_dir])
    if for_programs:
        as_json({"layouts": [_data(one) for one in found], "faults": {str(file): faults[file] for file in faults}})
    else:
        for one in found:
            click.echo(f"{one.name:<22}{one.title_in(spoken())}")
        for sentence in (sentence for sentences in faults.values() for sentence in sentences):
            click.echo(sentence, err=True)
    return 1 if faults else 0


def _data(layout: Layout) -> dict[str, object]:
    stock = layout.stock
    return {
        "name": layout.name,
        "content": layout.content,
        "title": layout.title_in(spoken()),
        "width_mm": stock.width,
        "height_mm": stock.height,
        "dpi": stock.dpi,
        "labels_on_a_page": stock.places,
        "file": str(layout.file),
    }
