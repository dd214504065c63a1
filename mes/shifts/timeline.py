"""What the time of a shift went to: every minute is exactly one thing. Pure.

What stands further up rules: a recorded stop before a planned one, both before a job that ran. Time for which there is
neither a result nor a stop is unexplained; nobody knows what it was, so it is never called idle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a stretch of time was."""

    RUNNING = "running"
    STOPPED = "stopped"
    MICRO = "micro"
    PLANNED = "planned"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Piece:
    """A stretch of time, what it was, and the row behind it."""

    kind: Kind
    began: datetime
    ended: datetime
    #: The reason or the break, the job, in words.
    what: str = ""
    stop_id: int | None = None
    job: str | None = None

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.ended - self.began


def partition(began: datetime, ended: datetime, layers: Sequence[Iterable[Piece]]) -> list[Piece]:
    """Cut a stretch of time into pieces without gap or overlap; what no layer claims is unexplained."""
    if ended <= began:
        return []
    left = [(began, ended)]
    found: list[Piece] = []
    for layer in layers:
        for piece in sorted(layer, key=lambda one: (one.began, one.ended)):
            left, taken = _take(left, piece.began, piece.ended)
            found += [replace(piece, began=start, ended=end) for start, end in taken]
    found += [Piece(Kind.UNEXPLAINED, start, end) for start, end in left]
    return sorted(found, key=lambda piece: piece.began)


Stretch = tuple[datetime, datetime]


def _take(left: list[Stretch], began: datetime, ended: datetime) -> tuple[list[Stretch], list[Stretch]]:
    rest, taken = [], []
    for start, end in left:
        first, last = max(start, began), min(end, ended)
        if first >= last:
            rest.append((start, end))
            continue
        taken.append((first, last))
        rest += [stretch for stretch in ((start, first), (last, end)) if stretch[0] < stretch[1]]
    return rest, taken


def sums(pieces: Iterable[Piece]) -> dict[Kind, timedelta]:
    """How much time each kind took, in the order of the kinds."""
    found = dict.fromkeys(Kind, timedelta())
    for piece in pieces:
        found[piece.kind] += piece.length
    return found


def whole_minutes(times: Sequence[timedelta]) -> list[int]:
    """The times in minutes that add up to the minutes of their sum: each is rounded down, and the minutes that are
    then missing go to those that lost most.
    """
    seconds = [time.total_seconds() for time in times]
    floors = [int(one // 60) for one in seconds]
    missing = int((sum(seconds) + 30) // 60) - sum(floors)
    by_loss = sorted(range(len(times)), key=lambda index: floors[index] * 60 - seconds[index])
    for index in by_loss[:missing]:
        floors[index] += 1
    return floors
