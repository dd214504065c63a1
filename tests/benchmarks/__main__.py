"""``python -m tests.benchmarks [NAME...] [--quick] [--json]``: exit code 1 when a limit is missed."""

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import Result

FOLDER = Path(__file__).parent
HEADINGS = ("benchmark", "what", "figure", "ratio", "limit", "")


def main() -> int:
    """Run the benchmarks named, or all of them."""
    known = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(known)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="smaller data, for a first look")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    wanted = parser.parse_args()
    unknown = sorted(set(wanted.names) - set(known))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
    missed = False
    results: dict[str, list[Result]] = {}
    for name in wanted.names or known:
        results[name] = _measure(name, wanted.quick)
        missed = missed or not all(result["ok"] for result in results[name])
    print(json.dumps(results, ensure_ascii=False, indent=1) if wanted.json else _table(results))
    return int(missed)


def _measure(name: str, quick: bool) -> list[Result]:
    run: Callable[[bool], list[Result]] = importlib.import_module(f"tests.benchmarks.{name}").run
    started = time.perf_counter()
    found = run(quick)
    print(f"{name}: {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)
    return found


def _table(results: dict[str, list[Result]]) -> str:
    rows = [HEADINGS, *_rows(results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]])


def _rows(results: dict[str, list[Result]]) -> Iterator[tuple[str, ...]]:
    for name, measured in results.items():
        for result in measured:
            ratio = "" if result["ratio"] is None else f"{result['ratio']:.2f}x"
            figure = f"{result['value']:,.4g} {result['unit']}"
            yield name, result["name"], figure, ratio, result["limit"], "ok" if result["ok"] else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
