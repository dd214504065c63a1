"""A measuring machine begins an inspection, sends its readings and closes it."""

from decimal import Decimal as D

from flask import Flask

from mes.core.access import Role
from mes.inspection.models import InspectionKind
from tests.api.test_api import Program
from tests.inspection.test_tablet import Bench
from tests.quality.workshop import Workshop


def test_a_program_measures_piece_by_piece(app: Flask, workshop: Workshop) -> None:
    Bench(workshop, InspectionKind.INCOMING, sample_size=2)
    lot = workshop.receive_sheets()
    program = Program(app, workshop.shop, Role.QUALITY)
    begun = program.post("/inspections/open", {"kind": "incoming", "lot": lot.code}).get_json()
    address = f"/inspections/{begun['code']}"
    assert begun["open"]
    assert len(begun["readings"]) == 4
    assert program.post(f"{address}/close").status_code == 409
    unreadable = {"characteristic": begun["readings"][0]["characteristic"], "piece": 1, "text": "1O.5"}
    assert program.post(f"{address}/readings", unreadable).status_code == 422
    for slot in begun["readings"]:
        answer = {"choice": slot["choices"][0]["id"]} if slot["choices"] else {"text": "+0010.020 mm"}
        body = {"characteristic": slot["characteristic"], "piece": slot["piece"], **answer}
        assert program.post(f"{address}/readings", body).status_code == 201
    first = program.get(address).get_json()["readings"][0]
    assert first["value"] == "10.02 mm"
    corrected = program.post(f"{address}/readings/{first['reading']}/correct", {"text": "10.03", "reason": "재측정"})
    assert corrected.get_json()["readings"][0]["value"] == "10.03 mm"
    closed = program.post(f"{address}/close").get_json()
    assert (closed["verdict"], closed["found"], closed["open"]) == ("pass", 0, False)


def test_a_program_gives_up_what_it_cannot_finish(app: Flask, workshop: Workshop) -> None:
    Bench(workshop, InspectionKind.INCOMING)
    lot = workshop.receive_sheets()
    program = Program(app, workshop.shop, Role.QUALITY)
    begun = program.post("/inspections/open", {"kind": "incoming", "lot": lot.code}).get_json()
    done = program.post(f"/inspections/{begun['code']}/give-up", {"reason": "측정기 고장"}).get_json()
    assert (done["open"], done["verdict"]) == (False, None)


def test_a_program_records_a_defect_with_its_place_and_decides(app: Flask, workshop: Workshop) -> None:
    lot = workshop.receive_sheets(100)
    program = Program(app, workshop.shop, Role.QUALITY)
    made = program.post(
        "/defects", {"code": "BURR", "quantity": "5", "lot": lot.code, "tool": "m-1", "cavity": "2", "mark": [10, 20]}
    ).get_json()
    assert (made["tool"], made["mark"]) == ("M-1", [10, 20])
    decide = f"/defects/{made['id']}/disposition"
    assert program.post(decide, {"disposition": "sort", "reason": "선별"}).get_json()["disposition"] == "sort"
    sorted_out = program.post(f"/defects/{made['id']}/sorted", {"good": "3"}).get_json()
    assert D(sorted_out["sorted_good"]) == 3
    apart = program.post(decide, {"disposition": "rework", "reason": "재가공", "apart": True}).get_json()
    assert apart["rework_lot"] != lot.code
    assert workshop.see_lot(lot).on_hand == 98
