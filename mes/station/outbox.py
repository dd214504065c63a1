"""What the tablet's own outbox and the server say to each other, in the headers of requests and answers.

Every entry is put down on the tablet before it is sent (``static/js/worker``). It arrives at once, like any other
form, or late: then it names who made it and when, is judged as of then, and is answered to a program.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import current_app, g, jsonify, request
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from mes.core.access import VISITOR, Actor
from mes.core.errors import BadShape, Refused
from mes.core.forms import SECRETS
from mes.core.keys import is_used, says
from mes.core.pages import actor, mes, reader, this_plant
from mes.core.work import Reader, Work, act
from mes.equipment.device_queries import owner_of
from mes.people.models import Person
from mes.people.queries import SignedIn, find_by_badge
from mes.people.rules import unproved_at_stations
from mes.station.badges import holder
from mes.station.here import paired, room
from mes.station.late_models import EntryState, LateEntry
from mes.station.late_queries import find_entry, find_person, key_of, last_entry
from mes.station.late_rules import TICKET_DAYS, NotThisPerson, Times, is_proof, moment_of, skew_of, unfit_for
from mes.station.late_service import Arrival, note_direct, note_recorded, note_refused, note_repeated
from mes.station.rules import NotAStation

#: Headers of an entry from a tablet's outbox. No page of another site can send them.
ENTRY, LATE, SEQUENCE, MADE, SENT = "X-Entry", "X-Entry-Late", "X-Entry-Sequence", "X-Entry-Made", "X-Entry-Sent"
TICKET, BADGE, CONTACT = "X-Entry-Ticket", "X-Entry-Badge", "X-Entry-Contact"
#: An entry that the server could not look at: why, and how many photos it has. It comes without them, to be listed.
UNFIT, PHOTOS = "X-Entry-Unfit", "X-Entry-Photos"
#: Headers of our answers.
PLACE = "X-Entry-Station"
CLOCK, ANSWER, GO = "X-Station-Clock", "X-Entry-Answer", "X-Entry-Go"
DAY_MS = 86_400_000
#: Milliseconds since 1970, from 2000 to 2100.
THIS_CENTURY = (946_684_800_000, 4_102_444_800_000)
#: What is done at once or not at all, and judged by the clock on the wall.
NEVER_LATE = frozenset({"station.pin", "station.leader", "station.pair", "station.sign_out", "station.resume"})


class Forgeries(CSRFProtect):  # type: ignore[misc]  # flask-wtf carries no types
    """Forms of another site are refused. An entry of the outbox carries a header that no other site can send."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Let the outbox pass; look at the token of everything else."""
        if current_app.config["WTF_CSRF_ENABLED"] and is_entry():
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)


def is_entry() -> bool:
    """Whether this request is an entry of a tablet's outbox."""
    return request.method == "POST" and bool(request.headers.get(ENTRY)) and _of_station()


def _of_station() -> bool:
    return request.path.startswith(f"{room.url_prefix}/") or request.path == room.url_prefix


@room.before_app_request
def hear() -> Response | None:
    """An entry that comes late is judged as of when it was made; one that a leader gave up is settled."""
    if request.method == "POST" and _of_station():
        g.notes = [_note_direct]
    if not is_entry() or not request.headers.get(LATE) or request.endpoint in NEVER_LATE:
        return None
    read = reader()
    station = paired(read)
    g.moment = received = mes().clock()
    if station is None:
        raise NotAStation
    key = request.headers[ENTRY][:100]
    if key != (request.form.get("once") or request.headers.get("Idempotency-Key")):
        raise BadShape(fields=ENTRY)
    known, before = find_entry(read, station.id, key), last_entry(read, station.id)
    if known is not None and known.state in (EntryState.GIVEN_UP, EntryState.OPENED):
        return jsonify({"recorded": known.state is EntryState.GIVEN_UP})
    if known is not None and known.address != request.path[:300]:
        raise BadShape(fields=ENTRY)
    made, sent = _time(MADE) or received, _time(SENT) or received
    times = Times(made, sent, received, _last_contact(station.id), before.at if before else None)
    g.moment = known.at if known else moment_of(times)
    who = g.bearer = bearer(read, station.id, g.moment)
    came = who is None and _only_came(read)
    if came or (who is None and was_recorded_elsewhere(read, station.id, key)):
        return jsonify({"recorded": not came})
    g.arrival = Arrival(
        station_id=station.id,
        key=key,
        sequence=_number(SEQUENCE),
        person_id=who.person_id if who else _named(read),
        address=request.path,
        fields=_told(read),
        photos=_number(PHOTOS) or sum(1 for file in request.files.values() if _has_content(file)),
        made_at=made,
        at=g.moment,
        received_at=received,
        skew=round(skew_of(times).total_seconds()),
    )
    g.notes = [lambda work: note_recorded(work, g.arrival, opened=g.get("opened", False))]
    if UNFIT in request.headers:
        raise unfit_for(request.headers[UNFIT])
    if who is None:
        raise NotThisPerson
    return None


def was_recorded_elsewhere(read: Reader, station_id: int, key: str) -> bool:
    """Whether an entry is in the books already by the station that this device was when it was made."""
    said = _opened("ticket", request.headers.get(TICKET, ""))
    if said is None or said[1] == station_id:
        return False
    known = find_entry(read, said[1], key)
    return known.state is EntryState.RECORDED if known else is_used(read, key_of(said[1], key))


def _only_came(read: Reader) -> bool:
    """Whether somebody only showed a badge to a tablet that knew nobody yet, and whose server answered too slowly."""
    alone = not (request.headers.get(TICKET) or request.headers.get(BADGE))
    return alone and request.endpoint == "station.scanned" and _is_badge(read, request.form.get("text", ""))


def _named(read: Reader) -> int | None:
    """Who made it, for a person to read: a ticket that is worth nothing any more still tells that."""
    said = _opened("ticket", request.headers.get(TICKET, ""))
    known = select(Person.id).where(Person.id == said[0]) if said is not None else None
    return read.scalar(known) if known is not None else None


def _told(read: Reader) -> dict[str, str]:
    """What the entry says, as it is shown to people: without what opens a door, a badge least of all."""
    told = {name: value for name, value in request.form.items() if name not in {*SECRETS, "csrf_token", "once"}}
    if _is_badge(read, told.get("text", "")):
        del told["text"]
    return told


def _is_badge(read: Reader, text: str) -> bool:
    try:
        return holder(read, text) is not None
    except Refused:  # an address of somebody else, a label of the training copy
        return False


def identify_late(read: Reader) -> Actor | None:
    """Who made the entry that comes late: by the ticket that the tablet holds for the person, or by the badge."""
    who: SignedIn | None = g.get("bearer")
    station = paired(read)
    if who is None or station is None:
        return None
    return who.actor(station.name, unproved_at_stations(this_plant().second_factor))


def bearer(read: Reader, station_id: int, moment: datetime) -> SignedIn | None:
    """In whose name the tablet spoke at some moment, as it proves by a ticket of ours or by a badge.

    A ticket says nothing of what was done after the person's sign-ins were ended or the badge or PIN was changed.
    """
    badge = request.headers.get(BADGE, "")
    who = find_by_badge(read, badge) if badge else _of_ticket(read, station_id, moment)
    owner = owner_of(read, station_id) if who else None
    if who is None or (owner is not None and owner.id != who.id):  # on a person's own phone nobody else enters anything
        return None
    return SignedIn(who.id, who.name, who.name_en, who.roles, who.language, station_id, who.comfort)


def _of_ticket(read: Reader, station_id: int, moment: datetime) -> Person | None:
    said = _opened("ticket", request.headers.get(TICKET, ""))
    if said is None or said[1] != station_id or _now_ms() - said[2] >= TICKET_DAYS * DAY_MS:
        return None
    who = find_person(read, said[0])
    return who if who is not None and is_proof(who, _moment(said[2]), moment) else None


def _last_contact(station_id: int) -> datetime | None:
    """When the two spoke last, as the tablet proves; a ticket was handed out in such a talk as well."""
    proofs = [_opened("contact", request.headers.get(CONTACT, "")), _opened("ticket", request.headers.get(TICKET, ""))]
    times = [_moment(said[-1]) for said in proofs if said is not None and said[-2] == station_id]
    return max((time for time in times if time), default=None)


@room.after_app_request
def answer(response: Response) -> Response:
    """Tell the tablet the time and who is signed in; of an entry, that this answer is the server's own, and where to
    go on (a redirect could be anybody's)."""
    if not _of_station():
        return response
    response.headers[CLOCK] = str(_now_ms())
    if is_entry():
        _answer_entry(response)
    who = actor() if request.method == "GET" and response.status_code == 200 else None
    if who is not None and who.station_id:
        response.headers["X-Station-Person"] = str(who.person_id)
        response.headers["X-Station-Ticket"] = _signed("ticket", [who.person_id, who.station_id, _now_ms()])
        response.headers["X-Station-Contact"] = _signed("contact", [who.station_id, _now_ms()])
    return response


def _answer_entry(response: Response) -> None:
    response.headers[ANSWER] = "now"
    if "arrival" in g:
        _settle(response)
    elif response.status_code in (301, 302, 303) and response.location:
        response.headers[GO] = response.location
        response.status_code = 200
        del response.headers["Location"]
        response.set_data(b"")


def _settle(response: Response) -> None:
    """A late entry that was refused is put before a person; one that was recorded is answered with a yes, and one that
    only opened a page with a no."""
    refused = g.get("refused")
    entry: LateEntry | None = None
    who, now = actor() or VISITOR, g.arrival.received_at
    try:
        if response.status_code < 400:
            if g.get("repeated"):
                act(mes().database, who, _note_repeated, source="tablet", now=now)
        elif response.status_code < 500 and refused is not None and not isinstance(refused, NotAStation):
            entry = act(
                mes().database, who, lambda work: note_refused(work, g.arrival, refused), source="tablet", now=now
            )
        else:
            return
    except Refused:  # too busy just now: the tablet sends it again
        response.status_code = 503
        return
    if entry is not None:
        response.headers[ANSWER], response.headers[PLACE] = "person", str(g.arrival.station_id)
        return
    said = jsonify({"recorded": not g.get("opened", False)})
    response.status_code, response.content_type = 200, said.content_type
    response.headers.pop("Location", None)
    response.set_data(said.get_data())


def _note_repeated(work: Work) -> None:
    note_repeated(work, g.arrival.station_id, g.arrival.key)
    key = key_of(g.arrival.station_id, g.arrival.key)
    g.opened = request.endpoint == "station.scanned" and says(work.session, key) is None


def _note_direct(work: Work) -> None:
    if work.actor.station_id:
        key = request.headers.get("Idempotency-Key") or request.form.get("once") or ""
        note_direct(work, work.actor.station_id, key)


def _has_content(file: FileStorage) -> bool:
    return bool(file.filename)


def _now_ms() -> int:
    return round(mes().clock().timestamp() * 1000)


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _time(header: str) -> datetime | None:
    return _moment(_number(header)) if _number(header) else None


def _moment(milliseconds: int) -> datetime | None:
    """A moment of this century; a clock that shows another one says nothing."""
    known = THIS_CENTURY[0] < milliseconds < THIS_CENTURY[1]
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if known else None


@cache
def _signer(key: str, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=f"station {purpose}")


def _signed(purpose: str, said: list[Any]) -> str:
    return str(_signer(str(current_app.config["SECRET_KEY"]), purpose).dumps(said))


def _opened(purpose: str, text: str) -> list[Any] | None:
    try:
        said: list[Any] = _signer(str(current_app.config["SECRET_KEY"]), purpose).loads(text)
    except BadData:
        return None
    return said
