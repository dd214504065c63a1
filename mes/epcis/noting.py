"""What the plant recorded is noted as events, once and for ever: from then on the id and the names do not change."""

from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mes.core.access import SYSTEM
from mes.core.db import Database
from mes.core.events import Event
from mes.core.work import Work, act
from mes.epcis import making_goods, making_work  # noqa: F401  their builders are declared by being read
from mes.epcis.documents import read_json
from mes.epcis.keeping import Kept, is_known, keep_all
from mes.epcis.making import BUILDERS, Made, Told, as_time
from mes.epcis.models import EpcisEvent, EpcisPlant
from mes.epcis.naming import codes_since, naming
from mes.epcis.reading import read_event
from mes.orders.models import Report

#: Entries of the log that one act looks at (who records waits for it half a second), and acts before one reading.
MOST, ACTS = 100, 100
UNDONE = "orders.undo_report"
#: Deeds that take back another one of the same thing.
UNDOES = {"lots.undo_return": "lots.come_back", "lots.undo_dismantle": "lots.dismantle"}
VERBS = (*BUILDERS, UNDONE, *UNDOES)


def is_behind(session: Session) -> bool:
    """Whether the log has entries that were not looked at yet."""
    noted = session.scalar(select(EpcisPlant.noted_to).where(EpcisPlant.id == 1)) or 0
    return (session.scalar(select(func.max(Event.id))) or 0) > noted


def bring_up_to_date(database: Database) -> None:
    """Note what happened since the last time, as far as one reading may take; the next one goes on."""
    for _turn in range(ACTS):
        if act(database, SYSTEM, note_new, source="system"):
            return


def note_new(work: Work) -> bool:
    """Note the next entries of the log as events; whether all were looked at."""
    state = own_state(work)
    last = work.session.scalar(select(func.max(Event.id))) or 0
    query = select(Event).where(Event.id > state.noted_to, Event.verb.in_(VERBS)).order_by(Event.id).limit(MOST)
    entries = work.session.scalars(query).all()
    names = replace(naming(work.session), bore=codes_since(work.session, state.noted_to))
    for entry in entries:
        told = Told(work.session, names.as_of(entry.id), entry)
        made = BUILDERS[entry.verb](told) if entry.verb in BUILDERS else _taken_back(told)
        kept = [Kept(event, read_event(event), origin=entry.id) for event in made]
        keep_all(work, [one for one in kept if not is_known(work, one.read)])
    done = len(entries) < MOST
    state.noted_to = last if done else entries[-1].id
    work.session.flush()
    return done


def own_state(work: Work) -> EpcisPlant:
    """The one row of this room, locked; made at its first use."""
    query = select(EpcisPlant).where(EpcisPlant.id == 1).with_for_update()
    found = work.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        found = EpcisPlant(id=1, noted_to=0)
        work.session.add(found)
        work.session.flush()
    return found


def _taken_back(told: Told) -> list[Made]:
    """Something was undone: each event that told it is declared not to have happened."""
    entry = _report_told(told) if told.entry.verb == UNDONE else _deed_told(told)
    query = select(EpcisEvent).where(EpcisEvent.origin.in_(entry), ~EpcisEvent.declared).order_by(EpcisEvent.id)
    wrong = {"declarationTime": as_time(told.entry.at), "reason": "did_not_occur"}
    return [{**read_json(row.body), "errorDeclaration": wrong} for row in told.session.scalars(query)]


def _report_told(told: Told) -> Select[int]:
    """The entry of the report that was undone."""
    report = told.session.get_one(Report, told.entry.thing_id)
    query = select(Event.id).where(Event.thing == Report.__tablename__, Event.thing_id == report.reverses_id)
    return query.where(Event.verb == "orders.report")


def _deed_told(told: Told) -> Select[int]:
    """The newest entry of the deed that was undone."""
    entry = told.entry
    same = (Event.thing == entry.thing, Event.thing_id == entry.thing_id, Event.verb == UNDOES[entry.verb])
    return select(Event.id).where(*same, Event.id < entry.id).order_by(Event.id.desc()).limit(1)
