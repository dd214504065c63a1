"""The coded lists one by one: which columns they have, and what holds for them besides."""

from typing import Any

from sqlalchemy.orm import Session

from mes.core.access import Role
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.work import Work
from mes.equipment.models import Location, LocationKind, Machine, MachineState, StopReason, Tool, WorkCentre
from mes.exchange import queries
from mes.exchange.choices import parse_choice
from mes.exchange.coded import Coded, Matched, Values
from mes.exchange.columns import Column, Sheet
from mes.exchange.master_checks import check_not_standing_still, check_units
from mes.exchange.parsing import (
    parse_code,
    parse_date,
    parse_integer,
    parse_list,
    parse_name,
    parse_quantity,
    parse_yes_no,
)
from mes.exchange.rules import DueWorkedOut, RowTwice
from mes.gauges.models import Gauge, GaugeState
from mes.gauges.rules import check_gauge
from mes.gauges.service import PREFIX as GAUGE_PREFIX
from mes.items.models import Item, ItemKind, SampleFrom, Tracking
from mes.items.rules import check_gtin
from mes.partners.models import Partner
from mes.partners.rules import check_gln
from mes.people.models import Person
from mes.people.queries import get_person, list_skills
from mes.people.rules import LoginTaken
from mes.people.service import add_person, change_person
from mes.quality.models import DefectCode


def _short(text: str) -> str:
    return parse_name(text, 100)


def parse_unit(text: str) -> str:
    """A unit: a short word."""
    return parse_name(text, 16)


def _above_zero(text: str) -> Any:
    return parse_quantity(text, zero=False)


def _days(text: str) -> int:
    return parse_integer(text, zero=False, most=MOST_DAYS)


def _pieces(text: str) -> int:
    return parse_integer(text, zero=False, most=1000)


#: A hundred years, as at the desk.
MOST_DAYS = 36_500
CODE, NAME = Column("code", parse_code, needed=True), Column("name", parse_name, needed=True)
NAME_EN, NAME_VI = Column("name_en", parse_name), Column("name_vi", parse_name)


ITEMS = Coded(
    model=Item,
    verb="items.change",
    columns=(
        CODE,
        NAME,
        NAME_EN,
        Column("spec", parse_name),
        Column("kind", lambda text: ItemKind(parse_choice("item_kind", text))),
        Column("unit", parse_unit),
        Column("tracking", lambda text: Tracking(parse_choice("tracking", text))),
        Column("shelf_life_days", _days),
        Column("allergens", parse_name),
        *(Column(name, parse_name) for name in ("storage", "origin")),
        *(Column(name, lambda text: parse_name(text, 60)) for name in ("net_content", "licence")),
        Column("ingredients", lambda text: parse_name(text, 2000)),
        Column("gtin", lambda text: check_gtin(parse_code(text))),
        Column("safety_stock", parse_quantity),
        Column("unit_cost", _above_zero),
        Column("box_quantity", _above_zero),
        Column("inspect_incoming", parse_yes_no),
        Column("sample_days", _days),
        Column("sample_from", lambda text: SampleFrom(parse_choice("sample_from", text))),
    ),
    defaults={"kind": ItemKind.RAW, "unit": "EA", "tracking": Tracking.LOT, "inspect_incoming": False},
    check=check_units,
)
LOCATIONS = Coded(
    model=Location,
    verb="equipment.change_location",
    columns=(CODE, NAME, NAME_EN, Column("kind", lambda text: LocationKind(parse_choice("location_kind", text)))),
    defaults={"kind": LocationKind.STORE},
    tag="P",
)
WORK_CENTRES = Coded(
    model=WorkCentre,
    verb="equipment.change_work_centre",
    columns=(CODE, NAME, NAME_EN, Column("location", parse_code)),
    refers={"location": (Location, N_("place"))},
    attributes={"location": "location_id"},
)
MACHINES = Coded(
    model=Machine,
    verb="equipment.change_machine",
    columns=(CODE, NAME, NAME_EN, Column("work_centre", parse_code, needed=True)),
    refers={"work_centre": (WorkCentre, N_("work centre"))},
    attributes={"work_centre": "work_centre_id"},
    defaults={"state": MachineState.READY},
    tag="M",
    check=check_not_standing_still,
)
TOOLS = Coded(
    model=Tool,
    verb="equipment.change_tool",
    columns=(CODE, NAME, NAME_EN, Column("cavities", _pieces)),
    defaults={"cavities": 1},
    tag="T",
)
PARTNERS = Coded(
    model=Partner,
    verb="partners.change",
    columns=(
        CODE,
        NAME,
        NAME_EN,
        Column("kind", lambda text: frozenset(parse_choice("partner_kind", word) for word in parse_list(text)), True),
        Column("contact", _short),
        Column("phone", _short),
        Column("email", _short),
        Column("address", parse_name),
        Column("gln", lambda text: check_gln(parse_code(text))),
    ),
    attributes={"kind": "kinds"},
)
DEFECT_CODES = Coded(
    model=DefectCode,
    verb="quality.change_code",
    columns=(CODE, NAME, NAME_EN, NAME_VI, Column("group", _short)),
)
STOP_REASONS = Coded(
    model=StopReason,
    verb="equipment.change_stop_reason",
    columns=(CODE, NAME, NAME_EN, NAME_VI, Column("group", _short), Column("planned", parse_yes_no)),
    defaults={"planned": False},
)


def _signed(text: str) -> Any:
    return parse_quantity(text, negative=True)


def _sound_gauges(session: Session, sheet: Sheet, matched: Matched) -> None:
    """A range the right way round; and a due date that no calibration has worked out already."""
    for row, values in matched.new.items():
        _refuse_range(sheet, row, values)
    moved = {row: old["id"] for row, (old, after) in matched.changed.items() if "due_on" in after}
    calibrated = queries.calibrated_gauges(session, set(moved.values())) if moved else set()
    for row, (old, after) in matched.changed.items():
        _refuse_range(sheet, row, {**old, **after})
        if moved.get(row) in calibrated:
            sheet.refuse(row, "due_on", DueWorkedOut(value=str(after["due_on"]), code=old["code"]))


def _refuse_range(sheet: Sheet, row: int, values: Values) -> None:
    try:
        check_gauge(values.get("lower"), values.get("upper"), values.get("interval_months"))
    except Refused as reason:
        sheet.refuse(row, reason.field or "code", reason)


GAUGES = Coded(
    model=Gauge,
    verb="gauges.change",
    columns=(
        CODE,
        NAME,
        NAME_EN,
        Column("kind", _short),
        Column("maker", _short),
        Column("serial", _short),
        Column("lower", _signed),
        Column("upper", _signed),
        Column("resolution", _above_zero),
        Column("unit", parse_unit),
        Column("work_centre", parse_code),
        Column("place", _short),
        Column("interval_months", _days),
        Column("due_on", parse_date),
        Column("note", parse_name),
    ),
    refers={"work_centre": (WorkCentre, N_("work centre"))},
    attributes={"work_centre": "work_centre_id"},
    defaults={"state": GaugeState.IN_USE},
    tag=GAUGE_PREFIX,
    check=_sound_gauges,
)


def _with_skills(session: Session, known: list[Values]) -> None:
    skills = queries.skills_by_person(session)
    for values in known:
        values["skills"] = skills.get(values["id"], frozenset())


def _logins_free(session: Session, sheet: Sheet, matched: Matched) -> None:
    """A login belongs to one person, in the file and in the plant."""
    if "login" not in sheet.values:
        return
    holders = queries.logins(session)
    first: dict[str, int] = {}
    for row, login in enumerate(sheet.values["login"]):
        if not login or row in sheet.faults:
            continue
        before = first.setdefault(login, row)
        if before != row:
            sheet.refuse(row, "login", RowTwice(value=login, code=login, first=str(sheet.rows[before][0])))
        elif login in holders and holders[login][0] != sheet.values["code"][row]:
            sheet.refuse(row, "login", LoginTaken(login=login, name=holders[login][1]))


def _hire(work: Work, values: Values) -> Person:
    skills = [(name, None) for name in sorted(values.pop("skills", ()))]
    return add_person(work, **{**values, "skills": skills})


def _change_person(work: Work, code: str, after: Values) -> Person:
    person = get_person(work.session, code)
    kept = {name: getattr(person, name) for name in ("name", "name_en", "language", "login", "active")}
    until = {skill.name: skill.until for skill in list_skills(work.session, person.id)}  # a list says nothing of this
    skills = [(name, until.get(name)) for name in sorted(after.pop("skills"))] if "skills" in after else None
    return change_person(work, code, **{**kept, "roles": person.role_set, **after, "skills": skills})


PEOPLE = Coded(
    model=Person,
    verb="people.change",
    columns=(
        CODE,
        NAME,
        NAME_EN,
        Column("roles", lambda text: frozenset(Role(parse_choice("role", word)) for word in parse_list(text))),
        Column("language", lambda text: parse_choice("language", text)),
        Column("skills", lambda text: frozenset(_short(word) for word in parse_list(text))),
        Column("login", lambda text: parse_name(text, 100).lower()),
    ),
    defaults={"roles": frozenset({Role.OPERATOR}), "language": "ko"},
    apart=("skills",),
    enrich=_with_skills,
    check=_logins_free,
    add=_hire,
    change=_change_person,
)
