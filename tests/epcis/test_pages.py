"""The pages of events: what partners sent, one event, a file to hand over, the number as a place."""

import io
import json

from flask import Flask

from mes.core.access import Role
from mes.epcis.rules import NothingToHandOver
from tests.conftest import Shop
from tests.desk import Desk
from tests.epcis.plant import GLN, noted, week
from tests.epcis.program import MILL_LOT, Partner, amount, document, event, milled, sent
from tests.epcis.test_beyond import of_a77


def file_of(*events: dict[str, object]) -> tuple[io.BytesIO, str]:
    return io.BytesIO(json.dumps(document(*events)).encode()), "제분소.jsonld"


def test_an_empty_plant_is_told_how_events_come(app: Flask, shop: Shop) -> None:
    seen = Desk(app, shop, Role.QUALITY).see("/epcis-events")
    assert "No events yet" in seen
    assert "/epcis/capture" in seen


def test_a_partner_s_file_is_taken_in_and_shown(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    address = desk.press("/epcis-events", file=file_of(milled(), sent()))
    seen = desk.see(address)
    assert "제분소.jsonld" in seen
    assert seen.count(f"(10) {MILL_LOT.rpartition('/')[2]}") == 2
    assert "2 new events taken in." in seen


def test_a_file_with_wrong_events_is_refused_with_every_sentence(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    wrong = [event(bizStep="frying", quantityList=[amount(MILL_LOT)]), event(epcList=[], action="OBSERVE")]
    seen = desk.press("/epcis-events", status=400, file=file_of(sent(), *wrong))
    assert "Event 2: frying is no word" in seen
    assert "Event 3: it names no goods." in seen
    address = desk.press("/epcis-events", file=file_of(sent(), *wrong), proceed="y")
    assert "Event 3: it names no goods." in desk.see(address)


def test_a_picture_is_no_document_and_no_file_is_none(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    assert "This is no EPCIS document" in desk.press(
        "/epcis-events", status=400, file=(io.BytesIO(b"\x89PNG"), "a.json")
    )
    assert "Choose a file." in desk.press("/epcis-events", status=422)


def test_an_event_is_shown_with_what_it_says(app: Flask, shop: Shop) -> None:
    week(shop)
    desk = Desk(app, shop, Role.MANAGER)
    rows = noted(shop)
    for row in (rows[2], rows[-2], rows[-1]):
        assert row.event_id in desk.see(f"/epcis-events/{row.id}").replace("&#34;", '"')
    assert "This event was declared wrong." in desk.see(f"/epcis-events/{rows[-2].id}")
    assert "This declares that the event was wrong." in desk.see(f"/epcis-events/{rows[-1].id}")
    desk.see("/epcis-events/999999", status=404)
    desk.see("/epcis-events/documents/none", status=404)


def test_events_of_a_lot_a_box_a_shipment_or_some_days_are_handed_over(app: Flask, shop: Shop) -> None:
    made = week(shop)
    desk = Desk(app, shop, Role.QUALITY)

    def steps(**asked: str) -> list[str]:
        answer = desk.client.get("/epcis-events/hand-over", query_string=asked)
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        return [one.get("bizStep") or one["type"] for one in json.loads(answer.text)["epcisBody"]["eventList"]]

    assert steps(of=made.day.box.code) == ["repackaging", "shipping", "TransactionEvent"]
    assert "packing" in steps(of=made.box)
    assert "shipping" in steps(of=made.shipment)
    assert "receiving" in steps(of="A-77")
    assert len(steps(since="2026-01-05", until="2026-01-05")) == 27
    xml = desk.client.get("/epcis-events/hand-over", query_string={"of": made.box, "form": "xml"})
    assert xml.text.startswith("<?xml")
    for nothing in ({"of": "nothing"}, {}, {"since": "2026-02-01"}, {"since": "monday"}):
        missing = desk.client.get("/epcis-events/hand-over", query_string=nothing)
        assert missing.status_code == NothingToHandOver.status
        assert "that could be handed over" in missing.text


def test_what_partners_told_goes_along_where_wanted(app: Flask, shop: Shop) -> None:
    made = week(shop)
    Partner(app, shop).send(document(of_a77(sent())))
    desk = Desk(app, shop, Role.QUALITY)
    asked = {"of": made.day.flour.code}
    ours = desk.client.get("/epcis-events/hand-over", query_string=asked)
    both = desk.client.get("/epcis-events/hand-over", query_string={**asked, "theirs": "1"})
    assert (
        len(json.loads(both.text)["epcisBody"]["eventList"]) == len(json.loads(ours.text)["epcisBody"]["eventList"]) + 1
    )


def test_the_administrator_sets_the_number_and_nobody_else(app: Flask, shop: Shop) -> None:
    admin = Desk(app, shop, Role.ADMIN, Role.MANAGER)
    assert "is not a GLN" in admin.press("/epcis-events/number", status=422, gln="123")
    admin.press("/epcis-events/number", gln=GLN)
    assert GLN in admin.see("/epcis-events")
    Desk(app, shop, Role.QUALITY).see("/epcis-events/number", status=403)
    Desk(app, shop, Role.OPERATOR).see("/epcis-events", status=403)


def test_the_trace_shows_what_happened_beyond_the_gate(app: Flask, shop: Shop) -> None:
    made = week(shop)
    desk = Desk(app, shop, Role.QUALITY)
    assert "Before our gate" not in desk.see(f"/trace?of={made.day.box.code}")
    partner = Partner(app, shop)
    partner.send(document(of_a77(milled()), of_a77(sent())))
    for view in ("tree", "table"):
        seen = desk.see(f"/trace?of={made.day.box.code}&view={view}")
        assert "Before our gate, as suppliers tell" in seen
        assert "(10) W-1" in seen
    told = partner.client.get(f"/api/v1/trace/{made.day.box.code}", headers=partner.headers()).get_json()
    assert [one["what"] for one in told["before"]] == ["creating_class_instance", "shipping"]
    assert told["after"] == []
