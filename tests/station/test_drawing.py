"""The drawing of what is made on the tablet: a PDF page by page as pictures, anything else as it is."""

import io

import pytest
from PIL import Image

from mes.core.pdf_pages import LONGEST_SIDE, PageNotDrawn, count_pages, draw_page
from mes.items.service import set_drawing
from mes.orders.models import Job
from mes.web.sample_steps import shaft_drawing
from tests.quality.workshop import snapshot
from tests.station.floor import Floor, Tablet, words

TWO_PAGES = shaft_drawing()


@pytest.fixture
def job(floor: Floor, tablet: Tablet) -> Job:
    """A running job; Kim is signed in."""
    found = floor.order().jobs[0]
    floor.start(found)
    tablet.badge(floor.kim)
    return found


def give_drawing(floor: Floor, raw: bytes) -> None:
    floor.shop.do(lambda work: set_drawing(work, "CAKE", "cake", raw))


def test_a_pdf_is_shown_page_by_page(floor: Floor, tablet: Tablet, job: Job) -> None:
    give_drawing(floor, TWO_PAGES)
    assert f"/station/jobs/{job.code}/drawing" in tablet.open(f"/station/jobs/{job.code}")
    first = tablet.open(f"/station/jobs/{job.code}/drawing")
    assert "/items/CAKE/drawing/page/1?n=" in first
    assert "2쪽" in words(first)
    second = tablet.open(f"/station/jobs/{job.code}/drawing?page=2")
    assert "/items/CAKE/drawing/page/2?n=" in second
    assert "1쪽" in words(second)
    drawn = tablet.client.get("/items/CAKE/drawing/page/2")
    assert drawn.content_type == "image/webp"
    assert max(Image.open(io.BytesIO(drawn.data)).size) == LONGEST_SIDE


def test_a_page_that_is_not_there_is_refused(floor: Floor, tablet: Tablet, job: Job) -> None:
    give_drawing(floor, TWO_PAGES)
    for page in (0, 3, 41):
        assert tablet.client.get(f"/items/CAKE/drawing/page/{page}").status_code == 404
    with pytest.raises(PageNotDrawn):
        draw_page(TWO_PAGES, 3)
    with pytest.raises(PageNotDrawn):
        draw_page(b"no pdf at all", 1)
    assert count_pages(b"no pdf at all") == 0


def test_a_photo_is_shown_as_it_is(floor: Floor, tablet: Tablet, job: Job) -> None:
    give_drawing(floor, snapshot((300, 200)))
    assert 'src="/items/CAKE/drawing?n=' in tablet.open(f"/station/jobs/{job.code}/drawing")
    assert tablet.client.get("/items/CAKE/drawing/page/1").status_code == 404


def test_without_a_drawing_the_page_says_who_adds_it(tablet: Tablet, job: Job) -> None:
    assert "도면이 없습니다" in words(tablet.open(f"/station/jobs/{job.code}/drawing"))
