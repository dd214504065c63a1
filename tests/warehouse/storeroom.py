"""The bakery with shelves, a quarantine cage and a loading dock; Song handles material, Park leads."""

from mes.core.access import Actor, Role
from mes.core.plant import Strictness
from mes.core.work import Work
from mes.equipment.models import LocationKind
from mes.equipment.service import add_location
from mes.people.models import Person
from mes.people.plant import change_plant
from tests.factories import make_person
from tests.station.floor import Floor


class Storeroom(Floor):
    """Two shelves, a cage, a dock, and a plant that is strict about what goes first."""

    song: Person
    yoon: Person

    def _equip(self, work: Work) -> None:
        super()._equip(work)
        self.shelf = add_location(work, code="A-01", name="선반 1")
        self.high = add_location(work, code="A-02", name="선반 2")
        self.cage = add_location(work, code="Q", name="격리장", kind=LocationKind.QUARANTINE)
        self.dock = add_location(work, code="D", name="출하장", kind=LocationKind.SHIPPING)
        self.outside = add_location(work, code="X", name="외주처", kind=LocationKind.OUTSIDE)
        self.song = make_person(
            work, Role.MATERIAL, code="SONG", name="송자재", login="song", password="try-the-factory"
        )
        self.yoon = make_person(work, Role.MATERIAL, code="YOON", name="윤자재")
        change_plant(work, name="떡집", first_out=Strictness.REFUSE)

    @property
    def handler(self) -> Actor:
        """Song."""
        return who(self.song)

    @property
    def boss(self) -> Actor:
        """Park, who may make exceptions."""
        return who(self.park)


def who(person: Person) -> Actor:
    """Somebody acting."""
    return Actor(person.name, person.role_set, person.id)
