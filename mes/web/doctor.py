"""What can ail an installation, in sentences: folder, disk, database, files of the program, port, clock, backups."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from mes.core.config import Settings, asset, bundled
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.events import Event
from mes.core.fonts import FILES
from mes.core.i18n import LANGUAGES, TRANSLATIONS, _
from mes.core.plant import plant
from mes.core.work import Reader
from mes.keeping.installation import check_installed, reason, revision, shown_url, sqlite_file
from mes.keeping.postgresql import postgresql_program
from mes.keeping.proving import damage
from mes.keeping.standing import kept
from mes.web.check_values import without_checksums
from mes.web.doctor_machine import certificate, network_folder, open_keys, time_of_day, write_ahead
from mes.web.doctor_plants import plants
from mes.web.doctor_servers import servers
from mes.web.server import PortTaken, addresses, check_port

LEAST_FREE = 500 * 1024 * 1024
ASSETS = (*FILES.values(), "htmx.min.js", "icons.svg")
FOLDERS = ("templates", "migrations/versions", "labels", "sample_data")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is about, whether it is well, and the sentence."""

    about: str
    is_well: bool
    sentence: str


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at everything; never stops at the first fault."""
    looks = (_folder, _disk, _program_files, _database, _tools, _port)
    found = [finding for look in looks for finding in look(settings)]
    found += [Finding("database", False, told) for told in (*network_folder(settings), *write_ahead(settings))]
    found += [Finding("certificate", well, told) for well, told in certificate(settings, now)]
    found += [Finding("servers", well, told) for well, told in servers(settings, now)]
    found += [Finding("plants", well, told) for well, told in plants(settings, now)]
    return [*found, *_recorded(settings, now)]


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not os.path.isdir(folder):  # noqa: PTH112  says no, too, where this user may not look
        yield Finding(
            "folder", False, _("The data folder %(folder)s does not exist: make it with mes init.", folder=str(folder))
        )
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = os.strerror(error.errno or 0)
        yield Finding(
            "folder",
            False,
            _("The data folder %(folder)s cannot be written to (%(why)s): give it to the user who runs the program.",
              folder=str(folder), why=why),
        )  # fmt: skip
        return
    yield Finding("folder", True, _("The data folder %(folder)s can be written to.", folder=str(folder)))
    for key in open_keys(settings):
        yield Finding("key", False, _("Others can read %(file)s: take their rights away (chmod 600).", file=str(key)))


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    place = next(p for p in (folder, *folder.parents) if os.access(p, os.R_OK))
    free = shutil.disk_usage(place).free
    megabytes = free // 2**20
    if free < LEAST_FREE:
        yield Finding(
            "disk", False, _("Only %(free)s MB are free on the disk of the data folder: make room.", free=megabytes)
        )
    else:
        yield Finding("disk", True, _("%(free)s MB are free on the disk of the data folder.", free=megabytes))


def _program_files(settings: Settings) -> Iterator[Finding]:
    paths = [*map(asset, ASSETS), *(bundled(name.split("/")[0]).joinpath(*name.split("/")[1:]) for name in FOLDERS)]
    spoken = [code for code in LANGUAGES if (TRANSLATIONS / code).is_dir()]
    paths += [TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo" for code in spoken]
    missing = [path for path in paths if not _is_there(path)]
    for path in missing:
        yield Finding("files", False, _("%(file)s of the program is missing: install it again.", file=str(path)))
    if not missing:
        yield Finding("files", True, _("The program's fonts, browser files and words are complete."))


def _is_there(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.is_file() and path.stat().st_size > 0


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        check_installed(settings)
    except Refused as refused:
        yield Finding("database", False, str(refused))
        return
    where = shown_url(settings.database)
    yield Finding(
        "database", True, _("The database %(where)s is at %(found)s.", where=where, found=revision(settings) or "-")
    )


def _tools(settings: Settings) -> Iterator[Finding]:
    if sqlite_file(settings.database) is None and postgresql_program("pg_dump") is None:
        yield Finding("tools", False, _("pg_dump is not installed: without it mes backup cannot save this database."))


def _port(settings: Settings) -> Iterator[Finding]:
    try:
        check_port(settings.host, settings.port)
    except PortTaken as refused:
        if _answers(settings):
            yield Finding("port", True, _("The program is running on port %(port)s.", port=str(settings.port)))
        else:
            yield Finding("port", False, str(refused))
    except Refused as refused:
        yield Finding("port", False, str(refused))
    else:
        yield Finding("port", True, _("Port %(port)s is free.", port=str(settings.port)))


def _answers(settings: Settings) -> bool:
    here = next(addresses(settings.host, settings.port))
    try:
        with urlopen(f"{here}healthz", timeout=2) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200 and answer.read(8).strip() == b"ok")
    except (URLError, OSError, ValueError):
        return False


def _recorded(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What the plant's own records tell of the machine, where they can be read."""
    try:
        check_installed(settings)
    except Refused:  # said already
        return
    database = Database(settings.database)
    try:
        for look in (_clock, _copies):
            try:
                with database.read() as read:
                    yield from look(read, now)
            except SQLAlchemyError as error:
                yield Finding("database", False, _("The database cannot be read: %(why)s.", why=reason(error)))
    finally:
        database.engine.dispose()


def _clock(read: Reader, now: datetime) -> Iterator[Finding]:
    """A machine whose clock went back after an empty battery would date everything wrong."""
    newest = read.scalar(select(func.max(Event.at)))
    if newest is not None and now < newest - timedelta(minutes=1):
        yield Finding(
            "clock",
            False,
            _("This machine's clock says %(now)s, but something was recorded at %(newest)s: set the clock.",
              now=now, newest=newest),
        )  # fmt: skip
    else:
        yield Finding("clock", True, _("This machine's clock says %(now)s.", now=now))
    for told in time_of_day(now, plant(read).time_zone):
        yield Finding("clock", False, told)


def _copies(read: Reader, now: datetime) -> Iterator[Finding]:
    """A backup that nobody misses until it is needed."""
    if wrong := damage(read):
        yield Finding("damage", False, wrong)
    is_embedded = read.get_bind().dialect.name == "sqlite"
    if not is_embedded and (
        bare := without_checksums(read)
    ):  # worth knowing, and no sickness: most servers are made so
        yield Finding("checksums", True, bare)
    for one in kept(read, now):
        yield Finding("copies", not one.old, one.told)
