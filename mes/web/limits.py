"""How much one caller may ask for: who asks too much is told when to come back."""

import math

from flask import g

from mes.core.visit import mes


def seconds_to_wait() -> int:
    """How long who is refused with 429 has to wait."""
    until = getattr(g.get("refused"), "values", {}).get("until")
    return max(1, math.ceil((until - mes().clock()).total_seconds())) if until else 60
