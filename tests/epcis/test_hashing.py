"""The id of an event: the same in every company and in every spelling, another as soon as anything else is said."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.epcis.canonical import canonical, pattern
from mes.epcis.hashing import event_hash, pre_hash
from mes.epcis.vocabulary import PREFIXES, bare, unit_code

EVENT: dict[str, object] = {
    "type": "ObjectEvent",
    "eventTime": "2026-01-05T09:30:00.1236+09:00",
    "eventTimeZoneOffset": "+09:00",
    "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": D("1.50"), "uom": "KGM"}],
    "action": "OBSERVE",
    "bizStep": "receiving",
    "disposition": "in_progress",
    "bizTransactionList": [{"type": "recadv", "bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:1152"}],
    "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
    "ex:lots": [{"ex:lot": "L-1", "ex:n": 2}],
}
SPACES: dict[str, str] = {**PREFIXES, "ex": "urn:example:voc:"}


def test_all_that_an_event_says_stands_in_one_line_in_the_order_of_the_standard() -> None:
    assert pre_hash(EVENT, SPACES) == (
        "eventType=ObjectEventeventTime=2026-01-05T00:30:00.124ZeventTimeZoneOffset=+09:00"
        "epcListepc=https://id.gs1.org/01/04012345111118/21/9876"
        "quantityListquantityElementepcClass=https://id.gs1.org/01/04012345123456/10/998877quantity=1.5uom=KGM"
        "action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-receiving"
        "disposition=https://ref.gs1.org/cbv/Disp-in_progressreadPointid=https://id.gs1.org/414/4012345000054"
        "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-recadvbizTransaction=urn:epcglobal:cbv:bt:0614141073467:1152"
        "{urn:example:voc:}lots{urn:example:voc:}lot=L-1{urn:example:voc:}n=2"
    )


def test_the_id_is_the_one_that_the_reference_program_computes() -> None:
    """Computed with version 1.9.3 of the reference implementation that CBV 2.0 names."""
    spaces = {**PREFIXES, "ex": "urn:x-mes:voc:"}
    assert event_hash(EVENT, spaces) == (
        "ni:///sha-256;6d6d17880fb9380ab632a5f8bff06861330d9862b6c782d264492bbc02ae4bc2?ver=CBV2.0"
    )


SPELLINGS = [
    {"eventTime": "2026-01-05T00:30:00.124Z"},
    {"eventTime": " 2026-01-05T00:30:00.124+00:00 "},
    {"epcList": ["https://id.gs1.org/01/04012345111118/21/9876"]},
    {"epcList": ["https://shop.example/x/gtin/4012345111118/ser/9876?17=270101"]},
    {"epcList": ["http://shop.example/01/04012345111118/10/L1/21/9876"]},
    {"quantityList": [{"uom": "KGM", "quantity": 1.5, "epcClass": "https://id.gs1.org/01/04012345123456/10/998877"}]},
    {"bizStep": "https://ref.gs1.org/cbv/BizStep-receiving"},
    {"bizStep": "urn:epcglobal:cbv:bizstep:receiving"},
    {"bizStep": "cbv:BizStep-receiving"},
    {"disposition": "urn:epcglobal:cbv:disp:in_progress"},
    {"readPoint": {"id": "https://id.gs1.org/414/4012345000054"}},
    {"recordTime": "2026-01-06T00:00:00Z", "eventID": "urn:uuid:1"},
    {"errorDeclaration": {"declarationTime": "2026-01-06T00:00:00Z"}},
    {"sourceList": [], "epcis:empty": []},
]
OTHERS = [
    {"eventTime": "2026-01-05T00:30:00.125Z"},
    {"epcList": ["urn:epc:id:sgtin:4012345.011111.9877"]},
    {"quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": D("1.51"), "uom": "KGM"}]},
    {"bizStep": "shipping"},
    {"ex:lots": [{"ex:lot": "L-1", "ex:n": 3}]},
    {"ex:more": None},
    {"sourceList": [{"type": "owning_party", "source": "urn:x:1"}]},
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_is_the_same_event(spelling: dict[str, object]) -> None:
    assert event_hash({**EVENT, **spelling}, SPACES) == event_hash(EVENT, SPACES)


@pytest.mark.parametrize("other", OTHERS)
def test_anything_else_said_is_another_event(other: dict[str, object]) -> None:
    assert event_hash({**EVENT, **other}, SPACES) != event_hash(EVENT, SPACES)


@given(st.permutations(list(EVENT)), st.permutations(range(5)))
def test_the_order_of_fields_and_of_lists_says_nothing(fields: list[str], order: list[int]) -> None:
    pieces = [f"urn:epc:id:sgtin:4012345.011111.{number}" for number in range(5)]
    one = {**EVENT, "epcList": pieces}
    other = {name: one[name] for name in fields} | {"epcList": [pieces[place] for place in order]}
    assert event_hash(one, SPACES) == event_hash(other, SPACES)


SAME_THING = [
    ("urn:epc:id:sgtin:0614141.107346.2017", "https://id.gs1.org/01/10614141073464/21/2017"),
    ("urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877"),
    ("urn:epc:idpat:sgtin:4012345.012345.*", "https://id.gs1.org/01/04012345123456"),
    ("urn:epc:id:sscc:0614141.1234567890", "https://id.gs1.org/00/106141412345678908"),
    ("urn:epc:id:sgln:0614141.07346.1234", "https://id.gs1.org/414/0614141073467/254/1234"),
    ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054"),
    ("urn:epc:id:pgln:4012345.00005", "https://id.gs1.org/417/4012345000054"),
    ("urn:epc:id:grai:4012345.55555.987", "https://id.gs1.org/8003/04012345555554987"),
    ("urn:epc:id:giai:4000001.111", "https://id.gs1.org/8004/4000001111"),
    ("urn:epc:id:gdti:0614141.12345.006847", "https://id.gs1.org/253/0614141123452006847"),
    ("urn:epc:id:gsrn:0614141.1234567890", "https://id.gs1.org/8018/061414112345678902"),
    ("urn:epc:id:upui:1234567.089456.51qIgY", "https://id.gs1.org/01/01234567894560/235/51qIgY"),
    ("urn:epc:id:itip:4012345.012345.01.02.987", "https://id.gs1.org/8006/040123451234560102/21/987"),
    ("urn:epc:id:cpi:4012345.5PQ7%2FZ43.12345", "https://id.gs1.org/8010/40123455PQ7%2FZ43/8011/12345"),
    ("urn:epc:id:ginc:4012345.xyz47%2F11", "https://id.gs1.org/401/4012345xyz47%2F11"),
    ("urn:epc:id:gsin:4012345.123456789", "https://id.gs1.org/402/40123451234567894"),
    ("https://example.com/01/9520123456788?15=270101", "https://id.gs1.org/01/09520123456788"),
]


@pytest.mark.parametrize(("one", "other"), SAME_THING)
def test_two_names_of_one_thing_are_one(one: str, other: str) -> None:
    assert canonical(one) == other
    assert canonical(other) == other


@pytest.mark.parametrize(
    "name",
    [
        "urn:epc:id:sgtin:wrong",
        "urn:epc:id:sgtin:4012345.1.1",
        "urn:epc:id:nothing:1.2.3",
        "urn:epc:raw:x",
        "urn:epc:idpat:sgtin:4012345.012345.7",
        "urn:x-mes:ab:lot:L1",
        "https://example.com/01/page",
        "https://example.com/lots/L1",
        "https://[bad",
        "not an address",
    ],
)
def test_what_is_no_gs1_name_stays_as_it_is(name: str) -> None:
    assert canonical(name) == name


def test_a_pattern_is_known_by_its_star() -> None:
    assert pattern("urn:epc:idpat:sgtin:4012345.012345.*") == "https://id.gs1.org/01/04012345123456/21/"
    assert pattern("urn:epc:id:sgtin:4012345.012345.7") is None


def test_units_are_written_as_trade_writes_them() -> None:
    assert [unit_code(unit) for unit in ("kg", "EA", "개", "L", "m²", "말")] == ["KGM", None, None, "LTR", "MTK", "ZZ"]


def test_words_stand_bare_where_gs1_knows_them() -> None:
    assert bare("bizStep", "urn:epcglobal:cbv:bizstep:shipping") == "shipping"
    assert bare("bizStep", "https://example.com/frying") == "https://example.com/frying"
