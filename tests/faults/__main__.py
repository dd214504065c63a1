"""``python -m tests.faults [NAME...] [--short] [--json]``: exit code 1 when something was lost, doubled or too slow.

``--waiting`` is for the tests: names come one by one, each experiment in a process of its own that has all modules from
the beginning, and the figures go back as one line of JSON.
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module

from tests.faults import Finding
from tests.faults.made import ground

#: What it is called, and the module whose ``run(short)`` does it.
EXPERIMENTS = {
    "killed": "killed",
    "ended": "ended",
    "dropped": "dropped",
    "scarce": "scarce",
    "numbers": "lot_numbers",
    "torn": "torn",
    "flushed": "flushed",
    "sick": "sick",
    "saved": "saved",
    "primary": "primary",
    "beside": "beside",
    "plants": "several",
    "stricken": "stricken",
    "bytes": "one_byte",
    "memory": "capped",
    "clocks": "clocks",
    "migration": "migrated",
    "upgrade": "upgraded",
    "fair": "fair",
    "soak": "soak",
}


def experiment(name: str, *, short: bool) -> Iterator[Finding]:
    """Run one of them."""
    found: Iterator[Finding] = import_module(f"tests.faults.{EXPERIMENTS[name]}").run(short)
    return found


def main() -> int:
    """Run what was asked for, tell each figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(EXPERIMENTS)}; all when left out")
    parser.add_argument("--short", action="store_true", help="the form that runs with the tests")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--waiting", action="store_true", help="read names from the input until it ends")
    wanted = parser.parse_args()
    if wanted.waiting:
        return wait(short=wanted.short)
    told: dict[str, list[Finding]] = {}
    with ground():
        for name in wanted.names or EXPERIMENTS:
            began = time.monotonic()
            told[name] = list(experiment(name, short=wanted.short))
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    if wanted.json:
        print(json.dumps({name: [asdict(one) for one in found] for name, found in told.items()}, ensure_ascii=False))
    else:
        for name, found in told.items():
            for one in found:
                print(f"{name:10}{one.what:48}{one.value:>16}   {one.wanted:<12}{'ok' if one.ok else 'WRONG'}")
    return 0 if all(one.ok for found in told.values() for one in found) else 1


def wait(*, short: bool) -> int:
    """One line of figures, or of what went wrong, for each name that is read."""
    for name in map(str.strip, sys.stdin):
        import_module(f"tests.faults.{EXPERIMENTS[name]}")
        if child := os.fork():
            os.waitpid(child, 0)
            continue
        try:
            said: object = [asdict(one) for one in experiment(name, short=short)]
        except BaseException:  # noqa: BLE001  whatever it is, it is told
            said = traceback.format_exc()
        os.write(1, json.dumps(said).encode() + b"\n")
        os._exit(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
