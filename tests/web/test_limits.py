"""Who asks too much is told when to come back; who works is never told."""

import io
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from mes.core.access import Role
from mes.people.plant import add_token
from mes.web import limits
from mes.web.limits import LIMITS, MOST_CALLERS, Callers, TooMany
from tests.conftest import Shop
from tests.desk import Desk

OUTSIDE = {"REMOTE_ADDR": "192.0.2.44"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Flask:
    """Limits that a test reaches at once, at a moment that lasts."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 0.0))
    app.extensions["callers"] = Callers()
    for kind in LIMITS:
        monkeypatch.setitem(LIMITS, kind, LIMITS[kind]._replace(at_once=2, a_minute=60))
    return app


def test_a_bucket_fills_again_with_time() -> None:
    callers, limit = Callers(), LIMITS["sign-in"]
    assert [callers.seconds_to_wait("sign-in", "a", 0.0) for _ in range(limit.at_once)] == [0] * limit.at_once
    wait = callers.seconds_to_wait("sign-in", "a", 0.0)
    assert 0 < wait <= 60 / limit.a_minute
    assert callers.seconds_to_wait("sign-in", "b", 0.0) == 0, "everybody has one of their own"
    assert callers.seconds_to_wait("program", "a", 0.0) == 0
    assert callers.seconds_to_wait("sign-in", "a", wait + 0.001) == 0


def test_callers_are_forgotten_before_they_fill_the_memory() -> None:
    callers = Callers()
    for number in range(MOST_CALLERS + 50):
        callers.seconds_to_wait("public", str(number), 0.0)
    assert len(callers._left) == MOST_CALLERS


def test_too_many_sign_ins_from_one_address_wait(small: Flask, shop: Shop) -> None:
    client, sent = small.test_client(), {"login": "x", "password": "wrong", "once": "sign-in-1"}
    for _ in range(2):
        assert client.post("/login", data=sent, environ_base=OUTSIDE).status_code == 401
    refused = client.post("/login", data=sent, environ_base=OUTSIDE, headers={"Accept-Language": "en"})
    assert refused.status_code == TooMany.status
    assert TooMany.message in refused.text
    assert refused.headers["Retry-After"] == "1"
    assert client.post("/login", data=sent).status_code == 401, "the machine itself never waits"


def test_too_many_public_pages_wait_and_who_is_signed_in_does_not(small: Flask, shop: Shop) -> None:
    stranger, desk = small.test_client(), Desk(small, shop, Role.LEADER)
    statuses = [stranger.get("/login", environ_base=OUTSIDE).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert {desk.client.get("/people", environ_base=OUTSIDE).status_code for _ in range(5)} == {200}
    assert stranger.get("/healthz", environ_base=OUTSIDE).status_code == 200
    with stranger.get("/static/css/app.css", environ_base=OUTSIDE) as style:
        assert style.status_code == 200


def test_too_many_calls_of_one_program_wait_in_json(small: Flask, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {shop.do(lambda work: add_token(work, 'one', Role.LEADER))}"}
    client = small.test_client()
    answers = [client.get("/api/v1/items", headers=headers, environ_base=OUTSIDE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].get_json()["code"] == "TooMany"
    assert answers[2].headers["Retry-After"] == "1"
    other = {"Authorization": f"Bearer {shop.do(lambda work: add_token(work, 'other', Role.LEADER))}"}
    assert client.get("/api/v1/items", headers=other, environ_base=OUTSIDE).status_code == 200


@pytest.mark.parametrize("page", ["/login", "/api/v1/items"])
def test_who_invents_a_token_for_each_call_waits_as_one_address(small: Flask, shop: Shop, page: str) -> None:
    client = small.test_client()
    answers = [
        client.get(page, environ_base=OUTSIDE, headers={"Authorization": f"Bearer invented-{n}"}) for n in range(3)
    ]
    assert [answer.status_code for answer in answers][2] == 429
    assert answers[1].status_code == (401 if "api" in page else 200)


def test_another_end_of_an_address_of_ipv6_is_the_same_caller_and_a_blank_makes_no_other_token(
    small: Flask, shop: Shop
) -> None:
    client = small.test_client()
    ends = ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:9::3")
    assert [client.get("/login", environ_base={"REMOTE_ADDR": end}).status_code for end in ends] == [200, 200, 429]
    token = shop.do(lambda work: add_token(work, "one", Role.LEADER))
    asked = [
        client.get("/api/v1/items", environ_base=OUTSIDE, headers={"Authorization": f"Bearer {blanks}{token}"})
        for blanks in ("", " ", "  ")
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 429]


def test_who_types_wrong_passwords_with_a_programs_token_in_hand_waits_all_the_same(small: Flask, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {shop.do(lambda work: add_token(work, 'one', Role.LEADER))}"}
    client, sent = small.test_client(), {"login": "x", "password": "wrong", "once": "sign-in-2"}
    tries = [client.post("/login", data=sent, environ_base=OUTSIDE, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in tries] == [401, 401, 429]


def test_too_many_uploads_of_one_person_wait(small: Flask, shop: Shop) -> None:
    desk = Desk(small, shop, Role.ADMIN)
    statuses = []
    for n in range(3):
        file = FileStorage(io.BytesIO(b"x" * (2 * 1024 * 1024)), "a.csv")
        boundary, body = encode_multipart({"file": file, "once": f"upload-{n}"})
        kind = f"multipart/form-data; boundary={boundary}"
        statuses.append(desk.client.post("/import", data=body, content_type=kind, environ_base=OUTSIDE).status_code)
    assert 429 not in statuses[:2]
    assert statuses[2] == 429
