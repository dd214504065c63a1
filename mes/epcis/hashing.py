"""The id of an event, computed from what it says: ``ni:///sha-256;...?ver=CBV2.0`` (CBV 2.0, EPCIS Event Hash ID).

All that an event says is written as one line in a fixed order, lists sorted, times in UTC, identifiers and words in
their one spelling. So the same event has the same id in every company, as JSON or as XML. What says nothing of the
event itself takes no part: its id, when it was recorded, and the declaration that it was wrong.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from mes.epcis.canonical import canonical
from mes.epcis.vocabulary import PREFIXES, expand, in_full

_SILENT = {"type", "eventID", "recordTime", "errorDeclaration", "@context", "id", "rdfs:comment"}
_METADATA = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules",
)  # fmt: skip
_REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue",
    "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
#: Fields of an event that are written by their own rule, in their order.
_ORDER = (
    "eventTime", "eventTimeZoneOffset", "certificationInfo", "epcList", "parentID", "inputEPCList", "childEPCs",
    "quantityList", "childQuantityList", "inputQuantityList", "outputEPCList", "outputQuantityList", "action",
    "transformationID", "bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation",
    "bizTransactionList", "sourceList", "destinationList", "sensorElementList", "ilmd",
)  # fmt: skip


def event_hash(event: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The id of an event, with the namespaces that its prefixes stand for."""
    digest = hashlib.sha256(pre_hash(event, prefixes).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """All that an event says as one line."""
    kind = str(event["type"])
    said = ["eventType=" + (_key(kind, prefixes) if ":" in kind else kind)]
    said += [_field(name, event[name], prefixes) for name in _ORDER if name in event]
    return "".join(said) + _extensions(event, set(_ORDER) | _SILENT, prefixes)


def _field(name: str, value: Any, prefixes: Mapping[str, str]) -> str:
    if name in _LISTS:
        return _listed(name, sorted(_LISTS[name](one, prefixes) for one in value))
    if name in ("bizStep", "disposition"):
        return f"{name}={in_full(name, value.strip(), prefixes)}"
    if isinstance(value, Mapping):
        return _listed(name, _inside(name, value, prefixes))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(sorted(_plain(name, one, prefixes) for one in value))
    return _plain(name, value, prefixes)


def _inside(name: str, value: Mapping[str, Any], prefixes: Mapping[str, str]) -> list[str]:
    """A place, a lasting state, or what the maker says of a lot."""
    if name == "persistentDisposition":
        return [_worded(way, value.get(way, ()), prefixes) for way in ("set", "unset")]
    if name == "ilmd":
        return [_extensions(value, set(), prefixes)]
    return [_plain("id", value["id"], prefixes), _extensions(value, {"id"}, prefixes)]


def _listed(name: str, parts: Sequence[str]) -> str:
    """A list by its name, once; an empty one says nothing."""
    said = "".join(parts)
    return name + said if said else ""


def _worded(way: str, words: Sequence[str], prefixes: Mapping[str, str]) -> str:
    return "".join(sorted(f"{way}={in_full('disposition', word, prefixes)}" for word in words))


def _quantity(one: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    names = [name for name in ("epcClass", "quantity", "uom") if one.get(name) is not None]
    return "quantityElement" + "".join(_plain(name, one[name], prefixes) for name in names)


def _typed(name: str, kind: str, one: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    """What kind of paper or party it is, and which."""
    word = "type=" + in_full(kind, str(one["type"]), prefixes) if one.get("type") else ""
    return word + _plain(name, one[name], prefixes)


def _sensor(one: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    metadata = one.get("sensorMetadata") or {}
    told = _listed("sensorMetadata", [_told(metadata, _METADATA, prefixes)])
    reports = sorted("sensorReport" + _told(report, _REPORT, prefixes) for report in one.get("sensorReport", ()))
    known = {"sensorMetadata", "sensorReport"}
    return "sensorElement" + told + "".join(reports) + _extensions(one, known, prefixes)


def _told(thing: Mapping[str, Any], names: Sequence[str], prefixes: Mapping[str, str]) -> str:
    said = "".join(_plain(name, thing[name], prefixes) for name in names if thing.get(name) is not None)
    return said + _extensions(thing, set(names), prefixes)


_LISTS: dict[str, Any] = {
    **{
        name: lambda one, prefixes: _plain("epc", one, prefixes)
        for name in ("epcList", "inputEPCList", "childEPCs", "outputEPCList")
    },
    **dict.fromkeys(("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _quantity),
    "bizTransactionList": lambda one, prefixes: _typed("bizTransaction", "bizTransactionType", one, prefixes),
    "sourceList": lambda one, prefixes: _typed("source", "partyType", one, prefixes),
    "destinationList": lambda one, prefixes: _typed("destination", "partyType", one, prefixes),
    "sensorElementList": _sensor,
}


def _plain(name: str, value: Any, prefixes: Mapping[str, str]) -> str:
    """One field with its value; sensors have words and times of their own."""
    if "time" in name.lower() and not name.endswith("Offset"):
        return f"{name}={_time(str(value))}"
    if name in ("type", "exception"):
        return f"{name}={in_full('measurement', str(value), prefixes)}"
    if name == "component":
        return f"{name}={in_full('component', str(value), prefixes)}"
    return f"{name}={_value(value, prefixes, numbers=name not in _TEXTS)}"


#: Of these no digits are a number.
_TEXTS = ("eventTimeZoneOffset", "stringValue", "hexBinaryValue")


def _value(value: Any, prefixes: Mapping[str, str], *, numbers: bool = True) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = expand(str(value).strip(), prefixes)
    if numbers and (isinstance(value, int | float | Decimal) or _looks_like_number(text)):
        return _number(text)
    return canonical(text)


def _looks_like_number(text: str) -> bool:
    return bool(text) and text.isascii() and text.strip("+-0123456789.eE") == "" and any(c.isdigit() for c in text)


def _number(text: str) -> str:
    """A number without trailing zeros and without a power."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 60:
        return text
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _time(text: str) -> str:
    """A time in UTC to the millisecond, rounded as one learns it at school."""
    moment = datetime.fromisoformat(text.strip()).astimezone(UTC)
    moment += timedelta(microseconds=500)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _key(name: str, prefixes: Mapping[str, str]) -> str:
    """The name of a field that is not GS1's: its namespace in curly brackets, then the name."""
    prefix, sign, rest = name.partition(":")
    return "{" + prefixes[prefix] + "}" + rest if sign and prefix in prefixes else name


def _extensions(thing: Mapping[str, Any], known: set[str], prefixes: Mapping[str, str]) -> str:
    """All fields that are not GS1's, however deep, sorted."""
    names = [name for name in thing if name not in known and name not in _SILENT]
    return "".join(sorted(said for name in names for said in _extension(name, thing[name], prefixes)))


def _extension(name: str, value: Any, prefixes: Mapping[str, str]) -> list[str]:
    if isinstance(value, list):
        return [said for one in value for said in _extension(name, one, prefixes)]
    if isinstance(value, dict):
        return [_key(name, prefixes) + _extensions(value, {"#text"}, prefixes)]
    return [f"{_key(name, prefixes)}={_value(value, prefixes)}"] if value is not None else [_key(name, prefixes)]
