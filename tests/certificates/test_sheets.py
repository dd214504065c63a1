"""Sheets of the shop floor: blank to fill in by hand, or filled from what is recorded."""

import re
from decimal import Decimal as D
from functools import partial

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.paper import Column, Facts, Grid, Head, Sheet, Words, render
from mes.inspection.models import InspectionKind
from mes.inspection.service import record_inspection
from mes.lots.service import ship_lots
from tests.certificates.reading import pdf_boxes, pdf_text, read_qr
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import length_of_ten, make_inspection, make_released_standard, revise_characteristic
from tests.orders.bakery import Bakery


def measured(shop: Shop, bakery: Bakery, kind: InspectionKind, job: str, *values: str) -> None:
    """One inspection at a job for each value."""
    row = length_of_ten(name="두께", name_en="Thickness")
    [one] = shop.do(lambda work: make_released_standard(work, bakery.cake, row, kind=kind)).characteristics
    for value in values:
        shop.do(partial(record_inspection, kind=kind, job_code=job, readings={one.id: D(value)}))


def lay_down(shop: Shop, bakery: Bakery, name: str, operation: int) -> None:
    """What is checked at one operation."""
    row, narrowed = length_of_ten(name=name), {"kind": InspectionKind.SELF, "operation": operation}
    shop.do(lambda work: make_released_standard(work, bakery.cake, row, **narrowed))


def test_first_middle_and_last_piece_stand_beside_each_other(shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    job = bakery.order(100).jobs[0].code
    measured(shop, bakery, InspectionKind.FIRST, job, "10.01")
    measured(shop, bakery, InspectionKind.LAST, job, "11")
    desk = Desk(app, shop, Role.QUALITY)
    assert "First, middle, last: blank" in desk.see(f"/sheets?of={job}")
    pdf = desk.client.get(f"/sheets/pieces/{job}.pdf").data
    words = pdf_text(pdf)
    for part in ("Thickness", "9.95 ~ 10.05", "10.01", "11 NG", "Fail"):
        assert part in words, part
    assert job in read_qr(pdf)
    blank = pdf_text(desk.client.get(f"/sheets/pieces/{job}.pdf?blank=yes").data)
    assert "Thickness" in blank
    assert "10.01" not in blank


def test_a_sheet_asks_for_what_its_operation_asks_for(shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    kettle, packing = bakery.order(100).jobs
    for job, name in ((kettle, "두께"), (packing, "봉합 강도")):
        lay_down(shop, bakery, name, job.sequence)
    desk = Desk(app, shop, Role.QUALITY)
    at_kettle, at_packing = (
        pdf_text(desk.client.get(f"/sheets/self/{job.code}.pdf").data) for job in (kettle, packing)
    )
    assert ("두께" in at_kettle, "봉합 강도" in at_kettle) == (True, False)
    assert ("두께" in at_packing, "봉합 강도" in at_packing) == (False, True)


def test_the_self_check_sheet_has_a_column_for_each_check(shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    job = bakery.order(100).jobs[0].code
    desk = Desk(app, shop, Role.QUALITY)
    assert "call the line leader" in pdf_text(desk.client.get(f"/sheets/self/{job}.pdf?blank=yes").data)
    measured(shop, bakery, InspectionKind.SELF, job, *(f"10.0{n % 5}" for n in range(8)))
    words = pdf_text(desk.client.get(f"/sheets/self/{job}.pdf").data)
    assert words.count("Checks") == 2
    assert "10.03" in words


@pytest.mark.parametrize("kind", [InspectionKind.SELF, InspectionKind.LAST])
def test_what_was_read_stands_beside_the_limits_of_then(kind: InspectionKind, shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    job = bakery.order(100).jobs[0].code
    first = InspectionKind.FIRST
    if kind is not InspectionKind.SELF:
        shop.do(lambda work: make_released_standard(work, bakery.cake, length_of_ten(name="두께"), kind=first))
    row = length_of_ten(name="두께", lower=D("9.5"), upper=D("10.5"))
    standard = shop.do(lambda work: make_released_standard(work, bakery.cake, row, kind=kind))
    [one] = standard.characteristics
    shop.do(lambda work: record_inspection(work, kind=kind, job_code=job, readings={one.id: D("10.4")}))
    shop.do(lambda work: revise_characteristic(work, one, lower=D("9.99"), upper=D("10.01")))
    sheet = "self" if kind is InspectionKind.SELF else "pieces"
    desk = Desk(app, shop, Role.QUALITY)
    words = pdf_text(desk.client.get(f"/sheets/{sheet}/{job}.pdf").data)
    assert "9.5 ~ 10.5 mm" in words
    assert "NG" not in words
    assert ("9.95 ~ 10.05 mm" in words) == (sheet == "pieces"), "the first piece has limits of its own"
    blank = pdf_text(desk.client.get(f"/sheets/{sheet}/{job}.pdf?blank=yes").data)
    assert ("9.5 ~ 10.5 mm" in blank, "9.99 ~ 10.01 mm" in blank) == (False, True)


def test_an_incoming_inspection_is_printed_as_its_report(shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    shop.do(lambda work: make_released_standard(work, bakery.flour))
    [lot] = bakery.receive(bakery.flour, 80)
    made = shop.do(lambda work: make_inspection(work, lot.code, "9"))
    desk = Desk(app, shop, Role.QUALITY)
    assert made.code in desk.see(f"/sheets?of={lot.code}")
    pdf = desk.client.get(f"/sheets/inspections/{made.code}.pdf").data
    words = pdf_text(pdf)
    for part in ("Incoming inspection", made.code, lot.code, "9.95 ~ 10.05", "Fail"):
        assert part in words, part
    assert made.code in read_qr(pdf)
    desk.see("/sheets/inspections/I1.pdf", 404)
    assert desk.see("/sheets")


def test_a_birth_certificate_says_how_much_has_no_room_on_it(shop: Shop, app: Flask) -> None:
    bakery = Bakery(shop)
    shop.do(lambda work: make_released_standard(work, bakery.flour, *(length_of_ten() for _row in range(10))))
    [lot] = bakery.receive(bakery.flour, 80)
    shop.do(lambda work: make_inspection(work, lot.code))
    for _time in range(13):
        shop.do(lambda work: ship_lots(work, customer=bakery.market, lines=[(lot.code, D(1))]))
    desk = Desk(app, shop, Role.QUALITY)
    words = " ".join(pdf_text(desk.client.get(f"/lots/{lot.code}/birth-certificate-en.pdf").data).split())
    assert f"And 3 more: the trace of {lot.code} has all of them." in words
    assert words.count("마트 · D2601") == 10
    assert "and 2 more" in words


def test_a_row_to_write_in_grows_with_what_stands_in_it() -> None:
    head = Head("MES", "점검표", "1")
    columns = [Column("항목", 1), Column("측정값", 1)]

    def pages(text: str) -> int:
        pdf = render([Sheet(head, [Grid(columns, [["내경", text]] * 12, row_height=9)])], "점검표")
        return pdf_text(pdf).count("\f")

    assert pages("20.01") == 1
    assert pages("\n".join(["20.01"] * 8)) > 1, "eight readings lie over the rows above and below"


def test_a_fact_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    codes = [f"L260105-{number:04d}X" for number in range(400)]
    pairs = [("제목", "유리 조각"), ("의심 로트", ", ".join(codes)), ("시작", "김대표")]
    words = pdf_text(render([Sheet(Head("MES", "회수 보고서", "1"), [Facts(pairs), Words("끝")])], "회수"))
    assert [code for code in codes if words.count(code) != 1] == []
    assert words.count("\f") > 1
    assert all(word in words for word in ("유리 조각", "김대표", "끝"))


def test_a_long_head_stays_on_its_page_and_beside_the_boxes() -> None:
    head = Head(
        company="떡" * 200, title="관리도", number="CAKE · " + "가" * 200, code="CAKE", approval=["작성", "승인"],
        signed=["Nguyễn Thị " * 9 + "\n2026-01-05 09:00"], foot="W" * 300,
    )  # fmt: skip
    pdf = render([Sheet(head, [Words("잘 보인다")])], "관리도")
    words = re.findall(r'xMax="([0-9.]+)" yMax="([0-9.]+)">([^<]*)<', pdf_boxes(pdf))
    numbers = [float(right) for right, _bottom, word in words if word.startswith("가가")]
    assert len(numbers) == 1
    assert numbers[0] < 400  # the boxes begin there
    assert all(float(right) < 596 for right, _bottom, _word in words)
    assert read_qr(pdf) == ["CAKE"]
