"""Browsers in which somebody is signed in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mes.core.access import Role
from mes.people.service import open_sign_in
from tests.conftest import Shop
from tests.factories import make_person

Browser = Callable[[Role], FlaskClient]


@pytest.fixture
def browser(app: Flask, shop: Shop) -> Browser:
    """A browser in which somebody of a role is signed in."""

    def open_one(role: Role) -> FlaskClient:
        token = shop.do(lambda work: open_sign_in(work, make_person(work, role)))
        client = app.test_client()
        with client.session_transaction() as kept:
            kept.update(sign_in=token, language="en")
        return client

    return open_one
