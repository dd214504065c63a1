"""Every page as those see it for whom it is, and those for whom it is not; and what no page may hold."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mes.core.access import Actor as Somebody
from mes.core.access import Role, Who, may
from tests.conftest import Shop
from tests.factories import make_person
from tests.security.visitors import signed_in

pytestmark = [pytest.mark.long, pytest.mark.thorough]
#: Addresses of programs, which come with a token and are tried with it (tests/api, tests/epcis).
FOR_PROGRAMS = re.compile(r"/(api|epcis)(/|$)")
#: Pages that lead on, or need something more than a person (a tablet, a selection), whoever asks.
LEAD_ON = {302, 303, 401, 404, 409, 422}
#: What shows nothing, and is asked by a page.
EMPTY = {"/login/here": 204}


@pytest.fixture
def people(app: Flask, shop: Shop) -> dict[Role | None, FlaskClient]:
    """A browser for each role, and one where nobody is signed in."""
    browsers: dict[Role | None, FlaskClient] = {None: app.test_client()}
    for role in Role:
        person = shop.do(lambda work, role=role: make_person(work, role))  # type: ignore[misc]
        token = shop.do(lambda work, person=person: signed_in(work, person.id))  # type: ignore[misc]
        browsers[role] = app.test_client()
        with browsers[role].session_transaction() as session:
            session["sign_in"] = token
    return browsers


def pages(app: Flask) -> Iterator[tuple[Rule, Who]]:
    """Every page that needs no code in its address."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and not rule.arguments and not FOR_PROGRAMS.match(rule.rule):
            yield rule, getattr(app.view_functions[rule.endpoint], "who")


def lets_in(role: Role | None, who: Who) -> bool:
    """Whether the route's rule lets this visitor in."""
    return may(Somebody("x", frozenset({role})) if role else None, who)


def test_pages_open_for_those_and_only_those_whom_they_are_for(
    app: Flask, people: dict[Role | None, FlaskClient]
) -> None:
    wrong = []
    for rule, who in pages(app):
        shown = False
        for role, browser in people.items():
            if lets_in(role, who) and shown:
                continue  # the page itself was looked at once; the guard is the same for all
            answer = browser.get(rule.rule)
            if lets_in(role, who):
                shown = True
                good = answer.status_code in {EMPTY.get(rule.rule, 200), *LEAD_ON} and not faults(answer)
            else:
                good = answer.status_code in ({403} if role else {302, 401})
            if not good:
                wrong.append((rule.rule, str(role), answer.status_code, faults(answer)))
    assert not wrong, "\n".join(map(str, wrong))


def faults(answer: TestResponse) -> list[str]:
    """What is wrong with a page: no title like its heading, double ids, scripts or styles inside, no policy."""
    if answer.mimetype != "text/html" or not answer.text.startswith("<!doctype html>") or answer.status_code != 200:
        return []
    look = Look()
    look.feed(answer.text)
    found = [f"the id {name} stands twice" for name in look.ids if look.ids.count(name) > 1]
    if "default-src 'self'" not in answer.headers.get("Content-Security-Policy", ""):
        found.append("no content security policy")
    if len(look.headings) != 1:
        found.append(f"{len(look.headings)} main headings")
    found += look.inline
    if "None" in look.text.split():
        found.append("says None")
    return found


class Look(HTMLParser):
    """Reads a page for what must not be there."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.inline: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if names.get("id"):
            self.ids.append(str(names["id"]))
        if tag == "h1":
            self.headings.append(tag)
        if (tag == "script" and "src" not in names) or tag == "style":
            self.inline.append(f"<{tag}> inside the page")
        self.inline += [f"{name} on <{tag}>" for name in names if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"
