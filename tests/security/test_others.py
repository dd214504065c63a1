"""What belongs to somebody else: known by its number, asked for under another sign-in, and not given."""

from flask import Flask

from mes.core.access import Actor, Role
from mes.core.work import Work
from mes.equipment.views import COOKIE
from mes.orders.models import Report
from mes.orders.queries import get_job
from mes.quality.service import report_production
from tests.api.test_api import Program
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.security.visitors import signed_in
from tests.station.floor import D, Floor


def test_the_one_time_key_of_another_person_gives_no_answer_of_theirs(app: Flask, shop: Shop) -> None:
    first, second = Desk(app, shop, Role.ADMIN), Desk(app, shop, Role.ADMIN)
    sent = {"once": "the-same-key", "code": "P-1", "name": "한 회사", "kinds": "customer"}
    assert first.client.post("/new/partner", data=sent).status_code == 303
    again = second.client.post("/new/partner", data=sent)
    assert again.status_code == 409  # their own act, which finds the code taken
    assert "recorded before" not in again.text
    one, two = Program(app, shop, Role.MANAGER), Program(app, shop, Role.ADMIN)
    item = {"code": "X", "name": "x", "kind": "raw", "unit": "kg"}
    assert one.post("/items", item, key="program-key-1").status_code == 201
    assert two.post("/items", item, key="program-key-1").status_code == 409


def test_an_operator_takes_back_his_own_entry_only(app: Flask, shop: Shop) -> None:
    floor = Floor(shop)
    job = floor.order(20).jobs[0]
    floor.start(job)
    [flour] = floor.receive(floor.flour, 80)
    floor.scan(job, flour)
    floor.report(job, 5)
    with shop.read() as read:
        [report] = read.query(Report).all()
    other = Program(app, shop, Role.OPERATOR)
    answer = other.post(f"/reports/{report.id}/undo", {"reason": "not mine"})
    assert answer.status_code in (403, 409)
    with shop.read() as read:
        assert read.query(Report).count() == 1


def test_the_history_of_people_and_tokens_is_for_those_who_run_the_plant(app: Flask, shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, Role.OPERATOR))
    for role in (Role.LEADER, Role.QUALITY, Role.MATERIAL):
        for thing in ("persons", "api_tokens", "plant", "sign_ins"):
            seen = Desk(app, shop, role).client.get(f"/events/{thing}/{person.id}")
            assert seen.status_code == 403, (role, thing)
    assert Desk(app, shop, Role.MANAGER).client.get(f"/events/persons/{person.id}").status_code == 200


def test_somebody_changes_his_own_secrets_only_and_needs_the_one_he_has(app: Flask, shop: Shop) -> None:
    victim = shop.do(lambda work: make_person(work, Role.ADMIN, login="boss", password="rice-cake-2026"))
    thief = Desk(app, shop, Role.OPERATOR)
    sent = {"password": "another-secret-1", "again": "another-secret-1", "person": str(victim.id), "code": victim.code}
    thief.client.post("/me", data={"once": "not-mine-0001", "password_now": "rice-cake-2026", **sent})
    given = {"login": "boss", "password": "another-secret-1", "once": "try-it-0001"}
    assert app.test_client().post("/login", data=given).status_code in (401, 422)


def test_what_one_station_may_see_another_does_not_answer_for(app: Flask, shop: Shop) -> None:
    """A sign-in of the kettle's tablet is nobody at the packing's, whichever cookie comes with it."""
    floor = Floor(shop)
    token = shop.do(lambda work: signed_in(work, floor.kim.id, floor.station("T1").id))
    tablet = app.test_client()
    with tablet.session_transaction() as session:
        session["sign_in"] = token
    tablet.set_cookie(COOKIE, floor.tokens["T2"])
    assert "/station" in tablet.get("/station/queue").headers.get("Location", "/station")
    assert tablet.get("/station/queue").status_code in (302, 401)
    tablet.set_cookie(COOKIE, floor.tokens["T1"])
    assert tablet.get("/station/queue").status_code == 200


def test_a_report_bears_the_name_of_who_is_signed_in_whatever_is_sent(app: Flask, shop: Shop) -> None:
    floor = Floor(shop)
    job = floor.order(20).jobs[0]
    floor.start(job)
    [flour] = floor.receive(floor.flour, 80)
    floor.scan(job, flour)
    program = Program(app, shop, Role.OPERATOR)
    forged = {"good": "1", "person": "박정호", "person_id": floor.park.id, "at": "2020-01-01T00:00:00Z"}
    assert program.post(f"/jobs/{job.code}/reports", forged).status_code in (201, 422)
    with shop.read() as read:
        assert [one.person for one in read.query(Report).all() if one.person == "박정호"] == []
        assert get_job(read, job.code).code == job.code


def test_an_act_of_nobody_is_refused_by_the_service_too(shop: Shop) -> None:
    """A view that forgot its guard would still not release in nobody's name: undoing asks for the person."""
    floor = Floor(shop)
    job = floor.order(20).jobs[0]
    floor.start(job)
    [flour] = floor.receive(floor.flour, 80)
    floor.scan(job, flour)
    kim = Actor(floor.kim.name, floor.kim.role_set, floor.kim.id)

    def report(work: Work) -> str:
        return str(report_production(work, job.code, good=D(1)).person)

    assert shop.do(report, actor=kim) == floor.kim.name
