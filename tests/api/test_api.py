"""Programs at the API: tokens, one-time keys, errors, and a whole order's life."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mes.core.access import Role
from mes.people.plant import add_token
from mes.quality.service import add_defect_code
from tests.conftest import Shop
from tests.orders.bakery import Bakery

Call = Callable[..., TestResponse]


class Program:
    """A program with a token that calls the API; each write gets a fresh key unless one is given."""

    def __init__(self, app: Flask, shop: Shop, role: Role = Role.MANAGER) -> None:
        self.client = app.test_client()
        self.token = shop.do(lambda work: add_token(work, f"program {role}", role))
        self.writes = 0

    def get(self, address: str, **query: object) -> TestResponse:
        return self.client.get(f"/api/v1{address}", query_string=query, headers=self._headers())

    def post(self, address: str, body: object = None, key: str | None = None) -> TestResponse:
        self.writes += 1
        headers = {**self._headers(), "Idempotency-Key": key or f"write-{self.writes:06d}"}
        return self.client.post(f"/api/v1{address}", json=body or {}, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def program(app: Flask, shop: Shop) -> Program:
    return Program(app, shop)


def test_without_a_token_nothing_is_told(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/items")
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "SignInFirst"


def test_a_token_does_only_what_its_role_may(app: Flask, shop: Shop) -> None:
    operator = Program(app, shop, Role.OPERATOR)
    answer = operator.post("/items", {"code": "X", "name": "x", "kind": "raw", "unit": "kg"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "NotAllowed")


def test_what_an_item_costs_is_told_to_the_office_only(app: Flask, shop: Shop) -> None:
    program, operator = Program(app, shop), Program(app, shop, Role.OPERATOR)
    program.post("/items", {"code": "X", "name": "x", "kind": "raw", "unit": "kg", "unit_cost": "12.5"})
    assert program.get("/items/X").get_json()["unit_cost"] == "12.5"
    assert operator.get("/items/X").get_json()["unit_cost"] is None
    assert [row["unit_cost"] for row in operator.get("/items").get_json()["rows"]] == [None]


def test_blanks_are_no_name_and_a_list_without_end_is_refused(program: Program) -> None:
    for gauge in ({"name": " "}, {"name": "caliper", "unit": "\u3000"}, {"name": "caliper", "code": " "}):
        answer = program.post("/gauges", gauge)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "NotJson")
    many = program.post("/nonconformances", {"origin": "other", "what": "torn", "lots": ["L1"] * 1001})
    assert (many.status_code, many.get_json()["field"]) == (422, "lots")


def test_a_whole_order_runs_over_the_api(program: Program, shop: Shop) -> None:
    bakery = Bakery(shop)
    shop.do(lambda work: add_defect_code(work, code="D1", name="찢김"))
    [flour] = bakery.receive(bakery.flour, 80)
    bakery.receive(bakery.film, 500)
    made = program.post("/work-orders", {"item": "CAKE", "quantity": "100", "due_on": "2026-01-08"})
    assert made.status_code == 201, made.text
    order = made.get_json()["code"]
    assert program.post(f"/work-orders/{order}/release", {}).status_code == 201
    kettle, packing = program.get(f"/work-orders/{order}").get_json()["jobs"]
    assert program.post(f"/jobs/{kettle}/start").status_code == 201
    taken = program.post(f"/jobs/{kettle}/consume", {"lot": flour.code}).get_json()
    assert (taken["lot"], taken["quantity"]) == (flour.code, "50")
    first = program.post(f"/jobs/{kettle}/reports", {"good": "98", "defects": [{"code": "D1", "quantity": "2"}]})
    assert first.get_json()["defective"] == "2"
    program.post(f"/jobs/{kettle}/finish", {"confirmed": True})
    program.post(f"/jobs/{packing}/start")
    last = program.post(f"/jobs/{packing}/reports", {"good": "98"}).get_json()
    assert program.post(f"/jobs/{packing}/finish", {"confirmed": True}).get_json()["state"] == "done"
    assert program.get(f"/work-orders/{order}").get_json()["state"] == "completed"
    trace = program.get(f"/trace/{last['lot']}", direction="up").get_json()
    scanned = {"parent": flour.code, "child": last["lot"], "quantity": "50", "exactness": "scanned"}
    assert scanned in trace["edges"]
    [defect] = program.get("/defects").get_json()["rows"]
    assert (defect["code"], defect["quantity"]) == ("D1", "2")


def test_a_write_repeated_with_its_key_gets_the_first_answer(program: Program, shop: Shop) -> None:
    body = {"code": "X1", "name": "쌀", "kind": "raw", "unit": "kg"}
    first = program.post("/items", body, key="the-same-key")
    again = program.post("/items", body, key="the-same-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    other = program.post("/items", {**body, "name": "보리"}, key="the-same-key")
    assert (other.status_code, other.get_json()["code"]) == (422, "KeyReused")


def test_a_write_without_a_key_is_refused(program: Program) -> None:
    body = {"code": "X1", "name": "쌀", "kind": "raw", "unit": "kg"}
    answer = program.client.post("/api/v1/items", json=body, headers={"Authorization": f"Bearer {program.token}"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "KeyMissing")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code": 5}', b"\xff\xfe", b'{"unknown": 1}'])
def test_a_body_that_cannot_be_read_is_one_sentence(program: Program, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": "some-key-1"}
    answer = program.client.post("/api/v1/items", data=body, headers=headers, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "NotJson")


@pytest.mark.parametrize("quantity", ["1E5", "1_5", "１２", " 5 "])
def test_a_quantity_sent_as_text_has_digits_only(program: Program, shop: Shop, quantity: str) -> None:
    Bakery(shop)
    answer = program.post("/work-orders", {"item": "CAKE", "quantity": quantity, "due_on": "2026-01-08"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "quantity")
    assert program.get("/boms/CAKE/explosion", quantity=quantity).status_code == 422
    assert program.get("/boms/CAKE/explosion", quantity="2.5").status_code == 200


@pytest.mark.parametrize(("code", "status"), [("W/7", 422), ("/", 422), (" ", 422), ("W-7", 201), ("작업 7", 201)])
def test_the_number_of_an_order_has_no_slash_as_its_page_could_not_be_opened(
    program: Program, shop: Shop, code: str, status: int
) -> None:
    Bakery(shop)
    order = {"item": "CAKE", "quantity": "5", "due_on": "2026-01-08", "code": code}
    assert program.post("/work-orders", order).status_code == status


def test_a_quantity_below_nothing_is_refused_in_a_sentence_as_at_the_desk(program: Program, shop: Shop) -> None:
    item: dict[str, Any] = {"code": "Z-1", "name": "참깨", "kind": "raw", "unit": "kg", "safety_stock": "-3"}
    found: dict[str, Any] = {"origin": "other", "what": "흠집", "item": "Z-1", "quantity": "-5"}
    said = program.post("/items", item)
    assert (said.status_code, said.json["code"], said.json["field"]) == (422, "NegativeQuantity", "safety_stock")  # type: ignore[index]
    assert program.post("/items", {**item, "safety_stock": "0"}).status_code == 201
    said = program.post("/nonconformances", found)
    assert (said.status_code, said.json["code"], said.json["field"]) == (422, "NegativeQuantity", "quantity")  # type: ignore[index]
    assert program.post("/nonconformances", {**found, "quantity": "0"}).status_code == 201
    for quantity in ("-3", "0"):
        said = program.get("/boms/Z-1/explosion", quantity=quantity)
        assert (said.status_code, said.json["code"]) == (422, "BelowOne")  # type: ignore[index]


def test_unknown_codes_and_addresses_are_named(program: Program) -> None:
    assert program.get("/lots/L000000-00000").get_json()["code"] == "NotFound"
    assert program.get("/nowhere").get_json()["code"] == "PageMissing"
    assert program.get("/items", size=0).get_json()["code"] == "BadShape"


def test_lists_are_paged_to_the_end(program: Program) -> None:
    for number in range(5):
        program.post("/items", {"code": f"I{number}", "name": "x", "kind": "raw", "unit": "kg"})
    seen: list[str] = []
    after: str | None = None
    while True:
        page = program.get("/items", size=2, **({"after": after} if after else {})).get_json()
        seen += [row["code"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [f"I{number}" for number in range(5)]


def test_the_description_lists_every_route_that_is_served(app: Flask) -> None:
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    described = {(method.upper(), address) for address, methods in document["paths"].items() for method in methods}
    served = {
        (method, _as_described(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert described == served


def _as_described(rule: str) -> str:
    parts: list[Any] = []
    for part in rule.removeprefix("/api/v1").split("/"):
        parts.append("{" + part.strip("<>").rpartition(":")[2] + "}" if part.startswith("<") else part)
    return "/".join(parts)


def test_quantities_are_exact_text(program: Program, shop: Shop) -> None:
    bakery = Bakery(shop)
    [lot] = bakery.receive(bakery.flour, "0.000001")
    assert D(program.get(f"/lots/{lot.code}").get_json()["on_hand"]) == D("0.000001")
