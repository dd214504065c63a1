"""What is out of use stays what is recorded: a form that is opened for something else puts no other in its place."""

import re
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.equipment import service
from mes.equipment.device_models import Board
from mes.equipment.models import Machine, Station, WorkCentre
from mes.gauges.models import Gauge
from mes.items.models import Operation
from mes.items.service import OperationData, make_routing
from mes.partners.models import PartnerKind
from mes.partners.service import change_partner
from mes.shifts.check_models import CheckSheet
from mes.shifts.models import Shift
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    make_board,
    make_check_sheet,
    make_gauge,
    make_item,
    make_location,
    make_machine,
    make_partner,
    make_shift,
    make_station,
    make_work_centre,
)


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    """Somebody who may change everything here."""
    return Desk(app, shop, Role.ADMIN)


def sent(page: str) -> dict[str, list[str]]:
    """What a browser sends of the form on a page when nothing is touched in it."""
    found: dict[str, list[str]] = {}
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    [form] = [one for one in forms if 'name="name"' in one or 'name="note"' in one]
    for name, options in re.findall(r'<select[^>]*? name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values = re.findall(r'<option( selected)? value="([^"]*)"( selected)?', options)
        found[name] = [next((value for one, value, other in values if one or other), values[0][1])]
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = told.get("type") not in ("checkbox", "radio") or re.search(r"\schecked\b", tag)
        if "name" in told and told["name"] not in ("once", "csrf_token") and ticked:
            found.setdefault(told["name"], []).append(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*? name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = [text.strip()]
    return found


def rename(desk: Desk, address: str) -> None:
    """Open a form, change the name only, and save it."""
    told: dict[str, Any] = sent(desk.see(address)) | {"name": "새 이름"}
    desk.press(address, **told)


def retire(shop: Shop, thing: WorkCentre | Machine) -> None:
    """Take it out of use."""
    change = service.change_machine if isinstance(thing, Machine) else service.change_work_centre
    shop.do(lambda work: change(work, thing.code, active=False))


def test_a_work_centre_keeps_a_place_that_is_out_of_use(shop: Shop, manager: Desk) -> None:
    place = shop.do(make_location)
    centre = shop.do(lambda work: make_work_centre(work, location_id=place.id))
    shop.do(lambda work: service.change_location(work, place.code, active=False))
    rename(manager, f"/work-centres/{centre.code}")
    with shop.read() as read:
        kept = read.get_one(WorkCentre, centre.id)
        assert (kept.name, kept.location_id) == ("새 이름", place.id)


def test_machines_stations_boards_and_shifts_keep_a_work_centre_that_is_out_of_use(shop: Shop, manager: Desk) -> None:
    centre, _other = shop.do(make_work_centre), shop.do(make_work_centre)
    machine, station = (
        shop.do(lambda work: make_machine(work, centre)),
        shop.do(lambda work: make_station(work, centre)),
    )
    board = shop.do(lambda work: make_board(work, work_centre_id=centre.id))
    shift = shop.do(lambda work: make_shift(work, work_centre_id=centre.id))
    retire(shop, centre)
    for address in (f"/machines/{machine.code}", f"/stations/{station.code}", f"/devices/boards/{board.id}",
                    f"/shifts/{shift.id}"):  # fmt: skip
        rename(manager, address)
    with shop.read() as read:
        kept: list[Any] = [
            read.get_one(Machine, machine.id), read.get_one(Station, station.id), read.get_one(Board, board.id),
            read.get_one(Shift, shift.id),
        ]  # fmt: skip
        assert [(one.name, one.work_centre_id) for one in kept] == [("새 이름", centre.id)] * 4


def test_a_check_sheet_keeps_a_machine_that_is_out_of_use(shop: Shop, manager: Desk) -> None:
    machine = shop.do(make_machine)
    sheet = shop.do(lambda work: make_check_sheet(work, work_centre_id=machine.work_centre_id, machine_id=machine.id))
    retire(shop, machine)
    rename(manager, f"/change/check-sheet/{sheet.code}")
    with shop.read() as read:
        kept = read.get_one(CheckSheet, sheet.id)
        assert (kept.name, kept.machine_id) == ("새 이름", machine.id)


def test_an_operation_keeps_its_work_centre_and_subcontractor_out_of_use(shop: Shop, manager: Desk) -> None:
    shop.do(make_work_centre)
    centre, item = shop.do(make_work_centre), shop.do(make_item)
    plater = shop.do(lambda work: make_partner(work, PartnerKind.SUBCONTRACTOR))
    step = OperationData(sequence=10, name="도금", work_centre=centre, outsourced=True, subcontractor=plater)
    draft = shop.do(lambda work: make_routing(work, item, [step]))
    retire(shop, centre)
    shop.do(lambda work: change_partner(work, plater.code, active=False))
    rename(manager, f"/items/{item.code}/routing/{draft.revision}/operations/10")
    with shop.read() as read:
        [kept] = read.query(Operation).all()
        assert (kept.name, kept.work_centre_id, kept.subcontractor_id) == ("새 이름", centre.id, plater.id)


def test_a_gauge_keeps_its_work_centre_out_of_use(shop: Shop, manager: Desk) -> None:
    centre = shop.do(make_work_centre)
    gauge = shop.do(lambda work: make_gauge(work, work_centre_id=centre.id))
    retire(shop, centre)
    rename(manager, f"/gauges/{gauge.code}/edit")
    with shop.read() as read:
        kept = read.get_one(Gauge, gauge.id)
        assert (kept.name, kept.work_centre_id) == ("새 이름", centre.id)
