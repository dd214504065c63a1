"""Releases and concessions are signed: two components, a meaning, a reason, bound to what was signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from mes.certificates.models import Meaning
from mes.certificates.models import Signature as CertificateSignature
from mes.core.access import Actor, Role
from mes.core.errors import NotFound
from mes.core.events import Event
from mes.core.plant import Plant
from mes.core.work import Work
from mes.inspection.service import decide_failed_lot
from mes.inspection.signed import decision_signatures
from mes.lots.models import Lot, LotStatus
from mes.nonconformance import queries, service
from mes.nonconformance.models import Decision, LotDecision, Nonconformance
from mes.nonconformance.signed import content_of_decision
from mes.people.models import Person, RecordSignature, SignedAs
from mes.people.plant import add_token, change_plant, set_up_plant
from mes.people.rules import FREE_TRIES, SAMPLE_PASSWORD, SAMPLE_PIN, SignInBlocked, WrongSignIn
from mes.people.signature_rules import SignatureNeeded, SignedMoved, Signer, Standing, seen_of, told_of
from mes.scan.relabelling import label_anew
from mes.web.check_events import UNHEARD, prove
from tests.certificates.reading import pdf_text
from tests.certificates.test_certificates import Goods
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.nonconformance.trouble import Trouble
from tests.signing import as_me


def want_signatures(shop: Shop) -> None:
    def deed(work: Work) -> None:
        if work.session.get(Plant, 1) is None:
            set_up_plant(work, name="프레스")
        change_plant(work, signed_decisions=True)

    shop.do(deed)


def manager(shop: Shop) -> Actor:
    """Somebody with a login, a number, a badge, a PIN and a password."""
    person = shop.do(
        lambda work: make_person(
            work, Role.MANAGER, Role.QUALITY, login="hwang", pin=SAMPLE_PIN, password=SAMPLE_PASSWORD, name="황부장"
        )
    )
    return Actor(person.name, frozenset({Role.MANAGER, Role.QUALITY}), person.id)


@pytest.fixture
def signing(trouble: Trouble) -> Trouble:
    want_signatures(trouble.shop)
    return trouble


def conceded(trouble: Trouble) -> tuple[Nonconformance, LotDecision]:
    found = trouble.open()
    trouble.shop.do(lambda work: service.contain_lots(work, found.code, {trouble.bad.code: None}, "버"))
    asked = trouble.shop.do(
        lambda work: service.decide_lot(work, found.code, trouble.bad.code, Decision.CONCESSION, "외관만"),
        actor=trouble.manager,
    )
    return found, asked


def approve(found: Nonconformance, asked: LotDecision, signer: Signer | None, work: Work) -> LotDecision:
    return service.approve_concession(work, found.code, asked.id, signer=signer)


def standings(trouble: Trouble, found: Nonconformance) -> list[Standing]:
    return [one for some in trouble.see(found).signatures.values() for one in some]


def count(shop: Shop, verb: str) -> int:
    with shop.read() as read:
        return len(read.scalars(select(Event).where(Event.verb == verb)).all())


@contextmanager
def unguarded_for_good(shop: Shop, table: str) -> Iterator[Any]:
    """Somebody with the database's password, whose change stays."""
    with shop.database.engine.connect() as connection:
        if shop.database.is_sqlite:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.commit()


def test_nobody_signs_what_was_changed_after_it_was_looked_at(signing: Trouble) -> None:
    found, asked = conceded(signing)
    who = manager(signing.shop)
    with signing.shop.read() as read:
        whole = queries.whole(read, found.code)
        one = queries.decision_in(whole, asked.id)
        seen = seen_of(content_of_decision(whole.nonconformance, one, one.lot))
    signing.shop.do(lambda work: service.change_nonconformance(work, found.code, what="균열, 날카로운 모서리"))
    with pytest.raises(SignedMoved):
        signing.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN, seen)), actor=who)
    assert count(signing.shop, "people.sign") == 0
    with signing.shop.read() as read:
        whole = queries.whole(read, found.code)
        one = queries.decision_in(whole, asked.id)
        seen = seen_of(content_of_decision(whole.nonconformance, one, one.lot))
    signing.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN, seen)), actor=who)
    assert count(signing.shop, "people.sign") == 1


def test_a_concession_is_approved_only_with_a_signature(signing: Trouble) -> None:
    found, asked = conceded(signing)
    who = manager(signing.shop)
    with pytest.raises(SignatureNeeded):
        signing.shop.do(partial(approve, found, asked, None), actor=who)
    signing.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN)), actor=who)
    assert signing.lot(signing.bad).holds == 0
    [one] = standings(signing, found)
    row = one.signature
    assert (row.person, row.said, row.proof, row.meaning, row.reason) == (
        "황부장", "login", "pin", SignedAs.CONCESSION, "외관만",
    )  # fmt: skip
    assert one.holds
    assert told_of(one) == "fits"
    assert count(signing.shop, "people.sign") == 1


@pytest.mark.parametrize(("named", "said"), [("login", "login"), ("code", "number"), ("badge", "badge")])
def test_a_signer_is_named_by_login_number_or_badge(trouble: Trouble, named: str, said: str) -> None:
    found, asked = conceded(trouble)
    who = manager(trouble.shop)
    with trouble.shop.read() as read:
        name = str(getattr(read.get_one(Person, who.person_id), named))
    trouble.shop.do(partial(approve, found, asked, Signer(f" {name.upper()} ", SAMPLE_PASSWORD)), actor=who)
    [one] = standings(trouble, found)
    assert (one.signature.said, one.signature.proof) == (said, "password")
    assert one.proof.endswith("+ Password")


def test_neither_component_alone_signs_nor_another_persons_name(trouble: Trouble) -> None:
    found, asked = conceded(trouble)
    who, other = manager(trouble.shop), trouble.shop.do(lambda work: make_person(work, login="kim", pin="135792"))
    for signer in (
        Signer("", SAMPLE_PIN), Signer("hwang", ""), Signer("hwang", "135791"), Signer("kim", SAMPLE_PIN),
        Signer(other.code, "135792"), Signer("hwang", "135792"),
    ):  # fmt: skip
        with pytest.raises(WrongSignIn):
            trouble.shop.do(partial(approve, found, asked, signer), actor=who)
    assert standings(trouble, found) == []


def test_a_wrong_signature_leaves_an_event_and_too_many_have_to_wait(signing: Trouble, app: Flask) -> None:
    found, asked = conceded(signing)
    desk = Desk(app, signing.shop, Role.MANAGER)
    place = f"/nonconformances/{found.code}/decisions/{asked.id}/sign"
    for _try in range(FREE_TRIES):
        assert "does not match" in desk.press(place, 401, signer="NOBODY", secret="000000")
    assert desk.press(place, SignInBlocked.status, signer="NOBODY", secret="000000")
    assert count(signing.shop, "people.wrong_signature") == FREE_TRIES
    assert signing.lot(signing.bad).holds == 1


def test_what_was_changed_since_stands_beside_the_signature(signing: Trouble, app: Flask) -> None:
    found, asked = conceded(signing)
    signing.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN)), actor=manager(signing.shop))
    with signing.shop.read() as read:
        version = queries.get_nonconformance(read, found.code).version
    signing.shop.do(
        lambda work: service.change_nonconformance(
            work, found.code, version=version, what="버 없음", severity=found.severity, quantity=found.quantity,
            place=found.place, found_on=found.found_on, found_by=found.found_by, check_due_on=None, reference=None,
        )
    )  # fmt: skip
    [one] = standings(signing, found)
    assert not one.holds
    assert [(change.where, change.signed, change.now) for change in one.differences] == [("what", "버 발생", "버 없음")]
    assert one.differences[0].place == "What is wrong"
    desk = Desk(app, signing.shop, Role.QUALITY)
    assert "버 발생 → 버 없음" in desk.see(f"/nonconformances/{found.code}")
    paper = pdf_text(desk.client.get(f"/nonconformances/{found.code}/pdf").data)
    assert "changed since" in paper
    assert "황부장" in paper


def test_a_signed_text_that_was_forged_is_told(trouble: Trouble) -> None:
    found, asked = conceded(trouble)
    trouble.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN)), actor=manager(trouble.shop))
    with pytest.raises(DBAPIError, match="append-only"), trouble.shop.database.engine.begin() as connection:
        connection.execute(text("UPDATE record_signatures SET person = 'x'"))
    with unguarded_for_good(trouble.shop, "record_signatures") as connection:
        connection.execute(text("UPDATE record_signatures SET content = replace(content, '외관만', '아무거나')"))
    [one] = standings(trouble, found)
    assert not one.whole
    assert told_of(one) == "The signed text was changed"
    with unguarded_for_good(trouble.shop, "record_signatures") as connection:
        connection.execute(text("UPDATE record_signatures SET content = 'no text at all'"))
    assert not standings(trouble, found)[0].holds


def test_a_signature_that_nobody_gave_is_found(trouble: Trouble) -> None:
    found, asked = conceded(trouble)
    trouble.shop.do(partial(approve, found, asked, Signer("hwang", SAMPLE_PIN)), actor=manager(trouble.shop))
    with trouble.shop.read() as read:
        assert prove(read).faults == []
    columns = "thing, thing_id, person_id, said, proof, meaning, at, reason, content, sha256"
    with trouble.shop.database.engine.begin() as connection:  # no trigger keeps anybody from adding
        connection.execute(
            text(
                f"INSERT INTO record_signatures (person, {columns}) SELECT 'Mallory', {columns} FROM record_signatures"
            )
        )
    with trouble.shop.read() as read:
        [(message, values)] = prove(read).faults
    assert (message, values["person"]) == (UNHEARD, "Mallory")


def test_a_release_is_signed_and_other_decisions_are_not(signing: Trouble, app: Flask) -> None:
    found = signing.open()
    signing.shop.do(
        lambda work: service.contain_lots(work, found.code, dict.fromkeys([signing.bad.code, signing.other.code]), "버")
    )
    desk = Desk(app, signing.shop, Role.QUALITY)
    place = f"/nonconformances/{found.code}/lots"
    assert "A release is signed in this plant." in desk.see(f"{place}/{signing.bad.code}")
    desk.press(f"{place}/{signing.bad.code}", decision="rework", reason="연마")
    refused = desk.press(f"{place}/{signing.bad.code}", 422, decision="release", reason="전수 확인")
    assert "releases and concessions are signed" in refused
    who = manager(signing.shop)
    signing.shop.do(
        lambda work: service.decide_lot(
            work, found.code, signing.bad.code, Decision.RELEASE, "전수 확인", signer=as_me(work, SAMPLE_PIN)
        ),
        actor=who,
    )
    [one] = standings(signing, found)
    assert (one.signature.meaning, one.holds) == (SignedAs.RELEASED, True)
    assert signing.lot(signing.bad).holds == 0


def test_programs_cannot_sign(signing: Trouble, app: Flask) -> None:
    found, asked = conceded(signing)
    token = signing.shop.do(lambda work: add_token(work, "ERP", Role.MANAGER))
    answer = app.test_client().post(
        f"/api/v1/nonconformances/{found.code}/decisions/{asked.id}/approve",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "erp-approves-1"},
        json={},
    )
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "SignatureNeeded")
    assert signing.lot(signing.bad).holds == 1


def failed_lot(trouble: Trouble) -> Lot:
    inspection = trouble.inspect("2.5")
    with trouble.shop.read() as read:
        return read.get_one(Lot, inspection.lot_id)


def test_a_decision_about_a_failed_lot_is_signed_with_the_readings_it_rests_on(signing: Trouble, app: Flask) -> None:
    lot, who = failed_lot(signing), manager(signing.shop)
    decide = partial(decide_failed_lot, lot_code=lot.code, accept=True, reason="고객 승인")
    with pytest.raises(SignatureNeeded):
        signing.shop.do(decide, actor=who)
    signing.shop.do(lambda work: decide(work, signer=Signer("hwang", SAMPLE_PIN)), actor=who)
    assert signing.lot(lot).status is LotStatus.AVAILABLE
    with signing.shop.read() as read:
        [one] = decision_signatures(read, lot.id)
    assert one.holds
    assert '"2.5 mm"' in one.signature.content
    with unguarded_for_good(signing.shop, "readings") as connection:
        connection.execute(text("UPDATE readings SET value = 2000000 WHERE value = 2500000"))
    with signing.shop.read() as read:
        [one] = decision_signatures(read, lot.id)
    [change] = one.differences
    assert (change.signed, change.now) == ("2.5 mm", "2 mm")
    desk = Desk(app, signing.shop, Role.QUALITY)
    with signing.shop.read() as read:
        code = read.scalar(text("SELECT code FROM inspections WHERE lot_id = :lot"), {"lot": lot.id})
    for page in (f"/lots/{lot.code}", f"/quality/inspections/{code}", f"/quality/inspections/{code}/print"):
        assert "2.5 mm → 2 mm" in desk.see(page), page
    assert "황부장" in desk.see(f"/lots/{lot.code}")


def test_signatures_hold_when_the_lot_is_labelled_anew(signing: Trouble) -> None:
    lot, who = failed_lot(signing), manager(signing.shop)
    found, _asked = conceded(signing)
    decide = partial(decide_failed_lot, lot_code=lot.code, accept=True, reason="고객 승인")
    signing.shop.do(lambda work: decide(work, signer=Signer("hwang", SAMPLE_PIN)), actor=who)
    signed = standings(signing, found)
    for number, code in enumerate([lot.code, signing.bad.code]):
        signing.shop.do(partial(label_anew, code=code, new_code=f"CUST-{number}", reason="고객 번호"))
    with signing.shop.read() as read:
        assert [one.holds for one in decision_signatures(read, lot.id)] == [True]
    assert [one.holds for one in standings(signing, found)] == [True] * len(signed)


def test_a_lot_is_rejected_at_a_desk_with_both_components(signing: Trouble, app: Flask) -> None:
    lot = failed_lot(signing)
    desk = Desk(app, signing.shop, Role.QUALITY)
    place = f"/quality/lots/{lot.code}/decide"
    assert "Your user name or badge" in desk.see(place)
    given = {"accept": "no", "reason": "두께"}
    assert "does not match" in desk.press(place, 401, **given, signer="NOBODY", secret="000000")
    assert "Give your user name" in desk.press(place, 422, **given)
    assert signing.lot(lot).status is LotStatus.INSPECTION


def test_a_plant_that_does_not_ask_for_it_decides_as_before(trouble: Trouble, app: Flask) -> None:
    lot = failed_lot(trouble)
    desk = Desk(app, trouble.shop, Role.QUALITY)
    place = f"/quality/lots/{lot.code}/decide"
    assert "Your user name or badge" not in desk.see(place)
    desk.press(place, accept="no", reason="두께")
    assert trouble.lot(lot).status is LotStatus.REJECTED
    with trouble.shop.read() as read:
        assert read.scalars(select(RecordSignature)).all() == []


def test_the_page_to_sign_shows_what_is_approved(signing: Trouble, app: Flask) -> None:
    found, asked = conceded(signing)
    desk = Desk(app, signing.shop, Role.MANAGER)
    seen = desk.see(f"/nonconformances/{found.code}/decisions/{asked.id}/sign")
    assert "외관만" in seen
    assert signing.bad.code in seen
    assert "Sign and approve" in desk.see(f"/nonconformances/{found.code}")
    desk.see(f"/nonconformances/{found.code}/decisions/99999/sign", 404)
    with signing.shop.read() as read, pytest.raises(NotFound):
        queries.decision_in(queries.whole(read, found.code), 99999)


def test_a_certificate_is_signed_with_two_components_and_a_reason(shop: Shop) -> None:
    goods = Goods(shop)
    draft = goods.draft()
    goods.sign(draft.code, Meaning.REVIEWED, reason="성적 확인")
    with shop.read() as read:
        [row] = read.scalars(select(CertificateSignature)).all()
    assert (row.said, row.proof, row.reason) == ("number", "pin", "성적 확인")
