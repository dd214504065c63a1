"""What goes out of the plant comes back as it was: every sign, every digit, every row."""

import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from mes.exchange import sheets
from mes.exchange.exports import LISTS
from mes.exchange.models import Verdict
from mes.exchange.plans import Options
from mes.exchange.rules import Preview
from mes.exchange.service import prepare, preview
from mes.exchange.sheets import as_csv, as_xlsx
from tests.conftest import Shop
from tests.exchange.importing import bring
from tests.factories import make_item


def items(shop: Shop, *codes: str) -> None:
    """Items of these codes, whose names look like formulas."""
    shop.do(lambda work: [make_item(work, code=code, name=f"={code}", unit="kg") for code in codes])


def back(shop: Shop, kind: str, form: str) -> Preview:
    """A look at our own list of a kind."""
    listed = LISTS[kind]
    with shop.read() as read:
        rows = list(listed.rows(read))
    data = as_csv(listed.headings(), rows) if form == "csv" else as_xlsx([("x", listed.headings(), rows)])
    with shop.read() as read:
        return preview(read, prepare(kind, f"list.{form}", data, options=Options()))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_codes_that_look_like_formulas_come_back_as_themselves(shop: Shop, form: str) -> None:
    items(shop, "-A1", "@B", "'-C", "'D")
    found = back(shop, "items", form)
    assert [row.code for row in found.rows] == ["'-C", "'D", "-A1", "@B"]
    assert not found.does_something


def test_a_stop_reason_goes_out_with_its_group(shop: Shop) -> None:
    bring(shop, "stop_reasons", "비가동코드|비가동사유|구분|계획정지", "S1|금형 교체|준비|예")
    with shop.read() as read:
        listed = LISTS["stop_reasons"]
        [row] = listed.rows(read)
    assert dict(zip(listed.fields, row, strict=True))["group"] == "준비"
    found = back(shop, "stop_reasons", "xlsx")
    assert [one.verdict for one in found.rows] == [Verdict.SAME]
    bring(shop, "stop_reasons", "비가동코드|비가동사유|구분", "S1|금형 교체|설비")
    data = as_csv(listed.headings(), [row])
    with shop.read() as read:
        [again] = preview(read, prepare("stop_reasons", "list.csv", data, options=Options())).rows
    assert [(one.field, one.after) for one in again.changes] == [("group", "준비")]


def test_a_quantity_with_more_digits_than_excel_keeps_comes_back_whole(shop: Shop) -> None:
    items(shop, "P", "A")
    bring(shop, "boms", "모품목|자품목|소요량", "P|A|123456789012.123456")
    assert not back(shop, "boms", "xlsx").does_something


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    title = "아주 긴 이름의 목록 아주 긴 이름의 목록 아주"
    data = as_xlsx([(title, ["code"], [[str(n)] for n in range(5)]), ("빈 목록", ["code"], [])])
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [len(name) <= 31 for name in book.sheet_names] == [True] * 4
    assert [name[-3:] for name in book.sheet_names[1:3]] == ["(2)", "(3)"]
    pages = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert pages == [[["code"], ["0"], ["1"]], [["code"], ["2"], ["3"]], [["code"], ["4"]], [["code"]]]
    assert as_csv(["n"], [[Decimal("-1.5")]]) == "\ufeffn\r\n-1.5\r\n".encode()
