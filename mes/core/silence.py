"""A database server that has stopped answering although its machine still takes what is sent: its disk hangs, or it was
frozen. Nothing ends such a wait by itself, and whoever waits holds one of the program's threads.

So who waits for an answer is known. After a while the server is called anew; when it does not even answer the shortest
question, all who wait are told that it is away, and nobody calls it until it answers again. One that does works on
something long: it is left in peace.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event as Signal
from threading import Thread, Timer
from time import monotonic
from typing import TYPE_CHECKING, Any

from psycopg import Connection, Error, OperationalError

if TYPE_CHECKING:
    from mes.core.primaries import Hosts

#: So long somebody waits before the server is called, and so often it is looked who waits (seconds).
PATIENCE, LOOK = 8.0, 1.0
#: So long a server may take for a short question about itself (seconds).
ANSWER = 5.0
log = logging.getLogger("mes")


class Silence:
    """Looks after those who wait for the servers of one URL."""

    def __init__(self, hosts: "Hosts", let_go: Callable[[], object]) -> None:
        """``let_go``: gives up the connections that lie idle."""
        self.hosts, self.let_go = hosts, let_go
        self._stop = Signal()

    def start(self) -> None:
        """Begin."""
        Thread(target=self._run, name="silence", daemon=True).start()

    def stop(self) -> None:
        """End after the look."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(LOOK):
            try:
                self.look()
            except Exception:
                log.exception("looking who waits for the database")

    def look(self) -> None:
        """Call each server that keeps somebody waiting, or that was silent before."""
        late = [
            (one, place) for one, place in self.hosts.connections()
            if (since := getattr(one, "waits_since", None)) and monotonic() - since > PATIENCE
        ]  # fmt: skip
        for place in {*self.hosts.silent, *(place for _one, place in late)}:
            if self._answers(place):
                if place in self.hosts.silent:
                    self.hosts.silent.discard(place)
                    log.info("the database server %s answers again", ":".join(place))
                continue
            if place not in self.hosts.silent:
                log.warning("the database server %s takes what is sent and does not answer", ":".join(place))
            self.hosts.silent.add(place)
            self.let_go()
            for one, where in late:
                if where == place:
                    cut(one)

    def _answers(self, place: tuple[str, str]) -> bool:
        try:
            with self.hosts.plainly(place) as asked:
                asked.execute("SELECT 1")
        except Error as error:
            return "timeout" not in str(error)  # refused, or nobody there: whoever waits is told of that anyway
        return True


def cut(one: Connection[Any]) -> None:
    """Whoever waits on it hears that the connection is lost."""
    with suppress(OSError, Error), socket.socket(fileno=os.dup(one.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def in_time(asked: Connection[Any]) -> Iterator[None]:
    """A short question is answered within ``ANSWER`` seconds, or the connection counts as lost. Raises
    OperationalError."""
    late: list[bool] = []

    def give_up() -> None:
        late.append(True)
        cut(asked)

    end = Timer(ANSWER, give_up)
    end.daemon = True
    end.start()
    try:
        yield
    except Error as error:
        if late:
            raise OperationalError(f"no answer: timeout of {ANSWER:g} s") from error
        raise
    finally:
        end.cancel()


class Brief(Connection[Any]):
    """A connection for short questions: nobody else would look after who waits on it."""

    def wait(self, *words: Any, **named: Any) -> Any:
        """Wait for what was asked, and not for long."""
        with in_time(self):
            return super().wait(*words, **named)
