"""Every error becomes one plain sentence here: as a page for people, as JSON for programs."""

import logging

from flask import Flask, g, jsonify, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from mes.core import i18n
from mes.core.errors import DatabaseAway, NotStorable, OutcomeUnknown, Refused, SignInFirst, TooMuchInAll
from mes.core.i18n import N_
from mes.core.losses import UNSTORABLE, is_lost, is_too_much
from mes.core.pages import actor, close_reader, page
from mes.core.plant import DEFAULT
from mes.core.visit import comes_late
from mes.epcis.api import PREFIX as EPCIS_PREFIX
from mes.epcis.problems import as_problem
from mes.people.still_here import LeftAlone
from mes.web.logs import request_id

log = logging.getLogger("mes")
#: What is said while no database can be asked who is in front of the screen.
AWAY = (DatabaseAway, OutcomeUnknown)


class MemoryShort(Refused):
    """What was asked for takes more memory than there is; everybody else is served on."""

    message = N_("There is not enough memory on this computer for that.")
    hint = N_("Nothing was recorded. Split a large file into several, or close other programs of this computer.")
    status = 422


class PageMissing(Refused):
    """An address that leads nowhere."""

    message = N_("There is no page at this address.")
    hint = N_("Go to the first page, or scan the code again.")
    status = 404


class TooLarge(Refused):
    """An upload above the limit."""

    message = N_("What was sent is larger than 50 MB.")
    hint = N_("Split the file, or save it without pictures.")
    status = 413


class PageTooOld(Refused):
    """The form's security token ran out."""

    message = N_("This page was open for too long, or was opened before you signed in.")
    hint = N_("Open it again and repeat the last step.")
    status = 400


class NotUnderstood(Refused):
    """Any other request that cannot be answered."""

    message = N_("This request cannot be answered.")
    hint = N_("Go back and try again.")
    status = 400


class Fault(Refused):
    """A fault of the software: the code is in the log with everything needed to mend it."""

    message = N_("Something went wrong in the software. Nothing was recorded.")
    hint = N_("Try again. If it comes back, tell the administrator this code: %(ticket)s.")
    status = 500


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Refused, on_refused)
    app.register_error_handler(CSRFError, lambda _error: on_refused(PageTooOld()))
    app.register_error_handler(HTTPException, on_http)
    for unstorable in UNSTORABLE:
        app.register_error_handler(unstorable, lambda _error: on_refused(NotStorable()))
    app.register_error_handler(DBAPIError, on_database)
    app.register_error_handler(NoConnection, lambda _error: on_away())
    app.register_error_handler(MemoryError, lambda _error: on_refused(MemoryShort()))
    app.register_error_handler(Exception, on_fault)


def on_refused(refused: Refused) -> Response | tuple[str, int]:
    """A rule said no."""
    if is_epcis():
        return as_problem(refused)
    if wants_json() or comes_late():
        response = jsonify(as_json(refused) | ({"asks": refused.asks} if comes_late() else {}))
        response.status_code = refused.status
        g.refused = refused
        return response
    if isinstance(refused, AWAY):
        forget_who()
    if isinstance(refused, SignInFirst) and request.method in ("GET", "HEAD"):
        if isinstance(refused, LeftAlone):
            here = (request.script_root + request.full_path).rstrip("?")
            return redirect(url_for("second.again", next=here))
        where = "station.enter" if request.blueprint == "station" else "people.login"
        return redirect(url_for(where))
    close_reader()
    g.refused = refused
    who = actor()
    at_desk = who is not None and who.station_id is None and request.blueprint != "station" and refused.status < 500
    anonymous = who is None and not isinstance(refused, AWAY)
    shown = page("refused_desk.html" if at_desk else "refused.html", refused=refused, anonymous=anonymous)
    return shown, refused.status


def on_http(error: HTTPException) -> Response | tuple[str, int]:
    """The framework said no."""
    if error.code == 404:
        return on_refused(PageMissing())
    if error.code == 413:
        return on_refused(TooLarge())
    if error.code and error.code < 400:
        return error.get_response()
    if error.code == 405 and request.method in ("GET", "HEAD") and request.path.startswith("/station/"):
        return redirect(url_for("station.enter"))  # a tablet that opens again where an act was refused
    return on_refused(NotUnderstood())


def on_database(error: DBAPIError) -> Response | tuple[str, int]:
    """What was asked of the database was not answered: there is no connection, or something was typed so large that
    nobody can add it up, or it is a fault of the program."""
    if is_too_much(error):
        return on_refused(TooMuchInAll())
    return on_away() if is_lost(error) else on_fault(error)


def on_away() -> Response | tuple[str, int]:
    """No database answers: a page that asks it for nothing, in the language that was chosen here."""
    forget_who()
    return on_refused(DatabaseAway())


def forget_who() -> None:
    """Show what comes without the database: to nobody in particular, in no plant in particular."""
    close_reader()
    g.actor, g.plant = None, DEFAULT
    known = list(i18n.LANGUAGES)
    picked = session.get("language")
    chosen = picked if picked in known else request.accept_languages.best_match(known) or DEFAULT.language
    i18n.speak(chosen, DEFAULT.time_zone)
    i18n.know_words(lambda _code: {})


def on_fault(error: Exception) -> Response | tuple[str, int]:
    """A bug: a short code for the person, everything for the log."""
    ticket, rule = request_id(), request.url_rule
    log.exception("fault %s at %s %s", ticket, request.method, rule.rule if rule else "-", exc_info=error)
    return on_refused(Fault(ticket=ticket))


def wants_json() -> bool:
    """Whether a program is asking."""
    return request.path.startswith("/api/") or is_epcis()


def is_epcis() -> bool:
    """Whether it asks as the standard EPCIS says."""
    return request.path == EPCIS_PREFIX or request.path.startswith(f"{EPCIS_PREFIX}/")


def as_json(refused: Refused) -> dict[str, str | bool | None]:
    """A refusal as the API gives it."""
    said: dict[str, str | bool | None]
    said = {"code": refused.code, "message": refused.sentence, "hint": refused.advice, "field": refused.field}
    return said | {"request": request_id()}
