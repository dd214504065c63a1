"""Labels of training: the word lies across them, and their codes are read all the same."""

from pathlib import Path

import pytest

from mes.core.config import bundled
from mes.core.practice import ACROSS, MARK, in_training
from mes.labels.content import example
from mes.labels.drawing import Code, Stripes
from mes.labels.files import find_layouts
from mes.labels.layout import Layout
from mes.labels.pdf import render_pdf
from mes.labels.placing import Placer
from tests.labels.paper import ZXING, pages, read_by_zxing

LAYOUTS = find_layouts([bundled("labels")])


def codes_on(layout: Layout, copy: int = 1) -> list[str]:
    row = example(layout.content, "ko")
    drawing = Placer(layout, "ko").place(row | {"scan": f"{row['code']}.{copy}"} if copy > 1 else row)
    return [element.symbol.data for element in drawing.ink if isinstance(element, Code | Stripes)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_label_of_training_holds_the_codes_of_the_real_one_with_the_mark(name: str) -> None:
    real = codes_on(LAYOUTS[name])
    with in_training():
        practised = codes_on(LAYOUTS[name])
    assert len(practised) == len(real)
    assert all(code.startswith(MARK) for code in practised)


def test_a_label_without_room_for_the_longer_code_is_printed_without_it() -> None:
    assert codes_on(LAYOUTS["lot-40x30"], copy=12) == ["L260105-00129.12"]
    with in_training():
        assert codes_on(LAYOUTS["lot-40x30"], copy=12) == []


@pytest.mark.parametrize("name", ["lot-60x40", "lot-linear-80x50", "udi-60x40", "unit-100x150", "lot-link-100x60"])
def test_what_is_printed_in_training_is_read_by_a_scanner_and_says_across_that_it_is(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    row = example(layout.content, "ko")
    real = Placer(layout, "ko").place(row)
    with in_training():
        drawing = Placer(layout, "ko").place(row)
        paper = render_pdf(layout, [row], "ko")
    assert (real.across, drawing.across) == ("", ACROSS)
    [printed] = pages(paper, tmp_path, layout.stock.dpi)  # grey is dots there, as on a label printer
    read = {code for kind in ZXING for code in read_by_zxing(printed, kind)}
    wanted = {element.symbol.data for element in drawing.ink if isinstance(element, Code | Stripes)}
    assert wanted <= read
