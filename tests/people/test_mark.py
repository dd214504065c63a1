"""A company with several plants: each has a mark in its codes, so that two never make the same one."""

from datetime import date

import pytest

from mes.core.dresses import OURS
from mes.core.numbering import dated_codes, is_checked, running_code
from mes.core.scanning import read_scan
from mes.people.plant import mark_plant, set_up_plant
from mes.people.rules import BadMark, MarkedAlready
from tests.conftest import Shop

DAY = date(2026, 1, 5)


def marked(shop: Shop, mark: str) -> None:
    shop.do(lambda work: set_up_plant(work, name="부산"))
    shop.do(lambda work: mark_plant(work, mark))


def test_a_plant_that_stands_alone_has_no_mark(shop: Shop) -> None:
    codes = shop.do(lambda work: dated_codes(work.session, "L", DAY, 2))
    assert [code[:-1] for code in codes] == ["L260105-0001", "L260105-0002"]


def test_the_mark_stands_in_every_code_that_the_plant_makes(shop: Shop) -> None:
    marked(shop, " b ")
    codes = shop.do(lambda work: dated_codes(work.session, "L", DAY, 2))
    assert [code[:-1] for code in codes] == ["L260105-B0001", "L260105-B0002"]
    assert shop.do(lambda work: running_code(work.session, "M"))[:-1] == "M-B0001"
    assert all(OURS.fullmatch(code) and is_checked(code) for code in codes)


def test_a_code_with_a_mark_is_read_without_its_dash_as_well(shop: Shop) -> None:
    marked(shop, "BX")
    [code] = shop.do(lambda work: dated_codes(work.session, "L", DAY))
    assert read_scan(code).is_ours
    assert code in read_scan(code.replace("-", "").lower()).first.texts


def test_a_sharp_s_for_the_dash_is_no_mark(shop: Shop) -> None:
    [code] = shop.do(lambda work: dated_codes(work.session, "L", DAY))
    assert not [text for text in read_scan(code.replace("-", "ß")).first.texts if "SS" in text.upper()]


def test_the_mark_is_never_changed(shop: Shop) -> None:
    marked(shop, "B")
    shop.do(lambda work: mark_plant(work, "B"))
    with pytest.raises(MarkedAlready, match="B"):
        shop.do(lambda work: mark_plant(work, "C"))


@pytest.mark.parametrize("mark", ["", "1", "ABC", "I", "가", "A1"])
def test_a_mark_that_could_be_read_as_something_else_is_refused(shop: Shop, mark: str) -> None:
    shop.do(lambda work: set_up_plant(work, name="부산"))
    with pytest.raises(BadMark):
        shop.do(lambda work: mark_plant(work, mark))
