"""What may be said of a statement, so that PostgreSQL can be asked in fewer round trips and with fewer plans.

These are execution options; SQLite has no use for them. What they do: ``core.round_trips``.
"""

from typing import Final

#: It finds its rows by a number, a code or what they belong to, so that one plan will do however the tables grow.
BY_KEY: Final = {"by_key": True}
#: It is such a one, and nobody reads its answer: what goes wrong with it is told at the next answer, or at the commit.
UNANSWERED: Final = {**BY_KEY, "unanswered": True}
#: It is such a one, and its answer is read later: several of them make one round trip.
LATER: Final = {**BY_KEY, "later": True}
