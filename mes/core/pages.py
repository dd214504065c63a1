"""From address to answer: guard, input, one service call, page. The three phases of every view are fixed here.

A room declares its views on a ``Room``: ``read`` gets a reading session, ``write`` and ``form`` get a ``Work``.
Every route names who may use it; a write is one transaction and carries a one-time key.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

from flask import (
    Blueprint,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from mes.core import keys
from mes.core.access import ANYONE, Actor, Who, may
from mes.core.db import Database
from mes.core.errors import BadShape, KeyMissing, NotAllowed, Refused, SignInFirst, StaleEdit
from mes.core.forms import Form
from mes.core.i18n import _, offered
from mes.core.plant import Plant, production_day
from mes.core.plant import plant as read_plant
from mes.core.work import Reader, Work, act, utc_now

F = TypeVar("F", bound=Form)
Page = Response | str
View = Callable[..., Page]


@dataclass(frozen=True)
class MenuEntry:
    """A line in the rail: where it leads and who sees it."""

    endpoint: str
    label: str
    icon: str
    group: str
    who: Who


@dataclass
class MesState:
    """What the running application knows: its database, how to tell who is there, its rooms and its clock."""

    database: Database
    identify: Callable[[Reader], Actor | None]
    rooms: list["Room"]
    clock: Callable[[], datetime] = utc_now


def mes() -> MesState:
    """The state of the running application."""
    state: MesState = current_app.extensions["mes"]
    return state


def reader() -> Reader:
    """The reading session of this request: one snapshot, opened at first use."""
    if "reader" not in g:
        g.reader = mes().database.read()
    found: Reader = g.reader
    return found


def close_reader(_error: BaseException | None = None) -> None:
    """End the request's snapshot."""
    opened = g.pop("reader", None)
    if opened is not None:
        opened.close()


def actor() -> Actor | None:
    """The person in front of the screen."""
    if "actor" not in g:
        g.actor = mes().identify(reader())
    found: Actor | None = g.actor
    return found


def this_plant() -> Plant:
    """The plant's settings."""
    if "plant" not in g:
        g.plant = read_plant(reader())
    found: Plant = g.plant
    return found


def guard(who: Who) -> None:
    """Let in whom the route is for. Raises SignInFirst or NotAllowed."""
    if who is ANYONE:
        return
    if actor() is None:
        raise SignInFirst
    if not may(actor(), who):
        raise NotAllowed


class Room(Blueprint):
    """A room's addresses, its menu lines, and who may use them."""

    def __init__(
        self, name: str, import_name: str, *, url_prefix: str | None = None, part_of: str | None = None
    ) -> None:
        """``part_of``: the room whose line in the rail these pages belong to, when they have none of their own."""
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.menu: list[MenuEntry] = []
        self.part_of = part_of or name

    def entry(self, endpoint: str, label: str, icon: str, group: str, who: Who) -> None:
        """Put a line into the rail."""
        self.menu.append(MenuEntry(endpoint, label, icon, group, who))

    def read(self, rule: str, *, who: Who, **options: Any) -> Callable[[View], View]:
        """A page: ``view(read, **address)``. It never writes."""

        def wrap(view: View) -> View:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                return view(reader(), **address)

            self._declare(rule, endpoint, who, ["GET"], options)
            return view

        return wrap

    def write(
        self, rule: str, *, who: Who, show: View | None = None, **options: Any
    ) -> Callable[[View], View]:
        """A button: ``view(work, **address)``. A refusal is shown on the page that ``show(read, **address)`` makes."""

        def wrap(view: View) -> View:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                again = (lambda: show(reader(), **address)) if show else None
                return perform(lambda work: view(work, **address), again)

            self._declare(rule, endpoint, who, ["POST"], options)
            return view

        return wrap

    def form(
        self, rule: str, *, who: Who, form: type[F], show: str | View, **options: Any
    ) -> Callable[[Callable[..., Page]], Callable[..., Page]]:
        """A form at one address: shown with GET, recorded with POST by ``view(work, form, **address)``.

        ``show`` is a template (gets ``form`` and the address) or ``show(read, form, **address)``. Bad shape comes
        back as 422 at the fields, a refusal as 409, both with everything that was typed.
        """

        def wrap(view: Callable[..., Page]) -> Callable[..., Page]:
            @wraps(view)
            def endpoint(**address: Any) -> Page:
                guard(who)
                filled = form()
                filled.fill(reader(), **address)

                def again() -> Page:
                    if isinstance(show, str):
                        return page(show, form=filled, **address)
                    return show(reader(), filled, **address)

                if request.method == "GET":
                    return again()
                if not filled.validate():
                    g.refused = None
                    return make_response(again(), 422)
                return perform(lambda work: view(work, filled, **address), again, filled)

            self._declare(rule, endpoint, who, ["GET", "POST"], options)
            return view

        return wrap

    def _declare(
        self, rule: str, endpoint: View, who: Who, methods: list[str], options: dict[str, Any]
    ) -> None:
        setattr(endpoint, "who", who)
        self.add_url_rule(rule, endpoint.__name__, endpoint, methods=methods, **options)


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


def page(template: str, **context: Any) -> str:
    """A page from a template."""
    return render_template(template, **context)


def go(endpoint: str, said: str | None = None, **address: Any) -> Response:
    """After a write: on to another page, with one sentence about what was done (shown after the commit)."""
    response = redirect(url_for(endpoint, **address), 303)
    setattr(response, "said", said)
    return response


def one_time_key() -> str:
    """A fresh key for a form made without a form class."""
    return uuid.uuid4().hex


def chosen_language() -> str:
    """The language for this request: chosen here, else the person's, else the browser's, else the plant's."""
    known = offered()
    picked = session.get("language")
    if picked in known:
        return str(picked)
    who = actor()
    if who and who.language in known:
        return who.language
    return request.accept_languages.best_match(list(known)) or this_plant().language


def today() -> date:
    """The production day on the wall: a night shift still counts to the evening's date."""
    return production_day(this_plant(), mes().clock())


def confirmed() -> bool:
    """Whether this request answers a question (a refusal that ``asks``) with yes."""
    return request.form.get("confirmed") == "1"


def need_shape(*fields: str) -> None:
    """Refuse a request whose named fields cannot be read."""
    raise BadShape(fields=", ".join(fields))
