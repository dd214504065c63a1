"""A program that serves leaves the plant to an upgrade for a moment, and starts again as what is installed by then."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Thread
from typing import NoReturn, Protocol

from mes.core.config import Settings
from mes.core.i18n import _, speaking
from mes.keeping.aside import LOOK, Serving
from mes.web.terminal import terminal_language


class Server(Protocol):
    """What serves, and can be ended from another thread."""

    def signal_handler_interrupt(self) -> None:
        """End as if the service manager had said so: what is under way is finished first."""


class Aside:
    """Ends the server when an upgrade asks for it, and comes back after it."""

    def __init__(self, settings: Settings, server: Server) -> None:
        self.was_asked = False
        self._serving = Serving(settings.data_dir)
        self._server = server
        Thread(target=self._watch, name="aside", daemon=True).start()

    def _watch(self) -> None:
        while not self._serving.is_asked():
            time.sleep(LOOK)
        self.was_asked = True
        self._server.signal_handler_interrupt()

    def come_back(self, say: Callable[[str], object], again: Callable[[], NoReturn]) -> None:
        """After the server has ended: when an upgrade asked for that, wait for its end and begin ``again``."""
        if not self.was_asked:
            return
        with speaking(terminal_language()):
            say(_("The plant is being brought to a new version; the program starts again by itself."))
        self._serving.end()
        again()


def begin_anew() -> NoReturn:
    """The same words that started this program, read anew from the disk; where a process can take the place of another
    (all but Windows) it keeps its number, and with it its service manager."""
    words = [sys.executable, *sys.orig_argv[1:]]
    if sys.platform == "win32":
        sys.exit(subprocess.call(words))  # noqa: S603  ourselves
    os.execv(words[0], words)  # noqa: S606  ourselves
