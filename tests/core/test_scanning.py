"""One code in many dresses: how a scan is read before anybody looks it up."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.core.commands import COMMANDS, Command
from mes.core.dresses import Correction, Reading
from mes.core.gs1 import GS, WrongCheckDigit, is_gtin
from mes.core.hangul import meant_code, typed_keys
from mes.core.keyboards import Layout, typed_on
from mes.core.misreads import near_codes
from mes.core.numbering import with_check
from mes.core.scanning import named_code, read_scan
from mes.core.strangers import ContactCode, FileCode, NetworkCode, NotOurAddress, ProgramCode, StrangersPage
from tests.core.hangul_keyboard import typed

LOT = with_check("L260105-0001")
codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=40)


def test_the_keyboard_of_the_tests_types_as_a_korean_one() -> None:
    assert typed("LOT-2026-0001") == "ㅣㅒㅆ-2026-0001"
    assert typed("gksrmf") == "한글"
    assert typed("rkqtdl") == "값이"
    assert typed("ehswnj") == "돈줘"


@given(codes)
def test_a_code_typed_into_a_hangul_keyboard_comes_back(code: str) -> None:
    assert typed_keys(typed(code)).upper() == code


@given(codes)
def test_hangul_that_arrives_in_pieces_comes_back_too(code: str) -> None:
    assert typed_keys(unicodedata.normalize("NFD", typed(code))).upper() == code


@given(codes.filter(lambda code: code.strip("-")))
def test_a_scan_through_a_hangul_keyboard_finds_the_code_among_its_readings(code: str) -> None:
    readings = read_scan(typed(with_check(code))).readings
    assert with_check(code) in [text for reading in readings for text in reading.texts]


@given(st.text(max_size=5000))
def test_no_text_whatever_makes_the_reader_stumble(text: str) -> None:
    try:
        scan = read_scan(text)
    except NotOurAddress:
        return
    assert scan.text.isprintable()
    assert all("\0" not in found for reading in scan.readings for found in reading.texts)


@given(st.text("0123456789()]CdQe|~\x1dABC/:htps.", max_size=80))
def test_no_half_of_a_real_code_makes_the_reader_stumble(text: str) -> None:
    for scanned in ("01088012345678931726123110" + text, "https://" + text):
        scan = read_scan(scanned)
        assert scan.text.isprintable()
        assert all("\0" not in found for reading in scan.readings for found in reading.texts)


def test_a_megabyte_of_anything_is_read_quickly() -> None:
    assert len(read_scan("(10)" * 300_000).text) <= 5000
    assert len(read_scan("0108801234567893" + "1010" * 300_000).readings) < 20


@pytest.mark.parametrize(
    ("scanned", "corrected"),
    [
        (LOT, None),
        (LOT.lower(), None),
        (typed(LOT), Correction.HANGUL),
        (f"\x02{LOT}\r\n", Correction.CONTROL),
        (f"\ufeff{LOT}\u200b", Correction.CONTROL),
        (f"]C1{LOT}", Correction.PREFIX),
        (f"]Q3{LOT}", Correction.PREFIX),
        ("".join(chr(ord(c) + 0xFEE0) for c in LOT), Correction.WIDTH),
        (LOT.replace("-", "–"), Correction.WIDTH),
        (f"https://mes.example/l/{LOT}", Correction.ADDRESS),
        (f"HTTP://192.168.0.9:8080/S/{LOT}/", Correction.ADDRESS),
        (f"https://any.host/orders/{LOT}?tab=1", Correction.ADDRESS),
    ],
)
def test_every_dress_comes_off(scanned: str, corrected: Correction | None) -> None:
    scan = read_scan(scanned)
    assert scan.code == LOT
    assert (corrected in scan.corrections) if corrected else not scan.corrections


def test_an_address_through_a_hangul_keyboard_is_read() -> None:
    scan = read_scan(typed(f"https://mes.example/l/{LOT}"))
    assert scan.code == LOT
    assert {Correction.HANGUL, Correction.ADDRESS} <= scan.corrections


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "ftp://x/l/A", "data:text/html,x", "tel:112", "WIFI:S:x;;", "intent://x#Intent;end"]
)
def test_an_address_that_would_do_something_is_refused(text: str) -> None:
    with pytest.raises(NotOurAddress):
        read_scan(text)


def test_an_address_of_somebody_else_is_no_code() -> None:
    assert read_scan("https://shop.example/rice-cake/12").readings == ()
    assert read_scan("https://[broken").readings == ()


def test_a_supplier_may_write_a_colon_into_his_lot_number() -> None:
    assert read_scan("LOT:12-7").code == "LOT:12-7"


@pytest.mark.parametrize("separator", [GS, "|", "~", "^]", "\u241d", "{GS}", "<gs>", "↔"])
def test_a_separator_that_was_replaced_is_understood(separator: str) -> None:
    scan = read_scan(f"0108801234567893172612311012AB{separator}21S7")
    assert scan.readings[0] == Reading(gtin="08801234567893", lot="12AB", serial="S7", expires="261231")
    assert not scan.ambiguous


def test_a_code_with_its_fixed_parts_only_is_not_ambiguous() -> None:
    scan = read_scan("]d2010880123456789317261231")
    assert scan.readings[0] == Reading(gtin="08801234567893", expires="261231")
    assert not scan.ambiguous


def test_a_code_whose_separator_was_lost_has_several_readings() -> None:
    scan = read_scan("010880123456789310AB2199")
    assert scan.ambiguous
    assert [(r.lot, r.serial) for r in scan.readings if r.gtin] == [("AB2199", None), ("AB", "99")]


def test_two_lost_separators_are_found_too() -> None:
    readings = read_scan("010880123456789310A21B17261231").readings
    assert Reading(gtin="08801234567893", lot="A", serial="B", expires="261231") in readings


def test_the_text_under_a_code_may_be_typed_with_its_brackets() -> None:
    assert read_scan("(01)08801234567893(10)A-7 ").readings[0] == Reading(gtin="08801234567893", lot="A-7")


def test_a_digital_link_of_any_host_is_understood() -> None:
    scan = read_scan("https://id.maker.example/p/01/8801234567893/10/A%2F7?17=261231&x")
    assert scan.readings == (Reading(gtin="08801234567893", lot="A/7", expires="261231"),)
    assert scan.code == "A/7"


@pytest.mark.parametrize("number", ["8801234567893", "96385074", "036000291452", "08801234567893"])
def test_the_number_on_a_retail_package_names_an_item(number: str) -> None:
    assert is_gtin(number)
    assert read_scan(number).readings[0] == Reading(gtin=number.zfill(14))


@pytest.mark.parametrize("number", ["8801234567890", "12345", "٨٨٠١٢٣٤٥٦٧٨٩٣", ""])
def test_other_numbers_do_not(number: str) -> None:
    assert not is_gtin(number)


def test_a_wrong_check_character_is_noticed() -> None:
    wrong = LOT[:-1] + ("A" if LOT[-1] != "A" else "B")
    assert read_scan(wrong).is_misread
    assert not read_scan(LOT).is_misread
    assert not read_scan("HB-2512-88").is_misread


def test_what_the_plant_named_in_hangul_is_read_as_it_stands() -> None:
    assert read_scan("국내산").readings[0].code == "국내산"
    assert Reading(code="국내산-12") in read_scan("국내산-12").readings


def test_printed_commands_are_commands_through_any_keyboard() -> None:
    for code, command in COMMANDS.items():
        assert read_scan(code).command is command
        assert read_scan(typed(code)).command is command
    assert set(COMMANDS.values()) == set(Command)
    assert read_scan(LOT).command is None


def test_a_code_of_ours_is_turned_back_and_a_korean_code_of_the_plant_is_not() -> None:
    for code in ("L260105-0007G", "J260105-0031Q", "W260105-0001X", "RM-RICE-01"):
        assert meant_code(typed(code)) == code
        assert meant_code(code) == code
    for own in ("쌀가루-01", "2026-가래떡", "00123", "휴게실"):
        assert meant_code(own) == own


GTIN = "08801234567893"


@pytest.mark.parametrize(
    "dressed", ["https://any-host/l/{}", "http://10.0.0.7/s/{}", "(01)08801234567893(10){}", "]C1010880123456789310{}",
                "https://id.gs1.example/01/08801234567893/10/{}", "0108801234567893" + "10{}\x1d17261231"],
)  # fmt: skip
def test_a_field_takes_the_code_out_of_its_dress(dressed: str) -> None:
    assert named_code(dressed.format("L260105-0007G")) == "L260105-0007G"


def test_a_field_for_an_item_takes_the_items_number() -> None:
    assert named_code(f"(01){GTIN}(10)A-77", of_item=True) == GTIN
    assert named_code(f"https://id.gs1.example/01/{GTIN}/10/A-77", of_item=True) == GTIN
    assert named_code("8801234567893", of_item=True) == "8801234567893"


@pytest.mark.parametrize("code", ["00123", "1E5", "3-4", "참깨", "A|B", "09551667812741", "javascript:alert(1)", ""])
def test_a_field_leaves_a_plain_code_as_it_stands(code: str) -> None:
    assert named_code(code) == code
    assert named_code(code, of_item=True) == code


@pytest.mark.parametrize(
    ("scanner", "computer"),
    [(Layout.US, Layout.GERMAN), (Layout.US, Layout.FRENCH), (Layout.GERMAN, Layout.US), (Layout.FRENCH, Layout.US)],
)
@pytest.mark.parametrize("stem", ["L260105-0001", "W261231-0417", "MYZQAW", "B0YA4QZWM7X12"])
def test_a_code_typed_for_another_keyboard_comes_back(scanner: Layout, computer: Layout, stem: str) -> None:
    code = with_check(stem)
    came = typed_on(code, scanner, computer)
    scan = read_scan(came)
    assert code in [text for reading in scan.readings for text in reading.texts]
    if came.upper() != code:
        assert (Correction.LAYOUT in scan.corrections) == (scan.layouts is not None)


def test_a_lot_through_a_german_keyboard_is_the_first_reading() -> None:
    scan = read_scan(typed_on(LOT, Layout.US, Layout.GERMAN))
    assert (scan.code, scan.layouts) == (LOT, (Layout.US, Layout.GERMAN))


def test_an_address_through_a_german_keyboard_is_read() -> None:
    scan = read_scan(typed_on(f"https://mes.example/l/{LOT}", Layout.US, Layout.GERMAN))
    assert scan.code == LOT


def test_caps_lock_changes_nothing() -> None:
    assert read_scan(LOT.swapcase()).code == LOT
    assert read_scan(f"https://mes.example/l/{LOT}".swapcase()).code == LOT


@pytest.mark.parametrize("dress", ["{}.2", "]Q3{}.2", "https://any.host/l/{}.2", "https://any.host/labels/{}.2"])
def test_a_reprinted_label_bears_its_number(dress: str) -> None:
    scan = read_scan(dress.format(LOT))
    assert (scan.code, scan.copy) == (LOT, 2)
    assert Correction.COPY in scan.corrections


def test_the_first_label_has_no_number_and_an_items_code_may_have_a_point() -> None:
    assert read_scan(LOT).copy == 1
    assert read_scan("RICE.10").code == "RICE.10"


@pytest.mark.parametrize("typed_so", ["L2601050001{}", "L260105 0001{}", "L260105 - 0001 {}"])
def test_a_person_may_leave_the_dash_out(typed_so: str) -> None:
    scan = read_scan(typed_so.format(LOT[-1]))
    assert scan.code == LOT
    assert Correction.DASH in scan.corrections


def test_a_pallet_says_its_number() -> None:
    for text in ("(00)106141412345678908", "]C100106141412345678908", "106141412345678908"):
        scan = read_scan(text)
        assert (scan.first.sscc, scan.code) == ("106141412345678908", "106141412345678908")


def test_all_elements_of_a_medical_code_are_kept() -> None:
    scan = read_scan("]d2010880123456789311260105172901051012AB\x1d21S7")
    assert dict(scan.first.elements) == {"01": GTIN, "11": "260105", "17": "290105", "10": "12AB", "21": "S7"}


@pytest.mark.parametrize(
    "text", ["https://id.gs1.org/01/08801234567890/10/A", "(01)08801234567890(10)A", "010880123456789010A"]
)
def test_a_wrong_check_digit_is_said(text: str) -> None:
    trouble = read_scan(text).trouble
    assert isinstance(trouble, WrongCheckDigit)
    assert "08801234567890" in str(trouble)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("WIFI:T:WPA;S:office;P:secret;;", NetworkCode),
        ("BEGIN:VCARD\nVERSION:3.0\nN:Kim\nEND:VCARD", ContactCode),
        ("MECARD:N:Kim;TEL:112;;", ContactCode),
        ("javascript:alert(1)", ProgramCode),
        ("JavaScript:alert(1)", ProgramCode),
        ("data:text/html,x", ProgramCode),
        ("file:///etc/passwd", FileCode),
        (r"\\server\share\plan.xlsx", FileCode),
        (r"C:\plan.xlsx", FileCode),
        ("tel:112", NotOurAddress),
        ("BEGIN:VEVENT", NotOurAddress),
    ],
)
def test_what_is_no_label_is_called_what_it_is(text: str, refusal: type[NotOurAddress]) -> None:
    with pytest.raises(refusal) as refused:
        read_scan(text)
    assert type(refused.value) is refusal
    with pytest.raises(refusal):
        read_scan(typed(text))


def test_somebody_elses_page_is_named() -> None:
    trouble = read_scan("https://shop.example/rice-cake/12").trouble
    assert isinstance(trouble, StrangersPage)
    assert "shop.example" in str(trouble)


def test_near_codes_of_a_misread_are_few_and_hold_the_right_one() -> None:
    misread = (
        LOT.replace("0001", "0007"),
        LOT.replace("260105", "260150"),
        LOT[:-2] + LOT[-1],
        "LZ60I05-OO01" + LOT[-1],
        LOT.replace("0001", "00011"),
    )
    for wrong in misread:
        near = near_codes(wrong)
        assert LOT in near, wrong
        assert len(near) < 80
    assert near_codes(LOT) == near_codes("") == near_codes("라면-1") == near_codes("A" * 40) == ()


@pytest.mark.parametrize("came", ["{}.2", "{}.13", "HTTP://X/S/{}.2", "]Q3{}.2"])
def test_a_label_that_was_printed_again_names_its_thing_in_a_form_too(came: str) -> None:
    code = with_check("L260105-0007")
    assert named_code(came.format(code)) == code


@pytest.mark.parametrize("own", ["A-01.2", "AB12.2", "BOLT.10", "L260105-0007A.2"])
def test_a_point_in_a_code_of_the_plants_own_stays(own: str) -> None:
    assert named_code(own) == own


@pytest.mark.parametrize("tail", [".0", ".01", ".000", ".٣"])
def test_no_label_has_such_a_copy_number(tail: str) -> None:
    scan = read_scan(LOT + tail)
    assert (scan.copy, scan.code) == (1, LOT + tail)
