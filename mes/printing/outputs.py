"""Ways to a printer: a raw network port, a print queue of this server, a folder. They know bytes and nothing of labels.

``Cut`` means that the way is cut; whether labels were lost on it is for the caller to judge.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from mes.printing.models import PrinterLanguage

#: Seconds for a connection, for an answer about the printer's state, and between two questions.
CONNECT, ANSWER, BETWEEN = 3.0, 1.5, 0.2
#: Labels that may wait in the printer's memory: few, so that cancelling stops soon and progress is true.
AHEAD = 2
#: Seconds that a print queue of this server may take to accept a file.
ACCEPT = 60
#: Asked while the printer is waited for: says what it has, and answers whether to go on waiting.
Keep = Callable[[str], bool]


class Cut(Exception):
    """What was to be sent did not go through: a word of ``TROUBLE_NAMES``, and the system's own words."""

    def __init__(self, trouble: str, detail: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.detail = detail


class Stopped(Exception):
    """Nobody wants the rest any more: the job was cancelled, paused, or is somebody else's now."""


class Told(NamedTuple):
    """What a printer says of itself: its condition, labels still in its memory."""

    condition: str
    waiting: int


class Raw:
    """A printer's own network port. What it is asked and answers depends on its language."""

    def __init__(self, host: str, port: int, language: PrinterLanguage) -> None:
        self.place = (host, port)
        self.ask = _ask_zpl if language is PrinterLanguage.ZPL else _ask_tspl
        self.silent = False
        self.link: socket.socket | None = None

    def open(self) -> str:
        """Connect, and give the printer's condition. Raises Cut."""
        try:
            self.link = socket.create_connection(self.place, CONNECT)
            told = self._told()
        except OSError as error:
            self.close()
            raise Cut("unreachable", error.strerror or str(error)) from error
        except UnicodeError as error:  # "192.168..5" can be no name of any machine
            raise Cut("unreachable", self.place[0]) from error
        return told.condition if told else "silent"

    def send(self, data: bytes, keep: Keep) -> None:
        """Send one label, then wait while the printer's memory holds enough. Raises Cut, Stopped."""
        assert self.link is not None
        try:
            view = memoryview(data)
            self.link.settimeout(5)
            while view:
                try:
                    view = view[self.link.send(view) :]
                except TimeoutError:  # no paper, and no room for more: it goes on when somebody helps it
                    _go_on(keep, "silent")
            self._wait(keep, AHEAD)
        except OSError as error:
            raise Cut("broken", error.strerror or str(error)) from error

    def finish(self, keep: Keep) -> None:
        """Wait until everything is on paper, as far as the printer tells. Raises Cut, Stopped."""
        assert self.link is not None
        try:
            self._wait(keep, 0)
            self.link.shutdown(socket.SHUT_WR)
            self.link.settimeout(ANSWER)
            with suppress(TimeoutError):
                while self.link.recv(1024):
                    pass
        except OSError as error:
            raise Cut("broken", error.strerror or str(error)) from error

    def close(self) -> None:
        """Let go of the connection."""
        if self.link is not None:
            self.link.close()
            self.link = None

    def _wait(self, keep: Keep, most: int) -> None:
        while not self.silent:
            told = self._told()
            if told is None or (told.waiting <= most and told.condition == "ready"):
                return
            if told.waiting <= most and most:
                return  # something is in the way, but there is room for one more
            _go_on(keep, told.condition)
            sleep(BETWEEN)

    def _told(self) -> Told | None:
        """What the printer says; None from one that says nothing, which is then asked no more."""
        if self.silent or self.link is None:
            return None
        self.link.settimeout(ANSWER)
        try:
            return self.ask(self.link)
        except (TimeoutError, ValueError):
            self.silent = True
            return None


def _go_on(keep: Keep, condition: str) -> None:
    if not keep(condition):
        raise Stopped


def _ask_zpl(link: socket.socket) -> Told:
    """``~HS``: three lines between STX and ETX. Raises ValueError when they are none."""
    link.sendall(b"~HS")
    answer = b""
    until = monotonic() + ANSWER
    while answer.count(b"\x03") < 3:
        piece = link.recv(256)
        if not piece:
            raise ConnectionResetError("the printer hung up")
        answer += piece
        if monotonic() > until:
            raise TimeoutError
    lines = [line.strip(b"\x02\r\n").decode("ascii", "replace").split(",") for line in answer.split(b"\x03")]
    first, second = lines[0], lines[1]
    if len(first) < 12 or len(second) < 11:
        raise ValueError(answer)
    waiting = int(first[4]) + int(second[8])
    signs = {"head_open": second[2], "paper_out": first[1], "ribbon_out": second[3], "paused": first[2]}
    return Told(next((name for name, sign in signs.items() if sign == "1"), "ready"), waiting)


#: Bits of the byte that TSPL printers answer, the gravest first.
_TSPL_SIGNS = ((0x01, "head_open"), (0x04, "paper_out"), (0x08, "ribbon_out"), (0x02, "fault"), (0x80, "fault"))


def _ask_tspl(link: socket.socket) -> Told:
    """``ESC ! ?``: one byte."""
    link.sendall(b"\x1b!?")
    answer = link.recv(1)
    if not answer:
        raise ConnectionResetError("the printer hung up")
    byte = answer[0]
    found = next((name for bit, name in _TSPL_SIGNS if byte & bit), "paused" if byte & 0x10 else "ready")
    return Told(found, 1 if byte & 0x20 else 0)


def ask_printer(host: str, port: int, language: PrinterLanguage) -> str:
    """A printer's condition now, in a word; "unreachable" when nobody answers there."""
    way = Raw(host, port, language)
    try:
        return way.open()
    except Cut as cut:
        return cut.trouble
    finally:
        way.close()


def put_into_folder(folder: Path, name: str, data: bytes) -> None:
    """One whole file under its name, or none: it is written beside and renamed. Raises Cut."""
    beside = folder / f".{name}.part"
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / name)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Cut("folder", error.strerror or str(error)) from error


def give_to_queue(queue: str, title: str, data: bytes, raw: bool) -> None:
    """Hand a file to a print queue of this server. Raises Cut: "queue" when it was not taken, "broken" when it is not
    known whether it was."""
    program = shutil.which("lp")
    if program is None:
        raise Cut("no_lp")
    command = [program, "-d", queue, "-t", title, *(["-o", "raw"] if raw else []), "--", "-"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=ACCEPT, check=False)  # noqa: S603  no shell
    except subprocess.TimeoutExpired as error:
        raise Cut("broken", title) from error
    if done.returncode:
        raise Cut("queue", done.stderr.decode("utf-8", "replace").strip()[:200])
