"""A wire to the database server of the tests, on which that can freeze: it takes what is sent and says nothing."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from sqlalchemy import make_url

from mes.core.db import Database

#: With these words the server has let somebody in, and awaits questions.
LET_IN = b"Z\0\0\0\5I"


class Wire:
    """What lies between; ``port``: where it is called at this computer."""

    def __init__(self, database: Database) -> None:
        url = make_url(database.url)
        self._server = f"{url.query['host']}/.s.PGSQL.5432"
        self._open = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        #: Whether the server says nothing any more, and whether one that is called then still lets in.
        self.frozen, self.lets_in = False, False
        self.port = str(self._open.getsockname()[1])
        self.url = url.set(query={"connect_timeout": "1"}, host="127.0.0.1", port=int(self.port)).render_as_string()
        Thread(target=self._answer, daemon=True).start()

    def close(self) -> None:
        """End it, and all who speak over it."""
        for end in (self._open, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._open.accept()
                self._ends.append(near)
                if self.frozen and not self.lets_in:
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._server)
                self._ends.append(far)
                Thread(target=self._carry, args=(near, far, False), daemon=True).start()
                Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket, answers: bool) -> None:
        is_in = False
        with suppress(OSError):
            while said := here.recv(65536):
                if answers and is_in and self.frozen:
                    continue
                there.sendall(said)
                is_in = is_in or said.endswith(LET_IN)
            there.shutdown(socket.SHUT_WR)


@contextmanager
def wire_to(database: Database) -> Iterator[Wire]:
    """A wire to the server of a database of the tests."""
    wire = Wire(database)
    try:
        yield wire
    finally:
        wire.close()
