"""Proving the plant's books each night, by a process of its own that lets everybody else go first.

Of an embedded database the fresh copy is opened and held against the last one that was found whole; a PostgreSQL
database is asked itself. It is ``mes check`` that does it, and what it finds is told on the first page, with the backup
to go back to.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from mes.core.config import Settings
from mes.core.i18n import _, language, stamp
from mes.keeping import bundle
from mes.keeping.installation import sqlite_file
from mes.keeping.models import Copy, CopyState, Place, PlaceKind

#: Proves the database at a URL, against an older copy where there is one; gives a sentence for each fault.
ProveApart = Callable[[Settings, str, Path | None], list[str]]
#: Seconds after which a check that does not end is one that found something.
PATIENCE = 6 * 3600


def prove_apart(settings: Settings, url: str, against: Path | None) -> list[str]:
    """Run ``mes check`` on a database, at low priority; what it says is wrong. Empty when all is well."""
    command = [sys.executable, "-m", "mes", "check", "--json"]
    command += ["--against", str(against)] if against is not None else []
    own = {
        **os.environ,
        "MES_DATABASE_URL": url,
        "MES_DATA_DIR": str(settings.data_dir),
        "LC_ALL": f"{language()}.UTF-8",
        "PYTHONUTF8": "1",
    }
    slow = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    with subprocess.Popen(  # noqa: S603  ourselves
        command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", creationflags=slow
    ) as process:
        if hasattr(os, "setpriority"):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        try:
            told, said = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return [_("The check did not come to its end.")]
    try:
        return [str(fault["message"]) for fault in json.loads(told)["faults"]]
    except (ValueError, KeyError):
        return [(said.strip().splitlines() or [_("The check did not come to its end.")])[-1]]


def last_proven(session: Session) -> Copy | None:
    """The newest copy in the data folder that was opened and found whole."""
    return _newest(session, well=True)


def found_wrong(session: Session) -> Copy | None:
    """The newest copy in the data folder, when it was opened and found wrong."""
    wrong, well = _newest(session, well=False), _newest(session, well=True)
    return wrong if wrong is not None and (well is None or well.as_of < wrong.as_of) else None


def _newest(session: Session, *, well: bool) -> Copy | None:
    query = select(Copy).join(Place, Place.id == Copy.place_id)
    query = query.where(Place.kind == PlaceKind.HERE, Copy.state == CopyState.GOOD, Copy.tried_well.is_(well))
    return session.scalar(query.order_by(Copy.as_of.desc(), Copy.id.desc()).limit(1))


def damage(session: Session) -> str | None:
    """What to tell people when the last check found something wrong, and which backup to go back to."""
    wrong = found_wrong(session)
    if wrong is None:
        return None
    return " ".join([_("The check of %(when)s found something wrong: %(what)s", when=stamp(wrong.as_of),
                       what=wrong.tried or "-"), last_good(session)])  # fmt: skip


def last_good(session: Session) -> str:
    """Which backup is the last good one, in a sentence."""
    known = last_proven(session)
    if known is None:
        return _("No backup was proven yet.")
    return _("The last good backup is %(file)s of %(when)s.", file=known.file, when=stamp(known.as_of))


def last_file(settings: Settings) -> str | None:
    """The newest backup in the data folder, in a sentence, when the database itself cannot be asked."""
    try:
        if sqlite_file(settings.database) is None:
            return None
    except ArgumentError:  # an address that is none
        return None
    files = sorted((settings.data_dir / bundle.BACKUPS).glob("mes-*.zip"))
    if not files:
        return _("There is no backup in %(where)s.", where=str(settings.data_dir / bundle.BACKUPS))
    return _("The newest backup is %(file)s. Bring it back with: mes restore %(file)s --yes", file=str(files[-1]))
