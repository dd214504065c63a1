"""Whether an event is one: the fields, words and lists that EPCIS 2.0 allows, each fault as a sentence.

Fields with a prefix (``ex:colour``) are another company's own: they are kept as they are, and never looked into.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from mes.core.i18n import N_, say
from mes.epcis.canonical import canonical
from mes.epcis.models import LONGEST_URI
from mes.epcis.reading import moment
from mes.epcis.rules import MOST_THINGS
from mes.epcis.vocabulary import ACTIONS, BARE, CBV, TYPES, in_full

#: What was wrong with an event.
MISSING = N_("%(field)s is missing")
WRONG = N_("%(field)s cannot be read: %(value)s")
UNKNOWN_TYPE = N_("%(value)s is no kind of event that EPCIS knows")
UNKNOWN_FIELD = N_("a %(type)s has no field %(field)s")
UNKNOWN_WORD = N_("%(value)s is no word of the vocabulary for %(field)s")
NO_ZONE = N_("%(field)s has no time zone: %(value)s")
NOT_YET = N_("%(field)s lies in the future: %(value)s")
TOO_LONG = N_("%(field)s is longer than %(most)s characters")
NAMES_NOTHING = N_("it names no goods")
MADE_OF_NOTHING = N_("it names nothing of which it was made, and no transformationID")
MAKES_NOTHING = N_("it names nothing that was made, and no transformationID")
ILMD_OF_NEW = N_("ilmd belongs to ObjectEvent with ADD alone")
IN_ITSELF = N_("%(value)s is packed in itself")
TOO_MANY = N_("it names more than %(most)s things")
NOT_AN_EVENT = N_("it is no event")


class Fault(NamedTuple):
    """One fault of one event."""

    sentence: str
    values: dict[str, object]

    def say(self, number: int) -> str:
        """The fault in words, with the number of the event in its document."""
        told = {name: _short(value) for name, value in self.values.items()}
        return say(N_("Event %(number)s: %(what)s."), {"number": number, "what": say(self.sentence, told)})


def _short(value: object) -> object:
    return value if isinstance(value, int) else str(value)[:80]


Faults = Iterator[Fault]
COMMON = {
    "type", "@context", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
    "errorDeclaration",
}  # fmt: skip
WHERE = {"bizStep", "disposition", "readPoint", "bizLocation", "sourceList", "destinationList", "sensorElementList"}
PAPERS = WHERE | {"bizTransactionList"}
PACKED = PAPERS | {"parentID", "childEPCs", "childQuantityList", "action"}
FIELDS: Mapping[str, set[str]] = {
    "ObjectEvent": PAPERS | {"epcList", "quantityList", "action", "persistentDisposition", "ilmd"},
    "AggregationEvent": PACKED,
    "AssociationEvent": PACKED,
    "TransactionEvent": PAPERS | {"parentID", "epcList", "quantityList", "action"},
    "TransformationEvent": PAPERS
    | {"inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID"}
    | {"persistentDisposition", "ilmd"},
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "ObjectEvent": ("action",),
    "AggregationEvent": ("action",),
    "AssociationEvent": ("action", "parentID"),
    "TransactionEvent": ("action", "bizTransactionList"),
    "TransformationEvent": (),
}
#: Of these at least one says what it is about; what was taken apart, or off a paper (DELETE), may leave it out.
GOODS: Mapping[str, tuple[str, ...]] = {
    "ObjectEvent": ("epcList", "quantityList"),
    "AggregationEvent": ("childEPCs", "childQuantityList"),
    "AssociationEvent": ("childEPCs", "childQuantityList"),
    "TransactionEvent": ("epcList", "quantityList"),
    "TransformationEvent": ("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList"),
}
_OFFSET = re.compile(r"[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
#: Clocks differ by a little, not by more than a day.
AHEAD = timedelta(days=1)


def faults_of(event: Any, prefixes: Mapping[str, str], now: datetime) -> Faults:
    """Everything that is wrong with an event; nothing when it can be taken in."""
    if not isinstance(event, dict):
        yield Fault(NOT_AN_EVENT, {})
        return
    kind = event.get("type")
    if not isinstance(kind, str) or (kind not in TYPES and kind.partition(":")[0] not in prefixes):
        yield Fault(UNKNOWN_TYPE, {"value": kind if kind is not None else "-"})
        return
    yield from _common(event, now)
    if kind in TYPES:
        yield from _fields(kind, event, prefixes)
    known = [name for name in _CHECKS if name in event]
    for name in known:
        yield from _CHECKS[name](name, event[name], prefixes)
    yield from _sizes(event)


def _common(event: Mapping[str, Any], now: datetime) -> Faults:
    for name in ("eventTime", "eventTimeZoneOffset"):
        if name not in event:
            yield Fault(MISSING, {"field": name})
    if "eventTime" in event:
        wrong = list(_time("eventTime", event["eventTime"], {}))
        yield from wrong
        if not wrong and moment(event["eventTime"]) > now + AHEAD:
            yield Fault(NOT_YET, {"field": "eventTime", "value": event["eventTime"]})
    offset = event.get("eventTimeZoneOffset", "+00:00")
    if not isinstance(offset, str) or not _OFFSET.fullmatch(offset):
        yield Fault(WRONG, {"field": "eventTimeZoneOffset", "value": offset})
    if "errorDeclaration" in event:
        yield from _declaration(event["errorDeclaration"])


def _declaration(value: Any) -> Faults:
    if not isinstance(value, dict) or "declarationTime" not in value:
        yield Fault(MISSING, {"field": "errorDeclaration.declarationTime"})
        return
    yield from _time("errorDeclaration.declarationTime", value["declarationTime"], {})
    if "reason" in value:
        yield from _word("reason", value["reason"], {})
    for one in value.get("correctiveEventIDs") or ():
        yield from _uri("correctiveEventIDs", one, {})


def _fields(kind: str, event: Mapping[str, Any], prefixes: Mapping[str, str]) -> Faults:
    for name in event:
        if name not in COMMON and name not in FIELDS[kind] and ":" not in name:
            yield Fault(UNKNOWN_FIELD, {"type": kind, "field": name})
    for name in NEEDED[kind]:
        if not event.get(name):
            yield Fault(MISSING, {"field": name})
    yield from _goods(kind, event, event.get("action"))
    parent = event.get("parentID")
    if isinstance(parent, str) and canonical(parent) in {
        canonical(one) for one in event.get("childEPCs") or () if isinstance(one, str)
    }:
        yield Fault(IN_ITSELF, {"value": parent})


def _goods(kind: str, event: Mapping[str, Any], action: object) -> Faults:
    """What each kind says of goods, and of what they are packed in or made of."""
    named = [name for name in GOODS[kind] if event.get(name)]
    if kind == "AggregationEvent" and action in ("ADD", "DELETE") and not event.get("parentID"):
        yield Fault(MISSING, {"field": "parentID"})
    sensed = event.get("sensorElementList") and event.get("readPoint")
    if not named and not (sensed if kind == "ObjectEvent" else action == "DELETE"):
        yield Fault(NAMES_NOTHING, {})
    elif kind == "TransformationEvent" and not event.get("transformationID"):
        if len({name[:3] for name in named}) == 1:
            yield Fault(MADE_OF_NOTHING if named[0].startswith("out") else MAKES_NOTHING, {})
    elif kind == "ObjectEvent" and "ilmd" in event and action != "ADD":
        yield Fault(ILMD_OF_NEW, {})


def _sizes(event: Mapping[str, Any]) -> Faults:
    lists = [value for value in event.values() if isinstance(value, list)]
    if sum(len(value) for value in lists) > MOST_THINGS:
        yield Fault(TOO_MANY, {"most": MOST_THINGS})


def _time(name: str, value: Any, _prefixes: Mapping[str, str]) -> Faults:
    try:
        found = datetime.fromisoformat(value.strip())
        if found.tzinfo is None:
            yield Fault(NO_ZONE, {"field": name, "value": value})
        else:
            moment(value)
    except (AttributeError, ValueError, OverflowError):
        yield Fault(WRONG, {"field": name, "value": value})


def _uri(name: str, value: Any, _prefixes: Mapping[str, str]) -> Faults:
    if not isinstance(value, str) or not _URI.fullmatch(value.strip()):
        yield Fault(WRONG, {"field": name, "value": value})
    elif len(value) > LONGEST_URI or len(canonical(value)) > LONGEST_URI:
        yield Fault(TOO_LONG, {"field": name, "most": LONGEST_URI})


def _uris(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
    for one in value if isinstance(value, list) else [value]:
        yield from _uri(name, one, prefixes)


def _listed(check: Callable[[str, Any, Mapping[str, str]], Faults]) -> Callable[[str, Any, Mapping[str, str]], Faults]:
    def each(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
        if not isinstance(value, list):
            yield Fault(WRONG, {"field": name, "value": value})
            return
        for one in value:
            yield from check(name, one, prefixes)

    return each


def _quantity(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
    if not isinstance(value, dict) or "epcClass" not in value:
        yield Fault(MISSING, {"field": f"{name}.epcClass"})
        return
    yield from _uri(f"{name}.epcClass", value["epcClass"], prefixes)
    amount = value.get("quantity", 0)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        yield Fault(WRONG, {"field": f"{name}.quantity", "value": amount})
    unit = value.get("uom", "KGM")
    if not isinstance(unit, str) or not _UNIT.fullmatch(unit):
        yield Fault(WRONG, {"field": f"{name}.uom", "value": unit})
    for other in set(value) - {"epcClass", "quantity", "uom"}:
        yield Fault(UNKNOWN_FIELD, {"type": name, "field": other})


def _word(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
    words, begin = BARE[name]
    full = in_full(name, value, prefixes) if isinstance(value, str) else ""
    if not _URI.fullmatch(full) or (full.startswith(CBV) and words and full.removeprefix(begin) not in words):
        yield Fault(UNKNOWN_WORD, {"field": name, "value": value})
    elif len(full) > LONGEST_URI:
        yield Fault(TOO_LONG, {"field": name, "most": LONGEST_URI})


def _typed(field: str, kind: str) -> Callable[[str, Any, Mapping[str, str]], Faults]:
    def check(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
        if not isinstance(value, dict) or field not in value:
            yield Fault(MISSING, {"field": f"{name}.{field}"})
            return
        yield from _uri(f"{name}.{field}", value[field], prefixes)
        if "type" in value:
            yield from _word(kind, value["type"], prefixes)
        elif kind == "partyType":
            yield Fault(MISSING, {"field": f"{name}.type"})

    return check


def _place(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
    if not isinstance(value, dict) or "id" not in value:
        yield Fault(MISSING, {"field": f"{name}.id"})
    else:
        yield from _uri(f"{name}.id", value["id"], prefixes)


def _action(name: str, value: Any, _prefixes: Mapping[str, str]) -> Faults:
    if value not in ACTIONS:
        yield Fault(UNKNOWN_WORD, {"field": name, "value": value})


def _lasting(name: str, value: Any, prefixes: Mapping[str, str]) -> Faults:
    if not isinstance(value, dict) or not set(value) <= {"set", "unset"}:
        yield Fault(WRONG, {"field": name, "value": value})
        return
    for words in value.values():
        yield from _listed(lambda _name, one, known: _word("disposition", one, known))(name, words, prefixes)


def _sensor(name: str, value: Any, _prefixes: Mapping[str, str]) -> Faults:
    reports = value.get("sensorReport") if isinstance(value, dict) else None
    metadata = value.get("sensorMetadata", {}) if isinstance(value, dict) else None
    whole = isinstance(reports, list) and all(isinstance(one, dict) for one in reports) and isinstance(metadata, dict)
    if not reports or not whole:
        yield Fault(MISSING, {"field": f"{name}.sensorReport"})
        return
    for part in (metadata, *reports):
        for field in ("time", "startTime", "endTime"):
            if isinstance(part, dict) and field in part:
                yield from _time(f"{name}.{field}", part[field], {})


def _object(name: str, value: Any, _prefixes: Mapping[str, str]) -> Faults:
    if not isinstance(value, dict):
        yield Fault(WRONG, {"field": name, "value": value})


_CHECKS: dict[str, Callable[[str, Any, Mapping[str, str]], Faults]] = {
    **dict.fromkeys(("epcList", "inputEPCList", "childEPCs", "outputEPCList"), _listed(_uri)),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _listed(_quantity)
    ),
    **dict.fromkeys(("eventID", "parentID", "transformationID"), _uri),
    **dict.fromkeys(("bizStep", "disposition"), _word),
    **dict.fromkeys(("readPoint", "bizLocation"), _place),
    "certificationInfo": _uris,
    "action": _action,
    "bizTransactionList": _listed(_typed("bizTransaction", "bizTransactionType")),
    "sourceList": _listed(_typed("source", "partyType")),
    "destinationList": _listed(_typed("destination", "partyType")),
    "sensorElementList": _listed(_sensor),
    "persistentDisposition": _lasting,
    "ilmd": _object,
}
