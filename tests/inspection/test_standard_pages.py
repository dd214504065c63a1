"""The pages of inspection standards and of sampling at a desk."""

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.inspection.models import InspectionStandard
from mes.inspection.standard_queries import get_standard
from mes.items.models import Revision
from mes.partners.models import PartnerKind
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_partner
from tests.inspection.test_sampling import Gate
from tests.quality.workshop import Workshop, snapshot

D = Decimal
ROW: dict[str, Any] = {"nature": "variable"}
HEAD: dict[str, Any] = {"sample_rule": "fixed", "sample_size": "1", "aql": "", "level": ""}


@pytest.fixture
def quality(app: Flask, workshop: Workshop) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, workshop.shop, Role.QUALITY)


def drafted(quality: Desk, **values: Any) -> str:
    """The page of a new draft."""
    given: dict[str, Any] = {"item": "PL", "kind": "outgoing", "operation": "", "partner": "", **HEAD, **values}
    return quality.press("/quality/new-standard", **given)


def ident_of(page: str) -> int:
    return int(re.findall(r"/quality/inspection-standards/(\d+)", page)[0])


def newest(workshop: Workshop) -> InspectionStandard:
    with workshop.shop.read() as read:
        found = read.query(InspectionStandard).order_by(InspectionStandard.id.desc()).first()
        assert found is not None
        return get_standard(read, found.id)


def test_a_standard_is_drafted_filled_and_approved(quality: Desk, workshop: Workshop) -> None:
    drafted(quality, sample_size="5", act_by="품질 담당")
    ident = newest(workshop).id
    address = f"/quality/inspection-standards/{ident}"
    assert "Nothing is inspected by it yet" in quality.see(address)
    assert "nothing to approve" in quality.press(f"{address}/approve", 409)
    quality.press(
        f"{address}/new-characteristic", **ROW, name="길이", lower="-0.5", nominal="0", upper="0.5", unit="mm",
        decimals="1", special="CC", pfmea="PF-12", gauge_type="버니어 캘리퍼스",
    )  # fmt: skip
    page = quality.see(address)
    for text in ("길이", "-0.5 ~ 0.5 mm", "CC", "PF-12", "버니어 캘리퍼스", "5 pieces", "품질 담당"):
        assert text in page
    quality.press(f"{address}/approve")
    assert newest(workshop).state is Revision.RELEASED
    assert "길이" in quality.see("/quality/standards/PL")
    assert "Outgoing inspection" in quality.see("/quality/standards?kind=outgoing&item=PL")


def test_a_characteristic_is_entered_at_the_items_page_and_reversed_limits_are_refused(
    quality: Desk, workshop: Workshop
) -> None:
    address = "/quality/new-characteristic/SH?kind=outgoing"
    shown = quality.press(address, 409, **ROW, kind="outgoing", name="길이", lower="20", upper="10")
    assert "The lower limit 20 is above the upper limit 10." in shown
    quality.press(address, 409, **ROW, kind="outgoing", name="길이")
    quality.press(address, **ROW, kind="outgoing", name="길이", lower="-0.5", nominal="0", upper="0.5", unit="mm")
    shown = quality.see("/quality/standards/SH")
    assert "길이" in shown
    assert "-0.5" in shown
    quality.see("/quality/standards/NOPE", 404)
    quality.see("/quality/new-characteristic/NOPE", 404)


def test_a_characteristic_of_an_approved_standard_is_not_edited(quality: Desk, workshop: Workshop) -> None:
    address = f"/quality/characteristics/{workshop.width.id}"
    assert "99.5" in quality.see(address)
    shown = quality.press(address, 409, **ROW, name="폭", lower="99", position="1", version="3")
    assert "Revision 1 of SH is Released and cannot be edited." in shown


def test_a_new_revision_is_compared_and_takes_the_place_after_a_question(quality: Desk, workshop: Workshop) -> None:
    quality.press(f"/quality/inspection-standards/{workshop.width.standard_id}/revise")
    draft = newest(workshop)
    _thickness, width = draft.characteristics
    quality.press(f"/quality/characteristics/{width.id}", **ROW, name="폭", lower="99", position="1")
    address = f"/quality/inspection-standards/{draft.id}"
    page = quality.see(f"{address}/compare")
    assert "99.5" in page
    assert "Changed" in page
    assert "takes the place of revision 1" in quality.press(f"{address}/approve", 409)
    quality.press(f"{address}/approve", confirmed="1")
    with workshop.shop.read() as read:
        states = {one.revision: one.state for one in read.query(InspectionStandard).filter_by(scope=draft.scope)}
    assert states == {1: Revision.OBSOLETE, 2: Revision.RELEASED}
    assert "In force until" in quality.see(f"/quality/inspection-standards/{workshop.width.standard_id}")


def test_how_a_draft_is_carried_out_is_changed_and_a_stale_save_is_refused(quality: Desk, workshop: Workshop) -> None:
    drafted(quality)
    draft = newest(workshop)
    address = f"/quality/inspection-standards/{draft.id}"
    rule: dict[str, Any] = {**HEAD, "sample_rule": "aql", "version": str(draft.version)}
    assert "needs an AQL and an inspection level" in quality.press(f"{address}/edit", 409, **rule)
    quality.press(f"{address}/edit", **{**rule, "aql": "0.65", "level": "II"})
    assert "AQL 0.65, level II, single plan" in quality.see(address)
    quality.press(f"{address}/edit", 409, **{**rule, "aql": "1.0", "level": "II"})
    assert "0.65" in quality.see(f"{address}/edit")


def test_answers_and_photos_of_what_is_decided_by_looking(app: Flask, quality: Desk, workshop: Workshop) -> None:
    drafted(quality)
    address = f"/quality/inspection-standards/{newest(workshop).id}"
    shown = quality.press(f"{address}/new-characteristic", 409, nature="attribute", name="외관", bad_choices="긁힘")
    assert "no choice that is good" in shown
    answers: dict[str, Any] = {"good_choices": "양호 = OK", "bad_choices": "긁힘 = Scratch\n찍힘"}
    heic = (io.BytesIO(b"\0\0\0\x18ftypheic"), "IMG.HEIC")
    shown = quality.press(
        f"{address}/new-characteristic", 422, nature="attribute", name="외관", **answers, good_photo=heic
    )
    assert "IMG.HEIC is in the HEIC format" in shown
    good = (io.BytesIO(snapshot((40, 20))), "ok.jpg")
    quality.press(f"{address}/new-characteristic", nature="attribute", name="외관", **answers, good_photo=good)
    [looks] = newest(workshop).characteristics
    assert [(one.name, one.name_en, one.good) for one in looks.choices] == [
        ("양호", "OK", True), ("긁힘", "Scratch", False), ("찍힘", None, False),
    ]  # fmt: skip
    photo = quality.client.get(f"/quality/characteristics/{looks.id}/good.jpg")
    assert (photo.status_code, photo.content_type) == (200, "image/jpeg")
    operator = Desk(app, workshop.shop, Role.OPERATOR)  # who measures at a station sees it too
    assert operator.client.get(f"/quality/characteristics/{looks.id}/good.jpg").status_code == 200
    quality.see(f"/quality/characteristics/{looks.id}/bad.jpg", 404)
    page = quality.see(f"/quality/characteristics/{looks.id}")
    assert "긁힘 = Scratch" in page
    quality.press(
        f"/quality/characteristics/{looks.id}", nature="attribute", name="외관", **answers, position="1",
        no_good_photo="y",
    )  # fmt: skip
    quality.see(f"/quality/characteristics/{looks.id}/good.jpg", 404)
    quality.press(f"/quality/characteristics/{looks.id}/remove")
    assert newest(workshop).characteristics == []


def test_a_draft_is_given_up_and_a_standard_is_taken_out_of_force(quality: Desk, workshop: Workshop) -> None:
    drafted(quality)
    draft = newest(workshop)
    quality.press(f"/quality/inspection-standards/{draft.id}/discard")
    assert newest(workshop).state is Revision.OBSOLETE
    address = f"/quality/inspection-standards/{workshop.hole.standard_id}"
    quality.press(f"{address}/withdraw", 422)
    quality.press(f"{address}/withdraw", reason="공정 폐지")
    assert "not in force" in quality.press(f"{address}/withdraw", 409, reason="또")


def test_the_control_plan_says_what_is_inspected_and_prints(quality: Desk, workshop: Workshop) -> None:
    page = quality.see("/quality/control-plans/PL")
    for text in ("구멍 지름", "9.95 ~ 10.05 mm", "First-piece inspection", "피치", "외관 불량수"):
        assert text in page
    answer = quality.client.get("/quality/control-plan-paper/PL")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "No standard of this item is in force yet" in quality.see("/quality/control-plans/BT")
    assert quality.client.get("/quality/control-plan-paper/BT").status_code == 200


def test_an_operator_changes_no_standard(app: Flask, workshop: Workshop) -> None:
    clerk = Desk(app, workshop.shop, Role.MATERIAL)
    page = clerk.see(f"/quality/inspection-standards/{workshop.hole.standard_id}")
    assert f"{workshop.hole.standard_id}/revise" not in page
    clerk.press(f"/quality/inspection-standards/{workshop.hole.standard_id}/revise", 403)
    clerk.see("/quality/new-standard", 403)


def test_any_plan_is_looked_up_with_its_curve(quality: Desk) -> None:
    page = quality.see("/quality/sampling-plan?lot=500&aql=1.0&level=II&kind=normal&double=")
    for text in ("ISO 2859-1:1999", "Operating characteristic", "polyline", "H"):
        assert text in page
    assert re.search(r"<td[^>]*>.*50", page)
    assert "no double plan" in quality.see("/quality/sampling-plan?lot=500&aql=0.25&level=II&kind=normal&double=1")
    quality.see("/quality/sampling-plan?lot=1&aql=nine")


def test_the_page_of_a_supplier_says_how_hard_its_lots_are_looked_at_and_why(app: Flask, shop: Shop) -> None:
    gate = Gate(shop)
    quality = Desk(app, shop, Role.QUALITY)
    assert "No lot was inspected by AQL yet" in quality.see("/quality/sampling")
    gate.lots([5] * 7)
    page = quality.see("/quality/sampling?severity=discontinued")
    assert gate.supplier.name in page
    address = f"/quality/sampling/{gate.state().id}"
    page = quality.see(address)
    for text in ("every piece of a lot is inspected", "Five lots were not accepted", "500"):
        assert text in page
    quality.press(f"{address}/restart", 422)
    quality.press(f"{address}/restart", reason="금형 수리")
    page = quality.see(f"{address}?lot=500")
    for text in ("The supplier has acted", "금형 수리", "ISO 2859-1:1999", "polyline"):
        assert text in page
    assert "from normal inspection only" in quality.press(f"{address}/allow-reduced", 409, reason="급함")
    quality.press(f"{address}/end-reduced", 409, reason="급함")


def test_a_standard_is_for_any_of_many_suppliers(quality: Desk, workshop: Workshop) -> None:
    workshop.shop.do(lambda work: [make_partner(work, PartnerKind.SUPPLIER, code=f"S-{n:03d}") for n in range(40)])
    drafted(quality, item="SH", kind="incoming", partner="S-039")
    made = newest(workshop)
    assert made.partner is not None
    assert made.partner.code == "S-039"


def test_what_was_given_up_does_not_come_back_with_the_next_draft(quality: Desk, workshop: Workshop) -> None:
    given: dict[str, Any] = {"kind": "outgoing", "name": "길이", "upper": "5", **ROW}
    quality.press("/quality/new-characteristic/PL", **given)
    quality.press(f"/quality/inspection-standards/{newest(workshop).id}/discard")
    quality.press("/quality/new-characteristic/PL", **{**given, "name": "폭"})
    assert [one.name for one in newest(workshop).characteristics] == ["폭"]
