"""The application: its rooms, and what every request passes through."""

from datetime import timedelta
from functools import lru_cache, partial

from flask import Flask, g, has_app_context, request, session
from markupsafe import Markup, escape
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.wrappers import Response

from mes import __version__
from mes.core import access, addresses, html, i18n, pages, qr, visit
from mes.core.access import Actor, may
from mes.core.config import PACKAGE, Settings, bundled, secret_key
from mes.core.db import Database
from mes.core.own_words import own_words
from mes.core.pages import MesState
from mes.core.replica import Replica
from mes.core.templates import PageEnvironment
from mes.core.work import Reader
from mes.equipment.queries import find_station
from mes.people.hashing import token_hash
from mes.people.queries import find_signed_in
from mes.people.rules import unproved_at_stations
from mes.station.outbox import Forgeries, identify_late
from mes.web import api, bodies, errors, head_office, limits, logs, metrics, packing, tables, training
from mes.web.head_office import shown_rooms
from mes.web.rail import navigation
from mes.web.rooms import ROOMS

#: What needs no words, and must be answered without the database.
WORDLESS = {"static", "health.healthz", "health.readyz", "metrics.metrics"}
#: What a device says by itself, with no proof but its own cookie: a board's page is open for weeks.
UNTYPED = ("pulse.pulse", "reports.claim_screen")
POLICY = (
    # the camera's reader is WebAssembly; that allows nothing to be evaluated as script
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
STATIC_HEADERS = tuple(HEADERS.items())
PAGE_HEADERS = (*STATIC_HEADERS, ("Cache-Control", "no-store"))


class RowNumber(IntegerConverter):
    """A whole number in an address: one that no row can have leads nowhere."""

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError, which makes the address unknown."""
        number = int(super().to_python(value))
        if number >= 2**31:
            raise ValidationError
        return number


class Application(Flask):
    """Flask with our templates and a bound to what is sent."""

    jinja_environment = PageEnvironment
    request_class = bodies.Sent


def create_app(settings: Settings, database: Database | None = None, *, copied: bool = False) -> Flask:
    """The application over one database; ``copied``: over the copy in which people practise."""
    assert tables.metadata is not None
    app = Application("mes", static_folder=str(PACKAGE / "static"), template_folder=str(bundled("templates")))
    app.config.update(
        SECRET_KEY=secret_key(settings),
        FACTOR_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=50 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https or settings.tls,
        # a browser takes the name from this very host over https only: nobody plants one from elsewhere
        SESSION_COOKIE_NAME="__Host-session" if settings.https or settings.tls else "session",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        DEMO=settings.demo,
        LAYOUTS_DIR=settings.layouts_dir,
        SETTINGS=settings,
    )
    app.extensions["mes"] = MesState(
        database or Database(settings.database), identify, shown_rooms(ROOMS, head_office=settings.head_office)
    )
    if settings.read_url and not copied:
        app.extensions["mes"].replica = Replica(settings.read_url, settings.read_lag)
    Forgeries(app)
    app.url_map.converters["int"] = RowNumber
    app.url_rule_class = addresses.PatientRule
    _teach_templates(app)
    logs.install(app)
    errors.install(app)
    packing.install(app)
    for room in ROOMS:
        app.register_blueprint(room)
    api.install(app)
    for endpoint in UNTYPED:
        app.extensions["csrf"].exempt(app.view_functions[endpoint])
    app.before_request(_speak)
    limits.install(app)
    app.teardown_request(pages.close_reader)
    app.after_request(_headers)
    metrics.install(app)
    if settings.head_office and not copied:
        head_office.install(app, settings, partial(create_app, copied=True))
    training.install(app, settings, copied=copied)
    return app


def identify(read: Reader) -> Actor | None:
    """Who is in front of the screen: the open sign-in of this browser, and the station if it is one's tablet."""
    if errors.wants_json() or visit.comes_late():
        return identify_late(read) if visit.comes_late() else api.identify_program(read)
    token = session.get("sign_in")
    if not token:
        return None
    found = find_signed_in(read, token_hash(token), pages.mes().clock())
    if found is None:
        return None
    if found.station_id is None:
        return found.actor()
    station = find_station(read, token_hash(request.cookies.get("mes_station", "")))
    if station is None or station.id != found.station_id:
        return None
    return found.actor(station.name, unproved_at_stations(visit.this_plant().second_factor))


def _speak() -> None:
    if request.endpoint in WORDLESS:
        return
    plant, language = pages.this_plant(), pages.chosen_language()
    i18n.speak(language, plant.time_zone)
    stamp = plant.words_stamp
    # what goes on after the request (mail, a program in the same thread) says things as they are recorded
    i18n.know_words(lambda code: own_words(pages.reader(), code, stamp) if has_app_context() else {})


def _headers(response: Response) -> Response:
    already = {name.lower() for name, _value in response.headers}
    wanted = STATIC_HEADERS if request.endpoint == "static" else PAGE_HEADERS
    if response.status_code == 429 and "Retry-After" not in response.headers:
        response.headers["Retry-After"] = str(limits.seconds_to_wait())
    response.headers.extend([(name, value) for name, value in wanted if name.lower() not in already])
    return response


def _teach_templates(app: Flask) -> None:
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.trim_blocks = env.lstrip_blocks = True
    env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda text: i18n.catalogue(i18n.language()).gettext(text),
        lambda one, many, n: i18n.catalogue(i18n.language()).ngettext(one, many, n),
        newstyle=True,
    )
    env.globals["_"] = say_on_page  # the extension's own takes three times as long, hundreds of times a page
    env.filters.update(
        number=i18n.number, percent=i18n.percent, day=i18n.day, clock=i18n.clock, stamp=i18n.stamp,
        own_name=i18n.own_name, own_text=i18n.own_text, actor_name=access.actor_name, shown=i18n.shown, word=i18n.word,
    )  # fmt: skip
    env.globals.update(navigation=navigation, one_time_key=pages.one_time_key, may=may, percent=i18n.percent,
                       qr=qr.drawn, html=html, url_for=addresses.url_for,
                       address_here=addresses.here, drawn=app.jinja_env.drawn,  # type: ignore[attr-defined]
                       drawn_rows=app.jinja_env.drawn_rows)  # type: ignore[attr-defined]  # fmt: skip
    env.globals.update({name: who for name, who in vars(access).items() if isinstance(who, frozenset)})
    app.context_processor(_context)


def say_on_page(msgid: str, **values: object) -> Markup:
    """A sentence of a template in the reader's language; values are escaped."""
    said = _said(i18n.language(), msgid)
    if not values and "%" not in said:
        return said
    return Markup(str(said) % {name: escape(value) for name, value in values.items()})  # noqa: S704  escaped here


@lru_cache(8192)
def _said(language: str, msgid: str) -> Markup:
    return Markup(i18n.catalogue(language).gettext(msgid))  # noqa: S704  our own sentences, which carry no markup


def _context() -> dict[str, object]:
    return {
        "actor": pages.actor(),
        "person_mark": visit.person_mark(),
        "plant_name": pages.this_plant().name,
        "language": i18n.language(),
        "languages": i18n.offered(),
        "refused": g.get("refused"),
        "now": pages.mes().clock(),
        "app_version": __version__,
        "time_zone": pages.this_plant().time_zone,
    }
