"""A plant at work is brought to a new version, again and again, while tablets write; and all that may go wrong then.

The program runs from a copy of its own. A new version comes as it does to a plant: files are replaced under the running
program (here: one more migration arrives, which copies and sorts the ledger), and ``mes upgrade`` is called.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect
from tempfile import TemporaryDirectory
from threading import Event as Signal
from threading import Thread

from mes.core.config import bundled
from mes.core.db import Database
from mes.core.schema import current, head
from tests.benchmarks._scratch import systems
from tests.databases import ROOT, postgresql_database
from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.crew import TABLETS, busy, crew, noted
from tests.faults.made import ground
from tests.faults.plant import SERVE, Plant, plant
from tests.needs import needs

TIMES, SHORT_TIMES, KILLS = 10, 1, 10
MIGRATION = '''
"""A version that is not written yet."""

from alembic import op

revision, down_revision, branch_labels, depends_on = "{at}", "{before}", None, None


def upgrade() -> None:
    op.execute("CREATE TABLE ledger_sorted AS SELECT * FROM movements ORDER BY quantity")
    op.execute("DROP TABLE ledger_sorted")
    {then}
'''


class Program:
    """A copy of the program in a folder of its own, of which new versions come out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT / "mes", folder / "mes")
        for name in ("migrations", "templates", "labels"):
            shutil.copytree(bundled(name), folder / name)
        self.versions = folder / "migrations" / "versions"

    @property
    def head(self) -> str:
        """The newest migration of this version."""
        return max(file.name[:4] for file in self.versions.glob("[0-9]*.py"))

    def install(self, then: str = "") -> Path:
        """A new version arrives; ``then``: what else its migration does."""
        before = self.head
        at = f"{int(before) + 1:04}"
        file = self.versions / f"{at}_trial.py"
        file.write_text(MIGRATION.format(at=at, before=before, then=then), "utf-8")
        return file


def run(short: bool) -> Iterator[Finding]:
    """Both databases; in the short form the embedded one, and less of what may go wrong."""
    needs("strace")
    with ground():
        for system in systems()[: 1 if short else None]:
            url = None if system == "sqlite" else postgresql_database("mes_upgrade")
            with plant(2 if short else TABLETS, url) as here, TemporaryDirectory(prefix="mes-program-") as folder:
                here.program = Path(folder) / "program"  # beside the data: a backup holds all that lies there
                program = Program(here.program)
                yield from (
                    Finding(f"{system}: {one.what}", one.value, one.wanted, one.ok, one.timed)
                    for one in _of(here, program, short=short)
                )


def _of(here: Plant, program: Program, *, short: bool) -> Iterator[Finding]:
    here.start()
    seconds, gaps, wrong = [], [], []
    with crew(here):
        for _ in range(SHORT_TIMES if short else TIMES):
            busy(here, 10)
            program.install()
            with _silence(here) as gap:
                began = time.monotonic()
                done = _mes(here, "upgrade")
                seconds.append(time.monotonic() - began)
                _until(here)
            gaps += gap
            wrong += [done.stdout + done.stderr] if done.returncode or _at(here) != program.head else []
        yield found("upgrades under load that failed", wrong, [])
        yield at_most("nobody answered for at most", max(gaps), 60)
        yield at_most("the whole command, with its backup and the check of all books", max(seconds), 60)
        if not short:
            yield from _no_place(here, program)
            yield from _fails(here, program)
            yield from _disturbed(here, program)
            yield from _killed(here, program, KILLS)
            busy(here, 20)
    if short:
        yield from _no_place(here, program)
        yield from _fails(here, program)
    here.end()
    acts = noted(here.folder)
    yield Finding("acts of the tablets", f"{len(acts):,}", "some", len(acts) > len(gaps))
    last = _call_it(here, head())  # its own versions change nothing of the tables
    yield from proved(here, acts)
    if not short:
        _call_it(here, last)
        yield from _versions_apart(here, program)


def _no_place(here: Plant, program: Program) -> Iterator[Finding]:
    """No backup can be made: the program serves on and nothing was changed."""
    pids, newest = here.pids(), program.install()
    copies, gone = here.folder / "backups", here.folder / "gone"
    copies.rename(gone)
    copies.touch()
    done = _mes(here, "upgrade")
    yield _sentence("the place of the backups is gone", done, "No backup could be made")
    copies.unlink()
    gone.rename(copies)
    yield found("the program served on", here.pids() == pids and here.answers("/readyz"), wanted=True)
    newest.unlink()


def _fails(here: Plant, program: Program) -> Iterator[Finding]:
    """A migration stumbles at its end: the version of before works on."""
    newest = program.install("raise ValueError('a row that nobody thought of')")
    done = _mes(here, "upgrade", "--no-backup")
    yield _sentence("a migration that fails", done, "Nothing was changed", "a row that nobody thought of")
    newest.unlink()
    _again(here)


def _disturbed(here: Plant, program: Program) -> Iterator[Finding]:
    """The disk is full while the backup is made, and in the midst of a migration; somebody has the database open."""
    full = ("strace", "-f", "-qq", "-o", "/dev/null", "-e")
    newest = program.install()
    done = _mes(here, "upgrade", before=(*full, "inject=write,pwrite64:error=ENOSPC:when=400+"))
    yield _sentence("the disk is full before", done, "No backup could be made")
    if here.is_embedded:
        done = _mes(here, "upgrade", "--no-backup", before=(*full, "inject=pwrite64:error=ENOSPC:when=3+"))
        yield _sentence("the disk is full in the midst", done, "Nothing was changed")
        newest.unlink()
        _again(here)
        newest = program.install()
        with closing(connect(here.folder / "mes.db")) as other:
            other.execute("SELECT count(*) FROM movements").fetchone()
            done = _mes(here, "upgrade", "--no-backup")
        yield _sentence("somebody has the database open", done, "still serves")
    newest.unlink()
    _again(here)
    busy(here, 5)


def _killed(here: Plant, program: Program, kills: int) -> Iterator[Finding]:
    """The command dies at a moment that nobody chose; given again, it does it."""
    dice, ended = random.Random(20260105), []
    for _ in range(kills):
        program.install()
        command = subprocess.Popen(
            [sys.executable, "-c", SERVE, "upgrade", "--no-check"], cwd=program.folder, env=here.settings,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(0.5 + dice.random() * 3)
        command.send_signal(signal.SIGKILL)
        command.wait()
        done = _mes(here, "upgrade", "--no-check")
        ended.append((done.returncode, _at(here) == program.head))
        _again(here)
        busy(here, 5)
    yield found("killed and given again: done", ended, [(0, True)] * kills)


def _versions_apart(here: Plant, program: Program) -> Iterator[Finding]:
    """A program of before on newer tables, a new one on those of before, and the way back with the backup."""
    newest = program.install()
    said = _mes(here, "serve", "--port", str(here.port))
    yield _sentence("the new program before the upgrade", said, "mes upgrade")
    done = _mes(here, "upgrade")
    yield found("an upgrade of a plant that stands still", done.returncode, 0)
    later = newest.read_text("utf-8")
    newest.unlink()
    said = _mes(here, "serve", "--port", str(here.port))
    yield _sentence("the old program on newer tables", said, "newer than this version")
    copy = max((here.folder / "backups").glob("*-before-*.zip"))
    back = _mes(here, "restore", str(copy), "--yes")
    yield found("the old program with the backup of before", _back(here, back), wanted=True)
    newest.write_text(later, "utf-8")
    yield found("and up again", _mes(here, "upgrade").returncode, 0)


def _back(here: Plant, restored: "subprocess.CompletedProcess[str]") -> bool:
    here.start()
    well = here.answers("/readyz")
    here.end()
    return well and restored.returncode == 0


def _sentence(what: str, done: "subprocess.CompletedProcess[str]", *words: str) -> Finding:
    """It refused, and said this."""
    said = done.stderr.strip()
    right = done.returncode == 1 and all(word in said for word in words) and "Traceback" not in said
    return Finding(what, said, "a sentence", right)


def _mes(here: Plant, *words: str, before: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
    """A command of the program as it is installed now."""
    command = [*before, sys.executable, "-c", SERVE, *words]
    return subprocess.run(
        command, cwd=here.program, env=here.settings, capture_output=True, encoding="utf-8", check=False, timeout=300
    )


def _at(here: Plant) -> str:
    """At which tables the plant is."""
    database = Database(here.url)
    found_at = current(database)
    database.engine.dispose()
    return found_at or ""


def _call_it(here: Plant, version: str) -> str:
    """Let the tables go by another version's name; gives the one of before."""
    database, before = Database(here.url), _at(here)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    database.engine.dispose()
    return before


def _until(here: Plant) -> None:
    """Wait until it is ready to work."""
    end = time.monotonic() + 120
    while not here.answers("/readyz"):
        assert time.monotonic() < end, (here.folder / "server.log").read_text("utf-8")[-2000:]
        time.sleep(0.02)


def _again(here: Plant) -> None:
    """The program came back by itself, or said why not and is started, as a service manager does."""
    end = time.monotonic() + 60
    while time.monotonic() < end and not here.has_ended():
        if here.answers("/readyz"):
            return
        time.sleep(0.05)
    here.start()


@contextmanager
def _silence(here: Plant) -> Iterator[list[float]]:
    """For how long nobody was ready to work, at the longest."""
    gaps, stop = [0.0], Signal()

    def watch() -> None:
        last = time.monotonic()
        while not stop.wait(0.02):
            if here.answers("/readyz"):
                gaps[0], last = max(gaps[0], time.monotonic() - last), time.monotonic()

    watching = Thread(target=watch)
    watching.start()
    try:
        yield gaps
    finally:
        stop.set()
        watching.join()
