"""The pages of nonconformances at a desk: who may see and do what, and what a person finds on them."""

import re
from collections.abc import Iterator
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask

from mes.core.access import Role
from mes.items.service import change_item
from mes.lots.queries import open_holds
from mes.nonconformance import service
from mes.nonconformance.models import Decision, Nonconformance, Origin
from tests.desk import Desk
from tests.nonconformance.trouble import Trouble
from tests.statements import statements


@pytest.fixture
def found(trouble: Trouble) -> Nonconformance:
    """Burrs, opened by quality."""
    return trouble.open()


@pytest.fixture
def quality(app: Flask, trouble: Trouble) -> Desk:
    """Somebody of quality at a desk."""
    return Desk(app, trouble.shop, Role.QUALITY)


def pages(found: Nonconformance) -> Iterator[str]:
    yield from ("", "/actions", "/costs?since=2026-01-01", f"/{found.code}", f"/{found.code}/containment")
    yield from (f"/{found.code}/print", f"/{found.code}/8d")


def test_the_office_sees_every_page_and_an_operator_none(app: Flask, trouble: Trouble, found: Nonconformance) -> None:
    clerk, operator = Desk(app, trouble.shop, Role.MATERIAL), Desk(app, trouble.shop, Role.OPERATOR)
    for address in pages(found):
        assert clerk.see(f"/nonconformances{address}")
        assert found.what not in operator.see(f"/nonconformances{address}", 403)


def test_who_may_write_what(app: Flask, trouble: Trouble, found: Nonconformance) -> None:
    at = f"/nonconformances/{found.code}"
    clerk, leader = Desk(app, trouble.shop, Role.MATERIAL), Desk(app, trouble.shop, Role.LEADER)
    for address in (f"{at}/steps/1", f"{at}/actions/new", f"{at}/costs/new", "/nonconformances/new"):
        clerk.see(address, 403)
        leader.see(address)
    for address in (f"{at}/edit", f"{at}/check", f"{at}/lots/{trouble.bad.code}"):
        leader.see(address, 403)
    for address in (f"{at}/close", f"{at}/containment", f"{at}/decisions/1/approve"):
        leader.press(address, 403)
    with trouble.shop.read() as read:
        assert read.get_one(Nonconformance, found.id).version == found.version


def test_from_the_finding_to_the_proof_on_pages(app: Flask, trouble: Trouble, quality: Desk) -> None:
    shown = quality.see(f"/nonconformances/new?defects={trouble.burrs.id}")
    assert re.search(r'value="defect"[^>]*checked|checked[^>]*value="defect"', shown)
    place = quality.press(
        "/nonconformances/new", origin="defect", defects=str(trouble.burrs.id), what="버 0.3 mm", severity="major",
        quantity="12",
    )  # fmt: skip
    code = place.rpartition("/")[2]
    search = quality.see(f"{place}/containment")
    assert trouble.sister.code in search
    assert "shipped to" in search
    assert "Carmaker" in search
    why: dict[str, Any] = {f"why-{trouble.sister.code}": "Press 1"}
    quality.press(f"{place}/containment", lots=[trouble.bad.code, trouble.sister.code], reason="버 의심", **why)
    quality.press(f"{place}/steps/4", text="펀치 마모", why1="버", why2="마모")
    quality.press(f"{place}/steps/4", text="펀치 마모, 주기 없음", why1="버", why2="마모", why3="주기 없음")
    quality.press(
        f"{place}/actions/new", kind="corrective", what="펀치 교체", owner=trouble.owner.code, due_on="2026-01-08"
    )
    assert "펀치 교체" in quality.see("/nonconformances/actions")
    seen = trouble.see(Nonconformance(code=code))
    quality.press(f"/nonconformances/actions/{seen.actions[0].id}", result="교체함")
    quality.press(f"{place}/lots/{trouble.bad.code}", decision="scrap", quantity="12", reason="버")
    quality.press(f"{place}/lots/{trouble.bad.code}", decision="release", reason="전수 확인")
    refused = quality.press(f"{place}/close", 409)
    assert "has not been checked since the last action" in refused
    quality.press(f"{place}/check", day="2026-01-06", passed="yes", result="30개 확인")
    refused = quality.press(f"{place}/close", 409)
    assert trouble.sister.code in refused
    quality.press(f"{place}/lots/{trouble.sister.code}", decision="concession", reason="고객 승인")
    manager = Desk(app, trouble.shop, Role.MANAGER)
    decision = trouble.see(Nonconformance(code=code)).decisions[-1]
    manager.press(f"{place}/decisions/{decision.id}/approve")
    quality.press(f"{place}/costs/new", kind="sorting", what="선별", quantity="3.5", unit="h", unit_cost="12000")
    assert "57,006" in quality.see(place)
    quality.press(f"{place}/close")
    shown = quality.see(place)
    assert "Closed out" in shown
    assert "1 earlier version" in shown
    assert quality.client.get(f"/s/{code}").location.endswith(place)
    quality.press(f"{place}/reopen", reason="다시 발생")
    assert "Still open" in quality.see(place)


def test_a_refusal_keeps_what_was_typed(trouble: Trouble, quality: Desk) -> None:
    shown = quality.press("/nonconformances/new", 409, origin="claim", what="흠집 많음", severity="minor", item="PL")
    assert "the customer is missing" in shown
    assert "흠집 많음" in shown
    shown = quality.press("/nonconformances/new", 422, origin="nonsense", what="", quantity="viele")
    assert "viele is not a number." in shown
    shown = quality.press("/nonconformances/new", 409, origin="other", what="x", severity="minor", item="NOPE")
    assert "the item is missing" in shown


def test_all_or_nothing_is_said_on_the_page_of_containment(
    trouble: Trouble, quality: Desk, found: Nonconformance
) -> None:
    at = f"/nonconformances/{found.code}/containment"
    assert "There is no lot L0-NOPE" in quality.press(at, 404, lots=[trouble.bad.code, "L0-NOPE"], reason="의심")
    assert "No lot is chosen." in quality.press(at, 409, reason="의심")
    assert "A reason is needed" in quality.press(at, 422, lots=[trouble.bad.code], reason="")
    with trouble.shop.read() as read:
        assert open_holds(read, [trouble.bad.id]) == []


def test_an_empty_list_guides_and_closed_ones_are_a_filter_away(trouble: Trouble, quality: Desk) -> None:
    assert "Open one from a failed inspection" in quality.see("/nonconformances")
    found = trouble.open(origin=Origin.OTHER, item=trouble.workshop.plate)
    assert "No lot to begin from" in quality.see(f"/nonconformances/{found.code}/containment")
    assert found.code in quality.see("/nonconformances?origin=other&severity=major&item=PL&since=2026-01-01")
    assert found.code not in quality.see("/nonconformances?state=closed")
    assert found.code in quality.see("/nonconformances?state=all&until=2026-01-31")


def test_an_action_of_ones_own_is_finished_by_a_leader(app: Flask, trouble: Trouble, found: Nonconformance) -> None:
    desk = Desk(app, trouble.shop, Role.MATERIAL)
    action = trouble.act_of(found, days=2)
    assert "This action belongs to 이반장" in desk.press(f"/nonconformances/actions/{action}", 403, result="했음")
    assert "Nothing waits" in desk.see("/nonconformances/actions?whose=mine")
    quality = Desk(app, trouble.shop, Role.QUALITY)
    quality.press(
        f"/nonconformances/actions/{action}/move", owner=trouble.owner.code, due_on="2026-01-20", reason="부품 지연"
    )
    assert "2026-01-20" in quality.see(f"/nonconformances/{found.code}")


def test_the_paper_says_what_the_page_says(trouble: Trouble, quality: Desk, found: Nonconformance) -> None:
    trouble.shop.do(lambda work: change_item(work, "PL", name_en="Bracket <A&B>"))
    trouble.shop.do(
        lambda work: service.contain_lots(
            work, found.code, {trouble.bad.code: None, trouble.sister.code: "같은 설비"}, "의심"
        )
    )
    trouble.shop.do(lambda work: service.write_step(work, found.code, 4, "마모", whys=["버", "마모"]))
    trouble.shop.do(lambda work: service.decide_lot(work, found.code, trouble.bad.code, Decision.SCRAP, "버", D(12)))
    for name in ("pdf", "8d/pdf"):
        answer = quality.client.get(f"/nonconformances/{found.code}/{name}")
        assert answer.content_type == "application/pdf"
        assert answer.data.startswith(b"%PDF")
    shown = quality.see(f"/nonconformances/{found.code}/8d")
    for part in ("D4 Root cause", "15,006 KRW", "Carmaker 30 EA", "Bracket &lt;A&amp;B&gt;"):
        assert part in shown, part


def test_a_page_takes_as_many_statements_with_much_as_with_little(
    trouble: Trouble, quality: Desk, found: Nonconformance
) -> None:
    at = f"/nonconformances/{found.code}"
    quality.see(at)

    def asked(address: str) -> int:
        with statements(trouble.shop.database) as sent:
            quality.see(address)
        return len(sent)

    addresses = ("/nonconformances", at, "/nonconformances/costs?since=2026-01-01", "/nonconformances/actions")
    before = [asked(address) for address in addresses]
    trouble.shop.do(
        lambda work: service.contain_lots(
            work, found.code, {lot.code: None for lot in (trouble.bad, trouble.sister, trouble.other)}, "의심"
        )
    )
    for step in range(1, 9):
        trouble.shop.do(lambda work, step=step: service.write_step(work, found.code, step, "x"))  # type: ignore[misc]
    for _ in range(3):
        trouble.act_of(found, days=2)
        trouble.shop.do(lambda work: service.decide_lot(work, found.code, trouble.bad.code, Decision.SCRAP, "버", D(2)))
        trouble.open(origin=Origin.OTHER, item=trouble.workshop.plate)
    after = [asked(address) for address in addresses]
    assert after == before
    assert max(after) <= 18


def test_what_an_inspection_or_a_defect_says_is_not_typed_again(quality: Desk, trouble: Trouble) -> None:
    failed = trouble.inspect("2.5")
    shown = quality.see(f"/nonconformances/new?inspection={failed.code}")
    assert f"{failed.code}: 두께 2.5 mm (" in shown
    assert " 12 EA</textarea>" in quality.see(f"/nonconformances/new?defects={trouble.burrs.id}")
    quality.see("/nonconformances/new?inspection=I-NONE")
    quality.see("/nonconformances/new?defects=999999999,x")


def test_the_next_thing_to_do_is_the_first_button(quality: Desk, found: Nonconformance) -> None:
    shown = quality.see(f"/nonconformances/{found.code}")
    assert re.search(r'class="button primary" href="[^"]*/containment"', shown)
