"""The import page as people use it: choose a file, look at every row, import it whole; and every list out again."""

import io
import re
from csv import reader
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from mes.core.access import Role
from mes.core.files import StoredFile
from mes.core.work import Work
from mes.exchange.exports import LISTS, get_list
from mes.exchange.kinds import KINDS
from mes.exchange.models import Verdict
from mes.exchange.reading import BYTES_LIMIT, read_table
from mes.exchange.rules import KindUnknown
from mes.exchange.service import keep_upload, prepare, preview
from mes.exchange.sheets import as_csv, as_xlsx, example
from mes.items.models import Item, ItemKind
from mes.items.queries import get_item
from mes.lots.service import receive_lots
from mes.people.models import Person
from tests.conftest import Shop
from tests.desk import Desk
from tests.exchange.files import workbook
from tests.exchange.importing import bring, csv
from tests.factories import make_item

#: Lists of things that get a label of their own.
WITH_LABELS = {"gauges", "locations", "machines", "tools"}


@pytest.fixture
def manager(app: Flask, shop: Shop) -> Desk:
    """A production manager at a desk."""
    return Desk(app, shop, Role.MANAGER)


def send(desk: Desk, name: str, data: bytes, status: int = 303, **values: str) -> str:
    """Choose a file on the import page."""
    return desk.press("/import", status, file=(io.BytesIO(data), name), **values)


def items(shop: Shop) -> int:
    """How many items there are."""
    with shop.read() as read:
        return read.scalar(select(func.count()).select_from(Item)) or 0


def test_a_file_is_looked_at_and_then_imported(manager: Desk, shop: Shop) -> None:
    address = send(manager, "품목.csv", csv("품목코드|품명|색", "A|가|빨강", "B|나|파랑"))
    page = manager.see(address)
    assert "Columns that are not read: 색" in page
    assert items(shop) == 0, "looking records nothing"
    apply = re.search(r'action="(/import/\d+/apply)"', page)
    assert apply
    assert manager.press(apply[1]) == "/import"
    assert items(shop) == 2
    assert "품목.csv was imported: 2 new, 0 changed, 0 unchanged." in manager.see("/import")
    assert "This file was imported at" in manager.see(address)


def test_refused_rows_are_named_with_their_cells_and_there_is_no_button(manager: Desk, shop: Shop) -> None:
    address = send(manager, "items.csv", csv("품목코드|품명|안전재고", "A|가|-1", "B|나|5"))
    page = manager.see(address)
    assert "<b>C2</b>" in page
    assert "-1 is below zero." in page
    assert "/apply" not in page
    answer = manager.press(f"{address}/apply", 422)
    assert "1 rows of items.csv cannot be imported, so nothing was imported." in answer
    assert items(shop) == 0


def test_a_row_that_only_the_import_refuses_is_named_without_a_workbook_of_refused_rows(app: Flask, shop: Shop) -> None:
    bring(shop, "people", "사번|이름|권한|로그인", "F2|대표|admin|boss")
    admin = Desk(app, shop, Role.ADMIN)
    address = send(admin, "people.csv", csv("사번|이름|권한", "F2|대표|operator"))
    page = admin.see(address)
    assert f"{address}/apply" in page
    assert "refused.xlsx" not in page
    answer = admin.press(f"{address}/apply", 422)
    assert "is the only administrator" in answer
    assert "refused.xlsx" not in answer  # whoever judges the file anew finds nothing to refuse


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.csv", b"", "is empty"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "is PNG, not CSV or XLSX"),
        ("page.xlsx", b"<!DOCTYPE html><script>alert(1)</script>", "is HTML, not CSV or XLSX"),
        ("drawing.csv", b"<svg xmlns='x'><script/></svg>", "is SVG, not CSV or XLSX"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "by a password"),
        ("damaged.xlsx", b"PK\x03\x04 nothing of a workbook", "is damaged"),
        ("letters.csv", b"\x00\x81\xff\xfe\x80 bad", "cannot be"),
        ("x" * 300 + ".csv", "품목코드\n".encode(), "has headings but no rows"),
        ("<script>.csv", csv("무엇|어디", "A|가"), "It is not clear what kind of list"),
    ],
)
def test_a_wrong_file_gets_one_plain_sentence(manager: Desk, shop: Shop, name: str, data: bytes, sentence: str) -> None:
    page = send(manager, name, data, 422)
    assert sentence in page
    assert "<script>" not in page.replace('<script src="', "").replace("<script type", "")
    assert items(shop) == 0


def test_a_file_must_be_chosen_and_no_larger_than_fifty_megabytes(manager: Desk) -> None:
    assert "Choose a file." in manager.press("/import", 422)
    answer = manager.client.post(
        "/import", data={"once": "too large a file"}, content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(BYTES_LIMIT + 1)},
    )  # fmt: skip
    assert (answer.status_code, "larger than 50 MB" in answer.text) == (413, True)


def test_odd_names_come_in_as_they_are_and_are_shown_harmless(manager: Desk, shop: Shop) -> None:
    odd = "<script>alert(1)</script> '; DROP TABLE items; -- 🍚"
    page = manager.see(send(manager, "items.csv", csv("품목코드|품명", f"A|{odd}", f"B|{'가' * 201}")))
    assert "&lt;script&gt;alert(1)" in page
    assert "has more than 200 characters" in page


def test_what_changes_is_shown_before_and_after(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A", name="옛 이름"))
    page = manager.see(send(manager, "items.csv", csv("품목코드|품명|수입검사", "A|새 이름|Y")))
    assert "품명: 옛 이름 → 새 이름 · 수입검사: N → Y" in page


def test_another_sheet_of_the_workbook_can_be_chosen(manager: Desk) -> None:
    def second(book: object, _sheet: object) -> None:
        other = book.add_worksheet("자재")  # type: ignore[attr-defined]
        other.write_row(0, 0, ["품목코드", "품명"])
        other.write_row(1, 0, ["Z", "끝"])

    address = send(manager, "items.xlsx", workbook([["품목코드", "품명"], ["A", "가"]], second))
    assert 'href="' in manager.see(address)
    page = manager.see(f"{address}?sheet=자재")
    assert "끝" in page
    assert "has no sheet" in manager.see(f"{address}?sheet=none", 422)


def test_stock_that_was_imported_is_asked_about_before_it_is_imported_again(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="A"))
    data = csv("품목코드|수량", "A|5")
    first = send(manager, "stock.csv", data, kind="opening_lots")
    manager.press(f"{first}/apply")
    again = send(manager, "stock.csv", data, kind="opening_lots")
    assert "was imported already" in manager.press(f"{again}/apply", 409)
    assert manager.press(f"{again}/apply", confirmed="1") == "/import"


def test_a_bom_file_may_bring_its_items_along(manager: Desk, shop: Shop) -> None:
    address = send(manager, "A-1.csv", csv("품번|수량", "B|2"), kind="boms", create_missing="y", parent="TOP")
    page = manager.see(address)
    assert "These items are entered on the way: TOP, B" in page
    path, _, query = address.partition("?")
    manager.press(f"{path}/apply?{query}")
    with shop.read() as read:
        assert get_item(read, "TOP").kind is ItemKind.SEMI


def test_a_list_that_was_only_looked_at_is_thrown_away_after_a_month(app: Flask, shop: Shop) -> None:
    manager = Desk(app, shop, Role.MANAGER)
    same = csv("품목코드|품명", "A|가")
    left = send(manager, "left.csv", csv("품목코드|품명", "B|나"))
    twice = send(manager, "twice.csv", same)
    imported = send(manager, "items.csv", same)
    manager.press(f"{imported}/apply")
    shop.later(days=29)
    manager = Desk(app, shop, Role.MANAGER)
    send(manager, "later.csv", csv("품목코드|품명", "C|다"))
    manager.see(left)
    shop.later(days=2)
    manager = Desk(app, shop, Role.MANAGER)
    send(manager, "now.csv", csv("품목코드|품명", "D|라"))
    manager.see(left, 404)
    manager.see(twice, 404)
    assert "This file was imported at" in manager.see(imported)
    with shop.read() as read:
        assert set(read.scalars(select(StoredFile.name))) == {"twice.csv", "later.csv", "now.csv"}, (
            "one content, one file"
        )


def test_a_file_of_the_morning_bears_the_plants_day(app: Flask, shop: Shop) -> None:
    shop.now -= timedelta(hours=1)  # 08:30 in Seoul on the 5th; in London it is still the 4th
    client = Desk(app, shop, Role.MANAGER).client
    for address in ("/export/items.csv", "/export/items.xlsx", "/export/all.xlsx"):
        assert "-20260105." in client.get(address).headers["Content-Disposition"]


def test_people_are_the_administrators_list(app: Flask, shop: Shop, manager: Desk) -> None:
    data = csv("사번|성명|역할", "X|내가|관리자")
    send(manager, "people.csv", data, 403)
    admin = Desk(app, shop, Role.ADMIN)
    address = send(admin, "people.csv", data)
    manager.see(address, 403)
    manager.press(f"{address}/apply", 403)
    manager.see("/export/people.csv", 403)
    with shop.read() as read:
        assert read.scalar(select(Person).where(Person.code == "X")) is None


def test_an_unknown_upload_and_an_unknown_list_are_said_to_be_missing(manager: Desk) -> None:
    assert "There is no upload 99." in manager.see("/import/99", 404)
    assert "There is no kind of list money." in manager.see("/export/money.csv", 404)
    with pytest.raises(KindUnknown):
        get_list("money")


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_files_are_understood_in_both_languages(manager: Desk, kind: str) -> None:
    for language in ("ko", "en"):
        with manager.client.session_transaction() as kept:
            kept["language"] = language
        data = manager.client.get(f"/import/examples/{kind}.xlsx").data
        prepared = prepare(kind, f"{kind}.xlsx", data)
        assert not prepared.sheet.faults
        assert not prepared.sheet.mapping.ignored
        assert example(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_file_did_is_shown_of_every_list_and_leads_on(app: Flask, shop: Shop, kind: str) -> None:
    everywhere = Desk(app, shop, *set(Role) - {Role.OPERATOR})
    file = everywhere.client.get(f"/import/examples/{kind}.xlsx").data

    def imported(work: Work) -> int:
        upload = keep_upload(work, prepare(kind, f"{kind}.xlsx", file))
        upload.imported_at = work.now
        return upload.id

    number = shop.do(imported)
    page = everywhere.see(f"/import/{number}")
    assert "This file was imported at" in page
    labels = re.findall(r'href="(/labels/[^"]+)"', page.partition("<main")[2])
    assert labels == ([f"/labels/{kind}?new=1"] if kind in WITH_LABELS else [])
    for address in labels:
        everywhere.see(address)


def test_every_list_can_be_downloaded(manager: Desk, app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="00123", name="쌀가루"))
    page = Desk(app, shop, Role.ADMIN).see("/export")
    assert all(f"/export/{name}.xlsx" in page for name in LISTS)
    for name in LISTS:
        if name != "people":
            assert manager.client.get(f"/export/{name}.csv").data.startswith("\ufeff".encode())
    table = read_table("all.xlsx", manager.client.get("/export/all.xlsx").data, sheet="Items")
    assert table.rows[0][1][:2] == ["00123", "쌀가루"]


def test_what_goes_out_comes_back_unchanged(manager: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_item(work, code="00123", name="쌀가루, 습식", spec="1,200 mm", unit="kg"))
    for form in ("csv", "xlsx"):
        data = manager.client.get(f"/export/items.{form}").data
        with shop.read() as read:
            assert preview(read, prepare(None, f"items.{form}", data)).counts[Verdict.SAME] == 1


def test_formulas_go_out_as_text(shop: Shop) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    text = as_csv(["=1"], [[one] for one in evil]).decode("utf-8-sig")
    assert text.startswith("'=1")
    assert all(f"'{one}" in text for one in evil)
    table = read_table("x.xlsx", as_xlsx([("[목록]", ["Code", "Name"], [["=1+1", "@x"]])]))
    assert table.rows[0][1] == ["=1+1", "@x"]
    assert table.sheet == " 목록 "


def test_a_lot_that_came_without_a_day_of_making_is_listed_without_one(app: Flask, shop: Shop) -> None:
    def arrive(work: Work) -> list[str]:
        item = make_item(work, code="RICE", unit="kg")
        made = work.today - timedelta(days=3)
        return [receive_lots(work, item=item, quantities=[Decimal(1)], made_on=day)[0].code for day in (None, made)]

    unknown, known = shop.do(arrive)
    data = Desk(app, shop, Role.ADMIN).client.get("/export/opening_lots.csv").data.decode("utf-8-sig")
    rows = {row[0]: row for row in reader(data.splitlines())}
    place = next(i for row in rows.values() for i, cell in enumerate(row) if cell == "2026-01-02")
    assert rows[known][place] == "2026-01-02"
    assert rows[unknown][place] == ""
