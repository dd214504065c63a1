"""Work centres, machines, places, stations and their stops."""

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.coded import SimilarCode
from mes.core.errors import NotFound, ReasonNeeded, StaleEdit
from mes.core.numbering import is_checked
from mes.equipment import queries, service
from mes.equipment.models import LocationKind, MachineState
from mes.equipment.rules import (
    AlreadyEnded,
    AlreadyStopped,
    MachineElsewhere,
    MachineHeld,
    MachineNotHeld,
    NotInUse,
)
from mes.people.service import token_hash
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    make_downtime,
    make_location,
    make_machine,
    make_station,
    make_stop_reason,
    make_work_centre,
)


def test_machines_and_places_get_tags_that_a_scanner_can_check(shop: Shop) -> None:
    machine, place = shop.do(make_machine), shop.do(make_location)
    assert is_checked(machine.tag)
    assert is_checked(place.tag)
    assert (machine.tag[0], place.tag[0]) == ("M", "P")
    with shop.read() as read:
        assert queries.get_machine(read, machine.tag.lower()).id == machine.id
        assert queries.get_location(read, place.tag).id == place.id
        with pytest.raises(NotFound):
            queries.get_machine(read, "M0")
        with pytest.raises(NotFound):
            queries.get_location(read, "P0")


def test_a_code_that_is_nearly_taken_is_refused(shop: Shop) -> None:
    shop.do(lambda work: make_work_centre(work, code="MIX"))
    with pytest.raises(SimilarCode):
        shop.do(lambda work: make_work_centre(work, code="Mix"))


def test_a_stopped_machine_is_stopped_once_and_runs_again(shop: Shop) -> None:
    machine = shop.do(make_machine)
    stop = shop.do(lambda work: make_downtime(work, machine))
    with pytest.raises(AlreadyStopped, match="고장"):
        shop.do(lambda work: make_downtime(work, machine))
    with shop.read() as read:
        assert queries.get_machine(read, machine.code).state is MachineState.STOPPED
    shop.later(minutes=12)
    ended = shop.do(lambda work: service.end_downtime(work, stop.id))
    assert ended.ended_at == shop.now
    with shop.read() as read:
        assert queries.get_machine(read, machine.code).state is MachineState.READY
    with pytest.raises(AlreadyEnded):
        shop.do(lambda work: service.end_downtime(work, stop.id))


def test_a_stop_names_a_machine_of_its_work_centre_and_a_reason_in_use(shop: Shop) -> None:
    machine, centre, reason = shop.do(make_machine), shop.do(make_work_centre), shop.do(make_stop_reason)
    with pytest.raises(MachineElsewhere):
        shop.do(
            lambda work: service.start_downtime(
                work, work_centre_id=centre.id, machine_id=machine.id, reason_id=reason.id
            )
        )
    shop.do(lambda work: service.change_stop_reason(work, reason.code, active=False))
    with pytest.raises(NotInUse):
        shop.do(lambda work: service.start_downtime(work, work_centre_id=centre.id, reason_id=reason.id))


def test_a_hold_needs_a_reason_and_outlasts_a_stop(shop: Shop) -> None:
    machine = shop.do(make_machine)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.hold_machine(work, machine.code, "  "))
    with pytest.raises(MachineNotHeld):
        shop.do(lambda work: service.release_machine(work, machine.code, "점검 끝"))
    shop.do(lambda work: service.hold_machine(work, machine.code, "소음"))
    with pytest.raises(MachineHeld, match="소음"):
        shop.do(lambda work: service.hold_machine(work, machine.code, "또"))
    stop = shop.do(lambda work: make_downtime(work, machine))
    shop.do(lambda work: service.end_downtime(work, stop.id))
    with shop.read() as read:
        assert queries.get_machine(read, machine.code).state is MachineState.HELD
    assert shop.do(lambda work: service.release_machine(work, machine.code, "점검 끝")).state is MachineState.READY


def test_a_machine_released_during_a_stop_is_still_stopped(shop: Shop) -> None:
    machine = shop.do(make_machine)
    shop.do(lambda work: make_downtime(work, machine))
    shop.do(lambda work: service.hold_machine(work, machine.code, "소음"))
    assert shop.do(lambda work: service.release_machine(work, machine.code, "끝")).state is MachineState.STOPPED


def test_a_station_is_one_device_at_a_time(shop: Shop) -> None:
    station = shop.do(make_station)
    first, second = (shop.do(lambda work: service.pair_station(work, station.code)) for _ in range(2))
    with shop.read() as read:
        assert queries.find_station(read, token_hash(first)) is None
        found = queries.find_station(read, token_hash(second))
        assert found is not None
        assert found.id == station.id
    shop.do(lambda work: service.change_station(work, station.code, active=False))
    with shop.read() as read:
        assert queries.find_station(read, token_hash(second)) is None
    with pytest.raises(NotInUse):
        shop.do(lambda work: service.pair_station(work, station.code))


def test_a_stale_save_of_a_place_is_refused(shop: Shop) -> None:
    place = shop.do(make_location)
    shop.do(lambda work: service.change_location(work, place.code, kind=LocationKind.QUARANTINE))
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.change_location(work, place.code, version=place.version, name="x"))


def test_a_browser_becomes_a_station_and_stops_being_one(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.LEADER)
    shop.do(lambda work: make_station(work, code="T1"))
    assert desk.press("/stations/T1/pair") == "/stations"
    cookie = desk.client.get_cookie("mes_station")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert "This browser is station T1" in desk.see("/stations")
    desk.press("/stations/T1/unpair")
    assert "This browser is station" not in desk.see("/stations")


def test_equipment_is_entered_and_changed_at_a_desk(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER, Role.ADMIN)
    desk.press("/new/place", code="A-01", name="선반", kind="store")
    with shop.read() as read:
        place = queries.get_location(read, "A-01")
    desk.press("/new/work-centre", code="MIX", name="반죽", location_id=str(place.id))
    with shop.read() as read:
        centre = queries.get_work_centre(read, "MIX")
    assert centre.location_id == place.id
    desk.press("/new/machine", code="EQ-1", name="반죽기", work_centre_id=str(centre.id))
    desk.press("/new/station", code="T1", name="단말", work_centre_id=str(centre.id))
    desk.press("/new/stop-reason", code="D1", name="고장", name_vi="Hỏng máy")
    desk.press("/machines/EQ-1", name="반죽기 1호", work_centre_id=str(centre.id), active="y")
    desk.press("/work-centres/MIX", name="반죽 라인", location_id="", active="y")
    desk.press("/places/A-01", name="선반", kind="shipping")
    desk.press("/stop-reasons/D1", name="고장", planned="y", active="y")
    desk.press("/stations/T1", name="단말 1", work_centre_id=str(centre.id), active="y")
    assert "반죽기 1호" in desk.see("/machines")
    assert "반죽 라인" in desk.see("/work-centres")
    assert "선반" not in desk.see("/places")
    assert "선반" in desk.see("/places?in_use=no&kind=shipping&q=a-0")
    assert "Planned" in desk.see("/stop-reasons")
    assert "단말 1" in desk.see("/stations")
    for address in ("/machines/EQ-1", "/work-centres/MIX", "/places/A-01", "/stop-reasons/D1", "/stations/T1"):
        assert "Save" in desk.see(address)
    desk.see("/machines/none", 404)


def test_a_leader_holds_a_machine_and_records_a_stop(app: Flask, shop: Shop) -> None:
    leader = Desk(app, shop, Role.LEADER)
    machine, reason = shop.do(make_machine), shop.do(make_stop_reason)
    assert "A reason is needed" in leader.press(f"/machines/{machine.code}/hold", 422)
    leader.press(f"/machines/{machine.code}/hold", reason="소음")
    assert "소음" in leader.see("/machines")
    leader.press(f"/machines/{machine.code}/release", reason="고침")
    form = {"work_centre_id": machine.work_centre_id, "machine_id": machine.id, "reason_id": reason.id}
    leader.press("/new/stop", **form)
    assert "standing still since" in leader.press("/new/stop", 409, **form)
    assert "It runs again" in leader.see(
        f"/stops?open=yes&day=2026-01-05&reason={reason.id}&centre={machine.work_centre_id}"
    )
    assert "No stops here" in leader.see("/stops?day=2026-01-06&reason=0")
    with shop.read() as read:
        stop = queries.open_downtimes(read)[0]
    leader.press(f"/stops/{stop.id}/end")
    assert "already ended" in leader.press(f"/stops/{stop.id}/end", 409)
    leader.press("/stops/999/end", 404)
    assert "No stops here" in leader.see("/stops?open=yes")


def test_a_work_centre_is_chosen_by_a_person_and_a_new_plant_is_told_to_add_one(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    assert "Add a work centre first." in desk.see("/new/machine")
    assert "Add a stop reason first." in desk.see("/new/stop")
    shop.do(make_work_centre)
    refused = desk.press("/new/machine", 422, code="M1", name="Mixer", work_centre_id="")
    assert "Please fill in this field." in refused
    assert 'value="Mixer"' in refused
    for nonsense in ("abc", "99999999999999999999", "²"):
        assert desk.press("/new/machine", 422, code="M1", name="Mixer", work_centre_id=nonsense)
