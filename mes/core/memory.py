"""How much memory this process may still take: what is left of the machine's, of its container's and of its own limits.

A reader that is refused memory in the midst of its work may end the whole program, or be ended by the system. So what
is known to need much asks first.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROCESS = Path("/proc/self")
MACHINE = Path("/proc/meminfo")
#: Where the limits of a container or a service stand, of both kinds of control groups, with what is used of them.
GROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
#: What a process has of each kind that may be limited, by the name of the limit.
_USED = {"Max data size": "VmData", "Max address space": "VmSize", "Max resident set": "VmRSS"}


def room() -> int | None:
    """Bytes that may still be taken; None where the system does not say."""
    return min(_rooms(), default=None)


def _rooms() -> Iterator[int]:
    with suppress(OSError, ValueError, LookupError):
        yield _figures(MACHINE)["MemAvailable"]
    with suppress(OSError, ValueError, LookupError):
        used = _figures(PROCESS / "status")
        for name, limit in re.findall(
            r"^(\S[\w ]+?) {2,}(\d+) ", (PROCESS / "limits").read_text("utf-8"), re.MULTILINE
        ):
            if name in _USED:
                yield max(0, int(limit) - used[_USED[name]])
    for limit_file, used_file in GROUPS:
        with suppress(OSError, ValueError):
            yield max(0, int(limit_file.read_text("utf-8")) - int(used_file.read_text("utf-8")))


def _figures(file: Path) -> dict[str, int]:
    """The lines of such a file that tell kilobytes, in bytes."""
    return {
        name: int(count) * 1024
        for name, count in re.findall(r"^(\w+):\s+(\d+) kB", file.read_text("utf-8"), re.MULTILINE)
    }
