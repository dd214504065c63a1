"""The camera as a scanner: a page of its own, and the still photo that is decoded here (works on plain http)."""

from flask import jsonify, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from mes.core.access import ANYONE, EVERYONE
from mes.core.errors import Refused, SignInFirst
from mes.core.pages import Page, Room, actor, close_reader, page
from mes.core.work import Reader
from mes.equipment.queries import find_station
from mes.equipment.views import COOKIE
from mes.people.service import token_hash
from mes.scan.pictures import NoPhoto, codes_in

room = Room("camera", __name__)


@room.read("/scan/camera", who=EVERYONE)
def show(read: Reader) -> Page:
    """Scan with the camera of this device; without scripts a photo is sent."""
    return page("scan/camera.html", codes=(), refusal=None)


@room.ask("/scan/photo", who=ANYONE)
def photo(read: Reader) -> Page:
    """The codes in a photo: for the camera's window as JSON, for the page as its next page. Nothing is recorded.

    Who is signed in may send one, and a station at which somebody is about to sign in by badge.
    """
    _let_in(read)
    close_reader()  # looking takes seconds: no snapshot of the database is kept open meanwhile
    sent = request.files.get("photo")
    try:
        if sent is None:
            raise NoPhoto
        codes = codes_in(sent.read())
    except Refused as refused:
        return _no_code(refused)
    if _asked_by_script():
        return jsonify(codes=codes)
    if len(codes) == 1:
        return redirect(url_for("scan.scan", text=codes[0]), 303)
    return page("scan/camera.html", codes=codes, refusal=None)


def _let_in(read: Reader) -> None:
    """Raises SignInFirst."""
    if actor() is None and find_station(read, token_hash(request.cookies.get(COOKIE, ""))) is None:
        raise SignInFirst


def _asked_by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _no_code(refused: Refused) -> Response:
    if _asked_by_script():
        answer = jsonify(said=refused.sentence, advice=refused.advice)
    else:
        answer = make_response(page("scan/camera.html", codes=(), refusal=refused))
    answer.status_code = refused.status
    return answer
