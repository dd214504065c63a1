"""Use case of this room that people do: the plant's number as a place."""

from mes.core.gs1 import is_gln
from mes.core.work import Work, check_version
from mes.epcis.models import EpcisPlant
from mes.epcis.noting import own_state
from mes.epcis.rules import BadGln


def set_gln(work: Work, gln: str | None, version: int | None = None) -> EpcisPlant:
    """Set the plant's GLN. It names what is noted from then on; what was noted keeps its names.

    Raises BadGln, StaleEdit.
    """
    plain = (gln or "").replace(" ", "") or None
    if plain is not None and not is_gln(plain):
        raise BadGln(field="gln", gln=plain[:30])
    state = own_state(work)
    check_version(work, state, version)
    with work.change(state, "epcis.set_gln"):
        state.gln = plain
        work.session.flush()
    return state
