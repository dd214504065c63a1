"""The API keeps its own description: whatever a program sends, the answer has the described shape and is never a fault.

``MES_API_EXAMPLES=100`` tries more of what programs may send than each run does.
"""

import os
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mes.core.access import Role
from mes.inspection.models import InspectionKind
from mes.items.queries import get_item
from mes.people.plant import add_token
from tests.api.instruments import certify, keep_gauges, watch
from tests.api.measuring import measure
from tests.api.nonconformances import go_through
from tests.api.shifted import read_shifts
from tests.api.storing import pack_and_count, take_apart
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.factories import make_characteristic
from tests.midday import Midday
from tests.station.floor import Floor

EXAMPLES = int(os.environ.get("MES_API_EXAMPLES", "2"))
TRIED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]
#: Numbers as programs write them, and some that are none.
NUMBERS = ["1", "2", "0.5", "10", "1E+1", "20.000000", "0", "-3", "NaN", "-Infinity", "1e400", "1e-9", "999999999999"]
Known = dict[str, list[Any]]
#: What a code in an address or a field names: by the part of the address before it, by the field.
NAMED = {
    "items": ("item",), "boms": ("item",), "lots": ("lot",), "work-orders": ("order",), "jobs": ("job",),
    "partners": ("supplier",), "trace": ("lot", "order", "shipment", "item"), "defects": ("defect code",),
    "item": ("item",), "lot": ("lot",), "job": ("job",), "supplier": ("supplier",), "customer": ("customer",),
    "location": ("location",), "machine": ("machine",), "hold": ("hold",), "ident": ("defect",),
    "characteristic": ("characteristic",),
}  # fmt: skip


@pytest.mark.thorough
def test_every_act_and_every_page_of_the_api_answers_as_described(app: Flask, shop: Shop) -> None:
    known = Midday(Floor(shop)).known
    [flour, _torn, spare, *_kept, film, cake], [running, _done, draft] = known["lot"], known["order"]
    described = Described(app, shop)
    get, post = described.get, described.post
    for address in ("items", "lots", "work-orders", "jobs", "reports", "defects"):
        assert get(f"/{address}", f"/{address}")["rows"]
    get("/items/{code}", "/items/CAKE")
    entered = post("/partners", {"code": "GS1-1", "name": "해외상사", "kinds": ["customer"], "gln": "8800000000091"})
    assert get("/partners", "/partners?kind=customer&search=GS1")["rows"] == [entered]
    assert get("/partners/{code}", "/partners/GS1-1")["gln"] == "8800000000091"
    get("/boms/{code}", "/boms/CAKE")
    assert get("/boms/{code}/explosion", "/boms/CAKE/explosion?quantity=3")["totals"]
    for part in ("", "/movements", "/holds"):
        get(f"/lots/{{code}}{part}", f"/lots/{known['held lot'][0]}{part}")
    get("/trace/{code}", f"/trace/{cake}")
    assert get("/trace", f"/trace?of={flour},{spare}")["edges"]
    get("/genealogy/health", "/genealogy/health?days=7")
    assert get("/inspection-standards", "/inspection-standards?kind=first")["rows"]
    looks = {
        "name": "looks",
        "nature": "attribute",
        "choices": [{"name": "OK", "good": True}, {"name": "torn", "good": False}],
    }
    drafted = post("/inspection-standards", {"item": "RF", "kind": "incoming", "characteristics": [looks]})
    assert get("/inspection-standards/{ident}", f"/inspection-standards/{drafted['id']}")["state"] == "draft"
    get("/work-orders/{code}", f"/work-orders/{running}")
    get("/jobs/{code}", f"/jobs/{known['job'][0]}")
    post("/items", {"code": "Z-1", "name": "참깨", "kind": "raw", "unit": "kg", "safety_stock": "1E+1"})
    receipt = {"item": "RF", "quantities": ["20.000000", "5"], "supplier": "MILL", "supplier_lot": "A-78"}
    first, second = (row["code"] for row in post("/receipts", receipt)["rows"])
    part = post("/lots/{code}/split", {"quantity": "2"}, code=first)["code"]
    post("/lots/merge", {"lots": [part, second]})
    post("/lots/{code}/move", {"location": "ST"}, code=spare)
    post("/lots/{code}/adjust", {"counted": "17.5", "reason": "counted"}, code=first)
    post("/lots/{code}/holds", {"reason": "wet"}, code=spare)
    hold = get("/lots/{code}/holds", f"/lots/{spare}/holds")["rows"][0]["id"]
    post("/lots/{code}/holds/{hold}/lift", {"reason": "dried"}, code=spare, hold=hold)
    sent = post("/shipments", {"customer": "MART", "lines": [{"lot": cake, "quantity": "1"}]})
    post("/shipments/{code}/undo", {"reason": "wrong lot", "lot": cake}, code=sent["code"])
    post("/work-orders/{code}/hold", {"reason": "no film"}, code=running)
    post("/work-orders/{code}/resume", code=running)
    post("/work-orders/{code}/cancel", {"reason": "not wanted"}, code=draft)
    post(
        "/inspections",
        {"kind": "outgoing", "lot": cake, "readings": [{"characteristic": described.length, "value": "5"}]},
    )
    post("/defects", {"code": "TORN", "quantity": "1", "lot": film})
    order = post("/work-orders", {"item": "CAKE", "quantity": "10", "due_on": "2026-01-09"})
    post("/work-orders/{code}/release", {}, code=order["code"])
    kettle, packing = get("/work-orders/{code}", f"/work-orders/{order['code']}")["jobs"]
    post("/jobs/{code}/start", {"machine": "KT-1"}, code=kettle)
    post("/jobs/{code}/pause", code=kettle)
    post("/jobs/{code}/start", {}, code=kettle)
    assert get("/jobs/{code}/steps", f"/jobs/{kettle}/steps")["rows"]
    post("/jobs/{code}/steps/{position}", {}, code=kettle, position=1)
    post("/jobs/{code}/tool", {"tool": None}, code=kettle)
    post("/jobs/{code}/consume", {"lot": flour}, code=kettle)
    report = post("/jobs/{code}/reports", {"good": "9", "defects": [{"code": "TORN", "quantity": "1"}]}, code=kettle)
    post("/reports/{ident}/undo", {"reason": "wrong"}, ident=report["id"])
    post("/jobs/{code}/reports", {"good": "10"}, code=kettle)
    post("/jobs/{code}/finish", {"confirmed": True}, code=kettle)
    post("/jobs/{code}/start", {}, code=packing)
    post("/jobs/{code}/reports", {"good": "10"}, code=packing)
    post("/jobs/{code}/finish", {"confirmed": True}, code=packing)
    post("/work-orders/{code}/close", code=order["code"])
    post("/defects/{ident}/disposition", {"disposition": "scrap", "reason": "torn"}, ident=known["defect"][0])
    measure(get, post, cake, film)
    go_through(get, post, shop, film)
    keep_gauges(get, post)
    watch(get, post, shop, cake, described.length)
    certify(get, post, cake)
    pack_and_count(get, post, first)
    take_apart(get, post, known["dismantling"][0])
    read_shifts(get, known)
    recalled = post("/recalls", {"of": flour, "title": "flour", "reason": "glass"})
    assert recalled["customers"] == get("/recalls/{code}", f"/recalls/{recalled['code']}")["customers"]
    assert get("/recalls", "/recalls")["rows"]
    assert described.seen == {
        (method, path) for path, methods in described.document["paths"].items() for method in methods
    }


class Described:
    """A program that holds each answer against the description."""

    def __init__(self, app: Flask, shop: Shop) -> None:
        from jsonschema_rs import Draft202012Validator

        self.program = Program(app, shop)
        self.document = app.test_client().get("/api/v1/openapi.json").get_json()
        self.seen: set[tuple[str, str]] = set()
        self._validator = Draft202012Validator
        self.length = shop.do(
            lambda work: make_characteristic(work, get_item(work.session, "CAKE"), kind=InspectionKind.OUTGOING).id
        )

    def get(self, path: str, address: str) -> Any:
        """What is at an address."""
        return self._as_described(
            "get",
            path,
            self.program.client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {self.program.token}"}),
        )

    def post(self, path: str, body: object = None, **address: object) -> Any:
        """What an act answers."""
        return self._as_described("post", path, self.program.post(path.format(**address), body))

    def _as_described(self, method: str, path: str, answer: TestResponse) -> Any:
        described = self.document["paths"][path][method]["responses"]
        assert str(answer.status_code) in described, answer.text
        assert answer.content_type == "application/json"
        schema = described[str(answer.status_code)]["content"]["application/json"]["schema"]
        whole = {**schema, "components": self.document["components"]}
        assert [error.message for error in self._validator(whole).iter_errors(answer.get_json())] == []
        self.seen.add((method, path))
        return answer.get_json()


@pytest.mark.thorough
@pytest.mark.long
def test_answers_have_the_described_shape_and_are_never_a_fault(app: Flask, shop: Shop) -> None:
    import schemathesis

    known = Midday(Floor(shop)).known
    tokens = {role: shop.do(lambda work, role=role: add_token(work, f"program {role}", role)) for role in Role}  # type: ignore[misc]
    schemathesis.checks.load_all_checks()
    schemathesis.openapi.format("decimal", st.sampled_from(NUMBERS))
    checks: list[Any] = schemathesis.checks.CHECKS.get_by_names(CHECKS)
    tries = count()
    broken: list[str] = []

    def attempt(operation: Any) -> None:
        @TRIED
        @given(case=operation.as_strategy(), data=st.data())
        def once(case: Any, data: st.DataObject) -> None:
            room = operation.path.split("/")[1]
            case.path_parameters = with_codes(case.path_parameters, known, data, room)
            case.body = with_codes(case.body, known, data, room)
            if data.draw(st.integers(0, 9)):
                case.headers["Idempotency-Key"] = f"try-{next(tries):08d}"
            token = tokens[data.draw(st.sampled_from([Role.MANAGER] * 6 + list(Role)))]
            answer = case.call(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
            case.validate_response(answer, checks=checks)
            if answer.status_code >= 400:
                assert set(answer.json()) == {"code", "message", "hint", "field", "request"}

        once()

    for found in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # a broken description raises here
        try:
            attempt(operation)
        except (schemathesis.core.failures.FailureGroup, AssertionError) as failure:
            broken.append(f"{operation.label}: {failure}")
    assert not broken, "\n".join(broken)


def with_codes(sent: Any, known: Known, data: st.DataObject, room: str, field: str = "") -> Any:
    """The same input, but most codes in it are ones that the plant knows."""
    if isinstance(sent, dict):
        return {name: with_codes(value, known, data, room, name) for name, value in sent.items()}
    if isinstance(sent, list):
        return [with_codes(value, known, data, room, field) for value in sent]
    kinds = NAMED.get(field) or (NAMED.get(room) if field in ("code", "lots") else None)
    if kinds and sent is not None and data.draw(st.integers(0, 5)):
        return data.draw(st.sampled_from([code for kind in kinds for code in known[kind]]))
    return sent
