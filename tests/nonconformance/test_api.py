"""Nonconformances for programs."""

from typing import Any

from flask import Flask

from mes.core.access import Role
from tests.api.nonconformances import go_through
from tests.api.test_api import Program
from tests.nonconformance.trouble import Trouble


def test_a_program_goes_from_the_opening_to_the_end(app: Flask, trouble: Trouble) -> None:
    program = Program(app, trouble.shop)

    def get(_path: str, address: str) -> Any:
        answer = program.client.get(f"/api/v1{address}", headers={"Authorization": f"Bearer {program.token}"})
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(path: str, body: object = None, **address: object) -> Any:
        answer = program.post(path.format(**address), body)
        assert answer.status_code == 201, answer.text
        return answer.json

    trouble.shop.later(days=-1)
    found = go_through(get, post, trouble.shop, trouble.bad.code)
    assert found["steps"][0]["whys"] == ["버", "마모"]
    assert [line["amount"] for line in found["costs"]] == ["18000.75"]
    assert found["closed_at"] is None


def test_what_does_not_belong_together_is_refused(app: Flask, trouble: Trouble) -> None:
    program = Program(app, trouble.shop)
    first, other = trouble.open(), trouble.open(defects=[trouble.defect_at_job().id])
    action = trouble.act_of(first, days=2)
    wrong = program.post(f"/nonconformances/{other.code}/actions/{action}/finish", {"result": "했음"})
    assert (wrong.status_code, wrong.json["code"]) == (404, "NotFound")  # type: ignore[index]
    missing = program.post("/nonconformances", {"origin": "claim", "what": "흠집", "item": "PL"})
    assert (missing.status_code, missing.json["code"]) == (409, "SourceMissing")  # type: ignore[index]
    assert program.get("/nonconformances/N0").status_code == 404


def test_what_it_cost_is_not_told_to_operators(app: Flask, trouble: Trouble) -> None:
    code = trouble.open().code
    operator, leader = (Program(app, trouble.shop, role) for role in (Role.OPERATOR, Role.LEADER))
    for address in ("/nonconformances", f"/nonconformances/{code}"):
        assert (operator.get(address).status_code, leader.get(address).status_code) == (403, 200)
