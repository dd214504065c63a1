"""How many connections the server keeps, and for how long one may be idle, send half a question or not read.

Browsers keep up to six connections each and ask nothing over them for long; whoever comes when there is no room waits.
"""

import os
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mes.core.config import Settings

if TYPE_CHECKING:
    from flask import Flask
    from granian.http import HTTP1Settings

#: So many connections at one time, of each process; more of them wait at the door.
MOST = 512
#: A connection over which nothing is asked, or not all of a question, is ended after so long.
IDLE_MS = 10_000
#: So is one whose other end takes nothing of an answer (Linux).
UNREAD_MS = 30_000


def patient() -> "HTTP1Settings":
    """What the server is told about connections."""
    from granian.http import HTTP1Settings

    return HTTP1Settings(header_read_timeout=IDLE_MS)


def begin_ending(_app: "Flask", settings: Settings) -> None:
    """From now on nobody keeps an answer waiting for ever."""
    end_unread(settings.tls_port if settings.tls else settings.port)


def end_unread(port: int, folder: Path = Path("/proc/self/fd")) -> int:
    """Tell the system to end connections to our port whose other end takes nothing. Gives how many doors were told;
    none where the system knows no such rule."""
    if sys.platform != "linux":
        return 0
    told = 0
    for number in [int(one.name) for one in folder.iterdir()]:
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue  # to close a second handle of the embedded database would take its locks away
            with socket.socket(fileno=os.dup(number)) as door:
                told += _end_unread(door, port)
    return told


def _end_unread(door: socket.socket, port: int) -> bool:
    is_ours = bool(door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)) and door.getsockname()[1] == port
    if is_ours:
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    return is_ours
