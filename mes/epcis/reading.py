"""What is looked up of an event: its times, its words in full, and the things it names in their one spelling."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mes.epcis.canonical import canonical
from mes.epcis.hashing import event_hash
from mes.epcis.vocabulary import PREFIXES, expand, in_full

#: By list of an event: the role under which the things in it are kept. Classes (lots with quantities) end in "_class".
ROLES: Mapping[str, str] = {
    "epcList": "epc", "childEPCs": "child", "inputEPCList": "input", "outputEPCList": "output",
    "quantityList": "epc_class", "childQuantityList": "child_class", "inputQuantityList": "input_class",
    "outputQuantityList": "output_class",
}  # fmt: skip
PARENT = "parent"
INPUTS, OUTPUTS = ("input", "input_class"), ("output", "output_class")
CHILDREN = ("child", "child_class")
#: All roles of things, as opposed to papers and parties.
GOODS = (*ROLES.values(), PARENT)


@dataclass(frozen=True)
class Read:
    """An event as it is kept: what can be asked for."""

    id: str
    declared: bool
    content: str
    type: str
    event_time: datetime
    action: str | None
    biz_step: str | None
    disposition: str | None
    read_point: str | None
    biz_location: str | None
    transformation: str | None
    things: frozenset[tuple[str, str]]


def read_event(event: Mapping[str, Any], prefixes: Mapping[str, str] = PREFIXES) -> Read:
    """What is kept of a checked event. Without an id of its own it gets the one computed from what it says."""
    computed = event_hash(event, prefixes)
    return Read(
        id=str(event.get("eventID") or computed),
        declared="errorDeclaration" in event,
        content=computed.partition(";")[2].partition("?")[0],
        type=expand(str(event["type"]), prefixes),
        event_time=moment(event["eventTime"]),
        action=event.get("action"),
        biz_step=in_full("bizStep", event["bizStep"], prefixes) if event.get("bizStep") else None,
        disposition=in_full("disposition", event["disposition"], prefixes) if event.get("disposition") else None,
        read_point=_place(event, "readPoint", prefixes),
        biz_location=_place(event, "bizLocation", prefixes),
        transformation=canonical(event["transformationID"]) if event.get("transformationID") else None,
        things=frozenset(_things(event, prefixes)),
    )


def moment(text: str) -> datetime:
    """A time with its zone, to the millisecond, in UTC."""
    found = datetime.fromisoformat(text.strip()).astimezone(UTC)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def _place(event: Mapping[str, Any], name: str, prefixes: Mapping[str, str]) -> str | None:
    return canonical(expand(event[name]["id"], prefixes)) if event.get(name) else None


def _things(event: Mapping[str, Any], prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, role in ROLES.items():
        for one in event.get(name, ()):
            yield role, canonical(expand(one["epcClass"] if isinstance(one, Mapping) else one, prefixes))
    if event.get("parentID"):
        yield PARENT, canonical(expand(event["parentID"], prefixes))
    for name, kind, field in (
        ("bizTransactionList", "bizTransactionType", "bizTransaction"),
        ("sourceList", "partyType", "source"),
        ("destinationList", "partyType", "destination"),
    ):
        for one in event.get(name, ()):
            word = in_full(kind, one["type"], prefixes) if one.get("type") else ""
            yield role_of(field, word), canonical(expand(one[field], prefixes))


def role_of(field: str, word: str) -> str:
    """The role of a paper or party: what field it stands in, and the last part of its type (``po``)."""
    return f"{field}:{word.rpartition('-')[2] if word.startswith('https://ref.gs1.org/') else word}"[:60]
