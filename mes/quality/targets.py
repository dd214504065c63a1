"""What a defect is found on, or an inspection made of: a lot, or a job."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from mes.core.errors import NotFound
from mes.core.i18n import N_, _
from mes.core.scanning import named_code
from mes.items.models import Item
from mes.lots.models import Lot
from mes.lots.queries import find_lot
from mes.orders.models import Job
from mes.orders.queries import find_job


class Target(NamedTuple):
    """What is inspected: a lot or a job, and its item."""

    lot: Lot | None
    job: Job | None

    @property
    def item(self) -> Item:
        """The item whose standard applies."""
        if self.lot is not None:
            return self.lot.item
        assert self.job is not None
        return self.job.order.item

    @property
    def code(self) -> str:
        """The code on its label."""
        found = self.lot or self.job
        return found.code if found else ""


def seek_target(session: Session, code: str) -> Target | None:
    """The lot or job of a code, in whatever dress a scanner brings it."""
    meant = named_code(code)
    lot = find_lot(session, meant)
    job = None if lot else find_job(session, meant)
    return Target(lot, job) if lot or job else None


def find_target(session: Session, code: str) -> Target:
    """The lot or job of a code. Raises NotFound naming it."""
    found = seek_target(session, code)
    if found is None:
        raise unknown_target(code)
    return found


def unknown_target(code: str) -> NotFound:
    """The refusal of a code that is neither a lot's nor a job's."""
    return NotFound(field="of", what=_(N_("lot or job")), code=code[:60])
