"""People, the plant's settings and its log as they are used at a desk."""

import ast
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mes.core.access import Role
from mes.core.errors import KeyReused
from mes.core.keys import OneTimeKey
from mes.people import queries
from mes.people.rules import SAMPLE_PASSWORD, WrongSignIn
from mes.people.service import sign_in_with_password
from mes.people.words import DEEDS
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.house.source import calls_in, method, python_files

GOOD = "rice-cake-2026"


@pytest.fixture
def admin(app: Flask, shop: Shop) -> Desk:
    """The administrator's desk."""
    return Desk(app, shop, Role.ADMIN)


def test_a_visitor_of_a_new_plant_is_led_to_the_first_run_and_it_dies_after(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    assert "/setup" in client.get("/", headers={"Accept-Language": "en"}).text
    assert "Set up this plant" in client.get("/setup", headers={"Accept-Language": "en"}).text
    given = {
        "once": "first-run-1", "plant": "햇살떡집", "language": "ko", "time_zone": "Asia/Seoul", "person": "김대표",
        "login": "boss", "password": GOOD, "again": GOOD + "x",
    }  # fmt: skip
    slip = client.post("/setup", data=given)
    assert slip.status_code == 422
    assert "햇살떡집" in slip.text
    assert client.post("/setup", data={**given, "once": "first-run-2", "again": GOOD}).status_code == 303
    assert client.get("/people").status_code == 200  # the administrator is signed in at once
    assert client.get("/setup").status_code == 404
    assert client.post("/setup", data={**given, "once": "first-run-3", "again": GOOD}).status_code == 404


def test_the_first_page_speaks_the_browsers_language(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    for language in ("ko", "en"):
        assert f'<html lang="{language}"' in client.get("/", headers={"Accept-Language": language}).text


def test_only_a_sample_factory_shows_its_logins(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=SAMPLE_PASSWORD))
    client = app.test_client()
    assert SAMPLE_PASSWORD not in client.get("/login").text
    app.config["DEMO"] = True
    try:
        assert SAMPLE_PASSWORD in client.get("/login").text
    finally:
        app.config["DEMO"] = False


@pytest.mark.parametrize(("sample_factory", "spoken"), [(True, "en"), (False, "ko")])
def test_a_visitor_of_a_sample_factory_keeps_the_language_and_a_worker_has_the_own(
    app: Flask, shop: Shop, sample_factory: bool, spoken: str
) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=GOOD, language="ko"))
    app.config["DEMO"] = sample_factory
    english = {"Accept-Language": "en"}
    try:
        client = app.test_client()
        client.post("/login", data={"once": "sign-in-09", "login": "plan", "password": GOOD}, headers=english)
        assert f'<html lang="{spoken}"' in client.get("/items", headers=english).text
        chosen = {"once": "language-9", "language": "vi", "back": "/items"}
        client.post("/language", data=chosen, headers=english)
        assert '<html lang="vi"' in client.get("/items", headers=english).text
    finally:
        app.config["DEMO"] = False


def test_signing_in_and_out(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=GOOD))
    client = app.test_client()
    wrong = client.post("/login", data={"once": "sign-in-01", "login": "plan", "password": "nonsense"})
    assert wrong.status_code == 401
    assert "plan" in wrong.text
    right = client.post("/login", data={"once": "sign-in-02", "login": "plan", "password": GOOD})
    assert right.location == "/"
    assert client.get("/items").status_code == 200
    client.post("/logout", data={"once": "sign-out-1"})
    assert client.get("/items").location == "/login"


def test_a_wrong_try_is_counted_although_the_page_refuses(app: Flask, shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, login="plan", password=GOOD))
    app.test_client().post("/login", data={"once": "sign-in-01", "login": "plan", "password": "nonsense"})
    with shop.read() as read:
        assert queries.get_person(read, person.code).failed_tries == 1


def key_on(page: str) -> str:
    """The one-time key of the form that a page shows."""
    found = re.search(r'<form class="form"[^>]*>.*?name="once"[^>]*value="(\w+)"', page, re.DOTALL)
    assert found
    return found[1]


def test_a_wrong_password_and_then_the_right_one_on_the_same_page_sign_in(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=GOOD))
    client = app.test_client()
    typed = {"login": "plan", "password": "nonsense", "once": key_on(client.get("/login").text)}
    wrong = client.post("/login", data=typed)
    assert wrong.status_code == 401
    assert key_on(wrong.text) != typed["once"]
    right = client.post("/login", data={**typed, "password": GOOD, "once": key_on(wrong.text)})
    assert right.location == "/"


def test_a_wrong_password_that_arrives_twice_shows_its_sentence_twice_and_counts_once(app: Flask, shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, login="plan", password=GOOD))
    client = app.test_client()
    typed = {"login": "plan", "password": "nonsense", "once": "sign-in-01"}
    for _ in range(2):
        answer = client.post("/login", data=typed, headers={"Accept-Language": "en"})
        assert answer.status_code == WrongSignIn.status
        assert WrongSignIn.message in answer.text
        assert key_on(answer.text) != "sign-in-01"
    with shop.read() as read:
        assert queries.get_person(read, person.code).failed_tries == 1


def test_a_sign_in_leads_back_to_the_form_where_it_ended_but_never_elsewhere(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=GOOD))
    client = app.test_client()
    lost = client.post("/orders/new", data={"once": "order-0001"}, headers={"Accept-Language": "en"})
    assert lost.status_code == 401
    assert "/login?next=/orders/new" in lost.text
    typed = {"login": "plan", "password": GOOD}
    ways = {"/orders/new": "/orders/new", "//evil.example": "/", "/\t/evil.example": "/", "/a\r\nb": "/", "": "/"}
    for number, (address, led) in enumerate(ways.items()):
        answer = client.post("/login", query_string={"next": address}, data={**typed, "once": f"sign-in-{number}"})
        assert answer.location == led


def test_a_browser_knows_who_typed_without_being_told_who_it_is(app: Flask, shop: Shop) -> None:
    marks = [
        re.findall(r'name="person" content="(\w*)"', Desk(app, shop, Role.MANAGER).see("/orders/new"))[0] for _ in "ab"
    ]
    assert marks[0] != marks[1]
    assert {len(mark) for mark in marks} == {24}
    assert 'name="person" content=""' in app.test_client().get("/login").text


def test_ones_own_password_is_tried_again_on_the_page_that_refused_it(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.OPERATOR)
    refused = desk.press("/me", 401, password_now="nonsense", password=GOOD)
    assert "press-" not in key_on(refused)


def test_an_entry_sent_again_with_other_values_says_so_and_the_next_one_goes_through(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    form: dict[str, Any] = {"code": "P-1", "name": "햇살마트", "kinds": "customer"}
    desk.press("/new/partner", **form, once="partner-01")
    refused = desk.press("/new/partner", 422, **{**form, "code": "P-2"}, once="partner-01")
    assert KeyReused.message in refused
    desk.press("/new/partner", **{**form, "code": "P-2"}, once=key_on(refused))


def test_what_is_kept_of_a_sign_in_does_not_let_the_password_be_worked_out(app: Flask, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, Role.MANAGER, login="plan", password=GOOD))
    for number, password in enumerate(("first guess", "another guess", GOOD)):
        data = {"login": "plan", "password": password, "once": f"sign-in-{number}"}
        app.test_client().post("/login", data=data)
    with shop.read() as read:
        assert len(set(read.scalars(select(OneTimeKey.fingerprint)))) == 1


def test_a_page_for_signing_in_can_be_looked_for_without_fetching_it(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    assert client.head("/login").status_code == client.get("/login").status_code == 200
    assert client.head("/items").location == "/login"


def test_the_language_is_chosen_and_leads_back(app: Flask, shop: Shop) -> None:
    client = app.test_client()
    answer = client.post("/language", data={"once": "language-1", "language": "ko", "back": "/login"})
    assert answer.location == "/login"
    assert "로그인" in client.get("/login").text
    away = client.post("/language", data={"once": "language-2", "language": "ko", "back": "//evil.example"})
    assert away.location == "/"


def test_a_person_is_entered_changed_and_gets_a_badge(admin: Desk, shop: Shop) -> None:
    form: dict[str, Any] = {"name": "Nguyễn An", "roles": ["operator", "leader"], "language": "vi", "active": "y"}
    admin.press("/new/person", code="007", skills="지게차, 2027-06-30\n용접", **{**form, "language": "ko"})
    page = admin.see("/people/007")
    assert "지게차, 2027-06-30" in page
    assert 'name="code"' not in page
    admin.press("/people/007", 303, **{**form, "language": "ko", "name": "An"}, skills="용접")
    assert "An" in admin.see("/people")
    with shop.read() as read:
        before = queries.get_person(read, "007").badge
    admin.press("/people/007/badge")
    with shop.read() as read:
        assert queries.get_person(read, "007").badge != before


def test_what_was_typed_stays_when_it_is_refused(admin: Desk) -> None:
    form = {"name": "김철수", "language": "ko", "code": "P-9"}
    assert "김철수" in admin.press("/new/person", 422, **form)  # no role
    refused = admin.press("/new/person", 422, **form, roles=["operator"], skills="지게차, someday")
    assert "someday is no date" in refused


def test_a_leader_unlocks_but_changes_nobody(app: Flask, shop: Shop) -> None:
    leader = Desk(app, shop, Role.LEADER)
    shop.do(lambda work: make_person(work, code="P-1", password=GOOD, login="kim"))
    for _ in range(4):
        assert shop.do(lambda work: sign_in_with_password(work, "kim", "wrong")) is None
    leader.press("/people/P-1/unlock")
    assert shop.do(lambda work: sign_in_with_password(work, "kim", GOOD))
    leader.see("/people/P-1", 403)
    Desk(app, shop, Role.OPERATOR).see("/people", 403)


def test_the_settings_of_the_plant_are_changed(admin: Desk) -> None:
    page = admin.see("/plant")
    assert "Asia/Seoul" in page
    form: dict[str, Any] = {
        "name": "새 공장", "language": "ko", "time_zone": "Asia/Seoul", "day_starts_at": "7", "over_production": "2.5",
        "first_out": "refuse", "right_place": "off", "material_scanned": "warn", "undo_minutes": "5",
        "rework_limit": "2", "four_eyes": "y", "micro_stop_minutes": "3", "fastest_percent": "150",
        "longest_run_hours": "16", "idle_minutes": "60",
    }  # fmt: skip
    admin.press("/plant", **form)
    assert re.search(r'name="four_eyes"[^>]*checked|checked[^>]*name="four_eyes"', admin.see("/plant"))
    assert 'value="2.5"' in admin.see("/plant")
    assert "between 0 and 23" in admin.press("/plant", 422, **{**form, "day_starts_at": "24"})


def test_a_company_prefix_and_a_host_that_make_no_codes_are_refused_at_their_fields(admin: Desk) -> None:
    form: dict[str, Any] = {
        "name": "새 공장", "language": "ko", "time_zone": "Asia/Seoul", "day_starts_at": "7", "over_production": "0",
        "first_out": "warn", "right_place": "off", "material_scanned": "warn", "undo_minutes": "5",
        "rework_limit": "2", "micro_stop_minutes": "3", "fastest_percent": "0", "longest_run_hours": "0",
        "idle_minutes": "30", "sscc_digit": "3", "gs1_prefix": "8801234", "link_host": "", "phone": "031-1",
    }  # fmt: skip
    assert "123 is no GS1 company prefix" in admin.press("/plant", 422, **{**form, "gs1_prefix": "123"})
    assert "cannot begin a web address" in admin.press("/plant", 422, **{**form, "link_host": "javascript:x"})
    assert "between 0 and 9" in admin.press("/plant", 422, **{**form, "sscc_digit": "12"})
    admin.press("/plant", **form)
    page = admin.see("/plant")
    assert 'value="8801234"' in page
    assert 'value="https://id.gs1.org"' in page


def test_a_token_is_shown_once_and_ended(admin: Desk) -> None:
    page = admin.press("/tokens", 200, name="저울", role="operator")
    token = re.search(r"mes_[\w-]{40,}", page)
    assert token
    assert token[0] not in admin.see("/tokens")
    admin.press("/tokens/end", name="저울")
    assert "End access" not in admin.see("/tokens")


def test_the_log_and_the_history_of_a_thing(admin: Desk, app: Flask, shop: Shop) -> None:
    person = shop.do(lambda work: make_person(work, code="P-1", name="이영희"))
    assert "Person added" in admin.see("/events?thing=persons&code=P-1&day=2026-01-05")
    assert "Nothing was recorded" in admin.see("/events?code=P-1&day=2020-01-01")
    admin.see("/events?day=nonsense&after=nonsense")
    assert "이영희" in admin.see(f"/events/persons/{person.id}")
    quality = Desk(app, shop, Role.QUALITY)
    quality.see(f"/events/persons/{person.id}", 403)
    quality.see("/events/items/1")


def test_ones_own_password_is_changed_with_the_present_one(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.OPERATOR)
    desk.press("/me", 401, password_now="nonsense", pin="135790")
    assert "My sign-in" in desk.see("/me")


def test_a_refused_page_says_what_to_do_next(app: Flask, shop: Shop, admin: Desk) -> None:
    assert "no page at this address" in admin.see("/nowhere", 404)
    nobody = app.test_client().get("/nowhere", headers={"Accept-Language": "en"})
    assert "Sign in" in nobody.text


@pytest.mark.xdist_group("source")
def test_every_deed_in_the_log_has_words() -> None:
    verbs = {
        argument.value
        for file in python_files("mes")
        for call in calls_in(file)
        if method(call) in {"add", "change", "record", "add_coded", "change_coded"}
        for argument in call.args
        if isinstance(argument, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(argument.value))
    }
    assert verbs - set(DEEDS) == set(), "add its words to mes/people/words.py"


def test_a_person_keeps_a_language_that_has_no_catalogue_yet(admin: Desk, shop: Shop) -> None:
    shop.do(lambda work: make_person(work, code="E9", name="Hoa", language="vi"))
    assert "Tiếng Việt" in admin.see("/people")
    assert '<option selected value="vi">' in admin.see("/people/E9")


def test_the_language_is_chosen_on_the_page_that_shows_the_refused_form_again(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    refused = desk.press("/new/partner", 422, code="", name="햇살마트")
    assert 'name="back" value="/new/partner?"' in refused
    assert "햇살마트" in refused


def test_a_file_that_is_too_large_leads_back_to_what_was_typed(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.MANAGER)
    answer = desk.client.post(
        "/import",
        data=b"",
        content_type="multipart/form-data; boundary=here",
        headers={"Referer": "http://localhost/import"},
        environ_overrides={"CONTENT_LENGTH": str(60 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "larger than 50 MB" in answer.text
    assert "data-back" in answer.text
