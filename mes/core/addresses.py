"""Addresses of pages for templates: a list names the same one in every row, each time with another code.

What routing works out anew for each is worked out once here, and the row's own values are put into it.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

import flask
from werkzeug.routing import Rule

#: What may stand in a part of an address as it is (the same that routing leaves alone).
PLAIN = "!$&'()*+,/:;=@"
PLAIN_IN_QUERY = "!$'()*,/:;?@"
#: Most codes are of letters and digits, which stay what they are.
CODE = re.compile("[A-Za-z0-9_.~-]+")
#: Stand-ins, one per value, that no address contains by itself.
STAND_INS = {str: "zq{}qz", int: "80040000{}"}


class PatientRule(Rule):
    """An address of the application that learns to be written when it is first written.

    Compiling that for all of them takes a seventh of the start, and most are not written for hours.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def first(rule: Rule, /, **values: Any) -> tuple[str, str]:
            compiled = super(PatientRule, self)._compile_builder(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", compiled)
            written: tuple[str, str] = compiled(**values)
            return written

        return first


def url_for(endpoint: str, /, **values: Any) -> str:
    """The address of a page, as Flask's own makes it."""
    shape = tuple((name, type(value)) for name, value in values.items())
    pattern = _pattern(flask.request.script_root, endpoint, shape)
    if pattern is None or "" in values.values():
        return flask.url_for(endpoint, **values)
    return pattern % tuple(map(_part, values.values())) if values else pattern


def here(**changes: object) -> str:
    """This address with something changed in its query; paging starts anew unless ``after`` says where."""
    asked = flask.request
    changed = tuple((name, None if value is None else str(value)) for name, value in changes.items())
    return _here(asked.script_root, asked.path, asked.query_string, changed)


@lru_cache(1024)
def _here(_root: str, _path: str, _query: bytes, changes: tuple[tuple[str, str | None], ...]) -> str:
    asked = {**flask.request.args.to_dict(), "after": None, "before": None, **dict(changes)}
    query = {name: value for name, value in asked.items() if value is not None}
    address = url_for(flask.request.endpoint or "", **flask.request.view_args or {})
    return f"{address}?{urlencode(query, safe=PLAIN_IN_QUERY)}" if query else address


def _part(value: object) -> str:
    text = str(value)
    return text if CODE.fullmatch(text) else quote(text, PLAIN)


@lru_cache(1024)
def _pattern(_root: str, endpoint: str, shape: tuple[tuple[str, type], ...]) -> str | None:
    """The address with ``%s`` for each value, in their order; None where it is not as simple as that."""
    if endpoint.startswith(".") or any(name.startswith("_") or kind not in STAND_INS for name, kind in shape):
        return None
    stand_ins = [STAND_INS[kind].format(position) for position, (_name, kind) in enumerate(shape)]
    values: dict[str, Any] = dict(zip((name for name, _kind in shape), stand_ins, strict=True))
    try:
        address = flask.url_for(endpoint, **values)
    except ValueError:  # an address that takes only certain words
        return None
    places = [address.find(mark) for mark in stand_ins]
    if not shape:
        return address
    if "?" in address or places != sorted(places):
        return None
    address = address.replace("%", "%%")
    for mark in stand_ins:
        address = address.replace(mark, "%s", 1)
    return address
