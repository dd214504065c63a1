"""Seals of the event log: what its newest event was at the end of a day, in a form that leaves the plant.

Whoever holds the database can write the whole log anew, with hashes that fit. Who holds a seal (on paper, in a mail, on
another computer) finds that: the hash of the sealed event depends on everything recorded before it. A seal is short
enough to be typed: 24 letters of the hash, and a check character.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mes.core.chain import Begin, Break, Seen, walk
from mes.core.db import Base, Database
from mes.core.errors import NotFound, Refused
from mes.core.events import TAKE_CHAIN, Event
from mes.core.i18n import N_, _, stamp
from mes.core.numbering import LETTERS, with_check
from mes.core.paging import Slice, keyset
from mes.core.plant import plant, production_day, this_production_day
from mes.core.types import Day, Id, Moment, Ref, Short
from mes.core.work import Work

#: What the event of a seal is called.
VERB = "plant.seal"
#: Letters of a hash that are told, 5 bits each, and how they are written: five groups of five with the check character.
TOLD, GROUP = 24, 5
_TYPED = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{5}(?:[-–\s]?[0-9A-Z]{5}){4}(?![0-9A-Z])", re.IGNORECASE)
_LINE = re.compile(r"MES-SEAL (\d+) (\d+) (\d+) (\S+) ([0-9a-f]{64})")
#: Letters that nobody tells from digits.
_ALIKE = str.maketrans("OIL", "011")


class Seal(Base):
    """The newest event at a moment, how many there were up to it, and what was wrong with those since the last seal."""

    __tablename__ = "seals"
    __table_args__ = (Index("ix_seals_head_id", "head_id"),)

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    day: Mapped[Day]
    at: Mapped[Moment]
    person: Mapped[Short]
    #: How many events there were, and the last one: its number, time and hash.
    events: Mapped[Ref]
    head_id: Mapped[Ref]
    head_at: Mapped[Moment]
    hash: Mapped[str] = mapped_column(String(64))
    #: The first place at which the log was not whole: what was done, and the event's number.
    fault: Mapped[str | None] = mapped_column(String(100))


class NotASeal(Refused):
    """Neither the letters of a seal nor a text that holds them."""

    message = N_("This is no seal of an event log.")
    hint = N_("Type the five groups of letters, or give the file that mes seal wrote.")
    status = 422


class SealMistyped(Refused):
    """A letter was misread: the check character does not fit."""

    message = N_("The letters %(letters)s are not those of a seal: one of them was misread.")
    hint = N_("Compare them with the paper once more.")
    status = 422


class NothingToSeal(Refused):
    """A plant in which nothing was ever recorded."""

    message = N_("Nothing was recorded yet, so there is nothing to seal.")
    hint = N_("Seal the log once the plant works.")


class Claim(NamedTuple):
    """What somebody outside knows of a seal: how the hash begins, and where it was told, number, count and event."""

    begins: str
    number: int | None = None
    events: int | None = None
    head_id: int | None = None
    at: datetime | None = None


def letters(hashed: str) -> str:
    """The letters that stand for a hash: K7QPM-3F0XA-..., the last one a check character."""
    value, told = int(hashed[: TOLD * 5 // 4], 16), ""
    for _place in range(TOLD):
        value, rest = divmod(value, 32)
        told = LETTERS[rest] + told
    whole = with_check(told)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def read_claim(text: str) -> Claim:
    """What a seal says, from its letters, its whole text, or what its QR holds. Raises NotASeal, SealMistyped."""
    line = _LINE.search(text)
    if line:
        number, events, head_id, at, hashed = line.groups()
        return Claim(hashed, int(number), int(events), int(head_id), _moment(at))
    typed = _TYPED.search(text.strip())
    if typed is None:
        raise NotASeal(field="seal")
    whole = re.sub(r"[^0-9A-Z]", "", typed.group().upper())
    told = whole[:TOLD].translate(_ALIKE)
    if set(told) - set(LETTERS) or with_check(told)[-1].translate(_ALIKE) != whole[-1].translate(_ALIKE):
        raise SealMistyped(field="seal", letters=typed.group()[:40])
    value = 0
    for letter in told:
        value = value * 32 + LETTERS.index(letter)
    return Claim(f"{value:0{TOLD * 5 // 4}x}")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def line(seal: Seal) -> str:
    """A seal in one line, for programs and for its QR."""
    return f"MES-SEAL {seal.number} {seal.events} {seal.head_id} {seal.at:%Y-%m-%dT%H:%M:%SZ} {seal.hash}"


def text(seal: Seal, company: str) -> str:
    """A seal as it is mailed or stored: a few lines for people, and one for programs."""
    told = [
        _("Seal %(number)s of the event log of %(plant)s", number=seal.number, plant=company or "MES"),
        _("Made at %(at)s by %(person)s", at=stamp(seal.at), person=seal.person),
        _("Events: %(count)s; the last one is number %(head)s of %(at)s", count=str(seal.events),
          head=str(seal.head_id), at=stamp(seal.head_at)),
        *([_("The log was not whole at that time: %(fault)s", fault=seal.fault)] if seal.fault else []),
        "",
        letters(seal.hash),
        "",
        line(seal),
    ]  # fmt: skip
    return "\n".join(told) + "\n"


def last_seal(session: Session) -> Seal | None:
    """The newest seal."""
    return session.scalars(select(Seal).order_by(Seal.number.desc()).limit(1)).first()


def all_seals(session: Session) -> Sequence[Seal]:
    """All seals, in their order."""
    return session.scalars(select(Seal).order_by(Seal.number)).all()


def list_seals(session: Session, after: str | None = None) -> Slice[Seal]:
    """The seals, newest first, a page at a time."""
    return keyset(session, select(Seal), Seal.number, after=after, newest_first=True)


def get_seal(session: Session, number: int) -> Seal:
    """One seal. Raises NotFound."""
    found = session.scalar(select(Seal).where(Seal.number == number))
    if found is None:
        raise NotFound(what=_("seal"), code=str(number))
    return found


def fitting(session: Session, seals: Sequence[Seal]) -> set[int]:
    """Which of these seals name an event that still is what it was; what stands before it, ``mes check`` proves."""
    heads = select(Event.id, Event.hash).where(Event.id.in_([one.head_id for one in seals]))
    kept = {int(ident): str(hashed) for ident, hashed in session.execute(heads)}
    return {one.number for one in seals if kept.get(one.head_id) == one.hash}


@dataclass(frozen=True)
class Newest:
    """What was recorded since the last seal, and what is wrong with it."""

    before: int
    count: int
    head: Seen | None
    fault: str | None
    breaks: Sequence[Break]


#: Events proved under one snapshot, so that a long log holds up nobody.
PART = 20_000


def prove_newest(database: Database, rest: Callable[[], object] = lambda: None) -> Newest:
    """Prove what was recorded since the last seal, and that the sealed event is what it was. ``rest``: called between
    two parts of a long log."""
    with database.read() as read:
        last = last_seal(read)
        begin = Begin(last.head_id, last.hash, last.events) if last else Begin()
        fault = f"seal {last.number}" if last and not fitting(read, [last]) else None
    breaks: list[Break] = []
    newest: Seen | None = None
    while True:
        with database.read() as read:
            part = walk(read, after=begin, most=PART)
        breaks += part.breaks
        if part.last is None:
            break
        newest, begin = part.last, Begin(part.last.id, part.last.hash, part.count)
        rest()
    if fault is None and breaks:
        fault = f"{breaks[0].kind} {breaks[0].row.id}"
    return Newest(last.number if last else 0, begin.count, newest, fault, breaks)


def make_seal(work: Work, newest: Newest) -> Seal | None:
    """Seal the log up to what was proved. None when nothing was recorded since the last seal, or somebody else has
    sealed it meanwhile."""
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(TAKE_CHAIN)
    last, head = last_seal(work.session), newest.head
    if head is None or newest.before != (last.number if last else 0) or not _is_news(last, newest):
        return None
    seal = Seal(
        number=newest.before + 1, day=this_production_day(work), at=work.now, person=work.actor.name[:100],
        events=newest.count, head_id=head.id, head_at=head.at if isinstance(head.at, datetime) else work.now,
        hash=head.hash, fault=newest.fault,
    )  # fmt: skip
    return work.add(seal, VERB, code=str(seal.number))


def _is_news(last: Seal | None, newest: Newest) -> bool:
    """The event that the last seal left behind is none."""
    if last is None or newest.head is None or (newest.fault and not last.fault):
        return True
    return newest.count - last.events > int(newest.head.verb == VERB)


def is_due(session: Session, now: datetime) -> bool:
    """Whether a production day has ended since the last seal."""
    last = last_seal(session)
    return last is None or last.day != production_day(plant(session), now)
