"""How far a job is against the clock."""

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal


def planned_by_now(
    *, since: datetime, now: datetime, stopped: timedelta, setup: Decimal, cycle: Decimal, most: Decimal
) -> Decimal:
    """Pieces that the standard makes in a span of time: without planned stops and setting up, one each cycle.

    ``setup`` minutes, ``cycle`` seconds; never more than ``most``, never below 0, whole pieces.
    """
    worked = Decimal(int((now - since - stopped).total_seconds())) - setup * 60
    if worked <= 0 or cycle <= 0:
        return Decimal(0)
    return min((worked / cycle).quantize(Decimal(1), ROUND_DOWN), max(most, Decimal(0)))
