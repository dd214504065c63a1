"""What holds for coded lists besides the shape of their columns: units that mean something, machines that stand."""

from sqlalchemy.orm import Session

from mes.core.errors import Refused
from mes.core.i18n import _
from mes.equipment.queries import open_downtime
from mes.equipment.rules import check_runs
from mes.exchange import queries
from mes.exchange.coded import Matched
from mes.exchange.columns import Sheet
from mes.exchange.rules import is_usual_unit
from mes.items.counting import plain_unit
from mes.items.models import Item
from mes.items.queries import list_units
from mes.items.rules import SameUnit, UnitInUse
from mes.items.service import tables_apart


def _unit_not_in_use(session: Session, sheet: Sheet, matched: Matched) -> None:
    """Unit and tracking give recorded quantities their meaning."""
    rows = {row: old for row, (old, after) in matched.changed.items() if {"unit", "tracking"} & set(after)}
    if not rows:
        return
    used: set[int] = set()
    for name in ("unit", "tracking"):
        ids = {old["id"] for row, old in rows.items() if name in matched.changed[row][1]}
        used |= queries.used_ids(session, Item.__tablename__, ids, tables_apart([name])) if ids else set()
    for row, old in rows.items():
        unit = matched.changed[row][1].get("unit")
        if old["id"] in used:
            sheet.refuse(row, "tracking" if unit is None else "unit", UnitInUse(code=old["code"]))
        elif unit is not None and unit in [known.unit for known in list_units(session, old["id"])]:
            sheet.refuse(row, "unit", SameUnit(unit=unit, code=old["code"]))


def check_units(session: Session, sheet: Sheet, matched: Matched) -> None:
    """What a unit means for recorded quantities, and whether it may be a slip of the pen."""
    _unit_not_in_use(session, sheet, matched)
    fresh = {row: values["unit"] for row, values in matched.new.items()}
    fresh |= {row: after["unit"] for row, (_old, after) in matched.changed.items() if "unit" in after}
    odd = {row: unit for row, unit in fresh.items() if not is_usual_unit(unit)}
    known = {plain_unit(unit) for unit in queries.units_in_use(session)} if odd else set()
    for row, unit in odd.items():
        if plain_unit(unit) not in known:
            sheet.doubts[row] = _("“%(unit)s” is a new unit: no item is counted in it yet.", unit=unit)


def check_not_standing_still(session: Session, sheet: Sheet, matched: Matched) -> None:
    """A machine is not moved to another work centre while a stop of it is open: nobody there could end it."""
    for row, (old, after) in matched.changed.items():
        if "work_centre_id" in after:
            still = open_downtime(session, old["work_centre_id"], old["id"])
            try:
                check_runs(old["code"], still)
            except Refused as reason:
                sheet.refuse(row, "work_centre", reason)
