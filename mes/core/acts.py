"""One request, one business act: its one-time key, its answer, and what is shown when it is refused."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, request, session
from werkzeug.wrappers import Response
from wtforms.widgets import HiddenInput

from mes.core import keys
from mes.core.access import VISITOR
from mes.core.errors import DatabaseAway, KeyMissing, KeyReused, OutcomeUnknown, Refused, StaleEdit
from mes.core.forms import Form, secret_names
from mes.core.i18n import _, shown
from mes.core.visit import actor, close_reader, comes_late, mes, this_moment
from mes.core.work import Work, act

Page = Response | str


def perform(deed: Callable[[Work], Page], again: Callable[[], Page] | None, form: Form | None = None) -> Page:
    """Do one business act for this request: once, whole, or not at all."""
    if "mes_once" in g:
        raise RuntimeError("one request, one act")
    g.mes_once = True
    who = actor() or VISITOR
    again = None if comes_late() else again
    close_reader()
    try:
        result = act(
            mes().database,
            who,
            lambda work: _done(deed, work),
            source="tablet" if who.station_id else "api" if who.roles and who.person_id is None else "desk",
            now=this_moment(),
            late=comes_late(),
            key=(_one_time_key(), _content(form)),
            answer=_answer,
        )
    except keys.AlreadyDone as done:
        if done.just_now is not None:  # the answer to its commit was lost: that run of the deed is what is recorded
            _change_browser(done.just_now)
        before = _refused_before(done.answer)
        g.repeated = before is None
        return _refuse(before, again, form) if before else _repeat(done, again)
    except Refused as refused:
        return _refuse(refused, again, form)
    if isinstance(result, Refused):
        return _refuse(result, again, form)
    if result.status_code < 400:
        _change_browser(g.run)
    _flash(getattr(result, "said", None))
    return result


def in_browser(change: Callable[[], object]) -> None:
    """Change what the browser keeps (who is signed in there) once this act is recorded. A deed may run several times
    (after a deadlock, say) or be refused at its commit: only what the run that counts asked for is done."""
    run: Work = g.run
    run.in_browser.append(change)


def _change_browser(run: Work) -> None:
    for change in run.in_browser:
        change()


def _done(deed: Callable[[Work], Page], work: Work) -> Response | Refused:
    """What came of the deed. A refusal that counts is a result, so that what it recorded is kept."""
    g.run = work
    try:
        done = make_response(deed(work))
        for note in g.get("notes", ()):
            note(work)  # what is written down with every act of this kind
        return done
    except Refused as refused:
        if not refused.counts:
            raise
        return refused


def _refuse(refused: Refused, again: Callable[[], Page] | None, form: Form | None) -> Page:
    session.pop("_flashes", None)
    if again is None or isinstance(refused, DatabaseAway | OutcomeUnknown):  # no database shows the page again
        raise refused
    field = form._fields.get(refused.field) if form is not None and refused.field and not refused.asks else None
    if field is not None:
        field.errors = [str(refused)]
    who = actor()
    if field is None or isinstance(field.widget, HiddenInput) or (who and who.station_id):
        g.refused = refused  # at a desk once is enough: what a field shows is not said above the page too
    if form is not None and isinstance(refused, StaleEdit):
        form.version.data = str(refused.values["version"])  # the next save is made knowing what is recorded now
    if form is not None and (refused.counts or isinstance(refused, KeyReused)):
        form.once.data = uuid.uuid4().hex  # the key that came is used up: what is sent next is another try
    return make_response(again(), refused.status)


def _one_time_key() -> str:
    key = request.headers.get("Idempotency-Key") or request.form.get("once") or ""
    if not 8 <= len(key) <= 100 or not key.isprintable():
        raise KeyMissing
    who = actor()
    if who and who.station_id:  # one entry of a tablet is one record, in whose name it ever arrives
        return f"station {who.station_id}:{key}"
    return f"{(who.person_id or who.name) if who else 0}:{key}"


def _content(form: Form | None) -> str:
    """What the write said, as a hash; without passwords, which could be worked out from it in a stolen backup."""
    left_out = {"csrf_token", "once", *secret_names(form)}
    parts: list[str | bytes] = [request.method, request.path]
    for name, value in sorted(request.form.items(multi=True)):
        if name not in left_out:
            parts += [name, value]
    if request.is_json:
        parts.append(request.get_data())
    for name, file in sorted(request.files.items(multi=True), key=lambda sent: sent[0]):
        parts += [name, file.read()]
        file.seek(0)
    return keys.fingerprint(parts)


def _answer(result: Response | Refused) -> dict[str, object] | None:
    """What a repetition of the same write gets; None for what leaves nothing behind."""
    if isinstance(result, Refused):
        values = {name: shown(value) for name, value in result.values.items()}
        return {"refused": result.code, "field": result.field, "values": values}
    if result.status_code >= 400:
        return None
    answer = {"status": result.status_code, "location": result.location, "said": getattr(result, "said", None)}
    return answer | ({"json": result.get_data(as_text=True)} if result.is_json else {})


def _refused_before(answer: dict[str, Any]) -> Refused | None:
    """The refusal that the first sending got, in the words of the language spoken now."""
    if "refused" not in answer and answer.get("status", 200) < 400:
        return None
    kind = Refused.named(answer.get("refused", "")) or KeyReused
    return kind(field=answer.get("field"), **answer.get("values", {}))


def _repeat(done: keys.AlreadyDone, again: Callable[[], Page] | None) -> Page:
    answer: dict[str, Any] = done.answer
    if done.just_now is not None:
        _flash(answer["said"])
    elif answer["said"] and not comes_late():
        told = _("This was recorded before, at %(when)s; nothing was added now.", when=done.at)
        flash(f"{told} ({answer['said']})", "repeated")
    if answer["location"]:
        return redirect(answer["location"], 303)
    if "json" not in answer and again is not None:
        return again()  # what was shown once is not kept; the page it was shown on is still there
    response = make_response(answer.get("json", ""), answer["status"])
    if "json" in answer:
        response.content_type = "application/json"
    return response


def _flash(said: str | None) -> None:
    if said and not comes_late():
        flash(said, "done")


def confirmed() -> bool:
    """Whether this request answers a question (a refusal that ``asks``) with yes."""
    return request.form.get("confirmed") == "1"
