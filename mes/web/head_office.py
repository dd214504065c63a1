"""A head office: the same program over copies of several plants, in which nothing is recorded.

Below ``/plants/MARK`` are a plant's own pages over its copy, made by an application of its own, so that nothing of two
plants meets. Who may look is decided by head office's own people and sign-ins. Above them are the pages that span all
plants, and head office's people, settings and backups.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from mes.core.access import Actor
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import N_
from mes.core.pages import Room, page
from mes.core.plant import plant
from mes.core.visit import MesState, actor
from mes.core.work import Reader, utc_now
from mes.plants.registry import Registry
from mes.plants.standing import Standing
from mes.web.training import ALIKE, OUTSIDE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: A plant's pages, by its mark.
BELOW = re.compile(r"/plants/([A-Z]{1,2})(?=/|$)")
#: What head office has of its own.
OWN = frozenset(
    {"plants", "people", "second", "plant", "copies", "everything", "health", "metrics", "install"}
)  # fmt: skip
#: Where people sign in and out, or change what is theirs: at head office they do that above its plants.
THEIRS = {"people.login": "/login", "people.logout": "/logout", "people.profile": "/me",
          "people.choose_language": "/language", "second.again": "/login/again"}  # fmt: skip
#: What a scan of a printed code asks for.
SCANS = frozenset({"scan.scan", "scan.printed", "scan.lot"})


class LooksOnly(Refused):
    """Head office changes nothing in a plant."""

    message = N_("Head office only looks: nothing is recorded in the copy of a plant.")
    hint = N_("Do it at the plant, on its own pages.")


class Front:
    """Before head office's application: what is asked below a plant's mark goes to the application over its copy."""

    def __init__(self, app: Flask, settings: Settings, make: Callable[[Settings, Database], Flask]) -> None:
        self.served: WSGIApplication = app.wsgi_app
        self.app, self.settings, self.make = app, settings, make
        self.registry = Registry(app.extensions["mes"].database)
        self._shown: dict[str, Flask] = {}
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        path, root = environ.get("PATH_INFO", ""), environ.get("SCRIPT_NAME", "")
        meant = BELOW.match(path)
        if meant is None or self.registry.find(meant[1]) is None:
            return self.served(environ, start_response)
        if path == meant[0]:
            return Response(status=303, headers={"Location": f"{root}{path}/"})(environ, start_response)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = root + meant[0], path[len(meant[0]) :]
        return self._over(meant[1])(environ, start_response)

    def _over(self, mark: str) -> Flask:
        with self._lock:
            if mark not in self._shown:
                self._shown[mark] = self._made(mark)
            return self._shown[mark]

    def _made(self, mark: str) -> Flask:
        copy = self.registry.copy(mark)
        app = self.make(replace(self.settings, database_url=copy.url, head_office=False), copy)
        app.config.update({name: self.app.config[name] for name in ALIKE if name in self.app.config})
        state, own = app.extensions["mes"], self.app.extensions["mes"]
        state.identify, state.clock = self._identify(own), own.clock
        app.extensions["plants"], app.config["PLANT"] = self.registry, mark
        app.before_request(_look_only)
        app.jinja_env.globals.update(above_page=above_page, may_practise=lambda: False)
        return app

    def _identify(self, own: MesState) -> Callable[[Reader], Actor | None]:
        """People are those of head office; in the copy they are nobody. Whether their desk was left alone is said by
        head office's settings, whichever plant they look at."""

        def identify(_read: Reader) -> Actor | None:
            with own.database.read() as read:
                found = own.identify(read)
                g.above = found, plant(read).idle_minutes
            return found and replace(found, person_id=None, station_id=None, station=None)

        return identify


def install(app: Flask, settings: Settings, make: Callable[[Settings, Database], Flask]) -> None:
    """Make an application that of a head office; ``make``: makes the one over a copy."""
    front = Front(app, settings, make)
    app.extensions["plants"] = front.registry
    app.wsgi_app = front  # type: ignore[method-assign]
    app.before_request(_keep_to_own)


def shown_rooms(rooms: list[Room], *, head_office: bool) -> list[Room]:
    """The rooms of which the rail tells."""
    return [room for room in rooms if (room.name in OWN if head_office else room.name != "plants")]


def looked_at() -> Standing:
    """The plant whose copy is shown, and how that stands."""
    if "looked_at" not in g:
        mark, registry = current_app.config["PLANT"], current_app.extensions["plants"]
        g.looked_at = registry.whole(mark, utc_now())
    found: Standing = g.looked_at
    return found


def above_plants() -> str:
    """The address of head office's own page of plants, as seen from the page of a plant."""
    return BELOW.sub("", request.script_root) + "/plants"


def above_page() -> Markup:
    """What stands over every page of a plant: whose it is, up to when it tells, and the way to the others."""
    return Markup(page("plants/_looked_at.html", plant=looked_at(), plants=above_plants()))  # noqa: S704  our template


def _keep_to_own() -> Response | None:
    """Head office has no lots and orders of its own: its first page is that of the plants."""
    if request.endpoint in (None, "static") or request.blueprint in OWN or actor() is None:
        return None
    if request.endpoint in SCANS:  # whatever is scanned here is something of one of the plants
        of = (request.view_args or {}).get("code") or request.args.get("text", "")
        return redirect(url_for("plants.trace", of=of))
    if request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):
        return redirect(url_for("plants.index"))
    raise LooksOnly


def _look_only() -> Response | None:
    """Raises LooksOnly for whatever would write, NotWhole for a copy that would tell half of the truth."""
    if request.endpoint in (None, "static"):
        return None
    if request.endpoint in THEIRS:
        where = above_plants().removesuffix("/plants") + THEIRS[request.endpoint]
        asked = request.query_string.decode("ascii", "replace")
        return redirect(f"{where}?{asked}" if asked else where, 302 if request.method == "GET" else 307)
    looked_at()
    view = current_app.view_functions[str(request.endpoint)]
    if request.endpoint in OUTSIDE or (request.method not in ("GET", "HEAD") and not getattr(view, "reads", False)):
        raise LooksOnly
    return None
