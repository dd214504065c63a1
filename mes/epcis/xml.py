"""Events as XML, with the elements in the order that GS1's schema for EPCIS 2.0 demands."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mes.epcis.documents import own_part, prefixes_of, whole
from mes.epcis.making import as_time
from mes.epcis.models import EpcisEvent
from mes.epcis.vocabulary import in_full

EPCIS, QUERY = "urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis-query:xsd:2"
_BEGIN = ("eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "errorDeclaration", "certificationInfo")
_WHERE = ("action", "bizStep", "disposition", "readPoint", "bizLocation")
_PARTIES = ("sourceList", "destinationList", "sensorElementList")
_PACKED = ("parentID", "childEPCs", *_WHERE, "bizTransactionList", "childQuantityList", *_PARTIES)
ORDER: Mapping[str, tuple[str, ...]] = {
    "ObjectEvent": (
        "epcList", *_WHERE, "bizTransactionList", "quantityList", *_PARTIES, "persistentDisposition", "ilmd",
    ),
    "AggregationEvent": _PACKED,
    "AssociationEvent": _PACKED,
    "TransactionEvent": ("bizTransactionList", "parentID", "epcList", *_WHERE, "quantityList", *_PARTIES),
    "TransformationEvent": (
        "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "bizStep",
        "disposition", "readPoint", "bizLocation", "bizTransactionList", *_PARTIES, "persistentDisposition", "ilmd",
    ),
}  # fmt: skip
#: Lists that stand there even when nothing is in them.
_ALWAYS = {"ObjectEvent": "epcList", "AggregationEvent": "childEPCs", "TransactionEvent": "epcList"}
_WORDS = {"bizStep": "bizStep", "disposition": "disposition"}
#: Every sign that XML 1.0 cannot hold.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?", re.ASCII)


class Writer:
    """Elements put one behind another, as text."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self.used: dict[str, str] = {}
        self.parts: list[str] = []

    def put(self, name: str, value: object = "", **attributes: object) -> None:
        """An element with text in it."""
        said = "".join(f" {key}={quoteattr(_clean(text))}" for key, text in attributes.items() if text is not None)
        self.parts.append(f"<{name}{said}>{escape(_clean(value))}</{name}>")

    def event(self, event: Mapping[str, Any]) -> None:
        """One event of GS1's kinds."""
        kind = event["type"]
        self.parts.append(f"<{kind}>")
        for name in (*_BEGIN, *ORDER[kind]):
            if name in event:
                self.field(name, event[name])
            elif _ALWAYS.get(kind) == name:
                self.put(name)
        self.others(event, {*_BEGIN, *ORDER[kind], "type", "@context"})
        self.parts.append(f"</{kind}>")

    def field(self, name: str, value: Any) -> None:
        """One field of an event by its name."""
        if name in _LISTS:
            self.parts.append(f"<{name}>")
            for one in value:
                _LISTS[name](self, one)
            self.parts.append(f"</{name}>")
        elif name in _INSIDE:
            self.parts.append(f"<{name}>")
            _INSIDE[name](self, value)
            self.parts.append(f"</{name}>")
        elif isinstance(value, list):
            for one in value:
                self.field(name, one)
        else:
            self.put(name, in_full(name, str(value)) if name in _WORDS else _text(value))

    def others(self, thing: Mapping[str, Any], known: Iterable[str]) -> None:
        """Fields that are not GS1's, with their namespaces."""
        for name, value in thing.items():
            prefix = name.partition(":")[0]
            if name in known or prefix not in self.prefixes or not _NAME.fullmatch(name):
                continue
            self.used[prefix] = self.prefixes[prefix]
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Mapping):
                    self.parts.append(f"<{name}>")
                    self.others(one, ())
                    self.parts.append(f"</{name}>")
                else:
                    self.put(name, _text(one))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _clean(value: object) -> str:
    return _UNSPEAKABLE.sub("", str(value))


def _quantity(writer: Writer, one: Mapping[str, Any]) -> None:
    writer.parts.append("<quantityElement>")
    for name in ("epcClass", "quantity", "uom"):
        if one.get(name) is not None:
            writer.put(name, _text(one[name]))
    writer.parts.append("</quantityElement>")


def _typed(name: str, kind: str) -> Any:
    def put(writer: Writer, one: Mapping[str, Any]) -> None:
        writer.put(name, one[name], type=in_full(kind, one["type"]) if one.get("type") else None)

    return put


def _sensor(writer: Writer, one: Mapping[str, Any]) -> None:
    writer.parts.append("<sensorElement>")
    if one.get("sensorMetadata"):
        writer.put("sensorMetadata", **_plain(one["sensorMetadata"]))
    for report in one.get("sensorReport", ()):
        said = _plain(report)
        for name in ("type", "exception", "component"):
            if name in said:
                said[name] = in_full("component" if name == "component" else "measurement", said[name])
        writer.put("sensorReport", **said)
    writer.others(one, ("sensorMetadata", "sensorReport"))
    writer.parts.append("</sensorElement>")


def _plain(thing: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: _text(value) for name, value in thing.items() if ":" not in name and not isinstance(value, list | dict)
    }


def _place(writer: Writer, value: Mapping[str, Any]) -> None:
    writer.put("id", value["id"])
    writer.others(value, ("id",))


def _declaration(writer: Writer, value: Mapping[str, Any]) -> None:
    writer.put("declarationTime", value["declarationTime"])
    if value.get("reason"):
        writer.put("reason", in_full("reason", value["reason"]))
    if value.get("correctiveEventIDs"):
        writer.parts.append("<correctiveEventIDs>")
        for ident in value["correctiveEventIDs"]:
            writer.put("correctiveEventID", ident)
        writer.parts.append("</correctiveEventIDs>")
    writer.others(value, ("declarationTime", "reason", "correctiveEventIDs"))


def _lasting(writer: Writer, value: Mapping[str, Any]) -> None:
    for way in ("unset", "set"):
        for word in value.get(way, ()):
            writer.put(way, in_full("disposition", word))


_LISTS: dict[str, Any] = {
    **dict.fromkeys(
        ("epcList", "childEPCs", "inputEPCList", "outputEPCList"), lambda writer, one: writer.put("epc", one)
    ),
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _quantity),
    "bizTransactionList": _typed("bizTransaction", "bizTransactionType"),
    "sourceList": _typed("source", "partyType"),
    "destinationList": _typed("destination", "partyType"),
    "sensorElementList": _sensor,
}
_INSIDE: dict[str, Any] = {
    "readPoint": _place,
    "bizLocation": _place,
    "errorDeclaration": _declaration,
    "persistentDisposition": _lasting,
    "ilmd": lambda writer, value: writer.others(value, ()),
}


def as_xml(rows: Sequence[EpcisEvent], now: datetime, *, answer: bool = False) -> str:
    """Events as an EPCIS document, or as the answer to a question. Events of kinds that are not GS1's are left out:
    its schema has no place for them."""
    context, events = whole(rows, recorded=answer)
    writer = Writer(prefixes_of(context))
    for event in events:
        if event["type"] in ORDER:
            writer.prefixes = prefixes_of(context, own_part(event.get("@context")))
            writer.event(event)
    return _wrapped("".join(writer.parts), writer.used, now, answer=answer)


def _wrapped(events: str, used: Mapping[str, str], now: datetime, *, answer: bool) -> str:
    spaces = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in sorted(used.items()))
    about = f'{spaces} schemaVersion="2.0" creationDate="{as_time(now)}"'
    listed = f"<EventList>{events}</EventList>"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if not answer:
        body = f"<EPCISBody>{listed}</EPCISBody>"
        return f'{head}<epcis:EPCISDocument xmlns:epcis="{EPCIS}"{about}>{body}</epcis:EPCISDocument>\n'
    inside = f"<queryName>SimpleEventQuery</queryName><resultsBody>{listed}</resultsBody>"
    body = f"<EPCISBody><epcisq:QueryResults>{inside}</epcisq:QueryResults></EPCISBody>"
    return (
        f'{head}<epcisq:EPCISQueryDocument xmlns:epcisq="{QUERY}" xmlns:epcis="{EPCIS}"{about}>{body}'
        "</epcisq:EPCISQueryDocument>\n"
    )
