"""What plants do to the system: each experiment breaks something while tablets write, then proves the books.

``python -m tests.faults`` runs them all in full, ``--short`` as every whole run of the tests does. Each tablet is a
process of its own with one-time keys, and notes what it sends before it sends it and what it was told; afterwards the
database must hold every acknowledged act once and no other.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One figure of an experiment: what was counted, what it must be, and whether it is."""

    what: str
    value: str
    wanted: str
    ok: bool
    #: Seconds: told, and no reason for a test to fail on a machine that has other things to do.
    timed: bool = False


def found(what: str, value: object, wanted: object) -> Finding:
    """A figure that must be exactly so."""
    return Finding(what, str(value), str(wanted), value == wanted)


def at_most(what: str, value: float, most: float, unit: str = "s") -> Finding:
    """A figure that may not be larger."""
    return Finding(what, f"{value:.2f} {unit}", f"<= {most:g} {unit}", value <= most, timed=True)
