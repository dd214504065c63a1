"""Taking in what another company says happened: checked as a whole, kept as it came, once."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from mes.core.i18n import N_, _
from mes.core.work import Work
from mes.epcis.checking import faults_of
from mes.epcis.documents import deepest, events_of, own_part, prefixes_of, read_json, write_json
from mes.epcis.keeping import Kept, keep_all
from mes.epcis.models import Capture, EpcisEvent
from mes.epcis.reading import Read, read_event
from mes.epcis.rules import (
    DEEPEST,
    LARGEST_MB,
    MOST_EVENTS,
    MOST_TOLD,
    DocumentTooLarge,
    EventsRefused,
    NestedTooDeep,
    NotAnEpcisDocument,
    NotJsonLd,
    TooManyEvents,
)
from mes.epcis.vocabulary import TYPES

ROLLBACK, PROCEED = "rollback", "proceed"
OTHER_CONTENT = N_("Event %(number)s: another event with the id %(id)s is known already.")


@dataclass(frozen=True)
class Arrived:
    """One event of a document that can be taken in: as it came, and what is kept of it."""

    number: int
    event: Mapping[str, Any]
    read: Read
    context: list[Any]


@dataclass(frozen=True)
class Document:
    """A document that was read: its good events, and a sentence for each fault."""

    count: int
    good: list[Arrived]
    told: list[str]
    refused: int


def read_document(content: bytes, now: Any, *, single: bool = False) -> Document:
    """Read and check a whole document (``single``: one bare event). Nothing is kept.

    Raises DocumentTooLarge, NotJsonLd, NotAnEpcisDocument, NestedTooDeep, TooManyEvents.
    """
    if len(content) > LARGEST_MB * 1024 * 1024:
        raise DocumentTooLarge(most=LARGEST_MB)
    document = _parse(content)
    context, events = (document.get("@context"), [document]) if single else _opened(document)
    good: list[Arrived] = []
    told: list[str] = []
    for number, event in enumerate(events, 1):
        prefixes = prefixes_of(context, event.get("@context") if isinstance(event, dict) else None)
        faults = [fault.say(number) for fault in faults_of(event, prefixes, now)]
        if faults:
            told += faults
        else:
            parts = [] if single else own_part(context)
            good.append(Arrived(number, event, read_event(event, prefixes), parts))
    return Document(len(events), good, told, len(events) - len(good))


def _parse(content: bytes) -> dict[str, Any]:
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise NotJsonLd(kind="XML")
    try:
        document = read_json(text)
    except RecursionError:
        raise NestedTooDeep(most=DEEPEST) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAnEpcisDocument(what=str(error)) from None
    if deepest(document, DEEPEST):
        raise NestedTooDeep(most=DEEPEST)
    if not isinstance(document, dict):
        raise NotAnEpcisDocument(what=_(N_("it is not an object")))
    if "\\u0000" in text.decode("utf-8", "replace"):
        raise NotAnEpcisDocument(what=_(N_("it holds an invisible character")))
    return document


def _opened(document: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    if document.get("type") in TYPES:
        return document.get("@context"), [document]
    if document.get("type") not in ("EPCISDocument", "EPCISQueryDocument"):
        raise NotAnEpcisDocument(what=_(N_("its type is %(type)s"), type=str(document.get("type"))[:60]))
    events = events_of(document)
    if not isinstance(events, list):
        raise NotAnEpcisDocument(what=_(N_("it has no list of events")))
    if len(events) > MOST_EVENTS:
        raise TooManyEvents(count=len(events), most=MOST_EVENTS)
    return document.get("@context"), events


def capture(work: Work, read: Document, *, name: str | None = None, behaviour: str = ROLLBACK) -> Capture:
    """Keep the events of a document that was read; those that are known already are not kept twice.

    All or none, unless ``behaviour`` is "proceed": then the good ones. Raises EventsRefused.
    """
    told = list(read.told)
    fresh = _unless_other(work, read, told)
    refused = read.count - len(fresh)
    if told and behaviour == ROLLBACK:
        raise EventsRefused(told[:MOST_TOLD], count=refused, events=read.count)
    new = {(one.read.id, one.read.declared): one for one, known in reversed(fresh) if not known}
    made = Capture(
        code=str(uuid.uuid4()),
        at=work.now,
        sender=work.actor.name[:100],
        name=name[:200] if name else None,
        events=read.count,
        fresh=len(new),
        known=len(fresh) - len(new),
        refused=refused,
        behaviour=behaviour,
        errors=write_json(told[:MOST_TOLD]) if told else None,
    )
    work.add(made, "epcis.capture", code=made.code)
    keep_all(
        work,
        [Kept(dict(one.event), one.read, capture_id=made.id, context=one.context) for one in reversed(new.values())],
    )
    return made


def _unless_other(work: Work, read: Document, told: list[str]) -> list[tuple[Arrived, bool]]:
    """The good events, each with whether it is known already; one whose id means something else is told as a fault."""
    contents: dict[tuple[str, bool], str] = {}
    ids = sorted({one.read.id for one in read.good})
    for start in range(0, len(ids), 500):
        query = select(EpcisEvent.event_id, EpcisEvent.declared, EpcisEvent.content)
        for ident, declared, content in work.session.execute(
            query.where(EpcisEvent.event_id.in_(ids[start : start + 500]))
        ):
            contents[ident, declared] = content
    found: list[tuple[Arrived, bool]] = []
    for one in read.good:
        key = (one.read.id, one.read.declared)
        known = key in contents
        if contents.setdefault(key, one.read.content) != one.read.content:
            told.append(_(OTHER_CONTENT, number=one.number, id=one.read.id))
        else:
            found.append((one, known))
    return found
