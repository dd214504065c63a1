"""Events as documents: JSON read without losing a digit, contexts put together, whole documents as JSON-LD."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from mes.epcis.making import as_time
from mes.epcis.models import EpcisEvent
from mes.epcis.vocabulary import GS1_CONTEXT, PREFIXES

_READ = msgspec.json.Decoder(type=Any, float_hook=Decimal)
_WRITE = msgspec.json.Encoder(decimal_format="number")
#: Addresses under which GS1 keeps its context.
_OF_GS1 = ("https://ref.gs1.org/standards/epcis/", "https://gs1.github.io/EPCIS/")


def read_json(content: bytes | str) -> Any:
    """JSON as values; numbers with a point stay as they were written. Raises msgspec.DecodeError, RecursionError."""
    return _READ.decode(content)


def write_json(value: Any) -> str:
    """Values as JSON."""
    return _WRITE.encode(value).decode()


def own_part(context: Any) -> list[Any]:
    """What a context says beside GS1's own."""
    parts = context if isinstance(context, list) else [context]
    return [one for one in parts if one and not (isinstance(one, str) and one.startswith(_OF_GS1))]


def prefixes_of(*contexts: Any) -> dict[str, str]:
    """The namespaces that prefixes stand for, as contexts say it; later ones go before earlier."""
    found = dict(PREFIXES)
    for context in contexts:
        for one in own_part(context):
            if isinstance(one, Mapping):
                found |= {name: text for name, value in one.items() if (text := _namespace(value))}
    return found


def _namespace(value: Any) -> str | None:
    text = value.get("@id") if isinstance(value, Mapping) else value
    return text if isinstance(text, str) else None


def whole(rows: Sequence[EpcisEvent], *, recorded: bool) -> tuple[list[Any], list[dict[str, Any]]]:
    """The context and the events of a document. ``recorded``: with the time at which each came into our books.

    Prefixes stand in the document's context; an event that means something else by one keeps its own.
    """
    shared: dict[str, Any] = {}
    others: list[str] = []
    events: list[dict[str, Any]] = []
    for row in rows:
        event = dict(read_json(row.body))
        event.setdefault("eventID", row.event_id)
        if recorded:
            event["recordTime"] = as_time(row.record_time)
        apart = [one for one in read_json(row.context or "[]") if not _joins(one, shared, others)]
        if apart:
            event["@context"] = [*apart, *own_part(event.get("@context"))]
        events.append(event)
    return [GS1_CONTEXT, *others, *([shared] if shared else [])], events


def _joins(part: Any, shared: dict[str, Any], others: list[str]) -> bool:
    """Whether a part of an event's context can stand in that of the document; then it does."""
    if isinstance(part, str):
        if part not in others:
            others.append(part)
        return True
    if any(shared.get(name, value) != value for name, value in part.items()):
        return False
    shared.update(part)
    return True


def as_document(rows: Sequence[EpcisEvent], now: datetime) -> dict[str, Any]:
    """Events as they are handed to another company."""
    context, events = whole(rows, recorded=False)
    return _headed(context, "EPCISDocument", now) | {"epcisBody": {"eventList": events}}


def as_answer(rows: Sequence[EpcisEvent], now: datetime) -> dict[str, Any]:
    """Events as the answer to a question."""
    context, events = whole(rows, recorded=True)
    results = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": events}}
    return _headed(context, "EPCISQueryDocument", now) | {"epcisBody": {"queryResults": results}}


def as_single(row: EpcisEvent) -> dict[str, Any]:
    """One event by itself."""
    context, [event] = whole([row], recorded=True)
    return {"@context": [*context, *own_part(event.pop("@context", []))], **event}


def _headed(context: list[Any], kind: str, now: datetime) -> dict[str, Any]:
    return {"@context": context, "type": kind, "schemaVersion": "2.0", "creationDate": as_time(now)}


def events_of(document: Mapping[str, Any]) -> Any:
    """The list of events in a document or in the answer to a question; None where it has none."""
    body = document.get("epcisBody")
    if not isinstance(body, Mapping):
        return None
    if document.get("type") == "EPCISQueryDocument":
        results = body.get("queryResults")
        inside = results.get("resultsBody") if isinstance(results, Mapping) else None
        return inside.get("eventList") if isinstance(inside, Mapping) else None
    return body.get("eventList")


def deepest(value: Any, most: int) -> bool:
    """Whether something is nested deeper than this many levels; asked without going down by itself."""
    level: Iterable[Any] = [value]
    for _depth in range(most + 1):
        level = [
            inner
            for one in level
            if isinstance(one, list | dict)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
