"""From a scanned text to what it means here. The station, the desk, the API and the command line all ask this."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from mes.core.commands import COMMAND_NAMES
from mes.core.dresses import Reading
from mes.core.hangul import has_hangul, typed_keys
from mes.core.i18n import _, word
from mes.core.misreads import near_codes
from mes.core.scanning import Scan, read_scan
from mes.core.voided import find_voided
from mes.lots.code_queries import bearers
from mes.scan.models import Kind, Meaning
from mes.scan.queries import find_labels, look_up
from mes.scan.rules import Anew, Resolution, VoidedScan, decide
from mes.scan.supplier_queries import cut_by_supplier, lots_delivered

MOST_PROPOSED = 5
#: What labels are of, in the words of the voided ones.
SUBJECTS = {
    Kind.LOT: "lot",
    Kind.SERIAL: "lot",
    Kind.ORDER: "order",
    Kind.LOCATION: "location",
    Kind.MACHINE: "machine",
    Kind.TOOL: "tool",
    Kind.GAUGE: "gauge",
}


def resolve(session: Session, text: str, expected: Collection[Kind] = (), meant: str = "") -> Resolution:
    """What a scanned text means. ``expected``: kinds that the screen waits for; they win over others. ``meant``: what
    was chosen among several ("kind:code", as the refusal offers it).

    The readings of a GS1 code come first: with the item's number, its lot is meant and nothing else of that number.
    Then codes of ours, then suppliers' own barcodes as they were taught; of a misread the codes that are near.
    ``.only`` of the answer is the one meaning, or refuses in words. Raises NotOurAddress.
    """
    scan = read_scan(text)
    if meant:
        kind, _colon, code = meant.partition(":")
        chosen = tuple(one for one in look_up(session, [Reading(code=code)]) if (one.kind, one.code) == (kind, code))
        if chosen:
            return _found(session, scan, chosen)
    if scan.command:
        return Resolution(scan, (Meaning(Kind.COMMAND, scan.command.value, name=_(COMMAND_NAMES[scan.command])),))
    for readings in _groups(scan):
        found = decide(look_up(session, readings), expected) if readings else ()
        if found:
            return _found(session, scan, found)
    if not scan.readings:
        return Resolution(scan, ())
    return _not_ours(session, Resolution(scan, ()))


def _groups(scan: Scan) -> tuple[Sequence[Reading], ...]:
    """The readings by what they are looked up by: the number of a pallet, of an item, or a plain code."""
    return (
        [Reading(code=reading.sscc) for reading in scan.readings if reading.sscc],
        [reading for reading in scan.readings if reading.gtin],
        [reading for reading in scan.readings if not (reading.gtin or reading.sscc)],
    )


def _found(session: Session, scan: Scan, found: Sequence[Meaning]) -> Resolution:
    """What was found, with what is to be said of the label itself."""
    anew = _labelled_anew(session, scan, found)
    return Resolution(scan, tuple(found), voided=_voided(session, scan, found, anew), anew=anew)


def _labelled_anew(session: Session, scan: Scan, found: Sequence[Meaning]) -> Anew | None:
    """Whether the label bears a code that its lot had before; asked only where the lot's code is not what was read."""
    read = {text for reading in scan.readings for text in reading.texts}
    for meaning in found:
        if meaning.kind in (Kind.LOT, Kind.SERIAL) and meaning.code not in read:
            old = next((code for code, ident in bearers(session, read).items() if ident == meaning.id), None)
            if old:
                return Anew(old, meaning.code)
    return None


def _voided(session: Session, scan: Scan, found: Sequence[Meaning], anew: Anew | None) -> VoidedScan | None:
    """Who took the label away, when and why, if it counts no longer: by the code that stands on it."""
    for meaning in found:
        subject = SUBJECTS.get(meaning.kind)
        code = anew.old if anew and anew.new == meaning.code else meaning.code
        gone = find_voided(session, subject, code, scan.copy) if subject else None
        if gone:
            return VoidedScan(code=code, person=gone.person, when=gone.at, reason=word(gone.reason))
    return None


def _not_ours(session: Session, found: Resolution) -> Resolution:
    """A supplier's label as it was taught, or a code of ours that was nearly read right."""
    scan, first = found.scan, found.scan.first
    # a GS1 code says by itself what its pieces are: no form that happens to fit its digits reads others out of them
    explains_itself = bool(first.gtin and (first.lot or first.serial))
    if not (scan.is_ours or scan.is_misread or scan.is_noise or explains_itself):
        texts = [scan.whole, typed_keys(scan.whole)] if has_hangul(scan.whole) else [scan.whole]
        delivered = cut_by_supplier(session, texts)
        if delivered:
            return replace(found, delivered=delivered, meanings=tuple(lots_delivered(session, delivered)))
    return replace(found, near=near(session, scan.code))


def near(session: Session, code: str) -> tuple[Meaning, ...]:
    """What exists under a code that differs from this one by one character."""
    codes = near_codes(code)
    return tuple(find_labels(session, codes))[:MOST_PROPOSED] if codes else ()
