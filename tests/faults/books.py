"""The books against what the tablets noted: nothing acknowledged is lost, nothing is in twice, and every rule holds."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.db import Database
from mes.core.events import Event
from mes.core.keys import OneTimeKey
from mes.lots.models import Lot, Movement, MovementKind
from mes.orders.models import Job, Report
from mes.web.check import check
from tests.faults import Finding, found
from tests.faults.crew import Act
from tests.faults.plant import Plant

Answer = dict[str, Any]


def proved(plant: Plant, acts: Sequence[Act]) -> Iterator[Finding]:
    """What must hold after any accident, once the server is up again or stopped."""
    database = Database(plant.url)
    with database.read() as read:
        yield from judged(read, acts)
    outcome = check(database)
    database.close()
    yield found("rules of the books broken", [fault.sentence for fault in outcome.faults], [])
    if plant.is_embedded:
        yield found("the database itself", _integrity(plant), "ok")


def judged(read: Session, acts: Sequence[Act]) -> Iterator[Finding]:
    """The books against the notes."""
    kept = keys(read)
    there = [act for act in acts if act.key in kept]
    came = Counter(act.act for act in there)
    yield Finding("recorded", ", ".join(f"{n} {act}" for act, n in came.most_common()), "reports", came["report"] > 0)
    yield found("acknowledged and not in the books", len(list(lost(read, acts, kept))), 0)
    books = Books(read)
    half = [act for act in there if not _done(act) and not books.have(act, kept[act.key])]
    yield found("not acknowledged, and in the books by half", len(half), 0)
    yield found("in the books twice, of another lot, or by nobody", _doubles(read, books, there), 0)
    yield found("refused and in the books all the same", len([act for act in there if _refused(act)]), 0)
    yield found("results without their event", _silent(read), 0)
    yield found("events that are missing, or of nothing", _events(read, there, kept), {})
    yield found("balances below nothing", read.scalar(select(func.count()).where(Lot.on_hand < 0)), 0)


def keys(read: Session) -> dict[str, Answer]:
    """The tablets' own part of each key that was used, and the answer that is kept for it."""
    rows = read.execute(select(OneTimeKey.key, OneTimeKey.answer))
    return {key.rpartition(":")[2]: json.loads(json.loads(answer).get("json") or "{}") for key, answer in rows}


def _refused(act: Act) -> bool:
    return act.status is not None and act.status >= 300


def _done(act: Act) -> bool:
    return act.status is not None and act.status < 300


def lost(read: Session, acts: Sequence[Act], kept: Mapping[str, Answer]) -> Iterator[Act]:
    """Acknowledged acts of which the books know nothing, or something else."""
    books = Books(read)
    for act in acts:
        if _done(act) and not (act.answer == kept.get(act.key) and books.have(act, act.answer)):
            yield act


class Books:
    """What is recorded, as a tablet would say it."""

    def __init__(self, read: Session) -> None:
        made = (
            select(Report, Job.code, Lot.code)
            .join(Job, Job.id == Report.job_id)
            .outerjoin(Lot, Report.lot_id == Lot.id)
        )
        self.reports = {one.id: (one, job, lot) for one, job, lot in read.execute(made)}
        query = select(Movement.id, Job.code, Lot.code, -Movement.quantity)
        query = query.join(Lot, Lot.id == Movement.lot_id).join(Job, Job.id == Movement.job_id)
        query = query.where(Movement.kind == MovementKind.CONSUME, Movement.reverses_id.is_(None))
        self.taken = {ident: (job, lot, Decimal(n)) for ident, job, lot, n in read.execute(query)}

    def have(self, act: Act, answer: Answer) -> bool:
        """Whether this act is recorded as it was sent, and as its answer says."""
        if act.act == "consume":
            return self.taken.get(answer["movement"]) == next(_taken(act))
        if act.act not in ("report", "undo"):
            return bool(answer["code"] == act.path.split("/")[2])  # that it runs or rests is told by its events
        if answer["id"] not in self.reports:
            return False
        one, job, lot = self.reports[answer["id"]]
        if act.act == "undo":
            undone, *_ = self.reports[int(act.path.split("/")[2])]
            return one.reverses_id == undone.id and (one.good, one.defective) == (-undone.good, -undone.defective)
        body = act.body
        said = (body["good"], sum(Decimal(row["quantity"]) for row in body.get("defects", ())))
        right = (one.good, one.defective) == tuple(map(Decimal, said))
        return right and (job, lot) == (act.path.split("/")[2], answer["lot"])


def _taken(act: Act) -> Iterator[tuple[str, str, Decimal]]:
    """The job, the lot and the quantity of all that an act takes."""
    for row in [act.body] if act.act == "consume" else act.body.get("consumed", ()):
        yield act.path.split("/")[2], row["lot"], Decimal(row["quantity"])


def _doubles(read: Session, books: Books, there: Sequence[Act]) -> int:
    """Results, opposites, and what was taken of which lot for which job, against the keys under which they came."""
    came = Counter(act.act for act in there)
    taken, wanted = Counter(books.taken.values()), Counter(row for act in there for row in _taken(act))
    in_books = {
        select(func.count(Report.id)).where(Report.reverses_id.is_(None)): came["report"],
        select(func.count(Report.id)).where(Report.reverses_id.is_not(None)): came["undo"],
    }
    amiss = sum(((taken - wanted) + (wanted - taken)).values())
    return amiss + sum(abs((read.scalar(query) or 0) - n) for query, n in in_books.items())


def _silent(read: Session) -> int:
    """Results without an event of their own."""
    told = select(Event.thing_id).where(Event.thing == Report.__tablename__)
    return read.scalar(select(func.count()).where(Report.id.not_in(told))) or 0


def _events(read: Session, there: Sequence[Act], kept: Mapping[str, Answer]) -> dict[str, int]:
    """What the log tells of the tablets' acts, against what they did: so many too many, or (negative) too few."""
    defects = {kept[act.key].get("id"): len(act.body.get("defects", ())) for act in there if act.act == "report"}
    wanted: Counter[tuple[str, str]] = Counter()
    for act in there:
        if act.act in ("start", "pause"):
            wanted[f"orders.{act.act}_job", act.path.split("/")[2]] += 1
        elif act.act == "consume":
            wanted["orders.consume", act.body["lot"]] += 1
        elif act.act == "undo":
            wanted["orders.undo_report", ""] += 1
            wanted["quality.take_back_defect", ""] += defects[int(act.path.split("/")[2])]
        else:
            wanted["orders.report", ""] += 1
            wanted["quality.defect", ""] += len(act.body.get("defects", ()))
            wanted.update(("orders.consume", row["lot"]) for row in act.body["consumed"])
    by_code = ("orders.start_job", "orders.pause_job", "orders.consume")
    told = Counter(
        (verb, code if verb in by_code else "")
        for verb, code in read.execute(select(Event.verb, Event.thing_code).where(Event.source == "api"))
    )
    told.subtract(wanted)
    return {" ".join(what).strip(): n for what, n in told.items() if n}


def _integrity(plant: Plant) -> str:
    with closing(sqlite3.connect(plant.folder / "mes.db")) as file:
        return str(file.execute("PRAGMA integrity_check").fetchone()[0])
