"""Copies of the plant: how old the last good one is, where they lie, one more now, and whether one would come back."""

from collections.abc import Sequence
from pathlib import Path

from flask import current_app, request, send_file
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange

from mes.core.access import ADMINS, PLANNERS, SYSTEM, may
from mes.core.computers import this_computer
from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import NotFound, Refused
from mes.core.forms import Form, Longest, needed
from mes.core.i18n import N_, _, say
from mes.core.pages import Page, Room, actor, close_reader, go, mes, page
from mes.core.work import Reader, Work, act
from mes.keeping import queries, rules, service, standing
from mes.keeping.bundle import BACKUPS
from mes.keeping.copying import Copying
from mes.keeping.models import Copy, CopyState, PlaceKind
from mes.keeping.night import Night, Wish
from mes.keeping.trying import try_copy
from mes.web.alarms import alarms
from mes.web.check import check

room = Room("copies", __name__, url_prefix="/copies")
room.entry("copies.index", N_("Backups"), "save", "settings", PLANNERS)
#: How each state is shown: its tone and its word.
STATES = {
    CopyState.GOOD: ("running", N_("Proven")),
    CopyState.FAILED: ("stopped", N_("Failed")),
    CopyState.REMOVED: ("waiting", N_("Not there any more")),
}


class PlaceForm(Form):
    """A place for copies."""

    address = StringField(N_("Folder or store"), [*needed(), Longest(max=500)])
    every_days = IntegerField(
        N_("A copy at least every so many days"), [*needed(), NumberRange(1, rules.MOST_DAYS)], default=1
    )


class EveryForm(Form):
    """How often a copy comes to a place."""

    every_days = IntegerField(N_("A copy at least every so many days"), [*needed(), NumberRange(1, rules.MOST_DAYS)])

    def fill(self, read: Reader, **address: int) -> None:
        """What is recorded."""
        place = queries.get_place(read, address["ident"])
        self.show_values({"every_days": place.every_days, "version": place.version})


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@room.app_template_global()
def copies_are_old() -> str | None:
    """What to tell those who run the plant: that the last proof of its books found something, or that a place should
    have a newer copy. Nothing while all is well."""
    who, night = actor(), _night()
    if night is None or who is None or not may(who, PLANNERS):
        return None
    old = night.copying.old if not _settings().demo else None
    return night.copying.damage or (old.told if old is not None else None)


@room.app_template_global()
def database_alarms() -> list[str]:
    """What to tell those who run the plant of the database servers; nothing while all is well."""
    who, database = actor(), mes().database
    if who is None or not may(who, PLANNERS):
        return []
    return [*(alarms(database.standing) if database.standing else ()), *database.differences]


@room.read("", who=PLANNERS)
def index(read: Reader) -> Page:
    """How old the last good copy is, where copies lie, and all of them."""
    now, kept = mes().clock(), standing.kept(read, mes().clock())
    here = next((one for one in kept if one.place.kind is PlaceKind.HERE), None)
    return page(
        "web/copies.html", kept=kept, here=here, copies=queries.page_of_copies(read, request.args.get("after")),
        busy=any(one.place.is_busy(now) for one in kept), states=STATES,
        hour=_settings().backup_at, rule={"days": rules.DAYS, "weeks": rules.WEEKS, "months": rules.MONTHS},
        folder=str(Path(_settings().data_dir).resolve() / BACKUPS),
    )  # fmt: skip


@room.write("/now", who=ADMINS, show=index)
def make(work: Work) -> Page:
    """One more copy now. Raises AtWork."""
    here = service.the_folder_here(work)
    if here.is_busy(work.now):
        raise rules.AtWork
    who = actor() or SYSTEM

    def copy(copying: Copying) -> None:
        copying.make(who)
        copying.look()  # and on to the other places

    work.after(lambda: _hand_over(copy))
    return go("copies.index", said=_("A copy is being made. It appears here once it is proven."))


def _place_page(read: Reader, form: Form, ident: int | None = None) -> Page:
    return page("web/copy_place.html", form=form, place=queries.get_place(read, ident) if ident else None)


@room.form("/places/new", who=ADMINS, form=PlaceForm, show=_place_page)
def add_place(work: Work, form: PlaceForm) -> Page:
    """Keep copies at one more place; the newest one is brought there at once. Raises PlaceUnclear, AlreadyExists."""
    made = service.add_place(work, str(form.address.data), int(form.every_days.data or 1))
    work.after(lambda: _hand_over(Copying.look))
    return go("copies.index", said=_("Copies are brought to %(place)s, too.", place=made.address))


@room.form("/places/<int:ident>", who=ADMINS, form=EveryForm, show=_place_page)
def change_place(work: Work, form: EveryForm, ident: int) -> Page:
    """How often a copy comes there."""
    saved = service.change_place(work, ident, int(form.every_days.data or 1), version=form.row_version)
    return go("copies.index", said=_("%(name)s was saved.", name=saved.address))


@room.write("/places/<int:ident>/end", who=ADMINS, show=index)
def end_place(work: Work, ident: int) -> Page:
    """Bring no more copies there."""
    ended = service.end_place(work, ident)
    return go("copies.index", said=_("No more copies are brought to %(place)s; those there stay.", place=ended.address))


@room.write("/<int:ident>/try", who=ADMINS, show=index)
def try_one(work: Work, ident: int) -> Page:
    """Open a copy as a restore would, and prove all books in it. Raises NotFound, CopyGone."""
    copy = _copy_here(work.session, ident)
    who, file, sha256 = actor() or SYSTEM, _file(copy), copy.sha256 or ""

    def trial(copying: Copying) -> None:
        with copying.spoken():
            try:
                well, said = True, try_copy(copying.settings, file, sha256, _prove)
            except Refused as refused:
                well, said = False, str(refused)
        act(
            copying.database, who, lambda note: service.note_trial(note, ident, well=well, said=said),
            source="desk", now=copying.clock(),
        )  # fmt: skip

    work.after(lambda: _hand_over(trial))
    return go("copies.index", said=_("The copy is being opened. What is found appears beside it."))


@room.read("/<int:ident>/file", who=ADMINS)
def take(read: Reader, ident: int) -> Page:
    """The copy as a file, to carry it out of the house. It holds everything, the key too: the log says who took it."""
    copy = _copy_here(read, ident)
    file = _file(copy)
    close_reader()
    act(
        mes().database, actor() or SYSTEM, lambda work: work.record("keeping.take_copy", copy, code=copy.file),
        source="desk", now=mes().clock(),
    )  # fmt: skip
    return send_file(file, "application/zip", as_attachment=True, download_name=copy.file)


def _copy_here(read: Reader, ident: int) -> Copy:
    """A good copy in the data folder. Raises NotFound, CopyGone."""
    copy = queries.get_copy(read, ident)
    if copy.state is not CopyState.GOOD or copy.place.kind is not PlaceKind.HERE:
        raise NotFound(what=_(N_("copy")), code=copy.file)
    if not _file(copy).is_file():
        if copy.computer not in (None, this_computer(_settings())):
            raise rules.CopyElsewhere(file=copy.file, computer=copy.computer)
        raise rules.CopyGone(file=copy.file)
    return copy


def _file(copy: Copy) -> Path:
    return _copying().folder.resolve() / copy.file


def _prove(database: Database) -> Sequence[str]:
    return [say(fault.message, fault.values) for fault in check(database).faults]


def _copying() -> Copying:
    return Copying(mes().database, _settings(), mes().clock)


def _night() -> Night | None:
    night: Night | None = current_app.extensions.get("keeping")
    return night


def _hand_over(wish: Wish) -> None:
    """Let the thread that keeps copies do it."""
    (_night() or Night(_copying())).wish(wish)
