"""Everybody who may stand in front of a route: what their browser or program brings along, and what they are then."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mes.core.access import Role
from mes.core.work import Work
from mes.equipment.views import COOKIE
from mes.people.models import SignIn
from mes.people.plant import add_token, end_token
from mes.people.queries import find_by_login, get_person
from mes.people.service import change_person, sign_out, token_hash
from tests.conftest import Shop
from tests.factories import make_person
from tests.midday import Midday
from tests.remembered import recall
from tests.station.floor import Floor

PASSWORD = "long enough to pass"
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Visitor:
    """One kind of visitor: a browser of its own, headers, and the roles that count at pages and at programs' routes."""

    name: str
    browser: FlaskClient
    at_pages: frozenset[Role] = NOBODY
    at_programs: frozenset[Role] = NOBODY
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, address: str) -> TestResponse:
        """Send a request as this visitor would."""
        sent = {"once": "0123456789abcdef"} if method == "POST" else None
        return self.browser.open(address, method=method, data=sent, headers=self.headers)

    def roles_at(self, address: str) -> frozenset[Role]:
        """What this visitor is at an address: a token counts for programs only, a sign-in for pages only."""
        return self.at_programs if is_for_programs(address) else self.at_pages


def is_for_programs(address: str) -> bool:
    """Whether programs call it."""
    return address.startswith(("/api/", "/epcis/")) or address == "/epcis"


def midday_of(shop: Shop) -> Midday:
    """The bakery in the middle of its day, made once by each worker."""
    return recall(shop, ("midday",), lambda: Midday(Floor(shop)))


def signed_in(work: Work, person_id: int, station_id: int | None = None) -> str:
    """A browser's sign-in of somebody, at a desk or at a station, as if it had just been made; gives its token."""
    token = secrets.token_urlsafe()
    ends = work.now + timedelta(days=30)
    work.session.add(
        SignIn(token_hash=token_hash(token), person_id=person_id, at=work.now, expires_at=ends, station_id=station_id)
    )
    return token


def _leave(work: Work) -> None:
    person = find_by_login(work.session, "left")
    assert person
    change_person(
        work, person.code, name=person.name, roles=person.role_set, language="ko", login=person.login, active=False
    )


class Crowd:
    """The visitors of one plant."""

    def __init__(self, app: Flask, shop: Shop) -> None:
        self.app, self.shop, self.floor = app, shop, Floor(shop)
        self.all = [
            self._visitor("nobody"),
            *map(self._at_a_desk, Role),
            *map(self._program, Role),
            self._visitor("a tablet that is no station", cookie="made-up"),
            self._visitor("a station with nobody at it", cookie=self.floor.tokens["T1"]),
            self._at_a_station("KIM", Role.OPERATOR),
            self._at_a_station("PARK", Role.LEADER),
            self._carried_away(),
            self._signed_out(),
            self._not_here_any_more(),
            self._made_up(),
            self._program_of_before(),
            self._visitor("a made-up token", headers={"Authorization": "Bearer made-up"}),
        ]

    def _visitor(self, name: str, session: str = "", cookie: str = "", headers: dict[str, str] | None = None,
                 pages: frozenset[Role] = NOBODY, programs: frozenset[Role] = NOBODY) -> Visitor:  # fmt: skip
        browser = self.app.test_client()
        if cookie:
            browser.set_cookie(COOKIE, cookie)
        if session:
            with browser.session_transaction() as kept:
                kept["sign_in"] = session
        return Visitor(name, browser, pages, programs, headers or {})

    def _sign_in(self, login: str, role: Role) -> str:
        person = self.shop.do(lambda work: make_person(work, role, login=login, password=PASSWORD))
        return self.shop.do(lambda work: signed_in(work, person.id))

    def _at_a_desk(self, role: Role) -> Visitor:
        return self._visitor(f"{role} at a desk", self._sign_in(f"the-{role}", role), pages=frozenset({role}))

    def _program(self, role: Role) -> Visitor:
        token = self.shop.do(lambda work: add_token(work, f"program {role}", role))
        bearer = {"Authorization": f"Bearer {token}"}
        return self._visitor(f"program {role}", headers=bearer, programs=frozenset({role}))

    def _pin(self, code: str) -> str:
        station = self.floor.station("T1").id
        return self.shop.do(lambda work: signed_in(work, get_person(work.session, code).id, station))

    def _at_a_station(self, code: str, role: Role) -> Visitor:
        return self._visitor(f"{role} at a station", self._pin(code), self.floor.tokens["T1"], pages=frozenset({role}))

    def _carried_away(self) -> Visitor:
        """The sign-in of a tablet is worth nothing in another browser: a PIN opens the station only."""
        return self._visitor("a leader's sign-in carried away from a station", self._pin("PARK"))

    def _signed_out(self) -> Visitor:
        token = self._sign_in("gone-home", Role.ADMIN)
        self.shop.do(lambda work: sign_out(work, token))
        return self._visitor("an administrator who signed out", token)

    def _not_here_any_more(self) -> Visitor:
        token = self._sign_in("left", Role.ADMIN)
        self.shop.do(_leave)
        return self._visitor("an administrator who does not work here any more", token)

    def _made_up(self) -> Visitor:
        return self._visitor("a made-up sign-in", "made-up")

    def _program_of_before(self) -> Visitor:
        token = self.shop.do(lambda work: add_token(work, "of before", Role.ADMIN))
        self.shop.do(lambda work: end_token(work, "of before"))
        return self._visitor("a program whose token was ended", headers={"Authorization": f"Bearer {token}"})
