"""What a station asks its leader for, and what the leader writes to it."""

from flask import request

from mes.core.access import EVERYONE
from mes.core.i18n import _
from mes.core.pages import Page, go
from mes.core.work import Work
from mes.leader import service
from mes.orders.override_rules import OVERRIDE_REASONS
from mes.station.floor_views import queue
from mes.station.here import here, room
from mes.station.job_views import job
from mes.station.rules import UNDO_REASONS


def _reason() -> str:
    """The reason that was touched; the leader reads it in his own language."""
    chosen = request.form.get("reason", "")
    return chosen if chosen in (*OVERRIDE_REASONS, *UNDO_REASONS) else ""


def _asked(code: str) -> Page:
    return go("station.job", code=code, said=_("The leader is asked. The answer appears here."))


@room.write("/jobs/<code>/ask-lot", who=EVERYONE, show=job)
def ask_lot(work: Work, code: str) -> Page:
    """Ask the leader, wherever he is, to allow a lot that is not first out or not here."""
    station = here(work.session)
    lot = request.form.get("lot", "")
    service.ask_for_lot(work, station_id=station.id, job_code=code, lot_code=lot, why=_reason())
    return _asked(code)


@room.write("/jobs/<code>/reports/<int:ident>/ask", who=EVERYONE, show=lambda read, code, ident: job(read, code))
def ask_undo(work: Work, code: str, ident: int) -> Page:
    """Ask the leader to undo a result that one may not undo oneself any more."""
    station = here(work.session)
    service.ask_to_undo_result(work, station_id=station.id, job_code=code, report_id=ident, why=_reason())
    return _asked(code)


@room.write("/jobs/<code>/taken/<int:ident>/ask", who=EVERYONE, show=lambda read, code, ident: job(read, code))
def ask_give_back(work: Work, code: str, ident: int) -> Page:
    """Ask the leader to give material back that one may not give back oneself any more."""
    station = here(work.session)
    service.ask_to_give_back(work, station_id=station.id, job_code=code, movement_id=ident, why=_reason())
    return _asked(code)


def _shown(job_code: str | None) -> Page:
    return go("station.job", code=job_code) if job_code else go("station.queue")


@room.write("/asks/<int:ident>/withdraw", who=EVERYONE, show=lambda read, ident: queue(read))
def withdraw_ask(work: Work, ident: int) -> Page:
    """It is not needed any more."""
    service.withdraw(work, ident, here(work.session).id)
    return _shown(request.form.get("job"))


@room.write("/asks/<int:ident>/seen", who=EVERYONE, show=lambda read, ident: queue(read))
def see_answer(work: Work, ident: int) -> Page:
    """The answer was seen."""
    service.see_answer(work, ident, here(work.session).id)
    return _shown(request.form.get("job"))


@room.write("/messages/<int:ident>/read", who=EVERYONE, show=lambda read, ident: queue(read))
def read_message(work: Work, ident: int) -> Page:
    """The message was read; the leader sees by whom and when."""
    service.read_message(work, ident, here(work.session).id)
    return _shown(request.form.get("job"))
