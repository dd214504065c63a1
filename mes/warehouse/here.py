"""Where the material handler stands: the rooms, what a scan means, and a leader's badge for an exception."""

from typing import Any

from flask import flash, g, request

from mes.core.access import LEADERS, MATERIALS, OFFICE, Actor, may
from mes.core.i18n import _
from mes.core.pages import Page, Room, actor, page
from mes.core.work import Reader, Work
from mes.orders.override_rules import LIFTED_BY_LEADER, OVERRIDE_REASONS
from mes.people.queries import find_by_badge
from mes.scan.models import KIND_NAMES, Kind, Meaning
from mes.scan.rules import Resolution
from mes.scan.service import resolve
from mes.warehouse.rules import NotForThis

room = Room("warehouse", __name__, url_prefix="/warehouse")
LOTS = (Kind.LOT, Kind.SERIAL)


def shown(template: str, **context: Any) -> Page:
    """A page of the warehouse, on a tablet, a phone or at a desk with a scanner."""
    who = actor()
    return page(
        template,
        office=may(who, OFFICE),
        at_station=who is not None and who.station_id is not None,
        leaders=LEADERS,
        materials=MATERIALS,
        override=_override_lot(),
        teachable=_teachable(),
        reasons=OVERRIDE_REASONS,
        **context,
    )


def scanned(work: Reader, *expected: Kind) -> Resolution:
    """What the scan of this request may mean."""
    found = resolve(work, request.form.get("text", ""), expected, request.form.get("meant", ""))
    if found.anew and len(found.meanings) == 1:  # forgotten again where what follows is refused
        flash(str(found.anew), "warning")
    return found


def lot_code(found: Meaning) -> str | None:
    """The lot that a scan means: by its own label, or by its supplier's when only one lot came under it."""
    if found.kind in LOTS:
        return found.code
    return found.owner or None if found.kind is Kind.SUPPLIER_LOT else None


def refuse(found: Meaning) -> NotForThis:
    """The refusal of a code that is known and means nothing here."""
    return NotForThis(kind=_(KIND_NAMES[found.kind]), code=found.code.upper() or found.name)


def _override_lot() -> str | None:
    """The lot that was refused and that a leader may allow."""
    refused = g.get("refused")
    if refused is None:
        return None
    if refused.code in LIFTED_BY_LEADER:
        return str(refused.values["lot"])
    return request.form.get("refused") if refused.code in ("NotAnOverride", "ReasonNeeded") else None


def _teachable() -> str | None:
    """What was scanned and nobody knows: perhaps a supplier's label that can be taught."""
    refused = g.get("refused")
    return str(request.form.get("text", ""))[:300] if refused is not None and refused.code == "UnknownScan" else None


def exception(work: Work, found: Meaning | None) -> tuple[str, Actor | None, str] | None:
    """A leader's leave for the refused lot: which lot, who allows it (None: the person acting), and why.

    By badge, or with the button by somebody who is a leader. None when this scan is something else.
    """
    lot = request.form.get("refused", "")
    if not lot or not (found is None or found.kind is Kind.BADGE):
        return None
    reason = request.form.get("reason", "")
    person = find_by_badge(work.session, found.code) if found else None
    approver = Actor(person.name, person.role_set, person.id) if person else None
    return lot, approver, _(reason) if reason in OVERRIDE_REASONS else ""
