"""Use case of this room that people do: the plant's number as a place."""

from mes.core.work import Work, check_version
from mes.epcis.models import EpcisPlant
from mes.epcis.noting import own_state
from mes.partners.rules import check_gln


def set_gln(work: Work, gln: str | None, version: int | None = None) -> EpcisPlant:
    """Set the plant's GLN. It names what is noted from then on; what was noted keeps its names.

    Raises BadGln, StaleEdit.
    """
    plain = check_gln(gln)
    state = own_state(work)
    check_version(work, state, version)
    with work.change(state, "epcis.set_gln"):
        state.gln = plain
        work.session.flush()
    return state
