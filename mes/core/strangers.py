"""Codes that are no label of any plant: networks, visiting cards, programs, files, somebody's web page.

Phones read such codes all day long; here each is named for what it is, and none is ever opened.
"""

import re
from collections.abc import Sequence

from mes.core.errors import Refused
from mes.core.i18n import N_


class NotOurAddress(Refused):
    """A code that would make the device open, dial or run something."""

    message = N_("This code holds an address that is not a web address, so it was not followed.")
    hint = N_("Scan the code on a label of the plant.")
    status = 422


class NetworkCode(NotOurAddress):
    """WIFI:S:...;P:...;; as routers print it."""

    message = N_("This is the code of a wireless network, not a label. Nothing was connected.")


class ContactCode(NotOurAddress):
    """vCard or MeCard."""

    message = N_("This is the code of a visiting card, not a label.")


class ProgramCode(NotOurAddress):
    """javascript:, vbscript:, data:, blob: would run in the page."""

    message = N_("This code holds a program instead of a label. It was not run.")
    hint = N_("Take the code away and tell the administrator: somebody may have put it there on purpose.")


class FileCode(NotOurAddress):
    """file: or a path of a disk."""

    message = N_("This code leads to a file on a disk, so it was not opened.")


class StrangersPage(Refused):
    """A web address without any code in it: the maker's page, a shop, a survey."""

    message = N_("This code leads to a page of %(host)s; there is no code of this plant in it.")
    hint = N_("Look for another code on the label: the lot, or the bars.")
    status = 404


_STRANGERS: Sequence[tuple[re.Pattern[str], type[NotOurAddress]]] = [
    (re.compile(pattern, re.IGNORECASE), refusal)
    for pattern, refusal in (
        (r"wifi:", NetworkCode),
        (r"begin:vcard|mecard:|bizcard:", ContactCode),
        (r"(javascript|vbscript|data|blob|livescript|mocha):", ProgramCode),
        (r"file:|\\\\[\w.-]+\\|[a-z]:\\", FileCode),
        (r"(mailto|tel|sms|smsto|mmsto|intent|geo|matmsg|market|facetime|skype|otpauth|bitcoin):", NotOurAddress),
        (r"begin:v(event|calendar)", NotOurAddress),
        (r"(?!https?:)[a-z][a-z0-9+.-]*://", NotOurAddress),
    )
]


def refuse_strangers(text: str) -> None:
    """Raise NetworkCode, ContactCode, ProgramCode, FileCode or NotOurAddress for what no scan may follow."""
    for pattern, refusal in _STRANGERS:
        if pattern.match(text):
            raise refusal
