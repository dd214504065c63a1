"""Whose badge a scanned text is, in whatever dress its scanner sent it."""

from mes.core.scanning import read_scan
from mes.core.work import Reader
from mes.people.models import Person
from mes.people.queries import find_by_badge


def holder(read: Reader, text: str) -> Person | None:
    """The person of a badge; nobody where the text is another code. Raises NotOurAddress, FromTraining."""
    if not text.strip():
        return None
    codes = dict.fromkeys(known.upper() for reading in read_scan(text).readings for known in reading.texts)
    return next((found for code in codes if (found := find_by_badge(read, code)) is not None), None)
