"""What a partner must be."""

from collections.abc import Iterable

from mes.core.errors import Refused
from mes.core.gs1 import is_gln
from mes.core.i18n import N_
from mes.partners.models import PartnerKind

KIND_NAMES = {
    PartnerKind.CUSTOMER: N_("Customer"),
    PartnerKind.SUPPLIER: N_("Supplier"),
    PartnerKind.SUBCONTRACTOR: N_("Subcontractor"),
}


class PartnerOfNoKind(Refused):
    """A company that is nothing to the plant is never found in any list of choices."""

    message = N_("A partner is at least one of customer, supplier, subcontractor.")
    hint = N_("Tick what the company is to the plant.")
    status = 422


class BadGln(Refused):
    """A Global Location Number that is none."""

    message = N_("%(gln)s is not a GLN: 13 digits, the last a check digit.")
    hint = N_("The company has it from GS1, and it stands on its papers. Without one leave it empty.")
    status = 422


def check_gln(typed: str | None) -> str | None:
    """A company's or place's number at GS1 as it is kept, without the spaces and strokes of papers. Raises BadGln."""
    plain = "".join((typed or "").split()).replace("-", "")
    if plain and not is_gln(plain):
        raise BadGln(field="gln", gln=plain[:30])
    return plain or None


def check_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds as they are kept. Raises PartnerOfNoKind."""
    kept = frozenset(PartnerKind(kind).value for kind in kinds)
    if not kept:
        raise PartnerOfNoKind(field="kinds")
    return kept
