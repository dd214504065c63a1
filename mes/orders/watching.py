"""Who wants to know what happens to a job: rooms above put themselves in these lists when they are loaded.

Orders know nothing of inspections. What must be inspected after a start or another material is decided above, and
pushed down again as a state that orders read (``Job.first_piece_passed``).
"""

from collections.abc import Callable

from mes.core.work import Work
from mes.orders.models import Job

Watcher = Callable[[Work, Job], None]
#: Called with the locked job after it was started or went on.
started: list[Watcher] = []
#: Called with the locked job before a result is recorded.
reporting: list[Watcher] = []


def tell(watchers: list[Watcher], work: Work, job: Job) -> None:
    """Let everybody on a list know."""
    for watcher in watchers:
        watcher(work, job)
