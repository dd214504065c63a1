"""The tablet without a connection: its worker, what it keeps, the entries that wait for a person."""

import hashlib
import json
from functools import cache
from typing import Any

from flask import Response as Answer
from flask import current_app, make_response, request, url_for

from mes.core.access import ANYONE, EVERYONE, LEADERS
from mes.core.config import PACKAGE
from mes.core.forms import ReasonForm
from mes.core.i18n import N_, _
from mes.core.pages import Page, Room, go, page, this_plant
from mes.core.work import Reader, Work
from mes.people.models import Person
from mes.people.service import open_sign_in
from mes.station import late_queries, late_rules, late_service
from mes.station.here import act_at, here, need_station, paired, room, shown
from mes.station.late_models import EntryState, LateEntry
from mes.station.outbox import bearer
from mes.station.sign_in_views import close_sign_in, hold
from mes.station.snapshot import KEPT_JOBS, snapshot

desk = Room("entries", __name__)
desk.entry("entries.index", N_("Late entries"), "wifi-off", "production", LEADERS)
#: No device was more stations than these.
MOST_PLACES = 20
#: Pages of the work centre as a whole that the tablet keeps.
OF_THE_CENTRE = (
    "station.queue", "station.stop", "station.call", "station.entries", "station.shift", "station.check_sheets",
    "station.hand_over", "station.shift_end",
)  # fmt: skip
#: Scripts and styles that a tablet's pages may ask for later.
NOT_OF_STATIONS = ("board", "chart", "plot", "print", "install", "labels", "rows", "trial")


@room.read("/worker.js", who=ANYONE)
def worker(read: Reader) -> Page:
    """The program that stands between the tablet's pages and the network."""
    main = url_for("static", filename="js/worker/main.js")
    answer = make_response(f'import "{main}";\nself.mesVersion = "{_version()}";\n')
    answer.content_type = "text/javascript; charset=utf-8"
    answer.headers["Service-Worker-Allowed"] = url_for("station.enter")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@cache
def _version() -> str:
    digest = hashlib.sha256()
    folder = PACKAGE / "static"
    for file in sorted([*(folder / "js").rglob("*.js"), *(folder / "css").glob("*.css"), folder / "vendor/icons.svg"]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@room.read("/manifest.webmanifest", who=ANYONE)
def manifest(read: Reader) -> Page:
    """What the tablet calls the station when it is put on its start screen."""
    plant = this_plant()
    name = plant.name or "MES"
    icon = url_for("static", filename="favicon.svg")
    said = {
        "id": url_for("station.enter"),
        "name": f"{name} · {_('Station')}",
        "short_name": name[:12],
        "start_url": url_for("station.enter"),
        "scope": url_for("station.enter"),
        "display": "standalone",
        "background_color": "#faf9f6",
        "theme_color": "#faf9f6",
        "icons": [
            {"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": purpose}
            for purpose in ("any", "maskable")
        ],
    }
    answer = make_response(json.dumps(said, ensure_ascii=False))
    answer.content_type = "application/manifest+json"
    return answer


@room.read("/contact", who=ANYONE)
def contact(read: Reader) -> Page:
    """The server is there: the time, and which entries of this tablet wait for a person; those too that were refused
    while the device was another station (``of``), so that it keeps them until somebody has decided."""
    station = paired(read)
    if station is None:
        return _json({"station": None, "refused": []})
    others = [
        int(of) for of in request.args.getlist("of")[:MOST_PLACES] if of.isascii() and of.isdigit() and len(of) < 10
    ]
    return _json(
        {
            "station": station.code,
            "id": station.id,
            "refused": late_queries.refused_keys(read, station.id),
            "elsewhere": {of: late_queries.refused_keys(read, of) for of in others if of != station.id},
        }
    )


@room.read("/snapshot", who=EVERYONE)
def kept(read: Reader) -> Page:
    """What the tablet keeps; an unchanged one costs no transfer."""
    station = here(read)
    data = snapshot(read, station, this_plant())
    codes = [job["code"] for job in data["jobs"][:KEPT_JOBS]]
    data["shell"] = _shell()
    data["largest"] = int(current_app.config["MAX_CONTENT_LENGTH"] * 0.9)  # the rest is the form around the photos
    data["pages"] = {
        "": [
            *(url_for(name) for name in OF_THE_CENTRE),
            *(url_for("station.check_sheet", code=code) for code in list(data["checks"])[:KEPT_JOBS]),
        ],
        **{code: _pages_of(code) for code in codes},
    }
    answer = _json(data)
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:24])
    answer.make_conditional(request)
    return answer


def _pages_of(code: str) -> list[str]:
    of_job = [url_for(name, code=code) for name in ("station.job", "station.report", "station.defect")]
    of_job += [f"{of_job[0]}?as={state}" for state in ("running", "paused")]
    return [*of_job, url_for("station.stop", job=code), url_for("station.call", job=code)]


def _shell() -> list[str]:
    folder = PACKAGE / "static"
    files = [*(folder / "js").glob("*.js"), *(folder / "css").glob("*.css")]
    names = [str(file.relative_to(folder)) for file in sorted(files) if file.stem not in NOT_OF_STATIONS]
    names += ["vendor/htmx.min.js"]
    return [url_for("static", filename=name) for name in names]


def _json(data: dict[str, Any]) -> Answer:
    answer: Answer = make_response(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    answer.content_type = "application/json"
    return answer


@room.write("/resume", who=ANYONE)
def resume(work: Work) -> Page:
    """Somebody came to the tablet while it had no connection: from now on they are signed in, or nobody is."""
    station = need_station(work.session)
    close_sign_in(work)
    who = bearer(work.session, station.id, work.now)
    if who is not None:
        act_at(work, station)
        person = work.session.get_one(Person, who.person_id)
        hold(open_sign_in(work, person, station.id))
    return _json({"signed_in": who.person_id if who else None})


@room.read("/entries", who=EVERYONE)
def entries(read: Reader) -> Page:
    """What this tablet sent late and the server refused: each waits for a person."""
    station = here(read)
    return shown(
        read, "station/entries.html", waiting=[_told(*one) for one in late_queries.refused_here(read, station.id)]
    )


@room.write("/entries/<int:ident>/give-up", who=LEADERS, show=lambda read, ident: entries(read))
def give_up_here(work: Work, ident: int) -> Page:
    """A leader at the tablet decides that an entry is not recorded."""
    here(work.session)
    late_service.give_up(work, ident, request.form.get("reason", ""))
    return go("station.entries", said=_("The entry is given up."))


@desk.read("/late-entries", who=LEADERS)
def index(read: Reader) -> Page:
    """Entries that came late: those that wait for a person first."""
    state = request.args.get("state", "refused")
    chosen = EntryState(state) if state in set(EntryState) else None
    found = late_queries.page_of_entries(read, state=chosen, after=request.args.get("after"))
    people = late_queries.names_of(read, list(found.rows))
    told = [_told(entry, people.get(entry.person_id or 0)) for entry in found.rows]
    return page("station/late_entries.html", found=found, told=told, state=state)


def _show_give_up(read: Reader, form: ReasonForm, ident: int) -> Page:
    return page("station/give_up.html", form=form, one=_told(*late_queries.get_entry(read, ident)))


@desk.form("/late-entries/<int:ident>/give-up", who=LEADERS, form=ReasonForm, show=_show_give_up)
def give_up(work: Work, form: ReasonForm, ident: int) -> Page:
    """A leader decides that an entry is not recorded, and says why."""
    late_service.give_up(work, ident, str(form.reason.data))
    return go("entries.index", said=_("The entry is given up."))


def _told(entry: LateEntry, person: Person | None) -> dict[str, Any]:
    fields = json.loads(entry.fields)
    return {
        "entry": entry,
        "person": person,
        "deed": late_rules.deed_of(entry.address),
        "job": late_rules.job_of(entry.address, fields),
        "said": late_rules.said_of(fields),
        "refused": late_rules.refused_with(entry.refusal, entry.refusal_values) if entry.refusal else None,
        "flagged": late_rules.is_flagged(entry.skew),
    }
