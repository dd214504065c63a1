"""Who serves a plant steps aside while its tables are brought to a new version, and comes back by itself.

Both sides hold bytes of one small file in the data folder, which the machine lets go of when a program dies, however it
dies: each program that serves holds one, an upgrade holds the first. Whoever serves looks at it twice a second.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mes.core.errors import Refused
from mes.core.i18n import N_

#: The file whose bytes are held. It is empty, and no part of a backup.
SEATS_FILE = "serving.lock"
#: So many programs may serve one data folder, on ports of their own.
SEATS = 15
#: Seconds: between two looks of who serves; until all have finished what they were asked and ended.
LOOK, PATIENCE = 0.5, 30.0
#: What an upgrade holds.
_UPGRADE = 0


class UpgradeRuns(Refused):
    """Two upgrades at once, or a program started while the tables are changed."""

    message = N_("This plant is just being brought to a new version.")
    hint = N_("Wait until that is done.")


class StillServed(Refused):
    """Somebody still works with the old tables."""

    message = N_("The program still serves this plant (%(who)s). Nothing was changed.")
    hint = N_("Stop it there, give the command again, and start it afterwards.")


class Seats:
    """The bytes of the file, as one program holds them."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError where the data folder takes no file."""
        self._file: BinaryIO = (folder / SEATS_FILE).open("a+b")

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()

    def take(self, seat: int) -> bool:
        """Hold a byte; False while another program does."""
        try:
            _hold(self._file, seat)
        except OSError:
            return False
        return True

    def leave(self, seat: int) -> None:
        """Hold it no longer."""
        _let_go(self._file, seat)

    def is_taken(self, seat: int) -> bool:
        """Whether another program holds it; one that only looks at the same moment does not."""
        try:
            _look(self._file, seat)
        except OSError:
            return True
        self.leave(seat)
        return False


class Serving:
    """A program that serves, as an upgrade sees it. Where the folder takes no file, it serves all the same."""

    def __init__(self, folder: Path) -> None:
        self._seats: Seats | None = None
        with suppress(OSError):
            self._seats = Seats(folder)
            _first_free(self._seats)

    def is_asked(self) -> bool:
        """Whether an upgrade has begun, or still goes on."""
        return self._seats is not None and self._seats.is_taken(_UPGRADE)

    def end(self) -> None:
        """Serve no longer, wait until no upgrade goes on (at once where none does)."""
        if self._seats is None:
            return
        for seat in range(1, SEATS + 1):
            self._seats.leave(seat)
        while self.is_asked():
            time.sleep(LOOK)
        self._seats.close()


def is_served(folder: Path) -> bool:
    """Whether a program serves this data folder that would step aside."""
    with closing(Seats(folder)) as seats:
        return any(seats.is_taken(seat) for seat in range(1, SEATS + 1))


@contextmanager
def aside(folder: Path, told: Callable[[], object] = lambda: None) -> Iterator[bool]:
    """All that serve from this data folder have ended, and stay so. Gives whether any did: it comes back afterwards.

    ``told`` is called once when somebody is waited for. Raises UpgradeRuns, StillServed.
    """
    with closing(Seats(folder)) as seats:
        _begin(seats)
        busy = {seat for seat in range(1, SEATS + 1) if not seats.take(seat)}
        served, until = bool(busy), time.monotonic() + PATIENCE
        if served:
            told()
        while busy:
            if time.monotonic() > until:
                raise StillServed(who=str(folder))
            time.sleep(0.05)
            busy = {seat for seat in busy if not seats.take(seat)}
        yield served


def _begin(seats: Seats) -> None:
    """Hold the upgrade's own byte. Who serves holds it for a moment whenever it looks."""
    for _ in range(40):
        if seats.take(_UPGRADE):
            return
        time.sleep(0.05)
    raise UpgradeRuns


def _first_free(seats: Seats) -> None:
    """A byte of one's own. While an upgrade goes on they are all its own."""
    next((seat for seat in range(1, SEATS + 1) if seats.take(seat)), None)


if sys.platform == "win32":
    import msvcrt

    def _hold(file: BinaryIO, seat: int) -> None:
        file.seek(seat)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _look(file: BinaryIO, seat: int) -> None:
        for _ in range(4):  # what is held here is held alone: somebody else who looks is gone in a moment
            with suppress(OSError):
                _hold(file, seat)
                return
            time.sleep(0.02)
        _hold(file, seat)

    def _let_go(file: BinaryIO, seat: int) -> None:
        file.seek(seat)
        with suppress(OSError):  # it was not held
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _hold(file: BinaryIO, seat: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, seat, os.SEEK_SET)

    def _look(file: BinaryIO, seat: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, seat, os.SEEK_SET)

    def _let_go(file: BinaryIO, seat: int) -> None:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, seat, os.SEEK_SET)
