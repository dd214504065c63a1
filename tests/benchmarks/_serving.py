"""A program served as a plant serves it: by granian, one worker, over the scratch folder's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mes.core.config import Settings
from tests.databases import ROOT, session_folder

SECRET = "only measured"


def settings() -> Settings:
    """What the served program is set to."""
    return Settings(data_dir=session_folder(), secret_key=SECRET)


@contextmanager
def serving(target: str) -> Iterator[int]:
    """Serve an application ("module:factory") on a port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "MES_DATA_DIR": str(session_folder()), "MES_SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1",
               "--port", str(port), "--workers", "1", "--blocking-threads", "1", "--no-log", target]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(15)


def _wait_for(port: int) -> None:
    for _ in range(1200):  # a minute, on a machine that has other things to do
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the server did not start")
