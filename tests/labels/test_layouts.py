"""Layout files: what they may say, and the sentence for each thing they may not."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core.i18n import speaking
from mes.labels.files import (
    LayoutBroken,
    LayoutUnknown,
    check_layout,
    find_faults,
    find_layouts,
    get_layout,
    load_layout,
)
from mes.labels.layout import Condition, Stock, When
from tests.labels.samples import FOLDER, LAYOUTS

STOCKS = [
    *("100x150", "100x100", "100x70", "100x60", "100x50", "80x60", "80x50", "80x40", "70x40", "60x40", "50x30"),
    *("50x25", "40x30", "40x20", "30x20", "a4-2x8", "a4-3x8", "tape-12", "tape-18", "tape-24", "tape-62"),
]

SOUND = """
content = "lot"
title = {ko = "표", en = "Tag"}
stock = ["60x40"]
keys = ["code", "item_name", "expiry"]
field = [
    {text = "{item_name}", x = 2, y = 2, w = -22, h = 8, size = 14, shrink = 8, wrap = 2},
    {text = {ko = "소비기한", en = "Use by"}, x = 2, y = 12, w = 12, h = 4, size = 8, when = "expiry"},
    {text = "{expiry}", x = 15, y = 12, w = -22, h = 4, size = 8},
]
line = [{x = 2, y = 11, w = -22}]
box = [{x = 1, y = 30, w = 20, h = 8}]
code = [{data = "{code}", x = -20, y = 2, size = 18}]
"""
CODE = SOUND.splitlines()[-1]


def written(folder: Path, text: str, name: str = "trial.toml") -> Path:
    """A layout file of this text."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("stock", STOCKS)
def test_every_stock_has_a_lot_label(stock: str) -> None:
    assert f"lot-{stock}" in LAYOUTS


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_the_layouts_that_come_with_the_program_are_sound(file: Path) -> None:
    assert check_layout(file) == []


def test_every_kind_of_label_has_a_layout_and_a_title_in_both_languages() -> None:
    assert {layout.content for layout in LAYOUTS.values()} == {
        "lot",
        "order",
        "location",
        "machine",
        "tool",
        "gauge",
        "badge",
        "move",
        "unit",
        "customer",
        "food",
        "udi",
        "commands",
        "defects",
    }
    assert LAYOUTS["lot-60x40"].title_in("ko") == "로트 식별표 60x40"
    assert LAYOUTS["lot-60x40"].title_in("vi") == "Lot tag 60x40"


FAULTS = {
    "an unknown name": ("size = 14", "size = 14, colour = 1", "field 1 “{item_name}”: “colour” is not known here."),
    "an unknown name at the top": ("content", 'shape = "round"\ncontent', "“shape” is not known here."),
    "a missing measure": ("x = 2, y = 2, w = -22", "x = 2, w = -22", "field 1 “{item_name}”: “y” is missing."),
    "a measure in words": ("h = 8, size", 'h = "tall", size', "“h” must be a number, not “tall”."),
    "a count that is none": ("wrap = 2", "wrap = 0", "“wrap” must be a whole number from 1 up, not “0”."),
    "a switch that is none": ("w = 20, h = 8", "w = 20, h = 8, fill = 1", "“fill” must be true or false, not “1”."),
    "a text that is none": ('when = "expiry"', "when = 3", "“when” must be a text, not “3”."),
    "an unknown font": ("wrap = 2", 'weight = "heavy"', "“weight” is “heavy”; it must be one of: regular, bold."),
    "an unknown content": (
        'content = "lot"',
        'content = "pallet"',
        "“content” is “pallet”; it must be one of: lot, order",
    ),
    "no stock": ('stock = ["60x40"]', "stock = []", "“stock” must list at least one size, such as “60x40”."),
    "a stock in words": ('["60x40"]', '["large"]', "The stock “large” is no size in mm such as “60x40”."),
    "an empty stock": (
        '["60x40"]',
        '[{name = "a", width = 0, height = 9}]',
        "The stock needs a width and a height in mm.",
    ),
    "a sheet off the page": (
        '["60x40"]',
        '[{name = "a", width = 60, height = 40, columns = 4, pitch_x = 60, page_width = 210, page_height = 297}]',
        "The last label of the sheet lies outside the page.",
    ),
    "labels of a sheet over each other": (
        '["60x40"]',
        '[{name = "a", width = 60, height = 40, rows = 2, pitch_y = 39, page_width = 210, page_height = 297}]',
        "The labels of the sheet overlap: the pitch is smaller than the label.",
    ),
    "no keys": ('keys = ["code", "item_name", "expiry"]', "", "“keys” must list the data which the label shows."),
    "a key of another content": ('"code", ', '"code", "due", ', "A label of the content “lot” has no data “due”."),
    "a key not listed": ('"code", "item_name"', '"code"', "The data “item_name” is used but not listed under “keys”."),
    "a key not used": ('"code", ', '"code", "spec", ', "The data “spec” is listed under “keys” but not used."),
    "a language missing": (', en = "Use by"', "", "“text” lacks the language en."),
    "no text": ('text = "{expiry}"', "text = 5", "“text” must be a text, or texts by language."),
    "a bracket without a key": ("{expiry}", "{Expiry date}", "“{Expiry date}” has a bracket that names no data"),
    "a condition not understood": (
        'when = "expiry"',
        'when = "expiry > 3"',
        "The condition “expiry > 3” is not of the form",
    ),
    "fields that are no list": ("line = [{x = 2, y = 11, w = -22}]", "line = 4", "“line” must be a list of tables."),
    "a line that is a point": ("y = 11, w = -22", "y = 11", "A line needs either “w” (across) or “h” (down)."),
    "an unknown style": ("wrap = 2", 'style = "loud"', "There is no style “loud” in this file."),
    "styles that are none": ("keys =", "style = 3\nkeys =", "“style” must hold tables of field settings by name."),
    "a field off the label": (
        "w = -22, h = 4, size = 8}",
        "w = 60, h = 4, size = 8}",
        "“{expiry}” lies outside the label of 60 x 40 mm.",
    ),
    "a box off the label": ("y = 30, w = 20", "y = 39, w = 20", "box 1 lies outside the label of 60 x 40 mm."),
    "a field turned inside out": (
        "x = 15, y = 12, w = -22",
        "x = 50, y = 12, w = -22",
        "“{expiry}” has no width or no height.",
    ),
    "a field over the code": ("w = -22, h = 8", "w = -10, h = 8", "“{item_name}” overlaps the code or its white rim."),
    "a line through the code": ("y = 11, w = -22", "y = 11, w = -2", "Line 1 runs through the code or its white rim."),
    "a box over the code": (
        "y = 30, w = 20, h = 8",
        "y = 15, w = 50, h = 8",
        "Box 1 overlaps the code or its white rim.",
    ),
    "fields over each other": ("x = 15, y = 12", "x = 10, y = 12", "“소비기한” and “{expiry}” overlap."),
    "a line through a field": ("y = 11, w = -22", "y = 14, w = -22", "A line runs through “소비기한”."),
    "type too small": ("shrink = 8", "shrink = 5", "“{item_name}” may become smaller than 7 points."),
    "shrinking upwards": ("shrink = 8", "shrink = 20", "“{item_name}” shrinks to a size larger than its own."),
    "a field too low": ("h = 4, size = 8}", "h = 2, size = 8}", "“{expiry}” is 2.0 mm high; its text needs 3.5 mm."),
    "words too long": (
        "소비기한",
        "소비기한을 여기에 적습니다",
        "The words “소비기한을 여기에 적습니다” do not fit into their field.",
    ),
    "words without glyphs": ("소비기한", "ວັນທີ", "The label font has no character “ວ” (U+0EA7), which stands in “ວັນທີ”."),
    "a code too small": (
        "size = 18}",
        "size = 12}",
        "A code of 16 characters needs 14.5 mm with its white rim; it has 12.0 mm.",
    ),
    "no room for the plain code": (
        "field = [",
        'field = [\n{text = "{code}", x = 22, y = 32, w = 14, h = 4, size = 8, shrink = 7, cut = false},',
        "“{code}” has no room for the 16 characters of the code.",
    ),
    "white on paper": ("wrap = 2", 'ink = "white"', "“{item_name}” is white, but not on a filled box."),
    "black on black": (
        "x = 1, y = 30, w = 20, h = 8",
        "x = 1, y = 1, w = 38, h = 9, fill = true",
        "“{item_name}” is black on a filled box; give it the ink white.",
    ),
    "bars without a width": (
        "size = 18}",
        'size = 18, kind = "code128"}',
        "“w” is missing.",
    ),
    "bars too long": (
        CODE,
        'code = [{kind = "code128", data = "{code}", x = 2, y = 22, w = 40, h = 7}]',
        "A code of 16 characters needs 58.7 mm with its white rim; it has 40.0 mm.",
    ),
    "bars too low": (
        CODE,
        'code = [{kind = "code128", data = "{code}", x = 1, y = 22, w = 58, h = 4, holds = 8}]',
        "The bars of the code must be at least 5 mm high.",
    ),
    "an unknown kind of code": ("size = 18}", 'size = 18, kind = "aztec"}', "“kind” is “aztec”; it must be one of: "),
    "an unknown identifier": (
        "{code}",
        '(05){code}", kind = "gs1-datamatrix", holds = "(10)A',
        "the code: (05) is no GS1 application identifier.",
    ),
    "data without an identifier": (
        "{code}",
        'A(10){code}", kind = "gs1-datamatrix", holds = "(10)A',
        "the code: “A” in a GS1 code has no identifier before it, such as (10) for the lot.",
    ),
    "a code of an address that is none": (
        "{code}",
        'mes:{code}", kind = "url", holds = 8, x = 1, y = 1, size = 9}, {data = "{code}',
        "is not a web address (http or https).",
    ),
    "a link that names nothing": (
        "{code}",
        'https://a.kr/{code}", kind = "link", holds = 8, x = 1, y = 1, size = 9}, {data = "{code}',
        "code 1: There is no GS1 number in “https://a.kr/L260105-00129” that names a thing.",
    ),
    "codes over each other": (
        CODE,
        CODE.replace("}]", '}, {kind = "datamatrix", data = "{code}", x = -24, y = 4, size = 12}]'),
        "code 1 and code 2 overlap.",
    ),
    "a longest content that is none": (
        "size = 18}",
        'size = 18, kind = "gs1-datamatrix", holds = "(10)"}',
        "cannot stand behind the GS1 identifier (10).",
    ),
    "a label as large as a hall": ('["60x40"]', '["60000x40"]', "A label or sheet is at most 500 mm wide and high."),
    "a measure without end": ("x = 15, y = 12", "x = inf, y = 12", "“x” must be a number, not “inf”."),
    "a measure that is no number": ("x = 15, y = 12", "x = nan, y = 12", "“x” must be a number, not “nan”."),
    "an endless count": ("wrap = 2", "wrap = 0x" + "f" * 4000, "“wrap” must be a whole number from 1 up, not “"),
    "brackets in brackets": ("keys =", "dpi = " + "[" * 3000 + "\nkeys =", "The file trial.toml is not valid TOML:"),
    "a file of the wrong kind": ("keys =", "# " + "x" * 200_000 + "\nkeys =", "trial.toml is too long for a layout."),
    "no TOML": ("content =", "content", "The file trial.toml is not valid TOML:"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_a_plain_sentence(fault: str, tmp_path: Path) -> None:
    right, wrong, sentence = FAULTS[fault]
    assert right in SOUND
    found = check_layout(written(tmp_path, SOUND.replace(right, wrong, 1)))
    assert any(sentence in one for one in found), found


NUMBERS = st.one_of(st.integers(-200, 200), st.floats(-200, 200), st.sampled_from([1e300, 10**30, 0]))
WORDS = st.one_of(st.text(max_size=12), st.sampled_from(["{code}", "(01){code}", "not", "gs1-128", "logo.svg"]))
NAMES = ["text", "data", "x", "y", "w", "h", "size", "shrink", "wrap", "kind", "holds", "when", "file", "fill", "style"]
SIZES = ["name", "width", "height", "columns", "rows", "pitch_x", "page_width", "dpi"]
VALUES = st.one_of(NUMBERS, st.booleans(), WORDS)
PARTS = st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), max_size=3)
STOCK = st.one_of(st.sampled_from(["60x40", "12x500"]), st.dictionaries(st.sampled_from(SIZES), VALUES))


def as_toml(value: object) -> str:
    """A value as a layout file writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {as_toml(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(as_toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


@given(field=PARTS, code=PARTS, line=PARTS, box=PARTS, logo=PARTS, stock=st.lists(STOCK, min_size=1, max_size=2))
@settings(max_examples=60)
def test_whatever_stands_in_a_layout_its_faults_are_named(tmp_path: Path, **parts: list[object]) -> None:
    text = 'content = "lot"\ntitle = {ko = "표", en = "T"}\nkeys = ["code"]\n'
    text += "".join(f"{name} = {as_toml(value)}\n" for name, value in parts.items())
    file = written(tmp_path, text)
    assert all(check_layout(file)) or load_layout(file).stock.width > 0


def test_a_sound_layout_has_no_fault(tmp_path: Path) -> None:
    assert check_layout(written(tmp_path, SOUND)) == []


def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "photo.toml"
    binary.write_bytes(b"\xff\xd8\xff")
    assert check_layout(binary) == ["The file photo.toml cannot be read as UTF-8 text."]
    assert check_layout(tmp_path / "gone.toml") == ["There is no file gone.toml."]


def test_faults_are_told_in_the_language_of_the_reader(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND.replace("wrap = 2", 'weight = "heavy"'))
    (fault,) = check_layout(file)
    with speaking("ko"):
        (own_words,) = check_layout(file)
    assert "must be" in fault
    assert "heavy" in own_words
    assert "must be" not in own_words


def test_a_layout_with_a_fault_is_not_used(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND.replace("shrink = 8", "shrink = 5"))
    with pytest.raises(LayoutBroken, match=r"trial\.toml .*smaller than 7 points"):
        load_layout(file)
    assert find_layouts([tmp_path]) == {}
    assert list(find_faults([tmp_path])) == [file]


def test_the_layout_of_a_file_is_chosen_by_its_stock(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND.replace('["60x40"]', '["60x40", "80x50"]'))
    assert load_layout(file).name == "lot-60x40"
    assert load_layout(file, "80x50").stock == Stock(name="80x50", width=80, height=50)
    with pytest.raises(LayoutUnknown, match="lot-60x40, lot-80x50"):
        load_layout(file, "10x10")


def test_an_unknown_layout_is_refused_naming_the_ones_there_are(tmp_path: Path) -> None:
    written(tmp_path, SOUND)
    assert get_layout([tmp_path], "lot-60x40").content == "lot"
    with pytest.raises(LayoutUnknown, match=r"no label layout lot-9x9\. There are: lot-60x40\."):
        get_layout([tmp_path], "lot-9x9")


def test_the_plants_own_layout_replaces_the_one_of_the_same_name(tmp_path: Path) -> None:
    own = written(tmp_path, SOUND)
    named = written(tmp_path, 'name = "lot-acme"\n' + SOUND, "acme.toml")
    layouts = find_layouts([FOLDER, tmp_path])
    assert layouts["lot-60x40"].file == own
    assert layouts["lot-acme-60x40"].file == named
    assert layouts["lot-100x60"] == LAYOUTS["lot-100x60"]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND)
    assert load_layout(file).fields[0].size == 14
    written(tmp_path, SOUND.replace("size = 14", "size = 12.5"))
    assert load_layout(file).fields[0].size == 12.5


def test_far_edges_follow_the_stock(tmp_path: Path) -> None:
    file = written(tmp_path, SOUND.replace('["60x40"]', '["60x40", "80x50"]'))
    small, large = load_layout(file), load_layout(file, "80x50")
    assert (small.codes[0].area.x, large.codes[0].area.x) == (40, 60)
    assert (small.fields[0].area.right, large.fields[0].area.right) == (38, 58)


@pytest.mark.parametrize(
    ("condition", "row", "holds"),
    [
        (Condition("expiry"), {"expiry": "2026-02-04"}, True),
        (Condition("expiry"), {}, False),
        (Condition("expiry", negated=True), {"expiry": ""}, True),
        (Condition("kind", "원자재"), {"kind": "원자재"}, True),
        (Condition("kind", "원자재", negated=True), {"kind": "원자재"}, False),
    ],
)
def test_a_condition_looks_at_the_data(condition: Condition, row: dict[str, str], holds: bool) -> None:
    assert When((condition,)).holds(row) is holds


def test_parts_may_share_a_place_only_when_they_never_meet() -> None:
    raw, finished, any_kind = (When((Condition("kind", value),)) for value in ("원자재", "완제품", None))
    assert raw.excludes(finished)
    assert not raw.excludes(raw)
    assert not raw.excludes(any_kind)
    assert not raw.excludes(None)
    assert When((Condition("expiry"), Condition("kind"))).excludes(When((Condition("expiry", negated=True),)))
