"""Every act of measuring piece by piece, and of sorting, as a program does them."""

from collections.abc import Callable
from typing import Any

Ask = Callable[..., Any]


def measure(get: Ask, post: Ask, lot: str, film: str) -> None:
    """Begin an inspection of a lot, take and correct its reading, close it; give another up; sort defective pieces."""
    begun = post("/inspections/open", {"kind": "outgoing", "lot": lot})
    code, [slot] = begun["code"], begun["readings"]
    answer = {"characteristic": slot["characteristic"], "piece": slot["piece"], "text": "+0005.0"}
    [taken] = post("/inspections/{code}/readings", answer, code=code)["readings"]
    correction = {"text": "5.1", "reason": "typed wrongly"}
    post("/inspections/{code}/readings/{ident}/correct", correction, code=code, ident=taken["reading"])
    post("/inspections/{code}/close", code=code)
    assert get("/inspections/{code}", f"/inspections/{code}")["verdict"] is not None
    again = post("/inspections/open", {"kind": "outgoing", "lot": lot})
    post("/inspections/{code}/give-up", {"reason": "begun by mistake"}, code=again["code"])
    torn = post("/defects", {"code": "TORN", "quantity": "4", "lot": film, "tool": "M-1", "mark": [10, 20]})
    post("/defects/{ident}/disposition", {"disposition": "sort", "reason": "one by one"}, ident=torn["id"])
    assert post("/defects/{ident}/sorted", {"good": "3"}, ident=torn["id"])["sorted_good"] == "3"
