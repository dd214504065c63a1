"""Shifts, checks and hand-overs, as a program reads them."""

from typing import Any


def read_shifts(get: Any, known: dict[str, list[Any]]) -> None:
    """When is worked, how each sheet stands, what was found, what one shift told the next, and what it confirmed."""
    [shift] = get("/shifts", "/shifts")["rows"]
    assert (shift["id"], shift["starts_at"]) == (known["shift"][0], 0)
    assert [one["code"] for one in get("/check-sheets", "/check-sheets")["rows"]] == known["check sheet"]
    [found] = get("/checks", f"/checks?sheet={known['check sheet'][0]}")["rows"]
    assert len(get("/checks/{ident}", f"/checks/{found['id']}")["answers"]) > 0
    assert [one["id"] for one in get("/hand-overs", "/hand-overs")["rows"]] == known["note"]
    assert [one["id"] for one in get("/shift-ends", "/shift-ends")["rows"]] == known["shift end"]
    assert get("/shift-ends/{ident}", f"/shift-ends/{known['shift end'][0]}")["work_centre"]
