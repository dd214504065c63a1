"""The EPCIS addresses: what programs of partners send, ask, and are told when something is wrong."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.epcis.hashing import event_hash
from mes.epcis.rules import LARGEST_MB
from tests.conftest import Shop
from tests.epcis.program import MILL_LOT, WHEAT, Partner, amount, document, event, in_address, milled, sent


@pytest.fixture
def partner(app: Flask, shop: Shop) -> Partner:
    return Partner(app, shop)


def test_a_document_is_taken_in_and_its_job_tells_so(partner: Partner) -> None:
    answer = partner.send(document(milled(), sent()))
    assert answer.status_code == 202, answer.text
    job = partner.get(answer.headers["Location"].removeprefix("/epcis")).get_json()
    assert (job["success"], job["running"], job["events"], job["stored"]) == (True, False, 2, 2)
    assert [one["captureID"] for one in partner.get("/capture").get_json()] == [job["captureID"]]
    assert {one["bizStep"] for one in partner.events()} == {"creating_class_instance", "shipping"}


def test_the_same_document_twice_is_taken_in_once(partner: Partner) -> None:
    partner.send(document(milled(), sent()))
    again = partner.send(document(sent(), milled(), milled()))
    assert (again.get_json()["stored"], again.get_json()["known"]) == (0, 3)
    assert len(partner.events()) == 2


def test_an_event_without_an_id_gets_the_one_its_content_has(partner: Partner) -> None:
    partner.send(document(sent()))
    [found] = partner.events()
    assert found["eventID"] == event_hash(sent())
    assert partner.get(f"/events/{in_address(found['eventID'])}").get_json()["bizStep"] == "shipping"


def test_one_event_can_be_sent_by_itself(partner: Partner) -> None:
    answer = partner.send(
        {"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", **sent()}, "/events"
    )
    assert answer.status_code == 201, answer.text
    assert partner.get(answer.headers["Location"].removeprefix("/epcis")).get_json()["type"] == "ObjectEvent"


def test_what_we_do_not_know_comes_back_as_it_came(partner: Partner) -> None:
    odd = {
        "ex:ash": 0.550,
        "ex:sieves": [{"ex:mesh": 120, "ex:kept": "1.10 %"}, {"ex:mesh": 200}],
        "ex:checked": True,
        "ex:nothing": None,
    }
    body = json.dumps(
        document(
            sent(),
            context=["https://ref.gs1.org/standards/epcis/epcis-context.jsonld", {"ex": "https://mill.example/"}],
        )
    )
    body = body.replace('"type": "ObjectEvent"', f'"type": "ObjectEvent", {json.dumps(odd)[1:-1]}').replace(
        "0.55,", "0.550,"
    )
    assert partner.send(body.encode()).status_code == 202
    answer = partner.get("/events")
    assert '"ex:ash":0.550' in answer.text
    assert {"ex": "https://mill.example/"} in answer.get_json()["@context"]
    [found] = partner.events()
    assert {name: found[name] for name in odd} == odd


def test_two_partners_may_mean_different_things_by_one_prefix(partner: Partner) -> None:
    gs1 = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    for number, host in enumerate(("https://mill.example/", "https://dairy.example/")):
        body = sent() | {"eventTime": f"2026-01-03T1{number}:00:00Z", "ex:colour": "white"}
        partner.send(document(body, context=[gs1, {"ex": host}]))
    answer = partner.get("/events").get_json()
    events = answer["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    meant = [(one.get("@context") or answer["@context"][1:])[0]["ex"] for one in events]
    assert sorted(meant) == ["https://dairy.example/", "https://mill.example/"]
    assert len({one["eventID"] for one in events}) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"eventTime": "yesterday"}, "eventTime cannot be read: yesterday"),
        ({"eventTime": "2026-01-03T10:00:00"}, "eventTime has no time zone"),
        ({"eventTime": "2031-01-03T10:00:00Z"}, "eventTime lies in the future"),
        ({"eventTime": "0001-01-01T00:00:00+14:00"}, "eventTime cannot be read"),
        ({"eventTime": 7}, "eventTime cannot be read: 7"),
        ({"eventTime": None}, "eventTime is missing"),
        ({"eventTimeZoneOffset": "Seoul"}, "eventTimeZoneOffset cannot be read: Seoul"),
        ({"type": "PartyEvent"}, "PartyEvent is no kind of event"),
        ({"type": 5}, "5 is no kind of event"),
        ({"action": "STEAL"}, "STEAL is no word of the vocabulary for action"),
        ({"bizStep": "frying"}, "frying is no word of the vocabulary for bizStep"),
        ({"bizStep": "https://ref.gs1.org/cbv/BizStep-frying"}, "is no word of the vocabulary"),
        ({"disposition": ["lost"]}, "is no word of the vocabulary for disposition"),
        ({"colour": "white"}, "a ObjectEvent has no field colour"),
        ({"quantityList": None}, "it names no goods"),
        ({"quantityList": "all"}, "quantityList cannot be read: all"),
        ({"quantityList": [{"quantity": 5}]}, "quantityList.epcClass is missing"),
        ({"quantityList": [amount(MILL_LOT, "many")]}, "quantityList.quantity cannot be read: many"),
        ({"quantityList": [amount(MILL_LOT, unit="kilogram")]}, "quantityList.uom cannot be read"),
        ({"quantityList": [amount(MILL_LOT) | {"grade": 1}]}, "a quantityList has no field grade"),
        ({"epcList": ["77"]}, "epcList cannot be read: 77"),
        ({"epcList": [{"id": "urn:x:1"}]}, "epcList cannot be read"),
        ({"epcList": ["urn:x:" + "9" * 600]}, "epcList is longer than 500 characters"),
        ({"epcList": ["urn:x:1"] * 20_001}, "it names more than 20,000 things"),
        ({"readPoint": "gate"}, "readPoint.id is missing"),
        ({"sourceList": [{"source": "urn:x:1"}]}, "sourceList.type is missing"),
        ({"bizTransactionList": [{"type": "bill", "bizTransaction": "urn:x:1"}]}, "bill is no word"),
        ({"bizTransactionList": [{"type": "po"}]}, "bizTransactionList.bizTransaction is missing"),
        ({"sensorElementList": [{"sensorReport": "hot"}]}, "sensorElementList.sensorReport is missing"),
        ({"persistentDisposition": {"set": "lost"}}, "persistentDisposition cannot be read"),
        ({"persistentDisposition": ["lost"]}, "persistentDisposition cannot be read"),
        ({"ilmd": "white"}, "ilmd cannot be read: white"),
        ({"errorDeclaration": {}}, "errorDeclaration.declarationTime is missing"),
        ({"eventID": "seven"}, "eventID cannot be read: seven"),
    ],
)  # fmt: skip
def test_a_wrong_event_is_refused_with_a_sentence(partner: Partner, wrong: dict[str, Any], said: str) -> None:
    answer = partner.send(document(sent(), event(**{"quantityList": [amount(MILL_LOT)], **wrong})))
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert (problem["type"], problem["code"]) == ("epcisException:ValidationException", "EventsRefused")
    assert any(said in told and told.startswith("Event 2: ") for told in problem["errors"]), problem["errors"]
    assert partner.events() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (event("AggregationEvent", action="ADD", childQuantityList=[amount(MILL_LOT)]), "parentID is missing"),
        (event("AggregationEvent", action="DELETE", childQuantityList=[amount(MILL_LOT)]), "parentID is missing"),
        (event("ObjectEvent", action="DELETE"), "it names no goods"),
        (event("TransformationEvent", outputQuantityList=[amount(MILL_LOT)]), "nothing of which it was made"),
        (event("TransformationEvent", inputQuantityList=[amount(MILL_LOT)]), "nothing that was made"),
        (event(quantityList=[amount(MILL_LOT)], ilmd={"ex:ash": 1}), "ilmd belongs to ObjectEvent with ADD alone"),
        (event(action="DELETE", quantityList=[amount(MILL_LOT)], ilmd={"ex:ash": 1}), "ilmd belongs to ObjectEvent"),
    ],
)
def test_what_gs1_demands_of_a_kind_of_event_is_demanded(partner: Partner, wrong: dict[str, Any], said: str) -> None:
    answer = partner.send(document(wrong))
    assert answer.status_code == 400, answer.text
    assert any(said in told for told in answer.get_json()["errors"]), answer.get_json()["errors"]


@pytest.mark.parametrize(
    "right",
    [
        event("AggregationEvent", childQuantityList=[amount(MILL_LOT)]),
        event("AggregationEvent", action="DELETE", parentID="urn:epc:id:sscc:0614141.1234567890"),
        event("TransactionEvent", action="DELETE", bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}]),
        event("TransformationEvent", outputQuantityList=[amount(MILL_LOT)], transformationID="urn:x:7"),
        event("TransformationEvent", inputQuantityList=[amount(MILL_LOT)], transformationID="urn:x:7"),
        event(action="ADD", quantityList=[amount(MILL_LOT)], ilmd={"ex:ash": 1}),
    ],
)
def test_what_gs1_leaves_open_is_taken(partner: Partner, right: dict[str, Any]) -> None:
    answer = partner.send(document(right))
    assert answer.status_code == 202, answer.text


def test_a_box_is_not_packed_in_itself(partner: Partner) -> None:
    box = "urn:epc:id:sscc:0614141.1234567890"
    packed = event(
        "AggregationEvent", action="ADD", parentID=box, childEPCs=["https://id.gs1.org/00/106141412345678908"]
    )
    assert "is packed in itself" in partner.send(document(packed)).get_json()["errors"][0]


def test_the_good_ones_are_taken_where_the_sender_says_so(partner: Partner) -> None:
    answer = partner.send(document(sent(), event(bizStep="frying")), GS1_Capture_Error_Behaviour="proceed")
    job = answer.get_json()
    assert (answer.status_code, job["success"], job["stored"], job["refused"]) == (202, False, 1, 1)
    assert any("frying" in told["title"] for told in job["errors"])


def test_another_event_with_a_known_id_is_refused(partner: Partner) -> None:
    first = sent() | {"eventID": "urn:uuid:7d9e6f3a-0000-4000-8000-000000000001"}
    partner.send(document(first))
    answer = partner.send(document(first | {"disposition": "destroyed"}))
    assert answer.status_code == 400
    assert "another event with the id urn:uuid:7d9e6f3a" in answer.get_json()["errors"][0]


def test_an_event_and_its_error_declaration_stand_side_by_side(partner: Partner) -> None:
    ident = event_hash(sent())
    wrong = sent() | {
        "eventID": ident,
        "errorDeclaration": {"declarationTime": "2026-01-04T12:00:00Z", "reason": "did_not_occur"},
    }
    assert event_hash(wrong) == ident
    partner.send(document(sent(), wrong))
    assert len(partner.events()) == 2
    assert [one["eventID"] for one in partner.events(EXISTS_errorDeclaration="true")] == [ident]
    assert "errorDeclaration" in partner.get(f"/events/{in_address(ident)}").get_json()


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "NotAnEpcisDocument", 400),
        (b"{", "NotAnEpcisDocument", 400),
        (b"[1]", "NotAnEpcisDocument", 400),
        (b'"x"', "NotAnEpcisDocument", 400),
        (b"\xff\xfe{}", "NotAnEpcisDocument", 400),
        (b'{"type":"Invoice"}', "NotAnEpcisDocument", 400),
        (b'{"type":"EPCISDocument","epcisBody":7}', "NotAnEpcisDocument", 400),
        (b'{"type":"EPCISQueryDocument","epcisBody":{"queryResults":[]}}', "NotAnEpcisDocument", 400),
        (b'{"type":"EPCISDocument","epcisBody":{"eventList":[1]},"x:y":"\\u0000"}', "NotAnEpcisDocument", 400),
        (b'{"type":"EPCISDocument","epcisBody":{"eventList":[1]}}', "EventsRefused", 400),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>', "NotJsonLd", 415),
        (b"[" * 100_000, "NestedTooDeep", 400),
        (b'{"a":' * 41 + b"1" + b"}" * 41, "NestedTooDeep", 400),
        (b'{"type":"EPCISDocument","epcisBody":{"eventList":[' + b"0," * 10_000 + b"0]}}", "TooManyEvents", 413),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_with_a_sentence(partner: Partner, body: bytes, code: str, status: int) -> None:
    answer = partner.send(body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.get_json()["title"].endswith(".")
    assert answer.get_json()["status"] == status


def test_a_hundred_megabytes_are_refused_before_they_are_read(partner: Partner) -> None:
    answer = partner.send(b" " * (LARGEST_MB * 1024 * 1024 + 1))
    assert (answer.status_code, answer.get_json()["code"]) == (413, "DocumentTooLarge")
    assert f"{LARGEST_MB} MB" in answer.get_json()["title"]


def test_only_json_is_taken_in(partner: Partner) -> None:
    for kind in ("application/xml", "text/plain", "image/png"):
        answer = partner.send(b"<x/>", **{"Content-Type": kind})
        assert (answer.status_code, answer.get_json()["code"]) == (415, "NotJsonLd")


def test_a_program_needs_a_token_and_a_role(app: Flask, shop: Shop, partner: Partner) -> None:
    nobody = app.test_client().get("/epcis/events")
    assert (nobody.status_code, nobody.content_type) == (401, "application/problem+json")
    operator = Partner(app, shop, Role.OPERATOR)
    assert operator.get("/events").get_json()["type"] == "epcisException:SecurityException"
    assert Partner(app, shop, Role.LEADER).send(document(sent())).status_code == 403


def test_every_answer_says_which_version_is_spoken(partner: Partner) -> None:
    for answer in (
        partner.get("/events"),
        partner.get(""),
        partner.send(b"{"),
        partner.client.options("/epcis/events"),
        partner.client.options("/epcis/capture"),
    ):
        assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
        assert answer.headers["GS1-CBV-Version"] == "2.0.0"
        assert answer.headers["GS1-EPCIS-Capture-Limit"] == "10000"
    old = partner.get("/events", headers={"GS1-EPCIS-Version": "1.2.0"})
    assert (old.status_code, old.get_json()["code"]) == (406, "WrongEpcisVersion")


def test_a_program_can_look_around(partner: Partner) -> None:
    partner.send(document(milled(), sent()))
    assert "events" in partner.get("").get_json()["@set"]
    assert partner.get("/eventTypes").get_json()["@set"] == ["ObjectEvent", "TransformationEvent"]
    assert partner.get("/dispositions").get_json()["@set"] == ["https://ref.gs1.org/cbv/Disp-in_transit"]
    assert "GET" in partner.client.options("/epcis/events").headers["Allow"]


def test_unknown_addresses_and_ids_are_problems_too(partner: Partner) -> None:
    for address in ("/nothing", "/events/urn:uuid:1", "/capture/none"):
        answer = partner.get(address)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_events_are_given_as_xml_where_asked(partner: Partner) -> None:
    partner.send(document(milled(), sent()))
    answer = partner.get("/events", headers={"Accept": "application/xml"})
    assert answer.content_type.startswith("application/xml")
    assert "<TransformationEvent>" in answer.text
    picture = partner.get("/events", headers={"Accept": "image/png"})
    assert (picture.status_code, picture.get_json()["code"]) == (406, "NotOffered")


#: The same lot as the mill's own web address.
AT_THE_MILL = MILL_LOT.replace("https://id.gs1.org", "https://mill.example/dl")
ASKED: list[tuple[dict[str, Any], list[str]]] = [
    ({"eventType": "TransformationEvent"}, ["creating_class_instance"]),
    ({"eventType": "TransformationEvent,ObjectEvent"}, ["shipping", "creating_class_instance"]),
    ({"GE_eventTime": "2026-01-04T00:00:00Z"}, ["shipping"]),
    ({"LT_eventTime": "2026-01-04T10:00:00+09:00"}, ["creating_class_instance"]),
    ({"GE_recordTime": "2026-01-05T00:00:00Z", "LT_recordTime": "2026-01-05T00:00:01Z"}, []),
    ({"EQ_bizStep": "shipping"}, ["shipping"]),
    ({"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}, ["shipping"]),
    ({"EQ_bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, ["shipping"]),
    ({"EQ_disposition": "in_transit"}, ["shipping"]),
    ({"EQ_action": "OBSERVE"}, ["shipping"]),
    ({"MATCH_epcClass": MILL_LOT}, ["shipping"]),
    ({"MATCH_anyEPCClass": MILL_LOT}, ["shipping", "creating_class_instance"]),
    ({"MATCH_inputEPCClass": WHEAT}, ["creating_class_instance"]),
    ({"MATCH_outputEPCClass": AT_THE_MILL}, ["creating_class_instance"]),
    ({"MATCH_anyEPC": MILL_LOT}, []),
    ({"EQ_readPoint": "urn:x:gate"}, []),
    ({"EQ_bizLocation": "urn:x:gate"}, []),
    ({"EQ_transformationID": "urn:x:1"}, []),
    ({"EQ_bizTransaction_po": "urn:x:1"}, []),
    ({"EQ_source_owning_party": "urn:x:1"}, []),
    ({"orderDirection": "ASC"}, ["creating_class_instance", "shipping"]),
    ({"orderBy": "recordTime", "orderDirection": "ASC"}, ["creating_class_instance", "shipping"]),
    ({"eventCountLimit": 1}, ["shipping"]),
]  # fmt: skip


def test_events_are_found_by_the_standard_s_parameters(partner: Partner) -> None:
    partner.send(document(milled(), sent()))
    for query, steps in ASKED:
        assert [one["bizStep"] for one in partner.events(**query)] == steps, query


def test_a_pattern_finds_all_pieces_of_an_item(partner: Partner) -> None:
    pieces = [f"urn:epc:id:sgtin:0614141.107346.{number}" for number in (1, 2)]
    partner.send(document(*(event(epcList=[one], eventTime=f"2026-01-03T0{n}:00:00Z") for n, one in enumerate(pieces))))
    assert len(partner.events(MATCH_epc="urn:epc:idpat:sgtin:0614141.107346.*")) == 2
    assert len(partner.events(MATCH_anyEPC="https://id.gs1.org/01/10614141073464/21/2")) == 1
    assert partner.events(MATCH_epc="urn:epc:idpat:sgtin:0614141.107347.*") == []


def test_long_answers_come_page_by_page(partner: Partner) -> None:
    many = [sent() | {"eventTime": f"2026-01-03T00:{minute:02d}:00Z"} for minute in range(45)]
    partner.send(document(*many))
    seen: list[str] = []
    address = "/events?perPage=20&EQ_bizStep=shipping"
    while address:
        answer = partner.get(address)
        events = answer.get_json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        seen += [one["eventTime"] for one in events]
        link = answer.headers.get("Link", "")
        assert not link or link.endswith('; rel="next"')
        address = link.partition(">")[0].removeprefix("</epcis")
    assert seen == [one["eventTime"] for one in reversed(many)]


def test_a_long_page_is_given_whole(partner: Partner) -> None:
    start = 250
    many = [sent() | {"eventTime": f"2026-01-03T{n // 60:02d}:{n % 60:02d}:00Z"} for n in range(start)]
    partner.send(document(*many))
    assert len(partner.events(perPage=500)) == start


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"EQ_colour": "white"}, "UnknownQuestion"),
        ({"EQ_bizTransaction_": "x"}, "UnknownQuestion"),
        ({"GE_eventTime": "monday"}, "BadQuestion"),
        ({"GE_eventTime": "2026-01-03T10:00:00"}, "BadQuestion"),
        ({"GE_eventTime": ""}, "BadQuestion"),
        ({"perPage": "0"}, "BadQuestion"),
        ({"perPage": "-1"}, "BadQuestion"),
        ({"perPage": "many"}, "BadQuestion"),
        ({"orderBy": "colour"}, "BadQuestion"),
        ({"orderDirection": "UP"}, "BadQuestion"),
        ({"EQ_action": "STEAL"}, "BadQuestion"),
        ({"MATCH_epc": ""}, "BadQuestion"),
        ({"maxEventCount": "1", "eventCountLimit": "1"}, "BadQuestion"),
        ({"maxEventCount": "1"}, "TooManyFound"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_why(partner: Partner, query: dict[str, str], code: str) -> None:
    partner.send(document(milled(), sent()))
    answer = partner.get("/events", query)
    assert answer.get_json()["code"] == code
    assert answer.status_code == (413 if code == "TooManyFound" else 400)


def test_a_page_token_that_was_changed_begins_anew(partner: Partner) -> None:
    partner.send(document(milled(), sent()))
    for token in ("x", "W10", "eyJ9", "☃"):
        assert len(partner.events(nextPageToken=token)) == 2


def test_what_happens_in_the_plant_is_there_at_the_next_question(partner: Partner, shop: Shop) -> None:
    from tests.orders.bakery import Bakery

    bakery = Bakery(shop)
    bakery.receive(bakery.flour, 80)
    assert [one["bizStep"] for one in partner.events()] == ["receiving"]
    shop.later(minutes=1)
    bakery.receive(bakery.flour, 20)
    since = (shop.now - timedelta(seconds=1)).isoformat()
    assert [one["quantityList"][0]["quantity"] for one in partner.events(GE_eventTime=since)] == [20]
