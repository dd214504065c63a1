"""Boxes and pallets, and stock counts, as a program works with them."""

from typing import Any


def take_apart(get: Any, post: Any, code: str) -> None:
    """Look at a machine that was taken apart, undo that, and take it apart again."""
    machine = get("/dismantlings/{code}", f"/dismantlings/{code}")["lot"]
    post("/dismantlings/{code}/undo", {"reason": "mistake"}, code=code)
    [first, *_others] = get("/lots/{code}/inside", f"/lots/{machine}/inside")["rows"]
    parts = [{"lot": first["lot"], "quantity": "1", "outcome": "hold"}]
    post("/lots/{code}/dismantle", {"parts": parts, "reason": "leak"}, code=machine)


def pack_and_count(get: Any, post: Any, lot: str) -> None:
    """Pack a lot into a box and that onto a pallet, take all apart again, and look at the count that goes on."""
    box = post("/units", {"kind": "box", "lots": [lot]})["code"]
    pallet = post("/units", {"kind": "pallet"})["code"]
    post("/units/{code}/pack", {"boxes": [box]}, code=pallet)
    post("/units/{code}/move", {"location": "ST"}, code=pallet)
    assert post("/units/{code}/close", {}, code=pallet)["closed_at"]
    assert post("/units/{code}/open", {}, code=pallet)["closed_at"] is None
    post("/units/{code}/unpack", {"boxes": [box]}, code=pallet)
    assert get("/units/{code}", f"/units/{box}")["lots"][0]["lot"] == lot
    post("/units/{code}/take-apart", {}, code=box)
    assert get("/units", "/units?show=all")["rows"]
    assert post("/lots/{code}/relabel", {"code": "MART-7", "reason": "their number"}, code=lot)["code"] == "MART-7"
    keep = {"quantity": "1", "keep_until": "2039-01-01"}
    sample = post("/lots/{code}/samples", keep, code=lot)["lot"]
    post("/samples/{code}/tests", {"quantity": "0.5", "reason": "complaint"}, code=sample)
    [test] = get("/samples/{code}", f"/samples/{sample}")["tests"]
    post("/samples/{code}/tests/{ident}/result", {"result": "pass"}, code=sample, ident=test["id"])
    post("/samples/{code}/keep", {"keep_until": "2040-01-01", "reason": "court"}, code=sample)
    assert sample in [row["lot"] for row in get("/samples", "/samples")["rows"]]
    assert get("/samples/{code}", f"/samples/{sample}")["tests"]
    post("/samples/{code}/dispose", {"reason": "spoiled"}, code=sample)
    assert get("/lots/{code}/former-codes", f"/lots/{lot}/former-codes")["rows"][0]["code"] == lot
    sent = post("/shipments", {"customer": "MART", "lines": [{"lot": lot, "quantity": "2"}]})["code"]
    back = post("/returns", {"lines": [{"lot": lot, "shipment": sent}], "reason": "torn"})["code"]
    assert get("/returns/{code}", f"/returns/{back}")["lines"][0]["quantity"] == "2"
    post("/returns/{code}/undo", {"reason": "mistake"}, code=back)
    assert get("/returns", "/returns")["rows"]
    [count, *_others] = get("/stock-counts", "/stock-counts")["rows"]
    assert get("/stock-counts/{code}", f"/stock-counts/{count['code']}")["lots"]
