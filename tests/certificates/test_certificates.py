"""Certificates: from stored readings only, signed, bound to their content, frozen, called back or replaced."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from mes.certificates import content as contents
from mes.certificates import queries, rules, service
from mes.certificates.models import Certificate, CertificateKind, CertificateState, Language, Meaning, Signature, Values
from mes.certificates.paper import certificate_pdf, grouped, values
from mes.certificates.tongue import Tongue
from mes.core.access import Actor, Role
from mes.core.errors import ImpossibleValue, NotFound, ReasonNeeded, StaleEdit
from mes.core.work import Work
from mes.gauges.models import Calibration, Result
from mes.gauges.queries import calibrations_of
from mes.inspection.models import Inspection, InspectionKind, Reading
from mes.inspection.standard_data import CharacteristicData
from mes.items.service import change_item
from mes.lots.ledger import move, new_lot
from mes.lots.models import Lot, MovementKind
from mes.lots.queries import open_holds
from mes.lots.service import adjust_lot, lift_hold, merge_lots, ship_lots, split_lot, take_back_shipment
from mes.orders.reporting import record_report
from mes.orders.undo import take_back_report
from mes.people.rules import SAMPLE_PASSWORD, SAMPLE_PIN, SignInBlocked, WrongSignIn
from mes.people.signature_rules import SignedMoved, canonical, fingerprint
from mes.scan.models import Kind
from mes.scan.service import resolve
from tests.certificates.reading import pdf_text, read_qr
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import (
    length_of_ten,
    make_certificate,
    make_gauge,
    make_inspection,
    make_person,
    make_released_standard,
)
from tests.orders.bakery import Bakery
from tests.signing import as_me


def _lay_down(bakery: Bakery, row: CharacteristicData, kind: InspectionKind, work: Work) -> None:
    make_released_standard(work, bakery.flour, row, kind=kind)


class Goods:
    """Flour that was inspected, somebody who signs."""

    def __init__(self, shop: Shop, *, value: str | None = "10", kinds: tuple[InspectionKind, ...] = ()) -> None:
        self.shop, self.bakery = shop, Bakery(shop)
        width = length_of_ten(name="폭", name_en="Width", special="CC")
        for kind in (InspectionKind.INCOMING, *kinds):
            shop.do(partial(_lay_down, self.bakery, width, kind))
        [lot] = self.bakery.receive(self.bakery.flour, 80)
        self.lot = lot.code
        if value is not None:
            shop.do(lambda work: make_inspection(work, self.lot, value))
        person = shop.do(
            lambda work: make_person(work, Role.QUALITY, pin=SAMPLE_PIN, password=SAMPLE_PASSWORD, name="최수진")
        )
        self.quality = Actor(person.name, frozenset({Role.QUALITY}), person.id)

    def draft(self) -> Certificate:
        return self.shop.do(lambda work: make_certificate(work, self.lot))

    def sign(
        self,
        code: str,
        meaning: Meaning = Meaning.APPROVED,
        secret: str = SAMPLE_PIN,
        seen: str | None = None,
        **more: Any,
    ) -> Signature:
        def deed(work: Work) -> Signature:
            signer = as_me(work, secret)._replace(seen=seen)
            return service.sign_certificate(work, code, meaning=meaning, signer=signer, **more)

        return self.shop.do(deed, actor=self.quality)

    def state(self, code: str) -> CertificateState:
        with self.shop.read() as read:
            return queries.get_certificate(read, code).state


def visitor(app: Flask) -> FlaskClient:
    """Somebody who is not signed in and reads English."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["language"] = "en"
    return client


def test_a_draft_that_was_refreshed_while_somebody_read_it_is_not_signed(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    read_before = draft.sha256
    shop.do(lambda work: make_inspection(work, goods.lot, "10.01"))
    shop.do(lambda work: service.refresh_certificate(work, draft.code))
    with pytest.raises(SignedMoved):
        goods.sign(draft.code, seen=read_before)
    assert goods.state(draft.code) is CertificateState.DRAFT
    with shop.read() as read:
        now = queries.get_certificate(read, draft.code).sha256
    goods.sign(draft.code, seen=now)
    assert goods.state(draft.code) is CertificateState.APPROVED


def test_one_content_is_one_text_whatever_the_order_of_its_keys() -> None:
    assert canonical({"b": 1, "a": "가"}) == canonical({"a": "가", "b": 1}) == '{"a":"가","b":1}'
    assert fingerprint("a") != fingerprint("b")


def test_a_letter_that_changed_breaks_the_seal() -> None:
    found = Certificate(content="{}", sha256=fingerprint("{}"), state=CertificateState.APPROVED)
    signed = Signature(meaning=Meaning.APPROVED, sha256=found.sha256)
    assert rules.seal_holds(found, [signed])
    assert not rules.seal_holds(found, [Signature(meaning=Meaning.WROTE, sha256=found.sha256)])
    found.content = "{ }"
    assert not rules.is_whole(found, [])
    found.sha256 = fingerprint("{ }")
    assert not rules.seal_holds(found, [signed])


def test_numbers_on_paper_have_their_thousands_apart() -> None:
    assert [grouped(text_) for text_ in ("80", "1234567.25", "-1200")] == ["80", "1,234,567.25", "-1,200"]


def test_a_certificate_tells_the_stored_readings_and_says_what_is_missing(shop: Shop) -> None:
    goods = Goods(shop, kinds=(InspectionKind.OUTGOING,))
    content = service.content_of(goods.draft())
    [lot] = content["lots"]
    assert (lot["code"], lot["quantity"], lot["item"]["unit"]) == (goods.lot, "80", "kg")
    [told] = lot["inspections"]
    [row] = told["readings"]
    assert (row["name"], row["name_en"], row["special"], row["values"], row["lower"], row["upper"]) == (
        "폭", "Width", "CC", ["10"], "9.95", "10.05",
    )  # fmt: skip
    assert (told["verdict"], told["missing"], lot["not_inspected"]) == ("pass", [], ["outgoing"])


def opening(work: Work, goods: Goods, quantity: int) -> Lot:
    """A lot that is counted when the books are opened."""
    lot = new_lot(work, goods.bakery.flour, goods.bakery.floor, code="OLD-1", made_on=work.today)
    work.session.add(lot)
    work.session.flush()
    move(work, lot, MovementKind.COUNT, D(quantity), reason="기초 재고")
    return lot


def test_what_was_counted_when_the_books_were_opened_is_certified_with_its_quantity(shop: Shop) -> None:
    goods = Goods(shop)
    old = shop.do(lambda work: opening(work, goods, 50)).code
    shop.do(lambda work: adjust_lot(work, old, D(44), "실사"))
    made = shop.do(lambda work: make_certificate(work, old))
    assert service.content_of(made)["lots"][0]["quantity"] == "50"


def test_a_piece_that_was_counted_when_the_books_were_opened_and_came_back_twice_is_certified_as_one(
    shop: Shop,
) -> None:
    goods = Goods(shop)

    def come_and_go(work: Work) -> Lot:
        lot = opening(work, goods, 1)
        for _time in range(2):
            move(work, lot, MovementKind.SHIP, D(-1))
            move(work, lot, MovementKind.COME_BACK, D(1), to=goods.bakery.floor)
        return lot

    old = shop.do(come_and_go).code
    made = shop.do(lambda work: make_certificate(work, old))
    assert service.content_of(made)["lots"][0]["quantity"] == "1"


def test_a_lot_that_nobody_inspected_is_not_certified(shop: Shop) -> None:
    goods = Goods(shop, value=None)
    draft = goods.draft()
    assert service.content_of(draft)["lots"][0]["inspections"] == []
    with pytest.raises(rules.NothingInspected):
        goods.sign(draft.code)


def test_neither_lot_nor_shipment_is_refused(shop: Shop) -> None:
    Bakery(shop)
    with pytest.raises(NotFound):
        shop.do(lambda work: make_certificate(work, "NOWHERE"))
    with pytest.raises(rules.NothingToCertify):
        shop.do(lambda work: make_certificate(work, " "))


def test_the_approval_freezes_the_certificate(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    goods.sign(draft.code, Meaning.WROTE, SAMPLE_PASSWORD)
    with pytest.raises(rules.SignedAlready):
        goods.sign(draft.code, Meaning.WROTE)
    signed = goods.sign(draft.code)
    assert (signed.person, signed.proof.value, signed.sha256) == ("최수진", "pin", draft.sha256)
    for act in (
        lambda work: service.refresh_certificate(work, draft.code),
        lambda work: service.drop_certificate(work, draft.code, "x"),
    ):
        with pytest.raises(rules.NotADraft):
            shop.do(act)
    with pytest.raises(rules.NotADraft):
        goods.sign(draft.code)


def test_a_wrong_pin_signs_nothing_and_is_counted(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    with pytest.raises(WrongSignIn):
        goods.sign(draft.code, secret="111112")
    assert goods.state(draft.code) is CertificateState.DRAFT


def test_who_tried_too_often_waits(shop: Shop, app: Flask) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    desk = Desk(app, shop, Role.QUALITY)
    answers = [
        desk.client.post(
            f"/certificates/{draft.code}/sign",
            data={"once": f"try-{n:06d}", "meaning": "approved", "signer": "X", "secret": "999999"},
        ).status_code
        for n in range(8)
    ]
    assert answers[0] == 401
    assert answers[-1] == SignInBlocked.status


def test_a_draft_that_says_something_else_than_the_records_is_not_signed(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    shop.do(lambda work: make_inspection(work, goods.lot, "10.01"))
    with pytest.raises(rules.RecordsMoved):
        goods.sign(draft.code)
    fresh = shop.do(lambda work: service.refresh_certificate(work, draft.code))
    assert fresh.sha256 != draft.sha256
    told = service.content_of(fresh)["lots"][0]["inspections"][0]
    assert (told["readings"][0]["values"], told["earlier"]) == (["10.01"], 1)
    goods.sign(draft.code)


def test_a_draft_is_not_signed_once_less_of_the_lot_was_made_than_it_says(shop: Shop) -> None:
    goods = Goods(shop)
    bakery = goods.bakery
    shop.do(lambda work: make_released_standard(work, bakery.cake, length_of_ten(), kind=InspectionKind.OUTGOING))
    packing = bakery.at_packing(bakery.order())[1]
    first = shop.do(lambda work: record_report(work, packing.code, good=D(60)))
    second = shop.do(lambda work: record_report(work, packing.code, good=D(40)))
    lot = bakery.lot(first.lot_id or 0).code
    shop.do(lambda work: make_inspection(work, lot, kind=InspectionKind.OUTGOING))
    draft = shop.do(lambda work: make_certificate(work, lot))
    assert service.content_of(draft)["lots"][0]["quantity"] == "100"
    shop.do(lambda work: take_back_report(work, second.id, "잘못 셈"))
    with pytest.raises(rules.RecordsMoved):
        goods.sign(draft.code)
    fresh = shop.do(lambda work: service.refresh_certificate(work, draft.code))
    assert service.content_of(fresh)["lots"][0]["quantity"] == "60"
    goods.sign(draft.code)


def test_a_certificate_of_goods_that_did_not_leave_after_all_is_still_read_and_called_back(
    shop: Shop, app: Flask
) -> None:
    goods = Goods(shop)
    sent = shop.do(lambda work: ship_lots(work, customer=goods.bakery.market, lines=[(goods.lot, D(30))]))
    given, draft = (shop.do(lambda work: make_certificate(work, sent.code)).code for _time in range(2))
    goods.sign(given)
    shop.do(lambda work: take_back_shipment(work, sent.code, "차량 고장"))
    desk = Desk(app, shop, Role.QUALITY)
    for code in (given, draft):
        assert f"The records say something else now about: {goods.lot}" in desk.see(f"/certificates/{code}")
    with pytest.raises(rules.RecordsMoved):
        goods.sign(draft)
    desk.press(f"/certificates/{draft}/drop", reason="nothing left")
    desk.press(f"/certificates/{given}/revoke", reason="nothing left")
    assert (goods.state(draft), goods.state(given)) == (CertificateState.DROPPED, CertificateState.REVOKED)


def test_a_certificate_that_was_given_out_is_not_doubted_for_the_item_s_new_name(shop: Shop) -> None:
    goods = Goods(shop)
    given, draft = goods.draft(), goods.draft()
    goods.sign(given.code)
    shop.do(lambda work: change_item(work, "RF", name="멥쌀가루"))
    with shop.read() as read:
        found = [service.moved_since(read, queries.get_certificate(read, one.code)) for one in (given, draft)]
    assert found == [[], [goods.lot]]


def test_a_failed_lot_is_asked_about_and_its_conformity_never_certified(shop: Shop) -> None:
    goods = Goods(shop, value="11")
    draft = goods.draft()
    with pytest.raises(rules.FailedAllTheSame):
        goods.sign(draft.code)
    goods.sign(draft.code, confirmed=True)
    sure = shop.do(lambda work: make_certificate(work, goods.lot, kind=CertificateKind.CONFORMITY))
    with pytest.raises(rules.LotFailed):
        goods.sign(sure.code, confirmed=True)


def test_what_was_poured_together_is_certified_with_the_inspection_of_each_lot(shop: Shop) -> None:
    goods = Goods(shop, value=None)
    bad, good = (lot.code for lot in goods.bakery.receive(goods.bakery.flour, 50, 50))
    failed = shop.do(lambda work: make_inspection(work, bad, "20"))
    passed = shop.do(lambda work: make_inspection(work, good))
    with shop.read() as read:
        [hold] = open_holds(read, [failed.lot_id or 0])
    shop.do(lambda work: lift_hold(work, hold.id, "특채"))
    poured = shop.do(lambda work: merge_lots(work, [bad, good])).code

    def told() -> list[tuple[str, str, int]]:
        made = shop.do(lambda work: make_certificate(work, poured, kind=CertificateKind.CONFORMITY))
        [lot] = service.content_of(made)["lots"]
        if any(one["verdict"] == "fail" for one in lot["inspections"]):
            with pytest.raises(rules.LotFailed):
                goods.sign(made.code)
        return [(one["code"], one["verdict"], one["earlier"]) for one in lot["inspections"]]

    assert told() == [(failed.code, "fail", 0), (passed.code, "pass", 0)]
    again = shop.do(lambda work: make_inspection(work, good))
    assert told() == [(failed.code, "fail", 0), (again.code, "pass", 1)]
    whole = shop.do(lambda work: make_inspection(work, poured))
    assert told() == [(whole.code, "pass", 3)]
    box = shop.do(lambda work: split_lot(work, poured, D(10))).code
    boxed = shop.do(lambda work: make_inspection(work, box))
    poured = box
    assert told() == [(boxed.code, "pass", 4)]


def test_an_approved_certificate_is_called_back_with_a_reason(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    with pytest.raises(rules.NotApproved):
        shop.do(lambda work: service.revoke_certificate(work, draft.code, "x"))
    goods.sign(draft.code)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: service.revoke_certificate(work, draft.code, " "))
    shop.do(lambda work: service.revoke_certificate(work, draft.code, "계측기 불량"))
    assert goods.state(draft.code) is CertificateState.REVOKED


def test_a_replacement_takes_its_place_only_when_it_is_approved(shop: Shop) -> None:
    goods = Goods(shop)
    old = goods.draft()
    goods.sign(old.code)
    new = shop.do(lambda work: service.replace_certificate(work, old.code, "값 정정"))
    assert goods.state(old.code) is CertificateState.APPROVED
    with pytest.raises(rules.ReplacedAlready):
        shop.do(lambda work: service.replace_certificate(work, old.code, "다시"))
    goods.sign(new.code)
    assert goods.state(old.code) is CertificateState.SUPERSEDED
    assert service.content_of(new)["replaces"] == {"code": old.code, "reason": "값 정정"}


def test_a_draft_may_be_given_up(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    shop.do(lambda work: service.drop_certificate(work, draft.code, "중복"))
    assert goods.state(draft.code) is CertificateState.DROPPED


def test_a_shipment_is_certified_with_every_lot_and_the_customers_layout(shop: Shop) -> None:
    goods = Goods(shop)
    mart = goods.bakery.market
    laid: Any = {
        "kind": CertificateKind.ANALYSIS,
        "language": Language.BOTH,
        "shown": Values.SUMMARY,
        "inspections": frozenset({"incoming"}),
        "materials": True,
        "gauges": True,
        "statement": "감사합니다",
    }
    layout = shop.do(lambda work: service.save_layout(work, mart, **laid))
    sent = shop.do(lambda work: ship_lots(work, customer=mart, lines=[(goods.lot, D(30))], reference="PO-1"))
    made = shop.do(lambda work: make_certificate(work, sent.code))
    content = service.content_of(made)
    assert (made.kind, made.language, content["customer"]["code"]) == (
        CertificateKind.ANALYSIS, Language.BOTH, mart.code,
    )  # fmt: skip
    assert (content["lots"][0]["quantity"], content["shipment"]["reference"]) == ("30", "PO-1")
    with pytest.raises(StaleEdit):
        shop.do(lambda work: service.save_layout(work, mart, **laid, version=layout.version + 1))
    shop.do(lambda work: service.save_layout(work, None, **{**laid, "language": Language.ENGLISH}))
    with shop.read() as read:
        assert [one.customer_id for one in queries.layouts(read)] == [None, mart.id]
        assert contents.options_of(queries.layout_for(read, None))["language"] == "en"


@pytest.mark.parametrize("act", ["UPDATE signatures SET person = 'x'", "DELETE FROM signatures"])
def test_the_database_itself_refuses_to_change_a_signature(shop: Shop, act: str) -> None:
    goods = Goods(shop)
    goods.sign(goods.draft().code)
    with pytest.raises(ImpossibleValue):
        shop.do(lambda work: work.session.execute(text(act)))


def test_the_printed_certificate_holds_what_was_signed_and_its_code_leads_to_the_check(shop: Shop) -> None:
    goods = Goods(shop)
    made = shop.do(lambda work: make_certificate(work, goods.lot, language=Language.BOTH))
    goods.sign(made.code)
    address = f"http://mes.local/c/{made.code}"
    with shop.read() as read:
        found = queries.get_certificate(read, made.code)
        signed = queries.signatures_of(read, certificate_id=found.id)
        pdf = certificate_pdf(found, service.content_of(found), signed, address)
    words = pdf_text(pdf)
    for part in ("검사성적서", "Inspection", goods.lot, "9.95 ~ 10.05", "최수진", made.sha256[:16], "Width"):
        assert part in words, part
    assert "DRAFT" not in words
    assert address in read_qr(pdf)


def test_quality_drafts_signs_and_prints_and_anybody_checks(shop: Shop, app: Flask) -> None:
    goods = Goods(shop)
    desk = Desk(app, shop, Role.QUALITY)
    assert "No certificates here" in desk.see("/certificates")
    code = desk.press("/new/certificate", of=goods.lot, customer="MART", kind="", language="en").split("/")[-1]
    assert goods.lot in desk.see(f"/certificates/{code}")
    assert "DRAFT" in pdf_text(desk.client.get(f"/certificates/{code}/certificate.pdf").data)
    stranger = visitor(app)
    assert "draft" in stranger.get(f"/c/{code}").text
    assert stranger.get("/c/C1").status_code == 404
    desk.press(f"/certificates/{code}/refresh")
    wrong = {"meaning": "approved", "signer": "NOBODY", "secret": "123456"}
    assert "does not match" in desk.press(f"/certificates/{code}/sign", 401, **wrong)
    goods.sign(code)
    assert "Valid" in stranger.get(f"/c/{code}").text
    assert "letter by letter" in desk.see(f"/certificates/{code}")
    with shop.read() as read:
        assert resolve(read, f"http://mes.local/c/{code}").only.kind is Kind.CERTIFICATE
    for address in (f"/certificates?q={goods.lot}", "/certificates?state=approved", f"/certificates?q={code}",
                    "/certificates?q=MART", "/certificate-layouts?customer=MART", "/certificate-layouts"):  # fmt: skip
        assert desk.see(address)
    new = desk.press(f"/certificates/{code}/replace", reason="typo").split("/")[-1]
    assert new in desk.see(f"/certificates/{code}")
    desk.press(f"/certificates/{new}/drop", reason="no need")
    desk.press(f"/certificates/{code}/revoke", reason="wrong lot")
    assert "wrong lot" in stranger.get(f"/c/{code}").text
    desk.press("/certificate-layouts", customer="MART", kind="analysis", language="both", shown="summary",
               inspections="incoming", statement="Thank you.")  # fmt: skip
    Desk(app, shop, Role.OPERATOR).see("/certificates", 403)


def test_a_content_that_was_changed_in_the_database_is_told_to_everybody(shop: Shop, app: Flask) -> None:
    goods = Goods(shop)
    made = goods.draft()
    goods.sign(made.code)
    kept = json.loads(made.content)
    kept["lots"][0]["inspections"][0]["readings"][0]["values"] = ["10.03"]
    forged = canonical(kept)
    change = text("UPDATE certificates SET content = :c, sha256 = :h WHERE code = :code")
    shop.do(lambda work: work.session.execute(change, {"c": forged, "h": fingerprint(forged), "code": made.code}))
    assert "Changed after signing" in visitor(app).get(f"/c/{made.code}").text
    assert "proves nothing" in Desk(app, shop, Role.QUALITY).see(f"/certificates/{made.code}")


def test_a_mean_is_told_with_one_place_more_than_its_values() -> None:
    told = {"looked": False, "values": ["10.5", "10.7", "10.45"], "least": "10.45", "greatest": "10.7"}
    tongue, summary = Tongue(Language.ENGLISH), {"shown": "summary"}
    assert values(told | {"mean": "10.561538"}, summary, tongue) == "10.45 ~ 10.7, mean 10.562 (n = 3)"
    assert values(told | {"mean": "10.55"}, summary, tongue) == "10.45 ~ 10.7, mean 10.550 (n = 3)"


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [("20.01", 3, "20.010"), ("20", 0, "20"), ("20.0100", 0, "20.01"), ("20.0125", 2, "20.0125"), (None, 2, None)],
)
def test_a_value_is_certified_with_the_decimals_of_its_standard_and_never_cut(
    value: str | None, places: int, said: str | None
) -> None:
    assert contents.plain(None if value is None else D(value), places) == said


def test_a_gauge_that_fails_afterwards_puts_its_readings_in_doubt(shop: Shop, app: Flask) -> None:
    goods = Goods(shop)
    gauge = shop.do(lambda work: make_gauge(work, code="Q-9"))
    measured = datetime(2026, 1, 6, 3, tzinfo=UTC)
    shop.do(lambda work: work.session.execute(update(Reading).values(gauge_id=gauge.id, at=measured)))
    shop.do(lambda work: work.session.execute(update(Inspection).values(day=date(2026, 1, 6), at=measured)))
    draft = goods.draft()
    [row] = service.content_of(draft)["lots"][0]["inspections"][0]["readings"]
    assert (row["gauges"], row["suspect"]) == (["Q-9"], False)
    goods.sign(draft.code)
    shop.later(days=3)
    desk = Desk(app, shop, Role.QUALITY)
    assert "No reading is in doubt" in desk.see("/gauges/Q-9/readings")
    desk.press("/gauges/Q-9/calibrate", done_on="2026-01-08", lab="KRISS", result="fail", error="0.2")
    assert goods.lot in desk.see("/gauges/Q-9/readings")
    assert "something else now" in desk.see(f"/certificates/{draft.code}")
    [code] = [one["code"] for one in service.content_of(draft)["lots"][0]["inspections"]]
    assert "in doubt" in desk.see(f"/quality/inspections/{code}")
    with shop.read() as read:
        now = service.content_now(read, queries.get_certificate(read, draft.code))
    assert now["lots"][0]["inspections"][0]["readings"][0]["suspect"]
    papers = (f"/sheets/inspections/{code}.pdf", f"/lots/{goods.lot}/birth-certificate-en.pdf")
    for words in (pdf_text(desk.client.get(paper).data) for paper in papers):
        assert "* Measured with a gauge that failed its calibration afterwards." in words
        assert words.count("*") == 2
    [wrong] = [one for one in calibrations(shop, gauge.id) if one.result is Result.FAIL]
    desk.press(f"/gauges/Q-9/calibrations/{wrong.id}/take-back", reason="another gauge")
    assert "No reading is in doubt" in desk.see("/gauges/Q-9/readings")
    assert not any("*" in pdf_text(desk.client.get(paper).data) for paper in papers)


def calibrations(shop: Shop, gauge_id: int) -> list[Calibration]:
    """What is recorded of a gauge."""
    with shop.read() as read:
        return calibrations_of(read, gauge_id)


def test_a_signature_under_an_earlier_text_does_not_break_the_seal_of_the_approved_one(shop: Shop) -> None:
    goods = Goods(shop)
    code = goods.draft().code
    goods.sign(code, Meaning.WROTE)
    shop.do(lambda work: make_inspection(work, goods.lot, "10.01"))
    shop.do(lambda work: service.refresh_certificate(work, code))
    goods.sign(code)
    with shop.read() as read:
        found = queries.get_certificate(read, code)
        signatures = queries.signatures_of(read, certificate_id=found.id)
    assert len({one.sha256 for one in signatures}) == 2
    assert rules.seal_holds(found, signatures)


def test_after_its_replacement_was_given_up_a_certificate_can_be_replaced_again(shop: Shop) -> None:
    goods = Goods(shop)
    code = goods.draft().code
    goods.sign(code)
    first = shop.do(lambda work: service.replace_certificate(work, code, "오기"))
    shop.do(lambda work: service.drop_certificate(work, first.code, "취소"))
    second = shop.do(lambda work: service.replace_certificate(work, code, "오기"))
    goods.sign(second.code)
    assert (goods.state(code), goods.state(first.code)) == (CertificateState.SUPERSEDED, CertificateState.DROPPED)
    with shop.read() as read:
        assert service.content_of(queries.get_certificate(read, first.code))["replaces"]["code"] == code


def test_a_layout_that_was_not_seen_is_not_overwritten(shop: Shop, app: Flask) -> None:
    desk = Desk(app, shop, Role.QUALITY)
    plain: dict[str, Any] = {"customer": "", "kind": "report", "language": "ko", "shown": "each", "version": ""}
    desk.press("/certificate-layouts", **plain, statement="first")
    late = desk.press("/certificate-layouts", 409, **plain, statement="second")
    assert "second" in late
    with shop.read() as read:
        [kept] = queries.layouts(read)
    assert kept.statement == "first"
