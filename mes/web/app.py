"""The application: its rooms, one line each, and what every request passes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from flask import Flask, g, request, session
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup, escape
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.wrappers import Response

import mes.certificates.sheet_views
import mes.certificates.views
import mes.equipment.tool_views
import mes.equipment.views
import mes.exchange.views
import mes.gauges.views
import mes.inspection.gauge_views
import mes.inspection.sampling_views
import mes.inspection.standard_views
import mes.inspection.views
import mes.items.bom_views
import mes.items.routing_views
import mes.items.views
import mes.labels.views
import mes.lots.views
import mes.nonconformance.lot_views
import mes.orders.views
import mes.partners.views
import mes.people.plant_views
import mes.people.views
import mes.quality.code_views
import mes.quality.views
import mes.reports.quality_views
import mes.reports.views
import mes.scan.views
import mes.spc.views
import mes.station.views
import mes.trace.views
import mes.web.health
from mes.core import access, addresses, html, i18n, pages, qr, visit
from mes.core.access import Actor, Role, may
from mes.core.config import PACKAGE, Settings, bundled, secret_key
from mes.core.db import Database
from mes.core.i18n import N_
from mes.core.pages import MenuEntry, MesState, Room
from mes.core.templates import PageEnvironment
from mes.core.work import Reader
from mes.equipment.queries import find_station
from mes.people.queries import find_signed_in
from mes.people.service import token_hash
from mes.web import api, errors, tables

ROOMS: list[Room] = [
    mes.web.health.room,
    mes.scan.views.room,
    mes.people.views.room,
    mes.people.plant_views.room,
    mes.partners.views.room,
    mes.equipment.views.room,
    mes.equipment.tool_views.room,
    mes.items.views.room,
    mes.items.bom_views.room,
    mes.items.routing_views.room,
    mes.orders.views.room,
    mes.lots.views.room,
    mes.quality.views.room,
    mes.nonconformance.lot_views.room,
    mes.inspection.views.room,
    mes.spc.views.room,
    mes.inspection.standard_views.room,
    mes.inspection.sampling_views.room,
    mes.gauges.views.room,
    mes.inspection.gauge_views.room,
    mes.certificates.views.room,
    mes.certificates.sheet_views.room,
    mes.station.views.room,
    mes.station.views.calls,
    mes.trace.views.room,
    mes.reports.views.room,
    mes.reports.quality_views.room,
    mes.labels.views.room,
    mes.exchange.views.room,
]
#: Groups of the rail, in the factory's order: name -> words and icon.
GROUPS = {
    "results": (N_("Today"), "layout-dashboard"),
    "order": (N_("Orders"), "clipboard-list"),
    "production": (N_("Production"), "factory"),
    "material": (N_("Material"), "boxes"),
    "quality": (N_("Quality"), "shield-check"),
    "inspection": (N_("Inspection"), "clipboard-check"),
    "equipment": (N_("Equipment"), "wrench"),
    "settings": (N_("Settings"), "settings"),
}
#: What needs no words, and must be answered without the database.
WORDLESS = {"static", "health.healthz", "health.readyz"}
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
    """Flask with our templates."""

    jinja_environment = PageEnvironment


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The application over one database."""
    assert tables.metadata is not None
    app = Application("mes", static_folder=str(PACKAGE / "static"), template_folder=str(bundled("templates")))
    app.config.update(
        SECRET_KEY=secret_key(settings),
        MAX_CONTENT_LENGTH=50 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        DEMO=settings.demo,
        LAYOUTS_DIR=settings.layouts_dir,
    )
    app.extensions["mes"] = MesState(database or Database(settings.database), identify, ROOMS)
    CSRFProtect(app)
    app.url_map.converters["int"] = RowNumber
    app.url_rule_class = addresses.PatientRule
    _teach_templates(app)
    errors.install(app)
    for room in ROOMS:
        app.register_blueprint(room)
    api.install(app)
    app.before_request(_speak)
    app.teardown_request(pages.close_reader)
    app.after_request(_headers)
    return app


def identify(read: Reader) -> Actor | None:
    """Who is in front of the screen: the open sign-in of this browser, and the station if it is one's tablet."""
    if errors.wants_json():
        return api.identify_program(read)
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
    return found.actor(station.name)


@dataclass(frozen=True)
class Link:
    """A line of the rail: a group of pages, or a page in it."""

    href: str
    label: str
    icon: str
    current: bool
    children: "tuple[Link, ...]" = ()


def navigation() -> Sequence[Link]:
    """The rail for the person in front of the screen, in the factory's order; empty groups are left out."""
    actor = pages.actor()
    here = request.script_root, request.endpoint or "", request.blueprint or ""
    return _rail(actor and actor.roles, i18n.language(), *here)


@lru_cache(512)
def _rail(roles: frozenset[Role] | None, _spoken: str, _root: str, endpoint: str, blueprint: str) -> tuple[Link, ...]:
    someone = None if roles is None else Actor("", roles)
    entries = [entry for room in ROOMS for entry in room.menu if may(someone, entry.who)]
    current = _group_here(entries, endpoint, blueprint)
    groups = []
    for name, (label, icon) in GROUPS.items():
        links = tuple(_link(entry, endpoint) for entry in entries if entry.group == name)
        if links:
            groups.append(Link(links[0].href, i18n.say(label, {}), icon, name == current, links))
    return tuple(groups)


def _group_here(entries: list[MenuEntry], endpoint: str, blueprint: str) -> str | None:
    """The group of a page: of its own line, else of the room it belongs to."""
    own = next((entry.group for entry in entries if entry.endpoint == endpoint), None)
    room = next((room.parts.get(endpoint, room.part_of) for room in ROOMS if room.name == blueprint), "")
    return own or next((entry.group for entry in entries if entry.endpoint.startswith(f"{room}.")), None)


def _link(entry: MenuEntry, endpoint: str) -> Link:
    return Link(addresses.url_for(entry.endpoint), i18n.say(entry.label, {}), entry.icon, endpoint == entry.endpoint)


def _speak() -> None:
    if request.endpoint in WORDLESS:
        return
    i18n.speak(pages.chosen_language(), pages.this_plant().time_zone)


def _headers(response: Response) -> Response:
    already = {name.lower() for name, _value in response.headers}
    wanted = STATIC_HEADERS if request.endpoint == "static" else PAGE_HEADERS
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
        own_name=i18n.own_name, actor_name=access.actor_name, shown=i18n.shown, word=i18n.word,
    )  # fmt: skip
    env.globals.update(navigation=navigation, one_time_key=pages.one_time_key, may=may, percent=i18n.percent,
                       qr=qr.drawn, html=html, icons_file=html.icons_file, url_for=addresses.url_for,
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
        "time_zone": pages.this_plant().time_zone,
    }
