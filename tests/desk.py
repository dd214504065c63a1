"""A person at a desk, signed in without the slow check of a password."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.core.work import Work
from mes.people.models import SignIn
from mes.people.service import token_hash
from tests.conftest import Shop
from tests.factories import make_person


class Desk:
    """A person at a desk: opens pages and presses buttons."""

    def __init__(self, app: Flask, shop: Shop, *roles: Role) -> None:
        self.client: FlaskClient = app.test_client()
        self.presses = 0
        token = shop.do(lambda work: open_sign_in(work, *roles))
        with self.client.session_transaction() as kept:
            kept.update(sign_in=token, language="en")

    def see(self, address: str, status: int = 200) -> str:
        """The page at an address."""
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    def press(self, address: str, /, status: int = 303, **values: Any) -> str:
        """Send a form; gives the page that answers, or where it leads."""
        self.presses += 1
        answer = self.client.post(address, data={"once": f"press-{self.presses:04d}", **values})
        assert answer.status_code == status, answer.text
        return answer.location or answer.text


def open_sign_in(work: Work, *roles: Role) -> str:
    """A browser's sign-in that lasts for a month; gives its token."""
    person = make_person(work, *roles)
    token = f"token of {person.code}"
    work.session.add(
        SignIn(token_hash=token_hash(token), person_id=person.id, at=work.now, expires_at=work.now + timedelta(days=30))
    )
    return token
