"""What a program may ask events for: the parameters of the standard's query, each as a condition."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from mes.epcis.canonical import canonical
from mes.epcis.matching import MOST, things
from mes.epcis.models import EpcisEvent
from mes.epcis.reading import moment, role_of
from mes.epcis.rules import BadQuestion, UnknownQuestion
from mes.epcis.vocabulary import ACTIONS, PREFIXES, expand, in_full

Condition = ColumnElement[bool]
#: Events on one page unless the asker says otherwise.
PAGE = 30
CLASSES = ("epc_class", "child_class", "input_class", "output_class")
#: By parameter: in which lists of an event the things are looked for.
MATCHES: Mapping[str, tuple[str, ...]] = {
    "MATCH_epc": ("epc", "child"),
    "MATCH_parentID": ("parent",),
    "MATCH_inputEPC": ("input",),
    "MATCH_outputEPC": ("output",),
    "MATCH_anyEPC": ("epc", "child", "input", "output", "parent"),
    "MATCH_epcClass": ("epc_class", "child_class"),
    "MATCH_inputEPCClass": ("input_class",),
    "MATCH_outputEPCClass": ("output_class",),
    "MATCH_anyEPCClass": CLASSES,
}
PARTIES = {"bizTransaction": "bizTransactionType", "source": "partyType", "destination": "partyType"}
#: What is no condition.
SHAPING = ("orderBy", "orderDirection", "eventCountLimit", "maxEventCount", "perPage", "nextPageToken")


@dataclass(frozen=True)
class Question:
    """What is asked for, in which order, how many."""

    conditions: list[Condition] = field(default_factory=list)
    by_record_time: bool = False
    newest_first: bool = True
    page: int = PAGE
    after: str | None = None
    #: No more than these altogether; and: rather none than more than these.
    limit: int | None = None
    most: int | None = None


def read_question(parameters: Mapping[str, Sequence[str]]) -> Question:
    """The parameters of a query. Raises UnknownQuestion, BadQuestion."""
    conditions = [_condition(name, values) for name, values in parameters.items() if name not in SHAPING]
    first = {name: values[0] for name, values in parameters.items() if values}
    order = _one_of("orderBy", first.get("orderBy", "eventTime"), ("eventTime", "recordTime"))
    direction = _one_of("orderDirection", first.get("orderDirection", "DESC"), ("ASC", "DESC"))
    per_page = _count("perPage", first["perPage"]) if "perPage" in first else PAGE
    limit = _count("eventCountLimit", first["eventCountLimit"]) if "eventCountLimit" in first else None
    most = _count("maxEventCount", first["maxEventCount"]) if "maxEventCount" in first else None
    if limit and most:
        raise BadQuestion(field="maxEventCount", name="maxEventCount", value="eventCountLimit")
    after = first.get("nextPageToken")
    return Question(
        conditions, order == "recordTime", direction == "DESC", min(limit or per_page, MOST), after, limit, most
    )


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise BadQuestion(field=name, name=name, value=value[:80])
    return value


def _count(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or not int(text):
        raise BadQuestion(field=name, name=name, value=text[:80])
    return int(text)


def _condition(name: str, values: Sequence[str]) -> Condition:
    said = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if name in _SIMPLE:
        return _SIMPLE[name](name, said)
    if name in MATCHES:
        return _named(name, MATCHES[name], said)
    kind, _sign, word = name.removeprefix("EQ_").partition("_")
    if name.startswith("EQ_") and kind in PARTIES and word:
        role = role_of(kind, in_full(PARTIES[kind], word))
        return _named(name, (role,), said)
    raise UnknownQuestion(field=name[:60], name=name[:60])


def _named(name: str, roles: Sequence[str], said: Sequence[str]) -> Condition:
    if not said:
        raise BadQuestion(field=name, name=name, value="")
    return things(roles, said)


def _moment(name: str, said: Sequence[str]) -> datetime:
    """A time; a plus sign that came unescaped in an address is a blank there."""
    try:
        text = said[0].replace(" ", "+")
        if datetime.fromisoformat(text).tzinfo is None:
            raise BadQuestion(field=name, name=name, value=text[:80])
        return moment(text)
    except (IndexError, ValueError, OverflowError):
        raise BadQuestion(field=name, name=name, value=",".join(said)[:80]) from None


def _words(kind: str, column: Any) -> Callable[[str, Sequence[str]], Condition]:
    return lambda _name, said: column.in_([in_full(kind, one) for one in said])


def _uris(column: Any) -> Callable[[str, Sequence[str]], Condition]:
    return lambda _name, said: column.in_([canonical(expand(one, PREFIXES)) for one in said])


def _actions(name: str, said: Sequence[str]) -> Condition:
    return EpcisEvent.action.in_([_one_of(name, one, ACTIONS) for one in said])


_SIMPLE: dict[str, Callable[[str, Sequence[str]], Condition]] = {
    "eventType": lambda _name, said: EpcisEvent.type.in_(said),
    "GE_eventTime": lambda name, said: EpcisEvent.event_time >= _moment(name, said),
    "LT_eventTime": lambda name, said: EpcisEvent.event_time < _moment(name, said),
    "GE_recordTime": lambda name, said: EpcisEvent.record_time >= _moment(name, said),
    "LT_recordTime": lambda name, said: EpcisEvent.record_time < _moment(name, said),
    "EQ_action": _actions,
    "EQ_bizStep": _words("bizStep", EpcisEvent.biz_step),
    "EQ_disposition": _words("disposition", EpcisEvent.disposition),
    "EQ_readPoint": _uris(EpcisEvent.read_point),
    "EQ_bizLocation": _uris(EpcisEvent.biz_location),
    "EQ_transformationID": _uris(EpcisEvent.transformation),
    "EQ_eventID": lambda _name, said: EpcisEvent.event_id.in_(said),
    "EXISTS_errorDeclaration": lambda _name, _said: EpcisEvent.declared.is_(True),
}
