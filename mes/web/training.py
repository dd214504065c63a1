"""The plant a second time, below ``/training``: the same pages over a copy of its database (``training_copy``).

Another address, another cookie, another key and another database file: nothing that is entered, signed or kept in one
of the two is worth anything in the other. The station's worker keeps to ``/station`` and never sees the copy, so
training works online only, and no entry of an outbox can cross. Nothing of this exists until somebody practises.
"""

import hmac
import logging
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import TYPE_CHECKING

from flask import Flask, current_app, request
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from mes.core.access import SYSTEM
from mes.core.coded import find_coded
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.plant import plant
from mes.core.practice import ACROSS, IDLE_MINUTES, PREFIX, NotPractised, in_training, practising
from mes.core.visit import MesState, mes, this_plant
from mes.core.work import Work, act
from mes.equipment.models import Station
from mes.equipment.queries import find_station
from mes.web.training_copy import OLD_DAYS, Copy, CopyFailed, find_copy, folder_of, make_copy

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What reaches beyond the copy: devices are paired and printers driven by the plant alone, and a tablet's worker and
#: its start screen belong to the real station.
OUTSIDE = frozenset(
    {
        "station.pair", "equipment.pair", "phone.use", "devices.new_board",
        "station.worker", "station.manifest", "reports.board_worker",
        "printers.new", "printers.edit", "printers.settings", "printers.test", "printers.resume",
        "scan_trial.show", "scan_trial.paper",
        "copies.index", "copies.make", "copies.add_place", "copies.change_place", "copies.end_place", "copies.try_one",
        "copies.take", "everything.index", "everything.make", "everything.take",
    }
)  # fmt: skip
#: What of the plant's application is as true of the copy.
ALIKE = ("FACTOR_KEY", "TESTING", "WTF_CSRF_ENABLED", "PROPAGATE_EXCEPTIONS", "DEMO")
COOKIE = "training"
_FILENAME = re.compile(r"(filename=\"?|filename\*=UTF-8'')", re.IGNORECASE)
log = logging.getLogger("mes")


class Practice:
    """The copy of one plant and the application that shows it: found, made and exchanged while others are served."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.real = app
        self.settings = settings
        self.folder = folder_of(settings)
        #: Why the last making failed.
        self.refused: Refused | None = None
        self._making: Thread | None = None
        self._lock = Lock()
        self._shown: tuple[Copy, Flask] | None = None

    @property
    def state(self) -> MesState:
        """The plant's own database and clock."""
        state: MesState = self.real.extensions["mes"]
        return state

    def moment(self) -> datetime:
        """The time, by the plant's clock."""
        return self.state.clock()

    @property
    def copy(self) -> Copy | None:
        """The copy that counts now."""
        return find_copy(self.folder)

    @property
    def is_made(self) -> bool:
        """Whether a copy is being made just now."""
        return self._making is not None and self._making.is_alive()

    def offered(self) -> bool:
        """Whether the administrator lets people practise."""
        with self.state.database.read() as read:
            return plant(read).training

    def make(self) -> None:
        """Begin to make a fresh copy; whoever asks meanwhile waits for the same one."""
        with self._lock:
            if self.is_made:
                return
            self.refused = None
            self._making = Thread(target=self._make, args=(self.moment(),), name="training", daemon=True)
            self._making.start()

    def wait(self, seconds: float) -> None:
        """Wait until the copy is there, or at most so long."""
        making = self._making
        if making is not None:
            making.join(seconds)

    def _make(self, now: datetime) -> None:
        try:
            make_copy(self.state.database, self.folder, now)
        except Refused as refused:
            self.refused = refused
        except Exception as error:  # whatever it is, the person who waits must learn of it
            log.exception("making the copy to practise in")
            self.refused = CopyFailed(why=type(error).__name__)

    def knows(self, station: Station) -> bool:
        """Whether the copy has this station; what was paired since it was made is told to it."""
        app = self.app()
        if app is None:
            return False
        database: Database = app.extensions["mes"].database
        with database.read() as read:
            found = find_coded(read, Station, station.code)
            if found is None or found.device_hash == station.device_hash:
                return found is not None
        act(database, SYSTEM, lambda work: _pair_too(work, station), source="training", now=self.moment())
        return True

    def who_practises(self, but: int | None) -> str | None:
        """Somebody, other than this person, who did something in the copy a moment ago."""
        app, copy = self.app(), self.copy
        if app is None or copy is None:
            return None
        since = max(copy.made_at, self.moment() - timedelta(minutes=IDLE_MINUTES))
        query = select(Event.actor).where(Event.at > since, Event.actor_id.is_not(None), Event.actor_id != (but or 0))
        with app.extensions["mes"].database.read() as read:
            found: str | None = read.scalar(query.limit(1))
        return found

    def app(self) -> Flask | None:
        """The application over the copy; none without a copy, or when nobody is to practise."""
        if not self.offered():
            return None
        found = self.copy
        if found is None:
            return None
        with self._lock:
            if self._shown is None:
                self._shown = found, _app_over(self, found)
            elif self._shown[0] != found:
                state: MesState = self._shown[1].extensions["mes"]
                old, state.database = state.database, _database(found)
                old.engine.dispose()
                self._shown = found, self._shown[1]
            return self._shown[1]


class Front:
    """Before the application: what is asked below ``/training`` goes to the copy, everything else to the plant."""

    def __init__(self, served: "WSGIApplication", practice: Practice) -> None:
        self.served = served
        self.practice = practice

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request. What is asked of a copy that is gone leads to where a fresh one is made."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or path[len(PREFIX) : len(PREFIX) + 1] not in ("", "/"):
            return self.served(environ, start_response)
        root = environ.get("SCRIPT_NAME", "")
        app = self.practice.app()
        if app is None or path == PREFIX:
            where = f"{root}/practice" if app is None else f"{root}{PREFIX}/"
            return Response(status=303, headers={"Location": where})(environ, start_response)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = root + PREFIX, path[len(PREFIX) :]
        with in_training():
            return app(environ, start_response)


def install(app: Flask, settings: Settings, *, copied: bool = False) -> None:
    """Put the copy, and what the nearest proxies say, before the plant's application; ``copied``: this is the copy."""
    app.jinja_env.globals.update(practising=practising, may_practise=may_practise, copy_is_old=copy_is_old,
                                 idle_minutes=IDLE_MINUTES, across=ACROSS)  # fmt: skip
    if copied:
        return
    practice = app.extensions["training"] = Practice(app, settings)
    app.wsgi_app = Front(app.wsgi_app, practice)  # type: ignore[method-assign]
    if settings.proxies:
        count = settings.proxies
        # what the nearest proxies say of who calls, and by which address, is believed; what others say is not
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_port=count, x_prefix=count
        )


def practice_here() -> Practice:
    """The copy of the plant whose page is asked for, or in which one is."""
    found: Practice = current_app.extensions["training"]
    return found


def may_practise() -> bool:
    """Whether pages offer training: in the plant, when the administrator lets people practise."""
    return not practising() and this_plant().training


def copy_is_old() -> bool:
    """Whether orders and lots have moved on for long since the copy was made."""
    copy = practice_here().copy
    return copy is not None and copy.days_old(mes().clock()) >= OLD_DAYS


def _pair_too(work: Work, station: Station) -> None:
    before = find_station(work.session, str(station.device_hash))
    if before is not None:
        before.device_hash = None
        work.session.flush()
    here = find_coded(work.session, Station, station.code)
    if here is not None:
        with work.change(here, "equipment.pair_station"):
            here.device_hash, here.active = station.device_hash, True
            work.session.flush()


def _database(copy: Copy) -> Database:
    return Database(f"sqlite:///{copy.file}")


def _app_over(practice: Practice, copy: Copy) -> Flask:
    from mes.web.app import create_app

    real = practice.real
    key = hmac.new(str(real.config["SECRET_KEY"]).encode(), b"training", "sha256").hexdigest()
    settings = replace(practice.settings, secret_key=key, database_url=f"sqlite:///{copy.file}")
    app = create_app(settings, _database(copy), copied=True)
    app.config.update({name: real.config[name] for name in ALIKE if name in real.config})
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_REFRESH_EACH_REQUEST=True,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=IDLE_MINUTES),
    )
    app.extensions["mes"].clock = practice.moment
    app.extensions["training"] = practice
    app.before_request(_keep_inside)
    app.after_request(_mark)
    return app


def _keep_inside() -> None:
    """Raises NotPractised for what reaches beyond the copy."""
    if request.endpoint in OUTSIDE:
        raise NotPractised


def _mark(response: Response) -> Response:
    """What is downloaded says by its name where it is from; and no cookie of a device is exchanged for the copy's."""
    told = response.headers.get("Content-Disposition")
    if told:
        response.headers["Content-Disposition"] = _FILENAME.sub(r"\1TRAINING-", told)
    response.headers.remove("Set-Cookie")  # the copy's own is set after this
    return response
