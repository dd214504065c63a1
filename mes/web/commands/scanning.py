"""``mes scan``: what a scanned text means."""

import click

from mes.core.config import Settings
from mes.core.i18n import N_, _
from mes.core.scanning import Correction
from mes.scan.models import KIND_NAMES
from mes.scan.rules import Resolution
from mes.scan.service import resolve
from mes.web.commands.opening import as_json, reading

CORRECTIONS = {
    Correction.HANGUL: N_("typed through a Hangul keyboard"),
    Correction.WIDTH: N_("full-width letters or long dashes"),
    Correction.PREFIX: N_("a scanner's symbology prefix"),
    Correction.CONTROL: N_("control characters or blanks"),
    Correction.ADDRESS: N_("a web address"),
    Correction.SEPARATOR: N_("a replaced GS1 separator"),
}


@click.command()
@click.argument("text")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_obj
def scan(settings: Settings, text: str, for_programs: bool) -> None:
    """What a scanned TEXT means. Exit code 1 when nothing here has that code."""
    with reading(settings) as read:
        found = resolve(read, text)
    if for_programs:
        as_json(as_data(found))
    else:
        _show(found)
    if not found.meanings:
        raise SystemExit(1)


def as_data(found: Resolution) -> dict[str, object]:
    """A resolution as programs get it."""
    return {
        "text": found.scan.text,
        "code": found.scan.code,
        "misread": found.scan.is_misread,
        "ambiguous": found.scan.ambiguous,
        "corrected": sorted(found.scan.corrections),
        "meanings": [
            {"kind": m.kind.value, "code": m.code, "name": m.name or None, "owner": m.owner or None}
            for m in found.meanings
        ],
    }


def _show(found: Resolution) -> None:
    for meaning in found.meanings:
        parts = [_(KIND_NAMES[meaning.kind]), meaning.code, meaning.name, meaning.owner]
        click.echo("  ".join(part for part in parts if part))
    if not found.meanings:
        click.echo(_("Nothing here has the code %(code)s.", code=found.scan.code[:60]))
    if found.scan.is_misread:
        click.echo(_("The code %(code)s was misread: its check character does not fit.", code=found.scan.code[:60]))
    for correction in sorted(found.scan.corrections):
        click.echo("  " + _("Taken off: %(what)s", what=_(CORRECTIONS[correction])))
    if found.scan.ambiguous:
        click.echo("  " + _("Separators are missing, so that it can be read in several ways."))
