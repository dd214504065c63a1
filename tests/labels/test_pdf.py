"""Label PDFs: the right labels on the right places, small, and refused rather than wrong."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mes.core.qr import CodeEmpty, CodeTooLong, CodeUnreadable, encode
from mes.labels.content import example
from mes.labels.fonts import GlyphMissing
from mes.labels.layout import mm_to_dots
from mes.labels.pdf import NothingToPrint, render_pdf
from mes.labels.placing import Placer, WordsDoNotFit
from tests.labels.paper import cut_out, pages, read_by_zxing
from tests.labels.samples import LAYOUTS, rows_for
from tests.labels.wear import extent
from tests.needs import needs

LOT = LAYOUTS["lot-60x40"]


def lots(count: int) -> list[dict[str, str]]:
    """Lots that differ in code and quantity."""
    return [example("lot") | {"code": f"L260105-{n:04d}K", "quantity": f"{n:,}"} for n in range(1, count + 1)]


def page_count(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def text_of(pdf: bytes, folder: Path) -> str:
    """The words of the first page, as copied from a viewer."""
    needs("pdftoppm")  # pdftotext comes in the same package
    file = folder / "words.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-l", "1", file, "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def test_each_row_is_a_label_on_a_page_of_its_own() -> None:
    assert page_count(render_pdf(LOT, lots(3))) == 3


def test_the_same_rows_give_the_same_bytes() -> None:
    assert render_pdf(LOT, lots(5)) == render_pdf(LOT, lots(5))


def test_words_can_be_searched_and_copied(tmp_path: Path) -> None:
    words = text_of(render_pdf(LOT, [example("lot") | {"item_name": "쌀(국산)\\떡"}]), tmp_path)
    assert "쌀(국산)\\떡" in words
    assert "소비기한" in words
    assert "2026-02-04" in words


def test_words_of_the_layout_follow_the_language(tmp_path: Path) -> None:
    assert "Use by" in text_of(render_pdf(LOT, lots(1), "en"), tmp_path)
    assert "Use by" in text_of(render_pdf(LOT, lots(1), "vi"), tmp_path)


def test_a_part_without_data_leaves_no_caption(tmp_path: Path) -> None:
    words = text_of(render_pdf(LOT, [{"code": "A-1", "item_name": "볼트", "quantity": "10", "unit": "개"}]), tmp_path)
    assert words == "볼트 10 개 A-1"


def test_the_file_asks_to_be_printed_at_full_size() -> None:
    assert b"/PrintScaling /None" in render_pdf(LOT, lots(1))


def test_a_label_of_many_takes_less_than_one_and_a_half_kilobytes() -> None:
    count = 300
    assert len(render_pdf(LAYOUTS["lot-50x30"], lots(count))) / count <= 1500


def test_more_characters_than_one_font_part_holds_come_out_right(tmp_path: Path) -> None:
    rows = [
        example("lot") | {"item_name": "".join(map(chr, range(start, start + 12)))}
        for start in range(0xAC00, 0xAF00, 12)
    ]
    assert "가각갂갃간갅갆갇갈갉갊갋" in text_of(render_pdf(LOT, rows), tmp_path)
    assert "".join(map(chr, range(0xAEF4, 0xAF00))) in text_of(render_pdf(LOT, rows[::-1]), tmp_path)


def test_a_sheet_is_filled_row_by_row(tmp_path: Path) -> None:
    layout = LAYOUTS["lot-a4-3x8"]
    pdf = render_pdf(layout, lots(30))
    first, second = pages(pdf, tmp_path, 203)
    assert [read_by_zxing(cut_out(first, layout.stock, place, 203)) for place in (0, 1, 23)] == [
        ["L260105-0001K"],
        ["L260105-0002K"],
        ["L260105-0024K"],
    ]
    assert read_by_zxing(cut_out(second, layout.stock, 5, 203)) == ["L260105-0030K"]
    assert read_by_zxing(cut_out(second, layout.stock, 6, 203)) == []


def test_a_partly_used_sheet_is_used_up(tmp_path: Path) -> None:
    layout = LAYOUTS["lot-a4-2x8"]
    first, second = pages(render_pdf(layout, lots(3), skip=14), tmp_path, 203)
    assert read_by_zxing(cut_out(first, layout.stock, 13, 203)) == []
    assert read_by_zxing(cut_out(first, layout.stock, 14, 203)) == ["L260105-0001K"]
    assert read_by_zxing(cut_out(second, layout.stock, 0, 203)) == ["L260105-0003K"]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("dpi", [203, 300])
def test_nothing_is_placed_off_the_label(name: str, dpi: int) -> None:
    layout = LAYOUTS[name]
    width, height = mm_to_dots(layout.stock.width, dpi), mm_to_dots(layout.stock.height, dpi)
    for language, row in rows_for(layout.content):
        drawing = Placer(layout, language, dpi).place(row)
        placed = (*drawing.ground.elements, *drawing.ink)
        assert placed
        for left, top, right, bottom in map(extent, placed):
            assert left >= 0
            assert top >= 0
            assert right <= width
            assert bottom <= height


def test_many_printing_at_once_do_not_mix_up_their_labels() -> None:
    jobs = [(LAYOUTS[name], lots(20)) for name in ("lot-60x40", "lot-50x30", "lot-40x20", "lot-100x60")] * 3
    alone = [render_pdf(*job) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: render_pdf(*job), jobs))
    assert together == alone


def test_a_print_job_without_labels_is_refused() -> None:
    with pytest.raises(NothingToPrint):
        render_pdf(LOT, [])


def test_a_label_without_a_code_is_refused() -> None:
    with pytest.raises(CodeEmpty):
        render_pdf(LOT, [example("lot") | {"code": ""}])


def test_a_code_in_hangul_is_refused() -> None:
    with pytest.raises(CodeUnreadable, match="1호기"):
        render_pdf(LAYOUTS["machine-60x40"], [example("machine") | {"code": "1호기"}])


def test_a_code_too_long_for_its_square_is_refused() -> None:
    with pytest.raises(CodeTooLong):
        render_pdf(LAYOUTS["lot-40x20"], [example("lot") | {"code": "LOT-2026-01-05-0001-LINE-3"}])
    assert render_pdf(LAYOUTS["lot-100x60"], [example("lot") | {"code": "LOT-2026-01-05-0001-LINE3"}])


def test_more_than_any_code_holds_is_refused() -> None:
    with pytest.raises(CodeTooLong, match="…"):
        encode("A" * 5000)


def test_half_a_date_or_quantity_is_never_printed() -> None:
    with pytest.raises(WordsDoNotFit, match=r"12,345,678\.123456 kg"):
        render_pdf(LAYOUTS["lot-30x20"], [example("lot") | {"quantity": "12,345,678.123456", "unit": "kg"}])


def test_a_name_with_an_emoji_does_not_stop_the_label(tmp_path: Path) -> None:
    assert "딸기잼 □" in text_of(render_pdf(LOT, [example("lot") | {"item_name": "딸기잼 🍓"}]), tmp_path)


def test_a_name_in_letters_the_font_lacks_is_refused_naming_the_letter() -> None:
    with pytest.raises(GlyphMissing, match="ກ"):
        render_pdf(LOT, [example("lot") | {"item_name": "ກ່ອງ"}])


def test_data_which_a_label_does_not_have_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="itemname"):
        render_pdf(LOT, [{"code": "A-1", "itemname": "볼트"}])
