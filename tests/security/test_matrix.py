"""Who gets in where: every route, by every visitor, exactly as the route declares it.

The routes are those of the application's own map (pages and acts) and, of programs, those of its OpenAPI document.
A visitor is let in when what lies behind the guard would be reached; nothing behind it is done here.
"""

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from werkzeug.routing import Rule

from mes.core import access, api, pages
from mes.core.access import Who
from mes.epcis import api as epcis_api
from mes.web import errors
from mes.web.rights import PUBLIC, rights_of
from tests.conftest import Shop
from tests.security.visitors import Crowd, Visitor, is_for_programs

#: What answers without a guard: the description of the API, and what the framework serves.
UNGUARDED = {"openapi", "static"}
NAME = re.compile(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>")


class Door(NamedTuple):
    """A route as somebody may try it."""

    method: str
    address: str
    endpoint: str
    who: Who


class Guard:
    """Stands where the guard stands: asks it, notes whom it let in, and lets nobody any further."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.rule: Who = None
        self.asked = self.let_in = False
        self._real = pages.guard
        for module in (pages, api, epcis_api):
            patch.setattr(module, "guard", self)
        patch.setattr(errors, "page", lambda *_args, **_context: "")  # a refusal's page is looked at elsewhere

    def __call__(self, who: Who) -> None:
        """As the real one, and then a dead end."""
        self.asked, self.rule = True, who
        self._real(who)
        self.let_in = True
        raise errors.PageMissing

    def reset(self) -> None:
        """Before the next one comes."""
        self.asked = self.let_in = False


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    """The guard, watched."""
    return Guard(monkeypatch)


@pytest.fixture
def crowd(app: Flask, shop: Shop) -> Crowd:
    """Everybody who may come."""
    return Crowd(app, shop)


def doors(app: Flask) -> Iterator[Door]:
    """Every route by every method it takes."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in UNGUARDED:
            who = getattr(app.view_functions[rule.endpoint], "who")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Door(method, example(rule), rule.endpoint, who)


def example(rule: Rule) -> str:
    """An address of this rule, of something that need not be there."""

    def part(found: re.Match[str]) -> str:
        kind, words = found[1], found[2]
        return "1" if kind == "int" else words.split(",")[0].strip(" '\"") if kind == "any" else "X"

    return NAME.sub(part, rule.rule)


def wrong(guard: Guard, door: Door, visitor: Visitor) -> str | None:
    """What is not as declared when this visitor tries this door."""
    guard.reset()
    answer = visitor.ask(door.method, door.address)
    roles = visitor.roles_at(door.address)
    expected = door.who is None or bool(roles & door.who)
    told = f"{visitor.name}: {door.method} {door.address} ({door.endpoint}) answers {answer.status_code}"
    if guard.asked and guard.rule != door.who:
        return f"{told}; the guard asks for another rule than is declared"
    if guard.let_in and not expected:
        return f"{told}; let in"
    if expected and not guard.let_in:
        # a device that was taken off the list is told so before anything else, whatever it sends
        off_the_list = visitor.name == "a tablet that is no station" and "/station" in door.address
        return None if off_the_list and door.method == "POST" else f"{told}; not let in"
    if not expected:
        refused = {401, 403} if is_for_programs(door.address) or roles or door.method == "POST" else {302, 401}
        return None if answer.status_code in refused else f"{told}; not refused as it should be"
    return None


def test_routes_let_in_whom_they_declare_and_nobody_else(app: Flask, guard: Guard, crowd: Crowd) -> None:
    """Each door is tried by nobody, and by another one of the crowd in turn."""
    tried = list(doors(app))
    found = [wrong(guard, door, crowd.all[0]) for door in tried]
    found += [wrong(guard, door, crowd.all[1:][turn % len(crowd.all[1:])]) for turn, door in enumerate(tried)]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.thorough
@pytest.mark.long
def test_every_route_is_tried_by_each_role_and_by_outsiders(app: Flask, guard: Guard, crowd: Crowd) -> None:
    """With MES_ACCESS=all everybody tries everything, also who is nobody there in the same way as another one."""
    found: list[str | None] = []
    for turn, door in enumerate(doors(app)):
        inside = [one for one in crowd.all if one.roles_at(door.address)]
        outside = [one for one in crowd.all if not one.roles_at(door.address)]
        if os.environ.get("MES_ACCESS") != "all":
            outside = [outside[0], outside[1:][turn % len(outside[1:])]]
        found += [wrong(guard, door, visitor) for visitor in inside + outside]
    assert not any(found), "\n".join(filter(None, found))


def test_every_route_of_the_api_stands_in_its_description_and_is_closed_without_a_token(app: Flask) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    names = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    served = {name.removeprefix("/api/v1") for name in names if name.startswith("/api/") and "openapi" not in name}
    assert set(described["paths"]) == served
    assert described["security"] == [{"token": []}]
    assert all(one.who for one in api.ROUTES)


def test_what_is_open_to_anybody_is_listed_with_its_reason(app: Flask) -> None:
    """A new page without a rule is seen here: say in mes/web/rights.py why anybody may open it."""
    open_ones = {door.endpoint for door in doors(app) if door.who is None} | (UNGUARDED - {"static"})
    assert open_ones == set(PUBLIC)
    assert all(PUBLIC.values())


def test_every_rule_is_one_of_the_groups_that_have_a_name(app: Flask) -> None:
    groups = [who for who in vars(access).values() if isinstance(who, frozenset)]
    strange = [door.address for door in doors(app) if door.who is not None and door.who not in groups]
    assert strange == []


def test_the_table_for_people_says_the_same_as_the_routes(app: Flask) -> None:
    told = {(one.method, one.endpoint, one.who) for one in rights_of(app)}
    assert told >= {(door.method, door.endpoint, door.who) for door in doors(app)}
    assert all(one.what for one in rights_of(app))
