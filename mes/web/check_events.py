"""The part of ``mes check`` that is about the event log: nobody changed, removed, put in or moved what was recorded.

The log is read once. What the plant sealed is compared with it on the way, and so is a seal that somebody brings along:
a log that was written anew as a whole, or cut off at its end, is whole in itself and fits no seal.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from mes.certificates.models import Signature
from mes.core.chain import AT_ONCE, Break, Kind, Seen, Walk, as_it_lies, moment, walk
from mes.core.events import Event
from mes.core.i18n import N_, _
from mes.core.seals import Claim, Seal, letters
from mes.lots.models import Lot, Movement
from mes.people.models import RecordSignature
from mes.people.words import DEEDS

#: A msgid and its values.
Told = tuple[str, dict[str, object]]
SENTENCES = {
    Kind.CHANGED: N_("Event %(id)s (%(verb)s %(code)s, %(at)s) was changed after it was recorded."),
    Kind.REWRITTEN: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) was written anew, or what followed it was removed: "
        "event %(other)s does not follow it."
    ),
    Kind.REMOVED: N_("Before event %(id)s (%(verb)s %(code)s, %(at)s) something was removed."),
    Kind.INSERTED: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) was put in afterwards: event %(other)s follows an earlier one."
    ),
    Kind.SWAPPED: N_(
        "Events %(id)s (%(verb)s %(code)s, %(at)s) and %(other)s (%(other_verb)s %(other_code)s, %(other_at)s) "
        "were swapped."
    ),
    Kind.MOVED: N_(
        "Event %(id)s (%(verb)s %(code)s, %(at)s) does not stand where it was recorded: it belongs before event "
        "%(other)s."
    ),
}
GONE = N_("Seal %(number)s was removed, although the log says that it was made.")
ALTERED = N_("Seal %(number)s is not what the log says of its making: it was put in or changed.")
CUT = N_(
    "Seal %(number)s of %(at)s names event %(head)s, but the log ends before it: its end was cut off, or an older "
    "backup was brought back."
)
REWRITTEN = N_(
    "Seal %(number)s of %(at)s does not fit: between event %(from)s and event %(head)s the log is not what was sealed."
)
NOT_HERE = N_(
    "No event of this log has the letters %(letters)s: it was written anew, its end was cut off, an older backup was "
    "brought back, or the seal is another plant's."
)
#: Late entries: their lines stand at the moment that they name, at which nothing else need have happened.
LATE = ("genealogy.enter_consumption", "genealogy.enter_receipt")
SILENT = N_(
    "The ledger has a line of lot %(lot)s of %(at)s, but the log has no event of that moment: its end was cut off, or "
    "a part of it was removed."
)
UNHEARD = N_("The signature of %(person)s of %(at)s (%(code)s) is not what the log says: it was put in or changed.")
MISCOUNTED = N_("The seal counts %(sealed)s events up to event %(head)s, but there are %(count)s.")


@dataclass
class Proof:
    """What is wrong with the log, the earliest first; how much was read, and what became of the seal brought along."""

    faults: list[Told] = field(default_factory=list)
    events: int = 0
    seals: int = 0
    #: The event that the seal brought along names, how many events there were up to it, and how many followed.
    sealed: tuple[Seen, int, int] | None = None


def prove(session: Session, claim: Claim | None = None) -> Proof:
    """Prove the whole log, the plant's own seals and a seal brought along."""
    seals = _seals(session)
    read = walk(session, marks=[one.head_id for one in seals], begins=claim.begins if claim else "")
    proof = Proof([told(one) for one in read.breaks], read.count, len(seals))
    proof.faults += [*_unlike(seals, read), *_missing(session, seals), *_silent(session), *_unheard(session)]
    if claim is not None:
        proof.faults += _compared(claim, read)
        if read.found is not None:
            row, count = read.found
            proof.sealed = row, count, read.count - count
    return proof


def told(found: Break) -> Told:
    """One break, naming the row: its number, what it was about, and when."""
    values = dict[str, object](_named(found.row))
    if found.other is not None:
        values |= {f"other_{name}": value for name, value in _named(found.other).items()}
        values["other"] = str(found.other.id)
    return SENTENCES[found.kind], values


def _named(row: Seen) -> dict[str, object]:
    return {"id": str(row.id), "verb": _(DEEDS.get(row.verb, str(row.verb))), "code": row.code, "at": row.at}


class Kept(NamedTuple):
    """A seal as it lies in the database."""

    id: int
    number: int
    at: Any
    events: int
    head_id: int
    hash: str


def _seals(session: Session) -> list[Kept]:
    at = as_it_lies(session, Seal.at)
    query = select(Seal.id, Seal.number, at, Seal.events, Seal.head_id, Seal.hash).order_by(Seal.number)
    return [Kept(ident, number, moment(at), *rest) for ident, number, at, *rest in session.execute(query)]


def _missing(session: Session, seals: Sequence[Kept]) -> Iterator[Told]:
    """Each seal left an event that says the same of it, and its row is there."""
    made = select(Event.thing_id, Event.thing_code, Event.after).where(Event.thing == Seal.__tablename__)
    there, heard = {one.id: one for one in seals}, set[int]()
    for ident, code, after in session.execute(made.order_by(Event.id)):
        heard.add(ident)
        if ident not in there:
            yield GONE, {"number": code}
        elif not _same(there[ident], after):
            yield ALTERED, {"number": code}
    for one in seals:
        if one.id not in heard:
            yield ALTERED, {"number": str(one.number)}


def _same(seal: Kept, after: str | None) -> bool:
    try:
        said = json.loads(after or "{}")
        at = moment(said.get("at"))
    except (ValueError, TypeError):
        return False
    return at == seal.at and all(
        said.get(name) == getattr(seal, name) for name in ("number", "events", "head_id", "hash")
    )


def _unlike(seals: Sequence[Kept], read: Walk) -> Iterator[Told]:
    """The first seal that does not fit; those after it cannot."""
    before = 0
    for seal in seals:
        if read.marks.get(seal.head_id) != (seal.hash, seal.events):
            values: dict[str, object] = {"number": str(seal.number), "at": seal.at, "head": str(seal.head_id)}
            if read.last is None or read.last.id < seal.head_id:
                yield CUT, values
            else:
                yield REWRITTEN, values | {"from": str(before)}
            return
        before = seal.head_id


def _silent(session: Session) -> Iterator[Told]:
    """No line of the ledger was ever written without an event of the same moment, or of a late entry on its lot that
    names that moment; the first one that has none."""
    heard = exists().where(Event.at == Movement.at)
    query = select(Lot.id, Lot.code, as_it_lies(session, Movement.at)).join(Lot, Lot.id == Movement.lot_id)
    entered: dict[int, set[Any]] = {}
    lines = query.where(~heard).order_by(Movement.id).execution_options(yield_per=AT_ONCE)
    with session.execute(lines) as found:
        for lot, code, at in found:
            if lot not in entered:
                entered[lot] = _entered_late(session, lot)
            if moment(at) not in entered[lot]:
                yield SILENT, {"lot": code, "at": moment(at)}
                return


def _entered_late(session: Session, lot: int) -> set[Any]:
    """The moments for which something of a lot was entered afterwards, as the log says."""
    late = select(Event.after).where(Event.thing == Lot.__tablename__, Event.thing_id == lot, Event.verb.in_(LATE))
    found = set()
    for after in session.scalars(late):
        try:
            found.add(moment(json.loads(after or "{}").get("happened_at")))
        except (ValueError, AttributeError):
            continue
    return found


def _unheard(session: Session) -> Iterator[Told]:
    """Each signature left an event that names what was signed by its hash."""
    for model in (RecordSignature, Signature):
        name = model.__tablename__
        at = as_it_lies(session, model.at)
        query = select(model.id, model.person, at, model.sha256, Event.after, Event.actor, Event.thing_code)
        heard = and_(Event.thing == name, Event.thing_id == model.id)
        for ident, person, when, sha256, after, actor, code in session.execute(
            query.outerjoin(Event, heard).order_by(model.id)
        ):
            if sha256 not in (after or "") or person != (actor or "")[:100]:
                yield UNHEARD, {"person": person, "at": moment(when), "code": code or str(ident)}


def _compared(claim: Claim, read: Walk) -> Iterator[Told]:
    """What somebody brought along from outside, which nobody who has the database could change."""
    if read.found is None:
        if claim.number is not None and claim.head_id is not None and (not read.last or read.last.id < claim.head_id):
            yield CUT, {"number": str(claim.number), "at": claim.at or "-", "head": str(claim.head_id)}
        else:
            yield NOT_HERE, {"letters": letters(claim.begins)}
    elif claim.events is not None and claim.events != read.found[1]:
        yield MISCOUNTED, {"sealed": claim.events, "head": str(read.found[0].id), "count": read.found[1]}
