"""From a scanned text to what it means here. The station, the desk, the API and the command line all ask this."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from mes.core.i18n import _
from mes.core.scanning import read_scan
from mes.scan.models import COMMAND_NAMES, Kind, Meaning
from mes.scan.queries import look_up
from mes.scan.rules import Resolution, decide


def resolve(session: Session, text: str, expected: Collection[Kind] = ()) -> Resolution:
    """What a scanned text means. ``expected``: kinds that the screen waits for; they win over others.

    The readings of a GS1 code come first: with the item's number, its lot is meant and nothing else of that number.
    ``.only`` of the answer is the one meaning, or refuses in words. Raises NotOurAddress.
    """
    scan = read_scan(text)
    if scan.command:
        return Resolution(scan, (Meaning(Kind.COMMAND, scan.command.value, name=_(COMMAND_NAMES[scan.command])),))
    identified = [reading for reading in scan.readings if reading.gtin]
    plain = [reading for reading in scan.readings if not reading.gtin]
    for readings in (identified, plain):
        found = decide(look_up(session, readings), expected) if readings else ()
        if found:
            return Resolution(scan, found)
    return Resolution(scan, ())
