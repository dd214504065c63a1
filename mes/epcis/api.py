"""The addresses that EPCIS 2.0 names: ``/epcis/capture``, ``/epcis/events`` and what belongs to them.

They are not part of /api/v1: their shape is the standard's, programs of any maker call them, and what makes a
repetition harmless is the id of each event, not a key of the request.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from flask import Blueprint, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from mes.core.access import OFFICE, QUALITY_ONLY, Who
from mes.core.errors import Refused
from mes.core.pages import actor, close_reader, guard, mes, reader
from mes.core.visit import this_moment
from mes.core.work import act
from mes.epcis import queries
from mes.epcis.capturing import PROCEED, ROLLBACK, capture, read_document
from mes.epcis.documents import as_answer, as_single, read_json, write_json
from mes.epcis.filters import read_question
from mes.epcis.finding import find_events
from mes.epcis.making import as_time
from mes.epcis.models import Capture
from mes.epcis.noting import bring_up_to_date, is_behind
from mes.epcis.problems import as_problem
from mes.epcis.rules import LARGEST_MB, MOST_EVENTS, DocumentTooLarge, NotJsonLd, NotOffered, WrongEpcisVersion
from mes.epcis.xml import as_xml

PREFIX = "/epcis"
api = Blueprint("epcis_api", __name__, url_prefix=PREFIX)
JSON_LD, JSON, XML = "application/ld+json", "application/json", "application/xml"
HEADERS = {
    "GS1-EPCIS-Version": "2.0.0", "GS1-EPCIS-Min": "2.0.0", "GS1-EPCIS-Max": "2.0.0", "GS1-CBV-Version": "2.0.0",
    "GS1-CBV-Min": "2.0.0", "GS1-CBV-Max": "2.0.0", "GS1-EPC-Format": "No_Preference",
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS), "GS1-EPCIS-Capture-File-Size-Limit": str(LARGEST_MB * 1024 * 1024),
}  # fmt: skip
#: What can be looked through, beside the events themselves.
AROUND = ("eventTypes", "bizSteps", "dispositions")
View = Callable[..., Response]


def _door(rule: str, method: str, who: Who, **options: Any) -> Callable[[View], View]:
    """Declare an address and who may use it."""

    def wrap(view: View) -> View:
        @wraps(view)
        def endpoint(**address: Any) -> Response:
            guard(who)
            _check_version()
            return view(**address)

        setattr(endpoint, "who", who)
        api.add_url_rule(rule, view.__name__, endpoint, methods=[method], **options)
        return view

    return wrap


def _check_version() -> None:
    wanted = request.headers.get("GS1-EPCIS-Version", "2.0.0")
    if wanted.strip() not in ("2.0", "2.0.0", "2.0.1", "2"):
        raise WrongEpcisVersion(version=wanted[:20])


@api.after_request
def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@api.errorhandler(Refused)
def _refused(refused: Refused) -> Response:
    return as_problem(refused)


@_door("/capture", "POST", QUALITY_ONLY)
def take_in() -> Response:
    """Take in a document: 202 with the address of its job, which is done by then."""
    behaviour = PROCEED if request.headers.get("GS1-Capture-Error-Behaviour", "").lower() == PROCEED else ROLLBACK
    made = _capture(behaviour=behaviour)
    response = _answer(_job(made), 202)
    response.headers["Location"] = _here(f"/capture/{made.code}")
    return response


@_door("/events", "POST", QUALITY_ONLY)
def take_one() -> Response:
    """Take in one event by itself."""
    made = _capture(single=True)
    with mes().database.read() as read:
        event = queries.page_of_events(read, whose=None, capture=made.id, after=None).rows
    response = _answer(_job(made), 201 if made.fresh else 200)
    response.headers["Location"] = _address(event[0].event_id) if event else _here(f"/capture/{made.code}")
    return response


def _capture(*, behaviour: str = ROLLBACK, single: bool = False) -> Capture:
    content = _content()
    who = actor()
    assert who is not None
    close_reader()
    read = read_document(content, this_moment(), single=single)
    return act(
        mes().database, who, lambda work: capture(work, read, behaviour=behaviour), source="api", now=this_moment()
    )


def _content() -> bytes:
    """What was sent, if it is JSON and not too large. Raises NotJsonLd, DocumentTooLarge."""
    kind = request.mimetype
    if kind not in (JSON_LD, JSON):
        raise NotJsonLd(kind=kind[:60] or "-")
    request.max_content_length = LARGEST_MB * 1024 * 1024
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise DocumentTooLarge(most=LARGEST_MB) from None


def _job(made: Capture) -> dict[str, Any]:
    """What became of a document, as the standard says it, and how many events were new."""
    return {
        "captureID": made.code,
        "createdAt": as_time(made.at),
        "finishedAt": as_time(made.at),
        "running": False,
        "success": not made.refused,
        "captureErrorBehaviour": made.behaviour,
        "errors": [
            {"type": "epcisException:ValidationException", "title": told, "status": 400}
            for told in read_json(made.errors or "[]")
        ],
        "events": made.events,
        "stored": made.fresh,
        "known": made.known,
        "refused": made.refused,
    }


@_door("/capture", "GET", QUALITY_ONLY)
def list_jobs() -> Response:
    """Documents that were taken in, newest first."""
    found = queries.page_of_captures(reader(), request.args.get("nextPageToken"))
    return _linked(_answer([_job(one) for one in found.rows], 200), found.next)


@_door("/capture/<code>", "GET", QUALITY_ONLY)
def show_job(code: str) -> Response:
    """One document that was taken in."""
    return _answer(_job(queries.get_capture(reader(), code)), 200)


@_door("/events", "GET", OFFICE)
def find() -> Response:
    """Events by the standard's parameters, page by page."""
    kind = _wanted()
    question = read_question(dict(request.args.lists()))
    _look_up()
    found = find_events(reader(), question)
    return _linked(_shown(list(found.rows), kind), found.next)


@_door("/events/<path:event_id>", "GET", OFFICE, merge_slashes=False)
def show_event(event_id: str) -> Response:
    """One event; if it was declared wrong, as it was declared."""
    kind = _wanted()
    _look_up()
    row = queries.events_of_id(reader(), event_id)[-1]
    return _shown([row], XML) if kind == XML else _answer(as_single(row), 200, kind)


@_door("", "GET", OFFICE)
def around() -> Response:
    """What there is."""
    return _answer({"@set": ["capture", "events", *AROUND]}, 200)


@_door("/<any(eventTypes,bizSteps,dispositions):kind>", "GET", OFFICE)
def look_around(kind: str) -> Response:
    """The kinds, steps or states that events have."""
    _look_up()
    return _answer({"@set": queries.values_of(reader(), kind)}, 200)


def _look_up() -> None:
    """What happened in the plant since the last question is noted first, so that an answer is never behind."""
    if is_behind(reader()):
        close_reader()
        bring_up_to_date(mes().database)


def _wanted() -> str:
    """JSON or XML, as asked. Raises NotOffered."""
    if not request.accept_mimetypes:
        return JSON_LD
    found = request.accept_mimetypes.best_match([JSON_LD, JSON, XML, "text/xml"])
    if found is None:
        raise NotOffered(kind=str(request.accept_mimetypes)[:80])
    return XML if found == "text/xml" else found


def _shown(rows: list[Any], kind: str) -> Response:
    now = mes().clock()
    if kind == XML:
        return Response(as_xml(rows, now, answer=True), 200, content_type=f"{XML}; charset=utf-8")
    return _answer(as_answer(rows, now), 200, kind)


def _answer(value: Any, status: int, kind: str = JSON) -> Response:
    return Response(write_json(value), status, content_type=kind)


def _address(event_id: str) -> str:
    return _here(f"/events/{quote(event_id, safe='')}")


def _here(path: str) -> str:
    """An address of this room, also in the copy in which people practise."""
    return f"{request.script_root}{PREFIX}{path}"


def _linked(response: Response, following: str | None) -> Response:
    """The address of the next page, in the header Link; it stays good."""
    if following is not None:
        asked = {name: values for name, values in request.args.lists() if name != "nextPageToken"}
        parts = [f"{quote(name)}={quote(value, safe='')}" for name, values in asked.items() for value in values]
        query = "&".join([*parts, f"nextPageToken={following}"])
        response.headers["Link"] = f'<{request.script_root}{request.path}?{query}>; rel="next"'
    return response
