"""``python -m tests.faults [NAME...] [--short] [--json]``: exit code 1 when something was lost, doubled or too slow."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

from tests.faults import (
    Finding,
    beside,
    capped,
    clocks,
    dropped,
    ended,
    fair,
    flushed,
    killed,
    lot_numbers,
    migrated,
    one_byte,
    primary,
    saved,
    scarce,
    sick,
    soak,
    torn,
)

EXPERIMENTS: dict[str, Callable[[bool], Iterator[Finding]]] = {
    "killed": killed.run,
    "ended": ended.run,
    "dropped": dropped.run,
    "scarce": scarce.run,
    "numbers": lot_numbers.run,
    "torn": torn.run,
    "flushed": flushed.run,
    "sick": sick.run,
    "saved": saved.run,
    "primary": primary.run,
    "beside": beside.run,
    "bytes": one_byte.run,
    "memory": capped.run,
    "clocks": clocks.run,
    "migration": migrated.run,
    "fair": fair.run,
    "soak": soak.run,
}


def main() -> int:
    """Run what was asked for, tell each figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(EXPERIMENTS)}; all when left out")
    parser.add_argument("--short", action="store_true", help="the form that runs with the tests")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    told: dict[str, list[Finding]] = {}
    for name in wanted.names or EXPERIMENTS:
        began = time.monotonic()
        told[name] = list(EXPERIMENTS[name](wanted.short))
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    if wanted.json:
        print(json.dumps({name: [asdict(one) for one in found] for name, found in told.items()}, ensure_ascii=False))
    else:
        for name, found in told.items():
            for one in found:
                print(f"{name:10}{one.what:48}{one.value:>16}   {one.wanted:<12}{'ok' if one.ok else 'WRONG'}")
    return 0 if all(one.ok for found in told.values() for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
