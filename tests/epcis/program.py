"""A partner's program at the EPCIS addresses, and what a mill upstream of the bakery tells."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse

from mes.core.access import Role
from mes.epcis.vocabulary import GS1_CONTEXT
from mes.people.plant import add_token
from tests.conftest import Shop

FLOUR, CAKE = "08800000000015", "08800000000022"
MILL_LOT = f"https://id.gs1.org/01/{FLOUR}/10/M-77"
WHEAT = "https://id.gs1.org/01/09501101530003/10/W-1"


class Partner:
    """A program with a token that speaks EPCIS."""

    def __init__(self, app: Flask, shop: Shop, role: Role = Role.QUALITY) -> None:
        self.client = app.test_client()
        self.token = shop.do(lambda work: add_token(work, f"partner {role}", role))

    def get(self, address: str, query: Any = None, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.get(f"/epcis{address}", query_string=query, headers=self.headers() | (headers or {}))

    def events(self, **query: object) -> list[dict[str, Any]]:
        answer = self.get("/events", query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["epcisBody"]["queryResults"]["resultsBody"]["eventList"]  # type: ignore[index]
        return found

    def send(self, body: object, address: str = "/capture", **headers: str) -> TestResponse:
        content = body if isinstance(body, bytes) else json.dumps(body, default=_number).encode()
        given = {"Content-Type": "application/ld+json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.client.post(f"/epcis{address}", data=content, headers=self.headers() | given)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _number(value: object) -> float:
    assert isinstance(value, Decimal)
    return float(value)


def document(*events: dict[str, Any], context: Any = GS1_CONTEXT, **fields: Any) -> dict[str, Any]:
    """Events as a partner sends them."""
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-04T00:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **fields,
    }


def event(kind: str = "ObjectEvent", **fields: Any) -> dict[str, Any]:
    """An event of the mill, on the Saturday before."""
    given: dict[str, Any] = {
        "type": kind,
        "eventTime": "2026-01-03T10:00:00.000+09:00",
        "eventTimeZoneOffset": "+09:00",
        **({} if kind == "TransformationEvent" else {"action": "OBSERVE"}),
        **fields,
    }
    return {name: value for name, value in given.items() if value is not None}


def amount(uri: str, quantity: object = 100, unit: str = "KGM") -> dict[str, Any]:
    """So much of a lot."""
    return {"epcClass": uri, "quantity": quantity, "uom": unit}


def milled() -> dict[str, Any]:
    """Wheat became the flour of lot M-77."""
    return event(
        "TransformationEvent",
        inputQuantityList=[amount(WHEAT, 120)],
        outputQuantityList=[amount(MILL_LOT)],
        bizStep="creating_class_instance",
    )


def sent() -> dict[str, Any]:
    """The flour left the mill."""
    return event(
        quantityList=[amount(MILL_LOT)],
        bizStep="shipping",
        disposition="in_transit",
        eventTime="2026-01-04T10:00:00.000+09:00",
    )


def in_address(event_id: str) -> str:
    """An event's id as it stands in an address."""
    return quote(event_id, safe="")
