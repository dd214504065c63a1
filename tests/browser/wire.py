"""The network between a tablet and the server: a real one that can be cut, that keeps silent, or that loses answers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Carries each connection to the server. ``mode``: "open", "cut", "silent", or "deaf" (what is sent arrives, the
    answer does not); ``lose`` says of a request's first bytes whether its answer is lost."""

    def __init__(self, port: int) -> None:
        self.server = port
        self.mode = "open"
        self.lose: Callable[[bytes], bool] = lambda _head: False
        self.lost = 0
        #: So many bytes a second go to the server; none: as fast as it can.
        self.pace: float | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the tablet finds the server."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Nothing comes through any more, in the middle of whatever is on the way."""
        self.mode = "cut"
        for one in list(self._open):
            _close(one)

    def mend(self) -> None:
        """The network is back."""
        self.mode = "open"

    def close(self) -> None:
        """Take the wire away."""
        self.cut()
        _close(self._socket)

    def _listen(self) -> None:
        while True:
            try:
                near, _address = self._socket.accept()
            except OSError:
                return
            if self.mode == "cut":
                _close(near)
                continue
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._open.add(near)
        with suppress(OSError):
            far = socket.create_connection(("127.0.0.1", self.server))
            self._open.add(far)
            asked = _Asked()
            threading.Thread(target=self._there, args=(near, far, asked), daemon=True).start()
            self._back(far, near, asked)
            self._open.discard(far)
        self._open.discard(near)

    def _there(self, near: socket.socket, far: socket.socket, asked: "_Asked") -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                if data.startswith((b"GET ", b"POST ")):  # a browser asks again only when it has its answer
                    asked.deaf = self.mode == "deaf" or self.lose(data)
                if self.pace:
                    time.sleep(len(data) / self.pace)
                if self.mode != "silent":
                    far.sendall(data)
        _close(near)
        _close(far)

    def _back(self, far: socket.socket, near: socket.socket, asked: "_Asked") -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if asked.deaf:
                    self.lost += 1
                    break
                near.sendall(data)
        _close(far)
        _close(near)


class _Asked:
    """Whether the answer to what was asked last is lost."""

    deaf = False


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def wire_to(address: str) -> Iterator[Wire]:
    """A wire to a served plant."""
    wire = Wire(int(address.rsplit(":", 1)[1]))
    yield wire
    wire.close()
