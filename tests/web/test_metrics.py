"""Figures for Prometheus: right, cheap, and for nobody who may not have them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from mes.core.access import Role
from mes.core.config import Settings
from mes.core.db import Database, FairQueue
from mes.keeping.models import Copy, CopyState, Place, PlaceKind
from mes.web import health
from mes.web.metrics import Counts
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.statements import statements

LINE = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+')


@pytest.fixture(autouse=True)
def anew(app: Flask) -> None:
    counts: Counts = app.extensions["counts"]
    counts.__init__()  # type: ignore[misc]


def figures(app: Flask) -> dict[str, float]:
    text = app.test_client().get("/metrics").text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines), [line for line in lines if not LINE.fullmatch(line)]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_requests_refusals_and_writes_are_counted(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, Role.LEADER)
    before = figures(app)
    desk.see("/people")
    desk.see("/people")
    desk.client.get("/plant")
    shop.do(make_person)
    after = figures(app)
    assert after['mes_requests_total{route="/people",method="GET",status="200"}'] == 2
    assert after['mes_refusals_total{kind="NotAllowed"}'] == 1
    assert after["mes_writes_total"] == before["mes_writes_total"] + 1
    assert after["mes_events_head"] > before["mes_events_head"]
    assert after["mes_database_up"] == 1
    assert after["mes_request_seconds_count"] == after['mes_request_seconds_bucket{le="+Inf"}'] == 4
    assert after['mes_request_route_seconds_total{route="/people",method="GET"}'] > 0


def test_the_age_of_the_last_good_backup_is_told(app: Flask, shop: Shop) -> None:
    assert "mes_backup_age_seconds" not in figures(app)
    place = Place(kind=PlaceKind.HERE, address="here", every_days=1, active=True, added_at=shop.now)
    shop.do(lambda work: work.add(place, "keeping.add_place"))
    then = shop.now - timedelta(hours=3)
    copy = Copy(place_id=place.id, as_of=then, at=then, file="x", size=1, state=CopyState.GOOD)
    shop.do(lambda work: work.add(copy, "keeping.copy"))
    assert figures(app)["mes_backup_age_seconds"] == 3 * 3600


def test_nobody_else_learns_that_there_are_figures(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404
    monkeypatch.setitem(app.config, "SETTINGS", Settings(metrics_token="collect-these-figures"))
    assert client.get("/metrics").status_code == 404
    for given, status in (("collect-these-figures", 200), ("another", 404), ("", 404)):
        headers = {"Authorization": f"Bearer {given}"}
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"})
        assert answer.status_code == status


def test_collecting_is_cheap_and_tells_when_the_database_is_away(
    app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with statements(shop.database) as seen:
        figures(app)
    assert len(seen) <= 4

    def gone(*_given: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("mes.web.metrics._of_the_database", gone)
    assert figures(app)["mes_database_up"] == 0


def test_writers_of_an_embedded_database_tell_how_long_they_waited() -> None:
    queue = FairQueue()
    assert queue.enter(0.01)
    assert not queue.enter(0.01)
    assert queue.entered == 1
    assert queue.waited >= 0.01
    queue.leave()
    assert queue.enter(0.01)
    assert queue.entered == 2


def test_the_plant_is_not_ready_without_room_on_the_disk_or_with_older_tables(
    app: Flask, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr("mes.core.schema.head", lambda: "9999")
    assert client.get("/readyz").status_code == 503
    monkeypatch.undo()
    if shop.database.is_sqlite:
        monkeypatch.setattr(health, "_room", lambda: 1024)
        assert client.get("/readyz").status_code == 503
        monkeypatch.undo()
        state = app.extensions["mes"]
        monkeypatch.setattr(state, "database", Database("sqlite:////nowhere/at/all.db"))
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
