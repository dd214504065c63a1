"""Gauges, control charts with an alarm, and certificates, as a program works with them."""

from typing import Any

from mes.spc.models import ChartKind
from mes.spc.service import add_chart, freeze_limits
from tests.conftest import Shop


def keep_gauges(get: Any, post: Any) -> None:
    """Enter a gauge, look for it, and have it calibrated."""
    entered = post("/gauges", {"name": "버니어 캘리퍼스", "unit": "mm", "resolution": "0.01", "interval_months": 12})
    assert get("/gauges", "/gauges?search=캘리퍼스")["rows"]
    assert get("/gauges/{code}", f"/gauges/{entered['tag']}")["usable"] is False
    done = {"done_on": "2026-01-05", "lab": "한국교정", "result": "pass"}
    post("/gauges/{code}/calibrations", done, code=entered["code"])
    assert get("/gauges/{code}", f"/gauges/{entered['code']}")["usable"] is True


def watch(get: Any, post: Any, shop: Shop, lot: str, characteristic: int) -> None:
    """Measure until a rule is met, and answer the alarm."""

    def measure(value: str) -> str:
        reading = {"characteristic": characteristic, "value": value}
        code: str = post("/inspections", {"kind": "outgoing", "lot": lot, "readings": [reading]})["code"]
        return code

    chart = shop.do(lambda work: add_chart(work, characteristic_id=characteristic, kind=ChartKind.I_MR))
    first, *_others, last = [measure(value) for value in ("10", "10.01", "9.99", "10.02", "10")]
    shop.do(lambda work: freeze_limits(work, chart.id, first=first, last=last, reason="안정"))
    measure("12")
    assert get("/charts", "/charts")["rows"]
    assert get("/charts/{ident}", f"/charts/{chart.id}?last=50")
    alarm = get("/charts/{ident}/alarms", f"/charts/{chart.id}/alarms")["rows"][0]
    answer = {"cause": "공구 마모", "action": "공구 교체"}
    assert post("/chart-alarms/{ident}/answer", answer, ident=alarm["id"])["closed_at"]


def certify(get: Any, post: Any, lot: str) -> None:
    """Draft what a customer is told of a lot."""
    drafted = post("/certificates", {"of": lot})
    assert get("/certificates", "/certificates")["rows"]
    assert get("/certificates/{code}", f"/certificates/{drafted['code']}")["holds"] is False
