"""4M changes: asked for, signed, refused or carried out."""

from functools import partial

import pytest
from flask import Flask

from mes.certificates import changes, queries, rules
from mes.certificates.models import ChangeState, FourMChange, Meaning, Signature
from mes.core.access import Actor, Role
from mes.core.errors import NotFound, ReasonNeeded
from mes.core.work import Work
from mes.people.rules import SAMPLE_PIN, WrongSignIn
from mes.scan.models import Kind
from mes.scan.service import resolve
from tests.certificates.reading import pdf_text, read_qr
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_change, make_person
from tests.orders.bakery import Bakery
from tests.signing import as_me


def sign_it(code: str, meaning: Meaning, work: Work, secret: str = SAMPLE_PIN) -> Signature:
    return changes.sign_change(work, code, meaning=meaning, signer=as_me(work, secret), reason="확인함")


def signer(shop: Shop) -> Actor:
    person = shop.do(lambda work: make_person(work, Role.QUALITY, pin=SAMPLE_PIN))
    return Actor(person.name, frozenset({Role.QUALITY}), person.id)


def state(shop: Shop, change: FourMChange) -> ChangeState:
    with shop.read() as read:
        return queries.get_change(read, change.code).state


def test_a_change_names_what_it_touches_by_code(shop: Shop) -> None:
    bakery = Bakery(shop)
    [flour] = bakery.receive(bakery.flour, 80)
    made = shop.do(lambda work: make_change(work, affected=[flour.code, "CAKE", "CAKE"]))
    assert [(one.code, bool(one.lot_id)) for one in made.affected] == [(flour.code, True), ("CAKE", False)]
    with shop.read() as read:
        assert resolve(read, made.code).only.kind is Kind.CHANGE
    with pytest.raises(NotFound, match="NOWHERE"):
        shop.do(lambda work: make_change(work, affected=["NOWHERE"]))
    with pytest.raises(rules.NoKind):
        shop.do(lambda work: make_change(work, kinds=frozenset({"money"})))


def test_a_change_is_carried_out_only_once_it_is_approved(shop: Shop) -> None:
    quality, change = signer(shop), shop.do(make_change)
    with pytest.raises(rules.ChangeNotApproved):
        shop.do(lambda work: changes.finish_change(work, change.code, ""))
    with pytest.raises(WrongSignIn):
        shop.do(partial(sign_it, change.code, Meaning.APPROVED, secret="135790"), actor=quality)
    for meaning in (Meaning.REVIEWED, Meaning.APPROVED):
        shop.do(partial(sign_it, change.code, meaning), actor=quality)
    assert state(shop, change) is ChangeState.APPROVED
    with pytest.raises(rules.ChangeDecided):
        shop.do(lambda work: changes.refuse_change(work, change.code, "늦음"))
    shop.do(lambda work: changes.finish_change(work, change.code, "초품 합격"))
    assert state(shop, change) is ChangeState.DONE


def test_a_change_is_refused_with_a_reason(shop: Shop) -> None:
    change = shop.do(make_change)
    with pytest.raises(ReasonNeeded):
        shop.do(lambda work: changes.refuse_change(work, change.code, " "))
    shop.do(lambda work: changes.refuse_change(work, change.code, "고객 미통보"))
    assert state(shop, change) is ChangeState.REFUSED


def test_nobody_signs_the_same_meaning_twice(shop: Shop) -> None:
    quality, change = signer(shop), shop.do(make_change)
    sign = partial(sign_it, change.code, Meaning.WROTE)
    shop.do(sign, actor=quality)
    with pytest.raises(rules.SignedAlready):
        shop.do(sign, actor=quality)


def test_a_change_is_asked_for_signed_and_printed_at_a_desk(shop: Shop, app: Flask) -> None:
    Bakery(shop)
    leader, quality = Desk(app, shop, Role.LEADER), Desk(app, shop, Role.QUALITY)
    assert "No changes yet" in leader.see("/four-m")
    where = leader.press(
        "/new/four-m", kinds=["machine", "method"], title="New steamer", after_change="Steamer 2", reason="Worn out",
        planned_on="2026-01-12", affected="CAKE", customer_told="y",
    )  # fmt: skip
    code = where.split("/")[-1]
    assert "Steamer 2" in leader.see(f"/four-m/{code}")
    leader.see(f"/four-m/{code}/sign", 403)
    pdf = quality.client.get(f"/four-m/{code}/change.pdf").data
    words = pdf_text(pdf)
    assert "■ Machine" in words
    assert "□ Man" in words
    assert code in read_qr(pdf)
    wrong = {"meaning": "approved", "signer": "NOBODY", "secret": "000000"}
    assert "does not match" in quality.press(f"/four-m/{code}/sign", 401, **wrong)
    shop.do(partial(sign_it, code, Meaning.APPROVED), actor=signer(shop))
    assert "Approved" in quality.see(f"/four-m/{code}")
    assert "is already" not in leader.press(f"/four-m/{code}/finish", note="fine")
    other = leader.press(
        "/new/four-m", kinds="man", title="New operator", after_change="Kim", reason="Leave", planned_on="2026-01-12"
    ).split("/")[-1]
    quality.press(f"/four-m/{other}/refuse", reason="not trained")
    assert "not trained" in quality.see(f"/four-m/{other}")
    assert "New steamer" in quality.see("/four-m?state=done")
