"""What the plant recorded, told outside: from receiving and making to packing, shipping and throwing away."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from mes.core.access import Role
from mes.core.db import Database
from mes.epcis import noting
from mes.epcis.documents import as_document, read_json, write_json
from mes.epcis.hashing import event_hash
from mes.epcis.models import EpcisEvent
from mes.epcis.naming import SCHEME
from mes.epcis.service import set_gln
from mes.epcis.xml import EPCIS, ORDER, as_xml
from mes.items.models import Tracking
from mes.lots.service import ship_lots
from mes.partners.rules import BadGln
from mes.partners.service import change_partner
from mes.quality.service import report_production
from tests.conftest import Shop
from tests.epcis.gs1 import faults
from tests.epcis.plant import GLN, handed_over, noted, week
from tests.epcis.program import CAKE, FLOUR, Partner
from tests.orders.bakery import Bakery, D

#: What GS1 calls the supplier and the customer.
MILL, MART = "8800000000107", "8800000000114"
BOTH = pytest.mark.parametrize("numbered", [True, False], ids=["numbers of GS1", "names of our own"])


def told(shop: Shop, **wanted: str) -> list[dict[str, Any]]:
    """The events that have these values."""
    events = [read_json(row.body) for row in noted(shop)]
    return [one for one in events if all(one.get(name) == value for name, value in wanted.items())]


@BOTH
def test_all_events_fit_the_schema_of_gs1(shop: Shop, numbered: bool) -> None:
    week(shop, numbered=numbered)
    assert faults(handed_over(shop)) == []


@BOTH
def test_every_event_bears_the_id_of_its_content(shop: Shop, numbered: bool) -> None:
    week(shop, numbered=numbered)
    for row in noted(shop):
        event = read_json(row.body)
        assert event["eventID"] == row.event_id == event_hash(event)


def test_a_receipt_is_told_with_its_supplier_and_his_lot(shop: Shop) -> None:
    week(shop)
    first = told(shop, bizStep="receiving")[0]
    assert first["quantityList"] == [
        {"epcClass": f"https://id.gs1.org/01/{FLOUR}/10/A-77", "quantity": 120, "uom": "KGM"}
    ]
    assert first["sourceList"][0]["source"].endswith(":party:MILL")
    assert first["destinationList"] == [{"type": "owning_party", "destination": f"https://id.gs1.org/417/{GLN}"}]
    assert first["bizLocation"] == {"id": f"https://id.gs1.org/414/{GLN}/254/FL"}
    assert first["bizTransactionList"][0]["bizTransaction"].startswith(f"urn:epcglobal:cbv:bt:{GLN}:R")


def test_a_report_is_told_with_what_went_in_and_what_came_out(shop: Shop) -> None:
    made = week(shop).day
    first = told(shop, type="TransformationEvent", bizStep="creating_class_instance")[0]
    assert [(one["quantity"], one.get("uom")) for one in first["inputQuantityList"]] == [(50, "KGM"), (95, None)]
    assert first["outputQuantityList"] == [
        {"epcClass": f"https://id.gs1.org/01/{CAKE}/10/{made.cakes.code}", "quantity": 94}
    ]
    assert first["transformationID"] == f"urn:epcglobal:cbv:xform:{GLN}:{made.order.code}"


def test_an_undone_report_is_declared_not_to_have_happened(shop: Shop) -> None:
    week(shop)
    [wrong] = [one for one in told(shop) if "errorDeclaration" in one]
    assert wrong["errorDeclaration"]["reason"] == "did_not_occur"
    assert [one["eventID"] for one in told(shop)].count(wrong["eventID"]) == 2


def test_packing_and_unpacking_are_told_by_the_number_on_the_box(shop: Shop) -> None:
    made = week(shop)
    steps = [(one["bizStep"], one["action"], one["parentID"][-18:]) for one in told(shop, type="AggregationEvent")]
    assert steps == [
        ("packing", "ADD", made.box),
        ("packing", "ADD", made.box),
        ("packing", "ADD", made.pallet),
        ("unpacking", "DELETE", made.pallet),
        ("unpacking", "DELETE", made.box),
        ("packing", "ADD", made.pallet),
    ]


def test_a_shipment_names_its_pallets_and_loose_lots_and_one_taken_back_is_void(shop: Shop) -> None:
    made = week(shop)
    sent = told(shop, bizStep="shipping", disposition="in_transit")[-1]
    assert sent["epcList"] == [f"https://id.gs1.org/00/{made.pallet}"]
    assert [one["quantity"] for one in sent["quantityList"]] == [2]
    [void] = told(shop, bizStep="void_shipping")
    assert void["bizTransactionList"] == [
        {"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:{GLN}:{made.shipment}"}
    ]


def test_a_named_customer_order_ties_the_goods_to_it(shop: Shop) -> None:
    week(shop)
    [tied] = told(shop, type="TransactionEvent")
    assert [one["type"] for one in tied["bizTransactionList"]] == ["po", "desadv"]
    assert tied["bizTransactionList"][0]["bizTransaction"].endswith(":po:MART:PO-2026-15")


def test_holds_inspections_scrap_and_returns_say_in_which_state_the_goods_are(shop: Shop) -> None:
    week(shop)
    states = [(one.get("bizStep"), one["disposition"], one["action"]) for one in told(shop, type="ObjectEvent")]
    for state in (
        ("inspecting", "conformant", "OBSERVE"),
        ("holding", "unavailable", "OBSERVE"),
        (None, "available", "OBSERVE"),
        ("destroying", "destroyed", "DELETE"),
        ("shipping", "returned", "OBSERVE"),
    ):
        assert state in states


def test_parts_of_one_supplier_s_lot_are_one_lot_outside(shop: Shop) -> None:
    from mes.lots.service import split_lot

    made = week(shop)
    before = len(noted(shop))
    shop.do(lambda work: split_lot(work, made.day.flour.code, D(1)))
    assert len(noted(shop)) == before


def test_pieces_are_told_one_by_one(shop: Shop) -> None:
    bakery = Bakery(shop, Tracking.SERIAL)
    [flour] = bakery.receive(bakery.flour, 80)
    bakery.receive(bakery.film, 500)
    order = bakery.order(3)
    kettle, packing = order.jobs
    bakery.start(kettle)
    bakery.scan(kettle, flour)
    shop.later(hours=1)
    shop.do(lambda work: report_production(work, kettle.code, good=D(3), confirmed=True), actor=bakery.operator)
    bakery.start(packing)
    shop.later(hours=1)
    shop.do(lambda work: report_production(work, packing.code, good=D(3), confirmed=True), actor=bakery.operator)
    [made] = told(shop, type="TransformationEvent")
    assert len(made["outputEPCList"]) == 3
    assert made["bizStep"] == "commissioning"
    assert faults(handed_over(shop)) == []


def test_what_was_noted_keeps_its_names_when_numbers_come_later(shop: Shop) -> None:
    bakery = week(shop, numbered=False).day.bakery
    before = {row.event_id for row in noted(shop)}
    shop.do(lambda work: set_gln(work, GLN))
    made = bakery.receive(bakery.flour, 10)
    after = noted(shop)
    assert before < {row.event_id for row in after}
    assert f"https://id.gs1.org/414/{GLN}" in after[-1].body
    goods = read_json(after[-1].body)["quantityList"][0]["epcClass"]
    assert goods == f"{SCHEME}{_mark(after[0])}:lot:{made[0].code}"


def _mark(row: EpcisEvent) -> str:
    return str(read_json(row.body)["quantityList"][0]["epcClass"]).split(":")[2]


def test_a_gln_has_a_check_digit(shop: Shop) -> None:
    for wrong in ("8800000000092", "123", "가나다"):
        with pytest.raises(BadGln):
            shop.do(lambda work, wrong=wrong: set_gln(work, wrong))  # type: ignore[misc]
    assert shop.do(lambda work: set_gln(work, " 880000000009 1 ")).gln == GLN
    assert shop.do(lambda work: set_gln(work, "")).gln is None


def test_a_supplier_and_a_customer_are_named_by_their_gln_from_then_on(shop: Shop) -> None:
    bakery = week(shop).day.bakery
    before = {row.event_id: row.body for row in noted(shop)}
    shop.do(lambda work: change_partner(work, "MILL", gln=MILL))
    shop.do(lambda work: change_partner(work, "MART", gln=MART))
    [flour] = bakery.receive(bakery.flour, 10)
    shop.do(lambda work: ship_lots(work, customer=bakery.market, lines=[(flour.code, None)]))
    after = {row.event_id: row.body for row in noted(shop)}
    assert all(after[known] == body for known, body in before.items()), "what was noted keeps its names"
    came, went = told(shop, bizStep="receiving")[-1], told(shop, bizStep="shipping")[-1]
    assert came["sourceList"] == [{"type": "owning_party", "source": f"https://id.gs1.org/417/{MILL}"}]
    assert went["destinationList"] == [{"type": "owning_party", "destination": f"https://id.gs1.org/417/{MART}"}]
    assert faults(handed_over(shop)) == []


def test_noting_goes_on_where_it_stopped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    week(shop)
    monkeypatch.setattr(noting, "MOST", 3)
    monkeypatch.setattr(noting, "ACTS", 2)
    noting.bring_up_to_date(shop.database)
    with shop.read() as read:
        assert noting.is_behind(read)
        some = read.query(EpcisEvent).count()
    assert 0 < some < len(noted(shop))
    for _turn in range(20):
        noting.bring_up_to_date(shop.database)
    ids = [row.origin for row in noted(shop)]
    assert ids == sorted(ids, key=lambda origin: origin or 0)
    with shop.read() as read:
        assert not noting.is_behind(read)
    assert len(ids) == 27


def test_what_was_noted_cannot_be_changed(shop: Shop) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    week(shop)
    noted(shop)
    for table in ("epcis_events", "epcis_things"):
        for statement in (f"UPDATE {table} SET id = id + 100000", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError), shop.database.engine.begin() as connection:
                connection.execute(text(statement))


@BOTH
def test_handed_over_taken_in_and_handed_over_again_the_ids_are_the_same(
    app: Flask, shop: Shop, numbered: bool, request: pytest.FixtureRequest
) -> None:
    """Into an empty plant on the other database."""
    week(shop, numbered=numbered)
    document = handed_over(shop)
    other: Database = request.getfixturevalue("postgresql" if shop.database.is_sqlite else "sqlite")
    empty = Shop(other)
    _clean(other)
    state = app.extensions["mes"]
    state.database, empty.now = other, shop.now
    try:
        customer = Partner(app, empty)
        answer = customer.send(document.encode())
        assert answer.status_code == 202, answer.text
        again = write_json(as_document(noted(empty), empty.now))
        assert _ids(again) == _ids(document)
        assert customer.send(again.encode()).get_json()["stored"] == 0
    finally:
        state.database = shop.database
        _clean(other)


def _ids(document: str) -> list[tuple[str, bool]]:
    events = json.loads(document)["epcisBody"]["eventList"]
    return sorted((one["eventID"], "errorDeclaration" in one) for one in events)


def _clean(database: Database) -> None:
    from pathlib import Path

    from tests.conftest import migrate
    from tests.databases import clean_postgresql, sqlite_database

    if database.is_sqlite:
        database.engine.dispose()
        sqlite_database(Path(str(database.engine.url.database)), migrate)
    else:
        with database.engine.connect() as connection:
            clean_postgresql(connection)


@BOTH
def test_xml_has_the_elements_in_the_order_of_gs1_s_schema(shop: Shop, numbered: bool) -> None:
    week(shop, numbered=numbered)
    rows = noted(shop)
    root = ElementTree.fromstring(as_xml(rows, shop.now))
    assert root.tag == f"{{{EPCIS}}}EPCISDocument"
    assert set(root.attrib) == {"schemaVersion", "creationDate"}
    events = root.findall("EPCISBody/EventList/*")
    assert [one.tag for one in events] == [row.type for row in rows]
    for one, row in zip(events, rows, strict=True):
        names = [part.tag for part in one]
        order = ["eventTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", *ORDER[row.type]]
        assert names == sorted(names, key=order.index), row.body
        assert _same(one, read_json(row.body)), row.body
    answer = ElementTree.fromstring(as_xml(rows[:1], shop.now, answer=True))
    assert len(answer.findall(".//resultsBody/EventList/*")) == 1


def _same(element: ElementTree.Element, event: dict[str, Any]) -> bool:
    """Whether every value of the event stands in the element, and nothing more."""
    said = sorted(text.strip() for text in element.itertext() if text.strip())
    return said == sorted(_values(event, ""))


def _values(value: Any, name: str) -> list[str]:
    if isinstance(value, dict):
        return [said for key, one in value.items() if key != "type" for said in _values(one, key)]
    if isinstance(value, list):
        return [said for one in value for said in _values(one, name)]
    full = {"bizStep": "https://ref.gs1.org/cbv/BizStep-", "disposition": "https://ref.gs1.org/cbv/Disp-"}
    return [full.get(name, "https://ref.gs1.org/cbv/ER-" if name == "reason" else "") + str(value)]


#: Texts as people type them, also such that XML and addresses know as signs.
TEXTS = st.text(max_size=20) | st.sampled_from(["<b>&", "]]>", "한글 로트", "a/b?c#d", "\u0001", "\ud7ff"])


@given(TEXTS, TEXTS)
@example(name="A²", value="")
@examples(max_examples=60)
def test_whatever_a_partner_writes_the_xml_can_be_read(name: str, value: str) -> None:
    from datetime import UTC, datetime

    body = {
        "type": "ObjectEvent", "eventTime": "2026-01-05T00:00:00Z", "eventTimeZoneOffset": "+00:00",
        "epcList": ["urn:x:1"], "action": "OBSERVE", f"ex:{name}": [{"ex:inner": value}, value],
        "ilmd": {"ex:a": value},
        "readPoint": {"id": "urn:x:<&>", "ex:b": value},
        "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 3, "stringValue": value}]}],
    }  # fmt: skip
    row = EpcisEvent(
        event_id="urn:x:1",
        body=write_json(body),
        context='[{"ex":"https://e.example/"}]',
        record_time=datetime.now(UTC),
    )
    root = ElementTree.fromstring(as_xml([row], datetime.now(UTC)))
    assert root.findtext(".//epc") == "urn:x:1"


def test_another_role_sees_events_and_takes_none_in(app: Flask, shop: Shop) -> None:
    week(shop)
    leader = Partner(app, shop, Role.LEADER)
    assert len(leader.events(perPage=100)) == 27
    assert len(leader.events(perPage=100, EQ_bizTransaction_po="urn:x:none")) == 0
