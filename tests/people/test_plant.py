"""The plant's settings for labels of goods."""

import pytest

from mes.core.plant import plant
from mes.people.plant import change_plant, set_up_plant
from mes.people.rules import BadHost, BadPrefix
from tests.conftest import Shop


@pytest.mark.parametrize("prefix", ["123456", "12345678901", "880 1234", "８８０１２３４"])
def test_a_company_prefix_of_another_form_is_refused(shop: Shop, prefix: str) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장"))
    with pytest.raises(BadPrefix):
        shop.do(lambda work: change_plant(work, gs1_prefix=prefix))


@pytest.mark.parametrize("host", ["id.gs1.org", "javascript:alert(1)", "https://x?y=1", "https://a b"])
def test_a_host_that_begins_no_web_address_is_refused(shop: Shop, host: str) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장"))
    with pytest.raises(BadHost):
        shop.do(lambda work: change_plant(work, link_host=host))


def test_what_labels_of_goods_name_is_kept(shop: Shop) -> None:
    shop.do(lambda work: set_up_plant(work, name="공장"))
    told = {"gs1_prefix": "8801234", "sscc_digit": 3, "link_host": "https://label.example/p", "address": "이천시 1"}
    shop.do(lambda work: change_plant(work, **told))  # type: ignore[arg-type]
    with shop.read() as read:
        kept = plant(read)
        assert {name: getattr(kept, name) for name in told} == told
