"""The things whose labels somebody may see and print."""

from collections.abc import Sequence

from mes.core.access import Actor, may
from mes.core.errors import NotAllowed
from mes.core.work import Reader
from mes.labels import queries, rules
from mes.labels.things import Thing
from mes.people.models import Person
from mes.people.queries import list_people


def things_to_print(read: Reader, actor: Actor, subject: str, codes: Sequence[str]) -> list[Thing]:
    """The things whose labels this person may see and print. Raises NotFound, NotAllowed, NoLabelChosen,
    BadgeOfAnother."""
    if not may(actor, rules.SUBJECTS[subject].who):
        raise NotAllowed
    things = queries.things_of(read, subject, codes)
    if not things:
        raise rules.NoLabelChosen
    rules.check_badges(actor, [(one.name, one.role_set) for one in things if isinstance(one, Person)])
    return things


def codes_of_all(read: Reader, actor: Actor, subject: str) -> list[str]:
    """Codes of everything of a kind whose label this person may print; none of lots and orders."""
    if subject != "badge":
        return queries.everything_of(read, subject)
    people = list_people(read, active=True)
    return sorted(one.code for one in people if rules.may_print_badge(actor, one.role_set))
