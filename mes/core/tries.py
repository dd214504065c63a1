"""An act that stumbled over another one, or whose connection was lost, is tried once more before anybody is told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exc

from mes.core import keys, losses
from mes.core.errors import Busy, DatabaseAway, OutcomeUnknown, OutcomeUnseen, Refused

if TYPE_CHECKING:
    from mes.core.db import Database

Result = TypeVar("Result")


def tried(database: "Database", once: Callable[[], Result], *, keyed: bool) -> Result:
    """Do it, and once more where nothing was recorded and the reason may be gone. ``keyed``: it has a one-time key, by
    which is known whether it is in the books."""
    lost: losses.CommitLost | None = None
    try:
        return losses.past_deadlocks(once)
    except Refused:
        raise
    except losses.TROUBLE as error:
        refused = losses.judged(error)
        lost = error if isinstance(error, losses.CommitLost) else None
        if not _may_try_again(error, refused, keyed=keyed):
            raise (OutcomeUnseen() if lost else refused) from error
        losses.forget_connections(database, error)
    if lost is not None:
        try:
            return _again(once, lost)
        except (keys.AlreadyDone, OutcomeUnknown):
            raise
        except Refused:  # by what the first try recorded in that instant, maybe: now its key would be there
            pass
    return _again(once, lost)


def _again(once: Callable[[], Result], lost: losses.CommitLost | None) -> Result:
    try:
        return losses.past_deadlocks(once)
    except keys.AlreadyDone as done:
        done.just_now = lost and lost.run
        raise
    except losses.TROUBLE as error:
        refused = losses.judged(error)
        if lost is not None and isinstance(refused, DatabaseAway | Busy):
            refused = OutcomeUnknown()
        raise refused from error


def _may_try_again(error: Exception, refused: Refused, *, keyed: bool) -> bool:
    """Nothing was recorded, and the reason may be gone; at a commit without an answer, the key tells."""
    if isinstance(refused, OutcomeUnknown):
        return keyed
    if isinstance(error, exc.IntegrityError):  # the same write may have arrived twice at once; now its answer is there
        return keyed
    return isinstance(refused, Busy | DatabaseAway)
