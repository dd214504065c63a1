"""Who may do what, as the routes declare it: one table for the owner of a plant, an auditor and the tests."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from mes.core.access import Who

#: Routes that anybody may use, signed in or not, each with its reason. Whatever else they need (a paired station, a
#: token of the device) they ask for themselves.
PUBLIC = {
    "health.healthz": "says whether the program answers, and nothing of the plant",
    "health.readyz": "says whether the database can be reached, and nothing of the plant",
    "install.guide": "a device must trust the plant's certificate before anybody can sign in on it",
    "install.certificate": "the authority's certificate is public by nature",
    "openapi": "the shape of the API, without anything of the plant",
    "people.login": "the way in",
    "people.logout": "the way out",
    "second.code": "the second step of the way in; asks for a password that was right a moment ago",
    "second.again": "asks for the password once more; leads who is not signed in to the way in",
    "second.enrol": "the same, for who must have a second step and has none yet",
    "metrics.metrics": "figures for this machine itself, or for who brings the token that was set for them",
    "people.choose_language": "who cannot read the page cannot sign in",
    "plant.set_up": "the first run; refused as soon as anybody can sign in",
    "reports.today": "shows who is not signed in the welcome page and nothing of the plant",
    "reports.board": "a paired screen shows the board without anybody; others get a code to be paired with",
    "reports.board_now": "the same screen asks for its figures with the device's own token",
    "reports.board_worker": "the program of the screen, without anything of the plant",
    "reports.board_away": "what a screen shows without a connection",
    "reports.claim_screen": "a screen asks with its own token whether a leader has paired it",
    "certificates.check": "whoever holds a printed certificate checks whether it stands, by the code on it",
    "camera.photo": "a badge is scanned before anybody is signed in; asks for a sign-in or a paired station",
    "scan_trial.show": "a scanner is tried before anybody can sign in with it; shows a made-up label",
    "scan_trial.paper": "the same made-up label on paper",
    "scan_trial.read_keys": "says what the scanner typed; nothing is recorded",
    "station.enter": "the tablet's first page: names at a paired station, how to pair it elsewhere",
    "station.leader": "a leader signs in on a device that is to become a station",
    "station.pin": "the way in at a paired station",
    "station.unlock": "a leader's name and password let somebody try again at a paired station",
    "station.sign_out": "the way out",
    "station.scanned": "a badge signs in at a paired station; anything else asks who is signed in",
    "station.language": "who cannot read the names cannot sign in",
    "station.worker": "the program by which a tablet works without a connection",
    "station.manifest": "the name and icon of the tablet's page",
    "station.contact": "a tablet asks with its own token whether the server is there",
    "station.resume": "an entry that waited on the tablet proves by its ticket who made it",
    "pulse.pulse": "a device says with its own token that it is there",
    "training.index": "a tablet with nobody signed in goes into training",
    "training.begin": "the same; asks for a sign-in or a paired station",
    "training.wait": "the same, while the copy is made",
    "training.leave": "back to the plant, by whoever stands there",
    "training.left": "says that nothing of the training was recorded",
}


@dataclass(frozen=True)
class Right:
    """One row of the table: an act or page, and who may use it (None: anybody, see ``PUBLIC``)."""

    method: str
    address: str
    endpoint: str
    what: str
    who: Who


def rights_of(app: Flask) -> list[Right]:
    """Every route by every method it takes, in the order of addresses."""
    return sorted(
        (right for rule in app.url_map.iter_rules() if rule.endpoint != "static" for right in _rights(app, rule)),
        key=lambda one: (one.address, one.method),
    )


def _rights(app: Flask, rule: Rule) -> list[Right]:
    view = app.view_functions[rule.endpoint]
    what = (view.__doc__ or "").strip().partition("\n")[0]
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return [Right(method, rule.rule, rule.endpoint, what, getattr(view, "who")) for method in methods]
