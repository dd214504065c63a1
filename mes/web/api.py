"""The JSON API: all rooms' parts, and its own description."""

from flask import Flask, request
from werkzeug.wrappers import Response

import mes.certificates.api
import mes.epcis.api
import mes.gauges.api
import mes.genealogy.api
import mes.inspection.gauge_api
import mes.inspection.standard_api
import mes.items.api
import mes.lots.api
import mes.lots.dismantle_api
import mes.lots.return_api
import mes.lots.sample_api
import mes.lots.unit_api
import mes.nonconformance.api
import mes.orders.api
import mes.orders.step_api
import mes.partners.api
import mes.quality.api
import mes.recall.api
import mes.scan.relabel_api
import mes.shifts.api
import mes.spc.api
import mes.spc.measuring_api
import mes.trace.api
import mes.warehouse.api
from mes import __version__
from mes.core import api
from mes.core.access import Actor
from mes.core.work import Reader
from mes.people.queries import find_token
from mes.people.service import token_hash

PARTS = [
    mes.items.api.api,
    mes.lots.api.api,
    mes.lots.unit_api.api,
    mes.lots.return_api.api,
    mes.lots.dismantle_api.api,
    mes.lots.sample_api.api,
    mes.scan.relabel_api.api,
    mes.orders.api.api,
    mes.quality.api.api,
    mes.spc.api.api,
    mes.spc.measuring_api.api,
    mes.gauges.api.api,
    mes.partners.api.api,
    mes.shifts.api.api,
    mes.certificates.api.api,
    mes.inspection.gauge_api.api,
    mes.inspection.standard_api.api,
    mes.trace.api.api,
    mes.genealogy.api.api,
    mes.nonconformance.api.api,
    mes.recall.api.api,
    mes.warehouse.api.api,
]


def install(app: Flask) -> None:
    """Register the API; it is used with tokens only, so no browser can be tricked into using it."""
    for part in PARTS:
        app.register_blueprint(part)
        app.extensions["csrf"].exempt(part)
    app.register_blueprint(mes.epcis.api.api)
    app.extensions["csrf"].exempt(mes.epcis.api.api)
    app.add_url_rule(f"{api.PREFIX}/openapi.json", "openapi", openapi)
    setattr(openapi, "who", None)


def openapi() -> Response:
    """The OpenAPI 3.1 document of this API."""
    return api.as_response(api.document("MES", __version__), 200)


def identify_program(read: Reader) -> Actor | None:
    """The program whose token came with the request."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    found = find_token(read, token_hash(token.strip())) if scheme.lower() == "bearer" and token else None
    return Actor(found.name, frozenset({found.role}), language="en") if found else None
