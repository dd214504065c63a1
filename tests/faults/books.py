"""The books against what the tablets noted: nothing acknowledged is lost, nothing is in twice, and every rule holds."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mes.core.db import Database
from mes.core.events import Event
from mes.core.keys import OneTimeKey
from mes.lots.models import Lot, Movement, MovementKind
from mes.orders.models import Report
from mes.web.check import check
from tests.faults import Finding, found
from tests.faults.crew import Act
from tests.faults.plant import Plant


def proved(plant: Plant, acts: Sequence[Act]) -> Iterator[Finding]:
    """What must hold after any accident, once the server is up again or stopped."""
    database = Database(plant.url)
    with database.read() as read:
        kept = keys(read)
        came = Counter(act.act for act in acts if act.key in kept)
        yield Finding(
            "recorded", ", ".join(f"{n} {act}" for act, n in came.most_common()), "reports", came["report"] > 0
        )
        yield found("acknowledged and not in the books", len(list(lost(read, acts, kept))), 0)
        yield found("in the books twice, or by nobody", _doubles(read, acts, kept), 0)
        yield found("refused and in the books all the same", len([a for a in acts if _refused(a) and a.key in kept]), 0)
        yield found("results without their event", _silent(read), 0)
        yield found("balances below nothing", read.scalar(select(func.count()).where(Lot.on_hand < 0)), 0)
    outcome = check(database)
    database.close()
    yield found("rules of the books broken", [fault.sentence for fault in outcome.faults], [])
    if plant.is_embedded:
        yield found("the database itself", _integrity(plant), "ok")


def keys(read: Session) -> set[str]:
    """The tablets' own part of each key that was used."""
    return {key.rpartition(":")[2] for key in read.scalars(select(OneTimeKey.key))}


def _refused(act: Act) -> bool:
    return act.status is not None and act.status >= 300


def _done(act: Act) -> bool:
    return act.status is not None and act.status < 300


def lost(read: Session, acts: Sequence[Act], kept: set[str]) -> Iterator[Act]:
    """Acknowledged acts of which the books know nothing, or something else."""
    reports = {one.id: one for one in read.scalars(select(Report))}
    movements = {row.id: row.quantity for row in read.execute(select(Movement.id, Movement.quantity))}
    for act in acts:
        if not _done(act):
            continue
        right = act.key in kept
        if act.act == "report":
            one = reports.get(act.answer["id"])
            right = right and one is not None and one.good == Decimal(act.body["good"])
        elif act.act == "undo":
            one = reports.get(act.answer["id"])
            right = right and one is not None and one.reverses_id == int(act.path.split("/")[2])
        elif act.act == "consume":
            right = right and -movements.get(act.answer["movement"], Decimal(0)) == Decimal(act.body["quantity"])
        if not right:
            yield act


def _doubles(read: Session, acts: Sequence[Act], kept: set[str]) -> int:
    """Results, what was taken, and opposites against the keys under which they came."""
    came = Counter(act.act for act in acts if act.key in kept)
    lines = sum(len(act.body["consumed"]) for act in acts if act.act == "report" and act.key in kept)
    taken = select(func.count(Movement.id)).where(Movement.kind == MovementKind.CONSUME)
    there = {
        select(func.count(Report.id)).where(Report.reverses_id.is_(None)): came["report"],
        select(func.count(Report.id)).where(Report.reverses_id.is_not(None)): came["undo"],
        taken.where(Movement.reverses_id.is_(None)): came["consume"] + lines,
    }
    return sum(abs((read.scalar(query) or 0) - wanted) for query, wanted in there.items())


def _silent(read: Session) -> int:
    """Results without an event of their own."""
    told = select(Event.thing_id).where(Event.thing == Report.__tablename__)
    return read.scalar(select(func.count()).where(Report.id.not_in(told))) or 0


def _integrity(plant: Plant) -> str:
    with sqlite3.connect(plant.folder / "mes.db") as file:
        return str(file.execute("PRAGMA integrity_check").fetchone()[0])
