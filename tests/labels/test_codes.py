"""Codes of layouts: what they hold, put together from a label's data, and the refusals of what they cannot hold."""

from pathlib import Path

import pytest

from mes.core.barcodes import CODE128, DATAMATRIX, GS1_128, GS1_DATAMATRIX, matrix, strip
from mes.core.errors import Refused
from mes.core.gs1 import GS, BadElement, NotElements, UnknownElement, WrongCheckDigit
from mes.core.gs1_link import NoKey, NotWebLink
from mes.core.qr import CodeEmpty, CodeTooLong, CodeUnreadable
from mes.labels.codes import NoIdentifier, data_of, fitted, is_web
from mes.labels.drawing import Code, Stripes, Text
from mes.labels.files import load_layout
from mes.labels.layout import Area, CodeField, Layout, Row, Stock
from mes.labels.placing import Placer
from mes.labels.reading import words_of_text
from tests.labels.samples import FOLDER, LAYOUTS
from tests.labels.wear import codes_of

GTIN = "08801234567893"
AREA = Area(5, 5, 90, 20)


def held(kind: str, data: str, row: Row) -> str:
    """What a code of this kind and data holds for a row."""
    return data_of(CodeField(area=AREA, words=words_of_text(data), kind=kind), row, "ko")


def test_gs1_codes_are_put_together_from_identifiers_and_data() -> None:
    layout = "(01){gtin}(17){expiry6}(10){code}(21){serial}"
    full = {"gtin": GTIN, "expiry6": "270204", "code": "LOT-1", "serial": "7"}
    assert held(GS1_DATAMATRIX, layout, full) == f"01{GTIN}1727020410LOT-1{GS}217"
    assert held(GS1_128, layout, full) == held(GS1_DATAMATRIX, layout, full)


def test_an_element_without_data_falls_away_and_takes_no_separator_with_it() -> None:
    layout = "(01){gtin}(10){code}(21){serial}"
    assert held(GS1_128, layout, {"gtin": GTIN, "code": "LOT-1", "serial": ""}) == f"01{GTIN}10LOT-1"
    assert held(GS1_128, layout, {"gtin": GTIN, "serial": "7"}) == f"01{GTIN}217"
    assert held(GS1_128, layout, {}) == ""


def test_a_gtin_of_a_retail_pack_gets_its_leading_zeros() -> None:
    assert held(GS1_128, "(01){gtin}", {"gtin": GTIN[1:]}) == f"01{GTIN}"


def test_words_may_stand_before_and_behind_the_data_of_an_element() -> None:
    assert held(GS1_128, "(10)KR-{code}-A(91)X", {"code": "7"}) == f"10KR-7-A{GS}91X"


def test_a_ready_element_string_is_proved_and_taken_as_it_is() -> None:
    assert held(GS1_128, "{code}", {"code": f"10A{GS}01{GTIN}"}) == f"10A{GS}01{GTIN}"
    assert held(GS1_128, "{code}", {"code": ""}) == ""
    with pytest.raises(NotElements):
        held(GS1_128, "{code}", {"code": "hello"})


@pytest.mark.parametrize(
    ("layout", "row", "refusal"),
    [
        ("(01){gtin}", {"gtin": GTIN[:-1] + "4"}, WrongCheckDigit),
        ("(17){expiry6}", {"expiry6": "2027-02-04"}, BadElement),
        ("(10){code}", {"code": "로트"}, BadElement),
        ("(10){code}", {"code": "X" * 21}, BadElement),
        ("(05){code}", {"code": "7"}, UnknownElement),
        ("LOT{code}(10)", {"code": "7"}, NoIdentifier),
    ],
)
def test_gs1_data_that_a_customer_would_refuse_is_refused_here(
    layout: str, row: Row, refusal: type[Refused]
) -> None:  # fmt: skip
    with pytest.raises(refusal):
        held(GS1_DATAMATRIX, layout, row)


def test_data_in_an_address_is_percent_encoded() -> None:
    assert held("url", "https://mes.example/l/{code}", {"code": "A/1 가?x=%2F"}) == (
        "https://mes.example/l/A%2F1%20%EA%B0%80%3Fx%3D%252F"
    )
    assert held("link", "https://id.example/01/{gtin}/10/{code}?17={expiry6}", {
        "gtin": GTIN, "code": "A/1", "expiry6": "270204",
    }) == f"https://id.example/01/{GTIN}/10/A%2F1?17=270204"  # fmt: skip


def test_a_ready_link_is_taken_as_it_is_and_proved() -> None:
    link = f"https://id.gs1.org/01/{GTIN}/10/A%2F1"
    assert held("link", "{link}", {"link": link}) == link
    assert held("link", "{link}", {}) == ""
    with pytest.raises(WrongCheckDigit):
        held("link", "{link}", {"link": link.replace(GTIN, GTIN[:-1] + "4")})
    with pytest.raises(NoKey):
        held("link", "{link}", {"link": "https://id.gs1.org/about"})


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/1", "https://", "//x"]
)
def test_only_web_addresses_get_into_a_code(address: str) -> None:
    assert not is_web(address)
    with pytest.raises(NotWebLink):
        held("url", "{code}", {"code": address})


def test_an_address_that_cannot_be_taken_apart_is_none() -> None:
    assert not is_web("https://[::1")


@pytest.mark.parametrize("kind", [DATAMATRIX, GS1_DATAMATRIX])
def test_a_data_matrix_is_square_and_says_what_it_holds(kind: str) -> None:
    data = "L260105-00129" if kind == DATAMATRIX else f"01{GTIN}10LOT-1"
    symbol = matrix(data, kind)
    assert (symbol.data, symbol.kind, symbol.quiet) == (data, kind, 2)
    assert {len(row) for row in symbol.rows} == {symbol.size}
    assert set(symbol.rows[-1]) == {1}  # the solid edge by which scanners find it
    assert {row[0] for row in symbol.rows} == {1}


def test_bars_and_spaces_alternate_and_fill_the_symbol() -> None:
    symbol = strip("L260105-00129")
    assert len(symbol.widths) % 2 == 1
    assert set(symbol.widths) <= {1, 2, 3, 4}
    assert (symbol.modules - 13) % 11 == 0  # characters of eleven modules, the last of thirteen


def test_what_no_scanner_types_is_refused_by_every_kind() -> None:
    for make, kind in ((matrix, DATAMATRIX), (matrix, GS1_DATAMATRIX), (strip, CODE128), (strip, GS1_128)):
        with pytest.raises(CodeEmpty):
            make("", kind)
        with pytest.raises(CodeUnreadable):
            make("한글", kind)
    for make, kind in ((matrix, DATAMATRIX), (strip, CODE128)):
        with pytest.raises(CodeTooLong):
            make("A" * 4000, kind)


def test_bars_are_as_wide_as_their_area_allows_but_never_wider_than_gs1_does() -> None:
    _symbol, module = fitted(CODE128, "L260105-00129", 480, 100, 203)
    assert module == 2
    _symbol, module = fitted(CODE128, "1", 8000, 100, 203)
    assert module == 8
    with pytest.raises(CodeTooLong):
        fitted(CODE128, "L260105-00129", 300, 100, 203)


def test_a_label_may_carry_several_codes() -> None:
    layout = Layout(
        name="lot-x", content="lot", stock=Stock(name="x", width=100, height=60), keys=frozenset(["code"]),
        codes=(
            CodeField(area=Area(2, 2, 20, 20), words=words_of_text("{scan}")),
            CodeField(area=Area(2, 30, 96, 12), words=words_of_text("{code}"), kind=CODE128),
        ),
    )  # fmt: skip
    square, bars = codes_of(Placer(layout, "ko").place({"code": "A-1", "scan": "A-1.2"}))
    assert isinstance(square, Code)
    assert isinstance(bars, Stripes)
    assert (square.symbol.data, square.symbol.kind, square.symbol.level) == ("A-1.2", "qr", "H")
    assert (bars.symbol.data, bars.height) == ("A-1", 96)


def test_the_code_of_a_reprint_carries_its_number_and_the_plain_text_does_not() -> None:
    drawing = Placer(LAYOUTS["lot-60x40"], "ko").place({"code": "L260105-00129", "scan": "L260105-00129.2"})
    (code,) = codes_of(drawing)
    assert code.symbol.data == "L260105-00129.2"
    assert "L260105-00129" in [part.text for part in drawing.ink if isinstance(part, Text)]


def test_without_a_number_the_code_is_the_bare_one() -> None:
    for row in ({"code": "L260105-00129"}, {"code": "L260105-00129", "scan": ""}):
        (code,) = codes_of(Placer(LAYOUTS["lot-60x40"], "ko").place(row))
        assert code.symbol.data == "L260105-00129"


def test_data_is_never_read_as_a_part_of_the_layout() -> None:
    tricky = '{code}" ] } , x = 0 }\n[[field]] \\u0022 {{scan}} ^XZ ~JA'
    drawing = Placer(LAYOUTS["lot-60x40"], "ko").place({"code": "A-1", "item_name": tricky, "supplier_lot": tricky})
    texts = " ".join(part.text for part in drawing.ink if isinstance(part, Text))
    assert '{code}" ] } , x = 0 }' in texts
    assert [code.symbol.data for code in codes_of(drawing)] == ["A-1"]


def test_older_layout_files_that_call_a_qr_code_are_read(tmp_path: Path) -> None:
    text = FOLDER.joinpath("lot-60x40.toml").read_text("utf-8")
    file = tmp_path / "old.toml"
    file.write_text(text.replace('data = "{scan}",', 'data = "{scan}", kind = "code",'), "utf-8")
    assert load_layout(file).codes == LAYOUTS["lot-60x40"].codes
