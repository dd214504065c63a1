"""``mes scan``: what a scanned text means."""

from typing import Any

import click

from mes.core.config import Settings
from mes.core.dresses import Correction
from mes.core.errors import Refused
from mes.core.i18n import N_, _
from mes.core.scanning import Scan
from mes.scan.models import KIND_NAMES, Meaning
from mes.scan.rules import Resolution
from mes.scan.service import resolve
from mes.web.commands.opening import as_json, reading

CORRECTIONS = {
    Correction.HANGUL: N_("typed through a Hangul keyboard"),
    Correction.LAYOUT: N_("typed for another keyboard layout"),
    Correction.WIDTH: N_("full-width letters or long dashes"),
    Correction.PREFIX: N_("a scanner's symbology prefix"),
    Correction.CONTROL: N_("control characters or blanks"),
    Correction.ADDRESS: N_("a web address"),
    Correction.SEPARATOR: N_("a replaced GS1 separator"),
    Correction.DASH: N_("a dash that was left out"),
    Correction.COPY: N_("the number of a reprinted label"),
}


@click.command()
@click.argument("text")
@click.option("--json", "for_programs", is_flag=True, help="For programs.")
@click.pass_obj
def scan(settings: Settings, text: str, for_programs: bool) -> None:
    """What a scanned TEXT means. Exit code 1 when it does not stand for one thing here."""
    with reading(settings) as read:
        try:
            found = resolve(read, text)
        except Refused as refused:  # a network, a program: there is nothing to look up
            if not for_programs:
                raise
            as_json({"text": text[:200], "kind": None, "meanings": [], "refused": _reason(refused)})
            raise SystemExit(1) from None
        if for_programs:
            as_json(as_data(found))
        else:
            _show(found)
    if found.refusal:
        raise SystemExit(1)


def as_data(found: Resolution) -> dict[str, object]:
    """A resolution as programs get it: what is meant, the identifiers, what was corrected, and why not."""
    scanned, refusal = found.scan, found.refusal
    one = found.meanings[0] if len(found.meanings) == 1 else None
    return {
        "text": scanned.text,
        "kind": one.kind.value if one else None,
        "code": one.code if one else scanned.code,
        "copy": scanned.copy,
        "identifiers": _identifiers(found),
        "corrected": sorted(scanned.corrections),
        "keyboards": dict(zip(("scanner", "computer"), scanned.layouts, strict=True)) if scanned.layouts else None,
        "misread": scanned.is_misread,
        "labelled_anew": {"old": found.anew.old, "new": found.anew.new} if found.anew else None,
        "ambiguous": scanned.ambiguous,
        "alternatives": _alternatives(scanned),
        "meanings": [_meaning(meaning) for meaning in found.meanings],
        "near": [_meaning(meaning) for meaning in found.near],
        "refused": _reason(refusal) if refusal else None,
    }


def _identifiers(found: Resolution) -> dict[str, str]:
    """GS1 identifiers with their values, or the pieces of a supplier's barcode."""
    if found.delivered:
        cut = found.delivered.cut
        pieces = {"supplier": found.delivered.supplier, "item": found.delivered.item or cut.item, "lot": cut.lot,
                  "quantity": cut.quantity, "use_by": cut.use_by, "made_on": cut.made_on}  # fmt: skip
        return {name: str(value) for name, value in pieces.items() if value is not None}
    return dict(found.scan.first.elements)


def _alternatives(scanned: Scan) -> list[dict[str, Any]]:
    """Other ways to read the same text."""
    return [
        dict(one.elements) if one.elements else {"code": one.code}
        for one in scanned.readings[1:]
        if one.elements or one.code
    ]


def _meaning(meaning: Meaning) -> dict[str, str | None]:
    return {
        "kind": meaning.kind.value,
        "code": meaning.code,
        "name": meaning.name or None,
        "owner": meaning.owner or None,
    }


def _reason(refused: Refused) -> dict[str, str | None]:
    return {"reason": refused.code, "sentence": refused.sentence, "hint": refused.advice}


def _show(found: Resolution) -> None:
    for meaning in found.meanings:
        parts = [_(KIND_NAMES[meaning.kind]), meaning.code, meaning.name, meaning.owner]
        click.echo("  ".join(part for part in parts if part))
    if found.anew:
        click.echo("  " + str(found.anew))
    if found.refusal:
        click.echo(str(found.refusal))
    for name, value in _identifiers(found).items():
        click.echo(f"  ({name}) {value}" if name.isdigit() else f"  {name}: {value}")
    for correction in sorted(found.scan.corrections):
        click.echo("  " + _("Taken off: %(what)s", what=_(CORRECTIONS[correction])))
    if found.scan.ambiguous:
        click.echo("  " + _("Separators are missing, so that it can be read in several ways."))
