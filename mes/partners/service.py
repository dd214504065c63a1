"""Use cases: enter and change partners."""

from collections.abc import Iterable
from typing import Any

from mes.core.coded import add_coded, change_coded, lock_coded
from mes.core.i18n import _
from mes.core.work import Work
from mes.partners.models import Partner, PartnerKind
from mes.partners.rules import check_gln, check_kinds


def add_partner(work: Work, *, code: str, name: str, kinds: Iterable[PartnerKind], **columns: Any) -> Partner:
    """Enter a customer, supplier or subcontractor. Raises AlreadyExists, SimilarCode, PartnerOfNoKind,
    BadGln."""
    columns |= {"gln": check_gln(columns.get("gln"))}
    partner = Partner(code=code, name=name, kinds=check_kinds(kinds), **columns)
    return add_coded(work, partner, "partners.add")


def change_partner(work: Work, code: str, *, version: int | None = None, **columns: Any) -> Partner:
    """Change a partner; its code stays. Raises StaleEdit, PartnerOfNoKind, BadGln.

    Events of the plant name it by a new GLN from then on; those before keep the name they had.
    """
    partner = lock_coded(work, Partner, code, _("partner"))
    if "kinds" in columns:
        columns["kinds"] = check_kinds(columns["kinds"])
    if "gln" in columns:
        columns["gln"] = check_gln(columns["gln"])
    return change_coded(work, partner, "partners.change", version, columns)
