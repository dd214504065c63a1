"""One byte changes on the disk, somewhere in the plant's database: the next start or the next night notices it.

Each time on a copy of a sample factory that has a proven backup of the night before. Bytes that hold nothing (free
space, an index that says the same) are not counted: what is counted is a change of what the tables say.
"""

import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from mes.core.config import Settings
from mes.core.db import Database
from mes.core.errors import Refused
from mes.core.i18n import say
from mes.core.schema import upgrade
from mes.keeping.backup import opened_copy
from mes.keeping.copying import Copying
from mes.keeping.installation import check_installed
from mes.keeping.proving import last_file
from mes.web import check_against
from mes.web.check import MOST, check
from mes.web.demo import build
from mes.web.tables import metadata
from tests.benchmarks._workshop import Workshop
from tests.conftest import Shop
from tests.faults import Finding

CHANGES, SHORT_CHANGES = 100, 5
PAGE = 4096
#: Of so many changes of content at least so many are noticed.
LEAST = 0.95
Content = dict[str, list[tuple[object, ...]]]


def run(short: bool) -> Iterator[Finding]:
    """The food factory; in the short form a workshop that has worked for a while."""
    folder = Path(tempfile.mkdtemp(prefix="mes-faults-"))
    try:
        settings = Settings(data_dir=folder / "plant", secret_key="only broken")
        now = datetime.now(UTC)
        file = _made(settings, now, short=short)
        yield from _changed(settings, file, now, SHORT_CHANGES if short else CHANGES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(settings: Settings, now: datetime, *, short: bool) -> Path:
    """A plant with last night's backup, proven."""
    settings.data_dir.mkdir()
    file = settings.data_dir / "mes.db"
    database = Database(settings.database)
    upgrade(database)
    if short:
        workshop = Workshop(Shop(database))
        job = workshop.running_job()
        for _ in range(20):
            workshop.report(job)
    else:
        build(database, "food", now)
    copying = Copying(database, settings, lambda: now, prove=_prove)
    copying.look()
    assert copying.damage is None, copying.damage
    database.close()
    return file


def _prove(settings: Settings, url: str, older: Path | None) -> list[str]:
    """What ``mes check --against`` says, without the start of a process."""
    database = Database(url)
    faults = [(fault.message, fault.values) for fault in check(database).faults]
    database.close()
    if older is not None:
        with tempfile.TemporaryDirectory(dir=settings.data_dir.parent) as folder:
            copy = opened_copy(older, Path(folder))
            faults += check_against.faults(Path(url.removeprefix("sqlite:///")), copy, metadata, MOST)
    return [say(message, values) for message, values in faults]


def _changed(settings: Settings, file: Path, now: datetime, wanted: int) -> Iterator[Finding]:
    dice, raw, right = random.Random(20260105), file.read_bytes(), _content(file)
    backup = next((settings.data_dir / "backups").glob("mes-*.zip"))
    tried = named = 0
    how: Counter[str] = Counter()
    missed: list[str] = []
    while sum(how.values()) < wanted:
        tried += 1
        changed = bytearray(raw)
        at = dice.randrange(len(raw) // PAGE) * PAGE + dice.randrange(PAGE)
        changed[at] ^= dice.randrange(1, 256)
        here = replace(settings, data_dir=_copied(settings, bytes(changed)))
        what = _difference(right, here.data_dir / "mes.db")
        if what:
            seen, sentence = _noticed(here, now + timedelta(days=1))
            how[seen] += 1
            named += bool(sentence) and backup.name in sentence
            missed += [] if sentence else [what]
        shutil.rmtree(here.data_dir)
    noticed = sum(how.values()) - how[""]
    yield Finding("bytes changed, each on a copy", f"{tried}", "", ok=True)
    yield Finding("of them content", f"{sum(how.values())}", f"{wanted}", sum(how.values()) == wanted)
    least = int(wanted * LEAST) - (wanted < CHANGES)  # of a handful one may be missed
    yield Finding("noticed", f"{noticed}", f">= {least}", noticed >= least)
    yield Finding("of them at the start", f"{how['start']}", "", ok=True)
    yield Finding("of them naming the last good backup", f"{named}", f"{noticed}", named == noticed)
    yield Finding("what was missed", ", ".join(sorted(missed)) or "nothing", "", ok=True)


def _copied(settings: Settings, changed: bytes) -> Path:
    """The plant's folder with another database in it."""
    folder = settings.data_dir.with_name("changed")
    shutil.copytree(settings.data_dir / "backups", folder / "backups")
    (folder / "mes.db").write_bytes(changed)
    return folder


def _noticed(settings: Settings, night: datetime) -> tuple[str, str]:
    """Where it was noticed, and what was said: at the start, or by what is done each night."""
    try:
        check_installed(settings)
    except Refused as refused:
        return "start", f"{refused} {last_file(settings)}"
    database = Database(settings.database)
    copying = Copying(database, settings, lambda: night, prove=_prove)
    try:
        copying.look()
    except DatabaseError:
        pass  # it is in the server's log, too
    finally:
        database.engine.dispose()
    return ("night", copying.damage) if copying.damage else ("", "")


def _content(file: Path) -> Content:
    """All rows of all tables, and what the database says of itself."""
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
        opened.text_factory = bytes
        schema = opened.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        names = [name.decode() for kind, name, _sql in schema if kind == b"table"]
        return {"schema": schema} | {
            name: opened.execute(f'SELECT rowid, * FROM "{name}" ORDER BY rowid').fetchall() for name in names
        }


def _difference(right: Content, file: Path) -> str:
    """The first table that says something else; nothing when none does."""
    try:
        there = _content(file)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return "unreadable"
    return next((name for name, rows in right.items() if there.get(name) != rows), "")
