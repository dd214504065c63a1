"""What is asked in an address is looked for, sorted by and paged after; it is never a part of the statement."""

import base64
import json
import re

import pytest
from flask import Flask
from sqlalchemy import text

from mes.core.access import Role
from mes.people.plant import add_token
from tests.conftest import Shop
from tests.desk import Desk
from tests.midday.addresses import address, pages
from tests.security.visitors import midday_of

ON_BOTH = True
#: The names by which pages and programs ask.
ASKED = (
    "q", "search", "sort", "order", "by", "after", "before", "since", "until", "day", "of", "code", "line", "kind",
    "show", "state", "item", "lot", "thing", "actor", "size", "from", "to", "n", "skip", "used", "machine", "points",
    "shift", "days", "people", "in_use", "layout", "language", "format", "form", "how", "EQ_bizStep", "MATCH_epc",
    "orderBy", "nextPageToken", "perPage", "parent", "sheet", "make",
)  # fmt: skip
INJECTED = (
    "' OR '1'='1",
    "1; DROP TABLE events; --",
    '" OR 1=1 --',
    "id) UNION SELECT 1,2,3 --",
    "%' ESCAPE '",
    "%_\\",
)


def cursor(*values: object) -> str:
    """A token of paging with something else in it."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


CURSORS = (
    cursor("x' OR 1=1 --"), cursor("x", "y", "z"), cursor(2**70), cursor(None), cursor(["a"]), cursor({"t": "x"}),
    cursor({"d": "2026-01-01' --"}), cursor("a", 1), cursor(1, 1), cursor("\x00", 1), cursor(-1), cursor(1.5),
    cursor(True), "!!!", "e30", "W10", "=" * 50, "A" * 5000, cursor({"t": "0001-01-01T00:00:00+23:59"}, 1),
)  # fmt: skip


@pytest.mark.thorough
@pytest.mark.long
def test_what_is_asked_is_no_part_of_a_statement(app: Flask, shop: Shop) -> None:
    known = midday_of(shop).known
    boss = Desk(app, shop, *Role)
    token = shop.do(lambda work: add_token(work, "all", Role.MANAGER))
    shown = [rule for rule in pages(app, station=False) if "pdf" not in rule and "practice" not in rule]
    lists = [address(rule, known).partition("?")[0] for rule in shown]
    described = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    programs = [f"/api/v1{path}" for path in described if "get" in described[path] and "{" not in path]
    wrong = []
    for turn, asked in enumerate([*lists, *programs, "/epcis/events"]):
        words = {name: INJECTED[(turn + place) % len(INJECTED)] for place, name in enumerate(ASKED)}
        for query in (words, {"after": CURSORS[turn % len(CURSORS)]}, {"before": CURSORS[(turn + 7) % len(CURSORS)]}):
            answer = boss.client.get(asked, query_string=query, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code >= 500 or re.search(rb"sqlite3|psycopg|syntax error|SELECT .* FROM", answer.data):
                wrong.append((asked, query, answer.status_code))
    assert wrong == []
    with shop.read() as read:
        assert read.scalar(text("SELECT count(*) FROM events"))


def test_each_cursor_that_is_none_begins_at_the_first_page(app: Flask, shop: Shop) -> None:
    token = shop.do(lambda work: add_token(work, "all", Role.MANAGER))
    boss, bearer = Desk(app, shop, *Role), {"Authorization": f"Bearer {token}"}
    for one in CURSORS:
        for asked in ("/api/v1/items", "/api/v1/lots", "/api/v1/reports"):
            answer = app.test_client().get(asked, query_string={"after": one}, headers=bearer)
            assert answer.status_code == 200, (asked, one, answer.text)
        for asked in ("/lots", "/events", "/orders"):
            assert boss.client.get(asked, query_string={"after": one}).status_code == 200, (asked, one)


def test_a_sign_that_searching_knows_is_looked_for_as_itself(app: Flask, shop: Shop) -> None:
    boss = Desk(app, shop, *Role)
    boss.press("/new/partner", code="P-1", name="100% 식품", kinds="customer")
    boss.press("/new/partner", code="P-2", name="다른 회사", kinds="customer")
    found = boss.see("/partners?q=100%25")
    assert "P-1" in found
    assert "P-2" not in found
    for sign in ("_", "\\", "%%", "' OR '1'='1"):
        assert "P-2" not in boss.client.get("/partners", query_string={"q": sign}).text, sign
