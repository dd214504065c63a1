"""Which code a lot may get: pure decisions."""

import re

from mes.core.dresses import OURS
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.numbering import is_checked
from mes.core.scanning import read_scan
from mes.core.strangers import NotOurAddress
from mes.items.models import Item

#: No label of ours holds more; in GS1 codes a lot has at most 20 characters.
LONGEST_CODE, LONGEST_GS1 = 40, 20
_PLAIN = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?")
SHORTEST = 3


class CodeTaken(Refused):
    """Another lot has the code, or had it before."""

    message = N_("The code %(code)s is taken: it is, or was once, the code of a lot.")
    hint = N_("Choose another code. A code that was on a label leads to its lot for ever.")


class SameCode(Refused):
    """It has that code already."""

    message = N_("The lot has the code %(code)s already.")
    hint = N_("Enter another code, or print its label once more.")


class CodeNotReadable(Refused):
    """A scanner could not type it, or would read something else out of it."""

    message = N_("A scanner would not read “%(code)s” as the code of a lot.")
    hint = N_(
        "Use plain letters and digits, with dots, dashes or underscores between. GS1 codes and commands will not do."
    )
    status = 422


class CodeLength(Refused):
    """Too short to be told from anything, or too long for a label."""

    message = N_("The code of a lot has %(least)s to %(most)s characters.")
    hint = N_("Shorten it, or leave the field empty to get the next number.")
    status = 422


class CodeOfOurForm(Refused):
    """It looks like one that the software will give, or has given, to something else."""

    message = N_("Codes such as %(code)s are given by the software itself.")
    hint = N_("Leave the field empty to get the next one, or choose a code of another form.")


class LabelChanged(Refused):
    """Somebody else was faster: the page shows an older code."""

    message = N_("%(old)s was labelled anew meanwhile: it is %(code)s now.")
    hint = N_("Look at the lot again before you change its code.")


def check_code(code: str, item: Item) -> None:
    """A code that is printed on a label, in capitals: read by every scanner, as nothing but a code. Of an item with a
    GTIN it stands in GS1 codes, too.

    Raises CodeNotReadable, CodeLength, CodeOfOurForm.
    """
    longest = LONGEST_GS1 if item.gtin else LONGEST_CODE
    if not SHORTEST <= len(code) <= longest:
        raise CodeLength(field="code", least=SHORTEST, most=longest)
    if not _PLAIN.fullmatch(code) or not _is_read_as(code):
        raise CodeNotReadable(field="code", code=code)
    if OURS.fullmatch(code) and is_checked(code):
        raise CodeOfOurForm(field="code", code=code)


def _is_read_as(code: str) -> bool:
    """Whether a scan of the code gives the code itself."""
    try:
        scan = read_scan(code)
    except NotOurAddress:
        return False
    plain = all(not (one.gtin or one.sscc or one.lot or one.serial) for one in scan.readings)
    return plain and scan.command is None and scan.copy == 1 and scan.code == code
