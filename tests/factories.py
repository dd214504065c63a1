"""Things a plant has, made the way the plant makes them. One function per table; arguments only where it matters."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from mes.certificates.changes import ask_change
from mes.certificates.models import Certificate, FourMChange
from mes.certificates.service import draft_certificate
from mes.core.access import Role
from mes.core.work import Work
from mes.equipment.calls import call_for
from mes.equipment.device_models import Board
from mes.equipment.device_rules import claim_of
from mes.equipment.devices import add_board, heard, use_own_phone
from mes.equipment.models import Call, CallKind, Downtime, Location, Machine, Station, StopReason, Tool, WorkCentre
from mes.equipment.service import (
    add_location,
    add_machine,
    add_station,
    add_stop_reason,
    add_work_centre,
    start_downtime,
)
from mes.equipment.tools import add_tool
from mes.gauges.models import Calibration, Gauge, GaugeStudy, StudyKind
from mes.gauges.models import Result as CalibrationResult
from mes.gauges.service import add_gauge, record_calibration
from mes.gauges.service import today_of as gauges_today
from mes.gauges.studies import begin_study
from mes.inspection.models import Characteristic, Inspection, InspectionKind, InspectionStandard
from mes.inspection.service import (
    CharacteristicData,
    add_characteristic,
    approve_standard,
    change_characteristic,
    make_standard,
    record_inspection,
    revise_standard,
)
from mes.inspection.standard_data import data_of
from mes.inspection.standard_queries import characteristics_of, get_standard, standard_for
from mes.items.boms import add_by_product
from mes.items.by_products import ByProductData
from mes.items.customer_parts import set_customer_part
from mes.items.models import (
    Bom,
    ByProduct,
    CustomerPart,
    Item,
    ItemKind,
    ItemUnit,
    OperationStep,
    Routing,
    StepKind,
)
from mes.items.routings import copy_routing
from mes.items.service import (
    BomLineData,
    OperationData,
    add_item,
    add_unit,
    make_bom,
    make_routing,
    release_bom,
    release_routing,
)
from mes.items.steps import StepData, add_step
from mes.leader.models import Ask, Message
from mes.leader.service import ask_for_lot, send_message
from mes.lots.packing import make_unit
from mes.lots.queries import get_lot
from mes.lots.unit_models import HandlingUnit, UnitKind
from mes.nonconformance.models import Action, ActionKind, Nonconformance, Origin
from mes.nonconformance.service import add_action, open_nonconformance
from mes.partners.models import Partner, PartnerKind
from mes.partners.service import add_partner
from mes.people.models import ApiToken, Person, Skill
from mes.people.own_words import set_own_words
from mes.people.plant import add_token
from mes.people.service import add_person
from mes.printing.models import Printer, PrinterKind, PrinterLanguage
from mes.printing.printers import add_printer
from mes.quality.finding import Finding
from mes.quality.models import Defect, DefectCause, DefectCode
from mes.quality.service import add_defect_cause, add_defect_code, record_defect
from mes.recall.models import Recall
from mes.recall.service import begin_recall
from mes.scan.models import SupplierBarcode
from mes.scan.teaching import teach
from mes.shifts.check_models import CheckSheet
from mes.shifts.checks import add_sheet, set_line
from mes.shifts.hand_models import HandOver
from mes.shifts.handing import hand_over
from mes.shifts.models import CalendarDay, PlannedStop, Shift
from mes.shifts.service import ShiftData, add_shift, plan_stop, set_day
from mes.station.late_models import LateEntry
from mes.station.late_service import Arrival, note_recorded
from mes.trace.beginnings import Choice, How

numbers = count(1)


def make_person(work: Work, *roles: Role, **values: object) -> Person:
    """Somebody with a login, a password and a PIN."""
    number = next(numbers)
    given = {
        "code": f"P{number}",
        "name": f"사람 {number}",
        "login": f"person{number}",
        **values,
    }
    return add_person(work, roles=roles or (Role.OPERATOR,), **given)  # type: ignore[arg-type]


def make_skill(work: Work, **values: object) -> Skill:
    """Something a person was trained for, for ever."""
    person = make_person(work, skills=[(values.get("name", "용접"), values.get("until"))])
    return work.session.scalars(select(Skill).where(Skill.person_id == person.id)).one()


def make_token(work: Work, role: Role = Role.MANAGER, **values: object) -> ApiToken:
    """A program that may use the API."""
    name = str(values.get("name", f"program {next(numbers)}"))
    add_token(work, name, role)
    return work.session.scalars(select(ApiToken).where(ApiToken.name == name)).one()


def make_partner(work: Work, *kinds: PartnerKind, **values: object) -> Partner:
    """A supplier, unless said otherwise."""
    number = next(numbers)
    given = {"code": f"C{number}", "name": f"거래처 {number}", **values}
    return add_partner(work, kinds=kinds or (PartnerKind.SUPPLIER,), **given)  # type: ignore[arg-type]


def make_location(work: Work, **values: object) -> Location:
    """A place in the store."""
    number = next(numbers)
    return add_location(work, **{"code": f"A-{number}", "name": f"선반 {number}", **values})  # type: ignore[arg-type]


def make_work_centre(work: Work, **values: object) -> WorkCentre:
    """A line with a place of its own."""
    number = next(numbers)
    given = {"code": f"WC{number}", "name": f"작업장 {number}", **values}
    if "location_id" not in given:
        given["location_id"] = make_location(work).id
    return add_work_centre(work, **given)  # type: ignore[arg-type]


def make_machine(work: Work, work_centre: WorkCentre | None = None, **values: object) -> Machine:
    """A machine, ready."""
    number = next(numbers)
    centre = work_centre or make_work_centre(work)
    given = {"code": f"EQ{number}", "name": f"{number}호기", **values}
    return add_machine(work, work_centre_id=centre.id, **given)  # type: ignore[arg-type]


def make_tool(work: Work, **values: object) -> Tool:
    """A mould, ready."""
    number = next(numbers)
    given = {"code": f"MD{number}", "name": f"{number}번 금형", **values}
    return add_tool(work, **given)  # type: ignore[arg-type]


def make_station(work: Work, work_centre: WorkCentre | None = None, **values: object) -> Station:
    """A station that no device is paired with yet."""
    number = next(numbers)
    centre = work_centre or make_work_centre(work)
    given = {"code": f"ST{number}", "name": f"단말 {number}", **values}
    return add_station(work, work_centre_id=centre.id, **given)  # type: ignore[arg-type]


def make_stop_reason(work: Work, **values: object) -> StopReason:
    """An unplanned reason for standing still."""
    number = next(numbers)
    return add_stop_reason(work, **{"code": f"D{number}", "name": f"고장 {number}", **values})  # type: ignore[arg-type]


def make_downtime(work: Work, machine: Machine | None = None, **values: object) -> Downtime:
    """A machine that stands still from now on."""
    machine = machine or make_machine(work)
    reason = make_stop_reason(work)
    return start_downtime(
        work,
        work_centre_id=machine.work_centre_id,
        machine_id=machine.id,
        reason_id=reason.id,
        **values,  # type: ignore[arg-type]
    )


def make_call(work: Work, work_centre: WorkCentre | None = None, **values: object) -> Call:
    """A call for material that nobody has taken yet."""
    centre = work_centre or make_work_centre(work)
    return call_for(work, **{"kind": CallKind.MATERIAL, "work_centre_id": centre.id, **values})  # type: ignore[arg-type]


def make_item(work: Work, **values: object) -> Item:
    """A raw material by lot, counted in pieces."""
    number = next(numbers)
    given = {"code": f"I{number}", "name": f"품목 {number}", "kind": ItemKind.RAW, "unit": "EA", **values}
    return add_item(work, **given)  # type: ignore[arg-type]


def make_customer_part(work: Work, item: Item | None = None, **values: object) -> CustomerPart:
    """What a customer calls an item."""
    given = {"code": f"고객-{next(numbers)}", **values}
    buyer = given.pop("partner", None) or make_partner(work, PartnerKind.CUSTOMER)
    return set_customer_part(work, item=item or make_item(work), partner=buyer, **given)  # type: ignore[arg-type]


def make_pallet(work: Work, *lots: str, kind: UnitKind = UnitKind.PALLET) -> HandlingUnit:
    """A pallet with lots on it."""
    return make_unit(work, kind, lots=lots)


def make_item_unit(work: Work, item: Item | None = None, **values: object) -> ItemUnit:
    """A box of twenty."""
    given = {"unit": "BOX", "factor": Decimal(20), **values}
    return add_unit(work, (item or make_item(work)).code, **given)  # type: ignore[arg-type]


def make_released_bom(work: Work, item: Item, *parts: tuple[Item, int | str | Decimal]) -> Bom:
    """A released BOM of (component, quantity) pairs."""
    lines = [BomLineData(component=component, quantity=Decimal(quantity)) for component, quantity in parts]
    return release_bom(work, make_bom(work, item, lines).id)


def make_by_product(work: Work, bom: Bom | None = None, **values: object) -> ByProduct:
    """Half a kilogram of something that also comes out, on a draft."""
    draft = bom or make_bom(work, make_item(work), [])
    given: Any = {"item": make_item(work), "quantity": Decimal("0.5"), **values}
    return add_by_product(work, draft.id, ByProductData(**given))


def make_released_routing(work: Work, item: Item, centres: Sequence[WorkCentre] = ()) -> Routing:
    """A released routing with one operation per work centre: 10, 20, 30."""
    steps = [
        OperationData(sequence=10 * number, name=f"공정 {number}", work_centre=centre)
        for number, centre in enumerate(centres or [make_work_centre(work)], 1)
    ]
    return release_routing(work, make_routing(work, item, steps).id)


def make_steps(work: Work, item: Item, *steps: StepData, sequence: int = 10) -> list[OperationStep]:
    """Work steps of an operation, in a new revision of the item's routing that is in force; by default one tick."""
    draft = copy_routing(work, item)
    given = steps or (StepData(position=1, name="확인한다", kind=StepKind.CHECK),)
    made = [add_step(work, draft.id, sequence, step) for step in given]
    release_routing(work, draft.id)
    return made


def make_defect_code(work: Work, **values: object) -> DefectCode:
    """A type of defect in use."""
    number = next(numbers)
    return add_defect_code(work, **{"code": f"X{number}", "name": f"불량 {number}", **values})  # type: ignore[arg-type]


def length_of_ten(**values: object) -> CharacteristicData:
    """A length of 10 mm, give or take 0.05."""
    given = {
        "name": f"치수 {next(numbers)}",
        "unit": "mm",
        "nominal": Decimal(10),
        "lower": Decimal("9.95"),
        "upper": Decimal("10.05"),
        **values,
    }
    return CharacteristicData(**given)  # type: ignore[arg-type]


def make_released_standard(
    work: Work, item: Item | None = None, *rows: CharacteristicData, **values: object
) -> InspectionStandard:
    """What is measured on incoming goods, in force."""
    given: Any = {"kind": InspectionKind.INCOMING, **values}
    rows = rows or (length_of_ten(),)
    draft = make_standard(work, item=item or make_item(work), characteristics=rows, **given)
    return approve_standard(work, draft.id, confirmed=True)


def make_characteristic(work: Work, item: Item | None = None, **values: object) -> Characteristic:
    """One more thing that is measured on incoming goods, in force from now on."""
    kind = InspectionKind(str(values.pop("kind", InspectionKind.INCOMING)))
    item = item or make_item(work)
    there = standard_for(work.session, item.id, kind)
    draft = revise_standard(work, there.id) if there else make_standard(work, item=item, kind=kind)
    added = add_characteristic(work, draft.id, length_of_ten(**values))
    approve_standard(work, draft.id, confirmed=True)
    return added


def revise_characteristic(work: Work, one: Characteristic, **values: object) -> Characteristic:
    """The same characteristic in a new revision that is in force from now on."""
    draft = revise_standard(work, one.standard_id)
    there = get_standard(work.session, draft.id).characteristics
    [copy] = [row for row in there if row.stem_id == one.stem_id]
    changed = change_characteristic(work, copy.id, replace(data_of(copy), **values))  # type: ignore[arg-type]
    approve_standard(work, draft.id, confirmed=True)
    return changed


def make_defect(work: Work, lot_code: str, quantity: int | Decimal = 1, **values: object) -> Defect:
    """Defective pieces found in a lot."""
    code = values.pop("code", None) or make_defect_code(work).code
    told = Finding(**{field.name: values.pop(field.name) for field in fields(Finding) if field.name in values})  # type: ignore[arg-type]
    return record_defect(work, code=str(code), quantity=Decimal(quantity), lot_code=lot_code, finding=told, **values)  # type: ignore[arg-type]


def make_defect_cause(work: Work, **values: object) -> DefectCause:
    """A cause of defects in use."""
    number = next(numbers)
    return add_defect_cause(work, **{"code": f"Y{number}", "name": f"원인 {number}", **values})  # type: ignore[arg-type]


def make_gauge(work: Work, **values: object) -> Gauge:
    """A caliper that is calibrated every year, calibrated today."""
    number = next(numbers)
    given: Any = {"code": f"Q-{number}", "name": f"캘리퍼스 {number}", "unit": "mm", "interval_months": 12, **values}
    gauge = add_gauge(work, **given)
    make_calibration(work, gauge)
    return gauge


def make_calibration(work: Work, gauge: Gauge, **values: object) -> Calibration:
    """A calibration that the gauge passes today."""
    given: Any = {"done_on": gauges_today(work), "lab": "한국교정", "result": CalibrationResult.PASS, **values}
    return record_calibration(work, gauge.code, **given)


def make_study(work: Work, gauge: Gauge, **values: object) -> GaugeStudy:
    """An empty study of three parts by two people, two trials each."""
    given: Any = {
        "kind": StudyKind.GAUGE_RR, "characteristic": "외경", "parts": ["1", "2", "3"], "operators": ["김", "이"],
        "trials": 2, "unit": "mm", **values,
    }  # fmt: skip
    return begin_study(work, gauge.code, **given)


def make_certificate(work: Work, of: str, **values: object) -> Certificate:
    """A draft of what is recorded of a lot or a shipment."""
    return draft_certificate(work, of, **values)  # type: ignore[arg-type]


def make_change(work: Work, **values: object) -> FourMChange:
    """Another machine, from today."""
    given: Any = {
        "kinds": frozenset({"machine"}), "title": "증숙기 교체", "after_change": "2호기에서 만든다",
        "reason": "1호기 정비", "planned_on": gauges_today(work), **values,
    }  # fmt: skip
    return ask_change(work, **given)


def make_inspection(
    work: Work, lot_code: str, value: str = "10", kind: InspectionKind = InspectionKind.INCOMING
) -> Inspection:
    """An inspection of a lot, every characteristic read as the same value."""
    measured = characteristics_of(work.session, get_lot(work.session, lot_code).item_id, kind)
    readings = {one.id: Decimal(value) for one in measured}
    return record_inspection(work, kind=kind, lot_code=lot_code, readings=readings)


def make_nonconformance(work: Work, item: Item | None = None, **values: object) -> Nonconformance:
    """Something found wrong with an item, opened without a lot."""
    given: Any = {"origin": Origin.OTHER, "what": "치수 벗어남", "item": item or make_item(work), **values}
    return open_nonconformance(work, **given)


def make_action(work: Work, code: str, owner: Person | None = None, **values: object) -> Action:
    """Something that somebody does about a nonconformance until tomorrow."""
    given: Any = {"kind": ActionKind.CORRECTIVE, "what": "교체", "due_on": work.today + timedelta(days=1), **values}
    return add_action(work, code, owner=owner or make_person(work), **given)


def make_supplier_barcode(work: Work, supplier: Partner | None = None, **values: object) -> SupplierBarcode:
    """A supplier's barcode: HB, eight characters of lot, four of quantity."""
    given: Any = {
        "name": "상자 라벨", "example": "HB2512A0880120", "prefix": "HB", "lot_at": "3-10", "quantity_at": "11-14",
        **values,
    }  # fmt: skip
    return teach(work, supplier_id=(supplier or make_partner(work)).id, **given)


def make_printer(work: Work, **values: object) -> Printer:
    """A network printer that speaks ZPL."""
    number = next(numbers)
    given = {
        "code": f"LP{number}", "name": f"프린터 {number}", "kind": PrinterKind.TCP, "language": PrinterLanguage.ZPL,
        "address": "127.0.0.1", "port": 1, **values,
    }  # fmt: skip
    return add_printer(work, **given)  # type: ignore[arg-type]


def make_shift(work: Work, **values: object) -> Shift:
    """The day shift of the whole plant: Monday to Friday from 08:00 to 17:00."""
    given = {"name": "주간", "weekdays": frozenset("01234"), "starts_at": 8 * 60, "ends_at": 17 * 60, **values}
    return add_shift(work, ShiftData(**given))  # type: ignore[arg-type]


def make_calendar_day(work: Work, **values: object) -> CalendarDay:
    """A holiday of the whole plant."""
    given = {"works": False, "name": "공휴일", **values}
    return set_day(work, given.pop("day", work.today), **given)  # type: ignore[arg-type]


def make_planned_stop(work: Work, work_centre_id: int | None = None, hours: int = 1) -> PlannedStop:
    """Maintenance from now on."""
    reason = make_stop_reason(work, planned=True)
    return plan_stop(
        work, work_centre_id=work_centre_id or make_work_centre(work).id, machine_id=None, reason_id=reason.id,
        starts_at=work.now, ends_at=work.now + timedelta(hours=hours),
    )  # fmt: skip


def make_late_entry(work: Work, station: Station, **values: object) -> LateEntry:
    """A pause that a tablet sent an hour later, recorded."""
    given: Any = {
        "station_id": station.id, "key": f"late-{next(numbers)}", "sequence": 1, "person_id": None,
        "address": "/station/jobs/J/pause", "fields": {}, "photos": 0, "made_at": work.now, "at": work.now,
        "received_at": work.now, "skew": 0, **values,
    }  # fmt: skip
    return note_recorded(work, Arrival(**given))


def make_board(work: Work, **values: object) -> Board:
    """A board of the whole plant that waits for its screen."""
    number = next(numbers)
    given: Any = {"name": f"현황판 {number}", "claim": claim_of(f"screen {number}"), **values}
    return add_board(work, **given)


def make_own_word(work: Work, text: str = "찢김", language: str = "vi", said: str = "Rách") -> int:
    """A name of the plant in one more language; gives how many words changed."""
    return set_own_words(work, {(text, language): said})


def make_phone(work: Work, centre: WorkCentre) -> tuple[Station, str]:
    """The acting person's own phone, and its token."""
    return use_own_phone(work, centre.id)


def make_contact(work: Work, device_hash: str = "0" * 64) -> bool:
    """A device that was heard of just now."""
    return heard(work, device_hash, app="1.0")


def make_message(work: Work, station: Station) -> Message:
    """A message that a station has not read."""
    [message] = send_message(work, [station.id], "확인 바랍니다")
    return message


def make_request(work: Work, station: Station, job_code: str, lot_code: str) -> Ask:
    """A station asks for another lot."""
    return ask_for_lot(work, station_id=station.id, job_code=job_code, lot_code=lot_code, why="손상")


def make_check_sheet(work: Work, *lines: dict[str, Any], **values: Any) -> CheckSheet:
    """A daily check of a machine with one line to tick, unless lines are given; what fails calls somebody."""
    number = next(numbers)
    if "work_centre_id" not in values:
        machine = make_machine(work)
        values = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id, **values}
    sheet = add_sheet(work, **{"code": f"CS{number}", "name": f"일상점검 {number}", **values})
    for position, line in enumerate(lines or [{"name": "누유 없음"}], 1):
        set_line(work, sheet.code, position, **line)
    return sheet


def make_hand_over(work: Work, work_centre_id: int | None = None, **values: object) -> HandOver:
    """A note to the next shift."""
    centre = work_centre_id or make_work_centre(work).id
    return hand_over(work, work_centre_id=centre, **{"text": "2호기 소음 확인 바람", **values})  # type: ignore[arg-type]


def make_recall(work: Work, *codes: str, **values: object) -> Recall:
    """A recall of whatever these codes name."""
    given: Any = {"title": "이물 혼입", "reason": "고객 신고", **values}
    return begin_recall(work, Choice(How.CODES, "\n".join(codes)), **given)
