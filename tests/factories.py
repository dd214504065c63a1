"""Things a plant has, made the way the plant makes them. One function per table; arguments only where it matters."""

from itertools import count

from mes.core.access import Role
from mes.core.work import Work
from mes.people.models import Person
from mes.people.service import add_person

numbers = count(1)


def make_person(work: Work, *roles: Role, **values: object) -> Person:
    """Somebody with a login, a password and a PIN."""
    number = next(numbers)
    given = {
        "code": f"P{number}",
        "name": f"사람 {number}",
        "login": f"person{number}",
        **values,
    }
    return add_person(work, roles=roles or (Role.OPERATOR,), **given)  # type: ignore[arg-type]
