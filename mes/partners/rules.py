"""What a partner must be."""

from collections.abc import Iterable

from mes.core.errors import Refused
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


def check_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds as they are kept. Raises PartnerOfNoKind."""
    kept = frozenset(PartnerKind(kind).value for kind in kinds)
    if not kept:
        raise PartnerOfNoKind(field="kinds")
    return kept
