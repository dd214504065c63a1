"""Letters of every language of the floor on paper: the right font, shaped, and lines that end where readers expect."""

from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from mes.core.fonts import load, runs, width
from mes.core.i18n import LANGUAGES, WEEKDAYS, day, speaking
from mes.core.letters import clusters, pieces
from mes.core.paper import Column, Facts, Grid, Head, Heading, Sheet, Words, render
from mes.core.paper_ink import broken, printable
from tests.labels.paper import pages
from tests.tongues import NAMES, SENTENCES

#: A word of each shaped writing, whose glyphs are not as many as its characters.
SHAPED = {"ne": "क्षेत्रज्ञ", "km": "កម្ពុជា", "my": "င်္ဂလိပ်", "th": "น้ำ"}


def paper(name: str, sentence: str) -> bytes:
    """A page with a name and a sentence wherever words stand on paper."""
    grid = Grid([Column(name, 1), Column("내용", 3)], [[name, sentence]])
    head = Head(
        "한마을 식품", f"작업 지시서 {name}", "W-1", approval=("작성",), foot=name, signed=(f"{name}\n2026-01-05",)
    )
    return render([Sheet(head, [Facts([("이름", name)]), Heading(name), Words(sentence), grid])], "W-1")


def text_of(pdf: bytes) -> str:
    """The words of all pages, as copied from a browser's viewer."""
    file = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in file)


def test_every_language_of_the_floor_is_tried_here() -> None:
    assert set(NAMES) == set(SENTENCES) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_says_a_name_and_a_sentence_in_every_language(language: str, tmp_path: Path) -> None:
    pdf = paper(NAMES[language], SENTENCES[language])
    read = "".join(text_of(pdf).split())
    assert read.count("".join(NAMES[language].split())) == 7
    assert read.count("".join(SENTENCES[language].split())) == 2
    [page] = pages(pdf, tmp_path, 60, "-gray")
    empty = pages(paper("", ""), tmp_path, 60, "-gray")[0]
    assert page.histogram()[0] > empty.histogram()[0]


@pytest.mark.parametrize("weight", ["regular", "bold"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_is_an_empty_box(language: str, weight: str) -> None:
    for run in runs(weight, printable(f"{NAMES[language]} {SENTENCES[language]}")):
        known = load(run.font, weight).face.charToGlyph
        shown = "".join(glyph.character for glyph in run.glyphs) or run.text
        assert all(known[ord(character)] for character in shown)


@pytest.mark.parametrize("language", SHAPED)
def test_letters_change_with_their_neighbours(language: str) -> None:
    [run] = runs("regular", SHAPED[language])
    assert len(run.glyphs) != len(SHAPED[language])


def test_signs_of_thai_stand_above_each_other() -> None:
    [run] = runs("regular", "ที่")
    assert [glyph.advance > 0 for glyph in run.glyphs] == [True, False, False]
    assert run.width == width("regular", "ท")


def test_a_khmer_name_on_a_korean_page_stands_in_its_own_font() -> None:
    found = [(run.font, run.text) for run in runs("bold", "담당 (ចាន់ដារ៉ា) 님")]
    assert found == [("KR", "담당 ("), ("Khmer", "ចាន់ដារ៉ា"), ("KR", ") 님")]


def test_chinese_keeps_to_one_face() -> None:
    assert [run.font for run in runs("regular", "检查零件，合格。")] == ["SC"]
    assert [run.font for run in runs("regular", "株式會社 大韓")] == ["KR"]


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("조립 전에 (부품을)", "조립 |전에 |(부품을)"),
        ("Check SUP-LOT-2026 now", "Check |SUP-LOT-2026 |now"),
        ("10\u00a0절단 → 20", "10\u00a0절단 |→ |20"),
        ("ตรวจสอบชิ้นส่วนก่อนประกอบ", "ตรวจ|สอบ|ชิ้น|ส่วน|ก่อน|ประกอบ"),
        ("សូមពិនិត្យគ្រឿងបន្លាស់មុនពេលដំឡើង", "សូម|ពិនិត្យ|គ្រឿងបន្លាស់|មុន|ពេល|ដំឡើង"),
        ("အစိတ်အပိုင်းများကို စစ်ဆေးပါ", "အစိတ်အပိုင်း|များ|ကို |စစ်ဆေး|ပါ"),
        ("检查零件，合格。", "检|查|零|件，|合|格。"),
        ("부품 กล่องใหญ่ 확인", "부품 |กล่อง|ใหญ่ |확인"),
        ("भागहरू जाँच", "भागहरू |जाँच"),
        ("", ""),
    ],
)
def test_lines_end_between_words_also_where_no_space_parts_them(text: str, parted: str) -> None:
    assert "|".join(pieces(text)) == parted


def test_a_letter_keeps_its_signs() -> None:
    assert clusters("ទី១") == ["ទី", "១"]
    assert broken("regular", "ទីទីទី", 0.1) == ("ទី", "ទី", "ទី")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_wider_than_its_place_and_none_is_lost(language: str) -> None:
    lines = broken("regular", SENTENCES[language], 14)
    assert len(lines) > 1
    assert all(width("regular", printable(line)) <= 14_000 for line in lines)
    assert "".join("".join(lines).split()) == "".join(SENTENCES[language].split())


def test_what_no_font_has_is_a_box_and_what_is_invisible_is_nothing() -> None:
    assert printable("떡 🍓 ກ\u200b\ufe0f끝") == "떡 □ □끝"
    assert printable("र्\u200dय a\u200db") == "र्\u200dय ab"


def test_a_row_stays_whole_and_one_of_many_pages_loses_nothing() -> None:
    rows = [[str(number), SENTENCES["ko"] * 3] for number in range(40)]
    file = pypdfium2.PdfDocument(
        render([Sheet(Head("한마을", "표", "T-1"), [Grid([Column("번호", 1), Column("내용", 2)], rows)])], "T-1")
    )
    said = [page.get_textpage().get_text_range() for page in file]
    assert len(said) > 1
    assert all(text.count("번호") == 1 for text in said)
    assert all(text.count("조립 전에") % 3 == 0 for text in said)
    long = [["1", "앞"], ["2", " ".join(f"{number}번째" for number in range(3000))], ["3", "뒤"]]
    read = text_of(
        render([Sheet(Head("한마을", "표", "T-1"), [Grid([Column("번호", 1), Column("내용", 2)], long)])], "T-1")
    )
    assert [f"{number}번째" in read for number in range(3000)] == [True] * 3000


def test_every_language_has_its_weekdays() -> None:
    assert WEEKDAYS.keys() == LANGUAGES.keys()
    assert all(len(set(names)) == 7 for names in WEEKDAYS.values())
    with speaking("vi"):
        assert day(date(2026, 1, 4)) == "2026-01-04 (CN)"
