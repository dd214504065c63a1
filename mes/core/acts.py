"""One request, one business act: its one-time key, its answer, and what is shown when it is refused."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, request, session
from werkzeug.wrappers import Response

from mes.core import keys
from mes.core.access import Actor
from mes.core.errors import KeyMissing, Refused, StaleEdit
from mes.core.forms import Form
from mes.core.i18n import _
from mes.core.visit import actor, close_reader, mes
from mes.core.work import Work, act

Page = Response | str


def perform(deed: Callable[[Work], Page], again: Callable[[], Page] | None, form: Form | None = None) -> Page:
    """Do one business act for this request: once, whole, or not at all."""
    if "mes_once" in g:
        raise RuntimeError("one request, one act")
    g.mes_once = True
    who = actor() or Actor(_("Visitor"), frozenset())
    close_reader()
    try:
        response = act(
            mes().database,
            who,
            lambda work: make_response(deed(work)),
            source="tablet" if who.station_id else "api" if who.roles and who.person_id is None else "desk",
            now=mes().clock(),
            key=(_one_time_key(), _content()),
            answer=_answer,
        )
    except keys.AlreadyDone as done:
        return _repeat(done.answer)
    except Refused as refused:
        session.pop("_flashes", None)
        if again is None:
            raise
        return _refuse(refused, again, form)
    _flash(getattr(response, "said", None))
    return response


def _refuse(refused: Refused, again: Callable[[], Page], form: Form | None) -> Page:
    g.refused = refused
    if form is not None and refused.field in form._fields:
        form._fields[refused.field].errors = [str(refused)]
    if form is not None and isinstance(refused, StaleEdit):
        form.version.data = str(refused.values["version"])  # the next save is made knowing what is recorded now
    return make_response(again(), refused.status)


def _one_time_key() -> str:
    key = request.headers.get("Idempotency-Key") or request.form.get("once") or ""
    if not 8 <= len(key) <= 100 or not key.isprintable():
        raise KeyMissing
    who = actor()
    return f"{(who.person_id or who.name) if who else 0}:{key}"


def _content() -> str:
    parts: list[str | bytes] = [request.method, request.path]
    for name, value in sorted(request.form.items(multi=True)):
        if name not in ("csrf_token", "once"):
            parts += [name, value]
    if request.is_json:
        parts.append(request.get_data())
    for name, file in sorted(request.files.items(multi=True)):
        parts += [name, file.read()]
        file.seek(0)
    return keys.fingerprint(parts)


def _answer(response: Response) -> dict[str, object] | None:
    if response.status_code >= 400 and not getattr(response, "counts", False):
        return None
    answer = {
        "status": response.status_code,
        "location": response.location,
        "said": getattr(response, "said", None),
    }
    return answer | ({"json": response.get_data(as_text=True)} if response.is_json else {})


def _repeat(answer: dict[str, Any]) -> Page:
    _flash(answer["said"])
    if answer["location"]:
        return redirect(answer["location"], 303)
    response = make_response(answer.get("json", ""), answer["status"])
    if "json" in answer:
        response.content_type = "application/json"
    return response


def _flash(said: str | None) -> None:
    if said:
        flash(said, "done")


def confirmed() -> bool:
    """Whether this request answers a question (a refusal that ``asks``) with yes."""
    return request.form.get("confirmed") == "1"
