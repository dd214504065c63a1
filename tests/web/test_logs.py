"""What the program writes about its work: enough to find a fault by its id, and nothing that opens a door."""

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request

from mes.core.access import Role
from mes.people.plant import add_token
from mes.web import logs
from mes.web.errors import Fault, PageMissing
from tests.conftest import Shop
from tests.desk import Desk
from tests.factories import make_person
from tests.house.source import calls, method
from tests.people.test_second_factor import GOOD, Boss


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, as JSON."""
    out = io.StringIO()
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    levels = {log: log.level for log in (root, logging.getLogger("mes"), logs.ACCESS)}
    logs.write_as("json")
    root.handlers[0].stream = out  # type: ignore[attr-defined]
    yield out
    root.handlers[:] = before
    for log, level in levels.items():
        log.setLevel(level)


@pytest.fixture
def faulty(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A program with a fault that quotes everything it was sent."""

    def fails(**_address: Any) -> None:
        everything = [*request.form.values(), *request.args.values(), *map(str, request.headers.values())]
        raise RuntimeError(f"cannot do it: {everything}")

    for endpoint in ("people.login", "station.pin", "second.code", "items_api.list_items", "people.profile"):
        assert endpoint in app.view_functions
        monkeypatch.setitem(app.view_functions, endpoint, fails)
    return app


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_request_leaves_one_line_with_its_id(app: Flask, shop: Shop, written: io.StringIO) -> None:
    desk = Desk(app, shop, Role.LEADER)
    answer = desk.client.get("/people?q=secretly")
    (line,) = lines(written)
    assert line["request"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/people", 200)
    assert isinstance(line["person"], int)
    assert line["ms"] > 0
    assert "secretly" not in written.getvalue(), "what was looked for is nobody's business"


def test_a_line_names_the_station_and_the_refusal(app: Flask, shop: Shop, written: io.StringIO) -> None:
    app.test_client().get("/no/such/page")
    (line,) = lines(written)
    assert (line["status"], line["refused"], line["route"], line["station"]) == (404, "PageMissing", None, None)


def test_no_line_holds_what_opens_a_door(faulty: Flask, shop: Shop, written: io.StringIO) -> None:
    person = shop.do(lambda work: make_person(work, login="kim", password=GOOD, pin="135790"))
    token = shop.do(lambda work: add_token(work, "scale", Role.LEADER))
    secrets = {GOOD, "135790", token, person.badge, "864209", "ABCD-EFGH-JKLM", "a-cookie-of-ours"}
    client = faulty.test_client()
    client.set_cookie("mes_station", "a-cookie-of-ours")
    asked = [
        client.post("/login", data={"login": "kim", "password": GOOD, "again": GOOD}),
        client.post("/login?password=" + GOOD, data={"pin": "135790"}),
        client.post("/login/code", data={"second": "864209"}),
        client.post("/login/code", data={"second": "ABCD-EFGH-JKLM"}),
        client.post("/login", data={"text": person.badge}),
        client.get("/api/v1/items", headers={"Authorization": f"Bearer {token}"}),
        client.get(f"/api/v1/items?token={token}"),
    ]
    assert {answer.status_code for answer in asked} == {500}
    log = written.getvalue()
    assert log.count("cannot do it") >= len(asked)
    for secret in secrets:
        assert secret not in log, secret


def test_signing_in_leaves_no_secret_in_the_log_either(
    app: Flask, shop: Shop, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    boss = Boss(app, shop)
    codes = boss.set_up()
    code = boss.code()
    boss.sign_in(client := boss.browser())
    boss.press("/login/code", client, second=codes[0])
    boss.press("/login/code", client, second="000111")
    everything = written.getvalue() + "".join(capfd.readouterr())
    for secret in (GOOD, code, *codes, codes[0].replace("-", "")):
        assert secret not in everything
    assert len(lines(written)) >= 6


def test_the_page_of_a_fault_and_its_line_have_the_same_id(faulty: Flask, written: io.StringIO) -> None:
    answer = faulty.test_client().get("/login", headers={"Accept-Language": "en"})
    ident = answer.headers["X-Request-Id"]
    assert answer.status_code == Fault.status
    assert answer.text.count(ident) == 2, "in the hint, and below"
    fault, access = lines(written)
    assert fault["request"] == access["request"] == ident
    assert "RuntimeError" in fault["error"]


def test_programs_get_the_id_in_the_answer(app: Flask, shop: Shop) -> None:
    answer = app.test_client().get("/api/v1/nothing")
    assert answer.get_json()["code"] == PageMissing().code
    assert answer.get_json()["request"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("given", ["0123456789abcdef", "x" * 65, "two words", "<b>bold</b>", 'quote"quote'])
def test_an_id_from_outside_is_taken_from_a_declared_proxy_only(app: Flask, given: str) -> None:
    client = app.test_client()
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "SETTINGS", type("Behind", (), {"proxies": 1, "metrics_token": ""})())
        answered = client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert (answered == given) is (given == "0123456789abcdef")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://mes:pa55word@db/mes", "postgresql://***@db/mes"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("mes_0123456789012345678901", "***"),
        ("order W260105-0001K and lot L260105-00014", "order W260105-0001K and lot L260105-00014"),
    ],
)
def test_secrets_are_known_by_their_shape_too(text: str, shown: str) -> None:
    assert logs.without_secrets(text) == shown


def test_for_a_person_a_line_is_text_and_only_what_needs_somebody_is_written() -> None:
    record = logging.LogRecord("mes", logging.ERROR, __file__, 1, "fault at %s", ("/login",), None)
    assert logs.Text().format(record).endswith("ERROR mes: fault at /login")
    levels = {log: log.level for log in (logging.getLogger(), logging.getLogger("mes"), logs.ACCESS)}
    handlers = list(logging.getLogger().handlers)
    try:
        logs.write_as("text")
        assert not logs.ACCESS.isEnabledFor(logging.INFO)
        assert logging.getLogger("mes").isEnabledFor(logging.INFO)
    finally:
        logging.getLogger().handlers[:] = handlers
        for log, level in levels.items():
            log.setLevel(level)


def test_what_a_thread_says_at_each_look_is_written_once_and_then_how_often(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    log = logging.getLogger("mes.printing.worker")

    def looks() -> None:
        try:
            raise ConnectionError("no answer")
        except ConnectionError:
            log.exception("looking at the print queue")

    for _second in range(100):
        looks()
    log.warning("looking at the print queue")  # the same words, and nothing broke
    assert [line["level"] for line in lines(written)] == ["error", "warning"]
    now += logs.Calm.SECONDS
    looks()
    assert lines(written)[-1]["message"] == "looking at the print queue (and 99 times since)"


def test_faults_of_requests_are_all_written(faulty: Flask, written: io.StringIO) -> None:
    for _click in range(3):
        faulty.test_client().get("/login")
    assert len([line for line in lines(written) if line["message"].startswith("fault ")]) == 3


def test_a_thousand_different_troubles_are_not_all_remembered() -> None:
    calm = logs.Calm()
    for number in range(1000):
        assert calm.filter(logging.LogRecord("mes", logging.ERROR, "", 0, f"trouble {number}", (), None))
    assert len(calm._said) <= calm.MOST


def test_nothing_is_written_into_files() -> None:
    """So nothing grows: systemd's journal, Windows' service or the container keeps and bounds what is said."""
    assert not list(calls(lambda call: method(call).endswith("FileHandler"), {}))
