"""What happens to a database server itself while a plant writes: it hangs, its disk is full, its bytes change, and it
dies while it is brought to new tables.

A server of its own on a disk, as a plant would run it. It is frozen as a whole (its machine still takes what is sent);
its disk is a small one in memory, where this user may mount one.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from mes.core.db import Database
from mes.core.schema import downgrade, head, upgrade
from mes.web.check import check
from tests.faults import Finding, at_most, found
from tests.faults.books import proved
from tests.faults.clusters import Server, _with_plant, servers, url_of
from tests.faults.crew import Act, busy, crew, noted
from tests.faults.made import once
from tests.faults.migrated import BACK, State, state_of
from tests.faults.plant import Known, Plant, plant
from tests.faults.sick import record

TABLETS = 4
#: Seconds for which it is frozen, how often, and within how many somebody is told.
FROZEN, TIMES, SHORT_TIMES, SOON = 15, 5, 1, 25
KILLS, CHANGES = 12, 40
MEGABYTES = 160


def run(short: bool) -> Iterator[Finding]:
    """All of it; the short form only freezes the server, which is what no other test does."""
    made = once(f"server-{TABLETS}", partial(_with_plant, tablets=TABLETS))
    yield from _frozen(made, SHORT_TIMES if short else TIMES)
    if not short:
        yield from _full(made)
        yield from _killed_while_it_climbs(made)
        for sums in (True, False):
            yield from _changed(made, sums=sums)


def _frozen(made: Path, times: int) -> Iterator[Finding]:
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    with servers("one") as (one,):
        one.take(made / "server" / "data")
        with plant(TABLETS, url_of(one), Known.read(made)) as here:
            here.start()
            tries = Tries(here)
            with crew(here):
                for _ in range(times):
                    busy(here, 20)
                    with frozen(one):
                        until = time.monotonic() + FROZEN
                        while time.monotonic() < until:
                            began = time.monotonic()
                            statuses[tries.one_more()] += 1
                            waits.append(time.monotonic() - began)
                            time.sleep(0.2)
                        alive = here.answers("/healthz")
                    began = time.monotonic()
                    busy(here, 20)
                    healed = time.monotonic() - began
            here.end()
            acts = [*noted(here.folder), *tries.acts]
            yield found("hangs: told that nothing answers, and nothing else", sorted(statuses), [503])
            yield at_most("hangs: told within", max(waits), SOON)
            yield at_most("hangs: after the first was told, the others within", sorted(waits)[-1 - times], 5)
            yield found("hangs: the program says that it lives", alive, wanted=True)
            yield at_most("goes on: writing again within", healed, 20)
            yield found("acts without any answer in the end", sum(act.status is None for act in noted(here.folder)), 0)
            yield from proved(here, acts)


class Tries:
    """Pieces that somebody takes by hand beside the tablets. Where he is told to try again he does not: such an act may
    be in the books, or not."""

    def __init__(self, here: Plant) -> None:
        self.here = here
        self.keys = iter(range(10**6))
        self.acts: list[Act] = []

    def one_more(self) -> int:
        """Take one; the status of the answer."""
        job, lot = self.here.jobs[0], self.here.lots[0]
        status, said = record(self.here, self.keys)
        self.acts.append(
            Act(f"sickness-{len(self.acts):04}", "consume", f"/jobs/{job}/consume", {"lot": lot, "quantity": "1"})
        )
        if status != 503:
            self.acts[-1].status, self.acts[-1].answer = status, said
        return status


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """All its processes stand still, and no connection ends."""
    pids = server.pids()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _full(made: Path) -> Iterator[Finding]:
    """Its disk has no room: a sentence, nothing by half, and it heals when there is room again."""
    with servers("full") as (one,), _small_disk(one.folder) as mounted:
        if not mounted:
            yield Finding("disk full at the server", "not tried: nothing can be mounted here", "", ok=True)
            return
        one.take(made / "server" / "data")
        with plant(TABLETS, url_of(one), Known.read(made)) as here:
            here.start()
            tries = Tries(here)
            with crew(here):
                busy(here, 20)
                ballast = one.data / "ballast"
                with suppress(OSError), ballast.open("wb", 0) as file:
                    while True:
                        file.write(bytes(65536))
                # in the end the log of the database itself finds no room: the server goes down
                end = time.monotonic() + 120
                while (status := tries.one_more()) == 201 and time.monotonic() < end:
                    time.sleep(0.02)
                yield found("disk full at the server: refused", status, 503)
                yield found("disk full at the server: the program lives", here.answers("/healthz"), wanted=True)
                ballast.unlink()
                if not one.is_up():
                    one.start()
                began = time.monotonic()
                busy(here, 20)
                yield at_most("room again: writing after", time.monotonic() - began, 30)
            here.end()
            yield from proved(here, [*noted(here.folder), *tries.acts])


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    size = f"size={MEGABYTES}m,mode=0711"
    command = ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)]
    owner = folder.stat()
    done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if done:
        os.chown(folder, owner.st_uid, owner.st_gid)
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", "-l", str(folder)], check=False)


def _killed_while_it_climbs(made: Path) -> Iterator[Finding]:
    """The server dies while new tables are made: the old ones or the new ones, and the same content in the end."""
    back = f"{int(head()) - BACK:04}"
    with servers("climbs") as (one,):
        one.take(made / "server" / "data")
        url = url_of(one)
        _with(url, lambda database: downgrade(database, back))
        old = state_of(url)
        began = time.monotonic()
        _with(url, upgrade)
        took, new = time.monotonic() - began, state_of(url)
        _with(url, lambda database: downgrade(database, back))
        dice, ended, other = random.Random(20260105), Counter[str](), 0
        for _ in range(KILLS):
            child = os.fork()
            if child == 0:
                with suppress(BaseException):
                    upgrade(Database(url))
                os._exit(0)
            time.sleep(dice.random() * took)
            one.kill()
            os.waitpid(child, 0)
            one.start()
            there = state_of(url)
            ended["old" if there == old else "new" if there == new else "neither"] += 1
            _with(url, upgrade)
            other += state_of(url) != new
            _with(url, lambda database: downgrade(database, back))
        told = ", ".join(f"{n} {what}" for what, n in ended.items())
        yield Finding(f"server killed on the way from {back} to {head()}", told, "", ok=True)
        yield found("server killed on the way: neither nor", ended["neither"], 0)
        yield found("server killed on the way: gone on to another end", other, 0)


def _with(url: str, deed) -> None:  # type: ignore[no-untyped-def]
    database = Database(url)
    deed(database)
    database.engine.dispose()


def _changed(made: Path, *, sums: bool) -> Iterator[Finding]:
    """One byte of a table of the plant, each time on a copy; counted is what says something else, or cannot be read."""
    name = "with checksums" if sums else "without checksums"
    dice, how, tried = random.Random(20260105), Counter[str](), 0
    with servers("right", "changed") as (right, _other):
        right.take(made / "server" / "data")
        if not sums:
            right.stop()
            right.run("pg_checksums", "--disable", "-D", right.data)
            right.start()
        content = state_of(url_of(right))
        files = right.files_of_tables()
        right.stop()
        while sum(how.values()) < CHANGES and tried < 20 * CHANGES:
            tried += 1
            file = dice.choices([one for one, _size in files], [size for _one, size in files])[0]
            changed = Server(right.folder.with_name(f"changed-{tried}"), "changed")
            try:
                changed.lay(right.data)
                with (changed.data / file).open("r+b") as opened:
                    at = dice.randrange((changed.data / file).stat().st_size)
                    opened.seek(at)
                    byte = opened.read(1)[0] ^ dice.randrange(1, 256)
                    opened.seek(at)
                    opened.write(bytes([byte]))
                changed.start()
                seen = _seen(url_of(changed), content)
                if seen:
                    how[seen] += 1
            finally:
                changed.kill()
                shutil.rmtree(changed.folder, ignore_errors=True)
    noticed = how["noticed"]
    yield Finding(f"{name}: bytes changed of what the tables say", f"{sum(how.values())} of {tried}", "", ok=True)
    yield Finding(f"{name}: noticed", str(noticed), "all" if sums else "", not sums or noticed == sum(how.values()))


def _seen(url: str, right: State) -> str:
    """Whether the content is another one, and whether that is noticed; empty when nothing is lost."""
    try:
        if state_of(url) == right:
            return ""
    except (SQLAlchemyError, ValueError, LookupError):
        pass  # what cannot be read is lost as well
    database = Database(url)
    try:
        return "noticed" if check(database).faults else "missed"
    except SQLAlchemyError:
        return "noticed"
    finally:
        database.engine.dispose()
