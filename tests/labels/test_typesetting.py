"""Text in its field: as large as it fits, then smaller, then cut; nothing sticks out."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mes.core import fonts
from mes.core.fonts import FontMissing
from mes.labels.fonts import GlyphMissing, face
from mes.labels.typeset import LINE, PITCH, rows_in, set_text
from tests.labels.samples import HANGUL, VIETNAMESE

WORDS = st.text(alphabet="가나다라마 ABC abc 0123-/.,Ẩộừ…", min_size=1, max_size=80)


def lines_of(text: str, width: int, height: int, most_lines: int, largest: int = 40, smallest: int = 20) -> list[str]:
    return [line for line, _width in set_text("bold", text, width, height, largest, smallest, most_lines).lines]


def test_a_short_name_is_set_as_large_as_the_layout_wants() -> None:
    setting = set_text("bold", "떡", 400, 100, 40, 20, 1)
    assert (setting.size, setting.cut) == (40, False)


def test_a_longer_name_shrinks_before_it_is_cut() -> None:
    setting = set_text("bold", "쌀떡볶이떡 1kg 냉장", 300, 100, 40, 20, 1)
    assert 20 < setting.size < 40
    assert not setting.cut


def test_a_name_that_is_too_long_is_cut_with_an_ellipsis() -> None:
    setting = set_text("bold", HANGUL, 300, 100, 40, 20, 2)
    assert setting.cut
    assert setting.size == 20
    assert len(setting.lines) == 2
    assert setting.lines[-1][0].endswith("…")


def test_a_field_that_is_low_limits_the_size() -> None:
    assert set_text("bold", "A-03", 400, 30, 40, 20, 1).size == int(30 / LINE)


def test_words_stay_whole_where_they_can() -> None:
    assert lines_of("국내산 쌀떡볶이떡", 260, 120, 2) == ["국내산", "쌀떡볶이떡"]


def test_a_word_wider_than_the_field_is_parted() -> None:
    lines = lines_of("국내산햅쌀로만든수제떡볶이떡", 300, 160, 3)
    assert "".join(lines) == "국내산햅쌀로만든수제떡볶이떡"
    assert len(lines) > 1


def test_a_long_code_is_parted_after_a_hyphen() -> None:
    assert lines_of("SUP-LOT-2026-0105-77", 240, 160, 3)[0].endswith("-")


def test_a_no_break_space_keeps_a_number_with_its_word() -> None:
    lines = lines_of("10\u00a0절단 → 20\u00a0용접 → 30\u00a0도장", 330, 200, 3)
    assert all(not line.endswith(("10", "20", "30")) for line in lines)


@settings(max_examples=80)
@given(WORDS, st.integers(60, 500), st.integers(25, 200), st.integers(1, 4))
def test_no_line_sticks_out_of_its_field(text: str, width: int, height: int, most_lines: int) -> None:
    text = face("bold").printable(text, boxes=False)
    if not text:
        return
    setting = set_text("bold", text, width, height, 40, 20, most_lines)
    assert all(line_width <= width for _line, line_width in setting.lines)
    assert len(setting.lines) <= most_lines
    assert (
        len(setting.lines) == 1 or LINE * setting.size + (len(setting.lines) - 1) * PITCH * setting.size <= height + 1
    )
    if not setting.cut:
        assert "".join(line for line, _width in setting.lines).replace(" ", "") == text.replace(" ", "")


def test_a_height_holds_at_least_one_line() -> None:
    assert rows_in(5, 20) == 1
    assert rows_in(100, 20) == 4


def test_a_name_typed_on_a_mac_is_composed() -> None:
    apart = unicodedata.normalize("NFD", "쌀떡 Ẩm")
    assert face("regular").printable(apart, boxes=False) == "쌀떡 Ẩm"


def test_line_breaks_and_invisible_characters_are_no_letters() -> None:
    assert face("regular").printable("쌀떡\n 1\u200bkg\ufe0f\t", boxes=False) == "쌀떡 1kg"


@pytest.mark.parametrize("name", ["딸기잼 🍓", "딸기잼 👩\u200d🍳🍓", "딸기잼 👍🏽"])
def test_an_emoji_becomes_one_visible_box_where_the_layout_allows_it(name: str) -> None:
    assert face("bold").printable(name, boxes=True) == "딸기잼 □"
    with pytest.raises(GlyphMissing):
        face("bold").printable(name, boxes=False)


def test_letters_which_the_font_lacks_are_named_never_boxed() -> None:
    with pytest.raises(GlyphMissing, match=r"no character “ກ” \(U\+0E81\), which stands in “ກ່ອງ”"):
        face("regular").printable("ກ່ອງ", boxes=True)


def test_the_font_has_what_a_korean_plant_writes() -> None:
    text = "㈜한마을 ℃ ㎏ ㎡ ± × Ø ½ ① → ■ ● ✓ 龍 " + VIETNAMESE
    assert face("bold").printable(text, boxes=False) == text.strip()


def test_without_its_font_a_label_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "asset", lambda name: tmp_path / name)
    with pytest.raises(FontMissing, match=r"NotoSansKR-Bold\.ttf is not installed"):
        fonts.load.__wrapped__(fonts.MAIN, "bold")


def test_a_long_code_is_parted_anywhere_before_any_of_it_is_lost() -> None:
    code = "AAAAAAAAA-BBBBBBBBB-CCCCCCCCC-DDDDDDDDD-EE"
    width = face("regular").width(code) * 20 // 2000 + 14  # at size 20: half of the code and one letter more
    setting = set_text("regular", code, int(width), 60, 20, 20, 2)
    assert not setting.cut
    assert "".join(line for line, _width in setting.lines) == code
