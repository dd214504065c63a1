"""What the served program keeps of the machine's memory."""

import subprocess
import sys

import pytest

#: Eight threads that hold something at the same time; then the C library tells of its heaps.
THREADS = """
import ctypes, sys, threading
from mes.web.server import share_heaps
if "shared" in sys.argv:
    share_heaps()
all_hold = threading.Barrier(8)
def hold():
    held = [bytes(50_000) for _ in range(20)]
    all_hold.wait()
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all threads have one heap")
def test_its_threads_share_two_heaps() -> None:
    heaps = {
        words: subprocess.run(
            [sys.executable, "-c", THREADS, *words.split()], capture_output=True, encoding="utf-8", check=True
        ).stdout.count("<heap ")
        for words in ("", "shared")
    }
    assert heaps[""] > 2
    assert heaps["shared"] <= 2
