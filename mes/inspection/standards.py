"""Use cases of inspection standards: what is measured on an item."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from mes.core.work import Work, check_version
from mes.inspection import rules
from mes.inspection.models import Characteristic, InspectionKind
from mes.inspection.queries import get_characteristic
from mes.items.models import Item


def add_characteristic(
    work: Work,
    *,
    item: Item,
    kind: InspectionKind,
    name: str,
    unit: str | None = None,
    nominal: Decimal | None = None,
    lower: Decimal | None = None,
    upper: Decimal | None = None,
    name_en: str | None = None,
) -> Characteristic:
    """Enter what is measured on an item in one kind of inspection (검사항목), at the end of its list.

    Raises NoLimit, LimitsReversed, NominalOutside.
    """
    rules.check_limits(name, nominal, lower, upper)
    same = (Characteristic.item_id == item.id, Characteristic.kind == kind)
    last = work.session.scalar(select(func.max(Characteristic.position)).where(*same))
    entered = Characteristic(
        item_id=item.id, kind=kind, position=(last or 0) + 1, name=name, name_en=name_en,
        unit=unit, nominal=nominal, lower=lower, upper=upper,
    )  # fmt: skip
    return work.add(entered, "quality.add_characteristic", code=item.code)


def change_characteristic(work: Work, ident: int, *, version: int | None = None, **columns: Any) -> Characteristic:
    """Change limits, name, order or use of a characteristic. Readings keep the limits under which they were judged.

    Raises StaleEdit, NoLimit, LimitsReversed, NominalOutside.
    """
    changed = work.lock(Characteristic, get_characteristic(work.session, ident).id)
    check_version(work, changed, version)
    with work.change(changed, "quality.change_characteristic"):
        for name, value in columns.items():
            setattr(changed, name, value)
        rules.check_limits(changed.name, changed.nominal, changed.lower, changed.upper)
        work.session.flush()
    return changed
