"""Customers, suppliers and subcontractors."""

from functools import partial
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.core.coded import CodeMissing, SimilarCode
from mes.core.errors import NotFound, StaleEdit
from mes.partners import queries, service
from mes.partners.models import PartnerKind
from mes.partners.rules import BadGln, PartnerOfNoKind
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_partner
from tests.statements import statements


def test_a_company_may_be_several_things_to_the_plant(shop: Shop) -> None:
    shop.do(lambda work: make_partner(work, PartnerKind.SUPPLIER, PartnerKind.CUSTOMER, code="C-1"))
    shop.do(lambda work: make_partner(work, PartnerKind.SUBCONTRACTOR, code="C-2"))
    with shop.read() as read:
        suppliers = [partner.code for partner in queries.partners_of_kind(read, PartnerKind.SUPPLIER)]
        customers = [partner.code for partner in queries.list_partners(read, kind=PartnerKind.CUSTOMER).rows]
    assert (suppliers, customers) == (["C-1"], ["C-1"])


def test_a_company_is_at_least_one_thing(shop: Shop) -> None:
    with pytest.raises(PartnerOfNoKind):
        shop.do(lambda work: service.add_partner(work, code="C", name="회사", kinds=[]))


def test_codes_are_kept_as_typed_and_never_nearly_the_same(shop: Shop) -> None:
    for code in ("09551667812741", "00123", "1E5", "3-4"):
        assert shop.do(partial(make_partner, code=code)).code == code
    for near in ("1e5", "１Ｅ５", "１e５"):
        with pytest.raises(SimilarCode):
            shop.do(partial(make_partner, code=near))
    with pytest.raises(CodeMissing):
        shop.do(lambda work: make_partner(work, code="  "))


def test_a_stale_save_is_refused(shop: Shop) -> None:
    partner = shop.do(make_partner)
    shop.do(lambda work: service.change_partner(work, partner.code, phone="02-1"))
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.change_partner(work, partner.code, version=partner.version, phone="02-2"))
    with pytest.raises(NotFound):
        shop.do(lambda work: service.change_partner(work, "nobody", phone="02-2"))


def test_percent_and_underscore_are_searched_as_themselves(shop: Shop) -> None:
    shop.do(lambda work: make_partner(work, name="100% 국산"))
    shop.do(lambda work: make_partner(work, name="1000 산업"))
    with shop.read() as read:
        assert [partner.name for partner in queries.list_partners(read, search="0%").rows] == ["100% 국산"]


def test_partners_are_entered_found_and_changed_at_a_desk(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    desk.press("/new/partner", code="A/1 가", name="한솔제분", kinds=["supplier"], phone="02-1234-5678")
    assert "한솔제분" in desk.see("/partners?q=한솔&kind=supplier")
    assert "한솔제분" not in desk.see("/partners?kind=customer")
    form: dict[str, Any] = {"name": "한솔", "kinds": ["supplier", "customer"], "active": "y"}
    desk.press("/partners/A/1 가", **form)
    assert "<b>" not in desk.press("/new/partner", 422, code="B", name="<b>x</b>")
    assert "upper or lower case" in desk.press("/new/partner", 409, code="a/1 가", **form)
    quality = Desk(app, shop, Role.QUALITY)
    quality.see("/partners")
    quality.see("/partners/A/1 가", 403)


def test_a_long_list_is_shown_in_pages_with_a_fixed_number_of_statements(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    shop.do(lambda work: [make_partner(work) for _ in range(3)])
    with statements(shop.database) as few:
        desk.see("/partners")
    shop.do(lambda work: [make_partner(work) for _ in range(40)])
    with statements(shop.database) as many:
        assert "Next page" in desk.see("/partners")
    assert len(many) == len(few) <= 4


GLN = "8800000000091"


def test_a_partner_is_known_by_its_number_at_gs1(shop: Shop) -> None:
    partner = shop.do(lambda work: make_partner(work, PartnerKind.CUSTOMER, gln=" 880-0000 00009-1 "))
    assert partner.gln == GLN, "as it is printed on papers"
    shop.do(lambda work: service.change_partner(work, partner.code, gln=""))
    with shop.read() as read:
        assert queries.get_partner(read, partner.code).gln is None


@pytest.mark.parametrize("wrong", ["8800000000092", "880000000009", "GLN", "88000000000911", "８８０"])
def test_a_number_with_a_wrong_check_digit_is_refused(shop: Shop, wrong: str) -> None:
    partner = shop.do(make_partner)
    for deed in (
        lambda work: make_partner(work, gln=wrong),
        lambda work: service.change_partner(work, partner.code, gln=wrong),
    ):
        with pytest.raises(BadGln):
            shop.do(deed)


def test_the_number_is_entered_and_seen_at_the_desk(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    typed: dict[str, Any] = {"code": "C-9", "name": "해외상사", "kinds": ["customer"]}
    assert "is not a GLN" in desk.press("/new/partner", 422, **typed, gln="8800000000092")
    desk.press("/new/partner", **typed, gln=GLN)
    assert GLN in desk.see("/partners/C-9")


def test_programs_read_and_enter_partners(app: Flask, shop: Shop) -> None:
    program = Program(app, shop, Role.MANAGER)
    given = {"code": "C-9", "name": "해외상사", "kinds": ["customer", "supplier"], "gln": GLN}
    assert program.post("/partners", given).status_code == 201
    assert program.get("/partners/C-9").get_json()["gln"] == GLN
    assert [row["code"] for row in program.get("/partners", kind="supplier").get_json()["rows"]] == ["C-9"]
    refused = program.post("/partners", given | {"code": "C-10", "gln": "8800000000092"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "BadGln")
    assert program.get("/partners/C-10").status_code == 404
