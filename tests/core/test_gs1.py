"""GS1 codes: what is written on a label is what a scanner's text gives back, and a wrong digit is told."""

from datetime import date, timedelta

import biip
import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from hypothesis import given
from hypothesis import strategies as st

from mes.core import gs1, gs1_link
from mes.core.errors import Refused

SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
GTIN = "09501101530003"

gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda body: body + gs1.check_digit(body))
words = st.text(SIGNS, min_size=1, max_size=20).filter(lambda word: word not in (".", ".."))
days = st.dates(date(1980, 1, 1), date(2069, 12, 31)).map(gs1.day_text)
elements = st.builds(
    lambda gtin, others: {"01": gtin} | others,
    gtins,
    st.fixed_dictionaries(
        {},
        optional={
            "22": words,
            "10": words,
            "21": words,
            "11": days,
            "17": days,
            "240": words,
            "37": st.just("24"),
            "3103": st.just("001250"),
        },
    ),
)


@pytest.mark.parametrize(
    "number", ["96385074", "036000291452", "4006381333931", "8801234567893", "09501101530003", "106141412345678908"]
)
def test_the_check_digit_of_a_real_number_is_right_and_every_other_is_not(number: str) -> None:
    assert gs1.is_checked(number)
    for digit in set("0123456789") - {number[-1]}:
        assert not gs1.is_checked(number[:-1] + digit)


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_one_misread_digit_is_always_noticed(body: str, place: int, step: int) -> None:
    number = body + gs1.check_digit(body)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert not gs1.is_gtin(wrong)


def test_only_the_lengths_of_gs1_are_trade_items_pallets_and_places() -> None:
    assert gs1.is_gtin("96385074")
    assert not gs1.is_gtin("963850740")
    assert gs1.is_sscc("106141412345678908")
    assert not gs1.is_sscc("4006381333931")
    assert gs1.is_gln("4006381333931")
    assert not gs1.is_gln("96385074")
    assert not gs1.is_gtin("")
    assert not gs1.is_gtin("0")
    assert not gs1.is_gtin("٤٠٠٦٣٨١٣٣٣٩٣١")


@given(st.integers(0, 9), st.text("0123456789", min_size=7, max_size=10), st.integers(0, 10**12))
def test_a_made_pallet_number_has_eighteen_digits_and_its_check_digit(extension: int, prefix: str, number: int) -> None:
    sscc = gs1.make_sscc(extension, prefix, number % gs1.serials_of(prefix))
    assert gs1.is_sscc(sscc)
    assert sscc.startswith(f"{extension}{prefix}")


@given(elements)
def test_what_is_written_as_elements_is_read_back(given_: dict[str, str]) -> None:
    text = gs1.element_string(given_)
    assert gs1.parse_elements(text) == given_
    read = biip.parse(text, config=biip.ParseConfig(gs1_element_strings_verify_date=False)).gs1_message
    assert read is not None
    assert {element.ai.ai: element.value for element in read.element_strings} == given_


@given(elements)
def test_what_is_written_as_a_link_is_read_back_by_us_and_by_the_library(given_: dict[str, str]) -> None:
    link = gs1_link.digital_link(given_, "https://id.gs1.org")
    assert gs1_link.parse_link(link) == given_
    read = GS1DigitalLinkURI.parse(link)
    assert {element.ai.ai: element.value for element in read.element_strings} == given_


@given(st.text(max_size=300))
def test_no_text_whatever_makes_the_readers_stumble(text: str) -> None:
    for parse in (gs1.parse_elements, gs1.parse_readable, gs1_link.parse_link):
        for begun in (text, "01" + GTIN + "10" + text, "https://x/01/" + GTIN + "/10/" + text):
            try:
                read: object = parse(begun)
            except Refused as refused:
                read = str(refused)
            assert read, "elements, or a sentence that says why not"


@given(st.dates(date(1975, 1, 1), date(2070, 12, 31)))
def test_a_day_written_in_six_digits_is_the_same_day_within_fifty_years(day: date) -> None:
    year = min(max(day.year, 2000), 2040)
    assert gs1.day_of(gs1.day_text(day), year) == day


def test_day_zero_is_the_last_of_its_month() -> None:
    assert gs1.day_of("260200", 2026) == date(2026, 2, 28)
    assert gs1.day_of("240200", 2026) == date(2024, 3, 1) - timedelta(days=1)
    assert [gs1.day_of(text, 2026) for text in ("260230", "261301", "2613", "ABCDEF")] == [None] * 4


def test_the_separator_stands_only_between_a_variable_value_and_the_next() -> None:
    text = gs1.element_string({"17": "261231", "21": "S1", "01": GTIN, "10": "AB/1", "22": "V2"})
    assert text == f"01{GTIN}22V2\x1d10AB/1\x1d21S1\x1d17261231"
    assert gs1.element_string({"01": GTIN, "17": "261231", "10": "L1"}) == f"01{GTIN}10L1\x1d17261231"


def test_a_medical_label_keeps_the_order_that_it_gives() -> None:
    kit = {"01": GTIN, "11": "260105", "17": "271231", "10": "L1", "21": "S9"}
    assert gs1.element_string(kit, as_given=True) == f"01{GTIN}112601051727123110L1\x1d21S9"
    assert gs1.readable(kit, as_given=True) == f"(01){GTIN}(11)260105(17)271231(10)L1(21)S9"
    assert gs1.parse_readable(gs1.readable(kit)) == kit


def test_a_value_with_brackets_is_read_where_they_name_no_identifier() -> None:
    assert gs1.parse_readable(f"(01){GTIN}(10)A(9)B(21)7") == {"01": GTIN, "10": "A(9)B", "21": "7"}


def test_a_lot_with_signs_stands_in_the_link_as_percent_codes() -> None:
    link = gs1_link.digital_link({"01": GTIN, "10": "A/B+C%D&E?F", "17": "261231"}, "https://label.example/x/")
    assert link == f"https://label.example/x/01/{GTIN}/10/A%2FB%2BC%25D%26E%3FF?17=261231"
    assert gs1_link.parse_link(link) == {"01": GTIN, "10": "A/B+C%D&E?F", "17": "261231"}


def test_a_plus_in_a_link_is_a_plus_and_no_blank() -> None:
    assert gs1_link.parse_link(f"https://x.example/01/{GTIN}?240=A+B")["240"] == "A+B"


def test_a_link_is_read_whatever_its_host_its_own_path_and_its_other_questions() -> None:
    for link in (
        f"HTTP://shop.example:8080/some/where/01/{GTIN}/10/L1?utm_source=x&17=261231#top",
        f"https://id.gs1.org/gtin/{GTIN}/lot/L1?exp=261231",
        f"https://id.gs1.org/01/{GTIN[1:]}/10/L1/?17=261231;linkType=all",
    ):
        assert gs1_link.parse_link(link) == {"01": GTIN, "10": "L1", "17": "261231"}


def test_a_lot_that_is_called_like_a_number_of_gs1_is_still_a_lot() -> None:
    assert gs1_link.parse_link(f"https://x.example/00/01/01/{GTIN}/10/01/21/00") == {"01": GTIN, "10": "01", "21": "00"}


@pytest.mark.parametrize("value", [".", ".."])
def test_a_lot_of_dots_is_refused_in_a_link_because_browsers_take_it_away(value: str) -> None:
    with pytest.raises(gs1.BadElement):
        gs1_link.digital_link({"01": GTIN, "10": value})


def test_a_wrong_check_digit_is_refused_wherever_it_stands() -> None:
    wrong = GTIN[:-1] + "4"
    for act in (
        lambda: gs1.gtin14(wrong),
        lambda: gs1.element_string({"01": wrong}),
        lambda: gs1.parse_elements("01" + wrong),
        lambda: gs1.parse_readable("(01)" + wrong),
        lambda: gs1_link.parse_link("https://id.gs1.org/01/" + wrong),
        lambda: gs1.parse_elements("00106141412345678909"),
        lambda: gs1.parse_elements("4104006381333932"),
    ):
        with pytest.raises(gs1.WrongCheckDigit):
            act()


@pytest.mark.parametrize(("ai", "value"), [("10", "X" * 21), ("10", "가"), ("10", ""), ("17", "260231"), ("17", "261301"), ("01", "123"), ("10", "A\n")])  # fmt: skip  # noqa: E501
def test_a_value_that_its_identifier_does_not_allow_is_refused(ai: str, value: str) -> None:
    with pytest.raises(gs1.BadElement):
        gs1.element_string({"01": GTIN} | {ai: value})


def test_what_gs1_does_not_know_is_refused() -> None:
    with pytest.raises(gs1.UnknownElement):
        gs1.element_string({"01": GTIN, "05": "1"})
    with pytest.raises(gs1.NotElements):
        gs1.parse_elements("LOT-1")
    with pytest.raises(gs1.NotElements):
        gs1.parse_readable("LOT-1")
    with pytest.raises(gs1.SaidTwice):
        gs1.parse_elements(f"01{GTIN}10A\x1d10B")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///01/" + GTIN, "https://", "ftp://x/01/" + GTIN, "x"])
def test_only_web_addresses_are_links(link: str) -> None:
    with pytest.raises(gs1_link.NotWebLink):
        gs1_link.parse_link(link)


@pytest.mark.parametrize("host", ["javascript:x", "https://a b", "https://x?y", "https://x#y", "", "https://u@x", "id.gs1.org"])  # fmt: skip  # noqa: E501
def test_a_host_that_is_no_web_address_makes_no_link(host: str) -> None:
    with pytest.raises(gs1_link.NotWebLink):
        gs1_link.digital_link({"01": GTIN}, host)


def test_a_link_needs_a_number_that_names_a_thing_and_its_parts_in_order() -> None:
    with pytest.raises(gs1_link.NoKey):
        gs1_link.parse_link("https://x.example/shop/page")
    with pytest.raises(gs1_link.NoKey):
        gs1_link.digital_link({"10": "L1"})
    with pytest.raises(gs1_link.OutOfOrder):
        gs1_link.parse_link(f"https://x.example/01/{GTIN}/21/S/10/L")
    with pytest.raises(gs1_link.OutOfOrder):
        gs1_link.parse_link(f"https://x.example/01/{GTIN}/17/261231")
