"""Who works on a job together: by name tile or badge, each with the time so far; a leader takes the job over."""

from flask import request

from mes.core.access import EVERYONE, LEADERS
from mes.core.i18n import _, own_name
from mes.core.pages import Page, actor, go, mes
from mes.core.work import Reader, Work
from mes.orders import crew
from mes.orders.models import JobState
from mes.people.queries import find_by_badge, get_person
from mes.station import queries
from mes.station.here import here, room, shown


@room.read("/jobs/<code>/crew", who=EVERYONE)
def people(read: Reader, code: str) -> Page:
    """Everybody of this station, those who work on the job first, with the time that each has worked."""
    station = here(read)
    sheet = queries.job_sheet(read, code)
    worked = crew.crew_of(read, sheet.job.id, mes().clock())
    known = {one.person.id for one in worked}
    who = actor()
    return shown(
        read,
        "station/crew.html",
        sheet=sheet,
        worked=worked,
        others=[one for one in queries.people_here(read, station.id) if one.id not in known],
        takes_over=who is not None and who.is_one_of(LEADERS) and sheet.job.person_id != who.person_id,
        runs=sheet.job.state is JobState.RUNNING,
    )


@room.write("/jobs/<code>/crew", who=EVERYONE, show=people)
def change_crew(work: Work, code: str) -> Page:
    """Somebody joins the job, or leaves it."""
    here(work.session)
    meant = {"1": True, "0": False}.get(request.form.get("joins", ""))  # a page that was kept before may not say
    return toggled(work, code, request.form.get("person", ""), meant)


def toggled(work: Work, code: str, person_code: str, joins: bool | None = None) -> Page:
    """Who does not work on the job joins it; who does leaves it: what the page said, else the other of both."""
    person = get_person(work.session, person_code)
    if crew.toggle_on_job(work, code, person_code, joins):
        return go("station.people", code=code, said=_("%(name)s works on the job.", name=own_name(person)))
    return go("station.people", code=code, said=_("%(name)s has left the job.", name=own_name(person)))


def toggled_by_badge(work: Work, code: str, badge: str) -> Page | None:
    """The same by a badge that was scanned on this page; none when it is nobody's."""
    person = find_by_badge(work.session, badge)
    return toggled(work, code, person.code) if person is not None else None


@room.write("/jobs/<code>/take-over", who=LEADERS, show=people)
def take_over(work: Work, code: str) -> Page:
    """A leader takes the job over."""
    here(work.session)
    job = crew.take_over(work, code)
    return go("station.job", code=code, said=_("You have taken %(name)s over.", name=own_name(job)))
