"""Backups while twenty tablets work: each comes back whole, with everything that was acknowledged before it began."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mes.core.db import Database
from mes.web.check import Fault, check
from tests.databases import ROOT
from tests.faults import Finding, found
from tests.faults.books import keys, lost
from tests.faults.crew import TABLETS, Act, busy, crew, noted
from tests.faults.plant import SERVE, Plant, plant

TIMES, SHORT_TIMES = 50, 1


def run(short: bool) -> Iterator[Finding]:
    """``mes backup`` beside the working server, then ``mes restore`` of each into an empty folder."""
    made: list[tuple[Path, list[Act]]] = []
    failed = 0
    with plant(TABLETS if not short else 6) as here:
        here.start()
        # where thousands of pages are written while a copy is begun, all that came before is in the file by then:
        # what is in the log only is proved by a copy that is made while little or nothing is done
        with crew(here, rest=3 if short else 0):
            for n in range(SHORT_TIMES if short else TIMES):
                busy(here, 10)
                failed += _copy(here, n, made)
        failed += 0 if short else _copy(here, TIMES, made)
        here.end()
        yield found("backups that failed under load", failed, 0)
        missing: list[Act] = []
        broken: list[Fault] = []
        for n, (file, before) in enumerate(made):
            fresh = here.folder / f"fresh-{n}"
            fresh.mkdir()
            if _mes(here, fresh, "restore", str(file)):  # it proves the database and all rules by itself
                failed += 1
                continue
            database = Database(f"sqlite:///{fresh}/mes.db")
            with database.read() as read:
                missing += lost(read, before, keys(read))
            broken += check(database).faults
            database.close()
        yield found("of them not brought back, or not whole", failed, 0)
        yield found("acknowledged before one began and not in it", len(missing), 0)
        yield found("rules of the books broken in one", [fault.sentence for fault in broken], [])
        acts = made[-1][1]
        yield Finding("acts acknowledged before the last one", str(len(acts)), "some", any(a.status for a in acts))


def _copy(here: Plant, number: int, made: list[tuple[Path, list[Act]]]) -> bool:
    before, file = noted(here.folder), here.folder / f"copy-{number}.zip"
    made.append((file, before))
    return _mes(here, here.folder, "backup", str(file))


def _mes(here: Plant, folder: Path, *words: str) -> bool:
    """Run a command over a data folder; whether it failed."""
    settings = {**here.settings, "MES_DATA_DIR": str(folder)}
    command = [sys.executable, "-c", SERVE, *words]
    return (
        subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, check=False, timeout=120).returncode != 0
    )
