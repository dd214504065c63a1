"""Two addresses for those who watch the program: is it alive, and can it do its work."""

import shutil
from pathlib import Path

from flask import jsonify, make_response
from sqlalchemy.exc import SQLAlchemyError

from mes.core import schema
from mes.core.access import ANYONE
from mes.core.pages import Page, Room, mes
from mes.core.work import Reader
from mes.web.alarms import alarms
from mes.web.metrics import may_ask

room = Room("health", __name__)
#: What the next minutes need, in bytes.
LEAST_ROOM = 32 * 1024 * 1024


@room.read("/healthz", who=ANYONE)
def healthz(read: Reader) -> Page:
    """The program answers. Asks nobody else, so that it also answers while the database is away."""
    response = make_response("ok\n")
    response.content_type = "text/plain; charset=utf-8"
    return response


def _room() -> int:
    """How many bytes are free where the embedded database lies."""
    try:
        return shutil.disk_usage(Path(str(mes().database.engine.url.database)).resolve().parent).free
    except OSError:
        return 0


@room.read("/readyz", who=ANYONE)
def readyz(read: Reader) -> Page:
    """The database can be reached and has the tables of this version; the disk has room for what is recorded next, and
    the embedded file is still the one that was opened; 503 otherwise. Who may have the figures is told of each database
    server, too."""
    try:
        found = schema.current(mes().database)
    except SQLAlchemyError:
        found = None
    ready = found == schema.head() and (not mes().database.is_sqlite or _room() > LEAST_ROOM)
    ready = ready and mes().database.same_file.is_well
    standing = mes().database.standing
    more: dict[str, object] = {}
    if standing is not None and may_ask():  # where the servers are is nobody else's business
        servers = {one.name: one.role for one in standing.seen}
        more = {"servers": servers, "alone": standing.alone_since is not None, "troubles": list(alarms(standing))}
    response = jsonify(ready=ready, database=found, program=schema.head(), **more)
    response.status_code = 200 if ready else 503
    return response
