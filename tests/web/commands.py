"""Calling ``mes`` from tests: in this process for what ends by itself, as a program for what serves."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from click.testing import CliRunner, Result

from mes.web.cli import main
from tests.databases import ROOT


def mes(folder: Path, *words: str, typed: str = "", **settings: str) -> Result:
    """Run one command for the plant in a folder, in English."""
    environment = {"MES_DATA_DIR": str(folder), "LC_ALL": "en_US.UTF-8", **settings}
    return CliRunner().invoke(main, list(words), input=typed, env=environment, catch_exceptions=False)


def unused_port() -> int:
    """A port that nobody listens on, and that no other test chooses at the same time."""
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Running:
    """A program that serves."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process, self.address = process, address

    def wait_until_it_answers(self) -> None:
        deadline = monotonic() + 120
        while monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"{self.address}/healthz", timeout=2) as answer:
                    assert answer.read() == b"ok\n"
                    return
            except (URLError, OSError):
                sleep(0.05)
        raise AssertionError(self.end())

    def end(self) -> tuple[int, str, str]:
        """Ask it to end, as a service manager does; its exit code and what it printed."""
        self.process.terminate()
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@contextmanager
def program(folder: Path, port: int, *words: str, **settings: str) -> Iterator[Running]:
    """``mes`` as a program of its own, ended at last."""
    environment = os.environ | {"MES_DATA_DIR": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)} | settings
    process = subprocess.Popen(
        [sys.executable, "-m", "mes", *words, "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield Running(process, f"http://127.0.0.1:{port}")
    finally:
        if process.poll() is None:
            process.terminate()  # killed, it would leave behind the process that serves
        process.communicate(timeout=30)
