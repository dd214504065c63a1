"""A nonconformance from its opening to its end, as a program goes through it."""

from typing import Any

from mes.core.access import Role
from mes.nonconformance.models import Decision
from mes.nonconformance.service import decide_lot
from tests.conftest import Shop
from tests.factories import make_person


def go_through(get: Any, post: Any, shop: Shop, lot: str) -> Any:
    """Open, contain, decide, write, act, prove, cost, close, reopen; gives what stands at the end."""
    owner = shop.do(lambda work: make_person(work, Role.LEADER)).code
    found = post("/nonconformances", {"origin": "other", "what": "찢김", "lots": [lot], "severity": "minor"})
    code = found["code"]
    at = "/nonconformances/{code}"
    post(f"{at}/contain", {"lots": [lot], "reason": "의심"}, code=code)
    asked = shop.do(lambda work: decide_lot(work, code, lot, Decision.CONCESSION, "외관만"))
    freed = post(f"{at}/decisions/{{ident}}/approve", code=code, ident=asked.id)
    assert (freed["lots"][0]["held"], freed["lots"][0]["approved_by"]) == (False, "program manager")
    post(f"{at}/contain", {"lots": [lot], "reason": "다시"}, code=code)
    post(f"{at}/lots/{{lot}}/decision", {"decision": "release", "reason": "확인"}, code=code, lot=lot)
    post(f"{at}/steps", {"step": 4, "text": "마모", "whys": ["버", "마모"]}, code=code)
    post(f"{at}/costs", {"kind": "sorting", "quantity": "1.5", "unit": "h", "unit_cost": "12000.5"}, code=code)
    due = {"kind": "corrective", "what": "교체", "owner": owner, "due_on": "2026-02-01"}
    [action] = post(f"{at}/actions", due, code=code)["actions"]
    post(f"{at}/actions/{{ident}}/finish", {"result": "교체함"}, code=code, ident=action["id"])
    post(f"{at}/checks", {"day": "2026-01-05", "passed": True, "result": "30개"}, code=code)
    assert post(f"{at}/close", code=code)["closed_at"]
    post(f"{at}/reopen", {"reason": "다시 발생"}, code=code)
    [row] = get("/nonconformances", "/nonconformances?open=true&severity=minor")["rows"]
    assert (row["code"], row["waiting"], row["cost"]) == (code, 0, "18000.75")
    return get(at, f"/nonconformances/{code}")
