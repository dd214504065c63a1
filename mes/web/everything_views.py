"""Everything of the plant to take away: readable files that need no program, made in the background."""

from datetime import datetime

from flask import current_app, send_file

from mes.core.access import ADMINS, SYSTEM
from mes.core.config import Settings
from mes.core.i18n import _
from mes.core.pages import Page, Room, actor, close_reader, go, mes, page
from mes.core.plant import Plant
from mes.core.work import Reader, Work, act
from mes.keeping.copying import Copying
from mes.keeping.night import Night, Wish
from mes.moving import making
from mes.web.tables import metadata

room = Room("everything", __name__, url_prefix="/copies/everything", part_of="copies")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@room.read("", who=ADMINS)
def index(_read: Reader) -> Page:
    """What is in it, the newest one, and how to read it and bring it back."""
    return page("web/everything.html", there=making.standing(_settings(), mes().clock()))


@room.write("/now", who=ADMINS, show=index)
def make(work: Work) -> Page:
    """Make one now. Raises BeingMade."""
    making.check_free(_settings(), work.now)
    plant = work.session.get(Plant, 1)
    if plant is not None:
        work.record("keeping.export_all", plant, code=plant.name[:100])
    # not before: an act that is cut off is done once more, and would be in its own way
    work.after(lambda: _begin(work.now))
    return go("everything.index", said=_("It is being made. It appears here once it is whole."))


@room.read("/file", who=ADMINS)
def take(read: Reader) -> Page:
    """The newest one as a file. It opens doors: the log says who took it. Raises ExportGone."""
    there, plant = making.standing(_settings(), mes().clock()), read.get(Plant, 1)
    if there.file is None:
        raise making.ExportGone
    close_reader()
    if plant is not None:
        act(
            mes().database, actor() or SYSTEM,
            lambda work: work.record("keeping.take_everything", plant, code=plant.name[:100]),
            source="desk", now=mes().clock(),
        )  # fmt: skip
    return send_file(there.file.resolve(), "application/zip", as_attachment=True, download_name=there.file.name)


def _begin(now: datetime) -> None:
    try:
        wanted = making.want(_settings(), now)
    except making.BeingMade:  # two asked for it at one moment
        return

    def export(copying: Copying) -> None:
        with wanted, copying.spoken():
            making.make(copying.settings, metadata, copying.clock())

    _hand_over(export)


def _hand_over(deed: Wish) -> None:
    """Let the thread that keeps copies do it."""
    night: Night | None = current_app.extensions.get("keeping")
    (night or Night(Copying(mes().database, _settings(), mes().clock))).wish(deed)
