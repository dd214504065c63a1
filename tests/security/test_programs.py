"""What programs send and what nobody made: every field of the API with every kind of text, every act at a number that
is not there. Each is refused in a sentence, or kept as it was sent."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.people.plant import add_token
from tests.conftest import Shop
from tests.security.house import House, Typist
from tests.security.test_matrix import doors
from tests.security.test_naughty import changed_on_the_way
from tests.security.visitors import is_for_programs

#: ``MES_NAUGHTY=60`` sends each field as many texts.
ROUNDS = max(int(os.environ.get("MES_NAUGHTY", "0")), 1)
NOT_THERE = "2147483646"


@pytest.fixture
def house(app: Flask, shop: Shop) -> House:
    """The bakery at midday."""
    return House(app, shop)


class Writer:
    """Makes bodies as the description asks for them, with words where words go and sound values elsewhere."""

    def __init__(self, described: dict[str, Any], type_: Typist, good: dict[str, str]) -> None:
        self.parts, self.type, self.good = described["components"]["schemas"], type_, good

    def value(self, schema: Any, name: str, sound: bool) -> Any:
        """A value of this shape."""
        shape = self._shape(schema)
        kind = shape.get("type")
        if "enum" in shape:
            return shape["enum"][0]
        if kind == "object":
            return {key: self.value(part, key, sound) for key, part in shape.get("properties", {}).items()}
        if kind == "array":
            return [self.value(shape.get("items", {}), name.removesuffix("s"), sound)]
        return self._plain(shape, kind, name, sound)

    def _shape(self, schema: Any) -> dict[str, Any]:
        """What a field is, behind a name and beside null; no shape at all means a text as good as any."""
        if not isinstance(schema, dict):
            return {}
        others = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if others:
            return self._shape(others[0])
        return self._shape(self.parts[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema

    def _plain(self, schema: dict[str, Any], kind: str | None, name: str, sound: bool) -> Any:
        if kind in ("integer", "number"):
            return 1
        if kind == "boolean":
            return True
        made = {"date": "2026-02-02", "date-time": "2026-01-05T00:00:00Z", "decimal": "1"}.get(schema.get("format", ""))
        if made or (sound and name in self.good):
            return made or self.good[name]
        return self.type(name)[: schema.get("maxLength", 2000)]


def acts(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Every write of the API, with the shape of its body."""
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            if method == "post":
                body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
                yield path, body


def test_programs_may_send_whatever_they_like(app: Flask, shop: Shop, house: House) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    typist = Typist()
    writer, wrong, taken = Writer(described, typist, house.good), [], 0
    bearer = {"Authorization": f"Bearer {shop.do(lambda work: add_token(work, 'all', Role.MANAGER))}"}
    for turn in range(ROUNDS):
        for place, (path, schema) in enumerate(acts(described)):
            for sound in (False, True):
                address = "/api/v1" + filled_in(path, house)
                body = writer.value(schema, "", sound) if schema else {}
                headers = {**bearer, "Idempotency-Key": f"sent-{turn}-{place}-{sound}"}
                answer = app.test_client().post(address, json=body, headers=headers)
                taken += answer.status_code == 201
                if answer.status_code >= 500 or answer.content_type != "application/json":
                    wrong.append((path, answer.status_code, ascii(body)[:300]))
    assert wrong == []
    assert taken > 3
    assert changed_on_the_way(shop, typist.typed) == []


def filled_in(path: str, house: House) -> str:
    """An address of the API with something in it that is there, if the bakery knows one."""
    room = path.split("/")[1]
    kinds = {"items": "item", "lots": "lot", "work-orders": "order", "jobs": "job", "partners": "supplier",
             "shipments": "shipment", "certificates": "draft certificate", "gauges": "gauge", "samples": "sample",
             "nonconformances": "nonconformance", "recalls": "recall", "units": "unit", "charts": "chart",
             "inspections": "open inspection", "defects": "defect"}  # fmt: skip
    known = str(house.known.get(kinds.get(room, ""), ["1"])[0])
    return path.replace("{code}", known).replace("{ident}", known if known.isdigit() else "1").replace(
        "{hold}", str(house.known["hold"][0])
    ).replace("{position}", "1").replace("{number}", "1")  # fmt: skip


@pytest.mark.thorough
def test_no_act_at_a_number_that_is_not_there_is_a_fault(app: Flask, shop: Shop, house: House) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    writer = Writer(described, Typist(), house.good)
    bodies = {f"/api/v1{path}": schema for path, schema in acts(described)}
    bearer = {"Authorization": f"Bearer {shop.do(lambda work: add_token(work, 'all', Role.MANAGER))}"}
    desk, wrong = house.desk, []
    for turn, door in enumerate(doors(app)):
        if any(word in door.address for word in ("logout", "practice", "/copies", "sign-out")):
            continue
        rule = next(one for one in app.url_map.iter_rules() if one.endpoint == door.endpoint)
        if not rule.arguments:
            continue
        for stand_in in (NOT_THERE, "X"):
            address = door.address.replace("/1/", f"/{NOT_THERE}/").replace("/X", f"/{stand_in}")
            address = address[:-1] + NOT_THERE if address.endswith("/1") else address
            key = {"Idempotency-Key": f"nowhere-{turn}-{stand_in[:4]}"}
            if is_for_programs(address):
                schema = next((bodies[path] for path in bodies if like(path, door.address)), None)
                body = writer.value(schema, "", True) if schema else {}
                answer = app.test_client().open(address, method=door.method, json=body, headers={**bearer, **key})
            elif door.method == "POST":
                answer = desk.post(address, data={"once": f"nowhere-{turn}-{stand_in[:4]}", **FILLED})
            else:
                answer = desk.get(address)
            if answer.status_code >= 500:
                wrong.append((door.method, address, answer.status_code))
    assert wrong == []


#: What most forms ask for.
FILLED = {
    "reason": "x", "quantity": "1", "good": "1", "counted": "1", "hold": NOT_THERE, "code": "X", "name": "x",
    "lot": "X", "item": "X", "machine_id": NOT_THERE, "reason_id": NOT_THERE, "answer": "x", "text": "x", "of": "X",
    "location": "X", "confirmed": "1", "disposition": "scrap", "centre": NOT_THERE, "order": "X",
    "report": NOT_THERE, "movement": NOT_THERE,
}  # fmt: skip


def like(path: str, address: str) -> bool:
    """Whether an address is one of this path of the description."""
    parts, others = path.split("/"), address.split("/")
    return len(parts) == len(others) and all(a == b or a.startswith("{") for a, b in zip(parts, others, strict=True))
