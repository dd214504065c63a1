"""What a browser sends when somebody pastes, tampers or slips: a plain sentence comes back, never a fault."""

import base64
import json
import re
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import NotStorable
from mes.core.forms import day_asked, read_quantity, row_number
from mes.core.paging import keyset
from mes.core.work import Work
from mes.inspection.models import InspectionKind
from mes.items.models import Item
from mes.lots.service import receive_lots
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_characteristic, make_item, make_partner

BEYOND = "99999999999999999999"


@pytest.fixture
def desk(app: Flask, shop: Shop) -> Desk:
    """The production manager at a desk."""
    return Desk(app, shop, Role.MANAGER)


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_a_number_that_no_row_has_leads_nowhere(desk: Desk) -> None:
    addresses = ("/quality/defects/{}", "/quality/defects/{}/photo", "/quality/characteristics/{}")
    asked = [address.format(number) for address in addresses for number in (BEYOND, "2147483648", "-1")]
    answers = {address: desk.client.get(address).status_code for address in [*asked, "/quality/defects/0"]}
    assert set(answers.values()) == {404}, answers


def test_a_number_of_thousands_of_digits_in_an_address_is_none(desk: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE"))
    digits = "9" * 5000
    for address in (
        "/quality/sampling-plan?aql=0.65&lot={}", "/quality/defects/1/photo?number={}", "/machines?centre={}",
        "/trace?q=RICE&from={}", "/items/RICE?bom={}&routing={}", "/charts/1?last={}", "/charts/1?from={}&to={}",
    ):  # fmt: skip
        assert desk.client.get(address.replace("{}", digits)).status_code in (200, 404), address


CHANGED: tuple[tuple[object, ...], ...] = (
    (int(BEYOND),), (int(BEYOND), int(BEYOND)), ("2026-01-05", 1), (1, 1), ("x",), ("\0",), ({"d": "2026-01-05"}, 1),
    ({"t": "2026-01-05T00:00:00"}, 1), ({"t": "2026-01-05T00:00:00+00:00"}, "x"), ({"t": "never"}, 1), (None,),
    (True, 1), (1e400,), ([], {}),
)  # fmt: skip


def test_a_changed_cursor_starts_at_the_first_page(desk: Desk) -> None:
    for address in ("/lots", "/shipments", "/stops", "/orders", "/events", "/items", "/stock", "/quality/defects"):
        for changed in CHANGED:
            assert "<h1>" in desk.see(f"{address}?after={cursor(*changed)}")


def test_an_unchanged_cursor_goes_on_where_the_page_ended(shop: Shop) -> None:
    def three(work: Work) -> None:
        for code in "ABC":
            make_item(work, code=code)

    shop.do(three)
    with shop.read() as read:
        first = keyset(read, select(Item), Item.code, size=2)
        rest = keyset(read, select(Item), Item.code, size=2, after=first.next)
    assert [item.code for item in rest.rows] == ["C"]


def test_a_filter_that_means_nothing_filters_nothing(desk: Desk) -> None:
    for address in (
        f"/stops?centre={BEYOND}&reason=²", "/stops?day=0001-01-01", "/stops?day=9999-12-31", "/events?day=0001-01-01",
        "/events?day=2026-02-30", "/quality/pareto?since=0001-01-01&until=9999-12-31",
    ):  # fmt: skip
        assert "<h1>" in desk.see(address)


def test_only_days_and_numbers_that_can_be_are_read() -> None:
    assert str(day_asked("2026-01-05")) == "2026-01-05"
    assert [day_asked(text) for text in ("", "0001-01-01", "9999-12-31", "2026-02-30", "today")] == [None] * 5
    assert row_number("12") == 12
    assert [row_number(text) for text in ("", "²", "٣", "-1", BEYOND, "1e3")] == [None] * 6


def test_a_version_that_is_no_number_is_no_fault(desk: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_partner(work, code="C1", name="행복마트"))
    for version in ("²", "٣", BEYOND, "x"):
        given = {"version": version, "name": "행복마트", "kinds": "customer", "active": "y"}
        answer = desk.client.post("/partners/C1", data={"once": f"version-{ord(version[0])}", **given})
        assert answer.status_code in (303, 409)


def test_an_invisible_character_is_named_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = desk.press("/new/partner", 422, code="C9", name="행복\0마트", kinds="customer", contact="박과장")
    assert "invisible character" in answer
    assert "행복" in answer
    assert "박과장" in answer


def test_what_a_terminal_prints_is_no_name(desk: Desk) -> None:
    for place, unseen in enumerate(("\x1b[31m", "\x07", "\x7f")):
        assert "invisible character" in desk.press(
            "/new/partner", 422, code=f"C{place}", name=f"mart{unseen}", kinds="customer"
        )


def test_a_setting_that_is_not_offered_is_refused_at_its_field(app: Flask, shop: Shop) -> None:
    admin = Desk(app, shop, Role.ADMIN)
    given = {"name": "떡집", "language": "ko", "time_zone": "Asia/Seoul", "first_out": "never", "right_place": "warn"}
    answer = admin.press("/plant", 422, **given, day_starts_at="7", over_production="0", undo_minutes="5")
    assert "떡집" in answer
    assert "Not a valid choice" in answer


def test_an_invisible_character_in_an_address_is_no_fault(desk: Desk) -> None:
    for address in (
        "/lots?q=%00",
        "/items?q=%00",
        "/orders?q=%00",
        "/events?code=%00",
        "/lots/%00",
        "/scan?text=a%00b",
    ):
        assert desk.client.get(address).status_code in (200, 303, 404, 422), address


def test_a_number_that_no_column_holds_is_refused_by_the_write_door(shop: Shop) -> None:
    with pytest.raises(NotStorable):
        shop.do(lambda work: work.session.get(Item, 2**70))
    with pytest.raises(NotStorable):
        shop.do(lambda work: make_item(work, shelf_life_days=2**70))


def test_a_number_too_large_to_store_is_said_in_words(desk: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE", shelf_life_days=30))
    answer = desk.client.post("/items/RICE/edit", data={
        "once": "too-large-1", "name": "쌀", "kind": "raw", "unit": "kg", "tracking": "lot", "shelf_life_days": BEYOND,
    })  # fmt: skip
    assert answer.status_code in (409, 422)
    assert BEYOND in answer.text


def test_the_plants_own_words_are_never_taken_for_html_or_a_pattern(desk: Desk, shop: Shop) -> None:
    def seed(work: Work) -> str:
        item = make_item(work, code="RICE")
        for name in ("수분 100%", "%(x)s", "<script>alert(1)</script>"):
            make_characteristic(work, item, kind=InspectionKind.FINAL, name=name)
        return receive_lots(work, item=item, quantities=[Decimal(5)])[0].code

    lot = shop.do(seed)
    answer = desk.see(f"/quality/inspect/final/{lot}")
    assert "수분 100%" in answer
    assert "%(x)s" in answer
    assert "&lt;script&gt;alert(1)" in answer
    assert "<script>alert(1)" not in answer


def test_a_line_of_a_shipment_that_cannot_be_read_is_named(desk: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER, code="C1"))
    three_words = desk.press("/shipments/new", 422, customer="C1", lines="L1 5\nL2 5 kg")
    assert "Line 2: a code and a quantity are expected." in three_words
    no_number = desk.press("/shipments/new", 422, customer="C1", lines="L1 many", reference="PO-7")
    assert "Line 1: many is not a number." in no_number
    assert "PO-7" in no_number
    assert re.search("L1 many", no_number)


def test_a_skill_is_not_cut_short_in_silence(app: Flask, shop: Shop) -> None:
    admin = Desk(app, shop, Role.ADMIN)
    answer = admin.press("/new/person", 422, code="E77", name="이영희", language="ko", skills="용접" * 60)
    assert "A skill has at most 100 characters" in answer
    assert "용접" * 60 in answer
    dated = admin.press("/new/person", 422, code="E77", name="이영희", language="ko", skills="welding, 0001-01-01")
    assert "0001-01-01 is no date" in dated


def test_a_text_longer_than_its_column_is_said_at_its_field(app: Flask, desk: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="RICE"))
    assert "longer than 16" in desk.press("/items/RICE/units", 422, unit="b" * 10_000, factor="20")
    admin = Desk(app, shop, Role.ADMIN)
    assert "longer than 100" in admin.press("/tokens", 422, name="b" * 150, role="manager")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1234.5", "1234.5"), ("1,234.5", "1234.5"), ("+3", "3"), ("-0.25", "-0.25"), (".5", "0.5"), ("7.", "7"),
        (" 12 ", "12"), ("１２．５", "12.5"), ("１，２３４", "1234"),
    ],
)  # fmt: skip
def test_a_quantity_is_read_as_it_is_written(typed: str, meant: str) -> None:
    assert read_quantity(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    ["1E5", "1e5", "1_5", "10 10", "1 000", "1.2.3", "1,5", "12,34", "5²", "½", "٣", "--1", "1-", "NaN", "Infinity",
     "0,125", "00,500", "012,345.6", "0x10", "1\u00a0000", "①", "일", ""],
)  # fmt: skip
def test_what_is_no_quantity_is_asked_for_again(typed: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|two ways"):
        read_quantity(typed)


def test_a_quantity_finer_than_the_ledger_keeps_is_refused_however_many_zeros_hide_it() -> None:
    assert read_quantity("1." + "0" * 40) == 1
    for typed in ("1.0000001", "1." + "0" * 30 + "1"):
        with pytest.raises(ValueError, match="decimal places"):
            read_quantity(typed)
