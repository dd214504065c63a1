"""A label printer made of software: it listens on this machine, keeps the labels it gets, and answers as printers do.

For tests, for trying the program without a printer, and for the sample factories.
"""

import socket
import struct
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from time import sleep

#: Seconds that a label takes on a slow printer.
SLOW = 1.0


class FakePrinter:
    """A printer on 127.0.0.1. ``port`` 0: any free one; it is in ``port`` afterwards."""

    def __init__(
        self, port: int = 0, folder: Path | None = None, *, die_after: int | None = None, slow: bool = False,
        mute: bool = False,
    ) -> None:  # fmt: skip
        """``die_after``: it hangs up in the middle of the label after so many, once. ``mute``: it tells no state."""
        self.folder = folder
        self.die_after = die_after
        self.slow = slow
        self.mute = mute
        self.labels: list[bytes] = []
        #: Signs of ``~HS``, to be set by who plays with it.
        self.paper_out = self.head_open = self.paused = False
        self.dead = Event()
        self._waiting = 0
        self._lock = Lock()
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._thread = Thread(target=self._serve, name=f"fake-printer-{self.port}", daemon=True)

    def start(self) -> "FakePrinter":
        """Listen from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        self.dead.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def wait(self) -> None:
        """Until it is stopped or dies."""
        while not self.dead.wait(0.5):
            pass

    def _serve(self) -> None:
        while not self.dead.is_set():
            try:
                link, _from = self._socket.accept()
            except OSError:
                return
            Thread(target=self._talk, args=(link,), daemon=True).start()

    def _talk(self, link: socket.socket) -> None:
        rest = b""
        with link, suppress(OSError):
            while not self.dead.is_set():
                piece = link.recv(65536)
                if not piece:
                    return
                rest = self._read(link, rest + piece)

    def _read(self, link: socket.socket, data: bytes) -> bytes:
        """Answer questions, keep whole labels; gives what is not whole yet."""
        for question, answer in ((b"~HS", self._state), (b"\x1b!?", self._byte)):
            if data.startswith(question) or data.endswith(question):
                data = data.replace(question, b"", 1)
                if not self.mute:
                    link.sendall(answer())
        while (end := _end_of_label(data)) is not None:
            if self.die_after is not None and len(self.labels) >= self.die_after:
                self.die_after = None
                _hang_up(link)
                raise ConnectionAbortedError
            self._keep(data[:end])
            data = data[end:]
        return data

    def _keep(self, label: bytes) -> None:
        if self.slow:
            sleep(SLOW)
        with self._lock:
            self.labels.append(label)
            number = len(self.labels)
        if self.folder is not None:
            ending = "tspl" if label.startswith(b"SIZE") else "zpl"
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"label-{number:05d}.{ending}").write_bytes(label)

    def _state(self) -> bytes:
        paper, pause, head = (str(int(sign)).encode() for sign in (self.paper_out, self.paused, self.head_open))
        first = b"030,%s,%s,0240,%03d,0,0,0,000,0,0,0" % (paper, pause, self._waiting)
        second = b"000,0,%s,0,0,2,4,0,00000000,1,000" % head
        return b"".join(b"\x02%s\x03\r\n" % line for line in (first, second, b"1234,0"))

    def _byte(self) -> bytes:
        return bytes([self.head_open | self.paper_out << 2 | self.paused << 4])


def _end_of_label(data: bytes) -> int | None:
    """Where the first whole label ends; none when there is no whole one."""
    zpl = data.find(b"^XZ")
    if zpl >= 0:
        return zpl + 3 + data.startswith(b"\n", zpl + 3)
    tspl = data.find(b"PRINT 1,")
    line = data.find(b"\r\n", tspl)
    return line + 2 if tspl >= 0 and line >= 0 else None


def _hang_up(link: socket.socket) -> None:
    """As a printer does whose plug is pulled: without a farewell."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()
