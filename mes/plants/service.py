"""Use cases of a head office: a plant is followed, and is no longer."""

from mes.core.work import Work
from mes.plants.models import FollowedPlant
from mes.plants.refusals import FollowedAlready, NotFollowed
from mes.plants.registry import find_followed


def note_plant(work: Work, mark: str, place: str) -> FollowedPlant:
    """From now on head office follows this plant; one that is followed may have moved to another server."""
    found = find_followed(work.session, mark)
    if found is None:
        return work.add(FollowedPlant(mark=mark, place=place, at=work.now), "plant.follow")
    with work.change(found, "plant.follow"):
        found.place, found.at = place, work.now
    return found


def check_new(work: Work, mark: str) -> None:
    """Raise FollowedAlready when there is a copy of it."""
    if find_followed(work.session, mark) is not None:
        raise FollowedAlready(mark=mark)


def leave_plant(work: Work, mark: str) -> FollowedPlant:
    """Follow it no longer. Raises NotFollowed."""
    found = find_followed(work.session, mark)
    if found is None:
        raise NotFollowed(mark=mark)
    work.record("plant.leave", found, before={"mark": mark, "place": found.place})
    work.session.delete(found)
    return found
