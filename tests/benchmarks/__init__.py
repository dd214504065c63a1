"""Benchmarks: one module each, run by ``python -m tests.benchmarks``, never as timed tests.

A module has ``run(quick: bool) -> list[Result]``. A figure is compared in the same run with the raw limit of
the machine (the bare driver, a bare page), because only a ratio means the same on every machine.
"""

from typing import TypedDict


class Result(TypedDict):
    """One measured figure."""

    #: What was measured: "trace of 1 000 lots, SQLite".
    name: str
    #: The figure itself and its unit: 2.4, "ms".
    value: float
    unit: str
    #: Against the raw limit measured in the same run; None where nothing is compared.
    ratio: float | None
    #: What must be reached, as a reader says it: "<= 1.5x", ">= 150 /s".
    limit: str
    #: Whether it was reached.
    ok: bool
