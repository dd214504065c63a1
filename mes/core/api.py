"""The JSON API: routes that declare who may use them, what they take and what they give.

The OpenAPI document is made from these declarations, so it cannot say anything else than what is served.
Programs send ``Authorization: Bearer TOKEN``; every write carries an ``Idempotency-Key``.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from mes.core.access import Who
from mes.core.errors import BadShape, Refused
from mes.core.forms import EARLIEST, LATEST
from mes.core.i18n import N_
from mes.core.pages import guard, perform, read_far, reader
from mes.core.paging import MOST, PAGE
from mes.core.types import LARGEST, PLACES

T = TypeVar("T")
PREFIX = "/api/v1"
ROUTES: list["Route"] = []
#: Anything but blanks.
SAYS = r"\S"
#: What programs send: texts as long as the columns that keep them; blanks alone are none.
CodeText = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=SAYS)]
NameText = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=SAYS)]
ShortText = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=SAYS)]
UnitText = Annotated[str, msgspec.Meta(min_length=1, max_length=16, pattern=SAYS)]
#: So many things at most are named in one request.
MOST_NAMED = msgspec.Meta(max_length=1000)
LongText = Annotated[str, msgspec.Meta(max_length=2000)]
#: A time as programs send it: with its zone, so that nobody has to guess which clock is meant.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
#: A quantity sent as text: digits and a point, or a power with its sign as programs write it (``1E+3``, not ``1E5``).
WRITTEN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-][0-9]{1,3})?")


class Problem(msgspec.Struct):
    """Every error of the API has this shape."""

    code: str
    message: str
    hint: str | None
    field: str | None
    #: By what the request is found in the log.
    request: str | None


class Listing(msgspec.Struct, Generic[T]):
    """One page of rows; ``next`` goes into ``after`` for the following page, null on the last one."""

    rows: list[T]
    next: str | None


class Paged(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Query of a list: ``after`` is the cursor of the page before, ``size`` 1 to 200."""

    after: str | None = None
    size: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 1, "maximum": MOST})] = PAGE


class NotJson(Refused):
    """The body cannot be read."""

    message = N_("The content sent is not what this address takes: %(detail)s.")
    hint = N_("See /api/v1/openapi.json for the shape.")
    status = 422


@dataclass(frozen=True)
class Route:
    """One declared route, as the OpenAPI document needs it."""

    method: str
    rule: str
    name: str
    summary: str
    who: Who
    query: type | None
    takes: type | None
    gives: Any
    status: int


class Api(Blueprint):
    """A room's part of the API, under /api/v1."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(f"{name}_api", import_name, url_prefix=PREFIX)

    def read(
        self, rule: str, *, who: Who, gives: Any, query: type | None = None, far: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """``view(read, **address)``, or ``view(read, query, **address)`` when ``query`` declares parameters.
        ``far``: a standby may answer."""

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def endpoint(**address: Any) -> Response:
                guard(who)
                asked: list[Any] = [_query(query)] if query else []
                found = read_far(lambda read: view(read, *asked, **address), {}) if far else None
                return as_response(found if far else view(reader(), *asked, **address), 200)

            self._declare(Route("GET", rule, view.__name__, _summary(view), who, query, None, gives, 200), endpoint)
            return view

        return wrap

    def write(
        self, rule: str, *, who: Who, gives: Any, takes: type | None = None, status: int = 201
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """``view(work, body, **address)``, one transaction; a repeated key gives the first answer again."""

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def endpoint(**address: Any) -> Any:
                guard(who)
                body: list[Any] = [_body(takes)] if takes else []
                return perform(lambda work: as_response(view(work, *body, **address), status), None)

            self._declare(Route("POST", rule, view.__name__, _summary(view), who, None, takes, gives, status), endpoint)
            return view

        return wrap

    def _declare(self, route: Route, endpoint: Callable[..., Any]) -> None:
        setattr(endpoint, "who", route.who)
        self.add_url_rule(route.rule, route.name, endpoint, methods=[route.method])
        ROUTES.append(route)


def listing(rows: Sequence[T], following: str | None) -> Listing[T]:
    """A page of rows as the API gives it."""
    return Listing(list(rows), following)


def _summary(view: Callable[..., Any]) -> str:
    return (view.__doc__ or view.__name__).strip().splitlines()[0]


def as_response(value: Any, status: int) -> Response:
    """Any value as JSON."""
    response = make_response(msgspec.json.encode(value), status)
    response.content_type = "application/json"
    return response


def _body(kind: type) -> Any:
    try:
        body: Any = msgspec.json.decode(request.get_data(), type=kind, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_json(error) from None
    return _storable(body, msgspec.json.decode(request.get_data()))


def _query(kind: type) -> Any:
    try:
        asked: Any = msgspec.convert(request.args.to_dict(), type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise _not_json(error) from None
    if isinstance(asked, Paged) and not 1 <= asked.size <= MOST:
        raise BadShape(fields="size", field="size")
    return _storable(asked, request.args.to_dict())


def _not_json(error: Exception) -> NotJson:
    """The refusal, with the field that the library names at the end of its sentence: "... - at `$.lines[0].lot`"."""
    detail, _at, place = str(error).partition(" - at `$.")
    return NotJson(field=place.removesuffix("`") or None, detail=detail)


def _storable(read: Any, sent: Any) -> Any:
    """What was read, unless a number or a text in it is one that no column holds or no
    plant can mean. ``sent`` is the same as it came. Raises NotJson naming the field."""
    for field, value, came in _leaves(read, sent, ""):
        if isinstance(value, Decimal) and isinstance(came, str) and not WRITTEN.fullmatch(came):
            raise NotJson(field=field, detail="a quantity is written with digits and a decimal point only")
        if isinstance(value, Decimal) and not _is_quantity(value):
            raise NotJson(field=field, detail=f"a quantity has at most {PLACES} decimal places and is below {LARGEST}")
        if isinstance(value, date) and not isinstance(value, datetime) and not EARLIEST <= value <= LATEST:
            raise NotJson(field=field, detail=f"a date lies between {EARLIEST} and {LATEST}")
        if isinstance(value, str) and any(ord(sign) < 32 and sign not in "\t\r\n" for sign in value):
            raise NotJson(field=field, detail="a text holds no control characters")
    return read


def _is_quantity(value: Decimal) -> bool:
    return value.is_finite() and abs(value) < LARGEST and value == round(value, PLACES)


def _leaves(read: Any, sent: Any, field: str) -> Iterator[tuple[str, Any, Any]]:
    """Every number and text of what was read, where it stands (``lines[0].quantity``), and as what it came."""
    if isinstance(read, msgspec.Struct):
        for name in read.__struct_fields__:
            came = sent.get(name) if isinstance(sent, dict) else None
            yield from _leaves(getattr(read, name), came, f"{field}.{name}" if field else name)
    elif isinstance(read, list):
        for place, value in enumerate(read):
            came = sent[place] if isinstance(sent, list) else None
            yield from _leaves(value, came, f"{field}[{place}]")
    else:
        yield field, read, sent


def document(title: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of everything declared."""
    kinds = [k for r in ROUTES for k in (r.takes, r.query, r.gives) if k is not None] + [Problem]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    shape = dict(zip((repr(kind) for kind in kinds), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in ROUTES:
        address, names = _address(route.rule)
        paths.setdefault(address, {})[route.method.lower()] = _operation(route, names, shape, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    route: Route, names: dict[str, Any], shape: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": schema} for name, schema in names.items()
    ]
    if route.query:
        fields = components[shape[repr(route.query)]["$ref"].rpartition("/")[2]]
        parameters += [
            {"name": name, "in": "query", "required": name in fields.get("required", ()), "schema": schema}
            for name, schema in fields["properties"].items()
        ]
    if route.method == "POST":
        key = {"type": "string", "minLength": 8, "maxLength": 100, "pattern": "^[!-~]*$"}
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
    problem = {"description": "A refusal", "content": _content(shape[repr(Problem)])}
    done = {"description": "Done", "content": _content(shape[repr(route.gives)])}
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters,
        "responses": {str(route.status): done, "default": problem},
    }
    if route.takes:
        operation["requestBody"] = {"required": True, "content": _content(shape[repr(route.takes)])}
    return operation


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _address(rule: str) -> tuple[str, dict[str, Any]]:
    """The address as the document writes it, and the shapes of the names in it."""
    parts: list[str] = []
    names: dict[str, Any] = {}
    for part in rule.split("/"):
        converter, _colon, name = part.strip("<>").rpartition(":")
        if part.startswith("<"):
            names[name] = {"type": "integer", "minimum": 1} if converter == "int" else {"type": "string"}
        parts.append("{" + name + "}" if part.startswith("<") else part)
    return "/".join(parts), names
